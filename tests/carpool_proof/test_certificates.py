"""Energy savings certificates at the sandbox, as 3.3 and the server of 2025-08 had them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mobstd.canon.openapi import operations
from mobstd.canon.standard import find
from mobstd.canon.validator import validator
from mobstd.carpool_proof.cee_token import message, verified
from mobstd.carpool_proof.v3_3 import CeeImportItem, CeeImportResult, Client, RegistryService
from mobstd.errors import RefusedDocument
from mobstd.serving import app
from mobstd.transport import AsgiSender
from mobstd.validation.overlay import documents_under

from .sandbox import Answer, Sandbox
from .worlds import journey, key

pytestmark = pytest.mark.usefixtures("each_database")
THEN = datetime(2024, 7, 1, 12, tzinfo=UTC)
RULES: dict[str, Any] = {"version": "3.3", "rules": "2025-08", "clock": "2024-07-01T12:00:00Z"}
SIGNED = "2024-07-02T08:00:00Z"
SHORT = {
    "journey_type": "short",
    "identity_key": key("d"),
    "driving_license": "051227308989",
    "last_name_trunc": "D H",
    "application_timestamp": SIGNED,
    "operator_journey_id": "j0",
}
LONG = {name: value for name, value in SHORT.items() if name != "operator_journey_id"} | {
    "journey_type": "long",
    "phone_trunc": "+336399801",
    "datetime": "2024-06-01T10:00:00Z",
}
OLD = {
    "journey_type": "short",
    "last_name_trunc": "TO ",
    "phone_trunc": "+336399802",
    "datetime": "2022-05-01T00:00:00Z",
}


@pytest.fixture
def box() -> Sandbox:
    """A sandbox eight days after a journey that serves."""
    made = Sandbox(RULES)
    assert made.create(ridden()).status == 201
    made.forward(8 * 24)
    return made


def ridden(number: int = 0, **changes: Any) -> dict[str, Any]:
    start = THEN - timedelta(hours=2)
    return journey(number, "d", f"p{number}", start) | {"operator_class": "C"} | changes


def asked(box: Sandbox, body: Any, place: str = "", **options: Any) -> Answer:
    return box.ask("POST", f"/policies/cee{place}", body, **options)


def fits(answer: Answer, operation: str) -> bool:
    version = find("carpool-proof@3.3")
    content = operations(version, "registry")[operation].answers[str(answer.status)].content
    known = documents_under(version, None)
    return all(validator(schema or {}, known).is_valid(answer.body) for schema in content.values())


def test_a_short_journey_is_applied_for(box: Sandbox) -> None:
    answer = asked(box, SHORT)
    assert (answer.status, fits(answer, "createCeeApplication")) == (201, True)
    ended = THEN - timedelta(hours=2) + timedelta(minutes=20)
    assert answer.body["datetime"] == ended.isoformat(timespec="milliseconds")[:-6] + "Z"
    assert answer.body["journey_id"] == 1
    public = box.ask("GET", "/sandbox/certificates-key").raw
    text = message("00000000000001", "short", "051227308989", ended)
    assert verified(answer.body["token"], text, public)
    read = box.ask("GET", f"/policies/cee/{answer.body['uuid']}")
    assert (read.status, read.body) == (200, answer.body)


def test_it_is_the_operators_own_and_can_be_taken_back(box: Sandbox) -> None:
    place = f"/policies/cee/{asked(box, SHORT).body['uuid']}"
    for method in ("GET", "DELETE"):
        assert box.ask(method, place, operator=2).status == 404
        assert box.ask(method, "/policies/cee/x").status == 400
        assert box.ask(method, place, operator=None).status == 401
    assert box.ask("DELETE", place).status == 204
    assert box.ask("GET", place).status == 404
    assert asked(box, SHORT).status == 201


@pytest.mark.parametrize(
    "changes",
    [{"operator_class": "B"}, {"distance": 80_001}, {"operator_journey_id": "another"}],
)
def test_a_journey_that_does_not_serve(changes: dict[str, Any]) -> None:
    box = Sandbox(RULES)
    assert box.create(ridden(**changes)).status == 201
    box.forward(8 * 24)
    assert asked(box, SHORT).status == 404


def test_eighty_kilometres_serve_but_not_to_another_operator() -> None:
    box = Sandbox(RULES)
    box.create(ridden(distance=80_000))
    box.forward(8 * 24)
    assert asked(box, SHORT, operator=2).status == 404
    assert asked(box, SHORT).status == 201


def test_seven_days_have_to_pass() -> None:
    box = Sandbox(RULES)
    box.create(ridden())
    box.forward(7 * 24 - 2 + 1 / 3)
    early = asked(box, SHORT)
    assert (early.status, early.data) == (400, "Date should be before 7 days from now")
    box.forward(1 / 3600)
    assert asked(box, SHORT).status == 201


def test_dates_of_a_long_journey(box: Sandbox) -> None:
    assert asked(box, LONG).status == 201
    for wrong in ("2022-12-31T22:59:59Z", "2024-07-05T00:00:00Z", "2022-12-31T23:00:00Z"):
        other = LONG | {"driving_license": "1", "identity_key": key("z"), "datetime": wrong}
        answer = asked(box, other | {"last_name_trunc": "ZZZ"})
        assert (answer.status, "Date should be before" in answer.data) == (400, True)
    signed = LONG | {"application_timestamp": "2024-07-09T12:00:00.001Z"}
    assert asked(box, signed).data == "Date should be before 0 days from now"


@pytest.mark.parametrize(
    ("same", "status"),
    [
        ({"driving_license": "051227308989"}, 409),
        ({"identity_key": key("d")}, 409),
        ({"last_name_trunc": "D H", "phone_trunc": "+336399801"}, 201),
        ({}, 201),
    ],
)
def test_a_person_applies_once(box: Sandbox, same: dict[str, Any], status: int) -> None:
    first = asked(box, LONG)
    other = LONG | {"driving_license": "7", "identity_key": key("z"), "last_name_trunc": "ZZZ"}
    mine = asked(box, other | same)
    assert mine.status == status
    if status == 409:
        assert fits(mine, "createCeeApplication")
        assert mine.body == {name: first.body[name] for name in ("datetime", "uuid")}
        theirs = asked(box, other | same, operator=2)
        assert (theirs.status, theirs.body) == (409, {"datetime": first.body["datetime"]})


def test_a_conflict_of_a_short_journey_tells_it(box: Sandbox) -> None:
    first = asked(box, SHORT).body
    again = asked(box, SHORT)
    assert again.status == 409
    told = {name: first[name] for name in ("datetime", "uuid", "journey_id")}
    assert again.body == told | {"status": "processed"}
    assert asked(box, LONG).status == 201


def test_what_is_imported_stands_in_the_way(box: Sandbox) -> None:
    answer = asked(box, [OLD, OLD, OLD | {"journey_type": "long"}], "/import")
    assert (answer.status, fits(answer, "importCeeApplications")) == (201, True)
    assert answer.body == {
        "imported": 2, "failed": 1, "failed_details": [OLD | {"error": "Conflict"}],
    }  # fmt: skip
    person = {name: OLD[name] for name in ("journey_type", "last_name_trunc", "phone_trunc")}
    found = asked(box, person, "/simulate")
    assert (found.status, found.body["datetime"]) == (409, "2022-05-01T00:00:00.000Z")
    assert "uuid" not in asked(box, person, "/simulate", operator=2).body
    assert asked(box, person | {"last_name_trunc": "ZZZ"}, "/simulate").status == 200
    box.forward(24 * 365)
    assert asked(box, person, "/simulate").status == 200
    assert asked(box, person | {"journey_type": "long"}, "/simulate").status == 409


def test_history_counts_from_a_day_on(box: Sandbox) -> None:
    old = OLD | {"datetime": "2014-12-31T22:59:59Z", "journey_type": "long"}
    assert asked(box, [old], "/import").body["imported"] == 1
    person = {name: old[name] for name in ("journey_type", "last_name_trunc", "phone_trunc")}
    assert asked(box, person, "/simulate").status == 200


def test_identities_are_given_once(box: Sandbox) -> None:
    asked(box, [OLD], "/import")
    lacking = OLD | {"cee_application_type": "specific", "identity_key": key("o")}
    made = asked(box, SHORT).body["uuid"]
    has = {
        "cee_application_type": "standardized",
        "cee_application_uuid": made,
        "identity_key": key("o"),
    }
    answer = asked(box, [lacking, lacking, has], "/import/identity")
    assert (answer.status, fits(answer, "importCeeIdentities")) == (200, True)
    assert answer.body["imported"] == 1
    assert answer.body["failed_details"] == [one | {"error": "Not found"} for one in (lacking, has)]
    person = {name: OLD[name] for name in ("journey_type", "last_name_trunc", "phone_trunc")}
    assert asked(box, person, "/simulate").status == 200  # it is found by the key alone now
    assert asked(box, person | {"identity_key": key("o")}, "/simulate").status == 409


@pytest.mark.parametrize("place", ["/import", "/import/identity"])
def test_what_is_no_import(box: Sandbox, place: str) -> None:
    for body, said in (
        ({}, ": must be array"),
        ([{}] * 1001, ": must NOT have more than 1000 items"),
        ([{"x": 1}], "/0: must NOT have additional properties"),
    ):
        answer = asked(box, body, place)
        assert (answer.status, answer.code) == (400, -32602)
        assert said in answer.data


def test_the_service_was_closed() -> None:
    for options in ({"version": "3.3"}, {}):
        box = Sandbox(options)
        for place in ("", "/simulate", "/import"):
            assert asked(box, SHORT, place).status == (403 if options else 404)
        assert box.ask("GET", "/sandbox/certificates-key").status == 404


def test_a_client_sends_lists() -> None:
    class Registry(RegistryService):
        async def import_cee_applications(self, body: list[CeeImportItem]) -> CeeImportResult:
            assert body == [item]
            return CeeImportResult(imported=len(body), failed=0, failed_details=[])

    item = CeeImportItem.read(OLD)
    served = app(Registry(), "carpool-proof@3.3", "registry")
    url = "http://registry.localhost"
    with AsgiSender(served, url) as sender:
        client = Client(url, sender=sender)
        assert client.import_cee_applications([item]).imported == 1
        with pytest.raises(RefusedDocument, match="/0"):
            client.import_cee_identities([item])  # type: ignore[list-item]
        with pytest.raises(RefusedDocument):
            client.import_cee_applications([item] * 1001)
