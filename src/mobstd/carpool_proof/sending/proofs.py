"""What the registry made of the journeys of a person, as plain data for who grants an aid.

    from mobstd.carpool_proof.sending.proofs import proofs_of

    journeys_of = proofs_of(client, declared)
    for one in journeys_of(identity_key("+33199001234", "Exemple")):
        print(one["id"], one["role"], one["class"], one["status"])

``declared`` are the journeys as an operator declared them: the registry tells nobody whose a
journey is, so that who declared it is the one who can join the two. No name or number of a person
is in what comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from mobstd.carpool_proof.limits import LATEST, limits
from mobstd.errors import NotFound

__all__ = ["proofs_of"]

_METRES = 1000
_UNKNOWN = "unknown"

Commune = Callable[[float, float], str | None]
"""Takes latitude and longitude, returns the INSEE code of the commune there."""


def proofs_of(
    client: Any,
    declared: Iterable[Mapping[str, Any]] | Callable[[str], Iterable[Mapping[str, Any]]],
    *,
    commune: Commune | None = None,
    rules: str = LATEST,
) -> Callable[[str], Iterator[dict[str, Any]]]:
    """Return what yields the journeys of who has an identity key.

    Each is ``{id, role, class, status, start, distanceKm}``, with ``decidedBy`` while it is
    pending, and ``origin`` and ``destination``, INSEE codes, where somebody knows communes.
    ``status`` is what the registry says at the moment, one word of ``journey-status``; ``class``
    is the class that was declared.

    Args:
        client: of the registry, sync.
        declared: journeys as they were declared, or what finds those of a key.
        commune: which knows communes.
        rules: the rule profile, which says when a journey is decided at the latest.

    Raises:
        TransportError, ApiError: while they are yielded, where the registry does not tell.
    """
    known = limits(rules)
    wait = known.checks + known.checks_take
    finds = declared if callable(declared) else None
    listed = () if callable(declared) else tuple(declared)

    def journeys_of(key: str) -> Iterator[dict[str, Any]]:
        for journey in finds(key) if finds else listed:
            for role in ("driver", "passenger"):
                if journey[role]["identity"].get("identity_key") == key:
                    yield _proof(client, journey, role, commune, wait)

    return journeys_of


def _proof(
    client: Any, journey: Mapping[str, Any], role: str, commune: Commune | None, wait: timedelta
) -> dict[str, Any]:
    name, start = journey["operator_journey_id"], journey["start"]["datetime"]
    try:
        status = str(client.get_journey(name).status)
    except NotFound:
        status = _UNKNOWN
    made: dict[str, Any] = {
        "id": name,
        "role": role,
        "class": journey["operator_class"],
        "status": status,
        "start": start,
        "distanceKm": journey["distance"] / _METRES,
    }
    if status == "pending":
        made["decidedBy"] = (datetime.fromisoformat(start) + wait).isoformat()
    for place, end in (("origin", "start"), ("destination", "end")):
        code = commune(journey[end]["lat"], journey[end]["lon"]) if commune else None
        made |= {place: code} if code else {}
    return made
