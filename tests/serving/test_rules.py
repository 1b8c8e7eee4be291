"""In development an operator's own answers are judged as ``mobstd check`` would."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mobstd.ocss.reference import build
from mobstd.ocss.v1_0 import (
    DriverJourney,
    DriverJourneysQuery,
    DriverRegularTrip,
    DriverRegularTripsQuery,
    OperatorService,
    Schedule,
    User,
)
from mobstd.serving import app

DATED = (
    "/driver_journeys?departureLat=45.19&departureLng=5.71&arrivalLat=45.36&arrivalLng=5.59"
    "&departureDate=1760000000"
)
WEEKLY = DATED.replace("driver_journeys", "driver_regular_trips").replace(
    "departureDate=1760000000", "departureTimeOfDay=08:00:00&departureWeekdays=MON"
)


class Carpool(OperatorService):
    """Answers what a test gives it to say, by default right."""

    def __init__(self, copies: int = 1, **wrong: Any) -> None:
        self.copies, self.wrong = copies, wrong

    async def get_driver_journeys(self, query: DriverJourneysQuery) -> list[DriverJourney]:
        late = timedelta(seconds=self.wrong.pop("late", 0))
        journey = DriverJourney(
            id="1",
            operator="carpool.example.org",
            driver=User(id="7", operator="carpool.example.org", alias="Maëlle B."),
            type="PLANNED",
            passenger_pickup_date=query.departure_date + late,
            passenger_pickup_lat=query.departure_lat,
            passenger_pickup_lng=query.departure_lng,
            passenger_drop_lat=query.arrival_lat,
            passenger_drop_lng=query.arrival_lng,
            duration=1620,
        )
        return [journey.model_copy(update={**self.wrong, "id": str(n)}) for n in range(self.copies)]

    async def get_driver_regular_trips(
        self, query: DriverRegularTripsQuery
    ) -> list[DriverRegularTrip]:
        day = self.wrong.get("day", query.departure_weekdays[0])
        slot = Schedule(
            passenger_pickup_day=day, passenger_pickup_time_of_day=query.departure_time_of_day
        )
        return [
            DriverRegularTrip(
                operator="carpool.example.org",
                driver=User(id="7", operator="carpool.example.org", alias="Maëlle B."),
                passenger_pickup_lat=query.departure_lat,
                passenger_pickup_lng=query.departure_lng,
                passenger_drop_lat=query.arrival_lat,
                passenger_drop_lng=query.arrival_lng,
                duration=1620,
                schedules=[slot],
                web_url="https://carpool.example.org/trips/1",
            )
        ]


def served(carpool: Carpool, **options: Any) -> Any:
    return app(carpool, "ocss@1.0-alpha", "operator", **{"development": True, **options})


def test_right_answers_go_out(ask: Any) -> None:
    assert ask(served(Carpool(copies=2)), DATED).status_code == 200
    assert ask(served(Carpool()), WEEKLY).status_code == 200


@pytest.mark.parametrize(
    ("carpool", "target", "row", "where"),
    [
        (Carpool(passenger_pickup_lat=45.25), DATED, "OCSS-SEARCH-12", "/0/passengerPickupLat"),
        (Carpool(passenger_drop_lng=5.7), DATED, "OCSS-SEARCH-13", "/0/passengerDropLat"),
        (Carpool(late=901), DATED, "OCSS-SEARCH-", "/0/passengerPickupDate"),
        (Carpool(copies=3), DATED + "&count=2", "OCSS-SEARCH-09", "/"),
        (Carpool(day="TUE"), WEEKLY, "OCSS-REG-", "/0"),
    ],
)
def test_answers_that_do_not_fit_the_query_are_caught(
    carpool: Carpool, target: str, row: str, where: str, ask: Any, caplog: pytest.LogCaptureFixture
) -> None:
    got = ask(served(carpool), target)
    assert got.status_code == 500
    assert row in got.json()["error"]
    assert f"{where} OCSS-" in got.json()["error"]
    assert row in caplog.text
    assert "45.2" not in got.text


def test_in_production_the_schemas_alone_judge(ask: Any) -> None:
    carpool = Carpool(passenger_pickup_lat=45.25)
    assert ask(served(carpool, development=False), DATED).status_code == 200


def test_the_reference_operator_keeps_its_own_rules(ask: Any) -> None:
    reference = build(seed=3, now=1_760_000_000, count=400, area="Isère", development=True)
    wide = "&departureRadius=60&arrivalRadius=60"
    assert len(ask(reference, f"{DATED}{wide}&timeDelta=86400").json()) > 20
    assert len(ask(reference, f"{WEEKLY}{wide}&timeDelta=7200").json()) > 5
