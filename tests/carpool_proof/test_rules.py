"""The registry's rules at their boundaries, under both profiles."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobstd.carpool_proof.rules.anomalies import Anomalies, Route, Timed
from mobstd.carpool_proof.rules.days import Days
from mobstd.carpool_proof.rules.facts import Facts, facts, instant
from mobstd.carpool_proof.rules.history import Memory
from mobstd.carpool_proof.rules.operators import Declared, Operators
from mobstd.carpool_proof.rules.profile import profile, profiles
from mobstd.carpool_proof.rules.terms import terms_of
from mobstd.errors import UnknownName

OLD, NEW = profile("2025-08"), profile("2026-07")
BOTH = pytest.mark.parametrize("rules", [OLD, NEW], ids=lambda p: p.name)
HOUR, MINUTE = 3_600_000, 60_000
DAY = 24 * HOUR


def ms(text: str) -> int:
    return instant(text)


def journey(**changes: Any) -> Facts:
    """Return the journey of the reference table: d drives p in T0, 09:00 to 09:30."""
    start = ms("2025-01-06T09:00:00Z")
    plain = Facts(
        "o", "j0", "T0", "d", "p", "ud", "up", start, start + 30 * MINUTE, 2.35, "C", 5000, 4000
    )
    return plain._replace(**changes)


def at(trip: str, start: str, end: str, **changes: Any) -> Facts:
    day = "2025-01-06T"
    return journey(trip=trip, start=ms(f"{day}{start}Z"), end=ms(f"{day}{end}Z"), **changes)


def labels(rules: Any, one: Facts, *past: Facts, received: str = "2025-01-06T10:00:00Z") -> list:
    found = terms_of(rules).all(one, ms(received), Memory(past))
    return [refusal.label for refusal in found]


def test_profiles_are_data() -> None:
    assert profiles() == ["2025-08", "2026-07"]
    with pytest.raises(UnknownName, match="2025-08, 2026-07"):
        profile("2024-01")


@BOTH
@given(start=st.integers(0, 2**42), late=st.integers(-2, 2))
def test_24_hours_to_the_millisecond(rules: Any, start: int, late: int) -> None:
    one = journey(start=start, end=start)
    found = terms_of(rules).expired(one, start + DAY + late)
    assert (found is not None) == (late > 0)


def test_a_start_after_the_reception_counts_by_its_amount_or_not() -> None:
    one = journey()
    early = one.start - DAY - 1
    assert terms_of(OLD).expired(one, early)
    assert not terms_of(NEW).expired(one, early)


@BOTH
def test_dates(rules: Any) -> None:
    dates = terms_of(rules).dates
    one = journey()
    assert dates(one, one.end) is None
    assert dates(one, one.end - 1) is not None
    assert dates(journey(start=one.end), one.end) is None
    assert dates(journey(start=one.end + 1), one.end + HOUR) is not None


@pytest.mark.parametrize(("rules", "bound"), [(OLD, 2000), (NEW, 1000)])
def test_distance(rules: Any, bound: int) -> None:
    assert labels(rules, journey(distance=bound - 1)) == ["distance_too_short"]
    assert labels(rules, journey(distance=bound)) == []


@BOTH
@given(
    gap=st.integers(30 * MINUTE - 2, 30 * MINUTE + 2),
    length=st.integers(1, 5 * HOUR),
    swapped=st.booleans(),
)
def test_30_minutes_inclusive_before_exclusive_after(
    rules: Any, gap: int, length: int, swapped: bool
) -> None:
    one = journey()
    people = {"driver": "p", "passenger": "d"} if swapped else {}
    before = journey(trip="T", start=one.start - gap - length, end=one.start - gap, **people)
    after = journey(trip="T", start=one.end + gap, end=one.end + gap + length, **people)
    close = terms_of(rules).too_close_trips
    assert (close(one, Memory([before])) is not None) == (gap <= 30 * MINUTE)
    assert (close(one, Memory([after])) is not None) == (gap < 30 * MINUTE)


CLOSE = [
    ("08:00:00", "08:30:00", {}, True),
    ("08:00:00", "08:29:59", {}, False),
    ("10:00:00", "10:30:00", {}, False),
    ("09:59:59", "10:30:00", {}, True),
    ("09:00:00", "09:30:00", {}, True),
    ("09:00:00", "09:50:00", {}, True),
    ("09:10:00", "09:20:00", {}, True),
    ("08:00:00", "11:00:00", {}, False),
    ("08:00:00", "09:30:00", {}, False),
    ("08:00:00", "09:29:59", {}, True),
    ("09:40:00", "09:50:00", {"driver": "p", "passenger": "d"}, True),
    ("09:00:00", "09:30:00", {"passenger": "q"}, False),
    ("09:00:00", "09:30:00", {"operator": "other"}, False),
]


@BOTH
@pytest.mark.parametrize(("start", "end", "changes", "close"), CLOSE)
def test_too_close(rules: Any, start: str, end: str, changes: Any, close: bool) -> None:
    past = at("T1", start, end, **changes)
    expected = ["too_close_trips"] if close else []
    assert labels(rules, journey(), past) == expected
    assert labels(rules, journey(), past._replace(trip="T0")) == []


def trips(count: int, person: str = "d", start: str = "2025-01-06T05:00:00Z") -> list[Facts]:
    return [
        journey(
            trip=f"T{person}{n}",
            driver=person,
            passenger=f"other{n}",
            start=ms(start) + n,
            end=ms(start) + n + MINUTE,
        )
        for n in range(1, count + 1)
    ]


MANY = "too_many_trips_by_day"


def test_trips_of_a_day() -> None:
    one = journey()
    assert labels(OLD, one, *trips(3)) == []
    assert labels(OLD, one, *trips(4)) == [MANY]
    assert labels(NEW, one, *trips(4)) == []
    assert labels(NEW, one, *trips(5)) == [MANY]
    assert labels(OLD, one, *trips(2), *trips(2, "p")) == [MANY]
    assert labels(NEW, one, *trips(4), *trips(4, "p")) == []
    assert labels(OLD, one._replace(trip="Td1"), *trips(4)) == [MANY]
    same = [t._replace(trip="T") for t in trips(6)]
    assert labels(OLD, one, *same) == labels(NEW, one, *same) == []
    assert labels(OLD, one, *(t._replace(operator="x") for t in trips(6))) == []
    rider = [t._replace(driver=f"x{n}", passenger="d") for n, t in enumerate(trips(5))]
    assert labels(NEW, one, *rider) == [MANY]


def test_the_counts_are_told_where_the_registry_does() -> None:
    found = terms_of(NEW).too_many_trips_by_day(journey(), Memory([*trips(5), *trips(2, "p")]))
    assert found is not None
    assert found.metas == {"driver": 5, "passenger": 2, "limit": 4}
    old = terms_of(OLD).too_many_trips_by_day(journey(), Memory(trips(5)))
    assert old is not None
    assert old.metas == {}


@pytest.mark.parametrize(
    ("start", "counted"),
    [
        ("2025-01-05T23:00:00Z", True),
        ("2025-01-05T22:59:00Z", False),
        ("2025-01-06T22:59:59.990Z", True),
    ],
)
def test_the_day_is_that_of_paris(start: str, counted: bool) -> None:
    assert labels(OLD, journey(), *trips(4, start=start)) == ([MANY] if counted else [])


def test_the_last_millisecond_is_in_no_day() -> None:
    last = [t._replace(start=ms("2025-01-06T22:59:59.999Z")) for t in trips(4)]
    assert labels(OLD, journey(), *last) == []
    before = [t._replace(start=ms("2025-01-06T22:59:59.998Z")) for t in trips(4)]
    assert labels(OLD, journey(), *before) == [MANY]


def test_labels_come_in_the_registrys_order() -> None:
    one = journey(distance=10)
    found = labels(
        OLD,
        one,
        *trips(4),
        at("T9", "09:00:00", "09:30:00"),
        received="2025-01-09T00:00:00Z",
    )
    assert found == ["expired", "distance_too_short", MANY, "too_close_trips"]


DAYS = [
    (OLD, "2025-07-06T12:00:00Z", 2.35, "2025-07-05T22:00:00Z", "2025-07-06T21:59:59.999Z"),
    (OLD, "2025-03-30T12:00:00Z", 2.35, "2025-03-29T23:00:00Z", "2025-03-30T21:59:59.999Z"),
    (OLD, "2025-10-26T12:00:00Z", 55.4, "2025-10-25T22:00:00Z", "2025-10-26T22:59:59.999Z"),
    (OLD, "2024-01-01T02:00:00Z", 2.35, "2023-12-31T23:00:00Z", "2024-01-01T22:59:59.999Z"),
    (NEW, "2026-07-06T20:30:00Z", 55.45, "2026-07-06T20:00:00Z", "2026-07-07T19:59:59.999Z"),
    (NEW, "2026-07-06T20:30:00Z", -61.55, "2026-07-06T04:00:00Z", "2026-07-07T03:59:59.999Z"),
    (NEW, "2026-07-06T20:30:00Z", 13.4, "2026-07-06T00:00:00Z", "2026-07-06T23:59:59.999Z"),
]


@pytest.mark.parametrize(("rules", "start", "lon", "first", "last"), DAYS)
def test_days(rules: Any, start: str, lon: float, first: str, last: str) -> None:
    days = Days.of(rules[MANY])
    assert days.day(ms(start), days.zone_of(lon)) == (ms(first), ms(last))


@pytest.mark.parametrize(
    ("lon", "zone"),
    [
        (-5.5, "Europe/Paris"),
        (9.8, "Europe/Paris"),
        (9.81, "UTC"),
        (-5.51, "UTC"),
        (-62, "America/Guadeloupe"),
        (-60, "America/Guadeloupe"),
        (-56.3, "America/Miquelon"),
        (55, "Indian/Reunion"),
        (45, "Indian/Mayotte"),
        (172, "Pacific/Noumea"),
        (-177, "Pacific/Wallis"),
        (180, "UTC"),
    ],
)
def test_the_zone_follows_the_longitude(lon: float, zone: str) -> None:
    assert Days.of(NEW[MANY]).zone_of(lon) == zone
    assert Days.of(OLD[MANY]).zone_of(lon) == "Europe/Paris"


@given(
    lon=st.sampled_from([2.35, -61.5, -52.0, -56.3, 55.5, 45.0, 166.0, -149.0, -177.0, 13.4]),
    day=st.dates(datetime(2024, 1, 2).date(), datetime(2027, 12, 30).date()),  # noqa: DTZ001
    off=st.integers(-3, 3),
)
def test_a_day_changes_with_the_clock_of_the_start(lon: float, day: Any, off: int) -> None:
    days = Days.of(NEW[MANY])
    zone = days.zone_of(lon)
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    first = int(midnight.timestamp()) * 1000
    found = days.day(first + off, zone)
    assert (found[0] == first) == (off >= 0)
    tomorrow = (midnight + timedelta(days=1)).replace(tzinfo=ZoneInfo(zone))
    if off >= 0:
        assert found[1] == int(tomorrow.timestamp()) * 1000 - 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-01-06T07:00:00Z", 0),
        ("2025-01-06T07:00:00.123Z", 123),
        ("2025-01-06T07:00:00.123999999Z", 123),
        ("2025-01-06T08:00:00+01:00", 0),
        ("2025-01-06T08:00:00+0100", 0),
        ("2025-01-06 07:00:00Z", 0),
        ("2025-01-06t07:00:00z", 0),
        ("2025-01-06T07:00:00-00:00", 0),
    ],
)
def test_instants(text: str, expected: int) -> None:
    base = int(datetime(2025, 1, 6, 7, tzinfo=UTC).timestamp()) * 1000
    assert instant(text) == base + expected


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)))  # noqa: DTZ001
def test_every_instant_is_cut_to_its_millisecond(moment: datetime) -> None:
    aware = moment.replace(tzinfo=UTC)
    exact = (aware - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    assert instant(aware.isoformat()) == exact


def test_what_is_no_instant() -> None:
    for text in ("2025-01-06T07:00:00", "2025-02-29T07:00:00Z", "2016-12-31T23:59:60Z"):
        with pytest.raises(ValueError):  # noqa: PT011
            instant(text)


def pairs(*spans: tuple[int, int]) -> set[tuple[int, int]]:
    timed = [Timed(start * 1000, end * 1000, n) for n, (start, end) in enumerate(spans)]
    return {(one.key, other.key) for one, other in Anomalies(OLD).overlapping(timed)}


def test_overlaps() -> None:
    assert pairs((0, 1000), (0, 1000)) == {(0, 1), (1, 0)}
    assert pairs((0, 1000), (300, 1300)) == set()
    assert pairs((0, 1000), (299, 1299)) == {(0, 1), (1, 0)}
    assert pairs((0, 6000), (100, 700)) == {(1, 0)}
    assert pairs((0, 25), (5, 30)) == set()
    assert pairs((0, 25), (4, 29)) == {(0, 1), (1, 0)}
    assert pairs((0, 100), (100, 200)) == set()
    assert len(pairs((0, 100), (0, 100), (0, 100))) == 6


def plausible(route: Route | None = None, straight: float = 4000, **changes: Any) -> bool | None:
    one = journey(straight=straight, **changes)
    return Anomalies(NEW).distance_duration(one, route)


def test_distance_and_duration() -> None:
    start = journey().start
    assert plausible() is None
    assert plausible(proof_class="B", distance=1) is False
    assert plausible(distance=299) is True
    assert plausible(distance=300, straight=100) is None
    assert plausible(end=start + 59_999) is True
    assert plausible(end=start + 60_000) is None
    assert plausible(distance=4000, straight=10_000) is None
    assert plausible(distance=4000, straight=10_001) is True
    good = Route(5000, 1800)
    assert plausible(good) is False
    for route, wrong in [
        (Route(299, 1800), True),
        (Route(12_500, 1800), False),
        (Route(12_501, 1800), True),
        (Route(1250, 1800), False),
        (Route(1249, 1800), True),
        (Route(5000, 59), True),
        (Route(5000, 4500), False),
        (Route(5000, 4501), True),
        (Route(5000, 257), True),
        (Route(5000, 258), False),
    ]:
        assert plausible(route) is wrong, route


def declared(start: int, end: int, operator: str, trip: str, **changes: Any) -> Declared:
    return Declared(start * 1000, end * 1000, operator, trip, "q", True, start)._replace(**changes)


def test_across_operators() -> None:
    rules = Operators(NEW)
    a = declared(0, 1000, "a", "t1")
    assert len(list(rules.overlap([a, declared(900, 2000, "b", "t2")]))) == 2
    assert list(rules.overlap([a, declared(980, 2000, "b", "t2")])) == []
    assert list(rules.overlap([a, declared(0, 1000, "a", "t2")])) == []
    assert list(rules.overlap([a, declared(900, 2000, "11", "t2")])) == []

    many = [declared(n * 5000, n * 5000 + 60, "ab"[n % 2], f"t{n}") for n in range(6)]
    assert [one.trip for one in rules.too_many_trips_by_day(many)] == ["t4", "t5"]
    assert list(rules.too_many_trips_by_day(many[:4])) == []
    assert list(rules.too_many_trips_by_day([m._replace(operator="a") for m in many])) == []
    assert list(rules.too_many_trips_by_day([m._replace(drives=False) for m in many])) == []

    first, second = declared(0, 600, "a", "t1"), declared(2400, 3000, "b", "t2")
    third = declared(4800, 5400, "a", "t3")
    assert list(rules.too_close_trips([first, second])) == []
    assert list(rules.too_close_trips([first, second, third])) == [second, third]
    assert list(rules.too_close_trips([first, second, declared(4801, 5000, "a", "t")])) == []


def test_no_repr_shows_anybody() -> None:
    one = journey(
        driver="secret", passenger="secret", driver_user="secret", passenger_user="secret"
    )
    assert "secret" not in repr(one)
    assert "j0" in repr(one)
    assert "secret" not in repr(declared(0, 1, "a", "t", other="secret"))


def test_facts_of_a_document() -> None:
    end = {"lat": 45.0, "lon": 5.0}
    person = {"identity_key": "k", "operator_user_id": "u"}
    found = facts(
        {
            "operator_journey_id": "j",
            "operator_trip_id": "t",
            "operator_class": "B",
            "start": {**end, "datetime": "2025-01-06T07:00:00Z"},
            "end": {"lat": 46.0, "lon": 5.0, "datetime": "2025-01-06T08:00:00Z"},
            "distance": 120_000,
            "driver": {"identity": person},
            "passenger": {"identity": {**person, "identity_key": "l"}},
        },
        "o",
    )
    assert found[:7] == ("o", "j", "t", "k", "l", "u", "u")
    assert found.end - found.start == HOUR
    assert found.straight == pytest.approx(111_195, abs=1)


def test_windows_that_cut_a_day_flag_no_more_than_is_foretold() -> None:
    rules, dice, day = Operators(NEW), random.Random(3), 20_640 * 86_400_000
    foretold, flagged = 0, 0
    for _ in range(150):
        person = [
            Declared(
                at := day + dice.randrange(8) * 3_600_000,
                at + 600_000,
                dice.choice("ab"),
                f"t{dice.randrange(7)}",
                "other",
                dice.random() < 0.9,
                number,
            )
            for number in range(dice.randrange(14))
        ]
        possible = set(rules.too_many_trips_in_some_window(person))
        found = {
            one
            for since in range(day - 3_600_000, day + 9 * 3_600_000, 1_800_000)
            for one in rules.too_many_trips_by_day([j for j in person if j.start >= since])
        }
        assert found <= possible
        foretold, flagged = foretold + len(possible), flagged + len(found)
    assert 0 < flagged <= foretold < 2 * flagged
