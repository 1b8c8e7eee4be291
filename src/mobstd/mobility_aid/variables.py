"""What an aid turns on: each answer that its conditions and amounts read, with values that tell.

Of an ordered answer those just below, at and just above what it is compared with; of a choice each
that is named and one that is not; of a place one in each area that is named and one elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from mobstd.canon.schemas import validator_of
from mobstd.canon.standard import find
from mobstd.canon.validator import Validator
from mobstd.mobility_aid.amounts import BASES, PRICES, UNITS
from mobstd.mobility_aid.ceilings import price_of
from mobstd.mobility_aid.conditions import kinds
from mobstd.mobility_aid.facts import decimal
from mobstd.mobility_aid.localities import localities
from mobstd.mobility_aid.registry import VERSION, criteria
from mobstd.mobility_aid.territory import basis_of

__all__ = ["DATE", "Options", "leaves", "options", "territory", "variable_of"]

Answers = Mapping[str, Any]
Options = Mapping[str, tuple[Answers, ...]]
"""By variable, the answers that it may stand for."""

DATE = "@date"
"""The variable of the day that is asked about; it is no answer."""

_FEW = 3
_CENT = Decimal("0.01")
_WITH_CENTS = "998.60"
"""A price of which usual shares have cents, and no part of a cent."""

_USUAL: Mapping[str, Any] = {"number": 10, "money": "1000"}
_NODES = ("amount", "cap", "floor")


def variable_of(criterion: str, kind: str) -> str:
    """Return the variable that a criterion is read from: all areas of a place are one."""
    return criterion.partition(".")[0] if kind == "area" else criterion


def territory(aid: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the territory of an aid as a condition; ``None`` where nobody knows what has to be."""
    said = aid["territory"]
    areas = (*said["include"], *said.get("exclude", ()))
    if "basis" not in said or any(area["type"] == "unresolved" for area in areas):
        return None
    parts = []
    for place in basis_of(said):
        inside = {"anyOf": [_area(place, area) for area in said["include"]]}
        outside = [{"not": _area(place, area)} for area in said.get("exclude", ())]
        parts.append({"allOf": [inside, *outside]})
    return {"allOf" if said.get("match") == "all" else "anyOf": parts}


def _area(place: str, area: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"criterion": f"{place}.{area['type']}", "operator": "eq", "value": area["code"]}


def leaves(condition: Mapping[str, Any] | None) -> Iterator[Mapping[str, Any]]:
    """Yield the comparisons of a condition."""
    if condition is None:
        return
    if "criterion" in condition:
        yield condition
    for part in (*condition.get("allOf", ()), *condition.get("anyOf", ())):
        yield from leaves(part)
    yield from leaves(condition.get("not"))


def options(aid: Mapping[str, Any], conditions: Sequence[Any], today: date) -> Options:
    """Return what an aid turns on.

    Args:
        aid: a document of the schema ``aid``.
        conditions: all of its conditions, its territory too.
        today: what is asked about where nothing else is at stake.
    """
    own, found = kinds(aid), dict[str, list[Answers]]()
    areas: dict[str, list[tuple[str, str]]] = {}
    for leaf in (leaf for one in conditions for leaf in leaves(one)):
        name = leaf["criterion"]
        kind = own.get(name) or (criteria()[name].type if name in criteria() else "")
        values = leaf["values"] if "values" in leaf else [leaf["value"]]
        if kind == "area":
            place, _, level = name.partition(".")
            areas.setdefault(place, []).extend((level, str(value)) for value in values)
        elif kind != "aid":
            told = [v for value in values for v in _around(kind, value)]
            told += _others(name, kind, values)
            found.setdefault(name, []).extend({name: v} for v in _several(name, told))
    for name in [name for name in found if name in criteria()]:
        found[name] += _quotients(name, found)
    for name, value in _amounts(aid):
        found.setdefault(name, []).append({name: value})
    for place, named in areas.items():
        found[place] = list(localities(place, named))
    found[DATE] = [{DATE: day.isoformat()} for day in _days(aid, today)]
    return {name: kept for name, each in found.items() if (kept := _distinct(each))}


def _quotients(name: str, found: Mapping[str, Sequence[Answers]]) -> list[Answers]:
    """Return a quotient told by what it is of, where nothing else reads that."""
    parts = criteria()[name].quotient
    if parts is None or any(part in found for part in parts):
        return []
    whole, shares = parts
    sums = [(one, decimal(one[name])) for one in found[name][:_FEW]]
    return [{whole: str(2 * value), shares: 2} for _, value in sums if value is not None]


def _distinct(each: Sequence[Answers]) -> tuple[Answers, ...]:
    kept: list[Answers] = []
    for one in each:
        said = {name: value for name, value in one.items() if name != DATE}
        if one not in kept and not any(True for _ in _judge().problems(said)):
            kept.append(one)
    return tuple(kept)


@cache
def _judge() -> Validator:
    return validator_of(find(VERSION), "answers")


def _around(kind: str, value: Any) -> Iterator[Any]:
    """Yield a value, and where there is an order what stands next to it."""
    if kind in ("number", "money"):
        at = decimal(value)
        if at is None:
            return
        step = _CENT if kind == "money" else Decimal(1)
        for one in (at, at - step, at + step):
            yield str(one) if kind == "money" else _number(one)
    elif kind == "date":
        day = date.fromisoformat(value)
        yield from ((day + timedelta(days=n)).isoformat() for n in (0, -1, 1))
    elif kind == "boolean":
        yield from (value, not value)
    else:
        yield value


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _others(name: str, kind: str, values: Sequence[Any]) -> Iterator[Any]:
    """Yield an answer to a choice that is not named."""
    known = criteria().get(name)
    if kind == "choice" and known is not None:
        yield from [one for one in known.values if one not in values][:1]


def _several(name: str, told: Sequence[Any]) -> Sequence[Any]:
    """Return answers as lists where several can be true at once, and two together."""
    known = criteria().get(name)
    if known is None or not known.multiple:
        return told
    return [*([one] for one in told), [told[0], told[-1]], [told[-1], told[0]]]


def _amounts(aid: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield answers that amounts are computed from: usual ones, and around what bounds them."""
    for benefit in aid["benefits"]:
        nodes = list(_formulas(benefit["amount"]))
        price = PRICES.get(price_of(benefit))
        stated = [one.get("value") for one in nodes]
        stated += [limit.get("money") for limit in benefit.get("limits", ())]
        fixed = [value for one in stated if (value := decimal(one))]
        rates = [r / 100 for one in nodes if "rate" in one and (r := decimal(one["rate"]))]
        if price is not None:
            yield from ((price, value) for value in (_USUAL["money"], _WITH_CENTS))
            for turn in (*fixed, *(value / rate for value in fixed for rate in rates)):
                yield from ((price, str(round(turn * k))) for k in (Decimal("0.9"), Decimal("1.1")))
        for one in nodes:
            if one.get("base") in BASES:
                yield from ((BASES[one["base"]], v) for v in (_USUAL["money"], _WITH_CENTS))
            if one.get("unit") in UNITS:
                yield UNITS[one["unit"]], _USUAL["number"]
                for bound in (one[n] for n in ("fromUnits", "upToUnits") if n in one):
                    yield from ((UNITS[one["unit"]], v) for v in _around("number", bound))
        if "role" in benefit:
            yield "trip.role", benefit["role"]


def _formulas(formula: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield formula
    below = [formula[name] for name in _NODES if name in formula]
    below += [*formula.get("parts", ()), *(case["amount"] for case in formula.get("cases", ()))]
    for one in below:
        yield from _formulas(one)


def _days(aid: Mapping[str, Any], today: date) -> Iterator[date]:
    yield today
    for name, turn in (("start", -1), ("end", 1)):
        if name in aid.get("validity", {}):
            day = date.fromisoformat(aid["validity"][name])
            yield from (day, day + timedelta(days=turn))
