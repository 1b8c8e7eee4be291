"""Conditions as data, simplified while they are joined; what cannot be said stays visible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

__all__ = ["Condition", "all_of", "any_of", "gaps", "leaf", "negated", "said", "switched", "unsaid"]

Condition = bool | Mapping[str, Any]
"""A document of the schema ``condition``, what always holds or never does, or what is unsaid."""

_UNSAID = "unsaid"
_OPPOSITE = {
    "eq": "ne",
    "ne": "eq",
    "lt": "gte",
    "gte": "lt",
    "lte": "gt",
    "gt": "lte",
    "in": "notIn",
    "notIn": "in",
}


def unsaid(code: str, detail: str) -> Condition:
    """Return a condition that the schema has no words for, with the reason."""
    return {_UNSAID: (code, detail)}


def leaf(criterion: str, operator: str, value: Any) -> Condition:
    """Return a comparison; ``value`` is a list where the operator takes one."""
    name = "values" if operator in ("in", "notIn") else "value"
    return {"criterion": criterion, "operator": operator, name: value}


def negated(condition: Condition) -> Condition:
    """Return the opposite."""
    if isinstance(condition, bool):
        return not condition
    if "not" in condition:
        found: Condition = condition["not"]
        return found
    if "operator" in condition:
        return {**condition, "operator": _OPPOSITE[condition["operator"]]}
    for name, joined in (("allOf", any_of), ("anyOf", all_of)):
        if name in condition:
            return joined([negated(part) for part in condition[name]])
    return {"not": condition}


def all_of(parts: Sequence[Condition]) -> Condition:
    """Return what holds where all parts do."""
    return _joined(parts, "allOf", False)


def any_of(parts: Sequence[Condition]) -> Condition:
    """Return what holds where one part does."""
    return _joined(parts, "anyOf", True)


def _joined(parts: Sequence[Condition], name: str, decides: bool) -> Condition:
    flat: list[Mapping[str, Any]] = []
    for part in parts:
        if isinstance(part, bool):
            if part is decides:
                return decides
        else:
            for one in part.get(name, (part,)):
                if one not in flat:
                    flat.append(one)
    if name == "anyOf":
        flat = _together(flat)
    if not flat:
        return not decides
    return flat[0] if len(flat) == 1 else {name: flat}


def _together(parts: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return alternatives with all values of one criterion in one comparison."""
    made: dict[Any, Mapping[str, Any]] = {}
    for n, part in enumerate(parts):
        if part.get("operator") not in ("eq", "in") or isinstance(part.get("value"), bool):
            made[n] = part
            continue
        values = part["values"] if "values" in part else [part["value"]]
        before = made.get(part["criterion"])
        if before is not None:
            known = before["values"] if "values" in before else [before["value"]]
            values = [*known, *(value for value in values if value not in known)]
            made[part["criterion"]] = dict(leaf(part["criterion"], "in", values))  # type: ignore[arg-type]
        else:
            made[part["criterion"]] = part
    return list(made.values())


def switched(when: Condition, then: Condition, otherwise: Condition) -> Condition:
    """Return what holds where ``then`` does under ``when``, and ``otherwise`` elsewhere."""
    if then is True:
        return any_of([when, otherwise])
    if then is False:
        return all_of([negated(when), otherwise])
    if then == otherwise:
        return then
    return any_of([all_of([when, then]), all_of([negated(when), otherwise])])


def gaps(condition: Condition) -> Iterator[tuple[str, str]]:
    """Yield the reason of everything that is unsaid in a condition."""
    if isinstance(condition, bool):
        return
    if _UNSAID in condition:
        yield condition[_UNSAID]
    for name in ("allOf", "anyOf"):
        for part in condition.get(name, ()):
            yield from gaps(part)
    if "not" in condition:
        yield from gaps(condition["not"])


def said(condition: Condition, upon_gap: bool = True) -> Condition:
    """Return a condition that is weaker by what is unsaid: it refuses less, and never more."""
    if isinstance(condition, bool):
        return condition
    if _UNSAID in condition:
        return upon_gap
    if "allOf" in condition:
        return all_of([said(part, upon_gap) for part in condition["allOf"]])
    if "anyOf" in condition:
        return any_of([said(part, upon_gap) for part in condition["anyOf"]])
    if "not" in condition:
        return negated(said(condition["not"], not upon_gap))
    return condition
