"""Which EPCI a commune of the invented catalogue lies in: a stand-in for the official list.

The list changes every year; who publishes a real catalogue takes it from the official geography.
"""

from __future__ import annotations

from collections.abc import Mapping

from mobstd.mobility_aid.search import around

__all__ = ["covering"]

_EPCI: Mapping[str, tuple[str, ...]] = {
    "243300316": ("33063", "33119", "33281", "33318", "33522"),
    "200046977": ("69123", "69266", "69259"),
}


def covering(place: str) -> list[str]:
    """Return a place, written as type and code, and all that is known to lie around it."""
    kind, _, code = place.partition(":")
    near = [f"epci:{epci}" for epci, communes in _EPCI.items() if code in communes]
    return [*around(place), *(near if kind == "commune" else [])]
