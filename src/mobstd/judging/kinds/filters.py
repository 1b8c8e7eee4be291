"""Filters: does this item match this query? Surely, surely not, or too close to say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.pointer import MISSING, get, steps
from mobstd.judging.requirement import Check, Requirement
from mobstd.judging.rule import ItemFilter

__all__ = [
    "EARTH_KM",
    "at_most",
    "distance",
    "filtered",
    "is_filter",
    "limited",
    "match",
    "needs",
    "parameters",
    "read",
    "sound",
]

EARTH_KM = 6371.0
DEGREE_KM = 111.0
"""A little less than a degree of latitude: points farther north or south are surely outside."""

FILTERS = ("near", "within")


def read(query: Mapping[str, str], name: str) -> float | None:
    """Return a parameter as a finite number, or ``None``."""
    try:
        value = float(query[name])
    except (KeyError, ValueError):
        return None
    return value if abs(value) < 1e300 else None


@lru_cache(maxsize=8192)
def distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the great-circle distance in kilometres on a sphere of 6371 km.

    Points off the globe are beyond everything.
    """
    from haversine import haversine

    if any(abs(lat) > 90 or abs(lng) > 180 for lat, lng in (a, b)):
        return float("inf")
    earth_ratio = EARTH_KM / 6371.0088
    return float(haversine(a, b)) * earth_ratio


def _numbers(item: Any, pointers: list[str]) -> list[float] | None:
    values = [get(item, pointer) for pointer in pointers]
    if all(v is not MISSING and isinstance(v, (int, float)) for v in values):
        return [float(v) for v in values]
    return None


def _near(check: Check, item: Any, query: Mapping[str, str], _: Context) -> bool | None:
    centre = [read(query, name) for name in check["centre"]]
    radius = read(query, check["radius"])
    point = _numbers(item, check["point"])
    if point is None or radius is None or centre[0] is None or centre[1] is None:
        return None
    if radius < 0 or abs(centre[0]) > 90 or abs(centre[1]) > 180:
        return None
    tolerance = check.get("tolerance", {"ratio": 0.01, "metres": 20})
    slack = max(abs(radius) * tolerance["ratio"], tolerance["metres"] / 1000)
    if abs(centre[0] - point[0]) * DEGREE_KM > radius + slack:
        return False
    away = distance((centre[0], centre[1]), (point[0], point[1]))
    if away > radius + slack:
        return False
    return True if away <= radius - slack else None


def _within(check: Check, item: Any, query: Mapping[str, str], _: Context) -> bool | None:
    centre, margin = read(query, check["centre"]), read(query, check["margin"])
    if centre is None or margin is None or margin < 0:
        return None
    known = [v for v in (get(item, p) for p in check["values"]) if isinstance(v, (int, float))]
    if not known or any(_in_another_unit(value, check) for value in known):
        return None
    away = [abs(value - centre) for value in known]
    if min(away) > margin if check.get("any") else max(away) > margin:
        return False
    return True if max(away) < margin else None


def _in_another_unit(value: float, check: Check) -> bool:
    """Say whether a value is beyond what is plausible, and not next to nothing either."""
    limits = check.get("plausible")
    if limits is None or limits["minimum"] <= value <= limits["maximum"]:
        return False
    return bool(abs(value) >= limits["minimum"] / 1000)


_MATCH: Mapping[str, Callable[[Check, Any, Mapping[str, str], Context], bool | None]] = {
    "near": _near,
    "within": _within,
}


def is_filter(check: Check, context: Context) -> bool:
    """Say whether a check filters items."""
    if check.kind == "rule":
        return isinstance(context.catalogue.version.rules.get(check["call"]), ItemFilter)
    return check.kind in FILTERS


def match(check: Check, item: Any, query: Mapping[str, str], context: Context) -> bool | None:
    """Say whether ``item`` matches ``query``: ``None`` is too close to say, or not applicable."""
    if check.kind == "rule":
        rule: ItemFilter = context.catalogue.version.rules[check["call"]]
        return rule.match(item, query, context)
    return _MATCH[check.kind](check, item, query, context)


def parameters(check: Check, context: Context) -> tuple[str, ...]:
    """Return the parameters that a filter reads."""
    if check.kind == "near":
        return (*check["centre"], check["radius"])
    if check.kind == "within":
        return (check["centre"], check["margin"])
    rule: ItemFilter = context.catalogue.version.rules[check["call"]]
    return rule.parameters


def needs(check: Check, context: Context) -> tuple[str, ...]:
    """Return the parameters without which a filter can never be sure."""
    if check.kind == "rule":
        rule: ItemFilter = context.catalogue.version.rules[check["call"]]
        return rule.needs
    return parameters(check, context)


def _reads(check: Check, context: Context) -> frozenset[str]:
    """Return the members of an item that a filter reads."""
    if check.kind == "rule":
        rule: ItemFilter = context.catalogue.version.rules[check["call"]]
        return frozenset(rule.reads)
    pointers = check["point"] if check.kind == "near" else check["values"]
    return frozenset(steps(pointer)[0] for pointer in pointers)


def sound(check: Check, exchange: Exchange, pointer: str, context: Context) -> bool:
    """Say whether the schema accepts what the filter reads of an item, at every depth."""
    refused = context.refused(exchange)
    if not refused.pointers:
        return True
    inner = (f"{pointer}/{member}" for member in _reads(check, context))
    return not refused.touches(pointer, frozenset()) and not any(
        place in refused.below or place in refused.pointers for place in inner
    )


def _about(check: Check, item: Any, context: Context) -> bool:
    """Say whether a filter is about an item at all."""
    if check.kind != "rule":
        return True
    rule: ItemFilter = context.catalogue.version.rules[check["call"]]
    return rule.about is None or rule.about(item)


def filtered(check: Check, row: Requirement, exchange: Exchange, context: Context) -> Result:
    """Judge that every returned item matches the query, where the schema accepts what it reads."""
    if exchange.negative or not exchange.accepted:
        return Result()
    if check.kind == "rule":
        rule: ItemFilter = context.catalogue.version.rules[check["call"]]
        if rule.when_asked and not any(name in exchange.query for name in rule.parameters):
            return Result()
    evidence, findings = 0, []
    for pointer, item in context.items(exchange):
        if not sound(check, exchange, pointer, context) or not _about(check, item, context):
            continue
        answer = match(check, item, exchange.query, context)
        if answer is None:
            continue
        evidence += 1
        if answer is False:
            findings.append(outside(check, row, exchange, context, pointer, item, exchange.query))
    return Result(evidence, tuple(findings))


def outside(
    check: Check,
    row: Requirement,
    exchange: Exchange,
    context: Context,
    pointer: str,
    item: Any,
    query: Mapping[str, str],
) -> Finding:
    """Return the finding for an item that was returned and does not match."""
    expected: Any
    if check.kind == "near":
        point = _numbers(item, check["point"]) or [0.0, 0.0]
        centre = [read(query, name) or 0.0 for name in check["centre"]]
        away = distance((centre[0], centre[1]), (point[0], point[1]))
        code, below = "kind.near", check["point"][0]
        expected = f"<= {query[check['radius']]} km"
        received: Any = f"{away:.3f} km"
    elif check.kind == "within":
        code, below = "kind.within", check["values"][0]
        expected = f"{query[check['centre']]} -/+ {query[check['margin']]}"
        received = get(item, below)
        received = None if received is MISSING else received
    else:
        rule: ItemFilter = context.catalogue.version.rules[check["call"]]
        code, below = rule.code, ""
        expected = {p: query[p] for p in rule.parameters if p in query}
        received = None
    return Finding(
        row.id,
        code,
        exchange.operation,
        (exchange.id,),
        f"/response/body{pointer}{below}",
        {},
        expected,
        received,
        text=check.get("message"),
    )


def limited(check: Check, query: Mapping[str, str]) -> int | None:
    """Return how many items a query asks for at most."""
    value = read(query, check["parameter"])
    return int(value) if value is not None and value.is_integer() and value >= 0 else None


def at_most(check: Check, row: Requirement, exchange: Exchange, context: Context) -> Result:
    """Judge that no more items came than were asked for."""
    wanted = limited(check, exchange.query)
    if wanted is None or exchange.negative or not exchange.accepted:
        return Result()
    came = len(context.items(exchange))
    if came <= wanted:
        return Result(1 if came or wanted == 0 else 0)
    found = Finding(
        row.id,
        "kind.at-most",
        exchange.operation,
        (exchange.id,),
        "/response/body",
        {"parameter": check["parameter"]},
        f"<= {wanted}",
        came,
    )
    return Result(1, (found,))
