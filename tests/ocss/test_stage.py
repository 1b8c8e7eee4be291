"""An operator with an empty world is exercised in full by its set-up hook, over HTTP."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mobstd.conformance.scenarios.journal import Journal
from mobstd.conformance.setup import PARTY
from mobstd.conformance.target import served
from mobstd.judging.exchange import Request
from mobstd.ocss.reference import build
from mobstd.ocss.reference.world import KINDS
from mobstd.transport import AsgiSender

Run = Callable[..., Any]
KEY = "only-for-this-test"
NOW = 1795424400
RUNS = ("0d5c1b9e-6f0a-4c8e-9d2e-7f1f3f6b1a42", "5b0d9f6e-2f0b-4a57-8a3e-61c0f3f7b2d9")

PROFILE = """
target = "{url}"
standard = "ocss@1.0-alpha"
blocks = ["driver-journeys", "booking"]

[auth]
kind = "header"
header = "X-API-Key"
secret = "${{STAGE_KEY}}"

[setup]
url = "{url}/mobstd"
headers = {{ X-API-Key = "${{STAGE_KEY}}" }}
"""


def stored(app: Any) -> int:
    return sum(app.service.store.count(kind) for kind in KINDS)


@pytest.fixture
def empty() -> Any:
    return build(now=NOW, count=0, setup_path="/mobstd", api_keys=[KEY])


@pytest.fixture
def profile(empty: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STAGE_KEY", KEY)
    with served(empty) as url:
        (tmp_path / "mobstd.toml").write_text(PROFILE.format(url=url), "utf-8")
        yield "mobstd.toml"


CHECK = ("check", "--no-fuzz", "--now", str(NOW), "--json", "report.json", "--profile")


def test_an_empty_world_is_exercised_in_full(mobstd: Run, profile: str, empty: Any) -> None:
    without = mobstd(*CHECK, profile)
    assert without.code == 3
    assert "[setup]" in without.out
    assert stored(empty) == 0

    ran = mobstd(*CHECK, profile, "--allow-writes")
    assert ran.code == 0, ran.out
    report = json.loads(Path("report.json").read_text("utf-8"))
    blocks = {block["id"]: block["verdict"] for block in report["blocks"]}
    assert blocks == {"driver-journeys": "conforming", "booking": "conforming"}
    passed = {r["id"] for r in report["requirements"] if r["outcome"] == "passed"}
    assert passed >= {"OCSS-SEARCH-12", "OCSS-PRICE-06", "OCSS-PRICE-08", "OCSS-LIFE-08"}
    assert KEY not in Path("report.json").read_text("utf-8")
    assert stored(empty) == 0
    assert sorted(path.name for path in Path().iterdir()) == ["mobstd.toml", "report.json"]


def test_a_wrong_key_is_a_wrong_configuration(
    mobstd: Run, profile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = Path(profile).read_text("utf-8").replace("[setup]", "[setup]\nconsent = true")
    Path(profile).write_text(text.replace('X-API-Key = "${STAGE', 'X-API-Key = "${OTHER'), "utf-8")
    monkeypatch.setenv("OTHER_KEY", "of somebody else")
    ran = mobstd(*CHECK, profile)
    assert ran.code == 2
    assert "401" in ran.out
    assert "headers" in ran.out
    assert "of somebody else" not in ran.out + Path("report.json").read_text("utf-8")


def left_by_a_killed_run(url: str, journal: str) -> None:
    """Write what a killed run leaves, and set up what it set up."""
    hook = f"{url}/mobstd"
    kept = Journal(journal, {"target": url, "standard": "ocss@1.0-alpha", "role": "operator",
                             "setup": hook})  # fmt: skip
    about = {"format_version": 1, "run": RUNS[0], "standard": "ocss@1.0-alpha", "role": "operator"}
    body = json.dumps({**about, "call": "tear-down"}).encode()
    kept.intend("set-up", Request("POST", "/mobstd", body=body), PARTY)
    kept.close(clean=False)


def test_what_a_killed_run_left_is_cleaned_up(
    mobstd: Run, profile: str, empty: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = tomllib.loads(Path(profile).read_text("utf-8"))["target"]
    left_by_a_killed_run(url, "journal.ndjson")
    set_up(empty, RUNS[0], key=KEY)
    assert stored(empty) == 600
    without = mobstd("check", "--cleanup", "journal.ndjson")
    assert (without.code, stored(empty)) == (1, 600), "it needs the key of the profile"
    assert KEY not in Path("journal.ndjson").read_text("utf-8")
    ran = mobstd("check", "--profile", profile, "--cleanup", "journal.ndjson")
    assert (ran.code, stored(empty)) == (0, 0), ran.out
    assert not Path("journal.ndjson").exists()


def test_the_plan_names_the_hook(mobstd: Run, profile: str) -> None:
    ran = mobstd("check", "--profile", profile, "--allow-writes", "--plan")
    assert "/mobstd" in ran.out


def call(app: Any, run: str, call: str = "tear-down", key: str = "", **more: Any) -> dict[str, Any]:
    about = {"format_version": 1, "run": run, "standard": "ocss@1.0-alpha", "role": "operator"}
    sender = AsgiSender(app)
    try:
        body = json.dumps({**about, "call": call, **more}).encode()
        answer = sender.send(Request("POST", "/mobstd", (), (("X-API-Key", key),), body))
    finally:
        sender.close()
    assert answer.status in (200, 204)
    said: dict[str, Any] = json.loads(answer.body or b"{}")
    return said


def set_up(app: Any, run: str, *needs: dict[str, Any], key: str = "") -> dict[str, Any]:
    more = {"blocks": [], "caller": "x.example.org", "timezone": "Europe/Paris", "areas": []}
    return call(app, run, "set-up", now=NOW, until=NOW + 604_800, needs=needs, key=key, **more)


def test_it_lasts_as_long_as_somebody_needs_it() -> None:
    app: Any = build(now=NOW, count=0, setup_path="/mobstd")
    for run in RUNS:
        set_up(app, run)
    assert stored(app) == 600
    call(app, RUNS[0])
    call(app, RUNS[0])
    assert stored(app) == 600
    call(app, RUNS[1])
    assert stored(app) == 0


def test_what_is_there_is_told_of_and_left_alone() -> None:
    """By criteria: the hints lead to nothing but what meets them."""
    app: Any = build(now=NOW, count=200, setup_path="/mobstd")
    free = {"properties": {"price": {"properties": {"type": {"const": "FREE"}}}}}
    criteria = [
        {"otherwise": {"en": "x", "fr": "x"}, "schema": {"required": ["price"], **free}},
        {
            "otherwise": {"en": "x", "fr": "x"},
            "later": {"at": "/passengerPickupDate", "than": NOW + 3600},
        },
    ]
    need = {"operation": "getDriverJourneys", "count": 5, "criteria": criteria}
    hints = set_up(app, RUNS[0], need)["hints"]["getDriverJourneys"]
    assert len(hints) == 5
    assert all(hint["departureDate"] >= NOW + 3600 for hint in hints)
    items = [
        i for i in app.service.store.some("driver-journey", 200) if i["price"]["type"] == "FREE"
    ]
    places = {(item["passengerPickupLat"], item["passengerDropLng"]) for item in items}
    assert {(hint["departureLat"], hint["arrivalLng"]) for hint in hints} <= places
    call(app, RUNS[0])
    assert stored(app) == 200


def test_a_part_of_an_item_serves() -> None:
    app: Any = build(now=NOW, count=200, setup_path="/mobstd")
    criterion = {
        "otherwise": {"en": "x", "fr": "x"},
        "later": {"at": "/passengerPickupDate", "than": NOW + 3600},
    }
    need = {"operation": "getDriverRegularTrips", "count": 3, "criteria": [criterion]}
    assert set_up(app, RUNS[0], need)["hints"] == {}
    listed = {**need, "each": "/schedules/*/journeySchedules/*"}
    assert len(set_up(app, RUNS[1], listed)["hints"]["getDriverRegularTrips"]) == 3


def test_two_apps_share_nothing() -> None:
    one: Any = build(now=NOW, count=0, setup_path="/mobstd")
    two: Any = build(now=NOW, count=0, setup_path="/mobstd")
    plain: Any = build(now=NOW, count=0)
    set_up(one, RUNS[0])
    assert [stored(app) for app in (one, two, plain)] == [600, 0, 0]
