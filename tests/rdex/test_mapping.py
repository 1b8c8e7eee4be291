"""The mappings: what comes through, what is lost by name, and that nothing crashes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobstd.canon.files import load
from mobstd.canon.schemas import validator_of
from mobstd.canon.standard import find
from mobstd.errors import ConfigError
from mobstd.ocss.reference.world import Recipe, items
from mobstd.rdex.bridge import (
    Loss,
    ad_fits,
    ad_of_journey,
    ads_of_trip,
    connection_of,
    domain_of,
    journey_fits,
    journey_of,
    message_of,
    search_of,
    searches_of,
    trip_fits,
    trip_of,
    zone_of,
)
from mobstd.rdex.bridge.asking import OPERATIONS
from mobstd.rdex.bridge.loss import Code
from mobstd.rdex.v1_2 import Connection, Journey, Search

from .worlds import NOW, VERSION, example

OCSS = find("ocss@1.0-alpha")
PARIS = zone_of("Europe/Paris")
ZONES = [PARIS, zone_of("UTC")]
AD = validator_of(VERSION, "journey")
JOURNEYS = {"driver": "getDriverJourneys", "passenger": "getPassengerJourneys"}
TRIPS = {"driver": "getDriverRegularTrips", "passenger": "getPassengerRegularTrips"}
INSTANTS = st.integers(1_700_000_000, 1_900_000_000)
WORLD = list(items(Recipe(seed=3, now=int(NOW.timestamp()), count=300)))


def names(losses: tuple[Loss, ...]) -> set[tuple[str, str]]:
    return {(loss.member, loss.code) for loss in losses}


def side_of(kind: str) -> Any:
    return kind.partition("-")[0]


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_a_world_there_and_back(zone: tzinfo) -> None:
    for kind, item in WORLD:
        side = side_of(kind)
        if kind.endswith("journey"):
            one, _ = ad_of_journey(item, side, zone)
            ads = [one]
        else:
            many, _ = ads_of_trip(item, side, zone, NOW.timestamp())
            ads = list(many)
        slots = []
        for ad in ads:
            assert list(AD.problems(ad)) == []
            assert ad is not None
            back, _ = (journey_of if kind.endswith("journey") else trip_of)(
                Journey.read(ad), side, zone
            )
            assert back is not None
            assert validator_of(OCSS, kind).is_valid(back)
            for name in ("operator", "passengerPickupLat", "passengerDropLng", "duration"):
                assert back[name] == item[name]
            for name in ("id", "passengerPickupDate", "type", "webUrl", "availableSeats"):
                assert back.get(name) == item.get(name), name
            for name in ("id", "alias", "picture"):
                assert back[side].get(name) == item[side].get(name)
            if item.get("price", {}).get("currency") == "EUR" and item["price"]["amount"]:
                assert back["price"] == item["price"]
            slots += back.get("schedules", [])
        whole = [{k: s[k] for k in s if k != "journeySchedules"} for s in item.get("schedules", [])]
        assert sorted(map(repr, slots)) == sorted(map(repr, whole))


def test_every_example_of_the_other_standard_becomes_an_ad() -> None:
    folder = OCSS.folder / "examples" / "valid"
    count = 0
    for name, function in (("journey", ad_of_journey), ("regular-trip", ads_of_trip)):
        for side in ("driver", "passenger"):
            for path in (folder / f"{side}-{name}").glob("*.json"):
                more = (NOW.timestamp(),) if function is ads_of_trip else ()
                made, losses = function(load(path), side, PARIS, *more)  # type: ignore[operator]
                for ad in made if isinstance(made, tuple) else [made]:
                    assert list(AD.problems(ad)) == [], path
                    count += 1
                assert all(loss.text(lang) for loss in losses for lang in ("en", "fr"))
    assert count > 15


@settings(max_examples=300)
@given(INSTANTS, st.sampled_from(ZONES))
def test_an_instant_comes_back(at: int, zone: tzinfo) -> None:
    item = {**WORLD[0][1], "passengerPickupDate": at}
    ad, _ = ad_of_journey(item, "driver", zone)
    back, losses = journey_of(Journey.read(ad), "driver", zone)
    assert back is not None
    assert back["passengerPickupDate"] in (at, at - 3600)
    if back["passengerPickupDate"] != at:
        assert datetime.fromtimestamp(at, zone).fold == 1
    assert ("outward", "clock") in names(losses)


@settings(max_examples=300)
@given(INSTANTS, st.integers(0, 200_000), st.integers(-100_000, 100_000), st.sampled_from(ZONES))
def test_a_search_for_journeys_asks_for_all_that_fits(
    at: int, delta: int, off: int, zone: tzinfo
) -> None:
    item = WORLD[0][1] | {"passengerPickupDate": at + max(-delta, min(delta, off))}
    query = {**ends(item), "departureDate": at, "timeDelta": delta, "count": None}
    search, losses = search_of("getDriverJourneys", query, zone)
    assert search is not None
    assert {("departureRadius", "not-asked"), ("timeDelta", "not-asked")} <= names(losses)
    ad, _ = ad_of_journey(item, "driver", zone)
    assert ad_fits(Journey.read(ad), search)
    (asked,), _ = searches_of(search, zone, NOW.timestamp(), 1.0)
    assert asked.operation == "getDriverJourneys"
    assert journey_fits(item, asked.query)


@settings(max_examples=200)
@given(st.integers(0, 86_399), st.integers(0, 90_000), st.integers(0, len(WORLD) - 1))
def test_a_search_for_trips_asks_for_all_that_fits(at: int, delta: int, number: int) -> None:
    kind, item = WORLD[number]
    side = side_of(kind)
    if kind.endswith("journey"):
        return
    clock = str(timedelta(seconds=at)).zfill(8)
    query = {
        **ends(item),
        "departureTimeOfDay": clock,
        "timeDelta": delta,
        "departureWeekdays": ["MON", "TUE", "SAT"],
    }
    for zone in ZONES:
        search, _ = search_of(TRIPS[side], query, zone)
        assert search is not None
        asked, _ = searches_of(search, zone, NOW.timestamp(), 1.0)
        for ad in ads_of_trip(item, side, zone, NOW.timestamp())[0]:
            read = Journey.read(ad)
            back, _ = trip_of(read, side, zone)
            assert back is not None
            if trip_fits(back, query, read.outward.mindate, read.outward.maxdate):
                assert ad_fits(read, search)
                assert any(
                    trip_fits(back, one.query, read.outward.mindate, read.outward.maxdate)
                    for one in asked
                )


def ends(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "departureLat": item["passengerPickupLat"],
        "departureLng": item["passengerPickupLng"],
        "arrivalLat": item["passengerDropLat"],
        "arrivalLng": item["passengerDropLng"],
        "departureRadius": 1.0,
        "arrivalRadius": 1.0,
    }


DATES = st.dates()
TIMES = st.one_of(st.none(), st.times().map(lambda t: t.replace(microsecond=0)))


@given(
    st.builds(
        Search,
        start=st.just((45.0, 5.0)),
        end=st.just((46.0, 6.0)),
        drivers=st.booleans(),
        passengers=st.booleans(),
        frequency=st.sampled_from(["", "punctual", "regular"]),
        mindate=st.one_of(st.none(), DATES),
        maxdate=st.one_of(st.none(), DATES),
        times=st.dictionaries(st.sampled_from(["monday", "friday"]), st.tuples(TIMES, TIMES)),
        days=st.frozensets(st.sampled_from(["monday", "sunday"])),
    ),
    st.sampled_from(ZONES),
)
def test_any_search_can_be_asked(search: Search, zone: tzinfo) -> None:
    found, _ = searches_of(search, zone, NOW.timestamp(), 5.0)
    for asked in found:
        assert asked.query["timeDelta"] >= 0
        wanted = (
            search.drivers if OPERATIONS[asked.operation].side == "driver" else search.passengers
        )
        assert wanted
    if not (search.drivers or search.passengers):
        assert found == ()


@given(
    at=st.integers(-(10**20), 10**20),
    delta=st.integers(-(10**20), 10**20),
    low=st.one_of(st.none(), st.integers(-(10**20), 10**20)),
    zone=st.sampled_from(ZONES),
)
def test_any_query_can_be_asked(at: int, delta: int, low: int | None, zone: tzinfo) -> None:
    query = {**ends(WORLD[0][1]), "timeDelta": delta}
    search_of("getDriverJourneys", {**query, "departureDate": at}, zone)
    weekly = {
        **query,
        "departureTimeOfDay": "23:59:60.5",
        "departureWeekdays": [],
        "minDepartureDate": low,
    }
    search, _ = search_of("getDriverRegularTrips", weekly, zone)
    assert (search is None) == (delta < 0)
    trip = {**WORLD[0][1], "schedules": [SLOT]}
    trip_fits(trip, weekly, date(1, 1, 1), date(9999, 12, 31))


SLOT = {"passengerPickupDay": "MON", "passengerPickupTimeOfDay": "07:30:00"}


def test_points_off_the_globe_find_nothing() -> None:
    query = {**ends(WORLD[0][1]), "departureLat": 91.0, "departureDate": 0, "timeDelta": 900}
    assert search_of("getDriverJourneys", query, PARIS)[0] is None


def read(**changes: Any) -> Journey:
    return Journey.read({**example("journey", "punctual"), **changes})


def test_an_ad_as_a_journey() -> None:
    item, losses = journey_of(read(), "driver", PARIS)
    assert item == {
        "operator": "covoit.example.org",
        "passengerPickupLat": 45.1915,
        "passengerPickupLng": 5.7145,
        "passengerPickupAddress": "Gare, 38000 Grenoble",
        "passengerDropLat": 45.3659,
        "passengerDropLng": 5.5906,
        "passengerDropAddress": "Gare, Voiron",
        "distance": 25600,
        "duration": 1620,
        "driver": {
            "id": "1042",
            "operator": "covoit.example.org",
            "alias": "Maëlle B.",
            "gender": "F",
        },
        "webUrl": "https://covoit.example.org/ads/88310",
        "car": {"model": "Zoé"},
        "id": "88310",
        "passengerPickupDate": int(
            datetime(2026, 12, 1, 7, 30, tzinfo=ZoneInfo("Europe/Paris")).timestamp()
        ),
        "type": "PLANNED",
        "availableSeats": 3,
        "price": {"type": "PAYING", "amount": 2.05, "currency": "EUR"},
    }
    assert {
        ("from", "own-ends"),
        ("outward", "middle"),
        ("cost", "euros"),
        ("cost.variable", "estimated"),
        ("details", "no-place"),
        ("waypoints", "no-place"),
        ("vehicle.color", "no-place"),
        ("from.country", "no-place"),
        ("operator", "no-place"),
    } <= names(losses)
    utc, _ = journey_of(read(), "driver", zone_of("UTC"))
    assert utc is not None
    assert utc["passengerPickupDate"] - item["passengerPickupDate"] == 3600


@pytest.mark.parametrize(
    ("cost", "price"),
    [
        ({"fixed": "2.5", "variable": ""}, {"type": "PAYING", "amount": 2.5, "currency": "EUR"}),
        ({"variable": "0.059649"}, {"type": "PAYING", "amount": 1.53, "currency": "EUR"}),
        ({"fixed": 0}, {"type": "FREE"}),
        ({"fixed": ""}, {"type": "UNKNOWN"}),
        ({"fixed": "", "variable": "oops"}, {"type": "UNKNOWN"}),
    ],
)
def test_prices(cost: dict[str, Any], price: dict[str, Any]) -> None:
    item, _ = journey_of(read(cost=cost), "driver", PARIS)
    assert item is not None
    assert item["price"] == price


def test_a_price_in_francs_becomes_unknown() -> None:
    item = {**WORLD[0][1], "price": {"type": "PAYING", "amount": 3, "currency": "CHF"}}
    ad, losses = ad_of_journey(item, "driver", PARIS)
    assert ad is not None
    assert ad["cost"] == {"fixed": ""}
    assert ("price", "foreign-currency") in names(losses)


@pytest.mark.parametrize(
    ("changes", "loss"),
    [
        ({"stopped": "1"}, ("stopped", "suspended")),
        ({"uuid": ""}, ("uuid", "unusable")),
        ({"uuid": "x" * 256}, ("uuid", "unusable")),
        ({"origin": "localhost"}, ("origin", "unusable")),
        ({"driver": {"state": 1, "uuid": 4}}, ("driver", "unusable")),
        ({"outward": {"mindate": "2026-12-01", "maxdate": "2026-12-01"}}, ("outward", "unusable")),
    ],
)
def test_ads_that_cannot_be_shown(changes: dict[str, Any], loss: tuple[str, str]) -> None:
    item, losses = journey_of(read(**changes), "driver", PARIS)
    assert item is None
    assert names(losses) == {loss}


def test_windows_go_over_midnight() -> None:
    outward = {
        "mindate": "2026-12-01",
        "maxdate": "2026-12-01",
        "tuesday": {"mintime": "23:50:00", "maxtime": "00:20:00"},
    }
    item, _ = journey_of(read(outward=outward), "passenger", zone_of("UTC"))
    assert item is not None
    at = datetime.fromtimestamp(item["passengerPickupDate"], UTC)
    assert at == datetime(2026, 12, 2, 0, 5, tzinfo=UTC)
    assert item["driverDepartureDate"] == item["passengerPickupDate"]


def test_two_slots_on_one_day_are_two_ads() -> None:
    later = {**SLOT, "passengerPickupTimeOfDay": "17:30:00"}
    trip = next(item for kind, item in WORLD if kind == "driver-regular-trip")
    twice = {**trip, "schedules": [SLOT, later]}
    ads, losses = ads_of_trip(twice, "driver", PARIS, NOW.timestamp())
    assert len({ad["uuid"] for ad in ads}) == len(ads) == 2
    assert ("schedules", "split") in names(losses)
    assert ads_of_trip(twice, "driver", PARIS, NOW.timestamp())[0] == ads


@pytest.mark.parametrize(
    ("origin", "domain"),
    [
        ("https://www.covoit.fr/annonces?x=1", "covoit.fr"),
        ("covoit.fr", "covoit.fr"),
        ("HTTP://Covoit.FR:8080", "covoit.fr"),
        ("m.covoit.fr.", "m.covoit.fr"),
        ("https://covoîturage.fr", "xn--covoturage-y8a.fr"),
        ("localhost", ""),
        ("192.0.2.1", ""),
        ("", ""),
        ("http://[", ""),
        ("Covoit", ""),
    ],
)
def test_domains(origin: str, domain: str) -> None:
    assert domain_of(origin) == domain


MESSAGE = {
    "from": {"id": "p1", "operator": "maas.example.net", "alias": "Loïc", "grade": 4},
    "to": {"id": "d1", "operator": "covoit.example.org", "alias": "Maëlle"},
    "message": "Bonjour",
    "recipientCarpoolerType": "DRIVER",
    "driverJourneyId": "88310",
    "bookingId": "b",
}


@pytest.mark.parametrize("recipient", ["DRIVER", "PASSENGER"])
def test_a_message_there_and_back(recipient: str) -> None:
    name = f"{recipient.lower()}JourneyId"
    message = {**MESSAGE, "recipientCarpoolerType": recipient}
    message[name] = message.pop("driverJourneyId")
    contact, losses = connection_of(message)
    assert contact is not None
    assert list(validator_of(VERSION, "connection").problems(contact.dump())) == []
    assert {("bookingId", "no-place"), ("from.grade", "no-place")} <= names(losses)
    back, _ = message_of(contact, "covoit.example.org")
    sender = {k: v for k, v in MESSAGE["from"].items() if k != "grade"}  # type: ignore[attr-defined]
    assert back == {k: v for k, v in message.items() if k != "bookingId"} | {"from": sender}


def test_contacts_that_say_less() -> None:
    assert connection_of({k: v for k, v in MESSAGE.items() if k != "driverJourneyId"})[0] is None
    contact = Connection.read(
        {
            "driver": {"alias": "M", "state": "recipient"},
            "passenger": {"uuid": 7, "state": "sender"},
            "journeys": {"uuid": 1},
            "details": "x" * 600,
        }
    )
    message, losses = message_of(contact, "covoit.example.org", "maas.example.net")
    assert message is not None
    assert message["to"]["id"] == "M"
    assert message["from"] == {"id": "7", "operator": "maas.example.net", "alias": "7"}
    assert len(message["message"]) == 500
    assert {("driver.uuid", "made-up"), ("origin", "defaulted"), ("details", "shortened")} <= names(
        losses
    )
    assert message_of(contact, "covoit.example.org")[0] is None


def test_every_loss_has_words() -> None:
    for code in get_args(Code):
        loss = Loss("member", code)
        assert loss.kind in ("lost", "approximated", "assumed")
        assert loss.text().startswith("member:")
        assert loss.text("fr").startswith("member :")


def test_other_clocks_are_not_known() -> None:
    with pytest.raises(ConfigError, match="UTC"):
        zone_of("Europe/London")


def test_what_fits_a_search_by_day_and_time() -> None:
    ad = read()
    inside = {"tuesday": (time(7), time(8))}
    for search, fits in (
        (Search((0, 0), (1, 1)), True),
        (Search((0, 0), (1, 1), times=inside), True),
        (Search((0, 0), (1, 1), times={"tuesday": (time(8), None)}), False),
        (Search((0, 0), (1, 1), times={"tuesday": (time(22), time(7, 45))}), True),
        (Search((0, 0), (1, 1), days=frozenset({"monday"})), False),
        (Search((0, 0), (1, 1), mindate=date(2026, 12, 2)), False),
        (Search((0, 0), (1, 1), maxdate=date(2026, 11, 30)), False),
        (Search((0, 0), (1, 1), frequency="regular"), False),
    ):
        assert ad_fits(ad, search) == fits, search


def test_money_is_exact() -> None:
    assert read(cost={"variable": "0.1"}).cost.variable == Decimal("0.1")
