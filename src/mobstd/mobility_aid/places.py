"""What follows from the code of a commune: its department, region and country; and the reverse.

The EPCI and the transport authority of a commune change every year: who knows them says them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from mobstd.mobility_aid.importing.places import official
from mobstd.mobility_aid.registry import districts, region_of

__all__ = ["LEVELS", "NOWHERE", "above", "codes_of", "within"]

LEVELS = ("commune", "epci", "aom", "department", "region", "country")
"""What a place is asked for, from near to far."""

NOWHERE = ""
"""The answer where there is no such place: a territory overseas lies in no region."""

_CITY = "commune:75056"
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


def within(area: str) -> Iterator[str]:
    """Yield places that surely lie in a country, a region or a department."""
    kind, _, code = area.partition(":")
    departments = [dep for dep, of in region_of().items() if of == code]
    if (kind, code) == ("country", "FR"):
        yield _CITY
    elif kind == "region" and departments:
        yield f"department:{departments[0]}"
        yield _seat(departments[-1])
    elif kind == "department" and code in region_of():
        yield _seat(code)


@cache
def _seat(department: str) -> str:
    """Return the first commune of a department."""
    communes = (c for c, told in official().items() if any(kind == "commune" for kind, _ in told))
    return f"commune:{min(c for c in communes if above('department', c, None) == department)}"
