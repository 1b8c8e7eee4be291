"""Finds where the target has data, so that what follows has evidence.

Hints first, then the areas of the profile, then the whole country at once, then its regions; what
one operation found leads the others. A target that limits the radius is asked in smaller circles.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, product
from typing import Any
from zoneinfo import ZoneInfo

from mobstd.canon.schemas import documents
from mobstd.conformance.lab import LIMIT, NEAR_KM, NEAR_SECONDS, Anchor, Lab, Query
from mobstd.conformance.places import HOUR, RUSH_HOURS, Circle, circles
from mobstd.conformance.vicinity import around, generous, query_of
from mobstd.judging.exchange import Exchange
from mobstd.judging.parameter import read

__all__ = ["confirm", "explore"]

DAY = 86_400
ENOUGH = 12
ANCHORS = 4
SHORT = 0.4
"""Days around an instant that a target takes which refuses longer ones."""

REFUSALS = (400, 406, 409, 410, 412, 415, 416, 422)
"""Statuses that say that a request is wrong."""

LEAST = 8
"""Requests that are kept for each further operation while nothing was found."""

QUARTERS, APART, DEGREE_KM = ((1, 0), (0, -1), (0, 1), (-1, 0)), 0.6, 111.0
DAYS_APART = (0, 2, 4, 5)
"""Parts of a circle north, west, east and south of its middle, and the day of each."""

DAYS_AHEAD = (1, 2, 3, 4)
"""Days that are looked at one by one, where a target takes no longer margin."""

CONFIRMING = 6
"""Requests of an operation's share that are kept for confirming what was found."""


@dataclass
class _Reach:
    """How far and how long a target was seen to let itself be asked."""

    km: float = float("inf")
    days: float = float("inf")


def _query(lab: Lab, operation: str, circle: Circle, now: datetime) -> Query:
    how = lab.role_of(operation)
    query: Query = dict(how.get("with", {}))
    here = (circle.lat, circle.lng)
    for ends, point in (("departure", here), ("arrival", circle.to or here)):
        if ends in how:
            query.update(zip(how[ends], point, strict=True))
    if "instant" in how:
        half = int(circle.days * DAY)
        middle = min(max(half, DAY // 2), 7 * DAY // 2) + circle.ahead * DAY
        query[how["instant"]] = int(now.timestamp()) + middle
        if circle.hour is not None:
            there = now.astimezone(ZoneInfo(lab.context.timezone)) + timedelta(days=circle.ahead)
            at = there.replace(hour=circle.hour, minute=0, second=0, microsecond=0)
            query[how["instant"]] = int(at.timestamp())
        query[how["margin"]] = half
    if "time_of_day" in how:
        query[how["time_of_day"]] = f"{12 if circle.hour is None else circle.hour:02}:00:00"
        query[how["margin"]] = DAY // 2 if circle.hour is None else int(circle.days * DAY)
    query.update(dict.fromkeys(how.get("radii", ()), float(circle.km)))
    if "limit" in how:
        query[how["limit"]] = LIMIT
    for parameter in lab.context.catalogue.operations[operation].parameters:
        if parameter.required and parameter.name not in query and parameter.examples:
            query[parameter.name] = parameter.examples[0]
    return query


def _examples(lab: Lab, operation: str) -> Iterator[Query]:
    """Yield queries made of the examples that the document gives."""
    described = lab.context.catalogue.operations[operation]
    widest = max((len(p.examples) for p in described.parameters), default=0)
    for place_ in range(max(widest, 1)):
        query: Query = {}
        for parameter in described.parameters:
            if parameter.examples:
                query[parameter.name] = parameter.examples[min(place_, len(parameter.examples) - 1)]
            elif parameter.required:
                query[parameter.name] = parameter.default
        yield query


def explore(
    lab: Lab,
    operations: list[str],
    *,
    areas: tuple[str, ...],
    hints: Mapping[str, tuple[Mapping[str, str], ...]],
    now: datetime,
) -> None:
    """Fill ``lab.anchors``, ``lab.controls`` and ``lab.wide`` for each operation."""
    found: list[Circle] = []
    reach = _Reach()
    last = len(operations)
    for place_, operation in enumerate(operations):
        share = lab.session.left // (last - place_)
        if not found:
            share = max(share, lab.session.left - LEAST * (last - place_ - 1))
        floor = lab.session.left - share
        look = share - min(CONFIRMING, share // 2)
        items = _look(lab, operation, areas, hints.get(operation, ()), now, found, reach, look)
        _minimal(lab, operation)
        anchors(lab, operation, items, floor)


def _look(
    lab: Lab,
    operation: str,
    areas: tuple[str, ...],
    hints: tuple[Mapping[str, str], ...],
    now: datetime,
    found: list[Circle],
    reach: _Reach,
    share: int,
) -> list[tuple[Any, Query]]:
    """Return items with the query that found them."""
    end = lab.session.left - share
    how = lab.role_of(operation)
    items: dict[tuple[str, ...], tuple[Any, Query]] = {}

    def look(query: Query) -> Exchange:
        exchange = lab.ask(operation, query, "explore")
        came = lab.context.items(exchange)
        if exchange.accepted:
            lab.controls.setdefault(operation, query)
            if len(came) > len(lab.context.items(best[0]) if best else ()):
                best[:] = [exchange]
                lab.wide[operation] = query
        for _, item in came:
            items.setdefault(lab.identity(operation, item), (item, query))
        return exchange

    best: list[Exchange] = []
    spelled: Query = {}
    for hint in hints:
        if lab.session.left > end:
            look(_hinted(lab, operation, hint))
    if not how:
        for query in _examples(lab, operation):
            if lab.session.left > end:
                look(query)
        return list(items.values())
    for circle in chain(tuple(found), circles(areas, lambda: reach.km)):
        if len(items) >= ENOUGH or lab.session.left <= end:
            break
        if circle.km > reach.km:
            continue
        asked = circle if circle.days <= reach.days else _shorter(circle, reach.days)
        before = len(items)
        exchange = look({**spelled, **_query(lab, operation, asked, now)})
        if exchange.status in (401, 403, 404, 405, 501):
            break
        if exchange.status == 400 and asked.days > HOUR:
            for shorter in (SHORT, HOUR) if "instant" in how else (HOUR,):
                if exchange.status == 400 and asked.days > shorter and lab.session.left > end:
                    asked = _shorter(circle, shorter)
                    query = _query(lab, operation, asked, now)
                    exchange = look({**spelled, **query})
                    reach.days = shorter if exchange.status != 400 else reach.days
            if exchange.status == 400 and operation not in lab.controls and not spelled:
                spelled = _spelled(lab, operation, now)
                exchange = look({**spelled, **query})
        if _asked_too_much(exchange):
            reach.km = min(reach.km, circle.km / 1.01)
            continue
        if reach.days <= SHORT and "instant" in how and (items or circle in found):
            for ahead in DAYS_AHEAD:
                if len(items) < ENOUGH and lab.session.left > end:
                    near = replace(_shorter(circle, reach.days), ahead=ahead)
                    look({**spelled, **_query(lab, operation, near, now)})
        if len(items) == before:
            continue
        if circle not in found:
            found.insert(0, circle)
            if len(items) < ENOUGH and circle.days < 100 and lab.session.left > end + share // 2:
                continue
        if lab.session.left <= end + share // 2:
            break
    if items and found:
        cut = len(lab.context.items(best[0])) >= LIMIT
        for circle in _apart(found[0], reach, cut=cut, dated="instant" in how):
            if lab.session.left > end:
                look({**spelled, **_query(lab, operation, circle, now)})
    for name, words in _words(lab, operation).items() if items and found else ():
        for word, circle in product(words, (found[0], _shorter(found[0], HOUR))):
            told = {_said(lab, operation, name, item) for item, _ in items.values()}
            if word not in told and lab.session.left > end:
                look({**spelled, **_query(lab, operation, circle, now), name: word})
    return list(items.values())


def _words(lab: Lab, operation: str) -> Mapping[str, list[Any]]:
    """Return, by parameter that tells sorts of items apart, a word for each sort.

    All sorts at once are asked for by another word, which no item has.
    """
    how = lab.role_of(operation)
    described = lab.context.catalogue.operations[operation]
    return {
        name: [word for word in parameter.schema.get("enum", ()) if word != every]
        for name, every in how.get("with", {}).items()
        if name in how.get("from_item", {}) and (parameter := described.parameter(name))
    }


def _said(lab: Lab, operation: str, name: str, item: Any) -> Any:
    """Return the word for the sort of an item."""
    return query_of(lab, operation, item, {}).get(name)


def _hinted(lab: Lab, operation: str, hint: Mapping[str, str]) -> Query:
    """Return the query of a hint in the types of its parameters, as those that are made up have."""
    described = lab.context.catalogue.operations[operation]
    known = documents(lab.context.catalogue.version)
    return {
        name: text if (parameter := described.parameter(name)) is None
        else read(parameter, [text], known)
        for name, text in hint.items()
    }  # fmt: skip


def _apart(circle: Circle, reach: _Reach, *, cut: bool, dated: bool) -> Iterator[Circle]:
    """Yield the same place on other days, or other parts of it where the answer was cut.

    Who answers with what is nearest, or of the same day, shows but a part of the data.
    """
    for (north, east), ahead in zip(QUARTERS, DAYS_APART, strict=True):
        if not cut:
            if dated:
                yield replace(_shorter(circle, min(1.0, reach.days)), ahead=ahead)
            continue
        away = circle.km * APART
        lat = circle.lat + north * away / DEGREE_KM
        lng = circle.lng + east * away / DEGREE_KM / math.cos(math.radians(circle.lat))
        part = replace(circle, lat=round(lat, 4), lng=round(lng, 4), km=round(away, 1), to=None)
        yield replace(_shorter(part, min(1.0, reach.days)), ahead=ahead) if dated else part


def _shorter(circle: Circle, days: float) -> Circle:
    """Return a circle with a shorter margin; around a busy hour where it is shorter than a day."""
    hour = circle.hour if days > HOUR or circle.hour is not None else RUSH_HOURS[0]
    return replace(circle, days=days, hour=hour, ahead=max(circle.ahead, int(hour is not None)))


def _spelled(lab: Lab, operation: str, now: datetime) -> Query:
    """Return what may be left out, for a target that wants it all the same."""
    described = lab.context.catalogue.operations[operation]
    dates = [int(now.timestamp()) + day * DAY for day in (0, 30)]
    window = dict(zip(lab.role_of(operation).get("window", ()), dates, strict=False))
    return window | {
        p.name: p.default for p in described.parameters if not p.required and p.default is not None
    }


def _minimal(lab: Lab, operation: str) -> None:
    """Ask with nothing but what is required, where nothing else was accepted."""
    right = [
        x
        for x in lab.session.exchanges
        if x.operation == operation and not x.negative and x.status is not None
    ]
    if not right or any(x.accepted or x.status not in REFUSALS for x in right):
        return
    query = generous(lab, operation, dict(right[-1].request.query))
    if lab.session.left > 0 and lab.ask(operation, query, "explore").status in REFUSALS:
        lab.refused[operation] = query


def _asked_too_much(exchange: Exchange) -> bool:
    """Say whether the target refused, or answered more than can be read."""
    response = exchange.response
    return response is not None and (400 <= response.status < 500 or response.truncated)


def anchors(lab: Lab, operation: str, items: list[tuple[Any, Query]], floor: int) -> None:
    """Choose items that differ, and confirm for each a query that finds it.

    No more is sent when only ``floor`` requests of the phase are left.
    """
    rng = random.Random(f"{lab.seed}:{operation}")
    shuffled = sorted(items, key=lambda pair: lab.identity(operation, pair[0]))
    rng.shuffle(shuffled)
    shuffled = _varied(lab, operation, shuffled)
    chosen = lab.anchors.setdefault(operation, [])
    for item, query in shuffled[: 2 * ANCHORS]:
        if len(chosen) >= ANCHORS or lab.session.left <= floor:
            break
        anchor = confirm(lab, operation, item, query)
        if anchor is not None:
            chosen.append(anchor)
    if chosen:
        least = generous(lab, operation, chosen[0].query)
        accepted = lab.session.left <= 0 or lab.ask(operation, least, "control").accepted
        lab.controls[operation] = least if accepted else chosen[0].query


def _varied(lab: Lab, operation: str, items: list[tuple[Any, Query]]) -> list[tuple[Any, Query]]:
    """Return the items, first those that are of a sort or have what the ones before lack."""
    words = _words(lab, operation)
    rest = [(_shape(item) | _where(lab, operation, item), (item, q)) for item, q in items]
    out: list[tuple[Any, Query]] = []
    known: set[str] = set()
    met: set[tuple[str, Any]] = set()

    def sorts_of(item: Any) -> set[tuple[str, Any]]:
        return {(name, _said(lab, operation, name, item)) for name in words}

    def news(place: int) -> tuple[int, int]:
        shape, (item, _) = rest[place]
        return len(sorts_of(item) - met), len(shape - known)

    while rest and len(out) < 2 * ANCHORS:
        shape, pair = rest.pop(max(range(len(rest)), key=news))
        known |= shape
        met |= sorts_of(pair[0])
        out.append(pair)
    return out + [pair for _, pair in rest]


def _where(lab: Lab, operation: str, item: Any) -> frozenset[str]:
    """Return in what part of the country and of the day an item is."""
    instant = lab.role_of(operation).get("instant")
    out = set()
    for name, value in query_of(lab, operation, item, {}).items():
        if isinstance(value, str):
            out.add(f"{name}={value[:2]}")
        elif isinstance(value, (int, float)) and abs(value) < 1e12:
            part = value // 10_800 % 8 if name == instant else value // 3
            out.add(f"{name}={part}")
    return frozenset(out)


def _shape(value: Any, at: str = "") -> frozenset[str]:
    """Return the members that a value has, at every depth."""
    if isinstance(value, dict):
        below = (_shape(child, f"{at}/{name}") for name, child in value.items())
    elif isinstance(value, list):
        below = (_shape(child, f"{at}/*") for child in value)
    else:
        return frozenset((at,))
    return frozenset((at,)).union(*below)


def confirm(lab: Lab, operation: str, item: Any, query: Query) -> Anchor | None:
    """Return the anchor of an item, where a query made from it does find it."""
    key = lab.identity(operation, item)
    if not lab.role_of(operation):
        return Anchor(operation, item, key, query)
    own = Anchor(operation, item, key, query_of(lab, operation, item, query))
    for km, seconds in ((NEAR_KM, NEAR_SECONDS), (25.0, DAY // 2)):
        wanted = around(lab, own, km, seconds, any_day=False)
        exchange = lab.ask(operation, wanted, "control")
        if lab.renamed(operation, item, exchange):
            key = lab.identity(operation, item)
        if key in lab.keys(exchange):
            return Anchor(operation, item, key, wanted)
        if lab.keys(exchange):
            lab.doubtful.setdefault(operation, Anchor(operation, item, key, wanted))
    return None
