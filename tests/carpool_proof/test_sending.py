"""Nothing is lost and nothing is sent twice, wherever it fails; what became of each is told."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mobstd.carpool_proof import v3_3
from mobstd.carpool_proof.sending import send_journeys, send_journeys_async
from mobstd.carpool_proof.sending.delivery import Patience, deliver, look
from mobstd.carpool_proof.sending.driving import Driver
from mobstd.carpool_proof.sending.entries import entries, is_journal
from mobstd.carpool_proof.sending.outbox import Letter, Outbox
from mobstd.carpool_proof.sending.result import Expiring, Fate, Refusal, Result
from mobstd.carpool_proof.sending.standing import Standing
from mobstd.carpool_proof.tokens import Tokens
from mobstd.carpool_proof.v3_4 import AsyncClient, Client, Journey
from mobstd.errors import ConfigError, Forbidden, NotFound
from mobstd.messages import catalogue

from .registry import KEYS, START, URL, AsyncLine, Line, Lost, Registry, journey, served

NOW = datetime.now(UTC).replace(microsecond=0)
"""Journeys of now are not about to expire."""


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture
def client(registry: Registry) -> Client:
    return Client(URL, sender=Line(registry))


def fresh(name: str, **changes: Any) -> dict[str, Any]:
    return journey(name, NOW, **changes)


def sent(client: Any, journeys: Any, path: Path, **options: Any) -> dict[str, Result]:
    options = {"first_wait": 0.0, "gather": 60.0, "concurrency": 3, **options}
    results = list(send_journeys(client, journeys, journal=path, **options))
    found = {result.id: result for result in results}
    assert len(found) == len(results)
    return found


# -- what becomes of a journey ---------------------------------------------------------------------


def test_each_fate(registry: Registry, client: Client, tmp_path: Path) -> None:
    registry.answer("POST", "/v3.4/journeys", {}, json.dumps(fresh("before")).encode())
    bad = fresh("bad")
    bad["driver"]["identity"].pop("identity_key")
    found = sent(
        client,
        [
            Journey.read(fresh("good")),
            fresh("short", distance=900),
            fresh("before"),
            bad,
            fresh("future", operator_trip_id="impossible"),
            fresh("unread", operator_trip_id="unread"),
            {"operator_journey_id": 7},
            fresh("good"),  # once more, which is nothing new
        ],
        tmp_path / "o",
    )
    created = datetime(2026, 9, 14, 7, tzinfo=UTC)
    missing = (Refusal("/driver/identity/identity_key", "required"),)
    phone = (Refusal("/driver/identity/phone_trunc", "must pass"),)
    dates = (Refusal("", "Journeys cannot happen in the future"),)
    assert found.pop("").problems[0] == Refusal("/operator_trip_id", "required")
    short = Result("short", Fate.REFUSED, "terms_violation_error", ("distance_too_short",))
    assert found == {
        "good": Result("good", Fate.ACCEPTED, created_at=created),
        "short": short,
        "before": Result("before", Fate.ALREADY, "pending", created_at=created),
        "bad": Result("bad", Fate.INVALID, problems=missing, by="schema"),
        "future": Result("future", Fate.INVALID, problems=dates, by="registry"),
        "unread": Result("unread", Fate.INVALID, problems=phone, by="registry"),
    }
    assert "bad" not in registry.posted
    assert [found[name].stored for name in ("short", "before", "bad")] == [True, True, False]


def test_an_overlay_refuses_before_the_server_does(client: Client, tmp_path: Path) -> None:
    nothing = [fresh("j1", distance=0)]
    found = sent(client, nothing, tmp_path / "o", overlay="server")["j1"]
    assert (found.fate, found.by) == (Fate.INVALID, "schema")
    assert found.problems == (Refusal("/distance", "exclusiveMinimum"),)
    assert sent(client, nothing, tmp_path / "other")["j1"].fate is Fate.REFUSED


def test_a_fate_has_words_for_people(tmp_path: Path) -> None:
    for fate in Fate:
        result = Result(
            "j1", fate, "ok", ("expired",), (Refusal("/x", "type"),), because="HTTP 500"
        )
        assert result.text("en").startswith("j1: ")
        assert result.text("fr").startswith("j1 : ")
        assert f"sending.fate.{fate}" in catalogue()
    assert Result("j1", Fate.UNKNOWN).stored is None


def test_what_json_cannot_say_is_refused(client: Client, tmp_path: Path) -> None:
    unwritable = [fresh("a", distance=float("nan")), fresh("b", operator_trip_id={1})]
    found = list(send_journeys(client, unwritable, journal=tmp_path / "o"))
    assert [(one.fate, one.by) for one in found] == [(Fate.INVALID, "schema")] * 2


@pytest.mark.parametrize(
    ("failures", "asked"),
    [
        ([("POST", False, Lost)], "POST GET"),
        ([("POST", True, Lost)], "POST GET POST"),
        ([("POST", True, Lost), ("GET", True, Lost)], "POST GET GET POST"),
        ([("POST", True, (503, {}, {}))], "POST GET POST"),
        ([("POST", True, (429, {"retry-after": "0"}, {}))], "POST POST"),
        ([("POST", False, (500, {}, {})), ("GET", True, (200, {}, []))], "POST GET GET"),
        ([("POST", False, (422, {}, {"error": {"code": 1}}))], "POST GET"),
    ],
)
def test_only_what_the_registry_has_not_got_is_posted_again(
    registry: Registry, client: Client, tmp_path: Path, failures: list[Any], asked: str
) -> None:
    left = list(failures)

    def fail(method: str, name: str, before: bool) -> Any:
        if left and left[0][:2] == (method, before):
            said = left.pop(0)[2]
            if said is Lost:
                raise Lost
            return said
        return None

    registry.fails = fail
    found = sent(client, [fresh("j1")], tmp_path / "o")
    assert found["j1"].fate is Fate.ACCEPTED
    assert [method for method, _ in registry.asked] == asked.split()
    assert (list(registry.stored), registry.again) == (["j1"], [])


def test_a_refusal_whose_answer_was_lost_is_a_refusal(
    registry: Registry, client: Client, tmp_path: Path
) -> None:
    def fail(method: str, name: str, before: bool) -> Any:
        if method == "POST" and not before:
            raise Lost

    registry.fails = fail
    found = sent(client, [fresh("j1", distance=10)], tmp_path / "o")
    assert (found["j1"].fate, found["j1"].labels) == (Fate.REFUSED, ("distance_too_short",))


def test_what_was_not_told_is_told_by_the_next_run(
    registry: Registry, client: Client, tmp_path: Path
) -> None:
    names = [f"j{n}" for n in range(6)]
    run = send_journeys(client, [fresh(n) for n in names], journal=tmp_path / "o", gather=60)
    first, second = next(run).id, next(run).id
    run.close()  # the second was not done with
    left = sent(client, (), tmp_path / "o")
    assert set(left) == set(names) - {first}
    assert second in left
    assert sent(client, (), tmp_path / "o") == {}
    assert registry.again == []


def test_what_is_not_settled_is_left_for_the_next_run(
    registry: Registry, client: Client, tmp_path: Path
) -> None:
    registry.fails = lambda method, name, before: (500, {}, {}) if before else None
    first = sent(client, [fresh("j1")], tmp_path / "o", attempts=3)
    assert first["j1"] == Result("j1", Fate.UNKNOWN, because="HTTP 500")
    assert [entry.result.fate for entry in entries(tmp_path / "o")] == [Fate.UNKNOWN]
    registry.fails = lambda method, name, before: None
    assert sent(client, (), tmp_path / "o")["j1"].fate is Fate.ACCEPTED
    assert sent(client, (), tmp_path / "o") == {}


def test_what_was_settled_is_told_again_and_not_sent(
    registry: Registry, client: Client, tmp_path: Path
) -> None:
    journeys = [fresh("j1"), fresh("j2", distance=10), fresh("j3", operator_trip_id="unread")]
    first = sent(client, journeys, tmp_path / "o")
    asked = len(registry.asked)
    again = sent(client, journeys, tmp_path / "o")
    assert {name: again[name].fate for name in again} == {n: first[n].fate for n in first}
    assert again["j2"].labels == ("distance_too_short",)
    assert all(result.again for result in again.values())
    assert len(registry.asked) == asked
    corrected = sent(client, [fresh("j3"), fresh("j2")], tmp_path / "o")
    assert corrected["j3"].fate is Fate.ACCEPTED
    assert corrected["j2"].fate is Fate.CLASH


@pytest.mark.parametrize(("status", "kind"), [(403, Forbidden), (404, NotFound)])
def test_what_is_refused_to_the_caller_is_raised(
    registry: Registry, client: Client, tmp_path: Path, status: int, kind: type[Exception]
) -> None:
    registry.fails = lambda method, name, before: (status, {}, {}) if before else None
    with pytest.raises(kind):
        sent(client, [fresh(f"j{n}") for n in range(9)], tmp_path / "o")
    registry.fails = lambda method, name, before: None
    left = sent(client, (), tmp_path / "o")
    assert len(left) == 9
    assert {result.fate for result in left.values()} == {Fate.ACCEPTED}


def test_the_version_before_is_sent_alike(registry: Registry, tmp_path: Path) -> None:
    client = v3_3.Client(URL, sender=Line(registry))
    assert sent(client, [v3_3.Journey.read(fresh("j1"))], tmp_path / "o")["j1"].stored


def test_with_tokens_that_are_revoked_meanwhile(registry: Registry, tmp_path: Path) -> None:
    def revoke(method: str, name: str, before: bool) -> None:
        if before and name == "j5":
            registry.revoked |= set(registry.tokens[:1])

    registry.fails = revoke
    provider = Tokens(URL, *KEYS, sender=Line(registry))
    client = Client(URL, auth=provider, sender=Line(registry))
    found = sent(client, [fresh(f"j{n}") for n in range(12)], tmp_path / "o")
    assert {result.fate for result in found.values()} == {Fate.ACCEPTED}
    assert len(registry.tokens) == 2


# -- order, deadlines, memory ----------------------------------------------------------------------


def test_the_closest_deadline_goes_first(
    registry: Registry, client: Client, tmp_path: Path
) -> None:
    hours = list(range(20))
    random.Random(7).shuffle(hours)
    journeys = [journey(f"j{h:02}", NOW + timedelta(hours=h)) for h in hours]
    sent(client, journeys, tmp_path / "o", concurrency=1)
    assert registry.posted == sorted(registry.posted)


def test_within_a_window_so_that_a_source_without_end_costs_no_memory(
    registry: Registry, client: Client, tmp_path: Path
) -> None:
    taken = count()
    source = (fresh(f"j{next(taken)}") for _ in count())
    run = send_journeys(client, source, journal=tmp_path / "o", look_ahead=10, gather=60)
    for seen in range(200):
        assert next(run).fate is Fate.ACCEPTED
        assert next(taken) - 1 <= seen * 2 + 12  # each look at it counts one
    run.close()
    assert threading.active_count() < 8
    assert len(list(entries(tmp_path / "o"))) <= 211


def test_who_is_about_to_expire_is_told_once(
    registry: Registry, client: Client, tmp_path: Path
) -> None:
    told: list[Expiring] = []
    now = datetime.now(UTC)
    ages = {"late": 25, "soon": 23, "fine": 12}
    journeys = [journey(name, now - timedelta(hours=age)) for name, age in ages.items()]
    sent(client, journeys, tmp_path / "o", on_expiring=told.append)
    assert sorted(one.id for one in told) == ["late", "soon"]
    left = {one.id: one.left for one in told}
    assert left["late"] < timedelta(0) < left["soon"] < timedelta(hours=1)
    assert set(registry.posted) == set(ages)  # the registry decides, not our clock


def test_the_deadline_is_a_parameter(client: Client, tmp_path: Path) -> None:
    told: list[Expiring] = []
    within = timedelta(hours=3)
    sent(client, [fresh("j1")], tmp_path / "o", within=within, on_expiring=told.append)
    assert told == []
    sent(
        client,
        [fresh("j2")],
        tmp_path / "o",
        within=within,
        warn=timedelta(hours=4),
        on_expiring=told.append,
    )
    assert [(one.id, one.deadline) for one in told] == [("j2", NOW + within)]


def test_the_log_says_it_where_nobody_is_told(
    client: Client, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sent(client, [journey(f"j{n}", START - timedelta(days=400)) for n in range(15)], tmp_path / "o")
    assert [record.message.split()[0] for record in caplog.records] == ["1", "10"]


def test_the_pace_of_the_registry_is_kept(registry: Registry, client: Client) -> None:
    now, rested = [100.0], list[float]()

    def rest(seconds: float) -> None:
        rested.append(seconds)
        now[0] += seconds

    registry.headers = {"X-RateLimit-Remaining": "1", "X-RateLimit-Reset": "30"}
    driver = Driver(client, clock=lambda: now[0])
    for n in range(5):
        steps = deliver(fresh(f"j{n}"), doubtful=False, own=False, patience=Patience())
        assert driver.drive(steps, rest).fate is Fate.ACCEPTED
        registry.headers["X-RateLimit-Remaining"] = "0"
    assert rested == [30.0] * 3  # before the third, the fourth and the fifth
    reading = look("j1", patience=Patience())
    assert isinstance(driver.drive(reading, rest), Standing)  # which has a pace of its own
    assert len(rested) == 3


# -- the journal -----------------------------------------------------------------------------------


def test_a_journal_belongs_to_one_sender_and_one_registry(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "o"
    with Outbox(path, "http://registry.test") as outbox:
        outbox.take(fresh("j0"), 0.0)
        assert [e.result.id for e in entries(path)] == ["j0"]  # who reads is not kept out
        with pytest.raises(ConfigError) as used:
            sent(client, [fresh("j1")], path)
    assert used.value.code == "sending.journal-in-use"
    elsewhere = Client("http://other.test/v3.4", sender=client._sender)
    with pytest.raises(ConfigError) as other:
        sent(elsewhere, [fresh("j1")], path)
    assert other.value.code == "sending.journal-of-another"
    newer = Client("http://registry.test/v3.5", sender=client._sender)
    assert list(sent(newer, (), path)) == ["j0"]
    (tmp_path / "text").write_text("hello\n" * 300)
    with pytest.raises(ConfigError) as none:
        sent(client, [fresh("j1")], tmp_path / "text")
    assert none.value.code == "sending.journal-unwritable"
    assert "hello" in (tmp_path / "text").read_text()
    with closing(sqlite3.connect(tmp_path / "base")) as base:
        base.execute("CREATE TABLE mine (x)")
    with pytest.raises(ConfigError) as foreign:
        sent(client, [fresh("j1")], tmp_path / "base")
    assert foreign.value.code == "sending.no-journal"
    with pytest.raises(ConfigError, match="unable to open"):
        sent(client, [fresh("j1")], tmp_path / "no" / "folder")


def test_a_journal_that_is_full_ends_the_run(client: Client, tmp_path: Path) -> None:
    with Outbox(tmp_path / "o", "http://registry.test") as outbox:
        outbox._base.execute("PRAGMA max_page_count=20")
        with pytest.raises(ConfigError, match="full") as raised:
            list(map(outbox.take, (fresh(f"j{n}") for n in range(1000)), count()))
    assert raised.value.code == "sending.journal-unwritable"


@pytest.mark.parametrize("hours", [1, 30])
def test_what_the_caller_does_wrongly_is_the_callers(
    client: Client, tmp_path: Path, hours: int
) -> None:
    def tell(expiring: Expiring) -> None:
        raise KeyError(expiring.id)

    late = [journey("j1", NOW - timedelta(hours=hours))]
    with pytest.raises(KeyError, match="j1"):
        sent(client, late, tmp_path / "o", on_expiring=tell, warn=timedelta(hours=24))
    assert [entry.result.fate for entry in entries(tmp_path / "o")] == [Fate.UNKNOWN]
    assert sent(client, (), tmp_path / "o")["j1"].stored


def test_a_journal_is_its_owners(client: Client, tmp_path: Path) -> None:
    sent(client, [fresh("j1")], tmp_path / "o")
    assert is_journal(tmp_path / "o")
    if os.name == "posix":
        assert (tmp_path / "o").stat().st_mode & 0o077 == 0


def test_what_is_settled_can_be_forgotten(client: Client, tmp_path: Path) -> None:
    sent(client, [fresh("j1"), fresh("j2", operator_trip_id="unread")], tmp_path / "o")
    with Outbox(tmp_path / "o", "http://registry.test") as outbox:
        assert isinstance(outbox.take(fresh("j3"), 0.0), Letter)
        assert outbox.prune(datetime.now(UTC) - timedelta(days=30)) == 0
        assert outbox.prune(datetime.now(UTC) + timedelta(days=1)) == 2
    assert [entry.document["operator_journey_id"] for entry in entries(tmp_path / "o")] == ["j3"]


@pytest.mark.parametrize("options", [{"concurrency": 0}, {"attempts": 1}, {"look_ahead": 0}])
def test_numbers_that_make_no_sense(client: Client, tmp_path: Path, options: Any) -> None:
    with pytest.raises(ConfigError):
        sent(client, [fresh("j1")], tmp_path / "o", **options)
    assert sent(client, [fresh("j1")], tmp_path / "o")["j1"].stored  # the journal was let go


# -- awaited ---------------------------------------------------------------------------------------


def gathered(registry: Registry, journeys: Any, path: Path, **options: Any) -> list[Result]:
    async def main() -> list[Result]:
        client = AsyncClient(URL, sender=AsyncLine(registry))
        given = {"first_wait": 0.0, "gather": 60.0, **options}
        return [one async for one in send_journeys_async(client, journeys, journal=path, **given)]

    return asyncio.run(main())


def test_awaited_alike(registry: Registry, tmp_path: Path) -> None:
    hours = list(range(20))
    random.Random(7).shuffle(hours)
    journeys = [journey(f"j{h:02}", NOW + timedelta(hours=h)) for h in hours]
    journeys.append(fresh("bad", distance=-1))
    found = gathered(registry, journeys, tmp_path / "o", concurrency=1)
    assert registry.posted == sorted(registry.posted)
    assert len(found) == 21
    again = gathered(registry, journeys, tmp_path / "o")
    assert len(again) == 21
    assert len(registry.posted) == 20
    with pytest.raises(ConfigError):
        gathered(registry, journeys, tmp_path / "o", concurrency=0)


def test_awaited_from_a_source_that_waits(registry: Registry, tmp_path: Path) -> None:
    async def main() -> list[str]:
        seen: list[str] = []
        told = asyncio.Event()

        async def source() -> AsyncIterator[Any]:
            for n in count():
                yield fresh(f"j{n}")
                await told.wait()  # the next comes when the result of this one was seen
                told.clear()

        client = AsyncClient(URL, sender=AsyncLine(registry))
        path = tmp_path / "o"
        async with aclosing(
            send_journeys_async(client, source(), journal=path, gather=0.0, look_ahead=3)
        ) as run:
            async for result in run:
                seen.append(result.id)
                told.set()
                if len(seen) == 5:
                    break
        return seen

    assert asyncio.run(main()) == [f"j{n}" for n in range(5)]


def test_awaited_what_fails_is_raised_and_left(registry: Registry, tmp_path: Path) -> None:
    registry.fails = lambda method, name, before: (403, {}, {}) if before else None
    with pytest.raises(Forbidden):
        gathered(registry, [fresh(f"j{n}") for n in range(30)], tmp_path / "o", look_ahead=5)
    registry.fails = lambda method, name, before: None

    def broken() -> Iterator[Any]:
        yield fresh("k1")
        raise KeyError("source")

    with pytest.raises(KeyError, match="source"):
        gathered(registry, broken(), tmp_path / "o", gather=0.0)
    gathered(registry, (), tmp_path / "o")
    assert "k1" in registry.stored
    assert registry.again == []


# -- nothing is lost, nothing is sent twice --------------------------------------------------------


class Killed(BaseException):
    """As if the process had ended here."""


POINTS = (
    *("lost-before", "lost-after", "500-before", "500-after", "429"),
    *("kill-before", "kill-after", "kill-posting", "kill-posted"),
    *("kill-settling", "kill-settled"),
)


class World:
    """A registry, a journal, and where the next things go wrong, one by one."""

    def __init__(self, path: Path, faults: list[str | None]) -> None:
        self.path, self.faults = path, faults
        self.told: set[str] = set()
        self.registry = Registry()
        self.registry.fails = self.fail

    def next(self, *kinds: str) -> str | None:
        """Return the next fault, if this is a point where it can happen."""
        if self.faults and self.faults[0] is None:
            self.faults.pop(0)
            return None
        if self.faults and self.faults[0] in kinds:
            return self.faults.pop(0)
        return None

    def fail(self, method: str, name: str, before: bool) -> Any:
        side = "before" if before else "after"
        match self.next(f"lost-{side}", f"500-{side}", f"kill-{side}", "429" if before else ""):
            case "lost-before" | "lost-after":
                raise Lost
            case "kill-before" | "kill-after":
                raise Killed
            case "500-before" | "500-after":
                return 500, {}, {}
            case "429":
                return 429, {"retry-after": "0"}, {}
        return None

    def around(self, name: str) -> Callable[..., Any]:
        right: Any = getattr(Outbox, name)
        early, late = (
            ("kill-posting", "kill-posted")
            if name == "posting"
            else ("kill-settling", "kill-settled")
        )

        def wrapped(outbox: Outbox, what: Any) -> None:
            if self.next(early):
                raise Killed
            right(outbox, what)
            if self.next(late):
                raise Killed

        return wrapped

    def run(self, monkeypatch: pytest.MonkeyPatch, journeys: Iterator[Any], how: str) -> None:
        """Send until nothing is left, over as many lives as it takes."""
        for _ in range(60):
            with monkeypatch.context() as patch:
                patch.setattr(Outbox, "posting", self.around("posting"))
                patch.setattr(Outbox, "settle", self.around("settle"))
                try:
                    found = self._sent(journeys, how)
                except Killed:
                    continue
            if all(result.fate is not Fate.UNKNOWN for result in found):
                return
        raise AssertionError("it does not end")

    def noted(self, result: Result) -> Result:
        self.told.add(result.id)
        return result

    def _sent(self, journeys: Iterator[Any], how: str) -> list[Result]:
        options: dict[str, Any] = {"concurrency": 2, "look_ahead": 3, "attempts": 3}
        options |= {"journal": self.path, "first_wait": 0.0, "gather": 0.0}
        if how == "sync":
            client = Client(URL, sender=Line(self.registry))
            return [self.noted(r) for r in send_journeys(client, journeys, **options)]

        async def main() -> list[Result]:
            one = AsyncClient(URL, sender=AsyncLine(self.registry))
            run = send_journeys_async(one, journeys, **options)
            return [self.noted(result) async for result in run]

        return asyncio.run(main())


@pytest.mark.parametrize(("how", "kills"), [("sync", True), ("async", False)])
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_nothing_is_lost_and_nothing_is_sent_twice(
    how: str,
    kills: bool,
    data: st.DataObject,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    points = [point for point in POINTS if kills or not point.startswith("kill")]
    faults = data.draw(st.lists(st.sampled_from([None, *points]), max_size=25))
    kinds = data.draw(st.lists(st.sampled_from(["good", "short", "unread", "bad"]), max_size=6))
    one_way = data.draw(st.booleans())
    changes: dict[str, dict[str, Any]] = {
        "good": {},
        "short": {"distance": 10},
        "unread": {"operator_trip_id": "unread"},
        "bad": {"distance": -1},
    }
    journeys = [fresh(f"j{n}", **changes[kind]) for n, kind in enumerate(kinds)]
    world = World(tmp_path_factory.mktemp("world") / "o", list(faults))

    class Again:
        def __iter__(self) -> Iterator[Any]:
            return iter(journeys)

    source: Any = iter(journeys) if one_way else Again()
    world.run(monkeypatch, source, how)

    assert world.registry.again == []
    kept = {e.document["operator_journey_id"]: e.result.fate for e in entries(world.path)}
    assert set(kept) == {f"j{n}" for n in range(len(kinds))}
    fates = {
        "good": Fate.ACCEPTED,
        "short": Fate.REFUSED,
        "unread": Fate.INVALID,
        "bad": Fate.INVALID,
    }
    assert world.told == set(kept)
    assert kept == {f"j{n}": fates[kind] for n, kind in enumerate(kinds)}
    assert set(world.registry.stored) == {
        f"j{n}" for n, kind in enumerate(kinds) if kind in ("good", "short")
    }


SCRIPT = """
import json, sys
from mobstd.carpool_proof.sending import send_journeys
from mobstd.carpool_proof.v3_4 import Client
url, journal, journeys, told = sys.argv[1:]
with Client(url) as client, open(journeys) as lines, open(told, "a") as out:
    source = (json.loads(line) for line in lines)
    for result in send_journeys(client, source, journal=journal, look_ahead=20, first_wait=0.01):
        print(result.id, result.fate, result.again, file=out, flush=True)
print("done")
"""


def test_killed_for_real(tmp_path: Path) -> None:
    registry, names = Registry(), [f"j{n}" for n in range(120)]
    file, told = tmp_path / "journeys.ndjson", tmp_path / "told"
    file.write_text("".join(json.dumps(fresh(name)) + "\n" for name in names))
    limit, reached = [15], threading.Event()

    def watch(method: str, name: str, before: bool) -> None:
        if len(registry.stored) >= limit[0]:
            reached.set()

    registry.fails = watch
    with served(registry) as url:
        command = [sys.executable, "-c", SCRIPT, url, str(tmp_path / "o"), str(file), str(told)]
        for at in (15, 60):
            limit[0] = at
            reached.clear()
            process = subprocess.Popen(command, stdout=subprocess.PIPE)
            assert reached.wait(120)
            os.kill(process.pid, signal.SIGKILL)
            assert process.communicate()[0] == b""
            with registry.lock:  # what it had sent is acted upon
                assert at <= len(registry.stored) < len(names)
        last = subprocess.run(command, capture_output=True, check=True, timeout=300)
    assert last.stdout == b"done\n"
    assert sorted(registry.stored) == sorted(names)
    assert registry.again == []
    assert {line.split()[0] for line in told.read_text().splitlines()} == set(names)
    fates = {entry.result.fate for entry in entries(tmp_path / "o")}
    assert fates <= {Fate.ACCEPTED, Fate.ALREADY}
