"""Each schema error goes to the row with most selectors; what nobody takes, to the general one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange
from mobstd.judging.routing import json_type, route

Make = Callable[..., Exchange]
Rows = Callable[..., Context]


def row(number: int, *checks: dict[str, Any]) -> dict[str, Any]:
    return {"id": f"TOY-A-{number:02}", "checks": [{"kind": "schema", **check} for check in checks]}


ROWS = (
    row(1, {}),
    row(2, {"at": "/*/price/**"}),
    row(3, {"at": ["/*/lat", "/*/lng"], "keywords": ["type"]}),
    row(4, {"at": "/*", "keywords": ["required"], "member": ["id"]}),
    row(5, {"at": ["/*/lat", "/*/lng"], "keywords": ["type"], "instance": ["null", "boolean"]}),
    row(6, {"statuses": [400]}),
)


@pytest.fixture
def routed(things: Rows) -> Callable[[Exchange], dict[str, Any]]:
    """Return the results by row; the rows that have nothing are left out."""

    def judged(exchange: Exchange, *rows: dict[str, Any]) -> dict[str, Any]:
        context = things(*(rows or ROWS))
        pairs = context.catalogue.by_operation[exchange.operation or ""]
        return {row: result for (row, _), result in route(exchange, context, pairs).items()}

    return judged


def taken(results: dict[str, Any]) -> dict[str, list[str]]:
    return {
        row: [finding.pointer for finding in result.findings]
        for row, result in results.items()
        if result.findings
    }


@pytest.mark.parametrize(
    ("item", "rows"),
    [
        ({"id": 1}, {"TOY-A-01": ["/response/body/0/id"]}),
        ({}, {"TOY-A-04": ["/response/body/0/id"]}),
        ({"id": "x", "lat": "1"}, {"TOY-A-03": ["/response/body/0/lat"]}),
        ({"id": "x", "lat": None}, {"TOY-A-05": ["/response/body/0/lat"]}),
        ({"id": "x", "lng": True}, {"TOY-A-05": ["/response/body/0/lng"]}),
        ({"id": "x", "price": {}}, {"TOY-A-02": ["/response/body/0/price/amount"]}),
        ({"id": "x", "price": None}, {"TOY-A-01": ["/response/body/0/price"]}),
        ({"id": "x", "price": 3}, {"TOY-A-02": ["/response/body/0/price"]}),
        ({"id": "x", "kind": "C"}, {"TOY-A-01": ["/response/body/0/kind"]}),
        (3, {"TOY-A-01": ["/response/body/0"]}),
    ],
)
def test_the_most_specific_row_takes_an_error(
    routed: Any, exchange: Make, item: Any, rows: dict[str, list[str]]
) -> None:
    assert taken(routed(exchange([item]))) == rows


def test_of_equals_the_first_takes_it(routed: Any, exchange: Make) -> None:
    rows = (row(2, {"at": "/*/lat"}), row(3, {"at": "/*/lat"}))
    assert taken(routed(exchange([{"id": "x", "lat": "1"}]), *rows)) == {
        "TOY-A-02": ["/response/body/0/lat"]
    }


def test_null_is_left_to_the_general_row_unless_it_is_named(routed: Any, exchange: Make) -> None:
    rows = (row(1, {}), row(2, {"at": "/*/lat"}))
    [finding] = routed(exchange([{"id": "x", "lat": None}]), *rows)["TOY-A-01"].findings
    assert finding.code == "schema.null"
    assert finding.received is None


def test_without_a_general_row_what_nobody_takes_is_dropped(routed: Any, exchange: Make) -> None:
    assert taken(routed(exchange([{"id": 1}]), row(2, {"at": "/*/lat"}))) == {}


def test_every_taking_row_has_evidence_where_a_body_was_judged(routed: Any, exchange: Make) -> None:
    results = routed(exchange([{"id": "x"}]))
    assert {name: result.evidence for name, result in results.items()} == dict.fromkeys(
        (f"TOY-A-0{n}" for n in range(1, 6)), 1
    )


def test_an_empty_list_is_no_evidence(routed: Any, exchange: Make) -> None:
    assert {result.evidence for result in routed(exchange([])).values()} == {0}
    assert routed(exchange({}))["TOY-A-01"].evidence == 1


@pytest.mark.parametrize(
    "members",
    [
        {"body": b"<html>"},
        {"body": b"[]", "truncated": True},
        {"body": b"", "status": None},
        {"body": b"[1]", "status": 429},
        {"body": b"[1]", "status": 500},
        {"body": b"[1]", "negative": True},
    ],
)
def test_what_cannot_be_judged_is_left_alone(
    routed: Any, exchange: Make, members: dict[str, Any]
) -> None:
    assert taken(routed(exchange(**members))) == {}


def test_a_refusal_is_judged_by_the_rows_that_name_its_status(routed: Any, exchange: Make) -> None:
    refusal = exchange({"error": 3}, status=400, negative=True)
    assert taken(routed(refusal)) == {"TOY-A-06": ["/response/body/error"]}
    assert set(routed(refusal)) == {"TOY-A-06"}


def test_many_alike_errors_are_the_first_one_repeated(routed: Any, exchange: Make) -> None:
    items = [{"id": "x"}, {"id": 1}, {"id": 2}, {"lat": "1"}, {"id": 3, "lng": "1"}]
    results = routed(exchange(items))
    general = results["TOY-A-01"].findings
    assert [finding.pointer for finding in general] == ["/response/body/1/id"] * 3
    assert len({id(finding) for finding in general}) == 1
    assert taken({**results, "TOY-A-01": results["TOY-A-04"]}) == {
        "TOY-A-01": ["/response/body/3/id"],
        "TOY-A-03": ["/response/body/3/lat", "/response/body/4/lng"],
        "TOY-A-04": ["/response/body/3/id"],
    }


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "null"),
        (True, "boolean"),
        (1, "integer"),
        (1.0, "integer"),
        (1.5, "number"),
        ("", "string"),
        ([], "array"),
        ({}, "object"),
    ],
)
def test_json_types(value: Any, name: str) -> None:
    assert json_type(value) == name
