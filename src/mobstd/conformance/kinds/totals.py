"""Numbers that one answer tells of a list: how much there is, and how large a page is."""

from __future__ import annotations

from collections.abc import Iterator

from mobstd.conformance.kinds.probe import Probe, Tried, found, twice
from mobstd.conformance.lab import Lab, Query
from mobstd.conformance.scenarios.answers import REFUSED
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.pointer import MISSING, get
from mobstd.judging.requirement import Check, Requirement

__all__ = ["PAGES", "PAGE_SIZE", "TOTAL", "anew", "whole"]

PAGES = 3
"""Of the largest size, that are read to count what there is."""


def _number(body: object, pointer: str) -> int | None:
    value = get(body, pointer)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _total(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Count what a list has, to its end, and compare it with the number that is told."""
    if check["list"] not in lab.controls:
        return Result()
    again = anew()
    evidence, findings = twice(lambda: _counted(check, row, operation, lab, next(again)))
    return Result(evidence, tuple(findings))


def anew() -> Iterator[bool | None]:
    """Yield how a large list is to be asked for: as it is known, and anew where that is wrong."""
    yield None
    while True:
        yield True


def _counted(check: Check, row: Requirement, operation: str, lab: Lab, fresh: bool | None) -> Tried:
    query = lab.controls.get(operation, {})
    told = lab.ask(operation, query, "control", row, fresh=True)
    number = _number(told.body, check["at"])
    pages = whole(check, row, lab, fresh)
    if number is None or not pages:
        return 0, []
    there = sum(len(lab.context.items(page)) for page in pages)
    again = _number(lab.ask(operation, query, "control", row, fresh=True).body, check["at"])
    if again != number or there == number:
        return 1, []
    wrong = found(
        row,
        "probe.total",
        (told, pages[-1]),
        pointer=f"/response/body{check['at']}",
        expected=there,
        received=number,
        text=check.get("message"),
    )
    return 1, [wrong]


def whole(check: Check, row: Requirement, lab: Lab, fresh: bool | None) -> list[Exchange]:
    """Return the pages of a list from first to last, none where it has more than are read."""
    pages = list(_pages(check, row, lab, fresh))
    ended = all(map(lab.readable, pages)) and not _more(check, pages[-1])
    return pages if ended else []


def _pages(check: Check, row: Requirement, lab: Lab, fresh: bool | None) -> Iterator[Exchange]:
    query: Query = {check["limit"]: check["most"]}
    for _ in range(PAGES):
        page = lab.ask(check["list"], query, "control", row, fresh=fresh)
        yield page
        if not lab.readable(page) or not _more(check, page):
            return
        query = {**query, check["cursor"]: get(page.body, check["next"])}


def _more(check: Check, page: Exchange) -> bool:
    """Say whether another page follows; an empty one is the last, whatever it tells."""
    return bool(page.body) and get(page.body, check["next"]) not in (MISSING, None)


def _page_size(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Leave out how many are asked for, ask for as many as are announced, and for the most."""
    told = check["told"]
    block = lab.context.catalogue.block_of.get(told, "")
    if operation not in lab.controls or lab.presence.get(block) == "absent":
        return Result()
    again = anew()
    evidence, findings = twice(lambda: _sizes(check, row, operation, lab, next(again)))
    return Result(evidence, tuple(findings))


def _sizes(check: Check, row: Requirement, operation: str, lab: Lab, fresh: bool | None) -> Tried:
    announced = lab.ask(check["told"], {}, "control", row, fresh=fresh)
    usual = _number(announced.body, check["default"])
    most = _number(announced.body, check["maximum"])
    if not announced.accepted or usual is None or most is None:
        return 0, []
    limit, query = check["limit"], lab.controls[operation]
    bare = {name: value for name, value in query.items() if name != limit}
    left_out = lab.ask(operation, bare, "control", row, fresh=fresh)
    evidence: int = 0
    findings: list[Finding] = []

    def wrong(code: str, sent: Exchange, pointer: str, expected: object, received: object) -> None:
        findings.append(
            found(
                row,
                f"probe.page-size.{code}",
                (sent, announced),
                pointer=pointer,
                expected=expected,
                received=received,
                text=check.get("message"),
                parameter=limit,
            )
        )

    came = len(lab.keys(left_out))
    said = left_out
    if came != usual:
        said = lab.ask(operation, {**bare, limit: usual}, "control", row, fresh=fresh)
    if lab.readable(said) and lab.readable(left_out):
        evidence += 1
        wanted = len(lab.keys(said))
        if came != wanted:
            wrong("default", left_out, "/response/body", wanted, came)
    largest = lab.ask(operation, {**bare, limit: most}, "control", row, fresh=fresh)
    if largest.status in REFUSED:
        evidence += 1
        wrong("refused", largest, "/response/status", 200, largest.status)
    over = _larger(lab, operation, most)
    if over is not None:
        evidence += 1
        wrong("more", over, "/response/body", most, len(lab.keys(over)))
    return evidence + int(lab.readable(largest)), findings


def _larger(lab: Lab, operation: str, most: int) -> Exchange | None:
    """Return an answer of the run that holds more than the largest page."""
    asked = (x for x in lab.session.exchanges if x.operation == operation and not x.negative)
    return next((x for x in asked if lab.readable(x) and len(lab.keys(x)) > most), None)


TOTAL = Probe(
    lambda check, row, operation, lab: 2 + PAGES,
    _total,
    "pairs",
    {"en": "count what a list has", "fr": "compter ce que contient une liste"},
)
PAGE_SIZE = Probe(
    lambda check, row, operation, lab: 4,
    _page_size,
    "pairs",
    {
        "en": "ask for the sizes of a page that are announced",
        "fr": "demander les tailles de page annoncées",
    },
)
