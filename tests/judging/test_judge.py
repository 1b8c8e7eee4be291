"""Judging all rows, severities, findings that give way, and what the schema refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobstd.judging.context import Context, Refused
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding
from mobstd.judging.judge import Tally, judge, limited_severity, settle
from mobstd.judging.pointer import join
from mobstd.judging.requirement import Check, Requirement

Make = Callable[..., Exchange]
Rows = Callable[..., Context]
STATUS = {"kind": "status"}


def requirement(name: str = "TOY-A-01", level: str = "MUST", origin: str = "text") -> Requirement:
    return Requirement(name, level, origin, (), (), (), "A", {"en": "x", "fr": "x"})


def finding(row: str, operation: str | None = "op", severity: str = "error") -> Finding:
    return Finding(row, "kind.status", operation, ("x1",), severity=severity)


def tally(
    name: str, *operations: str, severity: str = "error", level: str = "MUST", **params: Any
) -> Tally:
    found = tuple(finding(name, operation, severity) for operation in operations)
    check = Check("status", params)
    return Tally(requirement(name, level), check, "op", 1, found)


@pytest.mark.parametrize(
    ("level", "origin", "check", "own", "severity"),
    [
        ("MUST", "text", {}, "error", "error"),
        ("MUST", "reading", {}, "error", "warning"),
        ("SHOULD", "text", {}, "error", "warning"),
        ("MAY", "text", {}, "error", "warning"),
        ("MUST", "text", {"severity": "warning"}, "error", "warning"),
        ("MUST", "text", {}, "warning", "warning"),
        ("SHOULD", "text", {"severity": "error"}, "error", "warning"),
    ],
)
def test_no_finding_is_more_severe_than_row_and_check_allow(
    level: str, origin: str, check: dict[str, Any], own: str, severity: str
) -> None:
    row = requirement(level=level, origin=origin)
    limited = limited_severity(row, Check("status", check), finding(row.id, severity=own))
    assert limited.severity == severity


def counts(tallies: list[Tally]) -> dict[str, int]:
    return {name: sum(len(t.findings) for t in found) for name, found in settle(tallies).items()}


def test_a_finding_gives_way_where_the_row_that_explains_it_failed() -> None:
    explained = tally("B", "op", "other", unless_failed=["A"])
    assert counts([explained]) == {"B": 2}
    assert counts([explained, tally("A")]) == {"B": 2, "A": 0}
    assert counts([explained, tally("A", "op")]) == {"B": 1, "A": 1}
    assert counts([tally("A", "op", "other"), explained]) == {"A": 2, "B": 0}
    assert settle([explained, tally("A", "op")])["B"][0].evidence == 1


def test_only_a_failure_explains() -> None:
    explained = tally("B", "op", unless_failed=["A"])
    assert counts([explained, tally("A", "op", severity="warning")]) == {"B": 1, "A": 1}
    warned = tally("A", "op", severity="warning", level="SHOULD")
    assert counts([explained, warned]) == {"B": 0, "A": 1}


def test_rows_that_explain_each_other_do_not_both_vanish_by_order() -> None:
    pair = [tally("A", "op"), tally("B", "op", unless_failed=["A"])]
    assert counts(pair) == counts(pair[::-1]) == {"A": 1, "B": 0}


def test_every_row_that_fits_judges(things: Rows, exchange: Make) -> None:
    context = things(
        {"id": "TOY-A-01", "checks": [STATUS]},
        {"id": "TOY-A-02", "checks": [{"kind": "schema"}]},
        {"id": "TOY-A-03", "checks": [{"kind": "unique", "at": "/*", "key": ["/id"]}]},
        {"id": "TOY-A-04", "operations": ["getHealth"], "checks": [STATUS]},
        {"id": "TOY-A-05", "checks": [{"kind": "boundary", "filter": "TOY-A-01"}]},
    )
    tallies = judge([exchange([{"id": "a"}, {"id": "a"}, {"id": 1}])], context)
    seen = {t.requirement.id: (t.operation, t.evidence, len(t.findings)) for t in tallies}
    assert seen == {
        "TOY-A-01": ("getThings", 1, 0),
        "TOY-A-02": ("getThings", 1, 1),
        "TOY-A-03": (None, 3, 1),
    }


def test_a_check_of_another_block_is_left_out(things: Rows, exchange: Make) -> None:
    row = {"checks": [{**STATUS, "when_block": "health"}]}
    sent = [exchange([], status=201)]
    assert judge(sent, things(row)) == []
    [found] = judge(sent, things(row, blocks=frozenset({"health"})))
    assert len(found.findings) == 1


def test_an_exchange_outside_the_standard_is_ignored(things: Rows, exchange: Make) -> None:
    assert judge([exchange([], operation=None)], things({"checks": [STATUS]})) == []


def test_alike_findings_are_one_object_and_still_counted(things: Rows, exchange: Make) -> None:
    check = {"kind": "assert", "at": "/*", "then": {"required": ["lat"]}, "code": "x"}
    context = things({"level": "SHOULD", "checks": [check]})
    [found] = judge([exchange([{"id": str(n)} for n in range(50)])], context)
    assert len(found.findings) == 50
    assert len({id(finding) for finding in found.findings}) == 1
    assert found.findings[0].severity == "warning"


def test_nothing_worked_out_is_kept_after_judging(things: Rows, exchange: Make) -> None:
    context = things({"checks": [{"kind": "schema"}]})
    sent = exchange([{"id": 1}])
    judge([sent], context)
    assert context._problems == {}
    assert [problem.keyword for problem in context.problems(sent) or ()] == ["type"]


PATHS = st.lists(st.lists(st.sampled_from(["a", "b", 0, 1, "/"]), max_size=4), max_size=4)


@given(PATHS, st.lists(st.sampled_from(["a", "b", 0, 1, "/"]), max_size=4))
def test_a_value_is_refused_with_all_that_it_lies_in(
    paths: list[list[str | int]], path: list[str | int]
) -> None:
    refused = Refused.of(paths)
    expected = any(path[: len(one)] == one for one in paths)
    assert refused.touches(join(path), frozenset()) is expected
    below = any(one[: len(path)] == path and "a" in one[len(path) :][:1] for one in paths)
    assert refused.touches(join(path), frozenset({"a"})) is (expected or below)


def test_rules_read_only_what_the_schema_accepted(things: Rows, exchange: Make) -> None:
    check = {
        "kind": "assert",
        "at": "/*",
        "then": {"properties": {"lat": {"maximum": 90}}, "required": ["lat"]},
        "code": "x",
    }
    context = things({"id": "TOY-A-01", "checks": [check]})
    items = [{"id": "a", "lat": "far"}, {"id": "b", "lat": 91}, {"lat": 91}, 3, {"id": "c"}]
    [found] = judge([exchange(items)], context)
    # The first is not judged, since the schema refuses what the check reads of it; the third
    # lacks its id, which the check does not read; 3 is no object at all.
    assert found.evidence == 3
    assert {f.pointer for f in found.findings} == {"/response/body/1/lat", "/response/body/4"}


def test_items_and_identities(things: Rows, exchange: Make) -> None:
    context = things()
    sent = exchange([{"id": "a"}, 3, {"lat": 1.0}, {"id": None, "lat": 2}, {"x": [1]}])
    assert [pointer for pointer, _ in context.items(sent)] == ["/0", "/2", "/3", "/4"]
    keys = [context.identity("getThings", item) for _, item in context.items(sent)]
    assert keys == [('"a"',), ("1.0",), ("2",), ('{"x": [1]}',)]
    assert context.items(exchange([{"id": "a"}], status=400)) == []
    assert context.items(exchange({"id": "a"})) == []
    assert context.items(exchange([], operation="getHealth")) == []


def test_fingerprints_are_the_same_wherever_in_a_list() -> None:
    def at(pointer: str, **members: Any) -> str:
        known = {"code": "x", "operation": "op", "exchanges": (), **members}
        return Finding("A", pointer=pointer, **known).fingerprint

    assert at("/response/body/3/a") == at("/response/body/12/a")
    assert len({at("/a"), at("/b"), at("/a", code="y"), at("/a", operation=None)}) == 4
