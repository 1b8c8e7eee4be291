"""Whatever a partner answers, the bridge answers as its own standard says."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mobstd.canon.schemas import validator_of
from mobstd.canon.standard import find
from mobstd.errors import RefusedDocument
from mobstd.judging.exchange import Request
from mobstd.rdex.bridge import journey_fits, journey_of, trip_fits, trip_of, zone_of
from mobstd.rdex.bridge.rdex_face import RdexFace
from mobstd.rdex.v1_2 import Journey, Search, behind
from mobstd.transport.asgi import AsyncAsgiSender

from .worlds import calling, example, scripted

OCSS = find("ocss@1.0-alpha")
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=8),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        ["nan", "inf", "-1", "1e999999", "9" * 400, "9999-12-31", "0001-01-01", "24:00:00", "é", ""]
    ),
    st.sampled_from([10**400, -(10**30), 1e308, [], {}, [[]], {"a": []}]),
)  # fmt: skip
AD = example("journey", "regular-round-trip")
PATHS = [
    (name,) if inner is None else (name, inner)
    for name, value in AD.items()
    for inner in [None, *(value if isinstance(value, dict) else ())]
]
QUERY = {
    "departureLat": 45.1915, "departureLng": 5.7145, "arrivalLat": 45.3659, "arrivalLng": 5.5906,
    "departureRadius": 1.0, "arrivalRadius": 1.0, "timeDelta": 900,
}  # fmt: skip


def changed(document: Any, edits: list[tuple[tuple[str, ...], Any]]) -> Any:
    document = json.loads(json.dumps(document))
    for path, value in edits:
        place = document
        for step in path[:-1]:
            place = place.get(step) if isinstance(place.get(step), dict) else {}
        place[path[-1]] = value
    return document


EDITS = st.lists(st.tuples(st.sampled_from(PATHS), ODD), max_size=4)


@settings(max_examples=400)
@given(EDITS, st.sampled_from(["driver", "passenger"]), st.sampled_from(["Europe/Paris", "UTC"]))
def test_any_ad_is_shown_or_left_out(edits: Any, side: Any, zone: str) -> None:
    try:
        ad = Journey.read(changed(AD, edits))
    except RefusedDocument:
        return
    item, losses = journey_of(ad, side, zone_of(zone))
    if item is not None:
        journey_fits(item, {**QUERY, "departureDate": 1796106600})
        if _finite(ad):
            assert list(validator_of(OCSS, f"{side}-journey").problems(item)) == []
    trip, more = trip_of(ad, side, zone_of(zone))
    if trip is not None:
        if _finite(ad):
            assert list(validator_of(OCSS, f"{side}-regular-trip").problems(trip)) == []
        weekly = {**QUERY, "departureTimeOfDay": "07:30:00", "departureWeekdays": []}
        for low in (None, 0, 10**12):
            query = {**weekly, "minDepartureDate": low, "maxDepartureDate": 10**12}
            trip_fits(trip, query, ad.outward.mindate, ad.outward.maxdate)
    assert all(loss.text() for loss in (*losses, *more))


def _finite(ad: Journey) -> bool:
    places = (ad.from_, ad.to)
    return all(abs(p.latitude) <= 90 and abs(p.longitude) <= 180 for p in places)


ITEM = {
    "operator": "covoit.example.org",
    "passengerPickupLat": 45.1915,
    "passengerPickupLng": 5.7145,
    "passengerDropLat": 45.3659,
    "passengerDropLng": 5.5906,
    "duration": 1620,
    "driver": {"id": "1", "operator": "covoit.example.org", "alias": "A"},
    "passengerPickupDate": 1796106600,
    "type": "PLANNED",
    "price": {"type": "PAYING", "amount": 2, "currency": "EUR"},
    "schedules": [{"passengerPickupDay": "MON", "passengerPickupTimeOfDay": "07:30:00"}],
}
ITEM_PATHS = [(name,) for name in ITEM] + [("driver", "id"), ("price", "amount"), ("id",), ("car",)]


@settings(max_examples=150)
@given(st.lists(st.tuples(st.sampled_from(ITEM_PATHS), ODD), max_size=3))
def test_any_item_becomes_an_ad_or_is_left_out(edits: Any) -> None:
    body = json.dumps([changed(ITEM, edits), ITEM]).encode()
    face = behind(RdexFace(AsyncAsgiSender(scripted(lambda scope: (200, body)))))
    search = Search((45.19, 5.71), (45.37, 5.59))
    with calling(face) as sender:
        got = sender.send(Request("GET", "/journeys.json", search.to_query().to_pairs()))
    assert got.status == 200, got.body
    assert got.not_json is None
    assert len(got.json) >= 1
