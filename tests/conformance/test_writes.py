"""Bookings made, read, changed, refused and taken back, at small operators, wrong or odd."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.booker import LADDER, Booker, No

from mobstd.conformance.scenarios.journal import pending
from mobstd.conformance.scenarios.material import sorts

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
BLOCKS = ("driver-journeys", "booking", "messages")
OWN, OTHER = (("X-API-Key", "own"),), (("X-API-Key", "other"),)
Report = dict[str, Any]
Run = Callable[..., Report]

UMBRELLAS = {"OCSS-GEN-02", "OCSS-GEN-07", "OCSS-ERR-01"}


@pytest.fixture
def offers(journeys: Any) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = journeys(count=30, days=2.0)
    for number, journey in enumerate(made):
        journey["price"] = {"type": "PAYING", "amount": 2.5 + number, "currency": "EUR"}
        journey["driver"]["alias"] = f"Ada {number}"
    made[7]["price"] = {"type": "UNKNOWN"}
    return made


@pytest.fixture
def written(judged: Any, operator: Any, offers: Any, tmp_path: Path) -> Run:
    """Judge a way to take bookings; nothing but cancelled bookings may be left of it."""

    def run(way: type[Booker] = Booker, **options: Any) -> Report:
        booker = way(operator(offers), int(NOW.timestamp()))
        options.setdefault("journal", str(tmp_path / "journal.ndjson"))
        profile = {"blocks": BLOCKS, **options.pop("profile", {})}
        report: Report = judged(
            booker, profile, allow_writes=True, credentials=OWN, second=OTHER, **options
        )
        report["booker"] = booker
        return report

    return run


def failing(report: Report, severity: str = "error") -> set[str]:
    return {
        row["id"]
        for row in report["requirements"]
        if any(finding["severity"] == severity for finding in row["findings"])
    } - UMBRELLAS


def left(report: Report) -> list[str]:
    return [b["status"] for b in report["booker"].kept.values() if b["status"] != "CANCELLED"]


def test_a_right_one_gets_no_finding_and_keeps_nothing(written: Run, tmp_path: Path) -> None:
    report = written()
    assert failing(report) == set()
    assert failing(report, "warning") <= {"OCSS-PRICE-07"}
    assert left(report) == []
    assert (report["verdict"], report["stopped_by"]) == ("conforming", None)
    exercised = {r["id"] for r in report["requirements"] if r["outcome"] == "passed"}
    wanted = {f"OCSS-BOOK-{n:02}" for n in (2, 3, 5, 6, 10, 12, 13, 14, 15, 18, 19, 20)}
    wanted |= {f"OCSS-LIFE-{n:02}" for n in (1, 3, 4, 5, 6, 7, 8, 9, 11)}
    wanted |= {f"OCSS-MSG-{n:02}" for n in (1, 2, 3, 4, 5)}
    wanted |= {"OCSS-PRICE-06", "OCSS-PRICE-08", "OCSS-AUTH-05", "OCSS-ERR-02"}
    assert wanted <= exercised
    assert report["requests"] <= 1200
    assert list(tmp_path.iterdir()) == []


class TakenAs200(Booker):
    def post(self, body: Any, key: str) -> tuple[int, Any]:
        return 200, super().post(body, key)[1]


class LosesAlias(Booker):
    def stored(self, body: dict[str, Any]) -> dict[str, Any]:
        kept = super().stored(body)
        kept["passenger"]["alias"] = kept["passenger"]["alias"].encode("ascii", "ignore").decode()
        return kept


class OtherId(Booker):
    def shown(self, booking: dict[str, Any]) -> dict[str, Any]:
        return {**booking, "id": "0d5c1b9e-6f0a-4c8e-9d2e-7f1f3f6b1a42"}


class ConfirmsAtOnce(Booker):
    def shown(self, booking: dict[str, Any]) -> dict[str, Any]:
        return {**booking, "status": "CONFIRMED"}


class TakesAnyFirst(Booker):
    def judge(self, body: dict[str, Any]) -> None:
        super().judge({**body, "status": self.first} if body.get("status") in LADDER else body)


class NeedsNoPrice(Booker):
    def judge(self, body: dict[str, Any]) -> None:
        super().judge({"price": {"type": "FREE"}, **body})


class NeedsNoNestedAlias(Booker):
    def judge(self, body: dict[str, Any]) -> None:
        if isinstance(body.get("driver"), dict):
            body = {**body, "driver": {"alias": "x", **body["driver"]}}
        super().judge(body)


class RoundsPrices(Booker):
    def stored(self, body: dict[str, Any]) -> dict[str, Any]:
        kept = super().stored(body)
        kept["price"]["amount"] = round(kept["price"]["amount"])
        return kept


class ReadsFloats(Booker):
    def get(self, id_: str, key: str) -> tuple[int, Any]:
        booking = {**self.of(id_, key)}
        booking["passengerPickupLat"] = round(booking["passengerPickupLat"], 2)
        return 200, booking


class ForgetsStatus(Booker):
    def moved(self, booking: dict[str, Any], wanted: str) -> tuple[int, Any]:
        answer = super().moved({**booking}, wanted)
        if wanted != "CONFIRMED":
            booking["status"] = wanted
        return answer


class ChangesPrice(Booker):
    def moved(self, booking: dict[str, Any], wanted: str) -> tuple[int, Any]:
        answer = super().moved(booking, wanted)
        if wanted == "COMPLETED_PENDING_VALIDATION":
            booking["price"] = {"type": "FREE"}
        return answer


class TakesBodies(Booker):
    def patch(self, id_: str, query: dict[str, str], body: Any, key: str) -> tuple[int, Any]:
        answer = super().patch(id_, query, body, key)
        self.kept[id_].update(body or {})
        return answer


class ShowsToAll(Booker):
    def get(self, id_: str, key: str) -> tuple[int, Any]:
        return super().get(id_, self.owners.get(id_, key))


class NeedsAccounts(Booker):
    def judge(self, body: dict[str, Any]) -> None:
        super().judge(body)
        raise No(404, "missing_user")


class BooksThePast(Booker):
    def judge(self, body: dict[str, Any]) -> None:
        if isinstance(body.get("passengerPickupDate"), int):
            body = {**body, "passengerPickupDate": self.now + 1}
        super().judge(body)


class BooksUnpriced(Booker):
    def judge(self, body: dict[str, Any]) -> None:
        if isinstance(body.get("price"), dict):
            body = {**body, "price": {"type": "FREE"}}
        super().judge(body)


class RefusesConfirming(Booker):
    def moved(self, booking: dict[str, Any], wanted: str) -> tuple[int, Any]:
        if (booking["status"], wanted) == ("WAITING_CONFIRMATION", "CONFIRMED"):
            raise No(409, "not now")
        return super().moved(booking, wanted)


class SameIs200(Booker):
    def moved(self, booking: dict[str, Any], wanted: str) -> tuple[int, Any]:
        return (200, None) if booking["status"] == wanted else super().moved(booking, wanted)


class SameWithoutCode(Booker):
    def moved(self, booking: dict[str, Any], wanted: str) -> tuple[int, Any]:
        if booking["status"] == wanted:
            raise No(409, "no")
        return super().moved(booking, wanted)


class UnknownIs400(Booker):
    def patch(self, id_: str, query: dict[str, str], body: Any, key: str) -> tuple[int, Any]:
        if id_ not in self.kept:
            raise No(400, "missing_booking")
        return super().patch(id_, query, body, key)


class NoStatusIsConfirmed(Booker):
    def patch(self, id_: str, query: dict[str, str], body: Any, key: str) -> tuple[int, Any]:
        return super().patch(id_, {"status": "CONFIRMED", **query}, body, key)


class AnyCase(Booker):
    def patch(self, id_: str, query: dict[str, str], body: Any, key: str) -> tuple[int, Any]:
        return super().patch(id_, {**query, "status": query.get("status", "").upper()}, body, key)


class CountsBytes(Booker):
    def patch(self, id_: str, query: dict[str, str], body: Any, key: str) -> tuple[int, Any]:
        if len(query.get("message", "").encode()) > 500:
            raise No(400, "message")
        return super().patch(id_, query, body, key)


class AnyLength(Booker):
    def patch(self, id_: str, query: dict[str, str], body: Any, key: str) -> tuple[int, Any]:
        return super().patch(id_, {k: v[:500] for k, v in query.items()}, body, key)


class Changes204(Booker):
    def moved(self, booking: dict[str, Any], wanted: str) -> tuple[int, Any]:
        super().moved(booking, wanted)
        return 204, None


class Revives(Booker):
    def dismissed(self, booking: dict[str, Any], wanted: str) -> tuple[int, Any]:
        if booking["status"] != "CANCELLED":
            return super().dismissed(booking, wanted)
        booking["status"] = wanted
        return 200, None


class MovesAndRefuses(Booker):
    def dismissed(self, booking: dict[str, Any], wanted: str) -> tuple[int, Any]:
        if booking["status"] == "CANCELLED":
            booking["status"] = wanted
        return super().dismissed(booking, wanted)


class GetWithoutCode(Booker):
    def get(self, id_: str, key: str) -> tuple[int, Any]:
        if id_ not in self.kept:
            raise No(404, "unknown")
        return super().get(id_, key)


class GetUnknownIs200(Booker):
    def get(self, id_: str, key: str) -> tuple[int, Any]:
        return super().get(id_, key) if id_ in self.kept else (200, {})


class Crashes(Booker):
    def judge(self, body: dict[str, Any]) -> None:
        if "car" in body and body["car"] is None:
            raise No(500, "car")
        super().judge(body)


class KeepsWhatItRefuses(Booker):
    def judge(self, body: dict[str, Any]) -> None:
        try:
            super().judge(body)
        except No:
            if body.get("id") and "driver" in body and body.get("status") == "CONFIRMED":
                self.kept[body["id"]], self.owners[body["id"]] = body, "own"
            raise


class MessagesAnyWay(Booker):
    def message(self, body: Any, key: str) -> tuple[int, Any]:
        return super().message({"recipientCarpoolerType": "DRIVER", **body}, key)


class MessagesToNobody(Booker):
    def message(self, body: Any, key: str) -> tuple[int, Any]:
        try:
            return super().message(body, key)
        except No as no:
            if no.status == 404:
                return 201, None
            raise


class MessagesCut(Booker):
    def message(self, body: Any, key: str) -> tuple[int, Any]:
        if isinstance(body, dict) and isinstance(body.get("message"), str):
            body = {**body, "message": body["message"][:500]}
        return super().message(body, key)


class MessagesOfAll(Booker):
    def message(self, body: Any, key: str) -> tuple[int, Any]:
        return super().message({k: v for k, v in body.items() if k != "bookingId"}, key)


class MessagesAre200(Booker):
    def message(self, body: Any, key: str) -> tuple[int, Any]:
        return 200, super().message(body, key)[1]


class WrongKeysToo(Booker):
    keys = ("own", "other", "mobstd-wrong-key")

    def of(self, id_: str, key: str) -> dict[str, Any]:
        return super().of(id_, key if key in ("own", "other") else self.owners.get(id_, key))


class OneBehind(Booker):
    """A read shows what was there before the last change."""

    def moved(self, booking: dict[str, Any], wanted: str) -> tuple[int, Any]:
        before = booking["status"]
        answer = super().moved(booking, wanted)
        booking["_before"] = before
        return answer

    def get(self, id_: str, key: str) -> tuple[int, Any]:
        booking = self.of(id_, key)
        shown = {**booking, "status": booking.get("_before", booking["status"])}
        shown.pop("_before", None)
        return 200, shown


class NotADomain(Booker):
    """What is made is answered with a domain that is none."""

    def post(self, body: Any, key: str) -> tuple[int, Any]:
        status, made = super().post(body, key)
        operator = "https://" + made["passenger"]["operator"]
        return status, {**made, "passenger": {**made["passenger"], "operator": operator}}


class CancelsAllOfARide(Booker):
    def moved(self, booking: dict[str, Any], wanted: str) -> tuple[int, Any]:
        answer = super().moved(booking, wanted)
        for other in self.kept.values() if wanted == "CANCELLED" else ():
            if other.get("driverJourneyId") == booking.get("driverJourneyId"):
                other["status"] = wanted
        return answer


class RevivesWhatIsBookedAgain(Booker):
    def post(self, body: Any, key: str) -> tuple[int, Any]:
        answer = super().post(body, key)
        for id_, other in self.kept.items():
            same = other.get("driverJourneyId") == body.get("driverJourneyId")
            if same and id_ != body["id"] and other["status"] == "CANCELLED":
                other["status"] = "WAITING_CONFIRMATION"
        return answer


WRONG = {
    TakenAs200: "BOOK-06",
    LosesAlias: "BOOK-06",
    OtherId: "BOOK-03",
    ConfirmsAtOnce: "BOOK-02",
    TakesAnyFirst: "BOOK-02",
    KeepsWhatItRefuses: "BOOK-02",
    NeedsNoPrice: "BOOK-05",
    NeedsNoNestedAlias: "BOOK-05",
    RoundsPrices: "PRICE-06",
    ReadsFloats: "BOOK-12",
    GetUnknownIs200: "BOOK-12",
    ForgetsStatus: "BOOK-14",
    ChangesPrice: "BOOK-10",
    TakesBodies: "LIFE-11",
    ShowsToAll: "BOOK-13",
    NeedsAccounts: "BOOK-15",
    BooksThePast: "BOOK-19",
    BooksUnpriced: "PRICE-08",
    RefusesConfirming: "LIFE-01",
    SameIs200: "LIFE-04",
    SameWithoutCode: "LIFE-04",
    UnknownIs400: "LIFE-05",
    NoStatusIsConfirmed: "LIFE-06",
    AnyCase: "LIFE-06",
    CountsBytes: "LIFE-07",
    AnyLength: "LIFE-07",
    Changes204: "LIFE-08",
    Revives: "LIFE-09",
    MovesAndRefuses: "LIFE-09",
    GetWithoutCode: "ERR-02",
    Crashes: "ERR-03",
    MessagesAnyWay: "MSG-01",
    MessagesCut: "MSG-02",
    MessagesToNobody: "MSG-05",
    MessagesAre200: "MSG-04",
    WrongKeysToo: "AUTH-01",
    OneBehind: "BOOK-14",
    NotADomain: "OP-04",
    CancelsAllOfARide: "BOOK-14",
    RevivesWhatIsBookedAgain: "BOOK-14",
}


@pytest.mark.parametrize(("way", "row"), WRONG.items(), ids=[way.__name__ for way in WRONG])
def test_a_wrong_one_is_found_under_its_row_alone(written: Run, way: Any, row: str) -> None:
    report = written(way)
    assert failing(report) == {f"OCSS-{row}"}
    # what comes back by itself is nothing that a run could end
    assert left(report) == [] or way is RevivesWhatIsBookedAgain


class GoesBack(Booker):
    def dismissed(self, booking: dict[str, Any], wanted: str) -> tuple[int, Any]:
        if booking["status"] in ("CANCELLED", "VALIDATED"):
            return super().dismissed(booking, wanted)
        booking["status"] = wanted
        return 200, None


class RefusesSkipping(Booker):
    def moved(self, booking: dict[str, Any], wanted: str) -> tuple[int, Any]:
        now = booking["status"]
        ahead = LADDER.index(wanted) - LADDER.index(now) if now in LADDER else 0
        if ahead > 1 and wanted != "CANCELLED":
            raise No(409, "step by step")
        return super().moved(booking, wanted)


class Overwrites(Booker):
    def again(self, body: dict[str, Any]) -> tuple[int, Any]:
        self.kept[body["id"]] = body
        return 201, body


class GivesAway(Booker):
    """A booking belongs to whoever posted it last."""

    def post(self, body: Any, key: str) -> tuple[int, Any]:
        if isinstance(body, dict) and self.owners.get(str(body.get("id")), key) != key:
            self.owners[body["id"]] = key
            return 201, self.kept[body["id"]]
        return super().post(body, key)


class RefusesAndGives(GivesAway):
    """The same, behind a refusal."""

    def post(self, body: Any, key: str) -> tuple[int, Any]:
        theirs = isinstance(body, dict) and self.owners.get(str(body.get("id")), key) != key
        status, made = super().post(body, key)
        if theirs:
            raise No(409, "booking_already_exists")
        return status, made


class SinglePrecision(Booker):
    def stored(self, body: dict[str, Any]) -> dict[str, Any]:
        kept = super().stored(body)
        for name in ("passengerPickupLat", "passengerDropLng"):
            kept[name] = struct.unpack("f", struct.pack("f", kept[name]))[0]
        return kept


DOUBTFUL = {
    GoesBack: "LIFE-03",
    Overwrites: "BOOK-20",
    MessagesOfAll: "MSG-08",
    GivesAway: "AUTH-05",
    RefusesAndGives: "AUTH-05",
    SinglePrecision: "BOOK-06",
}


@pytest.mark.parametrize(("way", "row"), DOUBTFUL.items(), ids=[w.__name__ for w in DOUBTFUL])
def test_what_does_not_bind_is_a_warning(written: Run, way: Any, row: str) -> None:
    report = written(way)
    assert failing(report) == set()
    assert f"OCSS-{row}" in failing(report, "warning")
    # what was given away is another party's to cancel
    assert left(report) == [] or issubclass(way, GivesAway)


class Adds(Booker):
    def stored(self, body: dict[str, Any]) -> dict[str, Any]:
        page = {"webUrl": f"https://small.example.org/b/{body['id']}", "duration": 900}
        return {**page, **super().stored(body)}

    def moved(self, booking: dict[str, Any], wanted: str) -> tuple[int, Any]:
        return super().moved(booking, wanted)[0], {"status": wanted}


class Dismisses(Booker):
    def dismissed(self, booking: dict[str, Any], wanted: str) -> tuple[int, Any]:
        return 200, None

    def again(self, body: dict[str, Any]) -> tuple[int, Any]:
        raise No(400, "known")


class Hides(Booker):
    def of(self, id_: str, key: str) -> dict[str, Any]:
        if id_ in self.kept and self.owners[id_] != key:
            raise No(401, "not yours")
        return super().of(id_, key)


class WantsJourneys(Booker):
    def post(self, body: Any, key: str) -> tuple[int, Any]:
        if isinstance(body, dict) and "driver" in body and "driverJourneyId" not in body:
            raise No(400, "missing_journey")
        return super().post(body, key)


class Forgets(Booker):
    def of(self, id_: str, key: str) -> dict[str, Any]:
        found = super().of(id_, key)
        if found["status"] == "CANCELLED":
            raise No(404, "missing_booking")
        return found


class OneSeat(Booker):
    def judge(self, body: dict[str, Any]) -> None:
        super().judge(body)
        taken = sum(
            b["status"] != "CANCELLED" and b.get("driverJourneyId") == body.get("driverJourneyId")
            for b in self.kept.values()
        )
        if taken > 2:
            raise No(409, "no_more_seats")


class FullBeforeAll(Booker):
    """One booking a ride, and that is looked at before anything else."""

    def judge(self, body: dict[str, Any]) -> None:
        if any(
            b["status"] != "CANCELLED" and b.get("driverJourneyId") == body.get("driverJourneyId")
            for b in self.kept.values()
        ):
            raise No(409, "no_more_seats")
        super().judge(body)


LEGAL = [RefusesSkipping, Adds, Dismisses, Hides, WantsJourneys, Forgets, OneSeat, FullBeforeAll]


def test_a_few_sorts_show_most_of_the_texts() -> None:
    documents = [
        {"price": {"type": price}, "operator": operator}
        for operator in ("a.example.org", "b.example.org", "c.example.org")
        for price in ("PAYING", "PAYING", "PAYING", "FREE")
    ]
    first = [documents[places[0]] for places in sorts(documents)[:3]]
    assert {one["price"]["type"] for one in first} == {"PAYING", "FREE"}
    assert len({one["operator"] for one in first}) == 3


@pytest.mark.parametrize("way", LEGAL, ids=[way.__name__ for way in LEGAL])
def test_what_is_legal_gets_no_finding(written: Run, way: Any) -> None:
    report = written(way)
    assert failing(report) == set()
    assert failing(report, "warning") <= {"OCSS-PRICE-07"}
    assert left(report) == []


def test_the_same_run_again_says_the_same(written: Run) -> None:
    one, two = (written(SameIs200) for _ in range(2))
    for report in (one, two):
        report.pop("booker")
        for name in ("started_at", "duration_seconds"):
            report.pop(name)
        for exchange in report["exchanges"].values():
            exchange.pop("at")
            exchange["response"].pop("elapsed_ms")
    assert json.dumps(one, sort_keys=True) == json.dumps(two, sort_keys=True)


def test_a_second_run_takes_other_ids(
    judged: Any, operator: Any, offers: Any, tmp_path: Path
) -> None:
    booker = Booker(operator(offers), int(NOW.timestamp()))
    for number in (1, 2):
        report = judged(
            booker,
            {"blocks": BLOCKS},
            allow_writes=True,
            credentials=OWN,
            journal=str(tmp_path / f"journal-{number}.ndjson"),
        )
        assert failing(report) == set()
        assert report["verdict"] == "conforming"


def test_writes_that_do_not_fit_are_told(written: Run) -> None:
    report = written(profile={"max_requests": 400})
    assert report["stopped_by"] == "requests"
    assert failing(report) == set()
    assert left(report) == []


def test_an_interrupted_run_is_taken_back(written: Run) -> None:
    class Interrupted(Booker):
        def patch(self, id_: str, query: dict[str, str], body: Any, key: str) -> tuple[int, Any]:
            if len(self.kept) == 12 and not hasattr(self, "was"):
                self.was = True
                raise KeyboardInterrupt
            return super().patch(id_, query, body, key)

    report = written(Interrupted)
    assert report["stopped_by"] == "interrupted"
    assert left(report) == []


def test_what_can_not_be_taken_back_stays_in_the_journal(written: Run, tmp_path: Path) -> None:
    class NeverCancels(Booker):
        def moved(self, booking: dict[str, Any], wanted: str) -> tuple[int, Any]:
            if wanted == "CANCELLED":
                raise No(500, "no")
            return super().moved(booking, wanted)

    report = written(NeverCancels)
    about, writes = pending(tmp_path / "journal.ndjson")
    assert about["standard"] == "ocss@1.0-alpha"
    assert len(writes) == len(report["booker"].kept) > 10
    assert {write.undo.method for write in writes} == {"PATCH"}
    item = next(i for i in report["preflight"] if i["check"] == "cleanup")
    assert "mobstd check --cleanup" in item["message"]["en"]


def test_nothing_is_written_without_leave(judged: Any, operator: Any, offers: Any) -> None:
    booker = Booker(operator(offers), int(NOW.timestamp()))
    report = judged(booker, {"blocks": BLOCKS})
    assert {request.method for request in booker.asked} == {"GET"}
    row = next(r for r in report["requirements"] if r["id"] == "OCSS-LIFE-01")
    assert (row["outcome"], row["reason"]) == ("not-run", "not-permitted")


def test_no_person_of_the_target_is_in_the_journal(written: Run, tmp_path: Path) -> None:
    seen: list[str] = []

    class Looks(Booker):
        def post(self, body: Any, key: str) -> tuple[int, Any]:
            seen.append((tmp_path / "journal.ndjson").read_text("utf-8"))
            return super().post(body, key)

    written(Looks)
    assert len(seen) > 20
    last = seen[-1]
    assert "Ada" not in last
    assert "own" not in last
    assert last.count('"write"') >= len(seen)
