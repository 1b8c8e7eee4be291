"""A MaaS under test, right and wrong: told of bookings first, late, again, under wrong tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from mobstd.conformance.profile import Profile
from mobstd.conformance.scenarios.cleanup import clean
from mobstd.conformance.scenarios.journal import pending
from mobstd.conformance.scenarios.tokens import STAND_IN
from mobstd.judging.exchange import Request, Response
from mobstd.ocss.reference.ledger import Ledger
from mobstd.ocss.reference.maas import ReferenceMaas
from mobstd.oidc import Issuer, TokenVerifier, published
from mobstd.serving.answers import Refuse
from mobstd.serving.kit import app
from mobstd.transport import AsgiSender

STANDARD = "ocss@1.0-alpha"
LADDER = ("WAITING_CONFIRMATION", "CONFIRMED", "COMPLETED_PENDING_VALIDATION", "VALIDATED")
UMBRELLAS = {"OCSS-GEN-02", "OCSS-GEN-07", "OCSS-ERR-01"}
OWN = (("X-API-Key", "own"),)
FEED = tuple(f"OCSS-HOOK-{n:02}" for n in (1, 6, 8, 10, 11, 12, 14))
Report = dict[str, Any]
Run = Callable[..., Report]


class Maas(ReferenceMaas):
    """The right one; others override what they do wrong."""

    def __init__(self) -> None:
        super().__init__(Ledger())
        self.events: list[dict[str, Any]] = []

    def post_booking_events(self, asked: Mapping[str, Any], event: dict[str, Any]) -> None:
        self.take(event)
        self.events.append(event)

    def take(self, event: dict[str, Any]) -> None:
        self.ledger.take(event)

    def known(self, event: dict[str, Any]) -> dict[str, Any] | None:
        return self.ledger.booking(event["data"]["id"])

    def left(self) -> list[str]:
        ids = {event["data"]["id"] for event in self.events}
        found = [booking for id_ in ids if (booking := self.ledger.booking(id_)) is not None]
        return [b["status"] for b in found if b["status"] != "CANCELLED"]


@pytest.fixture
def told(judged: Any, tmp_path: Path) -> Run:
    """Judge a MaaS; it is returned in the report as ``maas``."""

    def run(maas: Maas, **options: Any) -> Report:
        served = app(maas, STANDARD, "maas", api_keys=("own",))
        options.setdefault("journal", str(tmp_path / "journal.ndjson"))
        profile = {"role": "maas", **options.pop("profile", {})}
        report: Report = judged(served, profile, allow_writes=True, credentials=OWN, **options)
        return {**report, "maas": maas}

    return run


def rows(report: Report) -> dict[str, tuple[str, str | None]]:
    return {row["id"]: (row["outcome"], row["reason"]) for row in report["requirements"]}


def failing(report: Report, outcome: str = "failed") -> set[str]:
    return {row for row, (what, _) in rows(report).items() if what == outcome} - UMBRELLAS


def test_a_right_one_gets_no_finding_and_keeps_nothing(told: Run, tmp_path: Path) -> None:
    report = told(Maas())
    assert failing(report) == failing(report, "warned") == set()
    assert {block["id"]: block["verdict"] for block in report["blocks"]} == dict.fromkeys(
        ("booking", "messages", "booking-feed"), "conforming"
    )
    wanted = {*FEED, "OCSS-BOOK-07", "OCSS-AUTH-01", "OCSS-MSG-01", "OCSS-MSG-04", "OCSS-MSG-05"}
    wanted |= {f"OCSS-LIFE-{n:02}" for n in (1, *range(3, 10))}
    assert wanted <= failing(report, "passed")
    assert rows(report)["OCSS-CONNECT-03"] == ("not-run", "no-issuer")
    assert report["maas"].left() == []
    assert list(tmp_path.iterdir()) == []
    assert report["requests"] <= 600


def test_what_is_told_repeats_the_whole_booking(told: Run) -> None:
    events = told(Maas(), only=("OCSS-HOOK-06",))["maas"].events
    assert events
    ids = [event["id"] for event in events]
    assert len(set(ids)) == len(ids)
    whole: dict[str, Any] = {}
    for event in events:
        rest = {name: value for name, value in event["data"].items() if name != "status"}
        assert whole.setdefault(rest["id"], rest) == rest


class WantsTheBeginning(Maas):
    def take(self, event: dict[str, Any]) -> None:
        if self.known(event) is None and event["data"]["status"] != LADDER[0]:
            raise Refuse(400, "unknown booking")
        super().take(event)


class ForgetsWhatIsNew(Maas):
    def take(self, event: dict[str, Any]) -> None:
        new = self.known(event) is None
        super().take(event)
        if new and event["data"]["status"] != LADDER[0]:
            self.ledger._db.execute(
                "DELETE FROM bookings WHERE id = ?", (event["data"]["id"].lower(),)
            )


class LosesCancellations(Maas):
    def take(self, event: dict[str, Any]) -> None:
        super().take(event)
        if event["data"]["status"] == "CANCELLED":
            self.ledger.amend(event["data"]["id"], lambda found: {**found, "status": "VALIDATED"})


def test_what_only_a_change_tells_is_held_against_the_feed(told: Run) -> None:
    """It shows on PATCH, which the row is not about; its block fails, and the run with it."""
    report = told(LosesCancellations())
    row = next(row for row in report["requirements"] if row["id"] == "OCSS-HOOK-06")
    assert {finding["operation"] for finding in row["findings"]} == {"patchBookings"}
    assert row["blocks"] == [{"id": "booking-feed", "outcome": "failed"}]
    verdicts = {block["id"]: block["verdict"] for block in report["blocks"]}
    assert verdicts["booking-feed"] == report["verdict"] == "non-conforming"


class LastOneWins(Maas):
    def take(self, event: dict[str, Any]) -> None:
        super().take(event)
        known = self.known(event)
        assert known is not None
        with self.ledger._transaction() as db:
            self.ledger._write(db, {**known, "status": event["data"]["status"]})


class RefusesRepetition(Maas):
    def take(self, event: dict[str, Any]) -> None:
        if any(event["id"] == known["id"] for known in self.events):
            raise Refuse(409, "event_already_known")
        super().take(event)


class RefusesAll(Maas):
    def take(self, event: dict[str, Any]) -> None:
        raise Refuse(400, "not supported")


class DriversOnly(Maas):
    def take(self, event: dict[str, Any]) -> None:
        if "driver" not in event["data"]:
            raise Refuse(400, "driver is missing")
        super().take(event)


class AnnouncedTwice(Maas):
    """Takes whatever comes under a known id for news of its own."""

    def take(self, event: dict[str, Any]) -> None:
        super().take({**event, "id": f"{len(self.events):032x}"})


class Apart(Maas):
    """Knows by PATCH only what its own front end made: nothing, here."""

    def patch_bookings(self, asked: Mapping[str, Any]) -> None:
        raise Refuse(404, "missing_booking")


@pytest.mark.parametrize(
    ("maas", "row"),
    [
        (WantsTheBeginning, "OCSS-HOOK-06"),
        (ForgetsWhatIsNew, "OCSS-HOOK-06"),
        (RefusesRepetition, "OCSS-HOOK-11"),
        (RefusesAll, "OCSS-HOOK-01"),
        (DriversOnly, "OCSS-HOOK-01"),
    ],
)
def test_a_wrong_one_fails_under_its_row_alone(told: Run, maas: type[Maas], row: str) -> None:
    report = told(maas(), only=(*FEED, "OCSS-BOOK-07"))
    assert failing(report) == {row}
    assert failing(report, "warned") == set()
    assert report["maas"].left() == []


@pytest.mark.parametrize(
    ("maas", "row"),
    [
        (LastOneWins, "OCSS-HOOK-08"),
        (AnnouncedTwice, "OCSS-HOOK-11"),
        (Apart, "OCSS-BOOK-07"),
    ],
)
def test_an_odd_one_is_warned_under_its_row_alone(told: Run, maas: type[Maas], row: str) -> None:
    report = told(maas(), only=(*FEED, "OCSS-BOOK-07", "OCSS-LIFE-01", "OCSS-LIFE-04"))
    assert failing(report) == set()
    assert failing(report, "warned") == {row}


class Sender:
    """Sends to an app, and edits what comes and goes."""

    def __init__(self, served: Any, edit: Callable[[Request, Response], Response]) -> None:
        self._inner, self._edit = AsgiSender(served), edit

    def send(self, request: Request) -> Response:
        return self._edit(request, self._inner.send(request))

    def close(self) -> None:
        self._inner.close()


@pytest.fixture
def feed_only() -> Iterator[tuple[Maas, Sender]]:
    """A MaaS that takes news and has no PATCH at all."""
    maas = Maas()

    def edit(request: Request, response: Response) -> Response:
        return Response(404) if request.method == "PATCH" else response

    served = app(maas, STANDARD, "maas")
    sender = Sender(served, edit)
    yield maas, sender
    sender.close()


def test_who_has_the_feed_alone_is_judged_by_that(
    judged: Any, feed_only: Any, tmp_path: Path
) -> None:
    maas, sender = feed_only
    report = judged(
        sender, {"role": "maas"}, allow_writes=True, journal=str(tmp_path / "journal.ndjson")
    )
    assert failing(report) == failing(report, "warned") == set()
    assert [b["id"] for b in report["blocks"]] == ["booking-feed", "messages"]
    assert rows(report)["OCSS-HOOK-06"] == ("not-run", "unobservable")
    assert rows(report)["OCSS-LIFE-01"] == ("not-run", "absent")
    assert maas.left() == []


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer("http://127.0.0.1:9/oidc", "operator-1", algorithm="ES256")


class Verifying(Maas):
    def __init__(self, issuer: Issuer, *, late: bool = True) -> None:
        super().__init__()
        self.late = late
        self.tokens = TokenVerifier(
            issuer.url, issuer.audience, opens=lambda origin: AsgiSender(published(issuer))
        )

    def take(self, event: dict[str, Any]) -> None:
        known = self.known(event) is not None
        self.tokens.verify(event["idToken"], late=known and self.late)
        super().take(event)


def test_wrong_tokens_are_refused(told: Run, issuer: Issuer) -> None:
    report = told(Verifying(issuer), issuer=issuer, only=("OCSS-CONNECT-03", "OCSS-HOOK-01"))
    assert failing(report) == failing(report, "warned") == set()
    row = next(r for r in report["requirements"] if r["id"] == "OCSS-CONNECT-03")
    assert (row["outcome"], row["evidence"]) == ("passed", 11)


def test_who_believes_any_token_fails(told: Run, issuer: Issuer) -> None:
    report = told(Maas(), issuer=issuer, only=("OCSS-CONNECT-03",))
    assert failing(report) == {"OCSS-CONNECT-03"}
    row = next(r for r in report["requirements"] if r["id"] == "OCSS-CONNECT-03")
    assert [f["count"] for f in row["findings"]] == [10]
    assert report["maas"].left() == []


def test_who_loses_late_news_for_an_old_token_is_warned(told: Run, issuer: Issuer) -> None:
    report = told(Verifying(issuer, late=False), issuer=issuer, only=("OCSS-CONNECT-03",))
    assert failing(report) == set()
    assert failing(report, "warned") == {"OCSS-CONNECT-03"}


def test_no_token_is_shown(told: Run, issuer: Issuer) -> None:
    maas = Maas()
    report = told(maas, issuer=issuer, only=("OCSS-CONNECT-03",))
    del report["maas"]
    text = str(report)
    assert maas.events
    assert not [event for event in maas.events if event["idToken"] in text]


def test_who_refuses_stand_ins_is_told_what_to_configure(told: Run, issuer: Issuer) -> None:
    report = told(Verifying(issuer))
    assert report["verdict"] == "inconclusive"
    assert failing(report) == set()
    said = [item["message"] for item in report["preflight"] if item["check"] == "token"]
    assert ["[issuer]" in one["en"] and "[issuer]" in one["fr"] for one in said] == [True]


def test_a_killed_run_is_taken_back_by_news_where_changes_do_not_reach(
    judged: Any, tmp_path: Path, issuer: Issuer
) -> None:
    journal = tmp_path / "journal.ndjson"
    maas, gone = Apart(), []

    def edit(request: Request, response: Response) -> Response:
        if len(maas.events) >= 3:
            gone.append(request)
            raise KeyboardInterrupt
        return response

    served = app(maas, STANDARD, "maas")
    sender = Sender(served, edit)
    judged(sender, {"role": "maas"}, allow_writes=True, journal=str(journal), issuer=issuer)
    sender.close()
    assert gone
    assert maas.left() != []
    assert not [event for event in maas.events if event["idToken"] in journal.read_text()]
    _, writes = pending(journal)
    assert {w.otherwise is not None and STAND_IN in str(w.otherwise.body) for w in writes} == {True}
    again = AsgiSender(served)
    undone = clean(journal, lambda about: again, {})
    again.close()
    assert [one.done for one in undone] == [True] * len(writes)
    assert maas.left() == []
    assert not journal.exists()


def test_a_profile_names_the_issuer() -> None:
    from mobstd.conformance.profile import TestIssuer, load

    found = load(
        overrides={
            "target": "https://maas.example.org",
            "standard": STANDARD,
            "role": "maas",
            "issuer": {"bind": "127.0.0.1:8766", "audience": "operator-1"},
        },
        environ={},
    )
    assert found.issuer == TestIssuer("127.0.0.1:8766", "operator-1")
    assert found.hash != Profile("https://maas.example.org", STANDARD, "maas").hash
