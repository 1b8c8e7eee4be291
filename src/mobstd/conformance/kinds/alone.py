"""A list beside what it lists: each thing read alone, and the list read page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import unquote

from mobstd.conformance.kinds.probe import Probe, Tried, found, twice
from mobstd.conformance.lab import Key, Lab, Query
from mobstd.conformance.scenarios.difference import Difference, about, differences
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.pointer import MISSING, get, steps
from mobstd.judging.requirement import Check, Requirement

__all__ = ["CRAWL", "OPENED", "extends", "follow", "followed"]

GONE = (404, 410)
MOST = 8
"""Pages of one size that are read at most."""

FEW = 6
"""Things of a list that are read alone, spread over it."""


def _opened(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Read a few things of a list alone: each is there, and the same."""
    collection = lab.context.catalogue.collections[operation]
    if collection.opens is None or operation not in lab.controls:
        return Result()
    evidence, findings = twice(partial(_each, check, row, operation, lab))
    if findings and _changes(row, operation, lab, findings):
        return Result(evidence)
    return Result(evidence, tuple(findings))


def _changes(row: Requirement, operation: str, lab: Lab, findings: list[Finding]) -> bool:
    """Say whether what was found is about things that the list shows otherwise by now."""
    seen = {exchange.id: exchange for exchange in lab.session.exchanges}
    before = lab.items(seen[findings[0].exchanges[1]])
    now = lab.items(lab.ask(operation, _query(lab, operation), "control", row, fresh=True))
    moved = {key for key, (_, one) in before.items() if now.get(key, ("", None))[1] != one}
    read = [seen[finding.exchanges[0]] for finding in findings]
    return all(_of(lab, operation, exchange, before) in moved for exchange in read)


def _of(lab: Lab, operation: str, read: Exchange, listed: Mapping[Key, Any]) -> Key | None:
    """Return the identity of the thing that was read alone: its path names it."""
    opening = lab.context.catalogue.collections[operation].opens
    names = {} if opening is None else {str(get(i, opening.at)): k for k, (_, i) in listed.items()}
    return names.get(unquote(read.request.path.rsplit("/", 1)[-1]))


def _query(lab: Lab, operation: str) -> Query:
    return lab.wide.get(operation) or lab.controls.get(operation) or {}


def _each(check: Check, row: Requirement, operation: str, lab: Lab) -> Tried:
    opening = lab.context.catalogue.collections[operation].opens
    listed = lab.ask(operation, _query(lab, operation), "control", row, fresh=True)
    items = [item for _, item in lab.items(listed).values()] if lab.readable(listed) else []
    evidence: int = 0
    findings: list[Finding] = []
    for item in _spread(items):
        key = get(item, opening.at) if opening else MISSING
        if opening is None or not isinstance(key, (str, int)):
            continue
        read = lab.ask(opening.operation, {opening.parameter: key}, "twin", row, fresh=True)
        if read.status in GONE:
            evidence += 1
            findings.append(
                found(
                    row, "probe.opened.gone", (read, listed), pointer="/response/status",
                    expected=200, received=read.status, text=check.get("message"),
                )
            )  # fmt: skip
        elif lab.readable(read):
            evidence += 1
            findings += _apart(check, row, item, read, listed)
    if opening is not None and items and "unknown" in check.params:
        asked = {opening.parameter: check["unknown"]}
        sent = lab.ask(opening.operation, asked, "negative", row, negative=True, fresh=True)
        evidence += 1
        if sent.accepted:
            findings.append(
                found(
                    row, "probe.opened.unknown", (sent, listed), pointer="/response/status",
                    expected=GONE[0], received=sent.status, text=check.get("message"),
                )
            )  # fmt: skip
    return evidence, findings


def _spread(items: list[Any]) -> list[Any]:
    """Return the first, the last, and some between."""
    last = len(items) - 1
    return (
        [items[at] for at in sorted({last * n // (FEW - 1) for n in range(FEW)})] if items else []
    )


def extends(pointer: str, prefix: str | None) -> bool:
    """Say whether a pointer leads through a member of those that anybody may add."""
    return prefix is not None and any(step.startswith(prefix) for step in steps(pointer))


def _apart(
    check: Check, row: Requirement, item: Any, read: Exchange, listed: Exchange
) -> list[Finding]:
    return [
        found(
            row,
            "probe.opened",
            (read, listed),
            pointer=f"/response/body{one.pointer}",
            expected=one.sent,
            received=one.came,
            text=check.get("message"),
            member=one.pointer,
        )
        for one in (*differences(item, read.body), *_added(item, read.body))
        if about(one.pointer, check.get("only", ()), check.get("except", ()))
        if not extends(one.pointer, check.get("extensions"))
    ]


def _added(item: Any, read: Any) -> Iterator[Difference]:
    """Yield what a thing that is read alone tells, and the list does not."""
    for one in differences(read, item):
        if get(item, one.pointer) is MISSING:
            yield Difference(one.pointer, None, one.sent)


def _crawl(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Follow a list page by page, in several sizes: nothing twice, nothing lost, and an end."""
    own = (check["limit"], check["cursor"])
    query = {name: value for name, value in _query(lab, operation).items() if name not in own}
    evidence: int = 0
    for place, size in enumerate(check["sizes"] if operation in lab.controls else ()):
        anew = iter((place == 0 or None, True))
        seen, findings = twice(
            lambda size=size, anew=anew: followed(  # type: ignore[misc]
                check, row, operation, lab, query, size, fresh=next(anew)
            )
        )
        evidence += seen
        if findings:
            return Result(evidence, tuple(findings))
    return Result(evidence)


def follow(params: Mapping[str, Any], row: Requirement, operation: str, lab: Lab) -> Result:
    """Follow a list as the kind ``crawl`` does, with its parameters, where something was made."""
    return _crawl(Check("crawl", params), row, operation, lab)


def followed(
    check: Check,
    row: Requirement,
    operation: str,
    lab: Lab,
    query: Query,
    size: int,
    pages_most: int = MOST,
    fresh: bool | None = True,
) -> Tried:
    """Read what a query finds in pages of one size, beside the same read at once."""
    limit, cursor = check["limit"], check["cursor"]
    whole = lab.ask(operation, {**query, limit: check["most"]}, "control", row, fresh=fresh)
    if not lab.readable(whole) or len(lab.keys(whole)) <= size:
        return 0, []
    end = _end(check, lab, whole)
    pages: list[Exchange] = []
    read: list[Key] = []
    asked: set[str] = set()
    at: Any = None
    while len(pages) < pages_most:
        told = {} if at is None else {cursor: at}
        pages.append(lab.ask(operation, {**query, limit: size, **told}, "twin", row, fresh=True))
        if not lab.readable(pages[-1]):
            if at is None or pages[-1].status is None or pages[-1].status >= 500:
                return 0, []
            return 1, [_wrong(check, row, pages, "refused", cursor, pages[-1].status)]
        told_end = _end(check, lab, pages[-1])
        if end is not None and told_end is not None and told_end[1] < end[0]:
            return 1, [_wrong(check, row, [*pages, whole], "behind", cursor, told_end[1])]
        if not lab.keys(pages[-1]):
            at = None
            break
        read += lab.keys(pages[-1])
        at = _further(check, lab, pages[-1])
        if at is MISSING or at is None:
            break
        if str(at) in asked:
            return 1, [_wrong(check, row, pages, "round", cursor, at)]
        asked.add(str(at))
    if len(set(read)) < len(read):
        return 1, [_wrong(check, row, pages, "twice", cursor, len(read) - len(set(read)))]
    what = _unlike(check, lab, whole, read, at is MISSING or at is None)
    if what is not None:
        again = lab.ask(operation, {**query, limit: check["most"]}, "control", row, fresh=True)
        if set(lab.keys(again)) != set(lab.keys(whole)):
            return 0, []  # what there is changed while it was read
        return 1, [_wrong(check, row, [*pages, whole], *what)]
    return 1, _beyond(check, row, operation, lab, {**query, limit: size}, whole)


def _unlike(
    check: Check, lab: Lab, whole: Exchange, read: list[Key], ended: bool
) -> tuple[str, str, int] | None:
    """Return how pages differ from the same read at once, with the cursor and how many."""
    cursor, at_once = check["cursor"], list(lab.keys(whole))
    lost, more = set(at_once) - set(read), set(read) - set(at_once)
    complete = _further(check, lab, whole) in (MISSING, None)
    if ended and complete and lost:
        return "lost", cursor, len(lost)
    if complete and more:
        return "more", cursor, len(set(read))
    first = at_once[: len(read)]
    apart = check.get("ordered") and len(first) == len(read) and first != read
    return ("apart", cursor, len(read)) if apart else None


def _further(check: Check, lab: Lab, page: Exchange) -> Any:
    """Return what asks for the next page, ``MISSING`` or ``None`` where this was the last one.

    Where no answer tells it, it is the number of the last item, until that is the last of all.
    """
    if "next" in check.params:
        return get(page.body, check["next"])
    end = _end(check, lab, page)
    return MISSING if end is None or end[0] == end[1] else end[0]


def _end(check: Check, lab: Lab, page: Exchange) -> tuple[int, int] | None:
    """Return the number of the last item of a page, and that of the last of all."""
    if "last" not in check.params or not lab.items(page):
        return None
    _, item = list(lab.items(page).values())[-1]
    numbers = get(item, check["last"]), get(page.body, check["until"])
    return numbers if all(isinstance(one, int) for one in numbers) else None


def _beyond(
    check: Check, row: Requirement, operation: str, lab: Lab, query: Query, whole: Exchange
) -> list[Finding]:
    """Go on from the last item of all that comes: where there is nothing, nothing is told."""
    end = _end(check, lab, whole)
    if end is None or end[0] >= end[1]:
        return []
    beyond = {**query, check["cursor"]: end[0]}
    rest = lab.ask(operation, beyond, "twin", row, fresh=True)
    told = get(rest.body, check["until"])
    if not lab.readable(rest) or lab.items(rest) or not isinstance(told, int) or told <= end[0]:
        return []
    return [_wrong(check, row, [whole, rest], "unreached", check["cursor"], told)]


def _wrong(
    check: Check, row: Requirement, pages: list[Exchange], what: str, cursor: str, received: Any
) -> Finding:
    return found(
        row,
        f"probe.crawl.{what}",
        tuple(reversed(pages[-2:])),
        pointer=f"/response/body{check.get('next', check.get('until'))}",
        expected="each thing once, in all pages together",
        received=received,
        text=check.get("message"),
        parameter=cursor,
    )


OPENED = Probe(
    lambda check, row, operation, lab: 2 + FEW,
    _opened,
    "pairs",
    {"en": "read alone what a list tells", "fr": "lire seul ce que donne une liste"},
)
CRAWL = Probe(
    lambda check, row, operation, lab: len(check["sizes"]) * (1 + MOST),
    _crawl,
    "pairs",
    {"en": "follow the pages of a list", "fr": "suivre les pages d'une liste"},
)
