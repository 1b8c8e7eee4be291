"""The cases of the terms of use, as data for any language: by the rules, and by preflight."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.root import packaged
from mobstd.canon.standard import find
from mobstd.carpool_proof.preflight.arrival import Arrival
from mobstd.carpool_proof.preflight.run import Plan, preflight
from mobstd.carpool_proof.preflight.sources import Source
from mobstd.carpool_proof.rules.facts import facts, instant
from mobstd.carpool_proof.rules.history import Memory
from mobstd.carpool_proof.rules.profile import profile, profiles
from mobstd.carpool_proof.rules.terms import terms_of
from mobstd.validation.documents import DocumentJudge

from .worlds import write

PATH = packaged().conformance / "carpool-proof" / "rules" / "cases" / "terms.json"
TERMS: dict[str, Any] = json.loads(PATH.read_text("utf-8"))
CASES = pytest.mark.parametrize("case", TERMS["cases"], ids=lambda case: case["id"])


def edited(value: Any, patch: Any) -> Any:
    """Return a JSON value as a merge patch changes it (RFC 7386, without removals)."""
    if not isinstance(patch, dict):
        return patch
    known = value if isinstance(value, dict) else {}
    return {**known, **{name: edited(known.get(name), part) for name, part in patch.items()}}


def journeys(case: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    one = edited(TERMS["journey"], case.get("edit", {}))
    return one, [edited(TERMS["journey"], past) for past in case.get("past", ())]


@CASES
def test_by_the_rules(case: dict[str, Any]) -> None:
    one, past = journeys(case)
    judge = DocumentJudge(find("carpool-proof@3.4"), "journey", "server")
    assert [judge.remarks(document) for document in (one, *past)] == [[]] * (1 + len(past))
    history = Memory(map(facts, past))
    assert sorted(case["labels"]) == profiles()
    for name, labels in case["labels"].items():
        found = terms_of(profile(name)).all(facts(one), instant(case["received"]), history)
        assert [refusal.label for refusal in found] == labels, name


@CASES
def test_by_preflight(case: dict[str, Any], tmp_path: Path) -> None:
    one, past = journeys(case)
    path, before = write(tmp_path / "one", [one]), write(tmp_path / "past", past)
    for name, labels in case["labels"].items():
        plan = Plan(
            [Source(path)],
            find("carpool-proof@3.4"),
            profile(name),
            Arrival("now", instant(case["received"])),
            history=[Source(before)],
        )
        found: list[Any] = []
        preflight(plan, found.append)
        rules = [reason.rule for reason in found[0].reasons if reason.weight == "refused"]
        assert rules == labels, name
        assert found[0].at_creation == ("refused" if labels else "accepted")


def test_every_case_has_a_twin_on_the_other_side() -> None:
    said: dict[str, set[bool]] = {}
    for case in TERMS["cases"]:
        rule = case["id"].partition("/")[0]
        for labels in case["labels"].values():
            said.setdefault(rule, set()).add(bool(labels))
    said.pop("all")
    assert set(said) == {"expired", "distance", "close", "many", "day"}
    assert all(sides == {False, True} for sides in said.values())
