"""What the registry says of one journey, read as it is rather than as it should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

__all__ = ["Standing", "instant", "labels_of", "standing"]


@dataclass(frozen=True)
class Standing:
    """The status of a journey, with what was found in it.

    Attributes:
        status: as the registry names it; ``ok`` where it counts.
        created_at: when the registry took it.
        journey_id: the registry's own id, which exports show.
        terms: labels of the terms of use that it breaks.
        frauds: labels of frauds between operators.
        anomalies: labels of anomalies.
        conflicts: ids of the operator's journeys that it clashes with.
    """

    status: str
    created_at: datetime | None = None
    journey_id: str = ""
    terms: tuple[str, ...] = ()
    frauds: tuple[str, ...] = ()
    anomalies: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label, those of the terms first."""
        return (*self.terms, *self.frauds, *self.anomalies)


def standing(document: Any) -> Standing | None:
    """Return what a status answer says, ``None`` where it is none.

    Labels are texts or objects with a ``label``; the journey that another clashes with has the
    name of the text or that of the real server.
    """
    if not isinstance(document, Mapping) or not isinstance(document.get("status"), str):
        return None
    anomalies = document.get("anomaly_error_details")
    found = [one for one in _list(anomalies) if isinstance(one, Mapping)]
    conflicts = []
    for one in found:
        metas = one.get("metas")
        if isinstance(metas, Mapping):
            for name in ("conflicting_operator_journey_id", "conflicting_journey_id"):
                if isinstance(metas.get(name), str):
                    conflicts.append(metas[name])
                    break
    number = document.get("journey_id")
    return Standing(
        status=document["status"],
        created_at=instant(document.get("created_at")),
        journey_id="" if number is None else str(number),
        terms=labels_of(document.get("terms_violation_details")),
        frauds=labels_of(document.get("fraud_error_labels")),
        anomalies=labels_of(anomalies),
        conflicts=tuple(dict.fromkeys(conflicts)),
    )


def labels_of(value: Any) -> tuple[str, ...]:
    """Return labels, however they are written: one text, texts, or objects with a ``label``."""
    items = [value] if isinstance(value, str) else _list(value)
    texts = (one.get("label") if isinstance(one, Mapping) else one for one in items)
    return tuple(dict.fromkeys(text for text in texts if isinstance(text, str)))


def instant(value: Any) -> datetime | None:
    """Return an instant that is written with its offset, else ``None``."""
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
