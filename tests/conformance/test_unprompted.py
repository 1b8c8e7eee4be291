"""What a target gives another state by itself, and what its calls name: told of, or found out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.standard import find
from mobstd.conformance.profile import Callbacks, Profile
from mobstd.conformance.run import Options, check
from mobstd.conformance.scenarios.receiver import Receiver
from mobstd.judging.call_edit import Outgoing
from mobstd.judging.fault import Variant
from mobstd.ocss.reference import build
from mobstd.ocss.reference.maas import build_proposal
from mobstd.serving.faults import behaviours, select
from mobstd.serving.opening import implementation
from mobstd.transport import AsgiSender

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
BLOCKS = ("driver-journeys", "booking", "booking-feed")
Rows = dict[str, dict[str, Any]]
READ = ("OCSS-HOOK-03", "OCSS-BOOK-12")
"""What makes bookings, waits for news of them, and reads them."""


@pytest.fixture
def judged_calls(tmp_path: Path) -> Iterator[Callable[..., tuple[Rows, Any]]]:
    """Judge a reference operator that calls the suite; a variant makes it wrong, or odd."""
    stack = ExitStack()

    def run(number: str, name: str | None, *only: str, **options: Any) -> tuple[Rows, Any]:
        version = find(f"ocss@{number}")
        variants: list[Variant] = list(select(version, [name])) if name else []
        receiver = Receiver(version, "maas", "http://maas.example.org")
        person = options.pop("person", None)
        operator: Any = build(
            now=int(NOW.timestamp()),
            count=300,
            version=number,
            partner="http://maas.example.org",
            partner_sender=AsgiSender(receiver.app),  # closed with the desk
            outgoing=Outgoing([v for v in variants if v.call]) if variants else None,
            behaviours=behaviours(variants),
        )
        stack.callback(operator.service.desk.close)
        callbacks = Callbacks("127.0.0.1:1", "http://maas.example.org", options.pop("wait", 5.0))
        profile = Profile(
            "test:app", str(version), blocks=BLOCKS, callbacks=callbacks, max_requests=180
        )
        report = check(
            stack.enter_context(AsgiSender(operator)),
            profile,
            Options(
                now=NOW,
                only=(*only, *READ),
                allow_writes=True,
                receiver=receiver,
                person=person and person(operator, receiver),
                journal=str(tmp_path / "journal"),
                sleep=lambda seconds: None,
                with_fuzz=False,
            ),
        )
        return {row["id"]: row for row in report["requirements"]}, receiver

    with stack:
        yield run


def test_a_target_that_does_nothing_by_itself_is_no_evidence(judged_calls: Any) -> None:
    rows, _ = judged_calls("1.0-alpha", None, "OCSS-BOOK-16")
    assert rows["OCSS-BOOK-12"]["outcome"] == "passed"
    assert rows["OCSS-BOOK-16"]["reason"] == "needs-person"


def test_who_confirms_and_tells_is_right(judged_calls: Any) -> None:
    rows, _ = judged_calls("1.0-alpha", "TWIN/confirms-and-tells", "OCSS-BOOK-16")
    assert rows["OCSS-BOOK-16"]["outcome"] == "passed"
    assert rows["OCSS-BOOK-16"]["evidence"] > 0


def test_who_confirms_in_silence_is_found_out(judged_calls: Any) -> None:
    rows, _ = judged_calls(
        "1.0-alpha", "OCSS-BOOK-16/confirms-in-silence", "OCSS-BOOK-16", wait=1.0
    )
    row = rows["OCSS-BOOK-16"]
    assert row["outcome"] == "failed"
    finding = row["findings"][0]
    assert finding["pointer"] == "/response/body/status"
    assert (finding["expected"], finding["received"]) == ("WAITING_CONFIRMATION", "CONFIRMED")


def test_nobody_is_blamed_who_never_called_about_it(judged_calls: Any) -> None:
    """Without any call about the booking nobody knows whether the target knows whom to call."""
    silent, _ = judged_calls(
        "1.0-alpha", "OCSS-BOOK-16/confirms-in-silence", "OCSS-BOOK-16", wait=0.0, person=_deaf
    )
    assert silent["OCSS-BOOK-16"]["outcome"] == "inconclusive"


def _deaf(operator: Any, receiver: Receiver) -> None:
    """The operator tells nobody of anything."""
    operator.service.desk.retell = lambda booking, event: None


def test_what_a_person_does_in_silence_is_found_out(judged_calls: Any) -> None:
    def acting(operator: Any, receiver: Receiver) -> Any:
        def person(texts: Any, key: str, done: Callable[[], bool]) -> None:
            def told() -> bool:
                return any(key.encode() in (x.request.body or b"") for x in receiver.exchanges)

            assert receiver.wait(10.0, told)
            operator.service.ledger.amend(key, lambda found: {**found, "status": "CONFIRMED"})

        return person

    rows, _ = judged_calls("1.0-alpha", None, "OCSS-BOOK-16", person=acting, wait=1.0)
    assert rows["OCSS-BOOK-16"]["outcome"] == "failed"


WORDS = {
    "TWIN/event-with-words": {"OCSS-HOOK-16": "passed", "OCSS-HOOK-19": "passed"},
    "OCSS-HOOK-16/long-words": {"OCSS-HOOK-16": "failed", "OCSS-HOOK-19": "passed"},
    "OCSS-HOOK-16/wrapped-words": {"OCSS-HOOK-16": "failed", "OCSS-HOOK-19": "passed"},
    "OCSS-HOOK-19/names-no-journey": {"OCSS-HOOK-19": "warned"},
    "OCSS-HOOK-19/another-id": {"OCSS-HOOK-19": "warned"},
}


@pytest.mark.parametrize("name", WORDS)
def test_words_and_journeys_of_news(judged_calls: Any, name: str) -> None:
    rows, _ = judged_calls("2.0-proposal", name, "OCSS-HOOK-16", "OCSS-HOOK-19")
    assert {row: rows[row]["outcome"] for row in WORDS[name]} == WORDS[name]


@pytest.mark.parametrize("name", [None, "OCSS-HOOK-16/endless", "OCSS-HOOK-16/varchar"])
def test_a_maas_takes_words_of_500_characters(name: str | None, tmp_path: Path) -> None:
    version = find("ocss@2.0-proposal")
    variants = select(version, [name]) if name else []
    app = implementation(version, "maas", variants=variants) if name else build_proposal()
    profile = Profile("test:app", str(version), role="maas", blocks=("booking-feed",))
    options = Options(now=NOW, only=("OCSS-HOOK-16",), allow_writes=True, with_fuzz=False,
                      journal=str(tmp_path / "journal"))  # fmt: skip
    with AsgiSender(app) as sender:
        report = check(sender, profile, options)
    [row] = [row for row in report["requirements"] if row["id"] == "OCSS-HOOK-16"]
    assert row["outcome"] == ("failed" if name else "passed")
