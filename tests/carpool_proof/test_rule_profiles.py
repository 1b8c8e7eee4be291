"""The rule profiles of the registry: what they hold, and what tells one from the one before."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mobstd.canon.files import load
from mobstd.canon.root import packaged
from mobstd.carpool_proof import limits as limits_
from mobstd.carpool_proof.limits import LATEST

FOLDER = packaged().conformance / "carpool-proof" / "rules"
PROFILES = {path.stem: load(path) for path in sorted(FOLDER.glob("*.yaml"))}


def thresholds(profile: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for rule, row in PROFILES[profile]["rules"].items():
        for name, threshold in row["thresholds"].items():
            yield f"{rule}/{name}", threshold


def judged(threshold: dict[str, Any]) -> tuple[Any, ...]:
    """Return what a program reads of a threshold."""
    return threshold["value"], threshold.get("unit"), threshold.get("refused")


def test_the_profiles() -> None:
    assert sorted(PROFILES) == ["2025-08", "2026-07"]
    assert all(profile["profile"] == name for name, profile in PROFILES.items())
    assert all(profile["standard"] == "carpool-proof" for profile in PROFILES.values())


def test_the_latest_is_named_once_and_is_the_latest() -> None:
    assert max(PROFILES) == LATEST
    package = Path(limits_.__file__).parent
    named = [
        path.name for path in package.rglob("*.py") if f'"{LATEST}"' in path.read_text("utf-8")
    ]
    assert named == ["limits.py"]


@pytest.mark.parametrize("name", PROFILES)
def test_every_threshold_cites_a_document_that_is_told(name: str) -> None:
    told = set(PROFILES[name]["documents"])
    cited = {one["document"] for _, row in thresholds(name) for one in row["source"]}
    assert cited == told


@pytest.mark.parametrize("name", [name for name, p in PROFILES.items() if "succeeds" in p])
def test_the_changes_are_the_differences(name: str) -> None:
    profile = PROFILES[name]
    before = dict(thresholds(profile["succeeds"]))
    now = dict(thresholds(name))
    assert before.keys() == now.keys()
    told = [change["where"] for change in profile["changes"]]
    assert told == [where for where in now if judged(before[where]) != judged(now[where])]
    rules = profile["rules"]
    for rule, row in PROFILES[profile["succeeds"]]["rules"].items():
        assert {**row, "thresholds": {}} == {**rules[rule], "thresholds": {}}


@pytest.mark.parametrize("name", PROFILES)
def test_zones_are_zones(name: str) -> None:
    rule = PROFILES[name]["rules"]["too_many_trips_by_day"]["thresholds"]
    zones = rule["zones"]["value"]
    assert bool(zones) == (rule["zone"]["value"] == "longitude")
    for row in zones:
        assert -180 <= row["west"] < row["east"] <= 180
        assert ZoneInfo(row["zone"]).key == row["zone"]
    spans = sorted((row["west"], row["east"]) for row in zones)
    assert all(one[1] < other[0] for one, other in pairwise(spans))


@pytest.mark.parametrize("name", PROFILES)
def test_the_labels_of_refusals_are_those_of_the_rules(name: str) -> None:
    rules = PROFILES[name]["rules"]
    order = rules["refusal"]["thresholds"]["labels"]["value"]
    labels = [
        rule["answer"]["label"] for rule in rules.values() if "label" in rule.get("answer", {})
    ]
    assert labels == order


@pytest.mark.parametrize(
    ("where", "old", "new"),
    [
        ("expired/delay", (86400, "seconds", ">"), (86400, "seconds", ">")),
        ("distance_too_short/distance", (2000, "metres", "<"), (1000, "metres", "<")),
        ("too_many_trips_by_day/trips", (4, "count", ">="), (4, "count", ">")),
        ("too_many_trips_by_day/persons", ("union", None, None), ("each", None, None)),
        ("too_close_trips/gap", (1800, "seconds", None), (1800, "seconds", None)),
        ("temporal_overlap_anomaly/share", (0.7, "ratio", ">"), (0.7, "ratio", ">")),
        ("interoperator_overlap/overlap", (20, "seconds", ">"), (20, "seconds", ">")),
        ("open_data/occurrences", (6, "count", "<"), (6, "count", "<")),
    ],
)
def test_what_programs_rely_on(where: str, old: Any, new: Any) -> None:
    assert judged(dict(thresholds("2025-08"))[where]) == old
    assert judged(dict(thresholds("2026-07"))[where]) == new
