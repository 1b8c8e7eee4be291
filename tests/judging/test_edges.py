"""Filters and the queries around their margins, for items of every sort.

What ``edges`` calls inside must surely match, what it calls outside surely not; a wider margin
never loses an item. Wherever that broke, a right server would be accused.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from mobstd.canon.standard import find
from mobstd.judging.catalogue import catalogue
from mobstd.judging.context import Context
from mobstd.judging.kinds.edges import edges, shifted
from mobstd.judging.kinds.filters import distance, match
from mobstd.judging.requirement import Check
from mobstd.judging.rule import ItemFilter

NEAR = Check("near", {"point": ["/lat", "/lng"], "centre": ["lat", "lng"], "radius": "radius"})
WITHIN = Check("within", {"values": ["/a", "/b"], "centre": "when", "margin": "margin"})
EITHER = Check("within", {**WITHIN.params, "any": True})
DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
PARIS = "Europe/Paris"
ANY = (False, None, True)
"""Answers, the stricter first."""

LAT = st.floats(-84, 84)
LNG = st.floats(-178, 178)
POINTS = st.fixed_dictionaries({"lat": LAT, "lng": LNG})
MOMENTS = st.integers(1_600_000_000, 2_000_000_000)
ORDER = {answer: place for place, answer in enumerate(ANY)}


def of_version(zone: str = PARIS) -> Context:
    return Context(catalogue(find("ocss@1.0-alpha"), "operator"), timezone=zone)


CONTEXT = of_version()


def written(query: dict[str, Any]) -> dict[str, str]:
    return {k: ",".join(v) if isinstance(v, list) else str(v) for k, v in query.items()}


# Near


@given(POINTS)
@example({"lat": 83.9, "lng": 177.9})
@example({"lat": 0, "lng": 0})
def test_edges_of_a_radius_are_surely_inside_or_outside(item: dict[str, float]) -> None:
    found = list(edges(NEAR, item, {}, CONTEXT))
    assert {edge.inside for edge in found} == {True, False}
    for edge in found:
        assert match(NEAR, item, written(dict(edge.query)), CONTEXT) is edge.inside


@given(LAT, LNG, st.floats(0.01, 500), st.floats(0, 360))
def test_a_shifted_point_is_as_far_away_as_asked(
    lat: float, lng: float, km: float, bearing: float
) -> None:
    there = shifted(lat, lng, km, bearing)
    assume(abs(there[0]) < 90 and abs(there[1]) <= 180)
    # Six decimals of a degree are some 11 cm.
    assert distance((lat, lng), there) == pytest.approx(km, rel=1e-4, abs=3e-4)


@given(POINTS, POINTS, st.floats(0, 20_000), st.floats(1, 3))
def test_a_wider_radius_never_loses_an_item(
    item: dict[str, float], centre: dict[str, float], radius: float, factor: float
) -> None:
    narrow = match(NEAR, item, written({**centre, "radius": radius}), CONTEXT)
    wide = match(NEAR, item, written({**centre, "radius": radius * factor}), CONTEXT)
    assert ORDER[wide] >= ORDER[narrow]


@given(POINTS, POINTS, st.floats(0.001, 20_000))
def test_near_agrees_with_the_distance(
    item: dict[str, float], centre: dict[str, float], radius: float
) -> None:
    answer = match(NEAR, item, written({**centre, "radius": radius}), CONTEXT)
    away = distance((item["lat"], item["lng"]), (centre["lat"], centre["lng"]))
    if answer is not None:
        assert answer is (away <= radius)


@pytest.mark.parametrize(
    "item",
    [{}, {"lat": 1.0}, {"lat": "1", "lng": 2}, {"lat": 89.0, "lng": 0}, {"lat": 0, "lng": 180}],
)
def test_there_are_no_edges_where_none_can_be_sure(item: dict[str, Any]) -> None:
    assert list(edges(NEAR, item, {}, CONTEXT)) == []


# Within


@given(st.dictionaries(st.sampled_from("ab"), MOMENTS, min_size=1), st.booleans())
def test_edges_of_a_margin_are_surely_inside_or_outside(item: dict[str, int], either: bool) -> None:
    spread = max(item.values()) - min(item.values())
    assume(spread < 60)
    check = EITHER if either else WITHIN
    for edge in edges(check, item, {}, CONTEXT):
        assert match(check, item, written(dict(edge.query)), CONTEXT) is edge.inside


@given(
    st.dictionaries(st.sampled_from("ab"), st.integers(0, 5000), min_size=1),
    st.integers(0, 5000),
    st.integers(0, 3000),
    st.integers(0, 3000),
    st.sampled_from([WITHIN, EITHER]),
)
def test_a_wider_margin_never_loses_an_item(
    item: dict[str, int], when: int, margin: int, more: int, check: Check
) -> None:
    narrow = match(check, item, written({"when": when, "margin": margin}), CONTEXT)
    wide = match(check, item, written({"when": when, "margin": margin + more}), CONTEXT)
    assert ORDER[wide] >= ORDER[narrow]


# Schedules of regular trips

RULE = Check("rule", {"call": "schedule-window"})


def spoken(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def slot(day: str, seconds: int, zone: str = PARIS, dates: int = 2) -> dict[str, Any]:
    """A slot with some dates that fall on its day at its time in ``zone``."""
    monday = datetime(2026, 3, 2, tzinfo=ZoneInfo(zone))
    first = monday + timedelta(days=DAYS.index(day))
    first = first.replace(hour=seconds // 3600, minute=seconds // 60 % 60, second=seconds % 60)
    moments = [int((first + timedelta(weeks=week * 3)).timestamp()) for week in range(dates)]
    journeys = [{"passengerPickupDate": moment, "type": "PLANNED"} for moment in moments]
    out = {"passengerPickupDay": day, "passengerPickupTimeOfDay": spoken(seconds)}
    return {**out, "journeySchedules": journeys} if dates else out


SLOTS = st.builds(slot, st.sampled_from(DAYS), st.integers(0, 86_399), dates=st.integers(0, 3))
TRIPS = st.lists(SLOTS, min_size=1, max_size=4).map(lambda slots: {"schedules": slots})
CLOCKS = st.integers(0, 86_399).map(spoken)
WEEKDAYS = st.lists(st.sampled_from(DAYS), min_size=1, unique=True)


@given(TRIPS)
@example({"schedules": [slot("MON", 60)]})
@example({"schedules": [slot("SUN", 86_340)]})
@example({"schedules": [slot("SUN", 2 * 3600 + 1800)]})
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_some_edge_of_a_schedule_is_surely_inside_and_none_is_wrong(trip: dict[str, Any]) -> None:
    rule: ItemFilter = CONTEXT.catalogue.version.rules["schedule-window"]
    assert rule.edges is not None
    first = trip["schedules"][0]
    found = {
        "departureTimeOfDay": first["passengerPickupTimeOfDay"],
        "timeDelta": 3600,
    }
    tried = [
        (edit.inside, match(RULE, trip, written({**found, **edit.query}), CONTEXT))
        for edit in rule.edges(trip, found, CONTEXT)
    ]
    hour = int(first["passengerPickupTimeOfDay"][:2])
    assert (True, True) in tried or hour in (0, 23)  # there a day is not told from the next (A6)
    if len(trip["schedules"]) == 1:
        assert (True, False) not in tried
        assert (False, True) not in tried


@given(st.sampled_from(DAYS), st.integers(0, 86_399))
def test_a_trip_of_one_slot_is_lost_just_outside(day: str, seconds: int) -> None:
    trip = {"schedules": [slot(day, seconds)]}
    rule: ItemFilter = CONTEXT.catalogue.version.rules["schedule-window"]
    assert rule.edges is not None
    base = {"departureTimeOfDay": spoken(seconds), "timeDelta": 3600}
    for edit in rule.edges(trip, base, CONTEXT):
        answer = match(RULE, trip, written({**base, **edit.query}), CONTEXT)
        # Near midnight a window reaches into another day, and nobody is held to one.
        far_from_midnight = 3 * 3600 <= seconds < 21 * 3600
        sure = far_from_midnight and edit.severity == "error"
        assert answer is edit.inside if sure else answer in (edit.inside, None)


@given(TRIPS, CLOCKS, st.integers(0, 43_000), st.integers(0, 43_000))
def test_a_wider_time_of_day_never_loses_a_trip(
    trip: dict[str, Any], clock: str, delta: int, more: int
) -> None:
    def answer(margin: int) -> bool | None:
        query = {"departureTimeOfDay": clock, "timeDelta": margin}
        return match(RULE, trip, written(query), CONTEXT)

    assert ORDER[answer(delta + more)] >= ORDER[answer(delta)]


@given(TRIPS, CLOCKS, st.integers(0, 43_000), WEEKDAYS, WEEKDAYS)
def test_more_weekdays_never_lose_a_trip(
    trip: dict[str, Any], clock: str, delta: int, days: list[str], more: list[str]
) -> None:
    def answer(wanted: list[str]) -> bool | None:
        query = {"departureTimeOfDay": clock, "timeDelta": delta, "departureWeekdays": wanted}
        return match(RULE, trip, written(query), CONTEXT)

    assert ORDER[answer(list({*days, *more}))] >= ORDER[answer(days)]


@pytest.mark.parametrize(
    ("slot_at", "asked", "delta", "answer"),
    [
        (23 * 3600 + 3000, "00:10:00", 1800, None),
        (600, "23:50:00", 1800, None),
        (600, "23:50:00", 1200, None),
        (600, "23:50:00", 1199, False),
        (12 * 3600, "00:00:00", 43_199, False),
        (12 * 3600, "00:00:00", 43_200, None),
        (12 * 3600, "00:00:00", 43_201, True),
    ],
)
def test_times_of_day_go_round_midnight(
    slot_at: int, asked: str, delta: int, answer: bool | None
) -> None:
    trip = {"schedules": [slot("MON", slot_at, dates=0)]}
    query = {"departureTimeOfDay": asked, "timeDelta": str(delta)}
    assert match(RULE, trip, query, CONTEXT) is answer


def test_near_midnight_nobody_is_held_to_a_day() -> None:
    trip = {"schedules": [slot("MON", 23 * 3600 + 3000, dates=0)]}
    query = {"departureTimeOfDay": "00:10:00", "timeDelta": "1800"}
    assert match(RULE, trip, {**query, "departureWeekdays": "TUE"}, CONTEXT) is None
    assert match(RULE, trip, {**query, "departureWeekdays": "MON"}, CONTEXT) is None
    assert match(RULE, trip, query, CONTEXT) is None


def dated(moment: datetime) -> dict[str, Any]:
    return {"schedules": [{"journeySchedules": [{"passengerPickupDate": int(moment.timestamp())}]}]}


def test_a_date_without_a_time_may_be_meant_in_either_zone() -> None:
    trip = dated(datetime(2026, 1, 5, 8, tzinfo=ZoneInfo(PARIS)))

    def at(clock: str) -> bool | None:
        query = {"departureTimeOfDay": clock, "timeDelta": "600"}
        return match(RULE, trip, query, CONTEXT)

    assert at("08:00:00") is None
    assert at("07:00:00") is None
    assert at("09:00:00") is False
    utc = of_version("UTC")
    query = {"departureTimeOfDay": "07:00:00", "timeDelta": "600"}
    assert match(RULE, trip, query, utc) is True


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 29, 1, 59, tzinfo=UTC),
        datetime(2026, 3, 29, 0, 59, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    ],
)
def test_when_clocks_change_a_date_still_has_its_time(moment: datetime) -> None:
    clock = moment.astimezone(ZoneInfo(PARIS)).strftime("%H:%M:%S")
    query = {"departureTimeOfDay": clock, "timeDelta": "600"}
    assert match(RULE, dated(moment), query, CONTEXT) in (True, None)
    assert match(RULE, dated(moment), {**query, "departureTimeOfDay": "12:00:00"}, CONTEXT) is False


@given(st.sampled_from(DAYS), st.integers(0, 86_399), st.integers(0, 60))
def test_a_slot_and_its_dates_agree_all_year(day: str, seconds: int, weeks: int) -> None:
    """OCSS-REG-17: in the operator's zone or in UTC, summer and winter."""
    rule = CONTEXT.catalogue.version.rules["schedule-coherence"]
    hour, minute = seconds // 3600, seconds // 60 % 60
    monday = datetime(2026, 1, 5, tzinfo=ZoneInfo(PARIS))
    moment = monday + timedelta(days=DAYS.index(day) + 7 * weeks)
    moment = moment.replace(hour=hour, minute=minute)
    # A time that the clocks skip exists on no such day.
    assume(moment.astimezone(UTC).astimezone(ZoneInfo(PARIS)).hour == hour)
    one = {
        "passengerPickupDay": day,
        "passengerPickupTimeOfDay": spoken(hour * 3600 + minute * 60),
        "journeySchedules": [{"passengerPickupDate": int(moment.timestamp())}],
    }
    assert list(rule.judge({"schedules": [one]}, CONTEXT)) == []


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "schedules",
                    "journeySchedules",
                    "passengerPickupDate",
                    "passengerPickupDay",
                    "passengerPickupTimeOfDay",
                    "passengerPickupLat",
                    "passengerPickupLng",
                    "passengerDropLat",
                    "passengerDropLng",
                    "distance",
                    "duration",
                    "journeyPolyline",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(ODD, st.dictionaries(st.sampled_from(["departureTimeOfDay", "timeDelta"]), st.text()))
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=300)
def test_rules_survive_any_document(item: Any, query: dict[str, str]) -> None:
    for rule in CONTEXT.catalogue.version.rules.values():
        if isinstance(rule, ItemFilter):
            assert rule.match(item, query, CONTEXT) in ANY
            if rule.edges is not None:
                list(rule.edges(item, query, CONTEXT))
        else:
            found = rule.judge(item, CONTEXT)
            assert found is None or all(trouble.code for trouble in found)


def test_distances_of_edges_keep_clear_of_the_tolerance() -> None:
    for edge in edges(NEAR, {"lat": 45.0, "lng": 5.0}, {}, CONTEXT):
        query = edge.query
        away = distance((45.0, 5.0), (query["lat"], query["lng"]))
        assert not math.isclose(away, query["radius"], rel_tol=0.05)
