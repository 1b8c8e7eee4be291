"""Every item known from the run that surely matches a query is in its answer.

It looks back on everything that was recorded, so each request of any kind is a test of it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Any

from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import NEAR_SECONDS, Anchor, Key, Lab
from mobstd.conformance.vicinity import around, crowd, query_of
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.kinds.edges import shifted
from mobstd.judging.kinds.filters import limited
from mobstd.judging.pointer import MISSING, get
from mobstd.judging.requirement import Check, Requirement

__all__ = ["COMPLETE"]

PAGE, PARTS = 120, (0.15, 0.3, 0.6, 1.0)
"""How many items are more than any usual page, and how far a query is widened to find them."""

CANDIDATES = 3
BLINK = 8
"""Requests within which nothing ends and begins again by itself."""

ASIDE_KM = 30.0
"""The radius around a point half as far from where an item says it is."""

TWICE = 2
PERSON = 2
"""How many members of the identity of an item without one tell whose it is."""


def _limit_checks(lab: Lab, operation: str) -> list[Check]:
    pairs = lab.context.catalogue.by_operation[operation]
    return [check for _, check in pairs if check.kind == "at-most"]


def _circular(lab: Lab, operation: str, exchange: Exchange) -> bool:
    """Say whether a query leads from a place to itself: nobody can be held to what comes there."""
    how = lab.role_of(operation)
    start, end = how.get("departure", ()), how.get("arrival", ())
    ends = [[exchange.query.get(name) for name in names] for names in (start, end)]
    return bool(start) and bool(end) and ends[0] == ends[1]


def _judged(lab: Lab, operation: str) -> Iterator[Exchange]:
    for exchange in lab.session.exchanges:
        if exchange.operation != operation or exchange.negative or not exchange.accepted:
            continue
        if lab.readable(exchange):
            yield exchange


def _run(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    _without_limit(lab, row, operation)
    limits = _limit_checks(lab, operation)
    known = lab.seen(operation)
    comparable, centres = _comparable(lab, operation), _centres(lab, operation)
    shown = {
        (key, centres(exchange)): (item, exchange)
        for exchange in _judged(lab, operation)
        for key, (pointer, item) in lab.items(exchange).items()
        if key in known and lab.sound(exchange, pointer)
    }
    evidence = 0
    candidates: list[tuple[Exchange, Key, Exchange]] = []
    for exchange in _judged(lab, operation):
        if not _telling(lab, check, operation, limits, exchange):
            continue
        present, at = lab.keys(exchange), centres(exchange)
        for key, first in known.items():
            if key in present:
                evidence += int(first[1] is not exchange)
                continue
            latest = shown.get((key, at), first)
            for item, source in (first,) if latest is first else (latest, first):
                if lab.surely(operation, item, exchange.query) and comparable(
                    item, source, exchange
                ):
                    evidence += 1
                    candidates.append((exchange, key, source))
                    break
    findings: list[Finding] = []
    asked: set[str] = set()
    for exchange, key, source in candidates:
        if len(asked) >= CANDIDATES or findings:
            break
        if exchange.id in asked:
            continue
        asked.add(exchange.id)
        findings += _confirmed(lab, row, check, operation, exchange, key, source)
    if not findings:
        findings += _blinks(lab, row, check, operation, limits)
    findings += _more_with_limit(lab, row, check, operation, limits)
    return Result(evidence, tuple(findings))


def _telling(
    lab: Lab, check: Check, operation: str, limits: list[Check], exchange: Exchange
) -> bool:
    """Say whether something can be missed in an answer."""
    return (
        lab.decidable(operation, exchange.query)
        and not _circular(lab, operation, exchange)
        and not _cut(lab, limits, exchange)
        and not _part(check, exchange)
    )


def _part(check: Check, exchange: Exchange) -> bool:
    """Say whether an answer is one of several pages, where ``next`` and ``cursor`` say so."""
    further = get(exchange.body, check["next"]) if "next" in check.params else MISSING
    return check.get("cursor") in exchange.query or further not in (MISSING, None)


def _cut(lab: Lab, limits: list[Check], exchange: Exchange) -> bool:
    """Say whether a limit may have cut the answer: one that is not reached cuts nothing."""
    asked = [limited(limit, exchange.query) for limit in limits]
    return any(most is not None and len(lab.keys(exchange)) >= most for most in asked)


def _centres(lab: Lab, operation: str) -> Callable[[Exchange], tuple[str | None, ...]]:
    """Return what tells the middle of a query: both ends, and the instant."""
    how = lab.role_of(operation)
    names = [*how.get("departure", ()), *how.get("arrival", ()), how.get("instant", "")]
    return lambda exchange: tuple(exchange.query.get(name) for name in names)


Comparable = Callable[[Any, Exchange, Exchange], bool]


def _comparable(lab: Lab, operation: str) -> Comparable:
    """Return whether an item of one answer should be in another: where both tell items alike.

    Who computes where to meet from the query shows an item in many ways: then only queries with
    the same centres compare, as for items without identity, which are told by their person.
    """
    collection = lab.context.catalogue.collections[operation]
    how = lab.role_of(operation)
    shown = [p for p in how.get("from_item", {}).values() if "*" not in p]
    centres = _centres(lab, operation)
    first: dict[Key, list[Any]] = {}
    computed = lab.computes(operation)
    for exchange in _judged(lab, operation):
        for key, (_, item) in lab.items(exchange).items():
            face = [get(item, pointer) for pointer in shown]
            computed |= first.setdefault(key, face) != face

    def comparable(item: Any, source: Exchange, exchange: Exchange) -> bool:
        named = MISSING not in (get(item, pointer) for pointer in collection.identity)
        moved = centres(source) != centres(exchange)
        if moved and (computed or not named or lab.sibling(operation, item, exchange)):
            return False
        if named:
            return True
        person = [get(item, pointer) for pointer in collection.otherwise[:PERSON]]
        others = (x for _, x in lab.items(exchange).values())
        return all([get(x, p) for p in collection.otherwise[:PERSON]] != person for x in others)

    return comparable


def _without_limit(lab: Lab, row: Requirement, operation: str) -> None:
    """Ask widely without a limit, so that what was seen can be missed: for more than a page."""
    query, how = crowd(lab, operation, row), lab.role_of(operation)
    if query is None or len(lab.keys(lab.ask(operation, query, "control", row))) > PAGE:
        return
    widest, known = lab.wide.get(operation, {}), lab.anchors.get(operation, ())
    middle = [widest.get(name, 0.0) for name in how.get("departure", ())]
    if not known or how.get("margin") not in widest:
        return

    def off(anchor: Anchor) -> float:
        starts = [anchor.query.get(name) for name in how.get("departure", ())]
        pairs = zip(starts, middle, strict=True)
        return sum((abs(a - b) for a, b in pairs if isinstance(a, (int, float))), 0.0)

    central = min(known, key=off)
    for part in PARTS:
        km = min((widest[r] for r in how.get("radii", ()) if r in widest), default=0.0) * part
        wider = around(lab, central, round(km, 1), widest[how["margin"]])
        if len(lab.keys(lab.ask(operation, wider, "control", row))) > PAGE:
            return


def _blinks(
    lab: Lab, row: Requirement, check: Check, operation: str, limits: list[Check]
) -> list[Finding]:
    """Look for items that an answer lacked although they were there just before and just after.

    Live data moves, but what ends does not come back within a few requests, twice.
    """
    comparable = _comparable(lab, operation)
    answers = [(int(x.id[1:]), x) for x in _judged(lab, operation)]
    seen: dict[Key, list[tuple[int, Any]]] = {}
    for place, exchange in answers:
        for key, (_, item) in lab.items(exchange).items():
            seen.setdefault(key, []).append((place, item))
    blinked: list[tuple[Exchange, Exchange, Any]] = []
    by_place = dict(answers)
    for place, exchange in answers:
        if not _telling(lab, check, operation, limits, exchange):
            continue
        for sightings in seen.values():
            later = bisect_left(sightings, place, key=_first)
            if later in (0, len(sightings)):
                continue
            before, after = sightings[later - 1], sightings[later]
            if after[0] == place:
                continue
            if after[0] - before[0] <= BLINK and all(
                comparable(item, by_place[at], exchange)
                and lab.surely(operation, item, exchange.query)
                for at, item in (before, after)
            ):
                blinked.append((exchange, by_place[after[0]], after[1]))
    if len(blinked) < TWICE or _moves(lab, row, operation, blinked[-1][2]):
        return []
    return [
        found(
            row,
            "probe.complete",
            blinked[-1][:2],
            pointer="/response/body",
            expected="an item known to match",
            received="not found",
            text=check.get("message"),
        )
    ]


def _first(sighting: tuple[int, Any]) -> int:
    return sighting[0]


def _moves(lab: Lab, row: Requirement, operation: str, item: Any) -> bool:
    """Say whether an item shows another place to who stands a little aside: it is worked out."""
    how = lab.role_of(operation)
    lat, lng = how.get("departure", ("", ""))
    own = query_of(lab, operation, item, {})
    if not all(isinstance(own.get(name), (int, float)) for name in (lat, lng)):
        return False
    key = lab.identity(operation, item)
    anchor = Anchor(operation, item, key, own)
    query = around(lab, anchor, ASIDE_KM, NEAR_SECONDS, any_day=False)
    query[lat], query[lng] = shifted(own[lat], own[lng], ASIDE_KM / 2, 45)
    shown = lab.items(lab.ask(operation, query, "control", row)).get(key)
    return shown is not None and query_of(lab, operation, shown[1], {}) != own


def _confirmed(
    lab: Lab,
    row: Requirement,
    check: Check,
    operation: str,
    exchange: Exchange,
    key: Key,
    source: Exchange,
) -> list[Finding]:
    """Ask both again: the item must still be there, and still be missing."""
    latest, item = exchange, lab.items(source).get(key, ("", None))[1]
    for _ in range(2):
        there = lab.ask(operation, dict(source.request.query), "control", row, fresh=True)
        latest = lab.ask(operation, dict(exchange.request.query), "twin", row)
        if key not in lab.keys(there) or not latest.accepted or key in lab.keys(latest):
            return []
        if lab.moved(operation, item, there, exchange.query):
            return []
    if _moves(lab, row, operation, lab.items(there)[key][1]):
        return []
    return [
        found(
            row,
            "probe.complete",
            (latest, source),
            pointer="/response/body",
            expected="an item known to match",
            received="not found",
            text=check.get("message"),
        )
    ]


def _more_with_limit(
    lab: Lab, row: Requirement, check: Check, operation: str, limits: list[Check]
) -> list[Finding]:
    """An answer with a limit holds nothing that the same query without it does not."""
    by_query: dict[tuple[tuple[str, str], ...], Exchange] = {}
    for limit in limits:
        name = limit["parameter"]
        for exchange in _judged(lab, operation):
            if name not in exchange.query and not _part(check, exchange):
                by_query[tuple(sorted(exchange.query.items()))] = exchange
        asked: set[str] = set()
        for exchange in list(_judged(lab, operation)):
            rest = tuple(sorted((k, v) for k, v in exchange.query.items() if k != name))
            whole = by_query.get(rest)
            if name not in exchange.query or whole is None:
                continue
            new = set(lab.keys(exchange)) - set(lab.keys(whole))
            if not new or str(exchange.query) in asked:
                continue
            asked.add(str(exchange.query))
            before = lab.ask(operation, dict(whole.request.query), "control", row, fresh=True)
            part = lab.ask(operation, dict(exchange.request.query), "twin", row)
            after = lab.ask(operation, dict(whole.request.query), "control", row, fresh=True)
            if not (lab.readable(before) and lab.readable(part) and lab.readable(after)):
                continue
            lost = set(lab.keys(part)) - set(lab.keys(before)) - set(lab.keys(after))
            if lost:
                return [
                    found(
                        row,
                        "probe.more-with-limit",
                        (after, part),
                        pointer="/response/body",
                        expected="every item of the limited answer",
                        received=f"{len(lost)} missing",
                        parameter=name,
                    )
                ]
    return []


COMPLETE = Probe(
    lambda check, row, operation, lab: 3,
    _run,
    "last",
    {
        "en": "look back for items that should have been found",
        "fr": "chercher après coup les résultats qui auraient dû être trouvés",
    },
)
