"""A finding is sent again: to a target that still has the fault, and to one that has not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.standard import find
from mobstd.conformance.profile import Profile
from mobstd.conformance.replay import Judged, choose, instants, recorded, replay, shift
from mobstd.conformance.run import Options, check
from mobstd.errors import ConfigError, UnknownName, UsageError
from mobstd.judging.exchange import Request, Response
from mobstd.ocss.reference import build
from mobstd.serving.faults import FaultMiddleware, select
from mobstd.transport.asgi import AsgiSender

from .samples import sample

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
STANDARD = "ocss@1.0-alpha"


@cache
def operator() -> Any:
    return build(now=int(NOW.timestamp()), count=1500, area="35")


def faulty(*names: str) -> Any:
    version = find(STANDARD)
    return FaultMiddleware(operator(), select(version, names), version, "operator")


@cache
def judged(name: str, folder: str | None = None) -> str:
    profile = Profile(target="http://app.localhost", standard=STANDARD, areas=("48.11,-1.68",))
    options = Options(blocks=("driver-journeys",), now=NOW, with_fuzz=False, record=folder)
    with AsgiSender(faulty(name)) as sender:
        return json.dumps(check(sender, profile, options))


def finding(report: dict[str, Any], row: str) -> str:
    found = [f for r in report["requirements"] if r["id"] == row for f in r["findings"]]
    return str(found[0]["fingerprint"])


def again(report: dict[str, Any], fingerprint: str, app: Any, **options: Any) -> Any:
    with AsgiSender(app) as sender:
        return replay(report, fingerprint, sender, **{"now": NOW, "base_path": "", **options})


FAULTS = ["OCSS-SEARCH-12", "OCSS-SEARCH-09", "OCSS-SEARCH-03", "OCSS-SEARCH-06", "OCSS-PRICE-01"]


@pytest.mark.parametrize("row", FAULTS)
def test_a_fault_is_there_until_it_is_mended(row: str) -> None:
    report = json.loads(judged(row))
    key = finding(report, row)
    still = again(report, key, faulty(row))
    assert still.exit_code == 1
    assert still.again.requirement == row
    mended = again(report, key, operator())
    assert mended.exit_code in (0, 3)
    assert mended.again is None
    if row != "OCSS-SEARCH-12":
        assert mended.exit_code == 0


def test_the_recording_is_used_where_it_is_there(tmp_path: Path) -> None:
    report = json.loads(judged("OCSS-PRICE-01", str(tmp_path)))
    _, found = choose(report, finding(report, "OCSS-PRICE-01"))
    exchanges = recorded(report, found["exchanges"])
    assert [x.id for x in exchanges] == sorted(found["exchanges"])
    shown = report["exchanges"][found["exchanges"][0]]["response"]
    assert exchanges[0].response is not None
    assert len(exchanges[0].response.body) == shown["bytes"]
    path = Path(report["record"]["file"])
    path.write_bytes(path.read_bytes().replace(b"PLANNED", b"DYNAMIC"))
    assert recorded(report, found["exchanges"])
    with pytest.raises(ConfigError, match="its hash differs"):
        recorded(report, found["exchanges"], path)


@pytest.mark.parametrize(
    ("moments", "later", "seconds"),
    [
        ([], timedelta(days=9), 0),
        ([3600], timedelta(minutes=10), 0),
        ([3600], timedelta(hours=2), 86_400),
        ([3600, 90_000], timedelta(hours=20), 86_400),
        ([90_000], timedelta(hours=20), 0),
        ([90_000], timedelta(days=40, hours=1), 41 * 86_400),
        ([-90_000], timedelta(days=3), 0),
    ],
)
def test_dates_move_by_whole_days_and_only_where_they_must(
    moments: list[int], later: timedelta, seconds: int
) -> None:
    start = int(NOW.timestamp())
    assert shift([start + m for m in moments], NOW, NOW + later) == seconds


def test_which_parameters_are_dates_is_data() -> None:
    assert instants({"instant": "a", "window": ["b", "c"], "margin": "d"}) == {"a", "b", "c"}
    assert instants({}) == frozenset()


class Sender:
    """Answers what it is told to, and remembers what it was asked."""

    def __init__(self, *answers: Response) -> None:
        self.answers = list(answers)
        self.asked: list[Request] = []

    def send(self, request: Request) -> Response:
        self.asked.append(request)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


def answer(status: int = 200, body: Any = ()) -> Response:
    return Response(status, (("content-type", "application/json"),), json.dumps(body).encode())


def test_dates_credentials_and_paths_are_put_in() -> None:
    sender = Sender(answer())
    result = replay(
        sample("non-conforming"),
        "5b3521f2a63484db",
        sender,
        now=NOW + timedelta(days=3),
        base_path="/v2",
        credentials=(("X-Api-Key", "mine"),),
    )
    request = sender.asked[0]
    assert dict(request.query)["departureDate"] == str(int(NOW.timestamp()) + 3600 + 3 * 86_400)
    assert dict(request.query)["departureLat"] == "48.1173"
    assert dict(request.headers)["X-API-Key"] == "mine"
    assert request.path == "/v2/driver_journeys"
    assert result.seconds == 3 * 86_400
    assert not result.masked
    assert result.exit_code == 3


def test_a_masked_value_is_told() -> None:
    assert replay(sample("non-conforming"), "5b3521", Sender(answer()), now=NOW).masked


def test_control_and_twin_go_together_in_their_order() -> None:
    sender = Sender(answer())
    judged_with: list[Any] = []

    def judge(exchanges: Any, finding: Any, lab: Any) -> Judged:
        judged_with.append((exchanges, finding["requirement"]))
        return Judged((), 1)

    result = replay(sample("non-conforming"), "3e52aa29", sender, now=NOW, judging=judge)
    assert [dict(r.query).get("timeDelta") for r in sender.asked] == ["900", None]
    assert judged_with[0][1] == "OCSS-SEARCH-06"
    assert [x.id for x in judged_with[0][0]] == ["x4", "x5"]
    assert result.exit_code == 0


def test_nothing_is_judged_where_the_control_is_refused() -> None:
    result = replay(sample("non-conforming"), "3e52aa29", Sender(answer(403)), now=NOW)
    assert result.refused == 403
    assert result.exit_code == 3


def test_writes_need_leave() -> None:
    report = sample("non-conforming")
    report["exchanges"]["x1"]["request"]["method"] = "POST"
    sender = Sender(answer())
    with pytest.raises(UsageError, match="POST, which writes"):
        replay(report, "5b3521f2a63484db", sender, now=NOW)
    assert sender.asked == []
    replay(report, "5b3521f2a63484db", sender, now=NOW, allow_writes=True)
    assert sender.asked[0].method == "POST"


def test_findings_are_named_without_doubt() -> None:
    with pytest.raises(UnknownName):
        choose(sample("non-conforming"), "3")
    with pytest.raises(UnknownName):
        choose(sample("non-conforming"), "")
    report = sample("non-conforming")
    next(r for r in report["requirements"] if r["id"] == "OCSS-SEARCH-12")["findings"][0][
        "exchanges"
    ] = []
    with pytest.raises(UsageError, match="no exchange"):
        choose(report, "5b3521f2a63484db")
