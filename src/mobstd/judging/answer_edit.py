"""The answer as the caller of a wrong implementation sees it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

from mobstd.judging.condition import Call, asked, met
from mobstd.judging.exchange import Pairs
from mobstd.judging.fault import Edit, Variant, When
from mobstd.judging.json_draft import JsonDraft
from mobstd.judging.pointer import MISSING

__all__ = ["edit_response"]

Answer = tuple[int, Pairs, bytes]


def edit_response(
    variant: Variant,
    operation: str | None,
    query: Pairs,
    status: int,
    headers: Pairs,
    body: bytes,
    nth: int = 0,
    sent: bytes = b"",
) -> Answer:
    """Return status, headers and body as the caller is to see them.

    Args:
        variant: the fault or twin.
        operation: the ``operationId`` that was called.
        query: names and values, as the caller sent them.
        status: of the answer of the implementation, with its ``headers`` and ``body``.
        headers: names and values; ``content-length`` is kept right.
        body: as it was to be sent.
        nth: the number of the exchange among those of the operation, for ``when.every``.
        sent: the body, as the caller sent it.
    """
    unchanged = status, headers, body
    when = variant.when
    if not variant.response or not variant.concerns(operation):
        return unchanged
    if when.status and status not in when.status:
        return unchanged
    if not asked(when, Call(query, sent, nth)):
        return unchanged
    draft = _Draft(status, headers, body, nth)
    if not _counted(when, draft) or not (when.answer == {} or met(when.answer, draft.parsed())):
        return unchanged
    for edit in variant.response:
        if edit.op in _ENVELOPE:
            _ENVELOPE[edit.op](draft, edit)
        else:
            draft.edit_body(edit)
    draft.flush()
    if draft.body == body:
        return draft.status, draft.headers, body
    length = str(len(draft.body))
    return (
        draft.status,
        tuple((k, length if k.lower() == "content-length" else v) for k, v in draft.headers),
        draft.body,
    )


def _counted(when: When, draft: _Draft) -> bool:
    if when.min_items is None and when.max_items is None:
        return True
    parsed = _list_in(draft.parsed())
    if parsed is None:
        return False
    least = 0 if when.min_items is None else when.min_items
    most = len(parsed) if when.max_items is None else when.max_items
    return least <= len(parsed) <= most


def _list_in(body: Any) -> list[Any] | None:
    """Return the list that a body is, or else the first that stands in it."""
    if isinstance(body, dict):
        body = next((value for value in body.values() if isinstance(value, list)), None)
    return body if isinstance(body, list) else None


class _Draft:
    """An answer that is being edited; the body is parsed when an edit needs it."""

    def __init__(self, status: int, headers: Pairs, body: bytes, nth: int) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.nth = nth
        self._json: JsonDraft | None = None

    def parsed(self) -> Any:
        """Return the body as a JSON value, ``MISSING`` where it is none."""
        if self._json is None:
            try:
                self._json = JsonDraft(self.body, self.nth)
            except ValueError:
                return MISSING
        return self._json.value

    def edit_body(self, edit: Edit) -> None:
        if self.parsed() is not MISSING and self._json is not None:
            self._json.edit(edit)

    def flush(self) -> None:
        """Write the parsed body back, where something in it changed."""
        if self._json is not None and self._json.changed:
            self.body = self._json.text()
        self._json = None

    def rewrite(self, change: Callable[[bytes], bytes]) -> None:
        """Change the bytes of the body."""
        self.flush()
        self.body = change(self.body)

    def set_header(self, name: str, value: str | None, append: bool = False) -> None:
        if append and value is not None:
            self.headers = (*self.headers, (name, value))
            return
        kept = [pair for pair in self.headers if pair[0].lower() != name.lower()]
        self.headers = tuple(kept if value is None else [*kept, (name, value)])


def _status(draft: _Draft, edit: Edit) -> None:
    draft.status = edit["value"]


def _header(draft: _Draft, edit: Edit) -> None:
    draft.set_header(edit["name"].lower(), edit["value"], bool(edit.get("append", False)))


def _raw(draft: _Draft, edit: Edit) -> None:
    def write(body: bytes) -> bytes:
        before, mark, after = edit["text"].partition("{body}")
        return bytes(before.encode() + (body + after.encode() if mark else b""))

    draft.rewrite(write)


def _retold(**style: Any) -> Callable[[_Draft, Edit], None]:
    def tell(body: bytes) -> bytes:
        try:
            value = json.loads(body)
        except ValueError:
            return body
        text = json.dumps(value, **style)
        if style["ensure_ascii"]:
            text = text.replace("/", "\\/")
        return text.encode("utf-8", "surrogatepass")

    return lambda draft, _: draft.rewrite(tell)


def _encode(draft: _Draft, edit: Edit) -> None:
    draft.rewrite(
        lambda body: body.decode("utf-8", "replace").encode(edit["charset"], "xmlcharrefreplace")
    )


def _gzip(draft: _Draft, _: Edit) -> None:
    draft.rewrite(lambda body: gzip.compress(body, mtime=0))
    draft.set_header("content-encoding", "gzip")


_ENVELOPE: dict[str, Callable[[_Draft, Edit], None]] = {
    "status": _status,
    "header": _header,
    "raw": _raw,
    "empty-body": lambda draft, _: draft.rewrite(lambda _: b""),
    "pretty": _retold(ensure_ascii=False, indent=2),
    "escape": _retold(ensure_ascii=True, separators=(",", ":")),
    "encode": _encode,
    "gzip": _gzip,
    "cut": lambda draft, _: draft.rewrite(lambda body: body[: len(body) // 2]),
}
