"""Documents: what is taken as one, and which subscription has it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from mobstd.mobility_aid.funder.book import written
from mobstd.mobility_aid.funder.judging import content_fits, invoice_errors
from mobstd.mobility_aid.funder.ledger import Act, Item
from mobstd.mobility_aid.funder.refusing import Refused
from mobstd.mobility_aid.funder.sealing import FunderKey

__all__ = ["content_of", "document_errors", "held_item", "held_of"]


def content_of(body: Mapping[str, Any], terms: Item, infected: Callable[[bytes], bool]) -> bytes:
    """Return the file of an upload, where it is what the aid asks for.

    Raises:
        Refused: 415, 413 or 422, as the terms have it.
    """
    asked = next((one for one in terms["documents"] if one["key"] == body["for"]), None)
    if asked is None:
        raise Refused(422, errors=[{"pointer": "/for", "code": "not-asked"}])
    if body["type"] not in asked["types"]:
        raise Refused(415, "type-not-taken", types=asked["types"])
    content = _content(body)
    if len(content) > asked["maxBytes"]:
        raise Refused(413, maxBytes=asked["maxBytes"])
    if infected(content):
        raise Refused(422, "infected")
    if not content_fits(content, body["type"]):
        raise Refused(422, "content-differs")
    return content


def _content(body: Mapping[str, Any]) -> bytes:
    invoice = body.get("invoice")
    if invoice is not None:
        if errors := [*invoice_errors(invoice)]:
            raise Refused(422, errors=errors)
        return json.dumps(invoice, ensure_ascii=False).encode()
    try:
        return base64.b64decode(body["content"], validate=True)
    except ValueError:
        raise Refused(422, errors=[{"pointer": "/content", "code": "base64"}]) from None


def held_item(
    body: Mapping[str, Any], content: bytes, key: FunderKey, now: datetime, ends: datetime
) -> Item:
    """Return what an upload is held as."""
    return {
        **{name: body[name] for name in ("id", "aid", "for", "name", "type")},
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "keyId": key.id,
        "keyVersion": key.version,
        "createdAt": written(now),
        "expiresAt": written(ends),
    }


def held_of(act: Act, ids: Sequence[str]) -> list[Item]:
    """Return the documents of these ids that are held."""
    return [known[0] for id_ in ids if (known := act.held(id_)) is not None]


def document_errors(
    act: Act, ids: Sequence[str], subject: str, terms: Item, own: str = ""
) -> Iterator[dict[str, str]]:
    """Yield what is wrong with the documents that a subscription names.

    Args:
        act: where they are held.
        ids: those that it names.
        subject: its person.
        terms: of its aid.
        own: its id, where it may have some of them already.
    """
    count: dict[str, int] = {}
    most = {asked["key"]: asked["maxCount"] for asked in terms["documents"]}
    for place, id_ in enumerate(ids):
        known = act.held(id_)
        at = f"/documents/{place}"
        if known is None or known[2] != subject or known[0]["aid"] != terms["aid"]:
            yield {"pointer": at, "code": "unknown"}
            continue
        if known[3] not in ("", own):
            yield {"pointer": at, "code": "used"}
        answers = known[0]["for"]
        count[answers] = count.get(answers, 0) + 1
        if count[answers] > most.get(answers, 0):
            yield {"pointer": at, "code": "too-many"}
