"""The walk through a life cycle: few looks, and the right change is named all the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.booker import LADDER, Booker, No

from mobstd.conformance.scenarios import table

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LIFE = tuple(f"OCSS-LIFE-{number:02}" for number in (1, 3, 4, 6, 7, 9))
Report = dict[str, Any]
Run = Callable[..., Report]


@pytest.fixture
def walked(judged: Any, operator: Any, journeys: Any, tmp_path: Path) -> Run:
    """Judge by the rows of the life cycle alone how bookings are taken."""

    def run(way: type[Booker] = Booker, **options: Any) -> Report:
        offers = journeys(count=12, days=2.0)
        for journey in offers:
            journey["price"] = {"type": "FREE"}
        booker = way(operator(offers), int(NOW.timestamp()))
        report: Report = judged(
            booker,
            {"blocks": ("driver-journeys", "booking")},
            allow_writes=True,
            credentials=(("X-API-Key", "own"),),
            journal=str(tmp_path / "journal.ndjson"),
            **{"only": LIFE, **options},
        )
        report["booker"] = booker
        assert [b["status"] for b in booker.kept.values() if b["status"] != "CANCELLED"] == []
        return report

    return run


def of_bookings(report: Report) -> list[tuple[str, str, str | None]]:
    """Return method, path and status asked for, in order."""
    asked = report["booker"].asked
    return [
        (request.method, request.path, dict(request.query).get("status"))
        for request in asked
        if request.path.startswith("/bookings")
    ]


def blamed(report: Report, row: str) -> set[tuple[str, str]]:
    """Return before and wanted of each finding of a row."""
    findings = next(r for r in report["requirements"] if r["id"] == row)["findings"]
    return {
        (params["before"], params["wanted"]) for f in findings if (params := f["message"]["params"])
    }


def failing(report: Report) -> set[str]:
    return {row["id"] for row in report["requirements"] if row["findings"]}


def test_what_is_to_be_refused_is_asked_in_a_row_with_one_look_after_it(walked: Run) -> None:
    report = walked()
    assert failing(report) == set()
    requests = of_bookings(report)
    row = [("PATCH", state) for state in LADDER]
    for place in range(len(requests) - len(LADDER)):
        asked = requests[place : place + len(LADDER)]
        if [(method, state) for method, _, state in asked] == row:
            paths = {path for _, path, _ in asked}
            assert len(paths) == 1
            assert requests[place + len(LADDER)][:2] == ("GET", paths.pop())
            break
    else:
        pytest.fail("nothing was asked of what is cancelled in a row")


class ConfirmsWhatIsValidated(Booker):
    """Refuses, and goes back to CONFIRMED all the same."""

    def dismissed(self, booking: dict[str, Any], wanted: str) -> tuple[int, Any]:
        if (booking["status"], wanted) == ("VALIDATED", "CONFIRMED"):
            booking["status"] = wanted
        raise No(409, "invalid_transition")


class ThereAndBack(Booker):
    """Goes back wherever it is asked to; the last of a row leads to where it began."""

    def dismissed(self, booking: dict[str, Any], wanted: str) -> tuple[int, Any]:
        if booking["status"] != "COMPLETED_PENDING_VALIDATION":
            raise No(409, "invalid_transition")
        booking["status"] = wanted
        return 200, None


class OnceMore(Booker):
    """Takes the state that a confirmed booking has already."""

    def moved(self, booking: dict[str, Any], wanted: str) -> tuple[int, Any]:
        if booking["status"] == wanted == "CONFIRMED":
            return 200, None
        return super().moved(booking, wanted)


@pytest.mark.parametrize(
    ("way", "row", "pairs"),
    [
        (ConfirmsWhatIsValidated, "OCSS-LIFE-09", {("VALIDATED", "CONFIRMED")}),
        (
            ThereAndBack,
            "OCSS-LIFE-03",
            {("COMPLETED_PENDING_VALIDATION", to) for to in LADDER[:2]},
        ),
        (OnceMore, "OCSS-LIFE-04", {("CONFIRMED", "CONFIRMED")}),
    ],
)
def test_the_change_that_did_it_is_named(
    walked: Run, way: type[Booker], row: str, pairs: set[tuple[str, str]]
) -> None:
    report = walked(way)
    assert failing(report) - {"OCSS-GEN-02"} == {row}
    assert set() < blamed(report, row) <= pairs


class ReadsLag(Booker):
    """Shows a booking as it was when it was read before."""

    def __init__(self, searches: Any, now: int) -> None:
        super().__init__(searches, now)
        self.was: dict[str, str] = {}

    def get(self, id_: str, key: str) -> tuple[int, Any]:
        booking = self.of(id_, key)
        was = self.was.get(id_, self.first)
        self.was[id_] = booking["status"]
        return 200, {**booking, "status": was}


def test_who_reads_late_is_not_blamed_for_what_it_refused(walked: Run) -> None:
    """A refused change moved nothing; that it is read otherwise is the affair of the reads."""
    report = walked(ReadsLag, only=(*LIFE, "OCSS-BOOK-14"))
    assert "OCSS-BOOK-14" in failing(report)
    assert not failing(report) & {"OCSS-LIFE-06", "OCSS-LIFE-07"}


class ForgetsValidation(Booker):
    def moved(self, booking: dict[str, Any], wanted: str) -> tuple[int, Any]:
        if wanted == "VALIDATED" != booking["status"]:
            return 200, None
        return super().moved(booking, wanted)


def test_no_other_way_is_gone_after_one_that_was_taken_and_not_kept(
    walked: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, tries = table.in_state, []

    def counted(workshop: Any, resource: Any, life: Any, state: str, *rest: Any) -> Any:
        before = len(workshop.things)
        thing = right(workshop, resource, life, state, *rest)
        if thing is None:
            tries.append((state, len(workshop.things) - before))
        return thing

    monkeypatch.setattr(table, "in_state", counted)
    walked(ForgetsValidation, only=(*LIFE, "OCSS-BOOK-14"))
    assert tries == [("VALIDATED", 1)]


class Notes(Booker):
    """Notes what became of each booking."""

    def __init__(self, searches: Any, now: int) -> None:
        super().__init__(searches, now)
        self.story: dict[str, list[tuple[str, str]]] = {}

    def get(self, id_: str, key: str) -> tuple[int, Any]:
        status, body = super().get(id_, key)
        self.story.setdefault(id_, []).append(("read", body["status"]))
        return status, body

    def patch(self, id_: str, query: dict[str, str], body: Any, key: str) -> tuple[int, Any]:
        self.story.setdefault(id_, []).append(("asked", query.get("status", "")))
        return super().patch(id_, query, body, key)


def test_what_was_read_to_be_undone_is_not_undone_again(walked: Run) -> None:
    report = walked(Notes)
    ends = [story[-2:] for story in report["booker"].story.values()]
    assert [("asked", "CANCELLED"), ("read", "CANCELLED")] in ends
    assert [("read", "CANCELLED"), ("asked", "CANCELLED")] not in ends
