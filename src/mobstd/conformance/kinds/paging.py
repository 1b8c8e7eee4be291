"""Parts of one list: pages that join up, and windows of time that share nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from json import dumps
from typing import Any

from mobstd.conformance.kinds.making import control_of, shop
from mobstd.conformance.kinds.probe import Probe, Tried, found, twice
from mobstd.conformance.lab import Lab, Query
from mobstd.conformance.scenarios.material import spelled
from mobstd.conformance.scenarios.workshop import Workshop
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Result
from mobstd.judging.pointer import get
from mobstd.judging.requirement import Check, Requirement

__all__ = ["DISJOINT", "PAGES", "PLACED"]

SIZE = 2
HOUR = 3600.0
NEAR = 60.0
ZONES = ("+02:00", "-09:30")
"""How bounds are spelled as well; the instants are the same."""

Window = tuple[float, float, str | None]
"""The first instant of a list, the last, and the offset that they are spelled with."""


def _pages(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Read a list at once and in pages: each is full, and the next goes on from it."""
    query = next(_lists(check, row, operation, lab, least=SIZE + 1), None)
    if query is None:
        return Result(reason="no-data")
    evidence, findings = twice(lambda: _paged(check, row, operation, lab, query))
    return Result(evidence, tuple(findings))


def _paged(check: Check, row: Requirement, operation: str, lab: Lab, query: Query) -> Tried:
    limit, offset = check["limit"], check["offset"]
    whole = lab.ask(operation, query, "control", row, fresh=True)
    one = lab.ask(operation, {**query, limit: SIZE}, "twin", row)
    two = lab.ask(operation, {**query, limit: SIZE, offset: SIZE}, "twin", row)
    if not all(map(lab.readable, (whole, one, two))) or len(lab.keys(whole)) <= SIZE:
        return 0, []
    first, second = list(lab.keys(one)), list(lab.keys(two))
    wanted = min(SIZE, len(lab.keys(whole)) - SIZE)
    short = len(first) < SIZE or len(second) < wanted
    both = set(first) & set(second)
    apart = {*first, *second} != set(list(lab.keys(whole))[: 2 * SIZE])
    if not short and not both and not apart:
        return 1, []
    wrong = found(
        row,
        "probe.pages.short" if short else "probe.pages" if both else "probe.pages.apart",
        (two, one),
        pointer="/response/body",
        expected=f"{wanted} after {SIZE}",
        received=f"{len(second)} after {len(first)}",
        text=check.get("message"),
        parameter=offset,
    )
    return 1, [wrong]


def _disjoint(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Cut a list at an instant: nothing stands on both sides, and nothing on neither."""
    workshop = lab.workshop
    if workshop is None:
        return Result(reason="not-permitted")
    evidence: int = 0
    for query in _lists(check, row, operation, lab, least=1, whole=True):
        for cut in workshop.maker.words(check["cuts"]):
            tried = partial(_cut, check, row, operation, lab, query, cut)
            seen, findings = twice(tried)
            evidence += seen
            if findings:
                return Result(evidence, tuple(findings))
    return Result(evidence, (), None if evidence else "no-data")


def _cut(check: Check, row: Requirement, operation: str, lab: Lab, query: Query, cut: Any) -> Tried:
    before = lab.ask(operation, {**query, check["to"]: cut}, "twin", row)
    after = lab.ask(operation, {**query, check["from"]: cut}, "twin", row)
    whole = lab.ask(operation, query, "control", row, fresh=True)
    answers = (before, after, whole)
    if not all(map(lab.readable, answers)) or any(_full(check, lab, x) for x in answers):
        return 0, []
    one, two, both = (set(lab.keys(x)) for x in answers)
    twice_there, nowhere = one & two, both - one - two
    if not twice_there and not nowhere:
        return int(bool(both)), []
    wrong = found(
        row,
        "probe.disjoint" if twice_there else "probe.disjoint.lost",
        (after, before, whole),
        pointer="/response/body",
        expected=f"{len(both)} on one side",
        received=f"{len(twice_there)} on both, {len(nowhere)} on neither",
        text=check.get("message"),
        cut=cut,
    )
    return 1, [wrong]


def _placed(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """List around an instant of what was made: it is there, and neither before nor after."""
    opened = shop(lab, lab.workshop.resource(check["resource"]).create) if lab.workshop else None
    thing = control_of(*opened, row) if opened else None
    if opened is None or thing is None:
        return Result(reason="no-data")
    at = datetime.fromisoformat(get(thing.sent, check["at"])).timestamp()
    now = opened[0].now
    bounds = [(True, at - NEAR, at + NEAR, zone) for zone in (None, *ZONES)]
    bounds += [(False, at + NEAR, now, None), (False, at - 24 * HOUR, at - NEAR, None)]
    wide = (at - 24 * HOUR, now, None)
    evidence: int = 0
    for inside, first, last, zone in bounds:
        tried = partial(
            _bounded, check, row, operation, lab, thing.key, wide, (first, last, zone), inside
        )
        seen, findings = twice(tried)
        evidence += seen
        if findings:
            return Result(evidence, tuple(findings))
    return Result(evidence, (), None if evidence else "no-data")


def _bounded(
    check: Check, row: Requirement, operation: str, lab: Lab, key: str, wide: Window, near: Window,
    inside: bool,
) -> Tried:  # fmt: skip
    query = lab.workshop.maker.words(check["query"]) if lab.workshop else {}

    def ask(window: Window, purpose: str) -> Exchange:
        first, last, zone = window
        told = {check["from"]: spelled(first, zone), check["to"]: spelled(last, zone)}
        return lab.ask(operation, {**query, **told}, purpose, row, fresh=True)

    listed, whole = ask(near, "twin"), ask(wide, "control")
    there, known = (any(dumps(key) in one for one in lab.keys(x)) for x in (listed, whole))
    cut = _full(check, lab, listed) or _full(check, lab, whole)
    if cut or not known or not lab.readable(listed) or not lab.readable(whole):
        return 0, []
    if there == inside:
        return 1, []
    wrong = found(
        row,
        "probe.placed.lost" if inside else "probe.placed",
        (listed, whole),
        pointer="/response/body",
        expected=key if inside else None,
        received=None if inside else key,
        text=check.get("message"),
        at=check["at"],
    )
    return 1, [wrong]


def _full(check: Check, lab: Lab, exchange: Exchange) -> bool:
    """Say whether a limit may have cut a list."""
    return bool(len(lab.keys(exchange)) >= check["most"])


def _lists(
    check: Check, row: Requirement, operation: str, lab: Lab, *, least: int, whole: bool = False
) -> Iterator[Query]:
    """Yield queries whose lists have as many items, and which no limit cut where ``whole``."""
    workshop = lab.workshop
    if workshop is None:
        return
    _made(check, row, workshop)
    for one in check["queries"]:
        query = workshop.maker.words({**one, **check.get("with", {})})
        listed = lab.ask(operation, query, "control", row, fresh=True)
        enough = lab.readable(listed) and len(lab.keys(listed)) >= least
        if enough and not (whole and _full(check, lab, listed)):
            yield query


def _made(check: Check, row: Requirement, workshop: Workshop) -> None:
    """See that something stands in a list."""
    opened = shop(workshop.lab, workshop.resource(check["resource"]).create)
    if opened is not None:
        control_of(*opened, row)


PAGES = Probe(
    lambda check, row, operation, lab: len(check["queries"]) + 6,
    _pages,
    "writes",
    {"en": "read a list in pages", "fr": "lire une liste par pages"},
    writes=True,
)
DISJOINT = Probe(
    lambda check, row, operation, lab: len(check["queries"]) * (1 + 3 * len(check["cuts"])),
    _disjoint,
    "writes",
    {"en": "cut a list at an instant", "fr": "couper une liste à un instant"},
    writes=True,
)
PLACED = Probe(
    lambda check, row, operation, lab: 10,
    _placed,
    "writes",
    {"en": "list around an instant", "fr": "lister autour d'un instant"},
    writes=True,
)
