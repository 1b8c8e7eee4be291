"""Faults of what writes: bodies of requests, conditions on bodies, and what is sent by itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mobstd.judging.answer_edit import edit_response
from mobstd.judging.call_edit import Outgoing
from mobstd.judging.fault import Fault, fault_of
from mobstd.judging.query_edit import edit_body, edit_request

TEXT = {"en": "x", "fr": "x"}
POST, NEWS = "postThings", "postNews"


def fault(**members: Any) -> Fault:
    row = {"id": "TOY-LIST-01/x", "requirement": "TOY-LIST-01", "title": TEXT, **members}
    return fault_of(row)


def body(document: Any, *edits: dict[str, Any], nth: int = 1, **when: Any) -> Any:
    one = fault(request=list(edits), when=when) if when else fault(request=list(edits))
    return json.loads(edit_body(one, POST, (), json.dumps(document).encode(), nth))


@pytest.mark.parametrize(
    ("document", "edit", "expected"),
    [
        ({}, {"op": "default", "at": "/a", "value": 1}, {"a": 1}),
        ({"a": 2}, {"op": "default", "at": "/a", "value": 1}, {"a": 2}),
        ({"b": {}}, {"op": "default", "at": "/b/c", "value": 1}, {"b": {"c": 1}}),
        ({}, {"op": "default", "at": "/b/c", "value": 1}, {}),
        ({"a": "é" * 9}, {"op": "truncate", "at": "/a", "count": 3}, {"a": "ééé"}),
        ({"a": "b c"}, {"op": "replace", "at": "/a", "pattern": "\\s", "text": "\\1"},
         {"a": "b\\1c"}),
        ({"a": 45.1915}, {"op": "single", "at": "/a"}, {"a": 45.19150161743164}),
        ({"a": 3, "b": "x"}, {"op": "single", "at": "/*"}, {"a": 3, "b": "x"}),
        ({"a": None, "b": None}, {"op": "remove", "at": "/a", "where": {"/a": {"equals": None}}},
         {"b": None}),
    ],
)  # fmt: skip
def test_edits_of_a_body(document: Any, edit: dict[str, Any], expected: Any) -> None:
    assert body(document, edit) == expected


def test_a_uuid_made_of_a_value() -> None:
    edit = {"op": "uuid", "at": "/id"}
    first, again, other = (body({"id": v}, edit)["id"] for v in ("a", "a", "b"))
    assert first == again != other
    assert len(first) == 36
    each = {**edit, "each": True}
    assert body({"id": "a"}, each, nth=1) != body({"id": "a"}, each, nth=2)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ({"op": "truncate", "parameter": "a", "count": 2}, "éé"),
        ({"op": "upper", "parameter": "a"}, " ÉÉÉ"),
        ({"op": "lower", "parameter": "a"}, " ééé"),
        ({"op": "trim", "parameter": "a"}, "ééé"),
    ],
)
def test_words_of_a_query(edit: dict[str, Any], expected: str) -> None:
    text = "ééé" if edit["op"] == "truncate" else " ééé"
    assert edit_request(fault(request=[edit]), POST, (("a", text),)) == (("a", expected),)


def test_query_and_body_are_edited_apart() -> None:
    one = fault(
        request=[
            {"op": "set", "parameter": "a", "value": "1"},
            {"op": "set", "at": "/b", "value": 2},
        ]
    )
    assert edit_request(one, POST, (), body=b"{}") == (("a", "1"),)
    assert edit_body(one, POST, (), b"{}") == b'{"b":2}'


@pytest.mark.parametrize("raw", [b"", b"no json", b"\xff"])
def test_what_is_no_json_stays_as_it_is(raw: bytes) -> None:
    one = fault(request=[{"op": "set", "at": "", "value": 1}])
    assert edit_body(one, POST, (), raw) == raw


@pytest.mark.parametrize(
    ("condition", "value", "met"),
    [
        ("absent", ..., True),
        ("present", None, True),
        ({"weighs": {"in": "bytes", "above": 4}}, "ééé", True),
        ({"weighs": {"in": "bytes", "above": 6}}, "ééé", False),
        ({"weighs": {"in": "utf-16", "above": 3}}, "😀😀", True),
        ({"weighs": {"in": "utf-16", "above": 3}}, "aéb", False),
        ({"weighs": {"in": "bytes", "above": 1}}, 300, False),
        ({"matches": "[a-z]+"}, "ab1", False),
    ],
)
def test_conditions_on_a_body(condition: Any, value: Any, met: bool) -> None:
    document = {} if value is ... else {"a": value}
    got = body(document, {"op": "set", "at": "/hit", "value": 1}, body={"/a": condition})
    assert ("hit" in got) is met


def test_nothing_stands_in_a_body_that_is_no_json() -> None:
    when = {"body": {"/a": "absent"}}
    one = fault(when=when, request=[{"op": "set", "parameter": "q", "value": "1"}])
    assert edit_request(one, POST, (), body=b"") == (("q", "1"),)


def test_conditions_on_the_answer_and_on_what_was_sent() -> None:
    one = fault(
        when={"status": [409], "answer": {"/error": {"equals": "same"}}, "body": {"/a": "present"}},
        response=[{"op": "status", "value": 200}],
    )

    def status(code: int, answer: bytes, sent: bytes) -> int:
        return edit_response(one, POST, (), code, (), answer, 1, sent)[0]

    assert status(409, b'{"error":"same"}', b'{"a":1}') == 200
    assert status(409, b'{"error":"other"}', b'{"a":1}') == 409
    assert status(409, b"", b'{"a":1}') == 409
    assert status(409, b'{"error":"same"}', b"{}") == 409
    assert status(400, b'{"error":"same"}', b'{"a":1}') == 400


def sent(edits: list[dict[str, Any]], *documents: Any, when: Any = None) -> list[Any]:
    extra = {"when": when} if when else {}
    out = Outgoing([fault(operations=[NEWS], call=edits, **extra)])
    return [said for document in documents for said in out(NEWS, document)]


def test_what_is_sent_is_edited_left_out_and_repeated() -> None:
    assert sent([{"op": "remove", "at": "/b"}], {"a": 1, "b": 2}) == [{"a": 1}]
    assert sent([{"op": "omit"}], {"a": 1}) == []
    assert sent([{"op": "repeat"}], {"a": 1}) == [{"a": 1}, {"a": 1}]
    twice = sent([{"op": "repeat", "fresh": "/id"}], {"id": "x"}, {"id": "x"})
    assert len({one["id"] for one in twice}) == 3


def test_what_is_held_back_comes_after_the_next() -> None:
    first = {"body": {"/n": {"equals": 1}}}
    assert sent([{"op": "hold"}], {"n": 1}, {"n": 2}, {"n": 3}, when=first) == [
        {"n": 2},
        {"n": 1},
        {"n": 3},
    ]


def test_other_operations_are_sent_as_they_are() -> None:
    out = Outgoing([fault(operations=[NEWS], call=[{"op": "omit"}])])
    assert out("postElse", {"a": 1}) == [{"a": 1}]
    assert out.touched == 0
    assert out(NEWS, {"a": 1}) == []
    assert out.touched == 1
