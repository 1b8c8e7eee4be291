"""Everything at once, one JSON document a line, beside the pages of a list."""

from __future__ import annotations

import json
from typing import Any

from mobstd.conformance.kinds.alone import extends
from mobstd.conformance.kinds.probe import Probe, Tried, found, twice
from mobstd.conformance.kinds.totals import PAGES, anew, whole
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.difference import differences
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Result
from mobstd.judging.requirement import Check, Requirement

__all__ = ["LINES"]


def _lines(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Read everything at once, and page by page: it is the same, in the same order."""
    if check["list"] not in lab.controls or operation not in lab.controls:
        return Result()
    again = anew()
    evidence, findings = twice(lambda: _compared(check, row, operation, lab, next(again)))
    return Result(evidence, tuple(findings))


def _compared(
    check: Check, row: Requirement, operation: str, lab: Lab, fresh: bool | None
) -> Tried:
    pages = whole(check, row, lab, fresh)
    bulk = lab.ask(operation, {}, "twin", row, fresh=True)
    if not bulk.accepted or bulk.response is None or bulk.response.truncated:
        return 0, []
    documents = _documents(bulk)
    if documents is None:
        return 1, [found(row, "probe.lines", (bulk,), text=check.get("message"))]
    if not pages:
        return 1, []
    told = [(lab.identity(check["list"], one), one) for one in documents]
    items = [pair for page in pages for pair in _of(lab, page)]
    listed = dict(items)
    other = sum(_apart(check, listed[key], one) for key, one in told if key in listed)
    if not other and [key for key, _ in told] == [key for key, _ in items]:
        return 1, []
    wrong = found(
        row,
        "probe.lines.apart",
        (bulk, pages[-1]),
        expected=f"{len(items)} documents",
        received=f"{len(told)} documents",
        text=check.get("message"),
        lost=len(listed.keys() - dict(told).keys()),
        more=len(told) - len({key for key, _ in told} & listed.keys()),
        other=other,
    )
    return 1, [wrong]


def _apart(check: Check, listed: Any, line: Any) -> bool:
    """Say whether a line lacks what the list tells, or has it otherwise; extensions aside."""
    told = differences(listed, line)
    return any(not extends(one.pointer, check.get("extensions")) for one in told)


def _of(lab: Lab, page: Exchange) -> list[tuple[Any, Any]]:
    return [(key, item) for key, (_, item) in lab.items(page).items()]


def _documents(bulk: Exchange) -> list[Any] | None:
    """Return one document a line; ``None`` where a line is none."""
    text = bulk.response.body if bulk.response is not None else b""
    try:
        found_ = [json.loads(line) for line in text.decode().split("\n") if line.strip()]
    except ValueError:
        return None
    return found_ if all(isinstance(one, dict) for one in found_) else None


LINES = Probe(
    lambda check, row, operation, lab: 1 + PAGES,
    _lines,
    "pairs",
    {"en": "read everything at once", "fr": "tout lire d'un coup"},
)
