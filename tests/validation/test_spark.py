"""What a Spark job says of each row is what ``mobstd validate`` says of that line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.sparks import local_spark

from mobstd.canon.files import load
from mobstd.canon.standard import find
from mobstd.errors import ConfigError, MissingExtra, UnknownName
from mobstd.validation.batch import Task, judge_file
from mobstd.validation.spark import validated

TASK = Task("carpool-proof@3.4", "journey", "server", format="ndjson", jobs=1)
EXAMPLE = load(find("carpool-proof@3.4").folder / "journey.schema.json")["examples"][0]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    with local_spark(files_maxPartitionBytes="20000") as session:
        yield session


def lines() -> list[str]:
    """Return lines right and wrong, for several partitions."""
    late = {**EXAMPLE, "start": {**EXAMPLE["start"], "datetime": "2026-02-30T06:00:00Z"}}
    more = {**EXAMPLE, "distance": -1, "shade": "blue"}
    odd = [json.dumps(late), "{", "", "   ", "[]", json.dumps(more), '{"distance": 1e999}', "é"]
    return [json.dumps(EXAMPLE) if n % 9 else odd[n // 9 % len(odd)] for n in range(200)]


@pytest.mark.spark
@pytest.mark.filterwarnings("default")
def test_each_row_as_each_line(spark: Any, tmp_path: Path) -> None:
    path = tmp_path / "journeys.ndjson"
    path.write_text("".join(f"{line}\n" for line in lines()), "utf-8")
    expected: dict[int, list[tuple[str, str, str, str]]] = {}
    documents = 0
    for part in judge_file(str(path), TASK):
        documents += part.documents
        for one in part.remarks:
            told = (one.pointer, one.keyword, one.message("en"), one.message("fr"))
            expected.setdefault(one.line, []).append(told)
    frame = spark.read.text(str(path))
    assert frame.rdd.getNumPartitions() > 2
    found = validated(frame, TASK).collect()
    assert [row["value"] for row in found] == lines()
    assert sum(row["refused"] is not None for row in found) == documents
    assert {
        number: [(one["pointer"], one["keyword"], one["en"], one["fr"]) for one in row["remarks"]]
        for number, row in enumerate(found, 1)
        if row["remarks"]
    } == expected
    assert {bool(row["refused"]) for row in found if row["remarks"]} == {True}
    assert len(expected) > 10


@pytest.mark.spark
@pytest.mark.filterwarnings("default")
def test_other_columns_stay(spark: Any) -> None:
    rows = [("a", json.dumps(EXAMPLE), 1), ("b", None, 2), ("c", "{}", 3)]
    frame = spark.createDataFrame(rows, "operator string, journey string, n int")
    found = validated(frame, TASK, "journey").orderBy("n").collect()
    assert [(row["operator"], row["n"], row["refused"]) for row in found] == [
        ("a", 1, False),
        ("b", 2, None),
        ("c", 3, True),
    ]
    assert found[0]["remarks"] == []
    assert found[1]["remarks"] is None


@pytest.mark.spark
@pytest.mark.filterwarnings("default")
def test_a_line_in_another_encoding_is_refused_and_the_next_one_follows(
    spark: Any, tmp_path: Path
) -> None:
    path = tmp_path / "journeys.ndjson"
    path.write_bytes(b"\xff\xfe{}\n" + json.dumps(EXAMPLE).encode() + b"\n")
    found = validated(spark.read.text(str(path)), TASK).select("refused", "remarks").collect()
    assert [row["refused"] for row in found] == [True, False]
    assert len(found[0]["remarks"]) == 1


@pytest.mark.spark
@pytest.mark.filterwarnings("default")
def test_what_cannot_be_asked_is_said_before_the_job(spark: Any) -> None:
    frame = spark.createDataFrame([("x", True)], "value string, refused boolean")
    with pytest.raises(ConfigError, match="already"):
        validated(frame, TASK)
    with pytest.raises(ConfigError, match="no column 'journey'"):
        validated(frame, TASK, "journey")
    with pytest.raises(UnknownName):
        validated(frame.select("value"), Task("carpool-proof@3.4", "trip"))


def test_without_the_extra_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.sql.types", None)
    frame: Any = None
    with pytest.raises(MissingExtra, match="spark"):
        validated(frame, TASK)
