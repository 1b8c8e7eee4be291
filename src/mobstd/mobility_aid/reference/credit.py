"""Under which licence the aids of a catalogue are, and whom to name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["INVENTED", "Credit", "credit_of"]

_NAMED = 5


@dataclass(frozen=True)
class Credit:
    """Under which licence aids are, and whom to name."""

    licence: str
    attribution: str


INVENTED = Credit("Apache-2.0", "mobstd, reference catalogue of mobility aids (invented)")
"""That of the aids that are here."""


def credit_of(aids: Iterable[Mapping[str, Any]]) -> Credit:
    """Return whom aids name as their source, and the licence where it is the same of all."""
    sources = [aid["provenance"].get("source", {}) for aid in aids]
    labels = sorted({one["label"] for one in sources if "label" in one})
    licences = {one.get("licence") for one in sources}
    licence = licences.pop() if len(licences) == 1 else None
    named = ", ".join(labels[:_NAMED]) or "see the provenance of each aid"
    return Credit(
        licence or "NOASSERTION", f"{named} (served by the reference catalogue of mobstd)"
    )
