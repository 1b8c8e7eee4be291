"""What takes more than one journey, a person at a time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Protocol

from mobstd.carpool_proof.preflight.sides import (
    AT,
    END,
    LON,
    OPERATOR,
    OTHER,
    RECEIVED,
    RIDES_AS,
    START,
    TRIP,
    USER,
    Side,
)
from mobstd.carpool_proof.preflight.spill import Spill
from mobstd.carpool_proof.preflight.verdict import Reason
from mobstd.carpool_proof.rules.anomalies import Anomalies, Timed
from mobstd.carpool_proof.rules.days import QUARTER, Span
from mobstd.carpool_proof.rules.history import Past
from mobstd.carpool_proof.rules.operators import Declared, Operators
from mobstd.carpool_proof.rules.profile import Profile
from mobstd.carpool_proof.rules.terms import Terms, terms_of
from mobstd.errors import ConfigError

__all__ = ["MOST_TRIPS", "Found", "Groups", "declared_before", "judge_groups", "user_shared"]

MOST_TRIPS = 64
"""How many trips of a person in a day are told apart; more are as bad."""

_SPANS = 1 << 16
"""Quarters of an hour whose days are remembered."""

_DRIVEN = frozenset({None})
"""As whom those ride who are driven by others alone."""

_by_start, _by_operator = itemgetter(START), itemgetter(OPERATOR)
_at, _user, _rides_as, _lon = map(itemgetter, (AT, USER, RIDES_AS, LON))
_by_other, _by_arrival = itemgetter(OTHER), itemgetter(RECEIVED, AT)


def judge_groups(spill: Spill, profile: Profile, number: int) -> None:
    """Find what speaks against journeys because of others, under the profile of that number.

    Raises:
        ConfigError: for a profile that counts journeys by their status.
    """
    groups, bit = Groups(spill, profile), 1 << number
    for seq, source, line in spill.duplicates(bit):
        spill.find(seq, declared_before(source, line))
    for person, rows in spill.people(bit):
        groups.person(person, rows)
    for seq, role in spill.users():
        spill.find(seq, user_shared(role))


def declared_before(source: int, line: int) -> str:
    """Return, packed, that an id was declared on a line of a source, or before if that is -1."""
    code = "duplicate" if source >= 0 else "duplicate_past"
    return Reason(code, "refused", params={"line": line}).packed()


def user_shared(role: str) -> str:
    """Return, packed, that the user id of a role stands for several persons."""
    pointer = f"/{role}/identity/operator_user_id"
    return Reason("user_shared", "warning", pointer=pointer).packed()


class Found(Protocol):
    """Where what is found goes; see :class:`Spill`, which is one."""

    def find(self, seq: int, reason: str) -> None:
        """Keep a reason, packed, against a journey."""

    def day(self, seq: int, role: str, count: int, trips: tuple[str, ...] = ()) -> None:
        """Keep how many trips a person of a journey has in its day, and which if that matters."""

    def user(self, operator: str, user: str, person: str, ats: tuple[int, ...]) -> None:
        """Keep who is behind a user id, and where; see ``AT`` of a side."""


class Groups:
    """Judges what takes all journeys of a person.

    Raises:
        ConfigError: for a profile that counts journeys by their status.
    """

    def __init__(self, spill: Found, profile: Profile) -> None:
        if profile["too_many_trips_by_day"]["statuses_left_out"]:
            raise ConfigError("proof.rules-leave-out", rules=profile.name)
        self._spill = spill
        self._terms = terms_of(profile)
        self._anomalies = Anomalies(profile)
        self._operators = Operators(profile)
        self._spans: defaultdict[str, dict[int, Span]] = defaultdict(dict)
        self._close = Reason("too_close_trips", "refused").packed()
        self._overlap = Reason(
            "temporal_overlap_anomaly", "depends", "processing", "order"
        ).packed()
        self._split = Reason("trip_split", "warning", pointer="/operator_trip_id").packed()
        self._shared = Reason("interoperator_overlap", "depends", "processing", "window").packed()

    def person(self, person: str, own: Sequence[Side]) -> None:
        """Judge the journeys of one person, which come sorted."""
        operators = set(map(_by_operator, own))
        for operator in operators:
            some = own if len(operators) == 1 else [s for s in own if s[OPERATOR] == operator]
            self._users(operator, person, some)
            if len(some) > 1:
                if len(some) > self._terms.least:
                    self._days(person, some)
                for near in _near(some, self._terms.gap):
                    self._together(person, near)
        if len(operators) > 1:
            self._across(own, person)

    def _users(self, operator: str, person: str, own: Sequence[Side]) -> None:
        """Warn of a person with several user ids, and keep who has which."""
        ats, users = tuple(map(_at, own)), set(map(_user, own))
        if len(users) == 1 and set(map(_rides_as, own)) == _DRIVEN:
            self._spill.user(operator, users.pop(), person, ats)
            return
        found: defaultdict[str, list[int]] = defaultdict(list)
        for side in own:
            found[side[USER]].append(side[AT])
        if len(found) > 1:
            for at in ats:
                role = "driver" if at & 1 else "passenger"
                pointer = f"/{role}/identity/identity_key"
                self._find(at >> 1, Reason("person_split", "warning", pointer=pointer).packed())
        for side in own:
            if side[OTHER] == person:
                found[side[RIDES_AS]].append(side[AT] - 1)
        for user, some in found.items():
            self._spill.user(operator, user, person, tuple(some))

    def _days(self, person: str, own: Sequence[Side]) -> None:
        """Keep what a person had in the day of each journey before it arrived."""
        least, zone_of = self._terms.least, self._terms.days.zone_of
        zones = set(map(zone_of, set(map(_lon, own))))
        for zone in zones:
            for (_, end), day in self._by_day(own, zone):
                if len(day) <= least:
                    continue
                known: set[str] = set()
                for side in sorted(day, key=_by_arrival):
                    if len(known) >= least and (len(zones) == 1 or zone_of(side[LON]) == zone):
                        self._many(person, side, known)
                    if side[START] < end:
                        known.add(side[TRIP])

    def _by_day(self, own: Sequence[Side], zone: str) -> Iterable[tuple[Span, list[Side]]]:
        """Return sides, which come sorted, by the day of a zone in which they start."""
        starts, spans = list(map(_by_start, own)), self._spans[zone]
        days: dict[Span, list[Side]] = {}
        place = 0
        while place < len(starts):
            start = starts[place]
            span = spans.get(start // QUARTER) or self._span(zone, start)
            upto = bisect_left(starts, span[1], place + 1)
            if span in days:
                days[span] += own[place:upto]
            else:
                days[span] = list(own[place:upto])
            place = upto
        return days.items()

    def _many(self, person: str, side: Side, known: Collection[str]) -> None:
        """Keep that a person has so many trips in the day of a journey."""
        at = side[AT]
        if known and at >= 0 and self._terms.matters(len(known)):
            told = tuple(sorted(known)[:MOST_TRIPS]) if self._terms.union else ()
            count = min(len(known), MOST_TRIPS)
            if at & 1:
                self._spill.day(at >> 1, "driver", count, told)
            if not at & 1 or side[OTHER] == person:
                self._spill.day(at >> 1, "passenger", count, told)

    def _span(self, zone: str, start: int) -> Span:
        spans = self._spans[zone]
        if len(spans) > _SPANS:
            spans.clear()
        span = spans[start // QUARTER] = self._terms.days.day(start, zone)
        return span

    def _together(self, person: str, near: Sequence[Side]) -> None:
        """Judge journeys of a person and an operator that are near each other, by start."""
        if _apart(near):
            return
        driven = [side for side in near if side[AT] & 1]
        ridden = [side for side in near if not side[AT] & 1 or side[OTHER] == person]
        if len(ridden) > 1:
            timed = [Timed(side[START], side[END], side[AT] >> 1) for side in ridden]
            for seq in {one.key for one, _ in self._anomalies.overlapping(timed)}:
                self._find(seq, self._overlap)
        if len(driven) > 1 and len(ridden) < len(near):
            self._cars(driven)
        for couple in _couples(near, person):
            for seq in _too_close(couple, self._terms):
                self._find(seq, self._close)

    def _cars(self, driven: Sequence[Side]) -> None:
        """Warn of passengers of one car at one time who do not share a trip."""
        until, trip = driven[0][START], ""
        for side in driven:
            if side[START] < until and side[TRIP] != trip:
                self._find(side[AT] >> 1, self._split)
            if side[END] > until:
                until, trip = side[END], side[TRIP]

    def _across(self, own: Sequence[Side], person: str) -> None:
        declared = list(map(_declared, own))
        for one in self._operators.too_many_trips_in_some_window(declared):
            self._likely(one, "interoperator_too_many_trips_by_day")
        for couple in _couples(own, person):
            if len(set(map(_by_operator, couple))) > 1:
                self._couple_across(couple)

    def _couple_across(self, couple: Sequence[Side]) -> None:
        declared = list(map(_declared, couple))
        for one in self._operators.overlap(declared):
            self._find(one.key, self._shared)
        for one in self._operators.too_close_trips(declared):
            self._likely(one, "interoperator_too_close_trips")

    def _likely(self, one: Declared, rule: str) -> None:
        self._find(one.key, Reason(rule, "depends", "processing", "window").packed())

    def _find(self, seq: int, reason: str) -> None:
        if seq >= 0:
            self._spill.find(seq, reason)


def _apart(near: Sequence[Side]) -> bool:
    """Say whether sides of a person, by start, do not overlap and are each with another one."""
    until = near[0][START]
    for side in near:
        if side[START] < until or side[END] < side[START]:
            return False
        until = side[END]
    return len(set(map(_by_other, near))) == len(near)


def _near(own: Sequence[Side], gap: int) -> list[Sequence[Side]]:
    """Return, of sides by start, those that have others before or after them within a gap."""
    found = []
    begun, until = 0, own[0][END]
    for place, side in enumerate(own):
        start, end = side[START], side[END]
        if end < start:
            return [own]
        if start - gap > until:
            if place - begun > 1:
                found.append(own[begun:place])
            begun = place
        if end > until:
            until = end
    if len(own) - begun > 1:
        found.append(own[begun:])
    return found


def _declared(side: Side) -> Declared:
    start, _, at, end, _, other, operator, trip, _, _, _, _ = side
    return Declared(start, end, operator, trip, other, at & 1 == 1, at >> 1)


def _couples(own: Sequence[Side], person: str) -> Iterable[list[Side]]:
    """Return the journeys of each couple that has several, once: with who comes first."""
    found: dict[str, list[Side]] = {}
    if len(set(map(_by_other, own))) < len(own):
        for side in own:
            if person <= side[OTHER]:
                found.setdefault(side[OTHER], []).append(side)
    return [couple for couple in found.values() if len(couple) > 1]


def _too_close(couple: Sequence[Side], terms: Terms) -> Iterator[int]:
    """Yield the journeys of one couple and operator that clash with one that arrived before."""
    starts = list(map(_by_start, couple))
    past = [Past(side[TRIP], side[START], side[END]) for side in couple]
    longest = max(own.end - own.start for own in past)
    for side, own in zip(couple, past, strict=True):
        low = bisect_left(starts, own.start - terms.gap - longest)
        high = bisect_right(starts, own.end + terms.gap)
        arrived = _by_arrival(side)
        for other in range(low, high):
            if _by_arrival(couple[other]) < arrived and terms.clashes(own, past[other]):
                yield side[AT] >> 1
                break
