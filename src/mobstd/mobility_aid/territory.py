"""Whether what has to be there lies in a territory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mobstd.mobility_aid.facts import Facts
from mobstd.mobility_aid.places import above
from mobstd.mobility_aid.truth import Judged, Truth, every, negated, some

__all__ = ["basis_of", "inside"]

_PLACES = {
    "residence": "residence",
    "workplace": "work",
    "place-of-study": "study",
    "purchase": "purchase",
    "trip-origin": "tripOrigin",
    "trip-destination": "tripDestination",
}


def basis_of(territory: Mapping[str, Any]) -> list[str]:
    """Return the places that have to be there, by the names that answers have."""
    return [_PLACES.get(word, word) for word in territory["basis"]]


def inside(territory: Mapping[str, Any], facts: Facts, at: str = "/territory") -> Judged:
    """Judge whether the places that the basis names lie in the territory.

    Without a basis nobody knows what has to be there: unknown.
    """
    if "basis" not in territory:
        return Judged.of(None, "territory", at)
    parts = [_covered(territory, place, facts, at) for place in basis_of(territory)]
    return every(parts) if territory.get("match") == "all" else some(parts)


def _covered(territory: Mapping[str, Any], place: str, facts: Facts, at: str) -> Judged:
    included = [
        _within(area, place, facts, f"{at}/include/{n}")
        for n, area in enumerate(territory["include"])
    ]
    excluded = [
        negated(_within(area, place, facts, f"{at}/exclude/{n}"))
        for n, area in enumerate(territory.get("exclude", ()))
    ]
    return every([some(included), *excluded])


def _within(area: Mapping[str, Any], place: str, facts: Facts, at: str) -> Judged:
    level = area["type"]
    if level == "unresolved":
        return Judged.of(None, "territory", at)
    there = facts.all_of(f"{place}.{level}", "area")
    truth: Truth = None if there is None else area["code"] in there
    if truth is None and level == "commune" and _elsewhere(area["code"], place, facts):
        truth = False
    near = f"{place}.commune"
    known = facts.all_of(near, "area") is not None
    return Judged.of(truth, "territory", at, f"{place}.{level}" if known else near)


def _elsewhere(commune: str, place: str, facts: Facts) -> bool:
    """Say whether a commune lies in another department than the place."""
    there = facts.all_of(f"{place}.department", "area")
    own = above("department", commune, None)
    return there is not None and own not in there
