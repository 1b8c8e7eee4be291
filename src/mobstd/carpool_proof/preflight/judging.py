"""All reasons of each journey, in the order of the sources, under one profile."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from mobstd.carpool_proof.preflight.groups import judge_groups
from mobstd.carpool_proof.preflight.spill import Row, Spill, merged
from mobstd.carpool_proof.preflight.verdict import Reason, Verdict, verdict
from mobstd.carpool_proof.rules.anomalies import Anomalies
from mobstd.carpool_proof.rules.days import Span
from mobstd.carpool_proof.rules.facts import Facts
from mobstd.carpool_proof.rules.history import Past
from mobstd.carpool_proof.rules.profile import Profile
from mobstd.carpool_proof.rules.terms import Refusal, terms_of

__all__ = ["Judged", "judged"]

_FIXED = 6
"""Columns of a row before its facts."""


class Judged(NamedTuple):
    """A journey and what was found.

    Attributes:
        seq: its number.
        source: the number of its file.
        line: where it stands there.
        operator: whose it is; ``None`` where it could not be read.
        journey: its id; ``None`` where it has none that is a text.
        start: when it began, in milliseconds; ``None`` where that could not be read.
        verdict: what the reasons add up to.
        at_creation: the verdict on the registry's answer alone.
        reasons: what speaks against it.
    """

    seq: int
    source: int
    line: int
    operator: str | None
    journey: str | None
    start: int | None
    verdict: Verdict
    at_creation: Verdict
    reasons: tuple[Reason, ...]


class _Known:
    """A history that holds what the groups found for one journey."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._trips: dict[str, list[str]] = dict(map(json.loads, texts))

    def trips(self, operator: str, person: str, day: Span) -> Collection[str]:
        """Return the trips of a person in the day of the journey."""
        return self._trips.get(person, ())

    def together(
        self, operator: str, persons: tuple[str, str], span: Span
    ) -> Iterable[Past]:  # pragma: no cover
        """Couples are judged in their group."""
        raise NotImplementedError


def judged(
    spill: Spill,
    profile: Profile,
    number: int,
    within: int = 0,
    taken: frozenset[str] = frozenset(),
) -> Iterator[Judged]:
    """Yield every journey with its verdict.

    Args:
        spill: what :func:`load` filled.
        profile: to judge under.
        number: which of the profiles of ``load`` it is.
        within: how much later than told a journey may arrive, in milliseconds.
        taken: what a verdict may depend on and is let pass.
    """
    spill.forget()
    judge_groups(spill, profile, number)
    judge = _Judge(profile, 1 << number, within)
    found, days = _Ahead(spill.reasons()), _Ahead(spill.days())
    for row in spill.journeys():
        reasons = judge.reasons(row, found.of(row[0]), days.of(row[0]))
        creation = (reason for reason in reasons if reason.stage != "processing")
        seq, source, line = row[:3]
        operator, journey, start = row[_FIXED], row[_FIXED + 1], row[_FIXED + 7]
        yield Judged(
            seq,
            source,
            line,
            operator,
            journey,
            start,
            verdict(reasons, taken),
            verdict(creation, taken),
            tuple(reasons),
        )


class _Ahead:
    """Texts by the number of a journey, read along with the journeys."""

    def __init__(self, rows: Iterable[tuple[int, str]]) -> None:
        self._rows = merged(rows)
        self._next = next(self._rows, None)

    def of(self, seq: int) -> list[str]:
        while self._next is not None and self._next[0] < seq:
            self._next = next(self._rows, None)
        return self._next[1] if self._next is not None and self._next[0] == seq else []


_unpacked = lru_cache(4096)(Reason.unpacked)


class _Judge:
    def __init__(self, profile: Profile, bit: int, within: int) -> None:
        self._terms = terms_of(profile)
        self._anomalies = Anomalies(profile)
        self._bit = bit
        self._waits = (0, within) if within else (0,)

    def reasons(self, row: Row, found: list[str], days: list[str]) -> list[Reason]:
        reasons = list(map(_unpacked, row[5].split("\n"))) if row[5] else []
        if row[_FIXED + 7] is None:
            return reasons
        facts, received = Facts._make(row[_FIXED:]), row[3]
        refused = any(reason.weight == "refused" for reason in reasons)
        dates = self._uncertain("date_order", self._dated(facts, received))
        if dates is not None and not refused:
            reasons.append(dates)
        reasons += map(_unpacked, found)
        if not row[4] & self._bit:
            return reasons
        reasons += self._of_terms(facts, received, days)
        implausible = self._anomalies.distance_duration(facts)
        if implausible is None:
            reasons.append(_ROUTE)
        elif implausible:
            reasons.append(_IMPLAUSIBLE)
        return sorted(reasons, key=self._place) if len(reasons) > 1 else reasons

    def _place(self, reason: Reason) -> tuple[bool, int]:
        """Return where a reason stands: the registry's order within what it answers at once."""
        labels = self._terms.labels
        known = labels.index(reason.rule) + 1 if reason.rule in labels else 0
        return reason.stage == "processing", known

    def _of_terms(self, facts: Facts, received: int, days: list[str]) -> list[Reason]:
        """Return the terms of use that it breaks; those of a couple are among what was found."""
        terms = self._terms
        late = self._uncertain(
            "expired", [terms.expired(facts, received + wait) is not None for wait in self._waits]
        )
        short = terms.distance_too_short(facts)
        many = terms.too_many_trips_by_day(facts, _Known(days)) if days else None
        listed = [late] if late else []
        return listed + [_of_refusal(refusal) for refusal in (short, many) if refusal]

    def _dated(self, facts: Facts, received: int) -> list[bool]:
        dates = self._terms.dates
        return [dates(facts, received + wait) is not None for wait in self._waits]

    def _uncertain(self, rule: str, early_and_late: list[bool]) -> Reason | None:
        """Return what is refused at both ends of the reception, or depends on it."""
        if all(early_and_late):
            return _CERTAIN[rule]
        return _BY_ARRIVAL[rule] if any(early_and_late) else None


_CERTAIN = {rule: Reason(rule, "refused") for rule in ("date_order", "expired")}
_BY_ARRIVAL = {rule: Reason(rule, "depends", on="arrival") for rule in _CERTAIN}
_ROUTE = Reason("distance_duration_route", "depends", "processing", "route")
_IMPLAUSIBLE = Reason("distance_duration_anomaly", "refused", "processing")


def _of_refusal(refusal: Refusal) -> Reason:
    return Reason(refusal.label, "refused", params=refusal.metas)
