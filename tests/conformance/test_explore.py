"""Where the target has data is found, whatever it limits and wherever its data is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from mobstd.conformance.explore import confirm, explore
from mobstd.conformance.places import Circle, circles, place
from mobstd.conformance.vicinity import query_of
from mobstd.errors import ConfigError
from mobstd.rdex_plus.reference import build
from mobstd.transport import AsgiSender

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
OPERATION = "getDriverJourneys"
DAY = 86_400


def explored(lab: Any, **options: Any) -> Any:
    options = {"areas": (), "hints": {}, "now": NOW, **options}
    with lab.session.phase("explore", 60):
        explore(lab, [OPERATION], **options)
    return lab


@pytest.fixture
def found(lab: Callable[..., Any], operator: Any) -> Callable[..., Any]:
    def run(journeys: Any, refuses: Any = lambda query: False, **options: Any) -> Any:
        return explored(lab(operator(journeys, refuses)), **options)

    return run


def sees(lab: Any) -> int:
    assert len(lab.session.exchanges) <= 60
    return len(lab.anchors[OPERATION])


def at_most_km(km: float) -> Callable[[dict[str, str]], bool]:
    return lambda query: float(query.get("departureRadius", 1)) > km


def at_most_seconds(seconds: int) -> Callable[[dict[str, str]], bool]:
    return lambda query: int(query.get("timeDelta", 900)) > seconds


@pytest.mark.parametrize(
    ("where", "refuses"),
    [
        ({}, lambda query: False),
        ({}, at_most_km(200)),
        ({"lat": 45.78, "lng": 4.85}, at_most_km(50)),
        ({"days": 0.4}, at_most_seconds(43_200)),
        ({"days": 0.4}, lambda q: at_most_km(200)(q) or at_most_seconds(43_200)(q)),
        ({"lat": 48.39, "lng": -4.49}, lambda query: False),
        ({"lat": 42.7, "lng": 9.45}, lambda query: False),
        ({"days": 25}, lambda query: False),
        ({"days": -20}, lambda query: False),
        ({"count": 1}, lambda query: False),
    ],
    ids=["plain", "200 km", "50 km", "12 h", "both", "Brest", "Bastia", "later", "past", "one"],
)
def test_it_is_found(found: Any, journeys: Any, where: dict[str, Any], refuses: Any) -> None:
    lab = found(journeys(**where), refuses)
    assert sees(lab) >= 1
    assert lab.controls[OPERATION]


def test_what_was_found_can_be_asked_for_again(found: Any, journeys: Any) -> None:
    lab = found(journeys())
    assert len({anchor.key for anchor in lab.anchors[OPERATION]}) == len(lab.anchors[OPERATION])
    for anchor in lab.anchors[OPERATION]:
        answer = lab.ask(OPERATION, anchor.query, "twin")
        assert anchor.key in lab.keys(answer)
        assert "count" not in anchor.query


def test_without_data_the_search_ends_within_its_share(found: Any) -> None:
    lab = found([])
    assert lab.anchors[OPERATION] == []
    assert len(lab.session.exchanges) <= 60
    assert lab.controls[OPERATION]


def test_a_target_that_refuses_everything_has_no_control(found: Any) -> None:
    lab = found([], lambda query: True)
    assert lab.controls == {}


def test_an_absent_operation_is_not_asked_on_and_on(lab: Any, operator: Any) -> None:
    made = lab(operator([]))
    with made.session.phase("explore", 60):
        explore(made, ["getPassengerJourneys"], areas=(), hints={}, now=NOW)
    assert len(made.session.exchanges) <= 2


def test_answers_that_are_too_large_make_it_ask_smaller(
    lab: Any, operator: Any, journeys: Any
) -> None:
    right = journeys(count=30)

    def heedless(query: dict[str, str], found: list[Any]) -> list[Any]:
        return right * 1200 if float(query.get("departureRadius", 1)) > 200 else found

    made = explored(lab(operator(right, edits=heedless)))
    assert made.session.exchanges[0].response.truncated
    assert sees(made) >= 1


def test_hints_are_read_in_the_types_of_their_parameters(found: Any, journeys: Any) -> None:
    """What a profile says is text; what goes on from there reckons with radii and margins."""
    one = journeys(count=1)[0]
    ends = {"departure": "passengerPickup", "arrival": "passengerDrop"}
    hint = {f"{e}{c}": str(one[f"{p}{c}"]) for e, p in ends.items() for c in ("Lat", "Lng")}
    hint |= {"departureDate": str(one["passengerPickupDate"]), "departureRadius": "7.5"}
    lab = found([one], hints={OPERATION: ({**hint, "timeDelta": "600"},)})
    asked = lab.wide[OPERATION]
    assert (asked["departureRadius"], asked["timeDelta"]) == (7.5, 600)
    assert lab.session.sender.asked[0]["departureRadius"] == "7.5"


def test_hints_come_first(found: Any, journeys: Any) -> None:
    [one] = journeys(count=1, lat=-21.1, lng=55.5)
    hint = {
        "departureLat": str(one["passengerPickupLat"]),
        "departureLng": str(one["passengerPickupLng"]),
        "arrivalLat": str(one["passengerDropLat"]),
        "arrivalLng": str(one["passengerDropLng"]),
        "departureDate": str(one["passengerPickupDate"]),
    }
    lab = found([one], hints={OPERATION: (hint,)})
    assert lab.session.sender.asked[0] == hint
    assert sees(lab) == 1


@pytest.mark.parametrize("area", ["-21.1,55.5", "-21.1, 55.5, 15", "Grenoble"])
def test_areas_come_before_the_country(found: Any, journeys: Any, area: str) -> None:
    where = {} if area == "Grenoble" else {"lat": -21.1, "lng": 55.5}
    lab = found(journeys(**where), areas=(area,))
    assert sees(lab) >= 1
    first = lab.session.sender.asked[0]
    assert float(first["departureLat"]) == place(area).lat
    assert float(first["departureRadius"]) == place(area).km


@pytest.mark.parametrize(
    ("text", "circle"),
    [
        ("45.2,5.7", Circle(45.2, 5.7, 40.0)),
        ("45.2, 5.7, 12.5", Circle(45.2, 5.7, 12.5)),
        ("-21.1,55.5,15", Circle(-21.1, 55.5, 15.0)),
    ],
)
def test_places_in_numbers(text: str, circle: Circle) -> None:
    assert place(text) == circle


def test_places_by_name() -> None:
    assert place("grenoble").lat == pytest.approx(45.2, abs=0.1)
    assert place("38") == place("Grenoble")
    assert place("GRENOBLE") == place("Grenoble")


@pytest.mark.parametrize("text", ["Atlantis", "", "1", "91,0", "0,181", "1,2,3,4", "1,2,x"])
def test_no_such_place(text: str) -> None:
    with pytest.raises(ConfigError):
        place(text)


def test_circles_shrink_after_the_whole_country() -> None:
    every = list(circles(("45.2,5.7",)))
    around = [circle for circle in every if circle.to is None]
    assert [circle.km for circle in around[:6]] == [40, 80, 12, 5, 2, 650]
    later = [circle.km for circle in around[5:] if circle.km < 200]
    assert later == sorted(later, reverse=True)
    assert len(every) == len(set(every))


def test_ways_lead_there_and_back() -> None:
    ways = [circle for circle in circles(("Grenoble",)) if circle.to is not None]
    assert {(way.to, (way.lat, way.lng)) for way in ways} == {
        ((way.lat, way.lng), way.to) for way in ways
    }
    assert all(way.km < 40 for way in ways)


def test_a_query_for_an_item_takes_its_places_and_times(
    lab: Any, operator: Any, journeys: Any
) -> None:
    [one] = journeys(count=1)
    made = lab(operator([one]))
    wide = {"departureLat": 0.0, "departureDate": 1, "timeDelta": 5, "count": 3}
    own = query_of(made, OPERATION, one, wide)
    assert own == {
        "departureLat": one["passengerPickupLat"],
        "departureLng": one["passengerPickupLng"],
        "arrivalLat": one["passengerDropLat"],
        "arrivalLng": one["passengerDropLng"],
        "departureDate": one["passengerPickupDate"],
    }
    anchor = confirm(made, OPERATION, one, own)
    assert anchor is not None
    assert anchor.query["departureRadius"] == 2.0


@pytest.mark.parametrize(
    "broken",
    [
        {"passengerPickupLat": None},
        {"passengerPickupLat": "x"},
        {"passengerPickupDate": {"a": 1}},
        {"passengerPickupDate": 1e308},
    ],
)
def test_broken_items_are_no_anchors_and_no_crash(
    lab: Any, operator: Any, journeys: Any, broken: dict[str, Any]
) -> None:
    right = journeys(count=20)
    wrong = [{**journey, **broken} for journey in right[:10]]
    made = lab(operator(right[10:], edits=lambda query, found: wrong + found))
    explored(made)
    assert sees(made) >= 1


def test_the_same_seed_chooses_the_same_items(lab: Any, operator: Any, journeys: Any) -> None:
    def chosen(seed: int) -> list[Any]:
        made = explored(lab(operator(journeys(count=200)), seed=seed))
        return [anchor.key for anchor in made.anchors[OPERATION]]

    assert chosen(1) == chosen(1)
    assert len({tuple(map(tuple, chosen(seed))) for seed in range(4)}) > 1


def test_each_sort_is_found_where_one_crowds_out_the_other(lab: Any) -> None:
    """A limited answer to both holds the weekly ones only; those of once are asked for alone."""
    sender = AsgiSender(build(now=int(NOW.timestamp()), count=3000))
    made = lab(sender, standard="rdex-plus@2.0")
    with sender, made.session.phase("explore", 60):
        explore(made, ["getJourneys"], areas=(), hints={}, now=NOW)
    found = [anchor.item for anchor in made.anchors["getJourneys"]]
    assert {item["carpoolerType"] for item in found} == {"driver", "passenger"}
    assert {item["frequency"] for item in found} == {"punctual", "regular"}
