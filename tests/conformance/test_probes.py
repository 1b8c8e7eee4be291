"""Each kind that sends: silent on a right operator, loud on one that is wrong in one place."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from mobstd.conformance.explore import explore
from mobstd.conformance.kinds import PROBES, defaults
from mobstd.conformance.lab import Anchor
from mobstd.judging.exchange import Request, Response
from mobstd.judging.finding import Result

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
OPERATION = "getDriverJourneys"
Items = list[dict[str, Any]]
Edit = Callable[[dict[str, str], Items], Items]


def ready(lab: Any, sender: Any, **members: Any) -> Any:
    made = lab(sender, requests=1000, **members)
    with made.session.phase("explore", 60):
        explore(made, [OPERATION], areas=("Grenoble",), hints={}, now=NOW)
    assert made.anchors[OPERATION]
    return made


def probe(lab: Any, row: str, kind: str) -> Result:
    """Run the checks of this kind of a row."""
    found = lab.context.catalogue.rows[row]
    results = [
        PROBES[kind].run(check, found, OPERATION, lab)
        for check in found.checks
        if check.kind == kind
    ]
    assert results
    return Result(
        sum(result.evidence for result in results),
        tuple(finding for result in results for finding in result.findings),
        next((result.reason for result in results if result.reason), None),
    )


@pytest.fixture
def tried(lab: Any, operator: Any, journeys: Any) -> Callable[..., Result]:
    def run(row: str, kind: str, sender: Any = None, **members: Any) -> Result:
        return probe(ready(lab, sender or operator(journeys()), **members), row, kind)

    return run


CASES = [
    ("OCSS-SEARCH-03", "required-parameter"),
    ("OCSS-SEARCH-04", "bad-parameter"),
    ("OCSS-SEARCH-02", "good-parameter"),
    ("OCSS-SEARCH-06", "default-equals"),
    ("OCSS-SEARCH-07", "default-equals"),
    ("OCSS-SEARCH-08", "superset"),
    ("OCSS-SEARCH-08", "subset"),
    ("OCSS-SEARCH-08", "stable"),
    ("OCSS-SEARCH-08", "complete"),
    ("OCSS-SEARCH-12", "boundary"),
    ("OCSS-SEARCH-14", "boundary"),
]


@pytest.mark.parametrize(("row", "kind"), CASES)
def test_a_right_operator_gives_evidence_and_no_finding(tried: Any, row: str, kind: str) -> None:
    result = tried(row, kind)
    assert result.findings == ()
    assert result.evidence > 0


class Tolerant:
    """An operator that makes up for whatever is missing or wrong in a query."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def send(self, request: Request) -> Response:
        answer: Response = self.inner.send(request)
        return answer if answer.status != 400 else Response(200, answer.headers, b"[]")


@pytest.mark.parametrize(
    ("row", "kind"),
    [("OCSS-SEARCH-03", "required-parameter"), ("OCSS-SEARCH-04", "bad-parameter")],
)
def test_what_is_not_refused_is_found(
    tried: Any, operator: Any, journeys: Any, row: str, kind: str
) -> None:
    result = tried(row, kind, Tolerant(operator(journeys())))
    assert {finding.code for finding in result.findings} == {f"probe.{kind}"}
    assert all(len(finding.exchanges) == 2 for finding in result.findings)
    assert all(finding.received == 200 for finding in result.findings)


def wants(name: str) -> Callable[[dict[str, str]], bool]:
    return lambda query: name not in query


def test_what_is_refused_although_it_is_right_is_found(
    tried: Any, operator: Any, journeys: Any
) -> None:
    result = tried("OCSS-SEARCH-02", "good-parameter", operator(journeys(), wants("timeDelta")))
    # Without a control that is accepted nothing may be said; with one, the refusal is found.
    assert result.findings or result.evidence == 0


class Defaults:
    """An operator with other defaults."""

    def __init__(self, inner: Any, **values: str) -> None:
        self.inner, self.values = inner, values

    def send(self, request: Request) -> Response:
        known = {name for name, _ in request.query}
        more = tuple(pair for pair in self.values.items() if pair[0] not in known)
        answer: Response = self.inner.send(request.with_query((*request.query, *more)))
        return answer


@pytest.mark.parametrize(
    ("row", "values"),
    [
        ("OCSS-SEARCH-06", {"timeDelta": "7200"}),
        ("OCSS-SEARCH-06", {"timeDelta": "60"}),
        ("OCSS-SEARCH-07", {"departureRadius": "5"}),
        ("OCSS-SEARCH-07", {"arrivalRadius": "0.1"}),
    ],
)
def test_another_default_is_found(
    tried: Any, operator: Any, journeys: Any, row: str, values: dict[str, str]
) -> None:
    result = tried(row, "default-equals", Defaults(operator(journeys()), **values))
    assert {finding.code for finding in result.findings} == {"probe.default-equals"}
    assert {finding.params["parameter"] for finding in result.findings} == set(values)


def test_the_edge_of_a_default_is_tried_where_no_other_slot_lies_nearer(
    lab: Any, operator: Any
) -> None:
    """Ten minutes for a quarter of an hour would find the other slot on any day."""
    name, found = "getDriverRegularTrips", lab(operator([]))
    clocks = {"MON": "07:40:00", "THU": "07:35:00", "FRI": "10:50:00"}
    item = {
        "passengerPickupLat": 47.67774, "passengerPickupLng": 6.48872,
        "passengerDropLat": 47.63514, "passengerDropLng": 6.85186,
        "schedules": [{"passengerPickupDay": day, "passengerPickupTimeOfDay": clock}
                      for day, clock in clocks.items()],
    }  # fmt: skip
    query = {
        "departureLat": 47.67774, "departureLng": 6.48872, "arrivalLat": 47.63514,
        "arrivalLng": 6.85186, "departureTimeOfDay": "07:40:00", "departureWeekdays": ["MON"],
        "departureRadius": 2.0, "arrivalRadius": 2.0, "timeDelta": 3600,
    }  # fmt: skip
    anchor = Anchor(name, item, ("one",), query)
    tried = defaults._cases(found, name, anchor, "timeDelta", 900)
    cases = {inside: asked for asked, inside in tried}
    assert found.surely(name, item, found.written(name, cases[True]))
    narrower = {**cases[True], "timeDelta": 600}
    assert not found.surely(name, item, found.written(name, narrower))
    wider = {**cases[False], "timeDelta": 1350}
    assert found.surely(name, item, found.written(name, wider))


def ghosts(query: dict[str, str], items: Items) -> Items:
    """For each radius an item of its own, which no other radius brings."""
    return items + [{**item, "id": query.get("departureRadius", "1")} for item in items[:1]]


def loses_late(query: dict[str, str], items: Items) -> Items:
    when = int(query["departureDate"])
    return [item for item in items if item["passengerPickupDate"] <= when + 300]


def loses_north(query: dict[str, str], items: Items) -> Items:
    north = float(query["departureLat"])
    return [item for item in items if item["passengerPickupLat"] <= north + 0.004]


@pytest.mark.parametrize(
    ("row", "kind", "edit"),
    [
        ("OCSS-SEARCH-08", "superset", ghosts),
        ("OCSS-SEARCH-08", "subset", ghosts),
        ("OCSS-SEARCH-14", "boundary", loses_late),
        ("OCSS-SEARCH-12", "boundary", loses_north),
    ],
)
def test_what_is_lost_is_found(
    tried: Any, operator: Any, journeys: Any, row: str, kind: str, edit: Edit
) -> None:
    result = tried(row, kind, operator(journeys(), edits=edit))
    assert {finding.code for finding in result.findings} == {f"probe.{kind}"}


def test_answers_that_change_by_chance_are_found(tried: Any, operator: Any, journeys: Any) -> None:
    rng = random.Random(1)

    def by_chance(query: dict[str, str], items: Items) -> Items:
        small = "count" not in query and float(query.get("departureRadius", 1)) <= 30
        return items[:1] + [i for i in items[1:] if not small or rng.random() < 0.5]

    spread = journeys(count=60, km=1)
    result = tried("OCSS-SEARCH-08", "stable", operator(spread, edits=by_chance))
    assert {finding.code for finding in result.findings} <= {"probe.stable"}
    assert result.evidence == 1


# Credentials


class Keyed:
    """An operator that asks for a key, or makes believe."""

    def __init__(self, inner: Any, bare: int = 401, wrong: int = 401) -> None:
        self.inner, self.bare, self.wrong = inner, bare, wrong

    def send(self, request: Request) -> Response:
        key = dict(request.headers).get("X-API-Key")
        status = {None: self.bare, "right": 200}.get(key, self.wrong)
        if status == 200:
            answer: Response = self.inner.send(request)
            return answer
        return Response(status, (("Content-Type", "application/json"),), b"{}")


@pytest.mark.parametrize(
    ("bare", "wrong", "codes", "reason"),
    [
        (401, 401, [], None),
        (401, 200, ["probe.credentials.wrong"], None),
        (403, 403, ["probe.credentials.none", "probe.credentials.wrong"], None),
        (200, 200, [], "unobservable"),
    ],
)
def test_keys(
    tried: Any,
    operator: Any,
    journeys: Any,
    bare: int,
    wrong: int,
    codes: list[str],
    reason: str | None,
) -> None:
    result = tried(
        "OCSS-AUTH-01",
        "credentials",
        Keyed(operator(journeys()), bare, wrong),
        credentials=(("X-API-Key", "right"),),
        wrong_credentials=(("X-API-Key", "mobstd-wrong-key"),),
    )
    assert [finding.code for finding in result.findings] == codes
    assert result.reason == reason


def test_without_a_key_nothing_is_known_of_keys(tried: Any) -> None:
    assert tried("OCSS-AUTH-01", "credentials") == Result(reason="unobservable")


# Nothing is held against a target that answers nothing, or fails


@pytest.mark.parametrize("status", [500, 503, 302])
@pytest.mark.parametrize(("row", "kind"), CASES)
def test_a_target_that_breaks_down_is_not_blamed_for_the_rest(
    lab: Any, operator: Any, journeys: Any, row: str, kind: str, status: int
) -> None:
    sender = operator(journeys())
    made = ready(lab, sender)
    sender.send = lambda request: Response(status)  # type: ignore[method-assign]
    assert probe(made, row, kind).findings == ()


@pytest.mark.parametrize("body", [b"<html>", b"[NaN]", b"", b'{"journeys": []}', b"[null, 3]"])
@pytest.mark.parametrize(("row", "kind"), [case for case in CASES if "parameter" not in case[1]])
def test_answers_without_items_that_can_be_read_miss_none(
    lab: Any, operator: Any, journeys: Any, row: str, kind: str, body: bytes
) -> None:
    """What is wrong with such a body is for other rows to say."""
    sender = operator(journeys())
    made = ready(lab, sender)
    json_type = (("Content-Type", "application/json"),)
    sender.send = lambda request: Response(200, json_type, body)  # type: ignore[method-assign]
    findings = probe(made, row, kind).findings
    assert findings == () or body == b"[null, 3]"


# Live data


class Moving:
    """What an operator has, with one journey gone and another come every so many requests."""

    def __init__(self, journeys: Items, every: int) -> None:
        self.journeys = journeys
        self.every = every
        self.asked = itertools.count(1)

    def __call__(self) -> Items:
        turn = next(self.asked) // self.every
        size = len(self.journeys) // 2
        start = turn % size
        return self.journeys[start : start + size]


@pytest.mark.parametrize("every", [3, 7, 20, 45])
@pytest.mark.parametrize("seed", [0, 1])
def test_live_data_that_moves_raises_no_alarm(
    judged: Any, operator: Any, journeys: Any, every: int, seed: int
) -> None:
    sender = operator(Moving(journeys(count=120), every))
    report = judged(sender, {"areas": ("Grenoble",)}, seed=seed, blocks=("driver-journeys",))
    wrong = [
        (row["id"], finding["message"]["en"])
        for row in report["requirements"]
        for finding in row["findings"]
        if finding["severity"] == "error"
    ]
    assert [pair for pair in wrong if pair[0] in ROWS_ABOUT_SETS] == []


ROWS_ABOUT_SETS = ("OCSS-SEARCH-06", "OCSS-SEARCH-07", "OCSS-SEARCH-08", "OCSS-SEARCH-12")
