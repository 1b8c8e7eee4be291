"""Communes that tell where an area ends: inside, just outside, and far from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

from mobstd.mobility_aid.importing.places import official
from mobstd.mobility_aid.members import communes_of, epci_of
from mobstd.mobility_aid.places import above

__all__ = ["localities"]

_FEW = 3
_ELSEWHERE = ("75056", "01053", "97411", "29019", "67482")


def localities(place: str, named: Sequence[tuple[str, str]]) -> Iterator[Mapping[str, Any]]:
    """Yield places in each area that is named, then some just outside, and some elsewhere."""
    near: list[str] = []
    for level, code in dict.fromkeys(named):
        inside = list(_within(level, code))
        yield from (_told(place, commune, level, code) for commune in inside[:_FEW])
        if inside:
            near += islice(_beside(level, inside), 1)
        else:
            yield {f"{place}.{level}": code}
    yield from (_told(place, commune) for commune in dict.fromkeys((*near, *_ELSEWHERE)))


def _beside(level: str, inside: Sequence[str]) -> Iterator[str]:
    """Yield communes outside an area: of its department, or of the region of a department."""
    if level in ("commune", "epci", "department"):
        above_ = "region" if level == "department" else "department"
        around = above(above_, inside[0], None)
        kept = set(inside)
        yield from (c for c in _within(above_, around or "") if c not in kept)


def _told(place: str, commune: str, level: str = "commune", code: str = "") -> Mapping[str, str]:
    said = {f"{place}.commune": commune, f"{place}.epci": epci_of(commune)}
    if level == "aom":
        said[f"{place}.aom"] = code
    return {name: value for name, value in said.items() if value}


def _within(level: str, code: str) -> Iterator[str]:
    """Yield communes of an area; that of a transport authority nobody knows."""
    if level == "commune":
        yield code
    elif level == "epci":
        yield from communes_of(code)
    elif level != "aom":
        yield from (c for c in _communes() if above(level, c, None) == code)


@cache
def _communes() -> tuple[str, ...]:
    every = official().items()
    return tuple(code for code, meanings in every if any(kind == "commune" for kind, _ in meanings))
