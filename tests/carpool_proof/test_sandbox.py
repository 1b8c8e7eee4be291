"""The sandbox registry: what it answers, in which order, and what becomes of journeys."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from mobstd.canon.openapi import operations
from mobstd.canon.standard import find
from mobstd.canon.validator import validator
from mobstd.carpool_proof.reference import build
from mobstd.carpool_proof.reference.clock import Clock, clock_of
from mobstd.carpool_proof.reference.keys import DEFAULTS, Ended, Tokens, Wrong
from mobstd.carpool_proof.reference.quirks import QUIRKS, quirks_of
from mobstd.errors import ConfigError, UnknownName
from mobstd.validation.overlay import documents_under

from .sandbox import NOON, Answer, Sandbox
from .worlds import NOON as AT
from .worlds import journey

EARLY = AT - timedelta(hours=1)
REAL: dict[str, Any] = {"version": "3.3", "quirks": "2025-08"}
pytestmark = pytest.mark.usefixtures("each_database")


@pytest.fixture
def box() -> Sandbox:
    return Sandbox()


def early(
    number: object = 0,
    driver: object = "d",
    passenger: object = "p",
    start: datetime = EARLY,
    **changes: Any,
) -> dict[str, Any]:
    return journey(number, driver, passenger, start, **changes)


def fits(answer: Answer, operation: str, overlay: str | None = "server") -> bool:
    """Say whether an answer is documented, and its body fits."""
    version = find("carpool-proof@3.4")
    documented = operations(version, "registry")[operation].answers[str(answer.status)]
    known = documents_under(version, overlay)
    schemas = list(documented.content.values())
    return all(validator(schema or {}, known).is_valid(answer.body) for schema in schemas)


# --- tokens


def test_a_pair_of_keys_is_a_token(box: Sandbox) -> None:
    answer = box.exchange()
    assert answer.status == 201
    assert answer.body["access_token"].count(".") == 2
    assert box.ask("GET", "/journeys?status=ok").status == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"access_key": "x", "secret_key": "y"}, 401, -32501),
        ({"access_key": "x"}, 400, -32602),
        ({"access_key": "x", "secret_key": "y", "more": 1}, 400, -32602),
    ],
)
def test_a_wrong_pair_is_refused(box: Sandbox, body: Any, status: int, code: int) -> None:
    answer = box.ask("POST", "/auth/access_token", body, operator=None)
    assert (answer.status, answer.code) == (status, code)
    assert fits(answer, "createAccessToken")


def test_a_token_ends_with_the_clock(box: Sandbox) -> None:
    token = box.token(1)
    box.forward(4.99 / 60)
    assert box.ask("GET", "/journeys?status=ok", token=token).status == 200
    box.forward(0.01 / 60)
    answer = box.ask("GET", "/journeys?status=ok", token=token)
    assert (answer.status, answer.code) == (401, -32501)
    pair = {"access_key": DEFAULTS[0].access_key, "secret_key": DEFAULTS[0].secret_key}
    assert box.ask("POST", "/auth/access_token", pair, token=token).status == 201


def test_a_token_ends_with_the_machine() -> None:
    now = [1000.0]
    clock = Clock(machine=lambda: now[0])
    tokens = Tokens(DEFAULTS, "s" * 32, 300, clock, lambda: now[0])
    token = tokens.exchange(DEFAULTS[1].access_key, DEFAULTS[1].secret_key)
    assert token is not None
    now[0] += 299
    assert tokens.operator(token) == 2
    now[0] += 1
    with pytest.raises(Ended):
        tokens.operator(token)
    with pytest.raises(Wrong):
        Tokens(DEFAULTS, "t" * 32, 300, clock).operator(token)


def test_a_clock_runs_and_is_moved() -> None:
    now = [1000.0]
    clock = Clock(movable=True, machine=lambda: now[0])
    now[0] += 1
    assert clock.now() == 1_001_000
    clock.move(2_000_000)
    now[0] += 1
    assert clock.now() == 2_001_000
    assert clock_of("now").movable
    assert not clock_of(None).movable


def test_no_token_and_no_ours(box: Sandbox) -> None:
    for token in (None, "a.b.c", "", "eyJhbGciOiJub25lIn0.e30."):
        answer = box.ask("GET", "/journeys?status=ok", operator=None, token=token)
        assert (answer.status, answer.code) == (401, -32501)


def test_pairs_are_as_they_were_said() -> None:
    box = Sandbox({"api_keys": ["77:key:s:ecret"]})
    keys = {"access_key": "key", "secret_key": "s:ecret"}
    assert box.ask("POST", "/auth/access_token", keys, operator=None).status == 201
    assert box.exchange().status == 401
    for wrong in (["key"], ["x:a:b"], ["0:a:b"], ["1:a:"], ["1:a:b", "2:a:c"]):
        with pytest.raises(ConfigError):
            build(api_keys=wrong)


# --- creation, in its order


def test_a_journey_is_taken(box: Sandbox) -> None:
    answer = box.create(early())
    assert answer.status == 201
    assert answer.body == {
        "jsonrpc": "2.0",
        "id": 1,
        "result": {"meta": None, "data": {"operator_journey_id": "j0", "created_at": NOON}},
    }
    assert fits(answer, "createJourney")
    read = box.ask("GET", "/journeys/j0")
    assert read.body["status"] == "pending"
    assert fits(read, "getJourney")


def test_the_order_of_the_checks(box: Sandbox) -> None:
    wrong = early(start=AT + timedelta(hours=1), distance=10, operator_id=9) | {"driver": {}}
    assert box.ask("POST", "/v3.9/journeys", wrong, operator=None).status == 404
    assert box.create(wrong, operator=None).status == 401
    assert box.create(wrong).status == 403
    del wrong["operator_id"]
    answer = box.create(wrong)
    assert (answer.status, answer.code) == (400, -32602)
    assert answer.data == [
        "/driver: must have required property 'identity'",
        "/driver: must have required property 'revenue'",
    ]
    wrong["driver"] = early()["driver"]
    for role in ("driver", "passenger"):
        del wrong[role]["identity"]["phone_trunc"]
    answer = box.create(wrong)
    assert (answer.status, answer.code) == (422, -32700)
    assert answer.data == "Journeys cannot happen in the future"
    wrong |= {"start": early()["start"], "end": early()["end"]}
    answer = box.create(wrong)
    assert (answer.status, answer.code) == (400, -32600)
    assert answer.data == "driver.identity should have a phone or phone_trunc"
    wrong["driver"]["identity"]["phone_trunc"] = "+336399801"
    assert box.create(wrong).data == "passenger.identity should have a phone or phone_trunc"
    wrong["passenger"]["identity"]["phone_trunc"] = "+336399801"
    answer = box.create(wrong)
    assert (answer.status, answer.code) == (422, -32422)
    assert answer.data == {
        "terms_violation_labels": ["distance_too_short"],
        "terms_violation_error_details": [{"label": "distance_too_short"}],
    }
    assert fits(answer, "createJourney")
    answer = box.create(wrong)
    assert (answer.status, answer.code) == (409, -32509)
    assert answer.data == f"Carpool already registered at {NOON}"


def test_what_the_terms_refuse_is_kept(box: Sandbox) -> None:
    assert box.create(early(start=AT - timedelta(hours=25), distance=10)).data[
        "terms_violation_labels"
    ] == ["expired", "distance_too_short"]
    read = box.ask("GET", "/journeys/j0").body
    assert read["status"] == "terms_violation_error"
    assert read["terms_violation_details"] == ["expired", "distance_too_short"]
    box.forward(60)
    assert box.status("j0") == "terms_violation_error"


def test_what_is_counted_is_told(box: Sandbox) -> None:
    for number in range(5):
        one = early(number, passenger=number, start=EARLY - timedelta(hours=number))
        assert box.create(one).status == 201
    answer = box.create(early(5, passenger=5, start=EARLY - timedelta(hours=5)))
    assert answer.data["terms_violation_error_details"] == [
        {"label": "too_many_trips_by_day", "metas": {"driver": 5, "passenger": 0, "limit": 4}}
    ]


def test_operators_do_not_see_each_other(box: Sandbox) -> None:
    assert box.create(early()).status == 201
    assert box.create(early(), operator=2).status == 201
    assert box.create(early(1, start=EARLY + timedelta(minutes=25)), operator=3).status == 201
    for method, path, body in (
        ("GET", "/journeys/j1", None),
        ("PATCH", "/journeys/j1", change()),
        ("POST", "/journeys/j1/cancel", {"code": "0"}),
    ):
        answer = box.ask(method, path, body)
        assert (answer.status, answer.code) == (404, -32504)


@pytest.mark.parametrize(
    ("body", "media"),
    [(b"{", "application/json"), (b"[]", "application/json"), (b"{}", "text/plain")],
)
def test_what_is_no_journey(box: Sandbox, body: bytes, media: str) -> None:
    assert box.ask("POST", "/journeys", body, media=media).status == 400


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z"])
def test_the_ends_of_the_calendar(box: Sandbox, at: str) -> None:
    one = early()
    one["start"]["datetime"] = one["end"]["datetime"] = at
    assert box.create(one).data["terms_violation_labels"] == ["expired"]
    box.forward(60)
    assert box.status("j0") == "terms_violation_error"


def test_a_query_may_not_hold_what_is_unknown(box: Sandbox) -> None:
    for method, path, body in (
        ("GET", "/journeys?status=ok&page=1", None),
        ("GET", "/journeys/j0?page=1", None),
        ("POST", "/journeys?page=1", early()),
    ):
        answer = box.ask(method, path, body)
        assert answer.status == 400
        assert "must NOT have additional properties" in answer.data[0]


def test_an_id_is_what_stands_in_the_path(box: Sandbox) -> None:
    assert box.create(early("a/b é")).status == 201
    for path in ("/journeys/ja%2Fb%20%C3%A9", "/v3.4/journeys/ja%2Fb%20%C3%A9"):
        assert box.ask("GET", path).body["operator_journey_id"] == "ja/b é"


def test_versions_in_the_path(box: Sandbox) -> None:
    for segment in ("v3", "v3.3", "v3.4", "3.4"):
        assert box.ask("GET", f"/{segment}/journeys?status=ok").status == 200
    for segment in ("v3.2", "v4", "v3.5"):
        answer = box.ask("GET", f"/{segment}/journeys?status=ok")
        assert (answer.status, answer.raw) == (404, b"")


def test_limits_are_told_and_kept(box: Sandbox) -> None:
    answers = [box.exchange() for _ in range(21)]
    assert [answer.status for answer in answers] == [201] * 20 + [429]
    assert answers[0].headers["x-ratelimit-limit"] == "20"
    assert answers[0].headers["ratelimit-remaining"] == "19"
    assert answers[20].body == {"error": {"code": 429, "message": "Too many requests"}}
    assert 0 < int(answers[20].headers["retry-after"]) <= 60


# --- life


def change(**more: Any) -> dict[str, Any]:
    names = ("operator_class", "incentives", "start", "end", "distance")
    return {name: early()[name] for name in names} | more


def test_the_life_of_a_journey(box: Sandbox) -> None:
    box.create(early())
    box.forward(47)
    assert box.status("j0") == "pending"
    box.forward(7)
    assert box.status("j0") == "ok"
    assert box.ask("PATCH", "/journeys/j0", change()).raw == b""
    assert box.status("j0") == "pending"
    box.forward(7)
    assert box.status("j0") == "ok"
    for _ in range(2):
        answer = box.ask("POST", "/journeys/j0/cancel", {"code": "", "message": "no"})
        assert (answer.status, answer.body) == (200, {"jsonrpc": "2.0", "id": 1})
    assert box.status("j0") == "canceled"
    box.forward(60)
    assert box.status("j0") == "canceled"
    assert box.ask("PATCH", "/journeys/j0", change()).status == 404


def test_a_refused_journey_is_corrected(box: Sandbox) -> None:
    assert box.create(early(distance=10)).status == 422
    assert box.ask("PATCH", "/journeys/j0", change()).status == 200
    box.forward(60)
    read = box.ask("GET", "/journeys/j0").body
    assert (read["status"], read["terms_violation_details"]) == ("ok", ["distance_too_short"])


def test_anomalies(box: Sandbox) -> None:
    box.create(early(0, trip=1))
    box.create(early(1, driver="e", trip=1))
    box.create(early(2, "x", "y", operator_class="C", minutes=0.5, distance=12_000))
    box.create(early(3, "v", "w", operator_class="C"))
    box.forward(60)
    assert box.status("j0") == "ok"
    read = box.ask("GET", "/journeys/j1")
    assert read.body["status"] == "anomaly_error"
    assert read.body["anomaly_error_details"] == [
        {
            "label": "temporal_overlap_anomaly",
            "metas": {"conflicting_operator_journey_id": "j0", "overlap_duration_ratio": 1.0},
        }
    ]
    assert fits(read, "getJourney")
    assert box.status("j2") == "anomaly_error"
    assert box.status("j3") == "ok"


def test_the_text_alone() -> None:
    box = Sandbox({"overlay": "none"})
    box.create(early(0, trip=1))
    box.create(early(1, driver="e", trip=1))
    box.create(early(2, "x", "y", operator_class="C", minutes=0.5))
    box.forward(60)
    for id_ in ("j1", "j2"):
        read = box.ask("GET", f"/journeys/{id_}")
        assert read.body["status"] == "anomaly_error"
        assert fits(read, "getJourney", None)
    one = early()
    one["driver"]["identity"]["phone_trunc"] = "06010203"
    assert box.create(one).status == 400


def test_frauds(box: Sandbox) -> None:
    box.create(early(0))
    box.create(early(1, start=EARLY + timedelta(minutes=5)), operator=2)
    box.forward(60)
    read = box.ask("GET", "/journeys/j0")
    assert read.body["status"] == "fraud_error"
    assert read.body["fraud_error_labels"] == ["interoperator_overlap"]
    assert fits(read, "getJourney")


def test_a_couple_is_one_whoever_drives(box: Sandbox) -> None:
    box.create(early(0, "m", "n"))
    box.create(early(0, "n", "m"), operator=2)
    box.create(early(1, "m", "other"), operator=3)
    box.forward(60)
    found = [box.status(id_, operator=n) for id_, n in (("j0", 1), ("j0", 2), ("j1", 3))]
    assert found == ["fraud_error", "fraud_error", "ok"]


def test_many_trips_with_several_operators(box: Sandbox) -> None:
    for number in range(6):
        at = EARLY - timedelta(hours=6 - number)
        one = early(number, "f", f"p{number}", at)
        assert box.create(one, operator=1 + number % 2).status == 201
    box.forward(60)
    found = [box.status(f"j{n}", operator=1 + n % 2) for n in range(6)]
    assert found == ["ok"] * 4 + ["fraud_error"] * 2


def test_far_is_as_step_by_step() -> None:
    far, near = Sandbox(), Sandbox()
    for box in (far, near):
        box.create(early(0, trip=1))
        box.create(early(1, driver="e", trip=1))
        box.create(early(0), operator=2)
    far.forward(300)
    for _ in range(30):
        near.forward(10)
    for id_ in ("j0", "j1"):
        assert far.ask("GET", f"/journeys/{id_}").body == near.ask("GET", f"/journeys/{id_}").body


# --- lists


def listed(box: Sandbox, query: str) -> list[str]:
    answer = box.ask("GET", f"/journeys?{query}")
    assert answer.status == 200, answer.raw
    assert fits(answer, "listJourneys")
    return [one["operator_journey_id"] for one in answer.body]


def test_lists(box: Sandbox) -> None:
    for number in range(4):
        one = early(number, f"d{number}", f"p{number}", EARLY + timedelta(minutes=number))
        assert box.create(one).status == 201
    box.ask("POST", "/journeys/j1/cancel", {"code": "0"})
    assert listed(box, "status=pending") == []
    box.forward(24)
    assert listed(box, "status=pending") == ["j3", "j2", "j0"]
    assert listed(box, "status=canceled") == ["j1"]
    assert listed(box, "status=pending&limit=1&offset=1") == ["j2"]
    assert listed(box, "status=pending&limit=0") == []
    assert listed(box, "status=unknown") == []
    first, second = early()["start"]["datetime"], "2026-07-06T11:02:00.000Z"
    assert listed(box, f"status=pending&start={first}&end={second}") == ["j0"]
    box.forward(24 * 8)
    assert listed(box, "status=ok") == []
    assert listed(box, f"status=ok&start={first}") == ["j3", "j2", "j0"]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "status=expired",
        "status=ok&limit=-1",
        "status=ok&limit=x",
        "status=ok&offset=1.5",
        "status=ok&start=2026-07-06",
        "status=ok&end=nonsense-at-noon",
        "status=ok&start=2026-04-06T00:00:00Z",
    ],
)
def test_wrong_lists(box: Sandbox, query: str) -> None:
    answer = box.ask("GET", f"/journeys?{query}")
    assert (answer.status, answer.code) == (400, -32602)


# --- the clock


def test_the_clock_goes_forward_only(box: Sandbox) -> None:
    def move(body: Any) -> Answer:
        return box.ask("POST", "/sandbox/clock", body, operator=None)

    assert move({"now": "2026-07-06T12:00:01Z"}).body == {"now": "2026-07-06T12:00:01.000Z"}
    ways: list[Any] = [{"now": NOON}, {"forward": -1}, {"forward": "1"}, {}, [], {"now": "x"}, b"{"]
    for wrong in ways:
        assert move(wrong).status == 400
    assert move({"forward": 1e300}).status == 400
    assert box.ask("GET", "/sandbox/clock", operator=None).body["now"] == "2026-07-06T12:00:01.000Z"


def test_a_clock_that_nobody_moves() -> None:
    box = Sandbox({"clock": None})
    assert box.ask("GET", "/sandbox/clock", operator=None).status == 404
    with pytest.raises(ConfigError):
        build(clock="yesterday")


# --- quirks: each one is seen beside a sandbox without


def counterparts(box: Sandbox) -> Any:
    box.create(early())
    return box.ask("PATCH", "/journeys/j0", change(incentive_counterparts=[])).status


def revived(box: Sandbox) -> Any:
    box.create(early())
    box.ask("POST", "/journeys/j0/cancel", {"code": "0"})
    return box.ask("PATCH", "/journeys/j0", change()).status


def ended(box: Sandbox) -> Any:
    token = box.token(1)
    box.forward(1)
    return box.ask("GET", "/journeys?status=ok", token=token).code


def twice(box: Sandbox) -> Any:
    one = {"index": 0, "amount": 1, "siret": "13002526500013"}
    return box.create(early(incentives=[one, one])).status


def marked(box: Sandbox) -> Any:
    answer = box.create(early("x<script>alert(1)</script>y<b>z</b>&"))
    return answer.body["result"]["data"]["operator_journey_id"]


def ordered(box: Sandbox) -> Any:
    for number in range(2):
        one = early(number, f"d{number}", f"p{number}", EARLY + timedelta(minutes=number))
        box.create(one)
    box.forward(24)
    return listed(box, "status=pending")


def loose(box: Sandbox) -> Any:
    box.create(early())
    box.forward(1)
    box.ask("POST", "/journeys/j0/cancel", {"code": "0"})
    box.forward(23)
    return listed(box, "status=pending")


ORDER = {
    "tz": "Europe/Paris",
    "start_at": "2026-06-01T00:00:00+02:00",
    "end_at": "2026-07-01T00:00:00+02:00",
    "operator_id": [1],
    "recipients": ["data@example.org"],
}


def test_an_export_is_ordered(box: Sandbox) -> None:
    answer = box.ask("POST", "/exports", ORDER)
    assert answer.status == 201
    assert fits(answer, "createExport")
    assert box.ask("POST", "/exports", ORDER, operator=None).status == 401
    edits: list[dict[str, Any]] = [
        {"recipients": []},
        {"end_at": "2026-05-31T21:59:59Z"},
        {"tz": 1},
    ]
    for edit in edits:
        answer = box.ask("POST", "/exports", ORDER | edit)
        assert (answer.status, answer.code) == (400, -32602)


def admin(box: Sandbox, number: int = 1) -> str:
    keys = {
        "access_key": f"00000000-0000-4000-b000-00000000000{number}",
        "secret_key": f"sandbox-admin-{number}",
    }
    answer = box.ask("POST", "/auth/access_token", keys, operator=None)
    found: str = answer.body["access_token"]
    return found


def test_what_no_application_may_do(box: Sandbox) -> None:
    answer = box.ask("GET", "/auth/credentials")
    assert (answer.status, answer.code) == (403, -32503)
    assert box.ask("GET", "/auth/credentials", operator=None).status == 401


def test_an_administrator_manages_keys(box: Sandbox) -> None:
    token = admin(box)
    path = "/auth/credentials"
    made = box.ask("POST", path, {"operator_id": 1}, token=token)
    assert made.status == 201
    assert fits(made, "createCredentials")
    listed = box.ask("GET", path, token=token)
    assert fits(listed, "listCredentials")
    ids = [one["token_id"] for one in listed.body]
    assert ids == [DEFAULTS[0].access_key, made.body["access_key"]]
    assert made.body["secret_key"] not in listed.raw.decode()
    given = box.ask("POST", "/auth/access_token", made.body, operator=None).body["access_token"]
    assert box.create(early(), token=given).status == 201
    assert box.status("j0") == "pending"
    assert box.ask("GET", path, token=given).status == 403
    for id_ in ids:
        assert box.ask("DELETE", f"{path}?token_id={id_}", token=token).status == 204
        assert box.ask("DELETE", f"{path}?token_id={id_}", token=token).status == 404
    assert box.ask("GET", path, token=token).body == []
    assert box.ask("POST", "/auth/access_token", made.body, operator=None).status == 401
    assert box.exchange().status == 401
    assert box.status("j0", token=given) == "pending"  # a token lives to its end


@pytest.mark.parametrize(
    ("method", "query", "body", "status"),
    [
        ("GET", "?operator_id=2", None, 403),
        ("GET", "?operator_id=x", None, 400),
        ("GET", "?more=1", None, 400),
        ("POST", "", {"operator_id": 2}, 403),
        ("POST", "", {"operator_id": "1"}, 400),
        ("POST", "", [], 400),
        ("DELETE", "", None, 400),
        ("DELETE", f"?token_id={DEFAULTS[1].access_key}", None, 404),
    ],
)
def test_keys_of_others_are_not_managed(
    box: Sandbox, method: str, query: str, body: Any, status: int
) -> None:
    answer = box.ask(method, f"/auth/credentials{query}", body, token=admin(box))
    assert answer.status == status
    assert answer.code == {400: -32602, 403: -32503, 404: -32504}[status]


@pytest.mark.parametrize("digits", ["9" * 5000, "1" * 400, "1e400", "-1"])
def test_numbers_of_any_length_are_refused(box: Sandbox, digits: str) -> None:
    text = json.dumps(early(0))
    for body, status in (
        (text.replace(f'"distance": {early(0)["distance"]}', f'"distance": {digits}'), 400),
        (f'{text[:-1]}, "operator_id": {digits}}}', 403),
    ):
        assert digits in body
        assert box.ask("POST", "/journeys", body.encode()).status == status
    for query in (f"limit={digits}", f"offset={digits}"):
        assert box.ask("GET", f"/journeys?status=ok&{query}").status == 400
    for clock in (f'{{"forward": {digits}}}', f'{{"now": {digits}}}', '{"forward": true}'):
        answer = box.ask("POST", "/sandbox/clock", clock.encode(), operator=None)
        assert answer.status == 400
    odd = Sandbox({"version": "3.3", "quirks": "2025-08"})
    path = f"/auth/credentials?operator_id={digits}"
    assert odd.ask("GET", path, token=admin(odd)).status == 400


ROUTE = "/geo/route?start[lat]=45.1915&start[lon]=5.7145&end[lat]=45.3659&end[lon]=5.5906"
ADDRESS = "/geo/point/by_address?country=France&literal="


def test_places(box: Sandbox) -> None:
    answer = box.ask("GET", ROUTE)
    assert fits(answer, "getRoute")
    assert answer.body == {"distance": 28184.7, "duration": 1691.1}
    answer = box.ask("GET", f"{ADDRESS}5 rue de la République, 38000 GRENOBLE".replace(" ", "%20"))
    assert fits(answer, "getPointByAddress")
    assert answer.body == {"lon": 5.7245, "lat": 45.1885}
    assert box.ask("GET", "/geo/point/by_insee?code=38185").raw == answer.raw
    for path in (f"{ADDRESS}nowhere", "/geo/point/by_insee?code=99999"):
        assert box.ask("GET", path).status == 404
    assert box.ask("GET", ROUTE, operator=None).status == 401
    for path in (
        *(ROUTE.replace("45.1915", "91"), ROUTE.replace("45.1915", "1e1"), f"{ROUTE}&more=1"),
        *("/geo/route", "/geo/point/by_insee?code=x", "/geo/point/by_address?literal=Lyon"),
    ):
        answer = box.ask("GET", path)
        assert (answer.status, answer.code) == (400, -32602), path


SEEN: dict[str, tuple[Any, Any, Any]] = {
    "anonymous-is-forbidden": (lambda b: b.create(early(), operator=None).status, 401, 403),
    "ended-token-without-code": (ended, -32501, 401),
    "wrong-token-crashes": (lambda b: b.create(early(), token="x").status, 401, 500),
    "schema-before-permission": (
        lambda b: b.ask("GET", "/journeys", operator=None).status, 401, 400,
    ),
    "broken-body-crashes": (lambda b: b.create(b"{").status, 400, 500),
    "database-crashes": (twice, 400, 500),
    "counterparts-crash": (counterparts, 400, 500),
    "update-revives": (revived, 404, 200),
    "markup-is-cut": (marked, "jx<script>alert(1)</script>y<b>z</b>&", "jxyz&"),
    "list-statuses": (lambda b: b.ask("GET", "/journeys?status=unknown").status, 200, 400),
    "list-has-no-order": (ordered, ["j1", "j0"], ["j0", "j1"]),
    "list-pending-is-loose": (loose, [], ["j0"]),
    "list-has-no-limit": (lambda b: b.ask("GET", "/journeys?status=ok&limit=-1").status, 400, 500),
    "list-ends-at-midnight": (
        lambda b: b.ask("GET", f"/journeys?status=ok&end={NOON}").status, 200, 400,
    ),
    "export-errors-are-bare": (lambda b: b.ask("POST", "/exports", {}).raw[:1], b"{", b"["),
    "certificate-errors-are-bare": (
        lambda b: b.ask("POST", "/policies/cee", {}).raw[:1], b"{", b"[",
    ),
    "imports-are-refused": (lambda b: b.ask("POST", "/policies/cee/import", []).status, 201, 400),
    "credentials-want-operator": (
        lambda b: b.ask("GET", "/auth/credentials", token=admin(b)).status, 200, 400,
    ),
    "credential-errors-are-bare": (
        lambda b: b.ask("GET", "/auth/credentials?operator_id=9", token=admin(b)).raw[:1],
        b"{", b'"',
    ),
    "places-are-forbidden": (lambda b: b.ask("GET", ROUTE).status, 200, 403),
    "address-is-litteral": (lambda b: b.ask("GET", f"{ADDRESS}Lyon").status, 200, 400),
    "headers-with-x": (lambda b: "ratelimit-limit" in b.exchange().headers, True, False),
}  # fmt: skip


CERTIFICATES = ("certificate-errors-are-bare", "imports-are-refused")
"""Those of a service that there is no more."""


@pytest.mark.parametrize("name", sorted(QUIRKS))
def test_a_quirk_is_seen(name: str) -> None:
    asked, without, having = SEEN[name]
    service = {"rules": "2025-08"} if name in CERTIFICATES else {}
    assert asked(Sandbox({"version": "3.3", **service})) == without
    assert asked(Sandbox(REAL)) == having


def test_quirks_are_all_known() -> None:
    version = find("carpool-proof@3.3")
    assert quirks_of(version, "2025-08").names == QUIRKS == set(SEEN)
    with pytest.raises(UnknownName):
        quirks_of(version, "1999-01")
    with pytest.raises(ConfigError):
        build(quirks="2025-08")


def test_the_database_speaks() -> None:
    box = Sandbox(REAL)
    half = {"index": 0, "amount": 10.5, "siret": "13002526500013"}
    said: dict[str, dict[str, Any]] = {
        'invalid input syntax for type integer: "10.5"': {"incentives": [half]},
        "value too long for type character varying(32)": {"licence_plate": "x" * 33},
    }
    for words, more in said.items():
        answer = box.create(early(**more))
        assert (answer.status, answer.body["error"]) == (500, {"message": words})


def test_the_server_of_2025_08() -> None:
    box = Sandbox(REAL)
    assert box.ask("GET", "/v3.2/journeys?status=ok").status == 200
    assert box.ask("GET", "/v3.4/journeys?status=ok").status == 404
    refused = box.create(early(distance=1999))
    assert refused.data == {"terms_violation_labels": ["distance_too_short"]}
    assert box.status("j0") == "terms_violation_error"
    box.forward(60)
    assert box.status("j0") == "ok"
