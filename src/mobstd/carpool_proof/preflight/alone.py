"""What a journey decides by itself under one profile: its dates, its delay, its distance."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from math import inf
from typing import Any

from mobstd.carpool_proof.classes import CLASSES
from mobstd.carpool_proof.preflight.verdict import Reason, packed, unpacked
from mobstd.carpool_proof.rules.anomalies import Anomalies
from mobstd.carpool_proof.rules.facts import Facts
from mobstd.carpool_proof.rules.profile import Profile
from mobstd.carpool_proof.rules.terms import terms_of

__all__ = ["OF_STORED", "Alone", "in_order"]

OF_STORED = frozenset(
    ("expired", "distance_too_short", "distance_duration_route", "distance_duration_anomaly")
)
"""What is found here only of a journey that the registry keeps."""

_CERTAIN = {rule: Reason(rule, "refused") for rule in ("date_order", "expired")}
_BY_ARRIVAL = {rule: Reason(rule, "depends", on="arrival") for rule in _CERTAIN}
_SHORT = Reason("distance_too_short", "refused")
_ROUTE = Reason("distance_duration_route", "depends", "processing", "route")
_IMPLAUSIBLE = Reason("distance_duration_anomaly", "refused", "processing")

_Doubt = bool | None
"""Whether it is refused; ``None``: that depends on when it arrives, or on the route."""


class Alone:
    """Judges single journeys; each arrives when it is told, or up to ``within`` ms later."""

    def __init__(self, profile: Profile, within: int) -> None:
        self._terms = terms_of(profile)
        self._anomalies = Anomalies(profile)
        self._within = within
        self._said = lru_cache(1 << 12)(self._text)
        dates, late = profile["date_order"], profile["expired"]
        short, implausible = profile["distance_too_short"], profile["distance_duration_anomaly"]
        fewest, most = implausible.spares("duration")
        self._spared = (
            *dates.spares("lead", 1000),
            *_within(late.spares("delay", 1000), (-inf if late["signed"] else -1, inf)),
            late["measured_from"] == "start",
            *_within(_negative(dates.spares("reversal", 1000)), (1000 * fewest + 999, 1000 * most)),
            *_within(short.spares("distance"), implausible.spares("distance")),
            self._anomalies.least_detour,
        )
        looked_at = self._anomalies.classes
        self._plain = {
            kind: (self._said("", False, False, False, None if kind in looked_at else False),)
            for kind in CLASSES
        }

    def at_once(self, found: tuple[Any, ...], received: int) -> tuple[str] | None:
        """Return what speaks, packed, against a journey that is well within all bounds.

        It decides speed and nothing else. ``None``: :meth:`judge` has to be asked, as of every
        journey whose document has something said against it.

        Args:
            found: what :class:`Facts` has, in order.
            received: when it arrives.
        """
        _, _, _, _, _, _, _, start, end, _, kind, distance, straight = found
        ahead, ahead_most, least, most, by_start, brief, long, short, far, detour = self._spared
        if (
            ahead < end - received < ahead_most
            and least < received - (start if by_start else end) < most
            and brief < end - start < long
            and short < distance < far
            and straight <= distance * detour
            and not self._within
        ):
            return self._plain.get(kind)
        return None

    def judge(self, facts: Facts, received: int, reasons: str, refused: bool) -> tuple[bool, str]:
        """Say whether the registry keeps a journey, and what speaks against it, packed.

        Args:
            facts: of the journey.
            received: when it arrives at the earliest.
            reasons: what its document says, packed.
            refused: whether that refuses it.
        """
        dates: _Doubt
        expired: _Doubt
        terms, start, end = self._terms, facts.start, facts.end
        late = received + self._within
        dates = disordered = terms.disordered(start, end, late)
        expired = overdue = terms.late(start, end, late)
        if self._within:
            dates = _both(disordered, terms.disordered(start, end, received))
            expired = _both(overdue, terms.late(start, end, received))
        if disordered or refused:
            return False, self._said(reasons, False if refused else dates)
        short = terms.short(facts.distance)
        implausible = self._anomalies.distance_duration(facts)
        return True, self._said(reasons, dates, expired, short, implausible)

    def _text(
        self,
        reasons: str,
        dates: _Doubt,
        expired: _Doubt = False,
        short: bool = False,
        implausible: _Doubt = False,
    ) -> str:
        found = list(unpacked(reasons))
        for rule, doubt in (("date_order", dates), ("expired", expired)):
            if doubt is not False:
                found.append(_CERTAIN[rule] if doubt else _BY_ARRIVAL[rule])
        if short:
            found.append(_SHORT)
        if implausible is not False:
            found.append(_IMPLAUSIBLE if implausible else _ROUTE)
        return packed(in_order(found, self._terms.labels))


def in_order(reasons: Iterable[Reason], labels: tuple[str, ...]) -> list[Reason]:
    """Return reasons in the order of the registry, within what it answers at once."""
    places = {label: place for place, label in enumerate(labels, 1)}
    return sorted(reasons, key=lambda one: (one.stage == "processing", places.get(one.rule, 0)))


def _within(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    return max(one[0], other[0]), min(one[1], other[1])


def _negative(one: tuple[float, float]) -> tuple[float, float]:
    return -one[1], -one[0]


def _both(one: bool, other: bool) -> _Doubt:
    return one if one is other else None
