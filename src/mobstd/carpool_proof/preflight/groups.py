"""What takes more than one journey, a person at a time."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from mobstd.carpool_proof.preflight.spill import Spill
from mobstd.carpool_proof.preflight.verdict import Reason
from mobstd.carpool_proof.rules.anomalies import Anomalies, Timed
from mobstd.carpool_proof.rules.history import Past
from mobstd.carpool_proof.rules.operators import Declared, Operators
from mobstd.carpool_proof.rules.profile import Profile
from mobstd.carpool_proof.rules.terms import Terms, terms_of
from mobstd.errors import ConfigError

__all__ = ["MOST_TRIPS", "judge_groups"]

MOST_TRIPS = 64
"""How many trips of a person in a day are told apart; more are as bad."""


class _Ridden(NamedTuple):
    """A journey as one of its persons has it; see ``Spill.people``."""

    person: str
    other: str
    drives: int
    operator: str
    trip: str
    start: int
    end: int
    lon: float
    seq: int
    user: str
    received: int


def judge_groups(spill: Spill, profile: Profile, number: int) -> None:
    """Find what speaks against journeys because of others, under the profile of that number.

    Raises:
        ConfigError: for a profile that counts journeys by their status.
    """
    if profile["too_many_trips_by_day"]["statuses_left_out"]:
        raise ConfigError("proof.rules-leave-out", rules=profile.name)
    bit = 1 << number
    for seq, first in spill.duplicates(bit):
        source, line = spill.place(first)
        code = "duplicate" if source >= 0 else "duplicate_past"
        spill.find(seq, Reason(code, "refused", params={"line": line}).packed())
    groups = _Groups(spill, profile)
    rows = map(_Ridden._make, spill.people(bit))
    for _, journeys in groupby(rows, lambda row: row.person):
        groups.person(list(journeys))
    for seq, role in spill.users(bit):
        pointer = f"/{role}/identity/operator_user_id"
        spill.find(seq, Reason("user_shared", "warning", pointer=pointer).packed())
    spill.flush()


class _Groups:
    def __init__(self, spill: Spill, profile: Profile) -> None:
        self._spill = spill
        self._terms = terms_of(profile)
        self._anomalies = Anomalies(profile)
        self._operators = Operators(profile)
        self._close = Reason("too_close_trips", "refused").packed()
        self._overlap = Reason(
            "temporal_overlap_anomaly", "depends", "processing", "order"
        ).packed()
        self._split = Reason("trip_split", "warning", pointer="/operator_trip_id").packed()
        self._shared = Reason("interoperator_overlap", "depends", "processing", "window").packed()

    def person(self, rows: Sequence[_Ridden]) -> None:
        """Judge the journeys of one person, which come in the order of arrival."""
        if len(rows) == 1:
            return
        operators = {row.operator for row in rows}
        for operator in operators:
            own = rows if len(operators) == 1 else [r for r in rows if r.operator == operator]
            self._days(own)
            self._overlaps(own)
            self._users(own)
            self._cars(own)
        if len(operators) > 1:
            self._across(rows)
        for couple in _couples(rows):
            for operator in {row.operator for row in couple}:
                self._couple([row for row in couple if row.operator == operator])
            if len({row.operator for row in couple}) > 1:
                self._couple_across(couple)

    def _days(self, rows: Sequence[_Ridden]) -> None:
        """Keep what a person had in the day of each journey before it arrived."""
        terms, days = self._terms, self._terms.days
        zoned = [days.zone_of(row.lon) for row in rows]
        zones = set(zoned)
        seen: dict[tuple[str, int], set[str]] = {}
        for row, own in zip(rows, zoned, strict=True):
            for zone in zones:
                first, last = days.day(row.start, zone)
                known = seen.get((zone, first))
                if known is None:
                    known = seen[zone, first] = set()
                if zone == own and row.seq >= 0 and known and terms.matters(len(known)):
                    told = sorted(known)[:MOST_TRIPS]
                    self._spill.day(row.seq, json.dumps([row.person, told]))
                if row.start < last:
                    known.add(row.trip)

    def _overlaps(self, rows: Sequence[_Ridden]) -> None:
        ridden = [
            Timed(row.start, row.end, row.seq)
            for row in rows
            if not row.drives or row.other == row.person
        ]
        if len(ridden) > 1:
            flagged = {one.key for one, _ in self._anomalies.overlapping(ridden)}
            for seq in flagged:
                self._find(seq, self._overlap)

    def _cars(self, rows: Sequence[_Ridden]) -> None:
        """Warn of passengers of one car at one time who do not share a trip."""
        until, trip = 0, ""
        for row in sorted((r for r in rows if r.drives), key=lambda row: row.start):
            if row.start < until and row.trip != trip:
                self._find(row.seq, self._split)
            if row.end > until:
                until, trip = row.end, row.trip

    def _users(self, rows: Sequence[_Ridden]) -> None:
        if len({row.user for row in rows}) > 1:
            for row in rows:
                role = "driver" if row.drives else "passenger"
                pointer = f"/{role}/identity/identity_key"
                self._find(row.seq, Reason("person_split", "warning", pointer=pointer).packed())

    def _couple(self, rows: Sequence[_Ridden]) -> None:
        """Refuse what is too close to a journey of the couple that arrived before."""
        if len(rows) < 2:
            return
        for seq in _too_close(rows, self._terms):
            self._find(seq, self._close)

    def _across(self, rows: Sequence[_Ridden]) -> None:
        for one in self._operators.too_many_trips_in_some_window(list(map(_declared, rows))):
            self._likely(one, "interoperator_too_many_trips_by_day")

    def _couple_across(self, rows: Sequence[_Ridden]) -> None:
        declared = list(map(_declared, rows))
        for one in self._operators.overlap(declared):
            self._find(one.key, self._shared)
        for one in self._operators.too_close_trips(declared):
            self._likely(one, "interoperator_too_close_trips")

    def _likely(self, one: Declared, rule: str) -> None:
        self._find(one.key, Reason(rule, "depends", "processing", "window").packed())

    def _find(self, seq: int, reason: str) -> None:
        if seq >= 0:
            self._spill.find(seq, reason)


def _declared(row: _Ridden) -> Declared:
    return Declared(
        row.start, row.end, row.operator, row.trip, row.other, bool(row.drives), row.seq
    )


def _couples(rows: Iterable[_Ridden]) -> Iterator[list[_Ridden]]:
    """Yield the journeys of each couple once: with the person who comes first."""
    found: dict[str, list[_Ridden]] = {}
    for row in rows:
        if row.person <= row.other:
            found.setdefault(row.other, []).append(row)
    return (couple for couple in found.values() if len(couple) > 1)


def _too_close(rows: Sequence[_Ridden], terms: Terms) -> Iterator[int]:
    """Yield the journeys of one couple and operator that clash with one that arrived before."""
    order = {row.seq: place for place, row in enumerate(rows)}
    by_start = sorted(rows, key=lambda row: row.start)
    starts = [row.start for row in by_start]
    longest = max(row.end - row.start for row in rows)
    for row in rows:
        low = bisect_left(starts, row.start - terms.gap - longest)
        high = bisect_right(starts, row.end + terms.gap)
        own = Past(row.trip, row.start, row.end)
        place = order[row.seq]
        if any(
            order[other.seq] < place
            and terms.clashes(own, Past(other.trip, other.start, other.end))
            for other in by_start[low:high]
        ):
            yield row.seq
