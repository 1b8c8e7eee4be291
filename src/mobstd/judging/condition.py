"""Whether a value, or a whole query, meets the conditions of a fault."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mobstd.judging.exchange import Pairs
from mobstd.judging.fault import When
from mobstd.judging.pointer import MISSING, get


@dataclass(frozen=True)
class Call:
    """What a caller sent: the ``nth`` call of an operation."""

    query: Pairs
    body: bytes = b""
    nth: int = 0


__all__ = ["Call", "asked", "canonical", "holds", "met", "number"]


def holds(condition: Any, value: Any, *, text: bool = False) -> bool:
    """Say whether a value (or ``MISSING``) meets a condition; ``text``: it comes from a query."""
    if value is MISSING:
        return bool(condition == "absent")
    if isinstance(condition, str):
        return bool(condition == "present")
    return all(_meets(name, wanted, value, text) for name, wanted in condition.items())


def _meets(name: str, wanted: Any, value: Any, text: bool) -> bool:
    if name == "equals":
        return _same(wanted, value, text)
    if name == "not":
        return not _same(wanted, value, text)
    if name == "in":
        return any(_same(one, value, text) for one in wanted)
    if name == "matches":
        return isinstance(value, str) and re.fullmatch(wanted, value) is not None
    if name == "weighs":
        return isinstance(value, str) and _weight(value, wanted["in"]) > wanted["above"]
    found = number(value) if text else value
    if isinstance(found, bool) or not isinstance(found, int | float):
        return False
    return bool(found < wanted if name == "below" else found > wanted)


def _weight(text: str, unit: str) -> int:
    if unit == "bytes":
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _same(wanted: Any, value: Any, text: bool) -> bool:
    if text:
        return bool(value == (wanted if isinstance(wanted, str) else json.dumps(wanted)))
    return canonical(wanted) == canonical(value)


def canonical(value: Any) -> str:
    """Return the JSON of a value, the same for equal ones."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, sort_keys=True)


def number(text: str) -> float | None:
    """Return the number that a text of a query is, or ``None``."""
    try:
        return float(text)
    except ValueError:
        return None


def met(conditions: Mapping[str, Any], document: Any) -> bool:
    """Say whether a document (or ``MISSING``) meets conditions, by pointer."""
    return all(
        holds(condition, MISSING if document is MISSING else get(document, at))
        for at, condition in conditions.items()
    )


def asked(when: When, call: Call) -> bool:
    """Say whether a call is one of those that are hit."""
    if call.nth % when.every:
        return False
    given: dict[str, str] = {}
    for name, value in call.query:
        given[name] = f"{given[name]},{value}" if name in given else value
    if not all(
        holds(condition, given.get(name, MISSING), text=True)
        for name, condition in when.query.items()
    ):
        return False
    if when.sent and not re.search(when.sent, call.body.decode("utf-8", "replace")):
        return False
    return not when.body or met(when.body, _document(call.body))


def _document(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return MISSING
