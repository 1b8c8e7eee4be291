"""The place that a name and a code mean, where they mean one, by a dated extract.

The extract is ``registry/places.csv`` of the standard.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any

from mobstd.canon.standard import find
from mobstd.mobility_aid.registry import VERSION

__all__ = ["official", "plain", "resolve"]


@cache
def official() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Return what each official code means: types and names."""
    text = (find(VERSION).folder / "registry" / "places.csv").read_text("utf-8")
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        found[row["code"]] = (*found.get(row["code"], ()), (row["type"], row["name"]))
    return found


def plain(name: str) -> str:
    """Return a name as names are compared: no accents, case, apostrophes or hyphens."""
    bare = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(one for one in bare if not unicodedata.combining(one))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", letters.replace("œ", "oe")).split())


def resolve(code: str, name: str) -> dict[str, Any]:
    """Return the area that a code and a name mean together.

    A code that can be two places is the one whose official name is ``name``; a code that is but one
    place stands for itself. All else is unresolved: no place is found by its name alone.
    """
    places = official().get(code, ())
    if len(places) > 1:
        places = tuple(one for one in places if plain(one[1]) == plain(name))
    if len(places) != 1:
        return {"type": "unresolved", "name": name or code}
    kind, said = places[0]
    return {"type": kind, "code": code, "name": name or said}
