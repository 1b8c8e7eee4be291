"""What a target lists by the way is booked too: found again, at the price that is shown there."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mobstd.judging.exchange import Request, Response
from mobstd.transport import AsgiSender

ROW = "OCSS-REG-14"
BLOCKS = ("driver-trips", "passenger-trips", "driver-journeys", "passenger-journeys", "booking")
Row = dict[str, Any]
Answer = Callable[[dict[str, Any]], Response | None]


class Listing:
    """The reference operator, but for what it does with the journeys that its trips list.

    Args:
        app: the reference operator.
        listed: answers a booking of one, or leaves that to the reference.
        price: at which the search for single journeys shows them too; it does not when ``None``.
    """

    def __init__(self, app: Any, listed: Answer, price: Any = None) -> None:
        self.app, self.listed = AsgiSender(app), listed
        self.store = app.service.store
        self.price = price
        self.booked: list[dict[str, Any]] = []
        self.lists = True
        self.report: dict[str, Any] = {}

    def send(self, request: Request) -> Response:
        if request.path == "/bookings":
            booking = json.loads(request.body or b"{}")
            for side in ("driver", "passenger"):
                id_ = booking.get(f"{side}JourneyId")
                item = id_ and self.store.journey(booking[side]["operator"], id_)
                if item and "passengerPickupDate" not in item:
                    self.booked.append(booking)
                    answer = self.listed(booking)
                    if answer is not None:
                        return answer
        answer = self.app.send(request)
        if request.path.endswith("_trips") and not self.lists and answer.status == 200:
            trips = json.loads(answer.body)
            for slot in (slot for trip in trips for slot in trip["schedules"]):
                slot.pop("journeySchedules", None)
            return replace(answer, body=json.dumps(trips).encode())
        if request.path == "/driver_journeys" and self.price and answer.status == 200:
            shown = json.loads(answer.body) + self.dated(dict(request.query))
            return replace(answer, body=json.dumps(shown).encode())
        return answer

    def dated(self, query: dict[str, str]) -> list[dict[str, Any]]:
        """Return the listed journey of exactly this query, as a single one."""
        for trip in self.store.some("driver-regular-trip", 600):
            for slot in trip["schedules"]:
                for one in slot.get("journeySchedules", ()):
                    if str(one["passengerPickupDate"]) == query.get("departureDate"):
                        kept = {name: value for name, value in trip.items() if name != "schedules"}
                        return [{**kept, **one, "price": self.price, "type": "PLANNED"}]
        return []


def refusal(text: str, status: int = 400) -> Response:
    return Response(
        status, (("Content-Type", "application/json"),), json.dumps({"error": text}).encode()
    )


@pytest.fixture
def listed(judged: Any, reference: Any, tmp_path: Path) -> Callable[..., tuple[Row, Listing]]:
    def run(answer: Answer, price: Any = None, *, lists: bool = True) -> tuple[Row, Listing]:
        target = Listing(reference(count=600, area="38"), answer, price)
        target.lists = lists
        profile = {"blocks": BLOCKS, "areas": ("38",), "max_requests": 240}
        options = {"only": (ROW,), "allow_writes": True, "journal": str(tmp_path / "journal")}
        try:
            report = judged(target, profile, **options)
        finally:
            target.app.close()
        target.report = report
        return next(row for row in report["requirements"] if row["id"] == ROW), target

    return run


def test_what_is_listed_is_booked(listed: Any) -> None:
    """Of both sides, one of several trips each, to come, and nothing is left of it."""
    row, target = listed(lambda booking: None)
    assert (row["outcome"], row["evidence"]) == ("passed", 6)
    assert len({booking["id"] for booking in target.booked}) == 6
    assert sum("driverJourneyId" in booking for booking in target.booked) == 3


@pytest.mark.parametrize("answer", [refusal("missing_journey"), refusal("nothing there", 404)])
def test_what_is_listed_and_unknown_is_wrong(listed: Any, answer: Response) -> None:
    row, _ = listed(lambda booking: answer)
    assert row["outcome"] == "failed"
    codes = [finding["message"]["en"] for finding in row["findings"]]
    assert codes == ["A journey that a regular trip lists is refused as if it were not there."]
    assert len(row["findings"][0]["exchanges"]) == 2


def test_one_that_is_unknown_is_enough(listed: Any) -> None:
    seen: list[str] = []

    def answer(booking: dict[str, Any]) -> Response | None:
        seen.append(booking["id"])
        return refusal("missing_journey") if len(seen) == 2 else None

    assert listed(answer)[0]["outcome"] == "failed"


def test_one_that_is_full_is_not(listed: Any) -> None:
    full: list[str] = []

    def answer(booking: dict[str, Any]) -> Response | None:
        id_ = booking.get("driverJourneyId")
        if id_ and not full:
            full.append(id_)
        return refusal("no seat is left", 409) if id_ in full else None

    row, _ = listed(answer)
    assert (row["outcome"], row["evidence"]) == ("passed", 6)


def test_a_refusal_for_another_reason_is_a_warning(listed: Any) -> None:
    row, target = listed(lambda booking: refusal("not today"))
    assert row["outcome"] == "warned"
    prices = [b["price"]["type"] for b in target.booked if "driverJourneyId" in b]
    assert prices == ["PAYING", "FREE", "UNKNOWN"] * 3


def test_any_sort_of_price_may_be_the_right_one(listed: Any) -> None:
    def answer(booking: dict[str, Any]) -> Response | None:
        known = booking["price"]["type"] != "UNKNOWN"
        return refusal("The price has changed.") if known else None

    assert listed(answer)[0]["outcome"] == "passed"


def test_it_is_booked_at_the_price_that_is_shown(listed: Any) -> None:
    price = {"type": "PAYING", "amount": 4.2, "currency": "EUR"}

    def answer(booking: dict[str, Any]) -> Response | None:
        driver = "driverJourneyId" in booking
        return refusal("Not that price.") if driver and booking["price"] != price else None

    row, target = listed(answer, price)
    assert row["outcome"] == "passed"
    assert sum(booking["price"] == price for booking in target.booked) == 3


def test_what_is_shown_without_a_price_need_not_be_taken(listed: Any) -> None:
    row, target = listed(lambda booking: None, {"type": "UNKNOWN"})
    assert (row["outcome"], row["evidence"]) == ("passed", 3)
    assert not any("driverJourneyId" in booking for booking in target.booked)


def test_who_lists_nothing_is_told_what_would_serve(listed: Any) -> None:
    row, target = listed(lambda booking: None, lists=False)
    assert (row["outcome"], row["reason"]) == ("inconclusive", "no-data")
    block = next(block for block in target.report["blocks"] if block["id"] == "booking")
    said = [one["message"]["en"] for one in block["unlock"]]
    assert [text.split()[4] for text in said] == [
        "getDriverRegularTrips",
        "getPassengerRegularTrips",
    ]
    assert all("× it lists no dated journey with an id" in text for text in said)


def test_a_target_that_fails_is_no_evidence(listed: Any) -> None:
    row, _ = listed(lambda booking: refusal("oops", 500))
    assert (row["outcome"], row["reason"]) == ("inconclusive", "no-data")
