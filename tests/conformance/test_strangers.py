"""What servers of strangers taught: faults that single items hide, and habits that are legal.

Each is a way of a whole server, tried with a whole run.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from mobstd.judging.exchange import Request, Response
from mobstd.judging.kinds.filters import distance

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY = 86_400
Items = list[dict[str, Any]]
Query = dict[str, str]
Run = Callable[..., dict[str, Any]]


@pytest.fixture
def many(journeys: Any) -> Items:
    """150 journeys around Grenoble, over five days, by people who share no journey."""
    made: Items = journeys(count=150, km=30.0)
    for number, journey in enumerate(made):
        journey["passengerPickupDate"] += (number % 5) * DAY
    return made


def outcome(report: dict[str, Any], row: str) -> str:
    return next(str(r["outcome"]) for r in report["requirements"] if r["id"] == row)


def errors(report: dict[str, Any]) -> set[str]:
    return {
        row["id"]
        for row in report["requirements"]
        if any(finding["severity"] == "error" for finding in row["findings"])
    }


@pytest.fixture
def found(judged: Any, operator: Any, many: Items) -> Run:
    """Judge an operator whose search is changed: ``search(query, right)`` gives its items."""

    def run(search: Callable[[Query, Callable[[Query], Items]], Items]) -> dict[str, Any]:
        made = operator(many)
        right = made._found
        made._found = lambda query: search(query, right)
        report: dict[str, Any] = judged(made, {"blocks": ("driver-journeys", "status")})
        return report

    return run


def _utc_day(instant: float) -> int:
    return int(instant // DAY)


def _minutes(query: Query, right: Callable[[Query], Items]) -> Items:
    margin = int(query.get("timeDelta", 900)) // 60 * 60
    return right({**query, "timeDelta": str(margin)})


def _same_day(query: Query, right: Callable[[Query], Items]) -> Items:
    day = _utc_day(int(query["departureDate"]))
    return [j for j in right(query) if _utc_day(j["passengerPickupDate"]) == day]


def _page(query: Query, right: Callable[[Query], Items]) -> Items:
    return right(query)[: 100 if "count" not in query else None]


def _limit_first(query: Query, right: Callable[[Query], Items]) -> Items:
    everything = right({k: v for k, v in query.items() if k != "count"})
    if "count" not in query:
        return everything
    wide = {**query, "departureRadius": "5000", "arrivalRadius": "5000"}
    first = [j["id"] for j in right(wide)]
    return [j for j in everything if j["id"] in first]


def _capped(query: Query, right: Callable[[Query], Items]) -> Items:
    near = {k: str(min(float(v), 30.0)) for k, v in query.items() if k.endswith("Radius")}
    return right({**query, **near})


def _whole_km(query: Query, right: Callable[[Query], Items]) -> Items:
    whole = {k: str(math.floor(float(v))) for k, v in query.items() if k.endswith("Radius")}
    return right({**query, **whole})


WRONG = {
    "counts-in-minutes": (_minutes, {"OCSS-SEARCH-14"}),
    "same-day-only": (_same_day, {"OCSS-SEARCH-08"}),
    "a-page-of-100": (_page, {"OCSS-SEARCH-08"}),
    "limits-before-it-filters": (_limit_first, {"OCSS-SEARCH-08"}),
    "a-limit-of-its-own": (_capped, {"OCSS-SEARCH-12", "OCSS-SEARCH-13"}),
    "whole-kilometres": (_whole_km, {"OCSS-SEARCH-12", "OCSS-SEARCH-13"}),
}


def test_the_unchanged_operator_conforms(found: Run) -> None:
    report = found(lambda query, right: right(query))
    assert (errors(report), report["verdict"]) == (set(), "conforming")


@pytest.mark.parametrize("name", WRONG)
def test_what_hides_in_a_crowd_is_found(name: str, found: Run) -> None:
    search, rows = WRONG[name]
    assert errors(found(search)) == rows


def test_no_data_unlocks_what_another_row_explains() -> None:
    from mobstd.canon.standard import find
    from mobstd.conformance.matrix import mutants
    from mobstd.conformance.matrix.measure import checked, needed

    version = find("ocss@1.0-alpha")
    mutant = mutants(version, ["OCSS-REG-04/working-days"])[0]
    need = needed(version, mutant)
    report, _ = checked(version, mutant, need, whole=False, fuzz=False)
    explained = {r["id"] for r in report["requirements"] if r["reason"] == "explained"}
    unlocked = {
        row for block in report["blocks"] for u in block["unlock"] for row in u["requirements"]
    }
    assert explained
    assert not explained & unlocked


def test_one_in_ten_is_found(found: Run) -> None:
    def later(query: Query, right: Callable[[Query], Items]) -> Items:
        return [
            {**j, "passengerPickupDate": j["passengerPickupDate"] + 3600}
            if int(j["id"].rpartition("-")[2]) % 10 == 0
            else j
            for j in right(query)
        ]

    assert "OCSS-SEARCH-14" in errors(found(later))


def test_a_cache_is_not_another_default(found: Run) -> None:
    kept: dict[tuple[tuple[str, str], ...], Items] = {}

    def cached(query: Query, right: Callable[[Query], Items]) -> Items:
        key = tuple(
            sorted(
                (k, f"{float(v):.1f}" if k.endswith(("Lat", "Lng")) else v)
                for k, v in query.items()
            )
        )
        if key not in kept:
            kept[key] = right(query)
        return kept[key]

    rows = errors(found(cached))
    assert rows & {"OCSS-SEARCH-12", "OCSS-SEARCH-13"}
    assert not rows & {"OCSS-SEARCH-06", "OCSS-SEARCH-07"}


def test_ids_that_change_by_themselves_are_a_warning(found: Run) -> None:
    turn = itertools.count()

    def renamed(query: Query, right: Callable[[Query], Items]) -> Items:
        number = next(turn)
        return [{**j, "id": f"{j['id']}.{number}", "webUrl": None} for j in right(query)]

    def without_link(query: Query, right: Callable[[Query], Items]) -> Items:
        return [{k: v for k, v in j.items() if k != "webUrl"} for j in renamed(query, right)]

    report = found(without_link)
    assert (errors(report), outcome(report, "OCSS-SEARCH-08")) == (set(), "warned")


def test_a_pseudonym_of_each_answer_is_a_warning(found: Run) -> None:
    turn = itertools.count()

    def hidden(query: Query, right: Callable[[Query], Items]) -> Items:
        number = next(turn)
        return [{**j, "driver": {**j["driver"], "id": f"p{number}"}} for j in right(query)]

    report = found(hidden)
    assert (errors(report), outcome(report, "OCSS-SEARCH-18")) == (set(), "warned")


def test_rides_that_are_made_up_for_each_query_are_legal(
    judged: Any, operator: Any, many: Items
) -> None:
    """Each ride has two stops to get in at; who asks is shown the nearer one, under its own id."""

    def shown(journey: dict[str, Any], query: Query) -> dict[str, Any]:
        asked = (float(query["departureLat"]), float(query["departureLng"]))
        own = (journey["passengerPickupLat"], journey["passengerPickupLng"])
        other = (round(own[0] + 0.02, 5), round(own[1] + 0.02, 5))
        if distance(asked, own) <= distance(asked, other):
            return {**journey, "id": f"{journey['id']}-a"}
        moved = {"passengerPickupLat": other[0], "passengerPickupLng": other[1]}
        return {**journey, **moved, "id": f"{journey['id']}-b"}

    class Operator(operator):  # type: ignore[misc,valid-type]
        def _found(self, query: Query) -> Items:
            every = [shown(journey, query) for journey in many]
            self.journeys = every
            found: Items = super()._found(query)
            return found

    report = judged(Operator([]), {"blocks": ("driver-journeys", "status")})
    assert errors(report) == set()
    assert report["verdict"] == "conforming"


def test_a_far_date_may_be_too_far(judged: Any, operator: Any, many: Items) -> None:
    limit = int(NOW.timestamp()) + 90 * DAY
    made = operator(many, refuses=lambda query: int(query["departureDate"]) > limit)
    report = judged(made, {"blocks": ("driver-journeys", "status")})
    assert (errors(report), report["verdict"]) == (set(), "conforming")


@pytest.mark.parametrize("most", [2.0, 12.0])
def test_a_target_that_takes_small_circles_only_is_found(
    most: float, judged: Any, operator: Any, journeys: Any
) -> None:
    def too_far(query: Query) -> bool:
        return any(float(v) > most for k, v in query.items() if k.endswith("Radius"))

    made = operator(journeys(count=60, km=1.5), refuses=too_far)
    report = judged(made, {"blocks": ("driver-journeys", "status"), "areas": ("Grenoble",)})
    assert report["exploration"]["getDriverJourneys"]["items"] > 0
    assert errors(report) == set()


def test_a_target_that_takes_short_margins_only_is_found(
    judged: Any, operator: Any, many: Items
) -> None:
    made = operator(many, refuses=lambda query: int(query.get("timeDelta", 900)) > 7200)
    report = judged(made, {"blocks": ("driver-journeys", "status"), "areas": ("Grenoble",)})
    assert report["exploration"]["getDriverJourneys"]["items"] > 0
    assert errors(report) == set()


def test_a_status_that_points_elsewhere_is_told(judged: Any, operator: Any, many: Items) -> None:
    from mobstd.errors import RedirectRefused

    class Operator(operator):  # type: ignore[misc,valid-type]
        def send(self, request: Request) -> Response:
            if request.path.endswith("/status"):
                raise RedirectRefused(
                    "transport.redirect-elsewhere", operation="GET /status", to="http://login"
                )
            answer: Response = super().send(request)
            return answer

    report = judged(Operator(many), {"blocks": ("driver-journeys", "status")})
    assert "OCSS-STATUS-01" in errors(report)
