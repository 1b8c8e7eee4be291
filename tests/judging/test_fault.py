"""Edits of queries and answers: each one, and that nothing else changes."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobstd.canon.files import load
from mobstd.canon.root import packaged
from mobstd.judging.answer_edit import edit_response
from mobstd.judging.fault import Fault, Twin, fault_of, twin_of
from mobstd.judging.query_edit import edit_headers, edit_request

OPERATION = "getThings"
HEADERS = (("content-type", "application/json"), ("content-length", "0"))
TEXT = {"en": "x", "fr": "x"}


def fault(**members: Any) -> Fault:
    row = {"id": "TOY-LIST-01/x", "requirement": "TOY-LIST-01", "title": TEXT, **members}
    return fault_of(row)


def asked(query: str) -> tuple[tuple[str, str], ...]:
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    return tuple((name, value) for name, _, value in pairs)


def request(query: str, edit: dict[str, Any]) -> str:
    pairs_ = edit_request(fault(request=[edit]), OPERATION, asked(query))
    return "&".join(f"{name}={value}" for name, value in pairs_)


def response(body: Any, *edits: dict[str, Any], nth: int = 0) -> tuple[int, dict[str, str], bytes]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    got = edit_response(fault(response=list(edits)), OPERATION, (), 200, HEADERS, raw, nth)
    return got[0], dict(got[1]), got[2]


def after(body: Any, *edits: dict[str, Any], nth: int = 0) -> Any:
    return json.loads(response(body, *edits, nth=nth)[2])


@pytest.mark.parametrize(
    ("query", "edit", "expected"),
    [
        ("a=1", {"op": "set", "parameter": "a", "value": "2"}, "a=2"),
        ("b=1", {"op": "set", "parameter": "a", "value": "2"}, "b=1&a=2"),
        ("a=1", {"op": "default", "parameter": "a", "value": "2"}, "a=1"),
        ("b=1", {"op": "default", "parameter": "a", "value": "2"}, "b=1&a=2"),
        ("a=1&b=2&a=3", {"op": "remove", "parameter": "a"}, "b=2"),
        ("a=1.5", {"op": "scale", "parameter": "a", "factor": 2}, "a=3.0"),
        ("a=900", {"op": "scale", "parameter": "a", "factor": 2}, "a=1800"),
        ("a=900", {"op": "scale", "parameter": "a", "factor": 0.001}, "a=0.9"),
        ("a=x", {"op": "scale", "parameter": "a", "factor": 2}, "a=x"),
        ("a=1", {"op": "add", "parameter": "a", "value": 1}, "a=2"),
        ("a=1&b=2", {"op": "swap", "parameter": "a", "with": "b"}, "b=1&a=2"),
        ("a=12", {"op": "clamp", "parameter": "a", "max": 5}, "a=5"),
        ("a=1", {"op": "clamp", "parameter": "a", "min": 5, "max": 9}, "a=5"),
        ("a=7", {"op": "clamp", "parameter": "a", "min": 5, "max": 9}, "a=7"),
        ("a=abc", {"op": "repair", "parameter": "a", "pattern": "[0-9]+", "value": "1"}, "a=1"),
        ("a=12", {"op": "repair", "parameter": "a", "pattern": "[0-9]+", "value": "1"}, "a=12"),
        ("a=MON,TUE", {"op": "token", "parameter": "a", "keep": "first"}, "a=MON"),
        ("a=MON,TUE", {"op": "token", "parameter": "a", "keep": "last"}, "a=TUE"),
    ],
)
def test_request_edits(query: str, edit: dict[str, Any], expected: str) -> None:
    assert request(query, edit) == expected


ITEMS = [{"id": "a", "n": 1, "p": {"t": "PAYING"}}, {"id": "b", "n": 2, "p": {"t": "FREE"}}]


@pytest.mark.parametrize(
    ("body", "edit", "expected"),
    [
        ({"n": 1}, {"op": "set", "at": "/n", "value": None}, {"n": None}),
        ({}, {"op": "set", "at": "/n", "value": 1}, {"n": 1}),
        ({}, {"op": "set", "at": "/n/m", "value": 1}, {}),
        ([{}, {"a": {}}], {"op": "set", "at": "/*/a/b", "value": 1}, [{}, {"a": {"b": 1}}]),
        ([1], {"op": "set", "at": "", "value": {}}, {}),
        ({"n": 1, "m": 2}, {"op": "remove", "at": "/n"}, {"m": 2}),
        ([1, 2, 3], {"op": "remove", "at": "/*", "pick": "odd"}, [1, 3]),
        ({"n": 3}, {"op": "scale", "at": "/n", "factor": 1000}, {"n": 3000}),
        ({"n": 3}, {"op": "scale", "at": "/n", "factor": 0.5}, {"n": 1.5}),
        ({"n": "3"}, {"op": "scale", "at": "/n", "factor": 0.5}, {"n": "3"}),
        ({"n": True}, {"op": "add", "at": "/n", "value": 1}, {"n": True}),
        ({"n": 3}, {"op": "add", "at": "/n", "value": -4}, {"n": -1}),
        (
            {"n": 3, "m": {"x": 1}},
            {"op": "copy", "at": "/n", "from": "/m/x"},
            {"n": 1, "m": {"x": 1}},
        ),
        ({"n": 3}, {"op": "copy", "at": "/n", "from": "/m"}, {"n": 3}),
        ({"a": 1, "b": 2}, {"op": "swap", "at": "/a", "with": "/b"}, {"a": 2, "b": 1}),
        ({"a": 1}, {"op": "swap", "at": "/a", "with": "/b"}, {"a": 1}),
        ({"a": 1, "b": True}, {"op": "stringify", "at": "/*"}, {"a": "1", "b": "true"}),
        ([{"a": 1}, {"a": 1}], {"op": "enumerate", "at": "/*/a"}, [{"a": "0"}, {"a": "1"}]),
        ({"a": 1}, {"op": "enumerate", "at": "/a"}, {"a": 1}),
        (
            {"a": "x", "b": 1},
            {"op": "template", "at": "/*", "text": "<{}>"},
            {"a": "<x>", "b": "<1>"},
        ),
        ({"a": "x"}, {"op": "upper", "at": "/a"}, {"a": "X"}),
        ({"a": "X"}, {"op": "lower", "at": "/a"}, {"a": "x"}),
        ({"a": 2.37}, {"op": "round", "at": "/a", "digits": 1}, {"a": 2.4}),
        ({"a": 1, "b": 2}, {"op": "rename", "at": "/a", "to": "A"}, {"A": 1, "b": 2}),
        ({"a": {}}, {"op": "merge", "at": "/a", "value": {"x": 1}}, {"a": {"x": 1}}),
        ([1], {"op": "append", "at": "", "value": 2}, [1, 2]),
        ([1], {"op": "wrap", "at": "", "in": "items"}, {"items": [1]}),
        ({"a": 1}, {"op": "wrap", "at": "/a"}, {"a": [1]}),
        ([1, 2], {"op": "duplicate", "at": "/*", "pick": "first"}, [1, 2, 1]),
        ([1, 2, 3, 4], {"op": "drop", "at": "/*", "pick": "odd"}, [1, 3]),
        ([1, 2], {"op": "reverse", "at": ""}, [2, 1]),
        ([1, 2, 3], {"op": "truncate", "at": "", "count": 1}, [1]),
        ({"a": "xyz"}, {"op": "truncate", "at": "/a", "count": 2}, {"a": "xy"}),
        (
            ITEMS,
            {"op": "remove", "at": "/*/n", "where": {"/p/t": {"equals": "PAYING"}}},
            [{"id": "a", "p": {"t": "PAYING"}}, ITEMS[1]],
        ),
        (ITEMS, {"op": "drop", "at": "/*", "where": {"/p/t": {"not": "FREE"}}}, [ITEMS[1]]),
        (
            {"a": {"a": 1}},
            {"op": "merge", "at": "/**", "value": {"x": 0}},
            {"a": {"a": 1, "x": 0}, "x": 0},
        ),
        ({"a": {"a": 1}}, {"op": "remove", "at": "/**/b"}, {"a": {"a": 1}}),
    ],
)
def test_body_edits(body: Any, edit: dict[str, Any], expected: Any) -> None:
    assert after(body, edit) == expected


def test_spellings_of_numbers() -> None:
    body = {"whole": 3600, "deep": [0, -12], "real": 45.1915, "text": "1", "flag": True}
    text = response(body, {"op": "float", "at": "/**"})[2].decode()
    assert text == '{"whole":3600.0,"deep":[0.0,-12.0],"real":45.1915,"text":"1","flag":true}'
    text = response(body, {"op": "exponent", "at": "/**"})[2].decode()
    assert '"whole":3.600e+3' in text
    assert json.loads(text) == body


def test_a_number_made_of_a_value() -> None:
    first, second, third = after(["a", "a", "b"], {"op": "hash", "at": "/*"})
    assert first == second != third


def test_what_no_parser_reads_back() -> None:
    body = response([{"a": 1}], {"op": "spell", "at": "/*/a", "text": "NaN"})[2]
    assert body == b'[{"a":NaN}]'


def test_order_of_members() -> None:
    assert response({"a": 1, "b": 2}, {"op": "reverse", "at": ""})[2] == b'{"b":2,"a":1}'


def test_shuffle_is_another_order_each_time() -> None:
    body = list(range(20))
    orders = {str(after(body, {"op": "shuffle", "at": ""}, nth=nth)) for nth in range(5)}
    assert len(orders) == 5


def test_one_in_n_hits_the_same_items_in_every_answer() -> None:
    items = [{"id": f"j-{number}", "walk": 0} for number in range(200)]
    edit = {"op": "set", "at": "/*/bad", "value": True, "pick": "one-in-10", "by": "/id"}
    first = {item["id"] for item in after(items, edit) if "bad" in item}
    moved = [{**item, "walk": 9} for item in reversed(items[50:150])]
    second = {item["id"] for item in after(moved, edit) if "bad" in item}
    assert 5 <= len(first) <= 40
    assert second == {item["id"] for item in moved} & first
    inside = after({"things": items, "count": 200}, {**edit, "at": "/things/*/bad"})
    assert {item["id"] for item in inside["things"] if "bad" in item} == first


@pytest.mark.parametrize(("items", "hit"), [(0, False), (1, True), (2, True), (3, False)])
def test_items_are_counted_inside_an_object_too(items: int, hit: bool) -> None:
    edit = {"op": "status", "value": 206}
    counted = fault(response=[edit], when={"min_items": 1, "max_items": 2})
    for body in ([0] * items, {"name": "x", "things": [0] * items}):
        raw = json.dumps(body).encode()
        assert (edit_response(counted, OPERATION, (), 200, HEADERS, raw)[0] == 206) == hit


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ({"op": "raw", "text": "<html>"}, b"<html>"),
        ({"op": "raw", "text": "/**/{body}"}, b'/**/{"a": "\\u00e9/"}'),
        ({"op": "empty-body"}, b""),
        ({"op": "cut"}, b'{"a": "\\'),
        ({"op": "escape"}, b'{"a":"\\u00e9\\/"}'),
        ({"op": "pretty"}, '{\n  "a": "é/"\n}'.encode()),
    ],
)
def test_envelope_edits(edit: dict[str, Any], expected: bytes) -> None:
    status, headers, body = response({"a": "é/"}, edit)
    assert (status, body) == (200, expected)
    assert headers["content-length"] == str(len(expected))


def test_status_and_headers() -> None:
    status, headers, body = response(
        {"a": 1},
        {"op": "status", "value": 404},
        {"op": "header", "name": "X-Extra", "value": "1"},
        {"op": "header", "name": "Content-Type", "value": None},
    )
    assert (status, body) == (404, b'{"a": 1}')
    assert headers == {"content-length": "0", "x-extra": "1"}


def test_a_header_twice() -> None:
    variant = fault(response=[{"op": "header", "name": "A", "value": "2", "append": True}])
    _, headers, _ = edit_response(variant, OPERATION, (), 200, (("a", "1"),), b"")
    assert headers == (("a", "1"), ("a", "2"))


def test_encodings() -> None:
    raw = '{"a":"é"}'.encode()
    assert response(raw, {"op": "encode", "charset": "latin-1"})[2] == b'{"a":"\xe9"}'
    _, headers, body = response(raw, {"op": "gzip"})
    assert (headers["content-encoding"], gzip.decompress(body)) == ("gzip", raw)


def test_edits_follow_each_other() -> None:
    body = response(
        [{"a": 1}, {"a": 2}],
        {"op": "truncate", "at": "", "count": 1},
        {"op": "raw", "text": "{body}\n"},
        {"op": "add", "at": "/0/a", "value": 1},
    )[2]
    assert body == b'[{"a":2}]'


SEEN = {"op": "status", "value": 299}


@pytest.mark.parametrize(
    ("when", "hit"),
    [
        ({"status": [200, 400]}, True),
        ({"status": [400]}, False),
        ({"query": {"a": "present"}}, True),
        ({"query": {"a": "absent"}}, False),
        ({"query": {"z": "absent"}}, True),
        ({"query": {"z": "present"}}, False),
        ({"query": {"a": {"equals": "12"}}}, True),
        ({"query": {"a": {"equals": 12}}}, True),
        ({"query": {"a": {"equals": "13"}}}, False),
        ({"query": {"a": {"not": "13"}}}, True),
        ({"query": {"z": {"not": "13"}}}, False),
        ({"query": {"a": {"in": ["11", "12"]}}}, True),
        ({"query": {"a": {"above": 11, "below": 13}}}, True),
        ({"query": {"a": {"above": 12}}}, False),
        ({"query": {"b": {"above": 12}}}, False),
        ({"query": {"b": {"matches": "MON,.*"}}}, True),
        ({"query": {"b": {"matches": "MON"}}}, False),
        ({"min_items": 2}, True),
        ({"min_items": 3}, False),
        ({"max_items": 2}, True),
        ({"max_items": 1}, False),
        ({"every": 3}, True),
        ({"every": 4}, False),
    ],
)
def test_conditions(when: dict[str, Any], hit: bool) -> None:
    variant = fault(response=[SEEN], when=when)
    query = asked("a=12&b=MON,TUE")
    status, _, _ = edit_response(variant, OPERATION, query, 200, HEADERS, b"[1, 2]", 3)
    assert (status == 299) is hit


def test_other_operations_are_left_alone() -> None:
    variant = fault(
        operations=["getOthers"],
        response=[SEEN],
        request=[{"op": "set", "parameter": "a", "value": "1"}],
    )
    for operation in (OPERATION, None):
        assert edit_response(variant, operation, (), 200, HEADERS, b"[]") == (200, HEADERS, b"[]")
        assert edit_request(variant, operation, ()) == ()
    assert edit_response(variant, "getOthers", (), 200, HEADERS, b"[]")[0] == 299


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
bodies = json_values.map(lambda value: json.dumps(value, indent=1).encode()) | st.binary()
pairs = st.lists(st.tuples(st.sampled_from("abc"), st.text(max_size=4))).map(tuple)
every_edit = load(packaged().conformance / "examples/fault/valid/every-edit.json")[0]
misses = st.sampled_from(
    [{"status": [418]}, {"query": {"zz": "present"}}, {"every": 2}, {"min_items": 99}]
)


@given(bodies, pairs, misses, st.sampled_from(every_edit["response"]))
def test_where_the_conditions_do_not_hold_nothing_changes(
    body: bytes, query: Any, when: Any, edit: Any
) -> None:
    variant = fault(response=[edit], when=when)
    got = edit_response(variant, OPERATION, query, 200, HEADERS, body, 1)
    assert got == (200, HEADERS, body)


@given(pairs, st.sampled_from(every_edit["request"]), misses)
def test_where_the_conditions_do_not_hold_no_query_changes(
    query: Any, edit: Any, when: Any
) -> None:
    if "query" in when or "every" in when:
        assert edit_request(fault(request=[edit], when=when), OPERATION, query, 1) == query


@given(bodies, st.sampled_from([e for e in every_edit["response"] if "at" in e]))
def test_an_edit_that_finds_nothing_leaves_the_bytes_alone(body: bytes, edit: Any) -> None:
    variant = fault(response=[{**edit, "at": "/no/such/place/at/all"}])
    assert edit_response(variant, OPERATION, (), 200, HEADERS, body) == (200, HEADERS, body)


@given(bodies, pairs, st.sampled_from(every_edit["response"]), st.integers(0, 9))
def test_edits_are_pure_and_never_crash(body: bytes, query: Any, edit: Any, nth: int) -> None:
    variant = fault(response=[{**edit, "at": "/**"} if "at" in edit else edit])
    first = edit_response(variant, OPERATION, query, 200, HEADERS, body, nth)
    assert first == edit_response(variant, OPERATION, query, 200, HEADERS, body, nth)


@given(json_values, st.sampled_from(["float", "exponent", "reverse"]))
def test_spelling_keeps_the_value(value: Any, op: str) -> None:
    at = "/*" if op == "reverse" else "/**"
    got = after({"a": value}, {"op": op, "at": at})
    assert got == (
        {"a": value[::-1]} if op == "reverse" and isinstance(value, list) else {"a": value}
    )


def test_rows_become_faults_and_twins() -> None:
    row = {**every_edit, "seen": "here", "setting": {"key": True, "blocks": ["deep-link"]}}
    got = fault_of(row)
    assert (got.requirement, got.seen, got.setting.key) == ("TOY-LIST-01", "here", True)
    twin = twin_of({"id": "TWIN/x", "title": TEXT, "because": TEXT, "behaviour": "short"})
    assert isinstance(twin, Twin)
    assert (twin.behaviour, twin.because) == ("short", TEXT)


def test_a_header_takes_the_place_of_another() -> None:
    edit = {"op": "rename", "header": "Authorization", "to": "X-API-Key"}
    variant = fault(request=[edit])
    sent = (("Authorization", "own"), ("x-api-key", "ignored"), ("Accept", "*/*"))
    assert edit_headers(variant, sent) == (("x-api-key", "own"), ("Accept", "*/*"))
    assert edit_headers(variant, (("X-API-Key", "own"),)) == ()
    assert edit_request(variant, OPERATION, (("a", "1"),)) == (("a", "1"),)
