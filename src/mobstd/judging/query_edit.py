"""The query, the headers and the body of the request, as a wrong implementation sees them."""

from __future__ import annotations

import re
from collections.abc import Callable

from mobstd.judging.condition import Call, asked, number
from mobstd.judging.exchange import Pairs
from mobstd.judging.fault import Edit, Variant
from mobstd.judging.json_draft import JsonDraft

__all__ = ["edit_body", "edit_headers", "edit_request"]


def edit_request(
    variant: Variant, operation: str | None, query: Pairs, nth: int = 0, body: bytes = b""
) -> Pairs:
    """Return the query as the implementation is to see it.

    Args:
        variant: the fault or twin.
        operation: the ``operationId`` that is called.
        query: names and values, as the caller sent them.
        nth: the number of the exchange among those of the operation, for ``when.every``.
        body: as the caller sent it.
    """
    if not _concerned(variant, operation, query, nth, body):
        return query
    for edit in variant.request:
        if "parameter" in edit.params:
            query = _REQUEST[edit.op](query, edit["parameter"], edit)
    return query


def edit_headers(variant: Variant, headers: Pairs) -> Pairs:
    """Return the headers as the implementation is to see them.

    Args:
        variant: the fault or twin; its conditions are not for headers.
        headers: names, in any case, and values.
    """
    for edit in variant.request:
        if "header" in edit.params:
            name, to = edit["header"].lower(), edit["to"].lower()
            kept = [(key, value) for key, value in headers if key.lower() != to]
            headers = tuple((to if key.lower() == name else key, value) for key, value in kept)
    return headers


def edit_body(
    variant: Variant, operation: str | None, query: Pairs, body: bytes, nth: int = 0
) -> bytes:
    """Return the body as the implementation is to see it; the arguments are as above."""
    if not _concerned(variant, operation, query, nth, body):
        return body
    try:
        draft = JsonDraft(body, nth)
    except ValueError:
        return body
    for edit in variant.request:
        if "at" in edit.params:
            draft.edit(edit)
    return draft.text() if draft.changed else body


def _concerned(
    variant: Variant, operation: str | None, query: Pairs, nth: int, body: bytes
) -> bool:
    if not variant.request or not variant.concerns(operation):
        return False
    return asked(variant.when, Call(query, body, nth))


def _mapped(query: Pairs, name: str, change: Callable[[str], str]) -> Pairs:
    return tuple((key, change(value) if key == name else value) for key, value in query)


def _set(query: Pairs, name: str, edit: Edit) -> Pairs:
    if any(key == name for key, _ in query):
        return _mapped(query, name, lambda _: str(edit["value"]))
    return (*query, (name, edit["value"]))


def _default(query: Pairs, name: str, edit: Edit) -> Pairs:
    return query if any(key == name for key, _ in query) else (*query, (name, edit["value"]))


def _swap(query: Pairs, name: str, edit: Edit) -> Pairs:
    names = {name: edit["with"], edit["with"]: name}
    return tuple((names.get(key, key), value) for key, value in query)


def _arithmetic(change: Callable[[float, Edit], float]) -> Callable[[Pairs, str, Edit], Pairs]:
    def write(text: str, edit: Edit) -> str:
        before = number(text)
        if before is None:
            return text
        after = change(before, edit)
        if edit.get("whole"):
            return str(round(after))
        whole = re.fullmatch(r"[+-]?[0-9]+", text) is not None
        return str(round(after)) if whole and after == round(after) else repr(after)

    return lambda query, name, edit: _mapped(query, name, lambda text: write(text, edit))


def _clamp(value: float, edit: Edit) -> float:
    low, high = float(edit.get("min", "-inf")), float(edit.get("max", "inf"))
    return min(max(value, low), high)


def _repair(query: Pairs, name: str, edit: Edit) -> Pairs:
    return _mapped(
        query, name, lambda v: v if re.fullmatch(edit["pattern"], v) else str(edit["value"])
    )


def _words(change: Callable[[str, Edit], str]) -> Callable[[Pairs, str, Edit], Pairs]:
    return lambda query, name, edit: _mapped(query, name, lambda text: change(text, edit))


def _token(query: Pairs, name: str, edit: Edit) -> Pairs:
    index = 0 if edit["keep"] == "first" else -1
    return _mapped(query, name, lambda value: value.split(",")[index])


_REQUEST: dict[str, Callable[[Pairs, str, Edit], Pairs]] = {
    "set": _set,
    "default": _default,
    "remove": lambda query, name, _: tuple(pair for pair in query if pair[0] != name),
    "scale": _arithmetic(lambda value, edit: value * edit["factor"]),
    "add": _arithmetic(lambda value, edit: value + edit["value"]),
    "swap": _swap,
    "clamp": _arithmetic(_clamp),
    "repair": _repair,
    "token": _token,
    "truncate": _words(lambda text, edit: text[: edit["count"]]),
    "upper": _words(lambda text, _: text.upper()),
    "lower": _words(lambda text, _: text.lower()),
    "trim": _words(lambda text, _: text.strip()),
}
