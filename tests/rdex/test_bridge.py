"""Both bridges as servers: right over a right partner, clear over a wrong one."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any
from urllib.parse import urlencode

import pytest

from mobstd.conformance.profile import Profile
from mobstd.conformance.run import Options, check
from mobstd.errors import ConfigError
from mobstd.judging.exchange import Request, Response
from mobstd.ocss.reference import build as build_ocss
from mobstd.rdex.bridge import ocss_from_rdex, rdex_from_ocss, zone_of
from mobstd.rdex.bridge.rdex_face import RdexFace
from mobstd.rdex.reference import build
from mobstd.rdex.v1_2 import Client, Keys, Search, behind
from mobstd.serving.opening import implementation
from mobstd.transport.asgi import AsyncAsgiSender

from .worlds import NOW, VERSION, calling, example, ocss, scripted

QUERY = {
    "departureLat": 45.1915,
    "departureLng": 5.7145,
    "arrivalLat": 45.3659,
    "arrivalLng": 5.5906,
    "departureDate": 1796106600,
}
EVERYWHERE = Search((45.19, 5.71), (45.37, 5.59), drivers=True, passengers=True)
NOW_S = int(NOW.timestamp())


def ask(served: Any, path: str, **query: Any) -> Response:
    with calling(served) as sender:
        pairs = tuple((k, str(v)) for k, v in query.items())
        return sender.send(Request("GET", path, pairs))


def signed() -> Any:
    legacy = build(now=NOW_S, count=500, api_keys=["public:private"])
    return ocss(legacy, keys=Keys("public", "private"))


def on_the_clock_of_utc() -> Any:
    sender = AsyncAsgiSender(build_ocss(now=NOW_S, count=500))
    utc = zone_of("UTC")
    return ocss(behind(RdexFace(sender, zone=utc, clock=lambda: float(NOW_S))), zone=utc)


@pytest.mark.parametrize("made", [signed, on_the_clock_of_utc])
def test_a_legacy_operator_conforms_as_ocss(made: Any) -> None:
    with calling(made()) as sender:
        options = Options(now=NOW, with_fuzz=False, sleep=lambda seconds: None)
        report = check(sender, Profile("test:app", "ocss@1.0-alpha"), options)
    failed = [row["id"] for row in report["requirements"] if row["outcome"] in ("failed", "warned")]
    assert failed == []
    assert report["verdict"] == "conforming"


def test_an_ocss_operator_answers_legacy_searches() -> None:
    operator = build_ocss(now=NOW_S, count=400)
    sender = AsyncAsgiSender(operator)
    face = behind(RdexFace(sender, radius=400, clock=lambda: float(NOW_S)), ["public:private"])
    with calling(face) as legacy:
        client = Client(sender=legacy, keys=Keys("public", "private"))
        found = client.search(EVERYWHERE)
        assert found.problems == ()
        assert {ad.frequency for ad in found} == {"punctual", "regular"}
        assert {(ad.driver.state, ad.passenger.state) for ad in found} == {(1, 0), (0, 1)}
        drivers = client.search(Search((45.19, 5.71), (45.37, 5.59), frequency="punctual"))
        assert {ad.uuid for ad in drivers} == {
            ad.uuid for ad in found if ad.frequency == "punctual" and ad.driver.state == 1
        }
        assert client.search(Search((45.19, 5.71), (45.37, 5.59), drivers=False)) == []


AD = {"journeys": example("journey", "punctual")}


def test_what_the_legacy_side_cannot_be_asked_is_applied() -> None:
    other = {"journeys": {**AD["journeys"], "uuid": "2", "from": {"latitude": 1, "longitude": 1}}}
    late = {"journeys": {**AD["journeys"], "uuid": "3", "frequency": "regular"}}
    passenger = {"journeys": {**AD["journeys"], "uuid": "4", "driver": {"state": 0}}}
    answer = json.dumps([AD, AD, other, late, passenger, {"journeys": {}}, 7]).encode()
    served = ocss(scripted(lambda scope: (200, answer)))
    found = ask(served, "/driver_journeys", **QUERY).json
    assert [item["id"] for item in found] == ["88310"]
    assert ask(served, "/driver_journeys", **QUERY, count=0).json == []
    assert ask(served, "/driver_journeys", **QUERY, timeDelta=0).json == found
    later = {**QUERY, "departureDate": 1796106600 + 901}
    assert ask(served, "/driver_journeys", **later).json == []


@pytest.mark.parametrize(
    ("more", "said"), [({"count": -1}, "count"), ({"departureRadius": 51}, "departureRadius")]
)
def test_what_can_not_be_answered_is_refused(more: dict[str, Any], said: str) -> None:
    partner = scripted(lambda scope: (200, b"[]"))
    got = ask(ocss(partner), "/driver_journeys", **QUERY, **more)
    assert got.status == 400
    assert said in got.json["error"]
    assert partner.seen == []


WRONG = [
    (500, b"Traceback: secret"),
    (502, b""),
    (
        401,
        json.dumps({"error": {"name": "signature_mismatch", "message_debug": "secret"}}).encode(),
    ),
    (404, b"<html>"),
    (200, b"<html>secret"),
    (200, b'{"journeys": []}'),
    (200, b"[" * 100_000),
]


@pytest.mark.parametrize(("status", "body"), WRONG)
def test_a_legacy_partner_that_fails(
    status: int, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    served = ocss(scripted(lambda scope: (status, body)))
    for path, more in (
        ("/driver_journeys", {}),
        ("/passenger_regular_trips", {"departureTimeOfDay": "07:30:00"}),
    ):
        got = ask(served, path, **QUERY, **more)
        assert got.status == 500
        assert got.json["error"].startswith("The partner")
        assert b"secret" not in got.body
    assert ask(served, "/status").status == 200
    assert "Traceback" not in caplog.text
    assert "secret" not in caplog.text


def test_a_legacy_partner_that_hangs() -> None:
    async def hangs(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await asyncio.sleep(30)

    got = ask(ocss(hangs, timeout=0.05), "/driver_journeys", **QUERY)
    assert (got.status, got.json) == (500, {"error": "The partner did not answer in time."})


def test_refusals_of_a_legacy_partner_are_passed_on() -> None:
    late = json.dumps({"error": {"name": "too_late"}}).encode()
    got = ask(ocss(scripted(lambda scope: (400, late))), "/driver_journeys", **QUERY)
    assert (got.status, got.json) == (400, {"error": "too_late"})
    got = ask(ocss(scripted(lambda scope: (429, b""))), "/driver_journeys", **QUERY)
    assert (got.status, got.body) == (429, b"")


def test_an_exchange_that_is_switched_off_has_nothing() -> None:
    got = ask(ocss(scripted(lambda scope: (204, b""))), "/driver_journeys", **QUERY)
    assert (got.status, got.json) == (200, [])


LEGACY = [(k, v) for k, v in EVERYWHERE.to_query().to_pairs()]


def legacy_over(answer: Any) -> Any:
    return behind(RdexFace(AsyncAsgiSender(scripted(answer), timeout=1), operator="a.example.org"))


@pytest.mark.parametrize(
    ("status", "body", "expected", "name"),
    [
        (400, b'{"error": "departureLat is wrong"}', 400, "invalid_input"),
        (401, b"secret", 500, "internal_error"),
        (429, b"", 429, "too_many_queries"),
        (500, b"secret", 500, "internal_error"),
        (200, b"secret", 500, "internal_error"),
        (200, b'{"secret": 1}', 500, "internal_error"),
    ],
)
def test_an_ocss_operator_that_fails(status: int, body: bytes, expected: int, name: str) -> None:
    got = ask(legacy_over(lambda scope: (status, body)), "/journeys.json", **dict(LEGACY))
    assert got.status == expected
    assert got.json["error"]["name"] == name
    assert b"secret" not in got.body


def test_items_of_an_ocss_operator_that_cannot_be_read_are_left_out() -> None:
    body = json.dumps([7, {}, {"passengerPickupDate": "x"}, None, []]).encode()
    got = ask(legacy_over(lambda scope: (200, body)), "/journeys.json", **dict(LEGACY))
    assert (got.status, got.json) == (200, [])


def test_searches_that_an_ocss_operator_does_not_offer_find_nothing() -> None:
    got = ask(legacy_over(lambda scope: (404, b"")), "/journeys.json", **dict(LEGACY))
    assert (got.status, got.json) == (200, [])


def test_a_message_that_the_legacy_protocol_has_no_form_for_is_the_callers_mistake() -> None:
    partner = scripted(lambda scope: (201, b""))
    nobody = {"id": "", "operator": "maas.example.com", "alias": ""}
    message = {"from": nobody, "to": nobody, "message": "", "recipientCarpoolerType": "DRIVER"}
    body = json.dumps({**message, "driverJourneyId": "88310"}).encode()
    headers = (("content-type", "application/json"),)
    with calling(ocss(partner)) as sender:
        got = sender.send(Request("POST", "/messages", (), headers, body))
    assert got.status == 400
    assert "has no form for this" in got.json["error"]
    assert partner.seen == []


def test_a_contact_becomes_a_message() -> None:
    partner = scripted(lambda scope: (201, b""))
    face = behind(RdexFace(AsyncAsgiSender(partner), "/v1", operator="covoit.example.org"))
    form = {
        "operator": "Maas",
        "origin": "https://maas.example.net",
        "driver[uuid]": "1042",
        "driver[alias]": "Maëlle",
        "driver[state]": "recipient",
        "passenger[uuid]": "7",
        "passenger[alias]": "Loïc",
        "passenger[state]": "sender",
        "journeys[uuid]": "88310",
        "details": "Bonjour",
    }
    headers = (("content-type", "application/x-www-form-urlencoded"),)
    with calling(face) as sender:
        request = Request("POST", "/connections", (), headers, urlencode(form).encode())
        got = sender.send(request)
    assert (got.status, got.body) == (201, b"")
    (seen,) = partner.seen
    assert seen["path"] == "/v1/messages"
    assert json.loads(seen["body"]) == {
        "from": {"id": "7", "operator": "maas.example.net", "alias": "Loïc"},
        "to": {"id": "1042", "operator": "covoit.example.org", "alias": "Maëlle"},
        "message": "Bonjour",
        "recipientCarpoolerType": "DRIVER",
        "driverJourneyId": "88310",
    }


@pytest.mark.parametrize(
    ("target", "method", "status", "name", "field"),
    [
        ("/journeys.json", "GET", 400, "missing_required_query_parameter", "p[driver][state]"),
        ("/journeys.json?p[driver][state]=2", "GET", 400, "invalid_input", "p[driver][state]"),
        ("/journeys.json?a=%ff", "GET", 400, "invalid_uri", ""),
        ("/nothing.json", "GET", 404, "resource_not_found", ""),
        ("/journeys.xml", "GET", 404, "resource_not_found", ""),
        ("/journeys", "DELETE", 405, "unsupported_http_verb", ""),
        ("/connections", "POST", 400, "no_post_data", ""),
    ],
)
def test_refusals_in_the_legacy_shape(
    target: str, method: str, status: int, name: str, field: str
) -> None:
    path, _, query = target.partition("?")
    pairs = tuple((p.partition("=")[0], p.partition("=")[2]) for p in query.split("&") if p)
    with calling(build(now=NOW_S, count=10)) as sender:
        if "%ff" in target:
            got = sender.send(Request(method, target))
        else:
            got = sender.send(Request(method, path, pairs))
    assert (got.status, got.json["error"]["name"]) == (status, name)
    assert got.json["error"]["field"] == field
    assert got.media_type == "application/json"


def test_a_legacy_search_without_dates_looks_a_week_ahead() -> None:
    seen = scripted(lambda scope: (200, b"[]"))
    face = behind(RdexFace(AsyncAsgiSender(seen), clock=lambda: float(NOW_S)))
    query = Search((45.19, 5.71), (45.37, 5.59), frequency="punctual").to_query()
    ask(face, "/journeys.json", **dict(query.to_pairs()))
    (asked,) = seen.seen
    assert asked["path"] == "/driver_journeys"
    assert b"timeDelta=302400" in asked["query_string"]


def test_the_dialect_with_a_key_on_the_server() -> None:
    app = build(now=NOW_S, count=10, api_keys=["s3cret"])
    with calling(app) as sender:
        pairs = tuple(LEGACY)
        got = sender.send(Request("GET", "/journeys", pairs))
        assert (got.status, got.json["error"]["name"]) == (401, "access_denied")
        got = sender.send(Request("GET", "/journeys", pairs, (("x-api-key", "s3cret"),)))
        assert got.status == 200
    with pytest.raises(ConfigError):
        build(now=NOW_S, count=10, api_keys=["a:b", "c"])


def test_options_of_the_bridges() -> None:
    url = "http://127.0.0.1:9/rdexapi"
    for options in (
        {"zone": "Mars"},
        {"reach": "far"},
        {"reach": "-1"},
        {"public_key": "only"},
        {"public_key": "a", "private_key": "b", "key": "c"},
    ):
        with pytest.raises(ConfigError):
            ocss_from_rdex(url, **options)  # type: ignore[arg-type]
    with pytest.raises(ConfigError):
        rdex_from_ocss(url, radius="0")
    with pytest.raises(ConfigError, match="colour"):
        implementation(VERSION, "operator", source=f"ocss={url}", colour="red")
    with pytest.raises(ConfigError, match="count"):
        implementation(VERSION, "operator", source=f"ocss={url}", count=5)


def test_a_partner_that_is_not_there() -> None:
    got = ask(ocss_from_rdex("http://127.0.0.1:9/rdexapi"), "/driver_journeys", **QUERY)
    assert (got.status, got.json["error"][:11]) == (500, "The partner")
    got = ask(rdex_from_ocss("http://127.0.0.1:9"), "/journeys.json", **dict(LEGACY))
    assert (got.status, got.json["error"]["name"]) == (500, "internal_error")


def test_no_key_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    legacy = build(now=NOW_S, count=10, api_keys=["public:priv4te"])
    ask(ocss(legacy, keys=Keys("public", "priv4te")), "/driver_journeys", **QUERY)
    assert "priv4te" not in caplog.text
    assert "signature=" not in caplog.text
