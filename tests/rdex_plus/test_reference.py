"""The reference operator: right under every reading, served by name, wrong on demand."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from mobstd.canon.schemas import validator_of
from mobstd.conformance.profile import Profile
from mobstd.conformance.report.contract import problems
from mobstd.conformance.run import Options, check
from mobstd.errors import ApiError, ConfigError
from mobstd.judging.exchange import Request, Response
from mobstd.judging.outcome import severity_of
from mobstd.rdex_plus.reference import build
from mobstd.rdex_plus.slots import DAY, WEEK, apart, slots
from mobstd.rdex_plus.v2_0 import ApiKey, Client, JourneysQuery
from mobstd.serving.faults import load_faults, load_twins, select
from mobstd.serving.opening import implementation, role_of
from mobstd.transport.asgi import AsgiSender

from .documents import VERSION
from .test_catalogue import FOUND

NOW = 1_795_424_400
WHOLE = {
    "departureLat": 46.6,
    "departureLng": 2.4,
    "arrivalLat": 46.6,
    "arrivalLng": 2.4,
    "departureRadius": 700,
    "arrivalRadius": 700,
}


@cache
def sender() -> AsgiSender:
    return AsgiSender(build(now=NOW, development=True))


def ask(**query: Any) -> Response:
    pairs = tuple((name, str(value)) for name, value in {**WHOLE, **query}.items())
    return sender().send(Request("GET", "/journeys", pairs))


def journeys(**query: Any) -> list[dict[str, Any]]:
    answer = ask(**query)
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = answer.json["journeys"]
    assert answer.json["nbJourneys"] == len(found)
    return found


@pytest.mark.parametrize("side", ["driver", "passenger"])
@pytest.mark.parametrize("frequency", ["punctual", "regular"])
def test_it_answers_what_is_asked(side: str, frequency: str) -> None:
    found = journeys(
        carpoolerType=side, frequency=frequency, departureDate=NOW, timeDelta=7 * DAY, count=80
    )
    assert len(found) == 80
    assert {item["carpoolerType"] for item in found} == {side}
    assert {item["frequency"] for item in found} == {frequency}
    judge = validator_of(VERSION, "journey")
    assert [list(judge.problems(item)) for item in found] == [[]] * 80
    assert len({item["id"] for item in found}) == 80


def test_without_a_word_it_is_drivers_once_and_now() -> None:
    found = journeys(timeDelta=3600)
    assert found
    assert {(i["carpoolerType"], i["frequency"]) for i in found} == {("driver", "punctual")}
    assert all(abs(item["outward"]["departureDate"] - NOW) <= 3600 for item in found)


def test_a_regular_journey_has_every_wanted_departure() -> None:
    some = journeys(frequency="regular", count=400)
    item = next(i for i in some if len(list(slots(i["outward"]["regularSchedule"]))) > 1)
    one, other, *_ = slots(item["outward"]["regularSchedule"])
    names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

    def week(*moments: float) -> str:
        found = []
        for moment in moments:
            minutes = int(moment % DAY) // 60
            time = f"{minutes // 60:02}:{minutes % 60:02}:00"
            found.append({f"{names[int(moment % WEEK // DAY)]}Time": time})
        return json.dumps(found)

    both = journeys(frequency="regular", regularSchedule=week(one.moment, other.moment))
    assert item["id"] in {i["id"] for i in both}
    for found in both:
        offered = list(slots(found["outward"]["regularSchedule"]))
        assert all(apart(at, offered) <= 960 for at in (one.moment, other.moment))
    apart_ = week(one.moment, one.moment + 6 * 3600)
    assert item["id"] not in {
        i["id"] for i in journeys(frequency="regular", regularSchedule=apart_)
    }


def test_dates_of_regular_journeys() -> None:
    every = journeys(frequency="regular")
    ended = [item for item in every if "maxDate" in item["outward"]]
    assert ended
    late = journeys(frequency="regular", departureDate=NOW + 400 * DAY)
    assert {item["id"] for item in late} == {i["id"] for i in every if i not in ended}
    early = journeys(frequency="regular", maxDate=NOW - 30 * DAY)
    assert early == []
    assert journeys(frequency="regular", departureDate=NOW, maxDate=NOW - DAY) == []


@pytest.mark.parametrize(
    "query",
    [
        {"count": -1},
        {"carpoolerType": "rider"},
        {"frequency": "monthly"},
        {"regularSchedule": "soon"},
        {"regularSchedule": '{"mondayTime":"06:30:00"}'},
        {"regularSchedule": '[{"mondayTime":"6h30"}]'},
        {"departureDate": "tomorrow"},
    ],
)
def test_a_refusal_has_the_code_of_its_status(query: dict[str, Any]) -> None:
    answer = ask(**query)
    assert answer.status == 400
    assert answer.json["errorCode"] == "invalid_input"
    assert answer.json["errorMessage"]


def test_count() -> None:
    assert journeys(count=0) == []
    assert len(journeys(count=7, timeDelta=30 * DAY)) == 7


def test_a_key_is_sent_in_the_published_header() -> None:
    app, url = build(now=NOW, count=200, api_keys=["k"]), "http://app.localhost"
    query = JourneysQuery(departure_lat=46.6, departure_lng=2.4, arrival_lat=46.6, arrival_lng=2.4)
    with AsgiSender(app) as bare:
        answer = bare.send(Request("GET", "/journeys", query.to_pairs()))
    assert (answer.status, answer.json["errorCode"]) == (401, "access_denied")
    with Client(url, auth=ApiKey("api_key", "k"), sender=AsgiSender(app)) as client:
        assert client.get_journeys(query).nb_journeys == 0
    with (
        Client(url, auth=ApiKey("api_key", "x"), sender=AsgiSender(app)) as client,
        pytest.raises(ApiError) as refused,
    ):
        client.get_journeys(query)
    assert refused.value.status == 401


def test_the_operator_is_served_where_no_role_is_named() -> None:
    assert role_of(VERSION, None) == "operator"
    with pytest.raises(ConfigError):
        build(operators=9)


# The check


def checked(*names: str, **setting: Any) -> dict[str, Any]:
    key = any(variant.setting.key for variant in select(VERSION, names))
    keys = ["matrix"] if key else None
    variants = select(VERSION, names)
    app = implementation(VERSION, "operator", variants=variants, now=NOW, api_keys=keys)
    options = Options(
        now=datetime.fromtimestamp(NOW, UTC),
        with_fuzz=False,
        credentials=(("api_key", "matrix"),) if key else (),
        **setting,
    )
    profile = Profile("http://app.localhost", "rdex-plus@2.0", blocks=("search",))
    with AsgiSender(app) as target:
        return check(target, profile, options)


def test_the_reference_conforms() -> None:
    report = checked()
    assert report["verdict"] == "conforming"
    assert report["gate"]["exit_code"] == 0
    assert [row["id"] for row in report["requirements"] if row["findings"]] == []
    tried = [r for r in report["requirements"] if r["outcome"] in ("passed", "inconclusive")]
    silent = {row["id"] for row in tried if row["outcome"] == "inconclusive"}
    assert silent == set()
    assert list(problems(report)) == []
    assert report["requests"] <= 200


def judged_alone(fault: str) -> None:
    """See that a fault is reported under its own row and no other, umbrellas apart."""
    from mobstd.conformance import matrix

    for mutant in matrix.mutants(VERSION, [fault]):
        cell = matrix.measure(VERSION, mutant)
        row = FOUND.rows[fault.partition("/")[0]]
        assert (cell.end, cell.others) == ("killed", ()), cell
        if cell.outcome == "failed":
            assert severity_of(row.level, row.origin) == "error"
            assert (cell.verdict, cell.exit_code) == ("non-conforming", 1)


EVERY = [fault.id for fault in load_faults(VERSION)]
QUICK = [fault.id for fault in load_faults(VERSION) if fault.operations == ("getJourneys",)][::12]
"""Of those that search; what writes takes longer, see test_writing_run."""


@pytest.mark.parametrize("fault", QUICK)
def test_a_fault_is_reported_under_its_own_row_alone(fault: str) -> None:
    judged_alone(fault)


@pytest.mark.slow
@pytest.mark.parametrize("fault", [fault for fault in EVERY if fault not in QUICK])
def test_every_fault_is_reported_under_its_own_row_alone(fault: str) -> None:
    judged_alone(fault)


def test_all_twins_together_bring_no_finding() -> None:
    apart = {"TWIN/bounds-left-out", "TWIN/metre-slack"}
    names = [twin.id for twin in load_twins(VERSION) if twin.id not in apart]
    report = checked(*names)
    assert [row["id"] for row in report["requirements"] if row["findings"]] == []
    assert report["verdict"] == "conforming"
