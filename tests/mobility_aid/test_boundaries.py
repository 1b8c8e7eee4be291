"""A catalogue is asked at the bounds of its own aids: who reads them wrongly is found."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mobstd.conformance.profile import Profile
from mobstd.conformance.run import Options, check
from mobstd.mobility_aid.boundaries import DERIVATIONS, bounds
from mobstd.mobility_aid.evaluation import evaluate
from mobstd.transport.asgi import AsgiSender

from .documents import aid, fitting, grant, is_
from .evaluator import AIDS, operator

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = NOW.date()
CHILDREN = "household.children"
BLOCKS = ("aids", "catalogue", "changes", "evaluation")


def judged(tmp_path: Path, *faults: str) -> Any:
    profile = Profile("http://app.localhost", "mobility-aid@0.1", blocks=BLOCKS)
    options = Options(now=NOW, allow_writes=True, with_fuzz=False, journal=str(tmp_path / "writes"))
    with AsgiSender(operator(tmp_path, *faults)) as target:
        return check(target, profile, options)


def against(report: Any) -> list[str]:
    return [r["id"] for r in report["requirements"] if r["outcome"] in ("failed", "warned")]


@pytest.mark.parametrize("way", [(), ("rounds-down",)], ids=["as we do", "cents otherwise"])
def test_who_reads_its_aids_rightly_is_not_accused(tmp_path: Path, way: tuple[str, ...]) -> None:
    report = judged(tmp_path, *way)
    assert against(report) == []
    row = next(row for row in report["requirements"] if row["id"] == "AID-CAT-18")
    assert (row["outcome"], row["evidence"] > 100) == ("passed", True)
    asked = report["requests_by_phase"]["scenario"]
    assert asked <= 130


FAULTS = (
    "strict",
    "loose",
    "amounts-in-thousands",
    "ignores-person.status",
    "ignores-household.children",
    "ignores-vehicle.category",
    "unknown-is-false",
    "unknown-is-true",
    "any-is-all",
    "forgets-not",
    "first-value-only",
    "last-status-only",
    "forgets-shares",
    "no-cap",
    "no-floor",
    "cap-is-the-amount",
    "above-the-price",
    "whole-euros",
    "counts-from-zero",
    "last-case",
    "keeps-the-excluded",
    "epci-by-department",
    "communes-by-department",
    "one-place-is-enough",
    "ends-a-day-early",
)


@pytest.mark.parametrize("fault", FAULTS)
def test_who_reads_them_wrongly_in_one_way_is_found(tmp_path: Path, fault: str) -> None:
    report = judged(tmp_path, fault)
    assert against(report) == ["AID-CAT-18"]
    assert report["verdict"] == "non-conforming"


@pytest.mark.parametrize("one", AIDS, ids=[one["id"] for one in AIDS])
def test_bounds_are_right_situations_on_both_sides(one: Any) -> None:
    found = [bound.situation for bound in bounds(one, TODAY)]
    verdicts = {evaluate(one, fitting("situation", situation)).verdict for situation in found}
    assert verdicts == {"eligible", "not-eligible", "unknown"}
    assert evaluate(one, found[0]).verdict == "eligible"


def test_each_way_to_get_an_aid_decides_once() -> None:
    either = aid(
        rule={"anyOf": [is_("person.disability", "eq", True), is_("household.children", "gte", 3)]}
    )
    verdicts: dict[Any, set[str]] = {}
    for bound in bounds(either, TODAY):
        told = [bound.situation["answers"].get(name) for name in ("person.disability", CHILDREN)]
        verdicts.setdefault(tuple(told), set()).add(evaluate(either, bound.situation).verdict)
    assert verdicts[False, 2] == {"not-eligible"}
    assert verdicts[False, 3] == verdicts[True, 2] == {"eligible"}
    assert verdicts[False, None] == verdicts[None, 2] == {"unknown"}


@pytest.mark.parametrize(
    "one",
    [
        aid(rule={"allOf": [is_("person.age", "lt", 10), is_("person.age", "gt", 20)]}),
        aid(eligibility={"coverage": "text-only", "text": "Some."}),
        aid(territory={"include": [{"type": "country", "code": "FR"}]}),
        aid(status="closed"),
    ],
    ids=["nobody", "not all is known", "no basis", "closed"],
)
def test_an_aid_that_nobody_surely_gets_is_not_asked_about(one: Any) -> None:
    assert list(bounds(one, TODAY)) == []


def test_a_search_for_who_gets_an_aid_ends() -> None:
    """Each of many ways fails at the last part."""
    ways = [{"anyOf": [is_("household.size", "eq", n), is_("person.age", "eq", n)]}
            for n in range(60)]  # fmt: skip
    nobody = [is_("household.children", "lt", 1), is_("household.children", "gt", 1)]
    assert list(bounds(aid(rule={"allOf": [*ways, *nobody]}), TODAY)) == []


def test_what_the_schema_refuses_gives_rise_to_nothing() -> None:
    derive, now = DERIVATIONS["boundaries"], int(NOW.timestamp())
    broken = [{**AIDS[0], "status": 7}, {"id": "no-more"}, 3, {**AIDS[1], "territory": {}}]
    assert list(derive(broken, now)) == []
    asked = [values["/aids"][0] for values in derive([*broken, AIDS[3]], now)]
    assert set(asked) == {"families"}


def test_aids_that_stand_by_themselves_are_asked_about_together() -> None:
    everywhere = {"basis": ["residence"], "include": [{"type": "country", "code": "FR"}]}
    one, other = (aid(grant("100"), id=name, territory=everywhere) for name in ("a", "b"))
    beside = aid(grant("100"), id="c", territory=everywhere, combination={"totalCap": "500"})
    asked = {tuple(v["/aids"]) for v in DERIVATIONS["boundaries"]([one, other, beside], 0)}
    assert asked == {("a", "b"), ("b", "a"), ("c",)}
