"""What may have another reason: tried again, told of nobody, and no evidence either."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.conformance.booker import Booker, No

from mobstd.conformance.kinds.unprompted import silent
from mobstd.conformance.scenarios.resource import resources
from mobstd.judging.requirement import Check

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
OTHER_PRICE = 97.5
"""What the check of PRICE-06 sends in place of the price that was offered."""

Row = dict[str, Any]


@pytest.fixture
def row(
    judged: Callable[..., Row], operator: Any, journeys: Any, tmp_path: Path
) -> Callable[[type[Booker], str], Row]:
    """Judge one requirement at a way to take bookings, and return what is reported of it."""

    def run(way: type[Booker], name: str) -> Row:
        offers = journeys(count=30, days=2.0)
        for number, offer in enumerate(offers):
            offer["price"] = {"type": "PAYING", "amount": 2.5 + number, "currency": "EUR"}
        offers[7]["price"] = {"type": "UNKNOWN"}
        report = judged(
            way(operator(offers), int(NOW.timestamp())),
            {"blocks": ("driver-journeys", "booking", "messages")},
            allow_writes=True,
            credentials=(("X-API-Key", "own"),),
            only=(f"OCSS-{name}",),
            journal=str(tmp_path / "journal.ndjson"),
        )
        found: Row = next(r for r in report["requirements"] if r["id"] == f"OCSS-{name}")
        return found

    return run


class Prices(Booker):
    """Refuses all bookings but those that ``takes`` names, by the order and by their price."""

    others = 0

    def judge(self, body: dict[str, Any]) -> None:
        other = body["price"].get("amount") == OTHER_PRICE
        self.others += other
        if not self.takes(other):
            raise No(400, "The price is not up to date.")
        super().judge(body)

    def takes(self, other: bool) -> bool:
        return other


class WarmsUp(Prices):
    """Takes nothing at first, and then everything."""

    def takes(self, other: bool) -> bool:
        return self.others > 0


class BreaksDown(Prices):
    """Takes one of all."""

    def takes(self, other: bool) -> bool:
        return other and self.others == 1


@pytest.mark.parametrize(("way", "wrong"), [(Prices, 1), (WarmsUp, 0), (BreaksDown, 0)])
def test_who_takes_one_of_two_by_chance_is_not_blamed(row: Any, way: Any, wrong: int) -> None:
    codes = [f["message"]["code"] for f in row(way, "PRICE-06")["findings"]]
    assert codes.count("probe.outdated") == wrong


class CancelsDuplicates(Booker):
    """Whoever books a ride twice has the second booking cancelled at once."""

    def post(self, body: Any, key: str) -> tuple[int, Any]:
        status, made = super().post(body, key)
        twice = [
            one
            for one in self.kept.values()
            if one["status"] != "CANCELLED"
            and one.get("driverJourneyId") == body.get("driverJourneyId")
        ]
        if len(twice) > 1:
            self.kept[body["id"]]["status"] = "CANCELLED"
        return status, made


class OneBehind(Booker):
    """A read shows what was there before the last change, once."""

    def moved(self, booking: dict[str, Any], wanted: str) -> tuple[int, Any]:
        booking["_before"] = booking["status"]
        return super().moved(booking, wanted)

    def get(self, id_: str, key: str) -> tuple[int, Any]:
        booking = self.of(id_, key)
        return 200, {**booking, "status": booking.pop("_before", booking["status"])}


class CancelsAllOfARide(Booker):
    def moved(self, booking: dict[str, Any], wanted: str) -> tuple[int, Any]:
        answer = super().moved(booking, wanted)
        for other in self.kept.values() if wanted == "CANCELLED" else ():
            if other.get("driverJourneyId") == booking.get("driverJourneyId"):
                other["status"] = wanted
        return answer


@pytest.mark.parametrize(
    ("way", "wrong"), [(CancelsAllOfARide, True), (CancelsDuplicates, False), (OneBehind, False)]
)
def test_a_change_is_blamed_only_for_what_it_changed(row: Any, way: Any, wrong: bool) -> None:
    found = row(way, "BOOK-14")
    codes = [f["message"]["code"] for f in found["findings"]]
    assert ("probe.state-kept.beside" in codes) is wrong
    assert found["evidence"] > 0


class FailsOnUnpriced(Booker):
    def judge(self, body: dict[str, Any]) -> None:
        if body["price"].get("type") == "UNKNOWN":
            raise No(500, "oops")
        super().judge(body)


@pytest.mark.parametrize(("way", "evidence"), [(FailsOnUnpriced, 0), (Booker, 1)])
def test_a_failure_refuses_nothing_that_is_unfit(row: Any, way: Any, evidence: int) -> None:
    found = row(way, "PRICE-08")
    assert found["evidence"] == evidence
    assert found["findings"] == []


class FailsLater(Booker):
    """Takes any first status once, and fails then."""

    taken = False

    def judge(self, body: dict[str, Any]) -> None:
        if body.get("status") == self.first:
            super().judge(body)
        elif self.taken:
            raise No(500, "oops")
        else:
            self.taken = True


class Fails(Booker):
    def judge(self, body: dict[str, Any]) -> None:
        if body.get("status") != self.first:
            raise No(500, "oops")
        super().judge(body)


class FailsByThen(Booker):
    """Refuses with another code, since by then it serves nobody."""

    down = False

    def judge(self, body: dict[str, Any]) -> None:
        if body.get("status") != self.first:
            self.down = True
            raise No(409, "not now")
        if self.down:
            raise No(500, "oops")
        super().judge(body)


@pytest.mark.parametrize("way", [FailsLater, FailsByThen])
def test_a_failure_refuses_nothing_that_is_wrong(row: Any, way: Any) -> None:
    found, failing = row(way, "BOOK-02"), row(Fails, "BOOK-02")
    assert found["findings"] == []
    assert found["evidence"] == failing["evidence"]


class Counted(list[Any]):
    """A list that knows how often it was gone through."""

    looks = 0

    def __iter__(self) -> Iterator[Any]:
        self.looks += 1
        return super().__iter__()


def test_what_was_written_is_read_once_per_look(lab: Callable[..., Any], operator: Any) -> None:
    found = lab(operator([]))
    catalogue = found.context.catalogue
    booking = resources(catalogue.version, catalogue.role)["booking"]
    things = [
        SimpleNamespace(resource=booking, key=f"key-{n}", sent_state=None, created=None, history=[])
        for n in range(3)
    ]
    found.workshop = SimpleNamespace(things=things)
    found.receiver = SimpleNamespace(exchanges=[])
    found.session.exchanges = written = Counted()
    assert not silent(Check("by-itself", {"resource": "booking"}), found)
    assert written.looks == 1
