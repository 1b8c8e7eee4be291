"""The judgements of the canon: the rules give them, and so does a batch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.standard import find
from mobstd.carpool_proof.preflight.arrival import Arrival
from mobstd.carpool_proof.preflight.judging import Judged
from mobstd.carpool_proof.preflight.run import Plan, preflight
from mobstd.carpool_proof.preflight.sources import Source
from mobstd.carpool_proof.rules.anomalies import Anomalies, Route, Timed
from mobstd.carpool_proof.rules.facts import Facts, facts, instant
from mobstd.carpool_proof.rules.history import Memory
from mobstd.carpool_proof.rules.operators import Declared, Operators
from mobstd.carpool_proof.rules.profile import Profile, profile
from mobstd.carpool_proof.rules.terms import terms_of

from .test_judgements import JUDGEMENTS, situation

STAGES = {
    stage: {id_: one for id_, one in JUDGEMENTS.items() if situation(one)["asks"] == stage}
    for stage in ("creation", "processing")
}
CREATION = pytest.mark.parametrize("judgement", STAGES["creation"].values(), ids=STAGES["creation"])
PROCESSING = pytest.mark.parametrize(
    "judgement", STAGES["processing"].values(), ids=STAGES["processing"]
)


def known(told: Any) -> list[Facts]:
    return [facts(one["document"], str(one["sender"])) for one in told["known"]]


@CREATION
def test_terms_of_use(judgement: dict[str, Any]) -> None:
    told = situation(judgement)
    one, history = facts(told["document"], str(told["sender"])), Memory(known(told))
    for name, labels in judgement["expect"].items():
        found = terms_of(profile(name)).all(one, instant(told["received"]), history)
        assert [refusal.label for refusal in found] == labels


@CREATION
def test_terms_of_use_in_a_batch(judgement: dict[str, Any], tmp_path: Path) -> None:
    """What is known may be a history, or stand in the same file, also behind the journey."""
    told = situation(judgement)
    document = {**told["document"], "op": str(told["sender"]), "at": told["received"]}
    before = [
        {**one["document"], "op": str(one["sender"]), "at": "2020-01-01T00:00:00Z"}
        for one in told["known"]
    ]
    apart = [write(tmp_path / "one", [document])], [write(tmp_path / "past", before)]
    together = [write(tmp_path / "all", [document, *before])], []
    for name, given in judgement["expect"].items():
        labels = given if told["document"]["distance"] else ["schema"]
        assert judged(apart, profile(name)) == labels
        for one in before:
            one["at"] = one["end"]["datetime"]
        if all(instant(one["at"]) < instant(told["received"]) for one in before):
            write(tmp_path / "all", [document, *before])
            assert judged(together, profile(name)) == labels


def write(path: Path, journeys: Any) -> Source:
    path.write_text("".join(json.dumps(one) + "\n" for one in journeys), "utf-8")
    return Source(str(path))


def judged(files: tuple[list[Source], list[Source]], under: Profile) -> list[str]:
    found: list[Judged] = []
    plan = Plan(
        files[0],
        find("carpool-proof@3.4"),
        under,
        Arrival("column", 0, "at"),
        history=files[1],
        operator_column="op",
    )
    preflight(plan, found.append)
    reasons = [r for r in found[0].reasons if r.weight == "refused" and r.stage == "creation"]
    return [reason.rule for reason in reasons]


@PROCESSING
def test_what_is_found_later(judgement: dict[str, Any]) -> None:
    told = situation(judgement)
    one = facts(told["document"], str(told["sender"]))
    for name, labels in judgement["expect"].items():
        assert found_later(one, known(told), told.get("route"), profile(name)) == labels


def found_later(one: Facts, before: list[Facts], route: Any, under: Profile) -> list[str]:
    every = [*before, one]
    last = len(before)
    anomalies, operators = Anomalies(under), Operators(under)
    ridden = [
        Timed(j.start, j.end, number)
        for number, j in enumerate(every)
        if (j.operator, j.passenger) == (one.operator, one.passenger)
    ]
    declared = [
        Declared(j.start, j.end, j.operator, j.trip, j.passenger, True, number)
        for number, j in enumerate(every)
        if j.driver == one.driver
    ]
    couple = [j for j in declared if j.other == one.passenger]
    plausible = anomalies.distance_duration(one, Route(**route) if route else None)
    found = {
        "temporal_overlap_anomaly": last in {s.key for s, _ in anomalies.overlapping(ridden)},
        "distance_duration_anomaly": plausible is True,
        "interoperator_overlap": last in {j.key for j in operators.overlap(couple)},
        "interoperator_too_many_trips_by_day": last
        in {j.key for j in operators.too_many_trips_by_day(declared)},
        "interoperator_too_close_trips": last in {j.key for j in operators.too_close_trips(couple)},
    }
    return [label for label, there in found.items() if there]
