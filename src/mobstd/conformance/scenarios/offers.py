"""What the suite answers searches with where it plays the other side: right, small, made for them.

The templates are the ``offers`` of ``suite.yaml``. An item lies where and when it is looked for, so
that every search of a ride that is to come finds something; the same search finds the same.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping
from math import asin, cos, radians, sin, sqrt
from typing import Any

from mobstd.canon.standard import Version
from mobstd.conformance.scenarios.material import Candidate, Maker
from mobstd.conformance.scenarios.resource import Source
from mobstd.judging.pointer import find

__all__ = ["Offers"]

DETOUR, SPEED = 1.3, 16.0
"""How much longer a road is than the straight line, and how fast one drives, in m/s."""

EARTH = 6_371_000.0

LATEST = 250_000_000_000
"""UNIX seconds that calendars still have: nobody has a ride in the year 58000."""

MOST = 20_000
"""Ids of items that are remembered as shown."""


class Offers:
    """A world in which whatever is looked for is there.

    Args:
        version: the version.
        caller: the domain under which it is offered.

    Attributes:
        now: UNIX seconds; what is looked for before is over, and not there.
        seed: another seed, another world.
    """

    def __init__(self, version: Version, caller: str) -> None:
        suite = version.suite
        self._templates: Mapping[str, Any] = suite.get("offers", {})
        self._how: Mapping[str, Any] = suite.get("exploration", {})
        self._collections: Mapping[str, Any] = suite.get("collections", {})
        self._caller = caller
        self._shown: OrderedDict[tuple[str, str], None] = OrderedDict()
        self.now = 0
        self.seed = 0

    def has(self, operation: str) -> bool:
        """Say whether there is anything to find by an operation."""
        return operation in self._templates

    def found(self, operation: str, query: Mapping[str, Any]) -> list[Any]:
        """Return what a search finds."""
        how = self._how.get(operation, {})
        instant = query.get(how.get("instant", ""))
        if instant is not None and not self.now <= instant <= LATEST:
            return []
        asked = {name: query[name] for name in how.get("from_item", {}) if name in query}
        item = {"query": asked, "ride": _ride(how, asked)}
        face = json.dumps([self.seed, operation, asked], sort_keys=True, default=str)
        items = [
            self._maker(f"{face}|{place}").filled(Candidate(Source(operation, body), item), None)
            for place, body in enumerate(self._templates[operation])
        ]
        limit = query.get(how.get("limit", ""))
        items = items if limit is None else items[: max(0, limit)]
        self._note(operation, items)
        return items

    def shown(self, operation: str, key: str) -> bool:
        """Say whether an answer to a search showed an item under this id."""
        return (operation, key) in self._shown

    def _maker(self, face: str) -> Maker:
        seed = int.from_bytes(hashlib.sha256(face.encode()).digest()[:8], "big")
        return Maker(seed, self.now, self._caller)

    def _note(self, operation: str, items: list[Any]) -> None:
        pointer = self._collections[operation]["identity"][-1]
        for item in items:
            for _, key in find(item, f"/**{pointer}"):
                self._shown[operation, str(key)] = None
        while len(self._shown) > MOST:
            self._shown.popitem(last=False)


def _ride(how: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, int]:
    """Return how long the way is between the two points of a query."""
    ends = [[asked.get(name) for name in how.get(end, ())] for end in ("departure", "arrival")]
    if any(len(end) != 2 or None in end for end in ends):
        return {}
    (lat, lng), (other, far) = ([radians(float(v)) for v in end if v is not None] for end in ends)
    chord = sin((other - lat) / 2) ** 2 + cos(lat) * cos(other) * sin((far - lng) / 2) ** 2
    metres = 2 * EARTH * asin(min(1.0, sqrt(chord))) * DETOUR
    return {"metres": round(metres), "seconds": max(60, round(metres / SPEED))}
