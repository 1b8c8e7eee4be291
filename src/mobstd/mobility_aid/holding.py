"""Whether a document is held as it was sent: its size, and its SHA-256."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence

from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange
from mobstd.judging.pointer import MISSING, get
from mobstd.judging.rule import RunRule, Trouble

__all__ = ["RULES"]

CREATED = 201


def _held(
    exchanges: Sequence[Exchange], context: Context
) -> Iterator[tuple[Exchange, Sequence[Trouble]]]:
    """AID-DOC-05: size and SHA-256 are those of the file; of an invoice, the funder makes one."""
    sent: dict[str, bytes] = {}
    for exchange in exchanges:
        if exchange.purpose == "traffic" or not exchange.accepted:
            continue
        shown = exchange.body
        key = get(shown, "/id")
        if exchange.operation == "createDocument" and exchange.status == CREATED:
            content = _content(exchange)
            if content is not None and isinstance(key, str):
                sent[key] = content
        if exchange.operation in ("createDocument", "getDocument") and key in sent:
            wrong = context.refused(exchange)
            told = {"/size": len(sent[key]), "/sha256": hashlib.sha256(sent[key]).hexdigest()}
            yield (
                exchange,
                [
                    Trouble("held-otherwise", at, expected=right, received=get(shown, at))
                    for at, right in told.items()
                    if get(shown, at) not in (right, MISSING)
                    if not wrong.touches(at, frozenset())
                ],
            )


def _content(exchange: Exchange) -> bytes | None:
    """Return the file of an upload, ``None`` where there is none that can be read."""
    try:
        return base64.b64decode(json.loads(exchange.request.body or b"")["content"], validate=True)
    except (KeyError, TypeError, ValueError):
        return None


RULES: Mapping[str, RunRule] = {"held-as-sent": RunRule(_held)}
"""Rules of documents, by name."""
