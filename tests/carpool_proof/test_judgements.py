"""The judgements: situations, and the labels that each profile gives."""

from __future__ import annotations

from typing import Any

import pytest

from mobstd.canon.files import load

from .documents import VERSIONS, both, patched, refusals
from .plain_judge import labels

FOLDER = VERSIONS["3.4"].conformance
JUDGEMENTS: dict[str, dict[str, Any]] = {
    one["id"]: one for path in sorted((FOLDER / "judgements").glob("*.json")) for one in load(path)
}
PROFILES = {path.stem: load(path) for path in (FOLDER / "rules").glob("*.yaml")}
ROWS = {row["id"] for row in load(FOLDER / "requirements.yaml")}


def situation(judgement: dict[str, Any]) -> Any:
    if "edit" in judgement:
        return patched(situation(JUDGEMENTS[judgement["twin_of"]]), judgement["edit"])
    return judgement["situation"]


def test_there_are_enough_judgements() -> None:
    assert len(JUDGEMENTS) >= 100
    assert {id_.partition("/")[0] for id_ in JUDGEMENTS} <= ROWS
    given = {
        label for one in JUDGEMENTS.values() for found in one["expect"].values() for label in found
    }
    rules = PROFILES["2026-07"]["rules"].values()
    named = {rule.get("label") or rule.get("answer", {}).get("label") for rule in rules} - {None}
    assert given == named


@pytest.mark.parametrize("judgement", JUDGEMENTS.values(), ids=JUDGEMENTS)
def test_the_profiles_give_the_answer_of_a_judgement(judgement: dict[str, Any]) -> None:
    told = situation(judgement)
    found = {name: labels(PROFILES[name], told) for name in judgement["expect"]}
    assert found == judgement["expect"]
    if "edit" in judgement and any(found.values()):
        assert len(judgement["edit"]) == 1
        twin = JUDGEMENTS[judgement["twin_of"]]
        clean = {name for name, given in twin["expect"].items() if not given}
        assert {name for name, given in found.items() if given} <= clean


def test_every_document_of_a_judgement_is_valid() -> None:
    for judge in both("3.4", "journey"):
        for judgement in JUDGEMENTS.values():
            told = situation(judgement)
            for document in (told["document"], *(one["document"] for one in told["known"])):
                assert refusals(judge, document) == set(), judgement["id"]


CROSSED = {
    "expired/delay", "distance_too_short/distance", "too_many_trips_by_day/trips",
    "too_close_trips/gap", "temporal_overlap_anomaly/overlap", "temporal_overlap_anomaly/share",
    "distance_duration_anomaly/distance", "distance_duration_anomaly/routed_distance",
    "distance_duration_anomaly/duration", "distance_duration_anomaly/routed_duration",
    "distance_duration_anomaly/too_fast", "distance_duration_anomaly/too_slow",
    "distance_duration_anomaly/too_short", "distance_duration_anomaly/too_long",
    "interoperator_overlap/overlap", "interoperator_too_many_trips_by_day/trips",
    "interoperator_too_close_trips/gap", "interoperator_too_close_trips/gaps",
}  # fmt: skip


@pytest.mark.parametrize("where", sorted(CROSSED))
def test_a_threshold_moved_by_a_little_is_noticed(where: str) -> None:
    """Whatever the direction: the judgements hold each bound from both sides."""
    rule, _, name = where.partition("/")
    for step in (-0.001, 0.001):
        noticed = False
        for profile_name, profile in PROFILES.items():
            row = profile["rules"][rule]
            threshold = row["thresholds"][name]
            unit = 2 * threshold["value"] if threshold["unit"] == "ratio" else 1000
            moved = threshold["value"] + step * (1 if name == "delay" else unit)
            thresholds = {**row["thresholds"], name: {**threshold, "value": moved}}
            other = {
                **profile,
                "rules": {**profile["rules"], rule: {**row, "thresholds": thresholds}},
            }
            noticed |= any(
                labels(other, situation(one)) != one["expect"][profile_name]
                for one in JUDGEMENTS.values()
                if profile_name in one["expect"]
            )
        assert noticed, step
