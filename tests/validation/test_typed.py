"""What is read straight into a record, every one of its schemas accepts."""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from mobstd.canon.files import load
from mobstd.canon.standard import find
from mobstd.canon.typed import Read, typed
from mobstd.judging.body import NotJson
from mobstd.validation.overlay import schemas_under, validator_under
from mobstd.validation.reading import parse

pytest.importorskip("msgspec")

VERSION = find("carpool-proof@3.4")
EXAMPLE = load(VERSION.folder / "journey.schema.json")["examples"][0]
BOTH = ("server", None)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 7.5, 20.0, 1e-7, -0.0, 90, 90.5, 180, 1_000_000, 1_000_001),
    *(1 << 53, 1 << 70, "", "a", "é", "a\n", "+33639980\n", "x" * 257, "0" * 14, "0" * 15, [], {}),
    *("C", "c", "2026-02-28T06:00:00Z", "2026-02-30T06:00:00Z", "2026-02-28 06:00:00Z"),
    *("2026-02-28T06:00:00+0100", "2026-02-28T06:00:00.5+01:00", "+336399801", "06 39 98 01"),
    *("+33639980101", "f" * 64, "F" * 64, "f" * 64 + "\n", [{}], [[]], {"name": "navigo"}),
)
LINES = (
    *(b"", b"{", b"null", b"[]", b"\xef\xbb\xbf{}", b"NaN", b"[" * 2000, b'"a"', b"1e999"),
    json.dumps(EXAMPLE).encode() + b" {}",
    json.dumps(EXAMPLE).replace("24500", "1e999").encode(),
    json.dumps(EXAMPLE).replace("24500", "024500").encode(),
    json.dumps(EXAMPLE).replace("24500", "9" * 400).encode(),
    json.dumps(EXAMPLE).replace("45.1915", "NaN").encode(),
    json.dumps(EXAMPLE).replace('"distance"', '"distance": -1, "distance"').encode(),
    json.dumps(EXAMPLE).replace('"distance": 24500', '"distance": 24500, "distance": -1').encode(),
    json.dumps(EXAMPLE).replace("user-17", "\\ud800").encode(),
)


@pytest.fixture(scope="module")
def read() -> Read:
    found = typed([schemas_under(VERSION, "journey", one) for one in BOTH], rare=("datetime",))
    assert found is not None
    assert found.left == {}
    return found.read


def edited(path: tuple[Any, ...], *value: Any) -> Any:
    """Return the example with another value at a place, or with none."""
    document = copy.deepcopy(EXAMPLE)
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    if value:
        inner[path[-1]] = value[0]
    else:
        del inner[path[-1]]
    return document


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in inner:
        yield (*path, key)
        if isinstance(one, (dict, list)):
            yield from paths(one, (*path, key))


def lines() -> Iterator[bytes]:
    more = [("passenger", "payments"), ("licence_plate",), ("operator_id",), ("shade",)]
    for path in [*paths(EXAMPLE), *more, ("driver", "identity", "email")]:
        if path not in more and path[-1] != "email":
            yield json.dumps(edited(path)).encode()
        for value in VALUES:
            yield json.dumps(edited(path, value)).encode()
            if isinstance(value, str) and not value.isascii():
                yield json.dumps(edited(path, value), ensure_ascii=False).encode()
    yield from LINES


def accepted(line: bytes) -> bool:
    try:
        document = parse(line)
    except NotJson:
        return False
    return all(validator_under(VERSION, "journey", one).is_valid(document) for one in BOTH)


def test_what_is_read_is_accepted(read: Read) -> None:
    assert read(json.dumps(EXAMPLE).encode()).passenger.identity.over_18 is True
    tried = [(line, read(line) is not None) for line in lines()]
    assert [line for line, was_read in tried if was_read and not accepted(line)] == []
    right = [was_read for line, was_read in tried if accepted(line)]
    assert sum(right) > len(right) / 3
    assert len(tried) > 1500


def test_the_same_text_is_judged_alike_when_it_comes_again(read: Read) -> None:
    for key, expected in (("e" * 64, True), ("E" * 64, False)):
        line = json.dumps(edited(("driver", "identity", "identity_key"), key)).encode()
        assert [read(line) is not None for _ in range(3)] == [expected] * 3


TIMES = ("/start/datetime", "/end/datetime")


def test_what_is_left_is_accepted_where_its_pattern_is_found(read: Read) -> None:
    found = typed([schemas_under(VERSION, "journey", one) for one in BOTH], left=TIMES)
    assert found is not None
    assert sorted(found.left) == sorted(TIMES)
    told = []
    for line in lines():
        record = found.read(line)
        times = record and (record.start.datetime, record.end.datetime)
        told.append(record is not None)
        right = times and all(map(_found, map(found.left.get, TIMES), times))
        assert bool(right) == (read(line) is not None), line
    assert sum(told) > sum(read(line) is not None for line in lines())


def _found(search: Any, text: str) -> bool:
    return search(text) is not None


def test_only_required_texts_can_be_left() -> None:
    listed = {"type": "array", "items": {"type": "object", "additionalProperties": False}}
    schema = {
        "type": "object",
        "additionalProperties": False,
        "required": ["a"],
        "properties": {
            "a": {"type": "string", "maxLength": 2},
            "b": {"type": "string", "pattern": "^b$"},
            "c": listed,
        },
    }
    found = typed([(schema, {})], left=("/a", "/b"))
    assert found is not None
    assert found.read(b'{"a": "xx"}').a == "xx"
    assert found.left["/a"]("anything")
    assert [found.read(line) for line in (b'{"a": "xxx"}', b'{"a": "x", "b": "b"}')] == [None] * 2


def test_other_members(read: Read) -> None:
    schemas = [schemas_under(VERSION, "journey", one) for one in BOTH]
    wider = typed(schemas, ("received", "my op"))
    assert wider is not None
    line = json.dumps(EXAMPLE | {"my op": [1]}).encode()
    assert read(line) is None
    assert wider.read(line).other1 == [1]
    assert typed(schemas, ("distance",)) is None


@pytest.mark.parametrize(
    "schema",
    [
        True,
        {"type": "object", "properties": {"a": {"type": "string"}}},
        {"type": ["object", "array"], "additionalProperties": False},
        {"type": "object", "additionalProperties": False, "required": ["a"]},
        {"type": "object", "additionalProperties": False, "if": {}, "then": {"required": ["a"]}},
        *(
            {
                "type": "object",
                "additionalProperties": False,
                "required": ["a"],
                "properties": {"a": inner},
            }
            for inner in (
                {},
                {"type": ["string", "integer"]},
                {"oneOf": [{"type": "string"}]},
                {"type": "string", "pattern": "^a$|^b"},
                {"type": "integer", "const": 1},
                {"type": "array"},
                {"$ref": "#/$defs/a"},
            )
        ),
    ],
)
def test_what_no_type_stands_for(schema: Any) -> None:
    found = typed([(schema, {})])
    if found is not None:
        assert [found.read(line) for line in (b'{"a": "a"}', b'{"b": 1}')] == [None, None]


def test_without_msgspec(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "msgspec", None)
    assert typed([schemas_under(VERSION, "journey", None)]) is None
