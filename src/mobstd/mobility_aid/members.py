"""Which EPCI a commune lies in, by a dated extract: it changes every year.

The extract is ``registry/members.csv`` of the standard.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from functools import cache

from mobstd.canon.standard import find
from mobstd.mobility_aid.places import codes_of
from mobstd.mobility_aid.registry import VERSION
from mobstd.mobility_aid.search import around

__all__ = ["communes_of", "covering", "epci_of"]


@cache
def _members() -> Mapping[str, str]:
    text = (find(VERSION).folder / "registry" / "members.csv").read_text("utf-8")
    rows = csv.DictReader(io.StringIO(text))
    return {commune: row["epci"] for row in rows for commune in row["communes"].split()}


def epci_of(commune: str) -> str | None:
    """Return the EPCI of a commune, or of the whole of a municipal district, where it has one."""
    found = (_members().get(code) for code in codes_of(commune))
    return next((epci for epci in found if epci), None)


def communes_of(epci: str) -> list[str]:
    """Return the communes of an EPCI, none where the extract has not got it."""
    return [commune for commune, code in _members().items() if code == epci]


def covering(place: str) -> list[str]:
    """Return a place, written as type and code, and all that is known to lie around it."""
    kind, _, code = place.partition(":")
    epci = epci_of(code) if kind == "commune" else None
    return [*around(place), *([f"epci:{epci}"] if epci else [])]
