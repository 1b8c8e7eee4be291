"""What an amount comes to: a formula over what is known, as the least and the most it can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import reduce
from typing import Any, TypeAlias

from mobstd.mobility_aid.conditions import judge
from mobstd.mobility_aid.facts import RECEIVED, Facts, decimal
from mobstd.mobility_aid.sums import NOTHING, ZERO, Sum, least, most
from mobstd.mobility_aid.truth import Judged, Reason, every, shared, some

__all__ = ["BASES", "PRICES", "UNITS", "Ground", "amount", "is_price"]

PRICES = {
    "purchase": "vehicle.priceInclTax",
    "subscription": "subscription.price",
    "fare": "trip.fare",
    "expense": "expense.amount",
}
"""The criterion of each price that a benefit never exceeds."""

BASES = {
    "purchase-price-incl-tax": PRICES["purchase"],
    "purchase-price-excl-tax": "vehicle.priceExclTax",
    "subscription-price": PRICES["subscription"],
    "fare": PRICES["fare"],
    "expense": PRICES["expense"],
}
"""The criterion of each sum that shares are taken of."""

UNITS = {
    "km": "trip.distanceKm",
    "trip": "trip.count",
    "passenger-trip": "trip.passengers",
    "day": "usage.days",
    "month": "usage.months",
}
"""The criterion of each unit that is counted."""

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Ground:
    """What formulas of one aid are computed from.

    Attributes:
        facts: what is known of the situation.
        currency: that of the aid's sums.
        own: the types of the aid's own questions.
        aid: its id.
    """

    facts: Facts
    currency: str
    own: Mapping[str, str]
    aid: str

    def others(self, named: str | None) -> tuple[Decimal, Decimal | None]:
        """Return what the least and the most is that another aid, or all others, come to."""
        if self.currency != self.facts.currency:
            return ZERO, None
        return self.facts.others(named, self.aid)

    def judged(self, condition: Mapping[str, Any] | None, at: str) -> Judged:
        """Judge a condition that stands at ``at``."""
        return judge(condition, self.facts, at, self.currency, self.own)


_Kind: TypeAlias = Callable[[Mapping[str, Any], Ground, str], Sum]


def amount(formula: Mapping[str, Any], ground: Ground, at: str) -> Sum:
    """Return what a formula comes to.

    Args:
        formula: a document of the schema ``amount``.
        ground: what it is computed from.
        at: where it stands in the aid, as a pointer.
    """
    found = _KINDS.get(formula["type"], _words)(formula, ground, at)
    for name, bounded in (("floor", Sum.floored), ("cap", Sum.capped)):
        if name in formula and found.refused is not True:
            bound = amount(formula[name], ground, f"{at}/{name}")
            missing = {} if bound.decided else bound.missing
            found = _also(bounded(found, bound), missing)
    return found


def is_price(formula: Mapping[str, Any]) -> bool:
    """Say whether a formula is what a person pays rather than what is given."""
    if "cases" in formula:
        return any(is_price(case["amount"]) for case in formula["cases"])
    return bool(formula["type"] == "price")


def _also(found: Sum, missing: Mapping[str, float]) -> Sum:
    """Return a sum that a bound may still change."""
    if not missing:
        return found
    weights = [found.missing, missing] if found.missing else [missing]
    return replace(found, missing=shared(weights))


def _fixed(formula: Mapping[str, Any], ground: Ground, at: str) -> Sum:
    return _sure(decimal(formula["value"]))


def _sure(value: Decimal | None) -> Sum:
    return Sum() if value is None else Sum(value, value)


def _range(formula: Mapping[str, Any], ground: Ground, at: str) -> Sum:
    return Sum(decimal(formula["min"]) or ZERO, decimal(formula["max"]))


def _percentage(formula: Mapping[str, Any], ground: Ground, at: str) -> Sum:
    base = _base(formula, ground)
    rate = (decimal(formula["rate"]) or ZERO) / _HUNDRED
    if rate == 0:
        return Sum(ZERO, ZERO)
    return base.within(base.low * rate, None if base.high is None else base.high * rate)


def _base(formula: Mapping[str, Any], ground: Ground) -> Sum:
    facts, word = ground.facts, formula["base"]
    if word in BASES:
        return _known(facts.money(BASES[word], ground.currency), BASES[word])
    low, high = ground.others(formula.get("aid"))
    missing = {} if low == high else {RECEIVED: 1.0}
    if word == "other-aid":
        return Sum(low, high, missing=missing)
    name = PRICES["purchase"]
    price = _known(facts.money(name, ground.currency), name)
    asked = shared([m for m in (price.missing, missing) if m])
    return replace(price.less(low, high), missing=asked)


def _known(value: Decimal | None, criterion: str) -> Sum:
    return Sum(missing={criterion: 1.0}) if value is None else Sum(value, value)


def _per_unit(formula: Mapping[str, Any], ground: Ground, at: str) -> Sum:
    criterion = UNITS[formula["unit"]]
    value = decimal(formula["value"]) or ZERO
    start, end = decimal(formula.get("fromUnits", 0)) or ZERO, decimal(formula.get("upToUnits"))
    units = ground.facts.number(criterion)
    if units is None:
        high = None if end is None else value * max(ZERO, end - start)
        return Sum(ZERO, high, missing={criterion: 1.0})
    counted = units if end is None else min(units, end)
    return _sure(value * max(ZERO, counted - start))


def _parts(formula: Mapping[str, Any], ground: Ground, at: str) -> list[Sum]:
    parts = formula["parts"]
    return [amount(part, ground, f"{at}/parts/{n}") for n, part in enumerate(parts)]


def _joined(found: Sum, parts: list[Sum]) -> Sum:
    reasons = tuple(reason for part in parts for reason in part.reasons)
    weights = [part.missing for part in parts if part.missing]
    missing = shared(weights) if weights and not found.decided else {}
    return replace(found, reasons=reasons, missing=missing)


def _sum(formula: Mapping[str, Any], ground: Ground, at: str) -> Sum:
    parts = _parts(formula, ground, at)
    low, high = ZERO, ZERO
    top: Decimal | None = high
    for part in parts:
        low += part.low
        top = None if top is None or part.high is None else top + part.high
    return _joined(Sum(low, top, every([Judged(part.refused) for part in parts]).truth), parts)


def _picked(
    lower: Callable[[Decimal, Decimal], Decimal],
    higher: Callable[[Decimal | None, Decimal | None], Decimal | None],
    refused: Callable[[list[Judged]], Judged],
) -> _Kind:
    """Return what computes the largest, or the smallest, of the parts."""

    def found(formula: Mapping[str, Any], ground: Ground, at: str) -> Sum:
        parts = _parts(formula, ground, at)
        low = reduce(lower, (part.low for part in parts))
        high = reduce(higher, (part.high for part in parts))
        return _joined(
            Sum(low, high, refused([Judged(part.refused) for part in parts]).truth), parts
        )

    return found


def _cases(formula: Mapping[str, Any], ground: Ground, at: str) -> Sum:
    """Return the first case that holds, or all those that may be the first."""
    taken: list[Sum] = []
    open_: list[Judged] = []
    for n, case in enumerate(formula["cases"]):
        judged = ground.judged(case.get("when"), f"{at}/cases/{n}/when")
        if judged.truth is False:
            continue
        taken.append(amount(case["amount"], ground, f"{at}/cases/{n}/amount"))
        if judged.truth:
            break
        open_.append(judged)
    else:
        taken.append(NOTHING)
    return _one_of(taken, open_)


def _one_of(taken: list[Sum], open_: list[Judged]) -> Sum:
    if len(taken) == 1:
        return taken[0]
    first, *rest = taken
    low, high = first.low, first.high
    for one in rest:
        low, high = min(low, one.low), most(high, one.high)
    refused = {one.refused for one in taken}
    found = Sum(low, high, refused.pop() if len(refused) == 1 else None)
    if found.decided:
        return found
    weights = [judged.missing for judged in open_] + [one.missing for one in taken if one.missing]
    reasons = tuple(reason for judged in open_ for reason in judged.reasons)
    reasons += tuple(reason for one in taken for reason in one.reasons)
    return replace(found, missing=shared(weights), reasons=reasons)


def _none(formula: Mapping[str, Any], ground: Ground, at: str) -> Sum:
    return NOTHING


def _words(formula: Mapping[str, Any], ground: Ground, at: str) -> Sum:
    return Sum(reasons=(Reason("amount-text", at, "open"),))


_KINDS: Mapping[str, _Kind] = {
    "fixed": _fixed,
    "price": _fixed,
    "range": _range,
    "percentage": _percentage,
    "per-unit": _per_unit,
    "sum": _sum,
    "max-of": _picked(max, most, every),
    "min-of": _picked(min, least, some),
    "cases": _cases,
    "none": _none,
    "text": _words,
}
