"""Joins a subscription to carpool proofs: by the key of an identity, for what an aid asks of trips.

    from mobstd.mobility_aid.funder.joining import joined

    registry = joined(journeys_of, [aid], belongs=lambda claim: keys[claim.subject] == claim.stated)
    build(registry=registry, data="terms.json")

The check ``carpool-proof`` of the terms names the answer that has the key. ``journeys_of`` takes a
key and yields journeys as plain data, each a mapping of

    id, role       of the journey; ``driver`` or ``passenger``
    class, status  ``A``, ``B`` or ``C``; ``ok`` where it counts, ``pending`` before that
    start          an instant, ISO 8601
    distanceKm     where it is known; ``origin`` and ``destination``, INSEE codes, where they are
    decidedBy      the instant by which a pending one is decided

which is what ``mobstd.carpool_proof.sending.proofs`` makes; no standard imports the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from mobstd.errors import ConfigError, MobstdError
from mobstd.mobility_aid.conditions import judge
from mobstd.mobility_aid.facts import Facts
from mobstd.mobility_aid.funder.registering import (
    Claim,
    Outage,
    Registry,
    RegistryRefused,
    TooEarly,
)
from mobstd.mobility_aid.territory import inside
from mobstd.mobility_aid.truth import Truth, every

__all__ = ["Journeys", "joined", "that_count"]

Proof = Mapping[str, Any]
Journeys = Callable[[str], Iterable[Proof]]
"""Takes the key of an identity and yields the journeys of whoever has it."""

_COUNT = "trip.count"
_TOLD = {"trip.role": "role", "trip.proofClass": "class", "trip.distanceKm": "distanceKm"}
_PLACES = {"tripOrigin.commune": "origin", "tripDestination.commune": "destination"}
_ENDS = ("trip-origin", "trip-destination")
_PARIS = ZoneInfo("Europe/Paris")
_WEEK = timedelta(days=7)
_UNREADABLE = (MobstdError, OSError, ArithmeticError, LookupError, TypeError, ValueError)
_MOST = 10_000
"""Journeys of a person that are looked at."""


def joined(
    journeys: Journeys, aids: Iterable[Mapping[str, Any]], *, belongs: Callable[[Claim], bool]
) -> Registry:
    """Return a registry that grants where the journeys of a key are what an aid asks for.

    Args:
        journeys: finds the journeys of a key; where it fails, or what it yields can't be read, it
            is away.
        aids: those that are asked for by a key.
        belongs: says whether a key is that of the person who claims it: who certified their name
            and number knows. Without it anybody could claim the journeys of others.

    Raises:
        ConfigError: for an aid without a rule, or with one that journeys alone can't tell.
    """
    known = {aid["id"]: aid for aid in aids}
    for aid in known.values():
        _tellable(aid)

    def asked(claim: Claim) -> str:
        aid = known.get(claim.aid)
        if aid is None or not belongs(claim):
            raise RegistryRefused
        try:
            found = [*islice(journeys(claim.stated), _MOST)]
            sure = that_count(aid, found)
            may = [] if sure else that_count(aid, found, ("ok", "pending"))
            later = [_decided(one) for one in may if one["status"] == "pending"]
        except _UNREADABLE as error:
            raise Outage from error
        if sure:
            return _reference(claim, sure)
        if later:
            raise TooEarly(max(later))
        raise RegistryRefused

    return asked


def that_count(
    aid: Mapping[str, Any], journeys: Sequence[Proof], statuses: Sequence[str] = ("ok",)
) -> list[Proof]:
    """Return the journeys for which an aid is given; none where they are not enough.

    A journey counts in one of the statuses, in the days of the aid, in its territory, in the role
    that it gives something to, by its rule. What is not known of a journey does not count.

    Args:
        aid: a document of the schema ``aid``.
        journeys: of one person; the same journey counts once.
        statuses: those that count.
    """
    once = {one["id"]: one for one in journeys if one["status"] in statuses}
    may = [one for one in once.values() if _fits(aid, one, None) is not False]
    known = [one for one in may if _fits(aid, one, len(may)) is not None]
    return [one for one in known if _fits(aid, one, len(known))]


def _fits(aid: Mapping[str, Any], journey: Proof, count: int | None) -> Truth:
    """Say whether a journey counts, among so many."""
    answers = {name: journey[key] for name, key in (_TOLD | _PLACES).items() if key in journey}
    day = _instant(journey["start"]).astimezone(_PARIS).date().isoformat()
    facts = Facts({"date": day, "answers": answers | ({_COUNT: count} if count else {})})
    roles = {one.get("role", "any") for one in aid["benefits"]}
    validity = aid.get("validity", {})
    if not validity.get("start", day) <= day <= validity.get("end", day):
        return False
    if journey["role"] not in roles and "any" not in roles:
        return False
    rule = judge(aid["eligibility"]["rule"], facts, "", aid["currency"], {})
    territory = aid["territory"]
    there = [inside(territory, facts)] if set(territory.get("basis", ())) & {*_ENDS} else []
    return every([rule, *there]).truth


def _tellable(aid: Mapping[str, Any]) -> None:
    rule = aid["eligibility"].get("rule")
    asked = [*_criteria(rule)] if rule else []
    strange = sorted(set(asked) - {_COUNT, *_TOLD, *_PLACES})
    strange = [name for name in strange if not name.startswith(("tripOrigin.", "tripDestination."))]
    if not asked or strange:
        raise ConfigError("funder.not-of-journeys", aid=aid["id"], names=", ".join(strange) or "-")


def _criteria(condition: Mapping[str, Any]) -> Iterator[str]:
    for name in ("allOf", "anyOf"):
        for part in condition.get(name, ()):
            yield from _criteria(part)
    if "not" in condition:
        yield from _criteria(condition["not"])
    if "criterion" in condition:
        yield condition["criterion"]


def _decided(journey: Proof) -> datetime:
    stated = journey.get("decidedBy")
    return _instant(stated) if stated else _instant(journey["start"]) + _WEEK


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _reference(claim: Claim, journeys: Sequence[Proof]) -> str:
    """Return what stands for the journeys that an aid was given for; it tells nothing of them."""
    said = "|".join((claim.aid, claim.subscription, *sorted(one["id"] for one in journeys)))
    return hashlib.sha256(said.encode()).hexdigest()[:32]
