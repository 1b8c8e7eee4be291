"""What takes more than one journey, a person at a time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

from mobstd.carpool_proof.preflight.spill import Row, Spill
from mobstd.carpool_proof.preflight.verdict import Reason
from mobstd.carpool_proof.rules.anomalies import Anomalies, Timed
from mobstd.carpool_proof.rules.days import QUARTER, Span
from mobstd.carpool_proof.rules.history import Past
from mobstd.carpool_proof.rules.operators import Declared, Operators
from mobstd.carpool_proof.rules.profile import Profile
from mobstd.carpool_proof.rules.terms import Terms, terms_of
from mobstd.errors import ConfigError

__all__ = ["MOST_TRIPS", "judge_groups"]

MOST_TRIPS = 64
"""How many trips of a person in a day are told apart; more are as bad."""

_SEQ, _START, _END, _LON, _OPERATOR, _TRIP, _DRIVER, _PASSENGER = range(1, 9)
_DRIVER_USER, _PASSENGER_USER = 9, 10

_SPANS = 1 << 16
"""Quarters of an hour whose days are remembered."""

_by_start, _by_operator = itemgetter(_START), itemgetter(_OPERATOR)


class _Ridden(NamedTuple):
    """A journey as one of its persons has it; they sort by start."""

    start: int
    end: int
    trip: str
    drives: bool
    other: str
    operator: str
    seq: int
    received: int

    @classmethod
    def of(cls, row: Row, person: str) -> _Ridden:
        drives = row[_DRIVER] == person
        other = row[_PASSENGER if drives else _DRIVER]
        return cls(
            *(row[_START], row[_END], row[_TRIP], drives, other),
            *(row[_OPERATOR], row[_SEQ], row[0]),
        )


def judge_groups(spill: Spill, profile: Profile, number: int) -> None:
    """Find what speaks against journeys because of others, under the profile of that number.

    Raises:
        ConfigError: for a profile that counts journeys by their status.
    """
    if profile["too_many_trips_by_day"]["statuses_left_out"]:
        raise ConfigError("proof.rules-leave-out", rules=profile.name)
    bit = 1 << number
    for seq, source, line in spill.duplicates(bit):
        code = "duplicate" if source >= 0 else "duplicate_past"
        spill.find(seq, Reason(code, "refused", params={"line": line}).packed())
    groups = _Groups(spill, profile)
    for person, rows in spill.people(bit):
        groups.person(person, rows)
    for seq, role in spill.users():
        pointer = f"/{role}/identity/operator_user_id"
        spill.find(seq, Reason("user_shared", "warning", pointer=pointer).packed())


class _Groups:
    def __init__(self, spill: Spill, profile: Profile) -> None:
        self._spill = spill
        self._terms = terms_of(profile)
        self._anomalies = Anomalies(profile)
        self._operators = Operators(profile)
        self._spans: dict[tuple[int, str], Span] = {}
        self._close = Reason("too_close_trips", "refused").packed()
        self._overlap = Reason(
            "temporal_overlap_anomaly", "depends", "processing", "order"
        ).packed()
        self._split = Reason("trip_split", "warning", pointer="/operator_trip_id").packed()
        self._shared = Reason("interoperator_overlap", "depends", "processing", "window").packed()

    def person(self, person: str, rows: Sequence[Row]) -> None:
        """Judge the journeys of one person, which come in the order of arrival."""
        operators = set(map(_by_operator, rows))
        for operator in operators:
            own = rows if len(operators) == 1 else [r for r in rows if r[_OPERATOR] == operator]
            self._users(operator, person, own)
            if len(own) > 1:
                self._days(person, own)
                for some in _near(own, self._terms.gap):
                    self._together(person, some)
        if len(operators) > 1:
            self._across([_Ridden.of(row, person) for row in rows], person)

    def _users(self, operator: str, person: str, rows: Sequence[Row]) -> None:
        """Warn of a person with several user ids, and keep who has which."""
        sides: defaultdict[str, list[int]] = defaultdict(list)
        own_passenger: list[Row] = []
        for row in rows:
            if row[_DRIVER] == person:
                sides[row[_DRIVER_USER]].append(2 * row[_SEQ] + 1)
                if row[_PASSENGER] == person:
                    own_passenger.append(row)
            else:
                sides[row[_PASSENGER_USER]].append(2 * row[_SEQ])
        several = len(sides) > 1
        for row in own_passenger:
            sides[row[_PASSENGER_USER]].append(2 * row[_SEQ])
        for user, some in sides.items():
            self._spill.user(operator, user, person, tuple(some))
        if several:
            for row in rows:
                role = "driver" if row[_DRIVER] == person else "passenger"
                pointer = f"/{role}/identity/identity_key"
                reason = Reason("person_split", "warning", pointer=pointer)
                self._find(row[_SEQ], reason.packed())

    def _days(self, person: str, rows: Sequence[Row]) -> None:
        """Keep what a person had in the day of each journey before it arrived."""
        terms, days = self._terms, self._terms.days
        zoned = [days.zone_of(row[_LON]) for row in rows]
        zones, spans = set(zoned), self._spans
        seen: dict[tuple[str, int], set[str]] = {}
        for row, own in zip(rows, zoned, strict=True):
            start = row[_START]
            for zone in zones:
                at = start // QUARTER, zone
                span = spans.get(at)
                if span is None:
                    span = self._span(at, start)
                key = zone, span[0]
                known = seen.get(key)
                if known is None:
                    known = seen[key] = set()
                elif zone == own and known and terms.matters(len(known)) and row[_SEQ] >= 0:
                    told = tuple(sorted(known)[:MOST_TRIPS])
                    for role in _roles(row, person):
                        self._spill.day(row[_SEQ], role, told)
                if start < span[1]:
                    known.add(row[_TRIP])

    def _span(self, at: tuple[int, str], start: int) -> Span:
        if len(self._spans) > _SPANS:
            self._spans.clear()
        span = self._spans[at] = self._terms.days.day(start, at[1])
        return span

    def _together(self, person: str, near: Sequence[Row]) -> None:
        """Judge journeys of a person and an operator that are near each other, by start."""
        rows = [_Ridden.of(row, person) for row in near]
        ridden = [
            Timed(row.start, row.end, row.seq)
            for row in rows
            if not row.drives or row.other == person
        ]
        if len(ridden) > 1:
            for seq in {one.key for one, _ in self._anomalies.overlapping(ridden)}:
                self._find(seq, self._overlap)
        if len(ridden) < len(rows):
            self._cars(rows)
        for couple in _couples(rows, person):
            for seq in _too_close(couple, self._terms):
                self._find(seq, self._close)

    def _cars(self, rows: Sequence[_Ridden]) -> None:
        """Warn of passengers of one car at one time who do not share a trip."""
        until, trip = rows[0].start, ""
        for row in rows:
            if row.drives:
                if row.start < until and row.trip != trip:
                    self._find(row.seq, self._split)
                if row.end > until:
                    until, trip = row.end, row.trip

    def _across(self, rows: Sequence[_Ridden], person: str) -> None:
        declared = list(map(_declared, rows))
        for one in self._operators.too_many_trips_in_some_window(declared):
            self._likely(one, "interoperator_too_many_trips_by_day")
        for couple in _couples(rows, person):
            if len({row.operator for row in couple}) > 1:
                self._couple_across(couple)

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


def _roles(row: Row, person: str) -> Iterator[str]:
    if row[_DRIVER] == person:
        yield "driver"
    if row[_PASSENGER] == person:
        yield "passenger"


def _near(rows: Sequence[Row], gap: int) -> Iterator[Sequence[Row]]:
    """Yield, by start, the journeys that have others before or after them within a gap."""
    listed = sorted(rows, key=_by_start)
    if any(row[_END] < row[_START] for row in listed):
        yield listed
        return
    begun, until = 0, listed[0][_END]
    for place, row in enumerate(listed):
        if row[_START] - gap > until:
            if place - begun > 1:
                yield listed[begun:place]
            begun = place
        if row[_END] > until:
            until = row[_END]
    if len(listed) - begun > 1:
        yield listed[begun:]


def _declared(row: _Ridden) -> Declared:
    return Declared(row.start, row.end, row.operator, row.trip, row.other, row.drives, row.seq)


def _couples(rows: Iterable[_Ridden], person: str) -> Iterator[list[_Ridden]]:
    """Yield the journeys of each couple once: with the person who comes first."""
    found: dict[str, list[_Ridden]] = {}
    for row in rows:
        if person <= row.other:
            found.setdefault(row.other, []).append(row)
    return (couple for couple in found.values() if len(couple) > 1)


def _too_close(rows: Sequence[_Ridden], terms: Terms) -> Iterator[int]:
    """Yield the journeys of one couple and operator that clash with one that arrived before."""
    starts = [row.start for row in rows]
    longest = max(row.end - row.start for row in rows)
    for row in rows:
        low = bisect_left(starts, row.start - terms.gap - longest)
        high = bisect_right(starts, row.end + terms.gap)
        own = Past(row.trip, row.start, row.end)
        arrived = row.received, row.seq
        if any(
            (other.received, other.seq) < arrived
            and terms.clashes(own, Past(other.trip, other.start, other.end))
            for other in rows[low:high]
        ):
            yield row.seq
