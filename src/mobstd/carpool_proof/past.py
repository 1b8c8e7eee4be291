"""What was declared to a registry days ago, and what has to have become of it.

``conformance/carpool-proof/past.yaml`` says it: whoever sets up a test environment declares it (the
sandbox does so by itself), and the lists by status show what became of it. The rules here judge
those lists; a journey of the past is known by its id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any

from mobstd.canon.files import load
from mobstd.canon.standard import Version
from mobstd.carpool_proof import ways
from mobstd.judging.context import Context
from mobstd.judging.rule import ItemFilter, Trouble, ValueRule

__all__ = ["LISTED", "PREFIX", "RULES", "past_of"]

PREFIX = "mobstd-past-"
_ID = re.compile(rf"{PREFIX}([a-z]+)-[0-9a-f]{{8}}-([0-9]{{1,3}})")

LISTED = (
    *("PROOF-LIFE-02", "PROOF-LIFE-05", "PROOF-CANC-05", "PROOF-TERM-03", "PROOF-STAT-13"),
    "PROOF-TZ-02",
    *("PROOF-ANOM-01", "PROOF-ANOM-02", "PROOF-ANOM-03"),
    *("PROOF-FRAUD-01", "PROOF-FRAUD-02", "PROOF-FRAUD-03"),
)
"""The rows that a past shows."""


@cache
def past_of(version: Version) -> tuple[Mapping[str, Any], ...]:
    """Return the journeys of the past, in the order of the file."""
    loaded: Mapping[str, Any] = load(version.conformance / "past.yaml")
    return tuple(loaded["journeys"])


@cache
def _shown(version: Version, row: str) -> Mapping[str, Mapping[str, Any]]:
    return {one["name"]: one for one in past_of(version) if one.get("row") == row}


def _read(item: Any) -> tuple[str, int]:
    """Return the name of a journey of the past and its number, nothing and 0 for another."""
    id_ = item.get("operator_journey_id") if isinstance(item, dict) else None
    found = _ID.fullmatch(id_) if isinstance(id_, str) else None
    return (found[1], int(found[2])) if found else ("", 0)


def _of(row: str) -> ItemFilter:
    def match(item: Any, query: Mapping[str, str], context: Context) -> bool | None:
        one = _shown(context.catalogue.version, row).get(_read(item)[0])
        status = query.get("status")
        if one is None or status is None:
            return None
        shown: str | None = one["becomes"]
        return shown == status

    return ItemFilter("past", ("status",), match, reads=("operator_journey_id",), when_asked=True)


def _latest_first(listed: Any, context: Context) -> Iterator[Trouble] | None:
    """PROOF-LIST-11: of what one name stands for, a higher number began earlier."""
    told = [(place, *_read(item)) for place, item in enumerate(listed)]
    many = {one["name"] for one in past_of(context.catalogue.version) if "times" in one}
    numbers = [(place, number) for place, name, number in told if name in many]
    if len(numbers) < 2:
        return None
    pairs = pairwise(numbers)
    return (Trouble("past-order", f"/{two}") for (_, one), (two, other) in pairs if one > other)


RULES: Mapping[str, ItemFilter | ValueRule] = {
    **{f"past-{row.removeprefix('PROOF-').lower()}": _of(row) for row in LISTED},
    "past-order": ValueRule("", _latest_first),
    **ways.RULES,
}
"""For the checks of kind ``rule``: in a list by a status stands what has that status."""
