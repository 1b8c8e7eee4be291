"""Looks closely at many places: what is wrong with one result in ten shows in a crowd.

Each query is narrow in one way and wide in all others: just beyond an edge, around one end or
instant. Its answer is judged by every rule, as evidence that no probe of a single item brings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest

from mobstd.conformance.kinds.boundary import outside
from mobstd.conformance.lab import NEAR_KM, NEAR_SECONDS, Anchor, Lab, Query
from mobstd.conformance.vicinity import around, query_of
from mobstd.judging.requirement import Requirement

__all__ = ["SWEEP", "sweep"]

SWEEP = 96
"""How many of the requests of a run are for this, where a third more is left."""

CLOSE_KM, CLOSEST_KM, CLOSE_SECONDS = 8.0, 3.0, 1800
FAR_KM, FAR_SECONDS = 250.0, 43_200

DAY, DAYS, DAYS_KM = 86_400, (1, -1), 60.0


def sweep(lab: Lab, operations: list[str], rows: Mapping[str, Requirement]) -> None:
    """Ask around the items that were seen, one operation after another, until the phase ends.

    Where a search knows no place and no instant, all items are found by the same query: once.
    """
    queries = [[*_edges(lab, op, rows), *_queries(lab, op)] for op in operations]
    done: list[tuple[str, Query]] = []
    for turn in zip_longest(*queries):
        for operation, asked in zip(operations, turn, strict=True):
            if asked is not None and (operation, asked[1]) not in done:
                row, query = asked
                done.append((operation, query))
                lab.ask(operation, query, "sweep", row)


Asked = tuple[Requirement | None, Query]


def _edges(lab: Lab, operation: str, rows: Mapping[str, Requirement]) -> Iterator[Asked]:
    yield from ((row, query) for row, query in outside(lab, operation) if row.id in rows)


def _queries(lab: Lab, operation: str) -> Iterator[Asked]:
    """Yield queries around items far apart from each other, narrow in each way in turn."""
    how = lab.role_of(operation)
    known = lab.anchors.get(operation, ())
    if not known:
        return
    radii, margin = how.get("radii", ()), how.get("margin")
    widest = lab.wide.get(operation, {})
    wide = {name: min(FAR_KM, float(widest.get(name, NEAR_KM))) for name in radii}
    if margin is not None:
        wide[margin] = min(FAR_SECONDS, int(widest.get(margin, NEAR_SECONDS)))
    ways: list[Query] = [{margin: CLOSE_SECONDS}] if margin is not None else []
    ways += [{name: km} for km in (CLOSEST_KM, CLOSE_KM) for name in reversed(radii)]
    yield from ((None, query) for query in _days(lab, operation, known[0], wide))
    for turn, anchor in enumerate(_spread(lab, operation, known)):
        any_day = around(lab, anchor, NEAR_KM, NEAR_SECONDS, any_day=bool(turn % 2))
        yield None, {**any_day, **wide, **(ways[turn % len(ways)] if ways else {})}


def _days(lab: Lab, operation: str, anchor: Anchor, wide: Query) -> Iterator[Query]:
    """Yield the days around an item one by one, and all of them at once: who thinks in days."""
    how = lab.role_of(operation)
    instant, margin = how.get("instant"), how.get("margin")
    if instant is None or margin is None or lab.wide.get(operation, {}).get(margin, 0) < 2 * DAY:
        return
    here = around(lab, anchor, CLOSE_KM, DAY // 2)
    if not isinstance(here.get(instant), (int, float)):
        return
    near = {name: min(DAYS_KM, km) for name, km in wide.items() if name != margin}
    for day in DAYS:
        yield {**here, **near, instant: int(here[instant]) + day * DAY}
    yield {**here, **near, margin: int(lab.wide[operation][margin])}


def _spread(lab: Lab, operation: str, known: list[Anchor]) -> Iterator[Anchor]:
    """Yield the confirmed items, then others that were seen, from all over the answers."""
    yield from known
    keys = {anchor.key for anchor in known}
    others = [pair for pair in lab.seen(operation).items() if pair[0] not in keys]
    step = max(1, len(others) // 12)
    for key, (item, _) in others[::step]:
        yield Anchor(operation, item, key, {**known[0].query, **query_of(lab, operation, item, {})})
