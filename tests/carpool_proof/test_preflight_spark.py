"""What a Spark job says of each journey is what ``mobstd preflight`` says of that line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.sparks import local_spark

from mobstd.canon.standard import find
from mobstd.carpool_proof.preflight.arrival import Arrival
from mobstd.carpool_proof.preflight.judging import Judged
from mobstd.carpool_proof.preflight.run import Plan, preflight
from mobstd.carpool_proof.preflight.sources import named
from mobstd.carpool_proof.preflight.spark import preflighted
from mobstd.carpool_proof.preflight.stages import Lines, Task, Verdicts, journeys, passes, past
from mobstd.carpool_proof.preflight.verdict import ROWS
from mobstd.carpool_proof.rules.profile import profile
from mobstd.errors import ConfigError, MissingExtra, UnknownName
from mobstd.messages import LANGUAGES

from .worlds import NOON, journey, key, world

RECEIVED = Arrival("column", 0, "received")
RULES = ["2025-08", "2026-07"]
REST: dict[str, Any] = {"operator_column": "op", "taken": frozenset({"token"})}
Said = tuple[str, str, list[tuple[str, ...]]]
BROKEN = [
    b"{",
    b"",
    b"   ",
    b"[]",
    b"\xff\xfe",
    b'{"distance": 1e999}',
    b'{"operator_journey_id": ',
]
BROKEN += [b'{"a\\ud800": 1}', b'"\xc3\xa9"', b"[" * 5000, b'{"a" 1}']


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    with local_spark(
        files_maxPartitionBytes="100000",
        shuffle_partitions="3",
        adaptive_coalescePartitions_enabled="false",
    ) as session:
        yield session


def lines(count: int, seed: int) -> list[bytes]:
    """Return journeys of two operators, at boundaries, many of few persons, and what is none."""
    found = []
    for number, one in enumerate(world(count, seed=seed, people=24)):
        if number % 5 == 0:
            one["op"] = "b"
        if number % 7 == 0:
            one["operator_class"] = "C"
        if number % 31 == 0:
            one["driver"]["identity"]["operator_user_id"] = "u-3"
        if number % 43 == 0:
            one["passenger"]["identity"]["identity_key"] = key(number % 24)
        if number % 61 == 0:
            one["incentives"] = [{"index": 0, "amount": 1, "siret": "0" * 14}] * 2
        if number % 67 == 0:
            one["end"]["datetime"] = "9999-12-31T23:59:59Z"
        if number % 71 == 0:
            one["received"] = "noon"
        if number % 73 == 0:
            one["operator_id"] = 7
        if number % 79 == 0:
            one["operator_journey_id"] = "é"
        if number % 83 == 0:
            one["operator_trip_id"] = "<b>t</b>"
        if number % 89 == 0:
            del one["passenger"]["identity"]["over_18"]
        if number % 97 == 0:
            one["driver"]["identity"]["phone"] = "+33199001234"
        found.append(json.dumps(one).encode())
        if number % 41 == 0:
            found.append(BROKEN[number // 41 % len(BROKEN)])
    return found


def by_line(path: Path, rules: str, arrival: Arrival, **rest: Any) -> dict[int, Said]:
    """Return what a run says of each line of a file."""
    found: list[Judged] = []
    version = find("carpool-proof@3.4")
    plan = Plan([named(str(path))], version, profile(rules), arrival, **rest)
    preflight(plan, found.append)
    return {
        one.line: (
            one.verdict,
            one.at_creation,
            [
                (
                    r.rule,
                    ROWS[r.rule],
                    r.weight,
                    r.stage,
                    r.on,
                    r.pointer,
                    *map(r.message, LANGUAGES),
                )
                for r in one.reasons
            ],
        )
        for one in found
    }


def told(rows: Iterable[Any]) -> dict[int, Said]:
    """Return what a job says of each row by its number."""
    return {
        row["number"]: (row["verdict"], row["at_creation"], [_texts(r) for r in row["reasons"]])
        for row in rows
        if row["verdict"] is not None
    }


def _texts(reason: Any) -> tuple[str, ...]:
    return tuple(reason.values() if isinstance(reason, dict) else reason)


def files(folder: Path) -> tuple[Path, Path]:
    """Write a file of journeys, and one of the days before that has an id of theirs."""
    path, before = folder / "journeys.ndjson", folder / "before.ndjson"
    some = lines(900, seed=7)
    path.write_bytes(b"\n".join(some) + b"\n")
    past = b"\n".join(lines(150, seed=8)).replace(b'_id": "j', b'_id": "before')
    before.write_bytes(past + b"\n" + some[20] + b"\n")
    return path, before


@pytest.mark.parametrize("rules", RULES)
def test_the_stages_say_the_same_whatever_runs_them(tmp_path: Path, rules: str) -> None:
    pa = pytest.importorskip("pyarrow")
    path, before = files(tmp_path)
    task = Task(RECEIVED, rules=rules, **REST)

    def read(file: Path, how: Any, start: int) -> list[Any]:
        some = file.read_bytes().split(b"\n")
        batch = pa.record_batch({"seq": range(start, start + len(some)), "line": some})
        return list(Lines(how, task)([batch]))

    def gathered(batches: list[Any]) -> list[Any]:
        table = pa.Table.from_batches(batches).sort_by("key")
        return [*table.to_batches(100)]

    batches = read(path, journeys, 1) + read(before, past, 0)
    for stage in passes(task):
        batches = list(stage(gathered(batches)))
    found = list(Verdicts(task, "number")(gathered(batches)))
    expected = by_line(path, rules, RECEIVED, history=[named(str(before))], **REST)
    assert told(pa.Table.from_batches(found).to_pylist()) == expected
    assert set(ROWS) == {reason[0] for _, _, reasons in expected.values() for reason in reasons}


@pytest.mark.spark
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("rules", RULES)
def test_each_row_as_each_line(spark: Any, tmp_path: Path, rules: str) -> None:
    path, before = files(tmp_path)
    frame = spark.read.text(str(path))
    assert frame.rdd.getNumPartitions() > 3
    task = Task(RECEIVED, rules=rules, **REST)
    for history in (None, before):
        days = [] if history is None else [named(str(history))]
        expected = by_line(path, rules, RECEIVED, history=days, **REST)
        older = None if history is None else spark.read.text(str(history))
        found = preflighted(frame, task, history=older)
        assert found.columns == ["value", "number", "verdict", "at_creation", "reasons"]
        rows = found.collect()
        assert told(rows) == expected
        assert sorted(row["number"] for row in rows) == list(range(1, len(rows) + 1))
        counted = {reason[0] for _, _, reasons in expected.values() for reason in reasons}
        assert {verdict for verdict, _, _ in expected.values()} == {
            "accepted",
            "depends",
            "refused",
        }
        unseen = set(ROWS) - counted
        assert unseen == (set() if history else {"duplicate_past"})


@pytest.mark.spark
@pytest.mark.filterwarnings("default")
def test_the_order_is_that_of_the_numbers(spark: Any) -> None:
    later = journey(2, start=NOON + timedelta(minutes=30))
    rows = [("y", json.dumps(later), 0), ("x", json.dumps(journey(1)), 7), ("z", None, 1 << 40)]
    frame = spark.createDataFrame(rows, "`where.from` string, `the journey` string, `n` bigint")
    arrival = Arrival("after", 0, after=7_200_000)
    now = Arrival("now", 1_783_353_600_000)
    for when, expected in ((arrival, [[], ["too_close_trips"]]), (now, [["too_close_trips"], []])):
        found = preflighted(frame, Task(when), "the journey", "n").orderBy("n").collect()
        assert [row["where.from"] for row in found] == ["y", "x", "z"]
        assert [[r["rule"] for r in row["reasons"]] for row in found[1::-1]] == expected
        assert (found[2]["verdict"], found[2]["reasons"]) == (None, None)


@pytest.mark.spark
@pytest.mark.filterwarnings("default")
def test_what_cannot_be_asked_is_said_before_the_job(spark: Any) -> None:
    frame = spark.createDataFrame([("x", True)], "value string, verdict boolean")
    with pytest.raises(ConfigError, match="already"):
        preflighted(frame, Task(RECEIVED))
    with pytest.raises(ConfigError, match="no column 'journey'"):
        preflighted(frame, Task(RECEIVED), "journey")
    only = frame.select("value")
    with pytest.raises(ConfigError, match="no column 'value'"):
        preflighted(only, Task(RECEIVED), history=frame.select("verdict"))
    with pytest.raises(UnknownName):
        preflighted(only, Task(RECEIVED, rules="2020-01"))


@pytest.mark.spark
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("numbers", [(1, 1), (-1, 1), (None, 1)])
def test_numbers_that_tell_no_order_end_the_job(spark: Any, numbers: Any) -> None:
    rows = [(json.dumps(journey(place)), number) for place, number in enumerate(numbers)]
    frame = spark.createDataFrame(rows, "value string, number bigint")
    with pytest.raises(Exception, match=r"The number .* of a journey is none"):
        preflighted(frame, Task(RECEIVED)).collect()


@pytest.mark.spark
@pytest.mark.filterwarnings("default")
def test_a_frame_of_nothing(spark: Any) -> None:
    frame = spark.createDataFrame([], "value string")
    assert preflighted(frame, Task(RECEIVED), history=frame).collect() == []


def test_without_the_extra_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    frame: Any = None
    with pytest.raises(MissingExtra, match="spark"):
        preflighted(frame, Task(RECEIVED))
