"""Says quickly of a document that a row holds nothing against it.

A check over values is turned into one JSON Schema over the whole document, where that can say it.
What falls through is judged by the check itself, so that a sieve decides speed and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mobstd.canon.standard import Version
from mobstd.judging.context import Context, schema_validator
from mobstd.judging.pointer import MISSING, find, get, steps
from mobstd.judging.requirement import Check
from mobstd.judging.rule import ValueRule

__all__ = ["Sieve", "says_all", "sieve", "together"]

Sieve = Callable[[Any], bool]
"""Takes a body; true: the check finds nothing in it."""


def sieve(check: Check, version: Version, context: Context) -> Sieve:
    """Return the sieve of one check of kind ``assert``, ``ordered``, ``equal`` or ``rule``."""
    if check.kind == "assert":
        schema = _schema(check)
        return _never if schema is None else _valid(version, schema)
    if check.kind == "ordered":
        return _pairs(check, "lower", "upper", _in_order)
    if check.kind == "equal":
        return _pairs(check, "left", "right", _same)
    rule = version.rules[check["call"]]
    return _ruled(rule, check.get("at", rule.at), context)


def together(checks: Sequence[Check], version: Version) -> Sieve:
    """Return one sieve for all those of the checks that a JSON Schema can say."""
    schemas = [schema for check in checks if (schema := _schema(check)) is not None]
    return _valid(version, {"allOf": schemas} if schemas else {})


def says_all(check: Check) -> bool:
    """Say whether ``together`` takes this check into account."""
    return _schema(check) is not None


def _never(_: Any) -> bool:
    return False


def _valid(version: Version, schema: Mapping[str, Any]) -> Sieve:
    return schema_validator(version, json.dumps(schema, sort_keys=True)).is_valid


def _schema(check: Check) -> Mapping[str, Any] | None:
    if check.kind != "assert":
        return None
    test: Mapping[str, Any] = {"allOf": [check["then"]]}
    if "if" in check.params:
        test = {"if": check["if"], "then": check["then"]}
    located = []
    for pattern in _places(check["at"]):
        schema: Any = test
        for step in reversed(steps(pattern)):
            if step == "**":
                return None
            schema = _below(step, schema)
        located.append(schema)
    return {"allOf": located}


def _below(step: str, schema: Any) -> Mapping[str, Any]:
    if step == "*":
        return {"items": schema, "additionalProperties": schema}
    found: dict[str, Any] = {"properties": {step: schema}}
    if step.isdigit():
        found["prefixItems"] = [True] * int(step) + [schema]
    return found


def _places(at: Any) -> list[str]:
    return at if isinstance(at, list) else [at]


def _pairs(check: Check, one: str, other: str, right: Callable[[Any, Any], bool]) -> Sieve:
    places, first, second = _places(check["at"]), check[one], check[other]

    def holds(body: Any) -> bool:
        return all(
            right(get(item, first), get(item, second))
            for place in places
            for _, item in find(body, place)
        )

    return holds


def _in_order(lower: Any, upper: Any) -> bool:
    numbers = isinstance(lower, (int, float)) and isinstance(upper, (int, float))
    return not numbers or bool(lower <= upper)


def _same(left: Any, right: Any) -> bool:
    return left is MISSING or right is MISSING or bool(left == right)


def _ruled(rule: ValueRule, at: Any, context: Context) -> Sieve:
    places = _places(at)

    def holds(body: Any) -> bool:
        return not any(
            trouble
            for place in places
            for _, value in find(body, place)
            for trouble in rule.judge(value, context) or ()
        )

    return holds
