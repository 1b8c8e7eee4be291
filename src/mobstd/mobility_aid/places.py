"""What follows from the code of a commune: its department, region and country.

The EPCI and the transport authority of a commune change every year: who knows them says them.
"""

from __future__ import annotations

from mobstd.mobility_aid.registry import districts, region_of

__all__ = ["LEVELS", "NOWHERE", "above", "codes_of"]

LEVELS = ("commune", "epci", "aom", "department", "region", "country")
"""What a place is asked for, from near to far."""

NOWHERE = ""
"""The answer where there is no such place: a territory overseas lies in no region."""

_ABROAD = "99"
_OVERSEAS = ("97", "98")


def codes_of(commune: str) -> tuple[str, ...]:
    """Return the code of a commune, and that of the whole for a municipal district."""
    whole = districts().get(commune)
    return (commune, whole) if whole else (commune,)


def _department(commune: str) -> str:
    if commune.startswith(_ABROAD):
        return NOWHERE
    return commune[:3] if commune.startswith(_OVERSEAS) else commune[:2]


def above(level: str, commune: str | None, department: str | None) -> str | None:
    """Return what lies above a commune or a department; ``None`` where it does not follow.

    Args:
        level: ``department``, ``region`` or ``country``.
        commune: an INSEE code, where it is known.
        department: its code, where it is known.
    """
    if department is None and commune is not None:
        department = _department(commune)
    if department is None or level not in LEVELS[3:]:
        return None
    if level == "department":
        return department
    if level == "region":
        return region_of().get(department, NOWHERE)
    return "FR" if department != NOWHERE else None
