"""What an operator calls while it is judged: heard, answered, and judged, right and wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.standard import find
from mobstd.conformance import replay
from mobstd.conformance.listening import counterpart_of, serving
from mobstd.conformance.profile import Callbacks, Profile, TestIssuer
from mobstd.conformance.scenarios import receiver as bounds
from mobstd.conformance.scenarios.receiver import Receiver
from mobstd.errors import ConfigError, UsageError
from mobstd.judging.exchange import Request
from mobstd.ocss.reference import build
from mobstd.serving.hosting import hosted
from mobstd.transport import AsgiSender

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
VERSION = find("ocss@1.0-alpha")
BLOCKS = ("driver-journeys", "passenger-journeys", "booking", "booking-feed")
JUDGED = tuple(f"OCSS-HOOK-{n:02}" for n in (3, 4, 5, 7, 9, 10, 11, 12, 13, 14, 17, 18))
KEY = "0d5c1b9e-6f0a-4c8e-9d2e-7f1f3f6b1a42"
Report = dict[str, Any]
Edit = Callable[[dict[str, Any]], dict[str, Any] | None]


def edited(inner: Any, edit: Edit) -> Any:
    """Stand between: events are edited on their way, or lost where the edit says ``None``."""

    async def served(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await inner(scope, receive, send)
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        event = edit(json.loads(body))
        if event is None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        changed = json.dumps(event).encode()

        async def again() -> Any:
            return {"type": "http.request", "body": changed}

        await inner(scope, again, send)

    return served


@pytest.fixture
def called(judged: Any, tmp_path: Path) -> Iterator[Callable[..., Report]]:
    """Judge the reference operator, which tells of its bookings; ``edit`` makes it wrong."""
    stack = ExitStack()

    def run(edit: Edit | None = None, wait: float = 5.0, **options: Any) -> Report:
        receiver = Receiver(VERSION, "maas", "http://maas.example.org")
        served = receiver.app if edit is None else edited(receiver.app, edit)
        url = stack.enter_context(hosted(served, "127.0.0.1", 0))
        operator = build(now=int(NOW.timestamp()), count=300, partner=url)
        stack.callback(operator.service.desk.close)  # type: ignore[attr-defined]
        callbacks = Callbacks("127.0.0.1:1", "http://maas.example.org", wait)
        profile = {"blocks": BLOCKS, "callbacks": callbacks}
        options.setdefault("only", (*JUDGED, "OCSS-BOOK-16"))
        report: Report = judged(
            operator,
            profile,
            allow_writes=True,
            receiver=receiver,
            journal=str(tmp_path / "journal.ndjson"),
            **options,
        )
        return {**report, "calls": receiver.exchanges}

    with stack:
        yield run


def outcomes(report: Report, outcome: str) -> set[str]:
    return {row["id"] for row in report["requirements"] if row["outcome"] == outcome}


def reason(report: Report, name: str) -> str | None:
    found: str | None = next(r["reason"] for r in report["requirements"] if r["id"] == name)
    return found


def test_a_right_operator_gets_no_finding(called: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    report = called()
    assert outcomes(report, "passed") >= set(JUDGED)
    assert outcomes(report, "failed") == outcomes(report, "warned") == set()
    verdicts = {block["id"]: block["verdict"] for block in report["blocks"]}
    assert verdicts["booking-feed"] == "conforming"
    assert reason(report, "OCSS-BOOK-16") == "needs-person"
    assert reason(report, "OCSS-CONNECT-03") == "not-selected"
    assert report["requests_by_phase"]["callback"] == len(report["calls"])
    first, second, *_ = [x for x in report["calls"] if x.operation == "postBookingEvents"]
    assert (first.status, second.status) == (500, 200)
    assert json.loads(first.request.body)["id"] == json.loads(second.request.body)["id"]


def _late(event: dict[str, Any]) -> dict[str, Any] | None:
    return None if event["data"]["status"] == "WAITING_CONFIRMATION" else event


def _silent(event: dict[str, Any]) -> dict[str, Any] | None:
    return None


def _no_changes(event: dict[str, Any]) -> dict[str, Any] | None:
    return event if event["data"]["status"] == "WAITING_CONFIRMATION" else None


def _new_id(event: dict[str, Any]) -> dict[str, Any]:
    _new_id.count = getattr(_new_id, "count", 0) + 1  # type: ignore[attr-defined]
    return {**event, "id": f"00000000-0000-4000-8000-{_new_id.count:012}"}  # type: ignore[attr-defined]


def _both(event: dict[str, Any]) -> dict[str, Any]:
    user = {"id": "u-1", "operator": "covoit.example.org", "alias": "Ada"}
    data = {**event["data"], "driver": user, "passenger": user}
    return {**event, "data": {**data, "price": {"type": "FREE"}}}


def _themselves(event: dict[str, Any]) -> dict[str, Any]:
    data = dict(event["data"])
    user = {"id": "mobstd-1", "operator": "mobstd.example.org", "alias": "Ada"}
    if "driver" in data:
        data = {k: v for k, v in data.items() if k not in ("driver", "price", "car")}
        return {**event, "data": {**data, "passenger": user}}
    data = {k: v for k, v in data.items() if k != "passenger"}
    return {**event, "data": {**data, "driver": user, "price": {"type": "FREE"}}}


def _in_short(event: dict[str, Any]) -> dict[str, Any]:
    data = dict(event["data"])
    for name in ("passengerPickupAddress", "passengerDropAddress", "duration", "distance"):
        data.pop(name, None)
    return {**event, "data": data}


@pytest.mark.parametrize(
    ("edit", "wanted"),
    [
        (_late, {"OCSS-HOOK-03", "OCSS-HOOK-17"}),
        (_silent, {"OCSS-HOOK-03"}),
        (_no_changes, {"OCSS-HOOK-04"}),
        (_new_id, {"OCSS-HOOK-11"}),
        (_both, {"OCSS-HOOK-12"}),
        (_themselves, {"OCSS-HOOK-13"}),
        (_in_short, {"OCSS-HOOK-05"}),
    ],
)
def test_a_wrong_operator_fails_under_its_row(called: Any, edit: Edit, wanted: set[str]) -> None:
    failed: set[str] = set()
    for wait in (2.0, 10.0):  # news goes out by a thread, which a busy machine lets wait
        report = called(edit, wait=wait)
        failed = outcomes(report, "failed") - {"OCSS-GEN-02", "OCSS-GEN-07"}
        if failed == wanted:
            break
    assert failed == wanted, [f for r in report["requirements"] for f in r["findings"]][:2]


def test_a_finding_shows_the_call_and_its_address(called: Any) -> None:
    report = called(_both, wait=2.0, only=("OCSS-HOOK-12", "OCSS-HOOK-03"))
    row = next(r for r in report["requirements"] if r["id"] == "OCSS-HOOK-12")
    finding = row["findings"][0]
    cited = report["exchanges"][finding["exchanges"][0]]
    assert cited["purpose"] == "callback"
    assert finding["pointer"].startswith("/request/body/data")
    assert " http://maas.example.org/booking_events" in finding["curl"]
    assert "Zoé" not in str(cited)
    with pytest.raises(UsageError) as caught:
        replay.choose(report, finding["fingerprint"])
    assert caught.value.code == "replay.called"


def test_a_person_acts_when_asked(called: Any) -> None:
    asked: list[tuple[str, str]] = []

    def person(texts: Any, key: str, done: Callable[[], bool]) -> None:
        asked.append((texts["fr"], key))
        sender = AsgiSender(receiver.app)
        try:
            query = (("status", "CONFIRMED"),)
            assert sender.send(Request("PATCH", f"/bookings/{key}", query)).status == 200
            assert done()
        finally:
            sender.close()

    receiver: Any = None

    class Heard(Receiver):
        def __init__(self, *args: Any, **options: Any) -> None:
            nonlocal receiver
            super().__init__(*args, **options)
            receiver = self

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(globals(), "Receiver", Heard)
        report = called(only=("OCSS-BOOK-16",), person=person, wait=0.0)
    assert len(asked) == 1
    assert "{key}" in asked[0][0]
    assert "OCSS-BOOK-16" in outcomes(report, "passed")


def test_without_callbacks_the_reason_says_what_is_missing(judged: Any, reference: Any) -> None:
    report = judged(reference(count=100), {"blocks": BLOCKS}, quick=True)
    for name in JUDGED:
        assert reason(report, name) == "no-listener"
    quiet = Receiver(VERSION, "maas", "http://maas.example.org")
    report = judged(
        reference(count=300),
        {"callbacks": Callbacks("127.0.0.1:1", None, 0.0)},
        receiver=quiet,
        allow_writes=True,
        only=("OCSS-HOOK-03",),
    )
    assert reason(report, "OCSS-HOOK-03") == "no-data"
    said = next(i["message"] for i in report["preflight"] if i["check"] == "callbacks")
    assert "http://maas.example.org" in said["en"]
    assert "http://maas.example.org" in said["fr"]


EVENT = {
    "id": KEY,
    "idToken": "header.payload.signature",
    "data": {
        "id": KEY,
        "status": "WAITING_CONFIRMATION",
        "passengerPickupDate": 1795424400,
        "passengerPickupLat": 45.1,
        "passengerPickupLng": 5.7,
        "passengerDropLat": 45.3,
        "passengerDropLng": 5.6,
        "webUrl": "https://covoit.example.org/bookings/1",
        "passenger": {"id": "u-1", "operator": "covoit.example.org", "alias": "Ada"},
    },
}


@pytest.fixture
def ask() -> Iterator[Callable[..., int]]:
    senders: list[AsgiSender] = []

    def send(receiver: Receiver, method: str, path: str, body: Any = None, **query: str) -> int:
        sender = AsgiSender(receiver.app)
        senders.append(sender)
        content = None if body is None else json.dumps(body).encode()
        headers = (("Content-Type", "application/json"),)
        request = Request(method, path, tuple(query.items()), headers, content)
        return sender.send(request).status

    yield send
    for sender in senders:
        sender.close()


def test_the_other_side_answers_right(ask: Any) -> None:
    receiver = Receiver(VERSION, "maas", failures=1)
    mine = "5b0d9f6e-2f0b-4a57-8a3e-61c0f3f7b2d9"
    receiver.counterpart.ours = lambda key: {mine: "WAITING_CONFIRMATION"}.get(key.lower())
    news = {**EVENT, "id": mine, "data": {**EVENT["data"], "id": mine}}
    assert ask(receiver, "POST", "/booking_events", EVENT) == 200
    assert [ask(receiver, "POST", "/booking_events", news) for _ in "123"] == [500, 200, 200]
    assert ask(receiver, "POST", "/booking_events", {**EVENT, "id": "abc"}) == 400
    for key in (KEY, mine.upper()):
        path = f"/bookings/{key}"
        assert ask(receiver, "PATCH", path, status="WAITING_CONFIRMATION") == 409
        assert ask(receiver, "PATCH", path, status="VALIDATED") == 200
        assert ask(receiver, "PATCH", path, status="CONFIRMED") == 409
        assert ask(receiver, "PATCH", path, status="NEVER") == 400
    assert ask(receiver, "PATCH", f"/bookings/{KEY[:-1]}3", status="CONFIRMED") == 404
    assert ask(receiver, "GET", "/nothing") == 404
    assert [x.id for x in receiver.exchanges[:2]] == ["c1", "c2"]
    assert {x.purpose for x in receiver.exchanges} == {"callback"}


def test_what_is_kept_is_bounded(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_CALLS", 2)
    receiver = Receiver(VERSION, "maas")
    for _ in "123":
        assert ask(receiver, "POST", "/booking_events", EVENT) == 200
    assert (len(receiver.exchanges), receiver.lost) == (2, 1)
    large = {**EVENT, "idToken": "x" * 2_000_000}
    assert ask(Receiver(VERSION, "maas"), "POST", "/booking_events", large) == 400


def test_a_path_in_front_is_no_matter(ask: Any) -> None:
    receiver = Receiver(VERSION, "maas", "https://hooks.example.org/mobstd/")
    for path in ("/mobstd/booking_events", "/booking_events"):
        assert ask(receiver, "POST", path, EVENT) == 200
    assert [x.operation for x in receiver.exchanges] == ["postBookingEvents"] * 2
    assert [x.request.path for x in receiver.exchanges] == ["/booking_events"] * 2


def test_both_are_served_at_one_address(ask: Any) -> None:
    profile = Profile(
        "https://operator.example.org",
        "ocss@1.0-alpha",
        callbacks=Callbacks("127.0.0.1:0"),
        issuer=TestIssuer("127.0.0.1:0", "operator-1", "http://127.0.0.1:1/oidc"),
    )
    with serving(profile) as served:
        assert served.receiver is not None
        assert served.issuer is not None
        assert served.receiver.role == "maas"
        assert served.issuer.audience == "operator-1"


def test_a_standard_without_another_side_has_none() -> None:
    version = find("rdex@1.2")
    assert counterpart_of(version, version.roles[0]) is None
    profile = Profile("https://x.example.org", "rdex@1.2", callbacks=Callbacks("127.0.0.1:0"))
    with pytest.raises(ConfigError) as caught, serving(profile):
        pass
    assert caught.value.code == "callbacks.no-other-side"
