"""Each kind of check on small answers: its evidence and its findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Result
from mobstd.judging.kinds.filters import distance, limited, match, needs, parameters, read
from mobstd.judging.requirement import Check

Make = Callable[..., Exchange]
Judge = Callable[..., Result]

Seen = tuple[int, list[str]]


def seen(result: Result) -> Seen:
    """Return evidence and the places of findings."""
    return result.evidence, [f.pointer.removeprefix("/response") for f in result.findings]


def codes(result: Result) -> list[str]:
    return [finding.code for finding in result.findings]


# Status, media type, headers


@pytest.mark.parametrize(
    ("check", "members", "expected"),
    [
        ({}, {"status": 200}, (1, [])),
        ({}, {"status": 400}, (1, [])),
        ({}, {"status": 418}, (1, ["/status"])),
        ({}, {"status": 999}, (1, ["/status"])),
        ({}, {"status": 302}, (1, ["/status"])),
        ({}, {"status": 418, "negative": True}, (0, [])),
        ({}, {"status": 500}, (0, [])),
        ({}, {"status": 429}, (0, [])),
        ({}, {"status": None}, (0, [])),
        ({}, {"status": 404, "purpose": "preflight"}, (0, [])),
        ({"expect": [200]}, {"status": 400}, (1, ["/status"])),
        ({"expect": [200, 400]}, {"status": 400}, (1, [])),
    ],
)
def test_status(
    result: Judge, exchange: Make, check: Any, members: dict[str, Any], expected: Seen
) -> None:
    assert seen(result({"kind": "status", **check}, exchange([], **members))) == expected


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"status": 200}, (1, [])),
        ({"status": 500}, (1, ["/status"])),
        ({"status": 599, "negative": True}, (1, ["/status"])),
        ({"status": 600}, (1, [])),
        ({"status": None}, (0, [])),
        ({"status": 501, "purpose": "preflight"}, (0, [])),
    ],
)
def test_never(result: Judge, exchange: Make, members: dict[str, Any], expected: Seen) -> None:
    check = {"kind": "never", "statuses": [500, 599]}
    assert seen(result(check, exchange([], **members))) == expected


def typed(value: str | None) -> dict[str, Any]:
    return {"headers": () if value is None else (("content-type", value),)}


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({}, None),
        (typed("Application/JSON; charset=utf-8"), None),
        (typed("text/html"), "kind.media-type"),
        (typed(None), "kind.media-type"),
        ({"body": b"<html>"}, "kind.not-json.syntax"),
        ({"body": b"[NaN]"}, "kind.not-json.constant"),
        ({"body": b"\xff"}, "kind.not-json.encoding"),
        ({"body": b""}, "kind.not-json.empty"),
        ({"body": b"[" * 500 + b"]" * 500}, "kind.not-json.depth"),
        ({"body": b"<html>", "negative": True, "status": 400}, "kind.not-json.syntax"),
    ],
)
def test_media_type(
    result: Judge, exchange: Make, members: dict[str, Any], code: str | None
) -> None:
    members = {"body": [], **members}
    found = result({"kind": "media-type", "type": "application/json"}, exchange(**members))
    assert found.evidence == 1
    assert codes(found) == ([code] if code else [])


@pytest.mark.parametrize(
    "members",
    [
        {"status": 500, "body": b"<html>"},
        {"status": 429, "body": b"<html>"},
        {"status": 400, "body": b""},
        {"truncated": True, "body": b"["},
        {"status": None},
        {"operation": None, "body": b"<html>"},
        {"operation": "getHealth", "body": b"fine"},
    ],
)
def test_a_body_that_is_not_described_has_no_media_type(
    result: Judge, exchange: Make, members: dict[str, Any]
) -> None:
    assert result({"kind": "media-type"}, exchange(**members)) == Result()


@pytest.mark.parametrize(
    ("value", "check", "expected", "code"),
    [
        ("3", {}, 1, None),
        (" 3 ", {}, 1, None),
        ("soon", {}, 1, "kind.header"),
        ("", {}, 1, "kind.header"),
        (None, {}, 0, None),
        (None, {"required": True}, 1, "kind.header.missing"),
        ("3", {"statuses": [503]}, 0, None),
    ],
)
def test_header(
    result: Judge, exchange: Make, value: Any, check: Any, expected: int, code: str | None
) -> None:
    headers = () if value is None else (("RETRY-AFTER", value),)
    wanted = {"kind": "header", "name": "Retry-After", "statuses": [429], **check}
    wanted["then"] = {"pattern": "^[0-9]+$"}
    found = result(wanted, exchange(b"", status=429, headers=headers))
    assert (found.evidence, codes(found)) == (expected, [code] if code else [])


# Values


NEVER: dict[str, Any] = {"not": {}}


def asserted(**members: Any) -> dict[str, Any]:
    return {"kind": "assert", "at": "/*", "code": "x", **members}


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        (asserted(then={"required": ["lat"]}), (3, ["/body/1", "/body/2"])),
        (
            asserted(**{"if": {"required": ["kind"]}}, then={"required": ["lat"]}),
            (1, ["/body/2"]),
        ),
        (asserted(**{"if": {"required": ["x"]}}, then=NEVER), (0, [])),
        (asserted(at=["/*/lat", "/*/lng"], then={"maximum": 3}), (2, ["/body/0/lat"])),
        (asserted(at="/5", then=NEVER), (0, [])),
        (asserted(at="", then={"maxItems": 2}), (1, ["/body"])),
    ],
)
def test_assert(result: Judge, exchange: Make, check: dict[str, Any], expected: Seen) -> None:
    body = [{"id": "a", "lat": 4}, {"id": "b", "lng": 1}, {"id": "c", "kind": "A"}]
    assert seen(result(check, exchange(body))) == expected


def test_assert_says_what_it_expected_and_got(result: Judge, exchange: Make) -> None:
    check = asserted(then={"properties": {"lat": {"maximum": 3}}}, message={"en": "m", "fr": "m"})
    [found] = result(check, exchange([{"id": "a", "lat": 4}])).findings
    assert (found.pointer, found.expected, found.received, found.text) == (
        "/response/body/0/lat",
        {"maximum": 3},
        4,
        {"en": "m", "fr": "m"},
    )


@pytest.mark.parametrize(
    ("members", "check", "evidence"),
    [
        ({"status": 400}, {}, 0),
        ({"status": 400}, {"statuses": [400]}, 1),
        ({"status": 400, "negative": True}, {"statuses": [400]}, 1),
        ({"negative": True}, {}, 0),
        ({"status": None}, {}, 0),
        ({"body": b"<html>"}, {}, 0),
    ],
)
def test_which_answers_are_asserted(
    result: Judge, exchange: Make, members: dict[str, Any], check: dict[str, Any], evidence: int
) -> None:
    sent = exchange(**{"body": {}, **members})
    assert result(asserted(at="", then={}, **check), sent).evidence == evidence


@pytest.mark.parametrize(
    ("item", "evidence", "wrong"),
    [
        ({"lat": 1, "lng": 2}, 1, False),
        ({"lat": 2, "lng": 2.0}, 1, False),
        ({"lat": 3, "lng": 2}, 1, True),
        ({"lat": 3}, 0, False),
        ({"lat": True, "lng": 0}, 0, False),
        ({"lat": "3", "lng": 2}, 0, False),
    ],
)
def test_ordered(
    result: Judge, exchange: Make, item: dict[str, Any], evidence: int, wrong: bool
) -> None:
    check = {"kind": "ordered", "at": "/*", "lower": "/lat", "upper": "/lng"}
    expected = (evidence, ["/body/0/lat"] if wrong else [])
    assert seen(result(check, exchange([{"id": "a", **item}]))) == expected


@pytest.mark.parametrize(
    ("item", "evidence", "wrong"),
    [
        ({"a": 1, "b": 1.0}, 1, False),
        ({"a": [1], "b": [1]}, 1, False),
        ({"a": None, "b": None}, 1, False),
        ({"a": 1, "b": "1"}, 1, True),
        ({"a": 1}, 0, False),
    ],
)
def test_equal(
    result: Judge, exchange: Make, item: dict[str, Any], evidence: int, wrong: bool
) -> None:
    check = {"kind": "equal", "at": "/*", "left": "/a", "right": "/b"}
    expected = (evidence, ["/body/0/b"] if wrong else [])
    assert seen(result(check, exchange([{"id": "x", **item}]))) == expected


# Whole runs


def unique(**members: Any) -> dict[str, Any]:
    return {"kind": "unique", "at": "/*", "key": ["/id"], "scope": "response", **members}


def test_unique(result: Judge, exchange: Make) -> None:
    first = exchange([{"id": "a"}, {"id": "b"}, {"id": "a"}, {}, {"id": None}])
    again = exchange([{"id": "a"}])
    found = result(unique(), first, again)
    assert seen(found) == (4, ["/body/2/id"])
    assert found.findings[0].params == {"first": "/0"}
    assert found.findings[0].received == "a"
    assert seen(result(unique(), exchange([{"id": "a"}] * 2, negative=True))) == (0, [])
    assert seen(result(unique(), exchange([{"id": "a"}] * 2, status=400))) == (0, [])


def test_unique_by_what_lies_above(result: Judge, exchange: Make) -> None:
    def trip(operator: str) -> dict[str, Any]:
        return {"operator": operator, "parts": [{"id": "p"}]}

    check = unique(at="/*/parts/*", key=["2/operator", "/id"])
    assert seen(result(check, exchange([trip("a"), trip("b")]))) == (2, [])
    assert seen(result(check, exchange([trip("a"), trip("b"), trip("a")]))) == (
        3,
        ["/body/2/parts/0/id"],
    )


def test_a_value_found_by_two_patterns_is_no_duplicate(result: Judge, exchange: Make) -> None:
    found = result(unique(at=["/*", "/0"]), exchange([{"id": "a"}, {"id": "b"}]))
    assert found.findings == ()


def test_consistent(result: Judge, exchange: Make) -> None:
    check = {"kind": "consistent", "at": "/*", "key": ["/id"], "same": ["/lat"]}

    def one(**members: Any) -> Exchange:
        return exchange([{"id": "a", **members}])

    assert seen(result(check, one(lat=1), one(lat=1.0))) == (1, [])
    assert seen(result(check, one(lat=1), exchange([{"id": "b", "lat": 2}]))) == (0, [])
    first, second = one(lat=1), one(lat=2)
    found = result(check, first, second)
    assert seen(found) == (1, ["/body/0/lat"])
    assert found.findings[0].exchanges == (second.id, first.id)
    assert (found.findings[0].expected, found.findings[0].received) == (1, 2)
    assert seen(result(check, one(lat=1), one()))[1] == []


def test_constant(result: Judge, exchange: Make, things: Callable[..., Context]) -> None:
    check = {"kind": "constant", "at": "/*/operator"}

    def said(*values: Any) -> Exchange:
        return exchange([{"operator": value} for value in values])

    assert seen(result(check, said("a.org", "a.org"), said("a.org", 3))) == (3, [])
    assert seen(result(check, said("a.org", "b.org"))) == (2, [])
    assert seen(result(check, said("a.org", "A.org"))) == (2, ["/body/1/operator"])
    assert seen(result(check, said("a.org", "a.org."))) == (2, ["/body/1/operator"])
    domains = things({"checks": [check]}, operator_domains=("A.org",))
    assert seen(result(check, said("a.org", "b.org", "b.org"), context=domains)) == (
        3,
        ["/body/1/operator"],
    )


# Filters

NEAR = Check(
    "near", {"point": ["/lat", "/lng"], "centre": ["lat", "lng"], "radius": "radius", "unit": "km"}
)
WITHIN = Check("within", {"values": ["/at", "/until"], "centre": "when", "margin": "margin"})


@pytest.fixture
def context(things: Callable[..., Context]) -> Context:
    return things()


def matched(check: Check, item: Any, query: Mapping[str, str], context: Context) -> bool | None:
    return match(check, item, query, context)


@pytest.mark.parametrize(
    ("km", "answer"),
    # The radius is 10 km and the tolerance 1 %, that is 100 m.
    [(0, True), (9.89, True), (9.91, None), (10.0, None), (10.09, None), (10.11, False)],
)
def test_near_is_unsure_at_the_margin(context: Context, km: float, answer: bool | None) -> None:
    item = {"lat": 45 + km / 111.19493, "lng": 5.0}
    assert matched(NEAR, item, {"lat": "45", "lng": "5", "radius": "10"}, context) is answer


@pytest.mark.parametrize(
    "query",
    [
        {"lat": "45", "lng": "5"},
        {"lng": "5", "radius": "1"},
        {"lat": "x", "lng": "5", "radius": "1"},
        {"lat": "45", "lng": "5", "radius": "-1"},
        {"lat": "91", "lng": "5", "radius": "1"},
        {"lat": "45", "lng": "181", "radius": "1"},
        {"lat": "45", "lng": "5", "radius": "nan"},
        {"lat": "45", "lng": "5", "radius": "1e400"},
    ],
)
def test_near_says_nothing_of_a_senseless_query(context: Context, query: dict[str, str]) -> None:
    assert matched(NEAR, {"lat": 10.0, "lng": 10.0}, query, context) is None


@pytest.mark.parametrize(
    ("item", "answer"),
    [
        ({"lat": 45.0}, None),
        ({"lat": "45", "lng": 5.0}, None),
        ({"lat": -1.7e308, "lng": 5.0}, False),
        ({"lat": 45.0, "lng": 1e308}, False),
        ({"lat": 45, "lng": 5}, True),
    ],
)
def test_near_and_odd_items(context: Context, item: dict[str, Any], answer: bool | None) -> None:
    assert matched(NEAR, item, {"lat": "45", "lng": "5", "radius": "10"}, context) is answer


def test_near_across_the_date_line(context: Context) -> None:
    query = {"lat": "0", "lng": "179.99", "radius": "5"}
    assert matched(NEAR, {"lat": 0.0, "lng": -179.99}, query, context) is True


@pytest.mark.parametrize(
    ("item", "any_", "answer"),
    [
        ({"at": 1000}, False, True),
        ({"at": 1099}, False, True),
        ({"at": 1100}, False, None),
        ({"at": 900}, False, None),
        ({"at": 1101}, False, False),
        ({"at": 1000, "until": 1101}, False, False),
        ({"at": 1000, "until": 1101}, True, None),
        ({"at": 1101, "until": 1200}, True, False),
        ({"at": 1000, "until": 1050}, True, True),
        ({}, False, None),
        ({"at": "1000"}, False, None),
    ],
)
def test_within(context: Context, item: dict[str, Any], any_: bool, answer: bool | None) -> None:
    check = Check("within", {**WITHIN.params, "any": any_})
    assert matched(check, item, {"when": "1000", "margin": "100"}, context) is answer


def test_within_says_nothing_without_a_margin(context: Context) -> None:
    assert matched(WITHIN, {"at": 5}, {"when": "1000"}, context) is None
    assert matched(WITHIN, {"at": 5}, {"when": "1000", "margin": "-1"}, context) is None


def test_filters_name_what_they_read(context: Context) -> None:
    assert parameters(NEAR, context) == needs(NEAR, context) == ("lat", "lng", "radius")
    assert parameters(WITHIN, context) == ("when", "margin")


def test_an_item_outside_is_a_finding_with_its_distance(result: Judge, exchange: Make) -> None:
    sent = exchange(
        [{"id": "a", "lat": 45.0, "lng": 5.0}, {"id": "b", "lat": 46.0, "lng": 5.0}, {"id": "c"}],
        "lat=45&lng=5&radius=10",
    )
    found = result({"kind": "near", **NEAR.params}, sent)
    assert seen(found) == (2, ["/body/1/lat"])
    assert found.findings[0].expected == "<= 10 km"
    assert found.findings[0].received == "111.195 km"
    assert result({"kind": "near", **NEAR.params}, exchange([], negative=True)) == Result()


def test_an_item_at_another_time_is_a_finding(result: Judge, exchange: Make) -> None:
    sent = exchange([{"id": "a", "at": 2000}], "when=1000&margin=100")
    found = result({"kind": "within", **WITHIN.params}, sent)
    assert (found.findings[0].expected, found.findings[0].received) == ("1000 -/+ 100", 2000)


@pytest.mark.parametrize(
    ("count", "items", "expected"),
    [
        ("2", 2, (1, [])),
        ("2", 3, (1, ["/body"])),
        ("0", 0, (1, [])),
        ("0", 1, (1, ["/body"])),
        ("2", 0, (0, [])),
        ("-1", 3, (0, [])),
        ("1.5", 3, (0, [])),
        ("x", 3, (0, [])),
    ],
)
def test_at_most(result: Judge, exchange: Make, count: str, items: int, expected: Seen) -> None:
    sent = exchange([{"id": str(n)} for n in range(items)], f"count={count}")
    assert seen(result({"kind": "at-most", "parameter": "count"}, sent)) == expected


def test_reading_numbers() -> None:
    query = {"a": "1.5", "b": "x", "c": "nan", "d": "inf", "e": "1e301", "f": ""}
    assert [read(query, name) for name in "abcdefg"] == [1.5, *[None] * 6]
    assert limited(Check("at-most", {"parameter": "a"}), {"a": "3.0"}) == 3


def test_distances() -> None:
    paris, grenoble = (48.8566, 2.3522), (45.1885, 5.7245)
    assert distance(paris, grenoble) == pytest.approx(481.2, abs=0.5)
    assert distance(paris, paris) == 0
    assert distance(paris, (91, 0)) == distance((0, 181), paris) == float("inf")
