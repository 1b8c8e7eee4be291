"""What was declared to a registry days ago, and what has to have become of it.

``conformance/carpool-proof/past.yaml`` says it: whoever sets up a test environment declares it (the
sandbox does so by itself), and the lists by status show what became of it. The rules here judge
those lists; a journey of the past is known by its id.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from mobstd.canon.files import load
from mobstd.canon.standard import Version
from mobstd.judging.context import Context
from mobstd.judging.rule import ItemFilter

__all__ = ["LISTED", "PREFIX", "RULES", "past_of"]

PREFIX = "mobstd-past-"
_ID = re.compile(rf"{PREFIX}([a-z]+)-")

LISTED = (
    *("PROOF-LIFE-02", "PROOF-LIFE-05", "PROOF-CANC-05", "PROOF-TERM-03", "PROOF-STAT-13"),
    *("PROOF-ANOM-01", "PROOF-ANOM-02", "PROOF-ANOM-03", "PROOF-FRAUD-01", "PROOF-FRAUD-03"),
)
"""The rows that a past shows."""


@cache
def past_of(version: Version) -> tuple[Mapping[str, Any], ...]:
    """Return the journeys of the past, in the order of the file."""
    loaded: Mapping[str, Any] = load(version.conformance / "past.yaml")
    return tuple(loaded["journeys"])


@cache
def _shown(version: Version, row: str) -> Mapping[str, str | None]:
    return {one["name"]: one["becomes"] for one in past_of(version) if one.get("row") == row}


def _name(item: Any) -> str:
    id_ = item.get("operator_journey_id") if isinstance(item, dict) else None
    found = _ID.match(id_) if isinstance(id_, str) else None
    return found[1] if found else ""


def _of(row: str) -> ItemFilter:
    def match(item: Any, query: Mapping[str, str], context: Context) -> bool | None:
        shown = _shown(context.catalogue.version, row)
        name, status = _name(item), query.get("status")
        return None if name not in shown or status is None else shown[name] == status

    return ItemFilter("past", ("status",), match, reads=("operator_journey_id",), when_asked=True)


RULES: Mapping[str, ItemFilter] = {
    f"past-{row.removeprefix('PROOF-').lower()}": _of(row) for row in LISTED
}
"""For the checks of kind ``rule``: in a list by a status stands what has that status."""
