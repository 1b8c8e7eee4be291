"""Under which licence the aids of a catalogue are, and whom to name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from mobstd.mobility_aid.reference.loading import aids_of

__all__ = ["INVENTED", "Credit", "credit_of"]

_NAMED = 5


@dataclass(frozen=True)
class Credit:
    """Under which licence aids are, and whom to name.

    Attributes:
        licence: its identifier, ``NOASSERTION`` where the aids have several or none.
        attribution: whom to name, in English.
        named: the sources alone; empty where there are none.
    """

    licence: str
    attribution: str
    named: str = ""


INVENTED = Credit("Apache-2.0", "mobstd, reference catalogue of mobility aids (invented)")
"""That of the aids that are here."""


def credit_of(aids: Collection[Mapping[str, Any]]) -> Credit:
    """Return whom aids name as their source, and the licence where it is the same of all."""
    if aids and {aid["id"] for aid in aids} <= {aid["id"] for aid in aids_of(None)}:
        return INVENTED
    sources = [aid["provenance"].get("source", {}) for aid in aids]
    labels = sorted({one["label"] for one in sources if "label" in one})
    licences = {one.get("licence") for one in sources}
    licence = licences.pop() if len(licences) == 1 else None
    named = ", ".join(labels[:_NAMED])
    whom = named or "see the provenance of each aid"
    attribution = f"{whom} (served by the reference catalogue of mobstd)"
    return Credit(licence or "NOASSERTION", attribution, named)
