from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from mobstd.conformance.report.contract import problems, read, schema, stable
from mobstd.errors import ConfigError

from .samples import NAMES, sample


@pytest.mark.parametrize("name", NAMES)
def test_samples_keep_the_contract(name: str) -> None:
    assert [f"{p.path} {p.message}" for p in problems(sample(name))] == []


def test_a_report_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(sample("interrupted")))
    assert read(path) == sample("interrupted")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("{", "report.not-json"),
        ("[" * 100_000, "report.not-json"),
        ("[]", "report.other-format"),
        ('{"format_version": 2}', "report.other-format"),
        ('{"format_version": 1}', "report.broken"),
    ],
)
def test_what_is_no_report_is_refused(tmp_path: Path, content: str, code: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(content)
    with pytest.raises(ConfigError) as caught:
        read(path)
    assert caught.value.code == code
    assert str(path) in str(caught.value)


def test_a_missing_report_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read(tmp_path / "none.json")


def volatile(node: Any, path: str = "") -> list[str]:
    found = []
    if isinstance(node, dict):
        if node.get("x-volatile") is True:
            found.append(path)
        for key, member in node.items():
            found += volatile(member, f"{path}/{key}")
    return found


def test_the_schema_says_what_is_volatile() -> None:
    names = {path.split("/")[-1] for path in volatile(dict(schema()))}
    assert names == {
        "python", "url", "file", "started_at", "duration_seconds", "message", "record", "curl",
    }  # fmt: skip


def test_two_equal_runs_are_equal_once_volatile_members_are_gone() -> None:
    one = sample("non-conforming")
    other = copy.deepcopy(one)
    other["started_at"] = "2030-01-01T00:00:00Z"
    other["duration_seconds"] = 99
    other["target"]["url"] = "http://127.0.0.1:55555"
    other["tool"]["python"] = "3.14"
    other["profile"]["file"] = "/elsewhere/mobstd.toml"
    other["record"] = {"file": "x", "sha256": "0" * 64, "exchanges": 3}
    other["preflight"][1]["message"]["en"] = "its clock is right within 1 second"
    for exchange in other["exchanges"].values():
        exchange["at"] = "2030-01-01T00:00:00Z"
        exchange["response"]["elapsed_ms"] = 3.25
        for pair in exchange["response"]["headers"]:
            if pair[0] == "date":
                pair[1] = "later"
    for row in other["requirements"]:
        for finding in row["findings"]:
            finding["curl"] = finding["curl"].replace("https://api", "http://127.0.0.1:1")
    assert one != other
    assert stable(one) == stable(other)
    assert [p.path for p in problems(one)] == []


@pytest.mark.parametrize(
    "path",
    [
        ("verdict",),
        ("requests",),
        ("now",),
        ("requirements", 0, "outcome"),
        ("requirements", 0, "findings", 0, "received"),
        ("exchanges", "x1", "response", "body"),
        ("exchanges", "x1", "response", "status"),
        ("blocks", 0, "exercised"),
    ],
)
def test_what_matters_is_not_volatile(path: tuple[Any, ...]) -> None:
    one, other = sample("non-conforming"), sample("non-conforming")
    at: Any = other
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = "other"
    assert stable(one) != stable(other)
