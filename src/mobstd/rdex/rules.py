"""What data cannot say of legacy ads: numbers that are text, days of the week, what was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from mobstd.judging.context import Context
from mobstd.judging.rule import Edit, ItemFilter, Trouble, ValueRule

__all__ = ["RULES"]

_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DIRECTIONS = ("outward", "return")

Ad = Mapping[str, Any]


def _ad(item: Any) -> Ad:
    found = item.get("journeys") if isinstance(item, dict) else None
    return found if isinstance(found, dict) else {}


def _inner(ad: Ad, member: str) -> Ad:
    found = ad.get(member)
    return found if isinstance(found, dict) else {}


def _side(item: Any, query: Mapping[str, str], _: Context) -> bool | None:
    """RDEX-SEARCH-03: the author is of a side that is looked for."""
    ad, wanted = (
        _ad(item),
        [s for s in ("driver", "passenger") if query.get(f"p[{s}][state]") == "1"],
    )
    states = [str(_inner(ad, side).get("state")) for side in wanted]
    return "1" in states if wanted and ad else None


def _frequency(item: Any, query: Mapping[str, str], _: Context) -> bool | None:
    """RDEX-SEARCH-04: the ad has the frequency that is asked for."""
    wanted, found = query.get("p[frequency]"), _ad(item).get("frequency")
    return found == wanted if wanted and isinstance(found, str) else None


def _dates(item: Any, query: Mapping[str, str], _: Context) -> bool | None:
    """RDEX-SEARCH-05: the ad holds on some day between the dates that are asked for."""
    outward = _inner(_ad(item), "outward")
    first, last = _day(outward.get("mindate")), _day(outward.get("maxdate"))
    low, high = _day(query.get("p[outward][mindate]")), _day(query.get("p[outward][maxdate]"))
    if first is None or last is None or low is None or high is None or last < first:
        return None
    return first <= high and low <= last


def _date_edges(item: Any, _: Mapping[str, Any], __: Context) -> Iterator[Edit]:
    """Yield the first and the last day of an ad as both bounds, and the days beside them."""
    outward = _inner(_ad(item), "outward")
    first, last = _day(outward.get("mindate")), _day(outward.get("maxdate"))
    if first is None or last is None:
        return
    day = timedelta(days=1)
    for one, inside in ((first, True), (last, True), (last + day, False), (first - day, False)):
        yield Edit(dict.fromkeys(_DATES, one.isoformat()), inside)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _dates_ordered(item: Any, _: Context) -> Iterator[Trouble] | None:
    """RDEX-AD-12: the first day of a direction is not after the last."""
    pairs = []
    for direction in _DIRECTIONS:
        way = _inner(_ad(item), direction)
        pair = _day(way.get("mindate")), _day(way.get("maxdate"))
        pairs.append((direction, *pair))
    known = [(d, low, high) for d, low, high in pairs if low is not None and high is not None]
    if not known:
        return None
    return (
        Trouble("dates-ordered", f"/journeys/{d}/maxdate", {}, f">= {low}", str(high))
        for d, low, high in known
        if low > high
    )


def _punctual_day(item: Any, _: Context) -> Iterator[Trouble] | None:
    """RDEX-AD-13: the day of a punctual journey is the one that ``days`` names."""
    ad = _ad(item)
    day = _day(_inner(ad, "outward").get("mindate"))
    if ad.get("frequency") != "punctual" or day is None:
        return None
    name = _WEEK[day.weekday()]
    if str(_inner(ad, "days").get(name)) == "1":
        return iter(())
    return iter((Trouble("punctual-day", f"/journeys/days/{name}", {}, 1),))


def _on_the_globe(item: Any, _: Context) -> Iterator[Trouble] | None:
    """RDEX-AD-14: coordinates are those of a place."""
    found = []
    for end in ("from", "to"):
        for name, most in (("latitude", 90), ("longitude", 180)):
            value = _number(_inner(_ad(item), end).get(name))
            if value is not None:
                found.append((f"/journeys/{end}/{name}", value, most))
    if not found:
        return None
    return (
        Trouble("on-the-globe", where, {}, f"-{most}..{most}", value)
        for where, value, most in found
        if abs(value) > most
    )


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _items(judge: Callable[[Any, Context], Iterator[Trouble] | None]) -> ValueRule:
    return ValueRule("/*", judge)


_DATES = ("p[outward][mindate]", "p[outward][maxdate]")

RULES: Mapping[str, ItemFilter | ValueRule] = {
    "side": ItemFilter(
        "side", ("p[driver][state]", "p[passenger][state]"), _side, reads=("journeys",)
    ),
    "frequency": ItemFilter("frequency", ("p[frequency]",), _frequency, reads=("journeys",)),
    "dates": ItemFilter("dates", _DATES, _dates, _date_edges, needs=_DATES, reads=("journeys",)),
    "dates-ordered": _items(_dates_ordered),
    "punctual-day": _items(_punctual_day),
    "on-the-globe": _items(_on_the_globe),
}
