"""Whether a condition holds: a tree over what is known, with what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mobstd.mobility_aid.facts import RECEIVED, Facts, valued
from mobstd.mobility_aid.registry import criteria
from mobstd.mobility_aid.truth import Judged, Reason, Truth, every, negated, some

__all__ = ["HOLDS", "judge", "kinds"]

HOLDS = Judged(True)
"""A condition that is not there."""

_ORDER = {
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
}
_ORDERED = frozenset({"money", "number", "date"})


def kinds(aid: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the type of each question that an aid asks beside the registry."""
    questions = aid.get("eligibility", {}).get("questions", ())
    return {question["criterion"]: question["type"] for question in questions}


def judge(
    condition: Mapping[str, Any] | None,
    facts: Facts,
    at: str,
    currency: str,
    own: Mapping[str, str],
) -> Judged:
    """Judge a condition.

    Args:
        condition: a document of the schema ``condition``; ``None`` holds.
        facts: what is known.
        at: where the condition stands in the aid, as a pointer.
        currency: that of the aid's sums.
        own: the types of the aid's own questions, from ``kinds``.
    """
    if condition is None:
        return HOLDS
    for name, combined in (("allOf", every), ("anyOf", some)):
        if name in condition:
            return combined(
                [
                    judge(part, facts, f"{at}/{name}/{n}", currency, own)
                    for n, part in enumerate(condition[name])
                ]
            )
    if "not" in condition:
        return negated(judge(condition["not"], facts, f"{at}/not", currency, own))
    return _compared(condition, facts, at, currency, own)


def _compared(
    leaf: Mapping[str, Any], facts: Facts, at: str, currency: str, own: Mapping[str, str]
) -> Judged:
    name = leaf["criterion"]
    kind = own[name] if name in own else criteria()[name].type if name in criteria() else ""
    wanted = leaf["values"] if "values" in leaf else [leaf["value"]]
    if kind == "aid":
        return _aid(leaf, wanted, facts, at)
    truth: Truth = None
    if kind and (kind != "money" or currency == facts.currency):
        answers = facts.all_of(name, kind)
        truth = None if answers is None else _holds(leaf["operator"], answers, wanted, kind)
    return _leaf(truth, at, name, name)


def _aid(leaf: Mapping[str, Any], wanted: list[str], facts: Facts, at: str) -> Judged:
    gets = [Judged(facts.gets(aid)) for aid in wanted]
    truth = some(gets).truth
    if leaf["operator"] in ("ne", "notIn"):
        truth = negated(Judged(truth)).truth
    return _leaf(truth, at, leaf["criterion"], RECEIVED)


def _leaf(truth: Truth, at: str, criterion: str, asked: str) -> Judged:
    effect = "open" if truth is None else "for" if truth else "against"
    reason = Reason("condition", at, effect, criterion)
    return Judged(truth, (reason,), {asked: 1.0} if truth is None else {})


def _holds(operator: str, answers: tuple[Any, ...], wanted: list[Any], kind: str) -> Truth:
    read = [valued(kind, value) for value in wanted]
    if None in read:
        return None
    if operator in ("ne", "notIn"):
        return not any(answer in read for answer in answers)
    if operator in ("eq", "in"):
        return any(answer in read for answer in answers)
    if operator not in _ORDER or kind not in _ORDERED:
        return None
    return any(_ORDER[operator](answer, read[0]) for answer in answers)
