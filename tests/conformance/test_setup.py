"""The set-up hook of a target: when it is called, with what, and what comes of its answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.contracts import contract
from mobstd.conformance.profile import Secret, SetupHook
from mobstd.conformance.report.contract import problems
from mobstd.conformance.report.plan import render
from mobstd.conformance.scenarios.cleanup import clean
from mobstd.conformance.scenarios.journal import pending
from mobstd.conformance.setup import PARTY, Hook, hook_of
from mobstd.conformance.target import served
from mobstd.errors import ConfigError, Timeout, Unreachable
from mobstd.judging.exchange import Request, Response
from mobstd.serving.asgi import Response as Answer

URL = "https://sandbox.example.org/mobstd"
KEY = "correct horse battery staple"
Report = dict[str, Any]


class Target:
    """The hook of a target: makes its journeys, and takes them away."""

    def __init__(self, operator: Any, journeys: list[Any], **answers: Any) -> None:
        self.operator, self.journeys, self.answers = operator, journeys, answers
        self.calls: list[dict[str, Any]] = []
        self.requests: list[Request] = []

    def send(self, request: Request) -> Response:
        call = json.loads(request.body or b"")
        self.calls.append(call)
        self.requests.append(request)
        answer = self.answers.get(call["call"])
        if isinstance(answer, BaseException):
            raise answer
        if isinstance(answer, Response):
            return answer
        set_up = call["call"] == "set-up"
        self.operator.journeys = self.journeys if set_up else []
        return Response(200 if set_up else 204, body=json.dumps(self.given()).encode())

    def given(self) -> dict[str, Any]:
        one = self.journeys[0]
        ends = {"departure": "passengerPickup", "arrival": "passengerDrop"}
        places = {f"{e}{c}": one[f"{p}{c}"] for e, p in ends.items() for c in ("Lat", "Lng")}
        query = {**places, "departureRadius": 20, "arrivalRadius": 20, "timeDelta": 86_400}
        query["departureDate"] = one["passengerPickupDate"]
        return {"hints": {"getDriverJourneys": [query]}, "areas": ["45.19,5.72,10"]}


@pytest.fixture
def run(judged: Any, operator: Any, journeys: Any, tmp_path: Path) -> Callable[..., Any]:
    """Judge an operator that is empty until its hook is called."""

    def run(consent: bool = True, **options: Any) -> tuple[Report, Target]:
        answers = options.pop("answers", {})
        target = Target(operator([]), journeys(), **answers)
        hook = Hook(URL, target, (("X-Setup-Key", KEY),), {"SETUP_KEY": KEY})
        options.setdefault("journal", str(tmp_path / "journal.ndjson"))
        options.setdefault("blocks", ("driver-journeys",))
        options.setdefault("max_requests", None)
        profile = {
            "setup": SetupHook(URL, {"X-Setup-Key": Secret("SETUP_KEY")}, consent=consent),
            "max_requests": options.pop("max_requests"),
            "blocks": options.pop("declared", None),
        }
        report: Report = judged(
            target.operator, profile, hook=hook, secrets=hook.secrets, **options
        )
        assert list(problems(report)) == []
        return report, target

    return run


def said(report: Report, check: str = "setup") -> dict[str, Any]:
    return next(item for item in report["preflight"] if item["check"] == check)


def test_an_empty_target_is_exercised_by_its_hook(run: Any, tmp_path: Path) -> None:
    report, target = run()
    assert report["blocks"][0]["verdict"] == "conforming"
    assert [call["call"] for call in target.calls] == ["set-up", "tear-down"]
    assert target.operator.journeys == []
    set_up, tear_down = target.calls
    assert list(contract("setup", "set_up").problems(set_up)) == []
    assert list(contract("setup", "tear_down").problems(tear_down)) == []
    assert set_up["run"] == tear_down["run"]
    assert set_up["needs"] == [{"operation": "getDriverJourneys", "count": 12, "criteria": []}]
    assert said(report)["ok"] is True
    assert "hints: 2" in said(report)["message"]["en"]
    assert list(tmp_path.iterdir()) == []


def test_what_the_hook_wants_is_nowhere(run: Any) -> None:
    report, target = run()
    assert {dict(request.headers)["X-Setup-Key"] for request in target.requests} == {KEY}
    assert KEY not in json.dumps(report, ensure_ascii=False)
    assert KEY not in repr(Hook(URL, target, (("X-Setup-Key", KEY),), {"SETUP_KEY": KEY}))


def test_it_is_not_called_without_leave(run: Any) -> None:
    report, target = run(consent=False)
    assert target.calls == []
    item = said(report)
    assert (item["ok"], item["blame"]) == (False, "configuration")
    assert "--allow-writes" in item["message"]["en"]
    assert report["stopped_by"] is None
    assert report["gate"]["exit_code"] == 3
    assert report["blocks"][0]["verdict"] == "inconclusive"
    unlock = report["blocks"][0]["unlock"][0]["message"]
    assert "[setup]" in unlock["en"]
    assert "[setup]" in unlock["fr"]


def test_what_is_made_is_asked_for_by_criteria(run: Any) -> None:
    _, target = run(consent=False, allow_writes=True, blocks=("driver-journeys", "booking"))
    needs = [need for need in target.calls[0]["needs"] if need.get("for") == "booking"]
    assert [need["operation"] for need in needs] == ["getDriverJourneys"]
    criteria = {one["name"]: one for one in needs[0]["criteria"]}
    assert list(criteria) == ["to-come", "named-driver", "free-seat", "known-price"]
    assert criteria["to-come"]["later"]["than"] == target.calls[0]["now"] + 3600
    assert "availableSeats" in criteria["free-seat"]["schema"]["properties"]
    assert criteria["free-seat"]["otherwise"]["fr"]


def test_what_no_candidate_meets_is_counted_and_says_what_would_serve(run: Any) -> None:
    """The journeys of the hook have no price: they are searched, and can't be booked."""
    report, _ = run(allow_writes=True, blocks=("driver-journeys", "booking"))
    block = next(block for block in report["blocks"] if block["id"] == "booking")
    message = block["unlock"][0]["message"]
    assert message["code"] == "unlock.unfit"
    assert "40 × its price is not known" in message["en"]
    assert "[setup]" in message["en"]


def test_nothing_is_called_for_a_plan(run: Any) -> None:
    report, target = run(planned=True)
    assert target.calls == []
    line = next(one for one in report["plan"]["classes"] if one["phase"] == "setup")
    assert (line["method"], line["requests"], line["writes"]) == ("POST", 2, True)
    assert URL in render(report["plan"], "en")
    assert report["plan"]["writes"] == 2
    without = run(planned=True, consent=False)[0]["plan"]
    assert without["writes"] == 0
    assert without["requests"] == report["plan"]["requests"] - 2


def answer(value: Any, status: int = 200) -> Response:
    return Response(status, body=json.dumps(value).encode())


CONFIGURATION, TARGET = ("configuration", 2), ("target", 3)
WRONG: dict[str, tuple[Any, str, tuple[str, int], bool]] = {
    "refused": (answer({}, 401), "setup-refused", CONFIGURATION, False),
    "not-there": (answer({}, 404), "setup-refused", CONFIGURATION, False),
    "elsewhere": (
        Response(307, (("Location", "https://evil.example.com/"),)),
        "setup-redirected",
        CONFIGURATION,
        True,
    ),
    "failing": (answer({}, 500), "setup-failed", TARGET, True),
    "not-json": (Response(200, body=b"<html>"), "setup-not-json", TARGET, True),
    "too-large": (answer({"x": "x" * 70_000}), "setup-too-large", TARGET, True),
    "truncated": (Response(200, body=b"{", truncated=True), "setup-too-large", TARGET, True),
    "misspelt": (answer({"hint": {}}), "setup-wrong-answer", TARGET, True),
    "of-no-operation": (
        answer({"hints": {"getNothing": [{"a": 1}]}}),
        "engine.unknown-operation",
        TARGET,
        True,
    ),
    "of-no-parameter": (
        answer({"hints": {"getDriverJourneys": [{"departureLatitude": 1}]}}),
        "engine.unknown-parameter",
        TARGET,
        True,
    ),
    "nowhere": (answer({"areas": ["Atlantis"]}), "engine.unknown-place", TARGET, True),
    "silent": (Timeout("transport.timeout", seconds=1, host="x", operation="POST /"),
               "transport.timeout", TARGET, True),
    "unreachable": (Unreachable("transport.refused", host="x", operation="POST /"),
                    "transport.refused", CONFIGURATION, False),
}  # fmt: skip


def test_what_stops_no_run_is_not_why_one_stopped(run: Any, journeys: Any) -> None:
    """A block that is there undeclared is told of, and the exit code is that of the hook."""
    report, _ = run(answers={"set-up": answer({}, 500)}, blocks=(), declared=("driver-journeys",))
    codes = [item["message"]["code"] for item in report["preflight"] if item["ok"] is False]
    assert codes == ["preflight.there-not-declared", "preflight.setup-failed"]
    assert report["gate"]["exit_code"] == 3


@pytest.mark.parametrize("name", WRONG)
def test_a_hook_that_fails_stops_the_run(run: Any, name: str, tmp_path: Path) -> None:
    """Whose fault it is shows in the exit code; what may be there is taken away."""
    given, code, (blame, exit_code), torn_down = WRONG[name]
    report, target = run(answers={"set-up": given})
    item = said(report)
    assert (item["ok"], item["blame"]) == (False, blame)
    assert item["message"]["code"].removeprefix("preflight.") == code
    assert report["stopped_by"] == "preflight"
    assert report["gate"]["exit_code"] == exit_code
    assert report["requests_by_phase"].keys() == {"preflight"}
    assert ("tear-down" in [call["call"] for call in target.calls]) is torn_down
    assert list(tmp_path.iterdir()) == []
    for lang in ("en", "fr"):
        assert len(item["message"][lang].split(". ")) > 1, "it says what to do next"


def test_204_hints_at_nothing(run: Any) -> None:
    report, target = run(answers={"set-up": Response(204)})
    assert said(report)["ok"] is True
    assert [call["call"] for call in target.calls] == ["set-up", "tear-down"]


def test_an_interrupted_run_tears_down(run: Any, operator: Any, tmp_path: Path) -> None:
    class Interrupted:
        def phase(self, name: str, total: int) -> None:
            if name == "negatives":
                raise KeyboardInterrupt

        def advance(self) -> None:
            pass

    report, target = run(progress=Interrupted())
    assert report["stopped_by"] == "interrupted"
    assert [call["call"] for call in target.calls] == ["set-up", "tear-down"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone_needs_no_taking_away(run: Any, status: int, tmp_path: Path) -> None:
    report, _ = run(answers={"tear-down": Response(status)})
    assert [i for i in report["preflight"] if i["check"] == "tear-down"] == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "given",
    [
        Response(500),
        Response(409),
        Timeout("transport.timeout", seconds=1, host="x", operation="y"),
    ],
)
def test_what_is_left_stays_in_the_journal(run: Any, given: Any, tmp_path: Path) -> None:
    report, target = run(answers={"tear-down": given})
    item = said(report, "tear-down")
    assert (item["ok"], item["blame"]) == (False, "target")
    journal = tmp_path / "journal.ndjson"
    assert f"--cleanup {journal}" in item["message"]["fr"]
    assert report["blocks"][0]["verdict"] == "conforming"
    text = journal.read_text("utf-8")
    assert KEY not in text
    about, writes = pending(journal)
    assert about["setup"] == URL
    assert [write.party for write in writes] == [PARTY]
    target.answers.clear()
    done = clean(
        journal,
        lambda about: target.operator,
        {PARTY: (("X-Setup-Key", KEY),)},
        lambda about, party: target if party == PARTY else None,
    )
    assert [one.done for one in done] == [True]
    assert target.calls[-1] == target.calls[-2] == {**target.calls[-1], "call": "tear-down"}
    assert dict(target.requests[-1].headers)["X-Setup-Key"] == KEY
    assert not journal.exists()


def test_the_hints_of_the_profile_come_after(run: Any) -> None:
    """More hints than there are requests for never starve what comes after them."""
    query = {"departureLat": 1, "departureLng": 1, "arrivalLat": 1, "arrivalLng": 1}
    many = [{**query, "departureDate": n} for n in range(50)]
    report, _ = run(answers={"set-up": answer({"hints": {"getDriverJourneys": many}})})
    assert report["requests_by_phase"]["explore"] <= 60


class Wire:
    """A hook behind HTTP, which answers as it is told to, and hears what comes."""

    def __init__(self, status: int, body: bytes, headers: tuple[tuple[str, str], ...] = ()) -> None:
        self.answer = Answer(status, body, "application/json", headers)
        self.paths: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            self.paths.append(scope["path"])
            await self.answer.send(send)
            return
        await idle(receive, send)


async def idle(receive: Any, send: Any) -> None:
    for stage in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{stage}.complete"})


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [(307, b"", (("Location", "/elsewhere"),)), (200, b"[" + b"1," * 200_000 + b"1]", ())],
)
def test_over_http_no_redirect_is_followed_and_no_more_is_read(
    status: int, body: bytes, headers: tuple[tuple[str, str], ...]
) -> None:
    wire = Wire(status, body, headers)
    with served(wire) as url, hook_of(SetupHook(f"{url}/hook/"), allowed=True) as hook:
        assert hook is not None
        came = hook.send(hook.request({"call": "set-up"}))
    assert came.status == status
    assert len(came.body) <= 64 << 10
    assert came.truncated == (status == 200)
    assert wire.paths == ["/hook/"]


def test_a_hook_needs_its_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    setup = SetupHook(URL, {"X-Setup-Key": Secret("SETUP_KEY")})
    with pytest.raises(ConfigError, match="SETUP_KEY"), hook_of(setup, allowed=True):
        pass
    with hook_of(setup, allowed=False) as none:
        assert none is None, "what may not be called needs none"
    monkeypatch.setenv("SETUP_KEY", KEY)
    with hook_of(setup, allowed=True) as hook:
        assert hook is not None
        assert hook.headers == (("X-Setup-Key", KEY),)
        assert hook.secrets == {"SETUP_KEY": KEY}
    with hook_of(None, allowed=True) as none:
        assert none is None
