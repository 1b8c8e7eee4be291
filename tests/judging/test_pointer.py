"""Pointers and patterns: finding, getting, matching and climbing agree with each other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobstd.judging.pointer import MISSING, find, get, join, matches, seen_from, star, steps

KEYS = st.sampled_from(["a", "b", "", "/", "~", "~1", "0", "01", "²", "*x", "é"])
DOCUMENTS = st.recursive(
    st.none() | st.integers(0, 3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)
STEPS = st.lists(st.sampled_from(["*", "**", "a", "b", "0", "~0", "~1", ""]), max_size=4)
PATTERNS = STEPS.map(lambda parts: "".join(f"/{part}" for part in parts))


@given(DOCUMENTS, PATTERNS)
def test_what_is_found_can_be_got_and_matches(document: Any, pattern: str) -> None:
    for pointer, value in find(document, pattern):
        assert get(document, pointer) is value
        assert matches(pattern, pointer)


@given(DOCUMENTS, PATTERNS)
def test_what_matches_is_found(document: Any, pattern: str) -> None:
    everything = [pointer for pointer, _ in find(document, "/**")]
    found = {pointer for pointer, _ in find(document, pattern)}
    assert found == {pointer for pointer in everything if matches(pattern, pointer)}


@given(DOCUMENTS)
def test_everything_is_found_once_and_the_root_first(document: Any) -> None:
    pointers = [pointer for pointer, _ in find(document, "/**")]
    assert pointers[0] == ""
    assert len(pointers) == len(set(pointers))


@given(st.lists(KEYS | st.integers(0, 12), max_size=5))
def test_joining_and_splitting_are_inverse(path: list[str | int]) -> None:
    assert steps(join(path)) == tuple(map(str, path))


@given(DOCUMENTS)
def test_climbing_down_again_leads_back(document: Any) -> None:
    for pointer, value in find(document, "/**"):
        assert seen_from(document, pointer, "") is value
        parent, slash, last = pointer.rpartition("/")
        if slash:
            assert seen_from(document, pointer, f"1/{last}") is value
            assert seen_from(document, parent, f"/{last}") is value
            assert seen_from(document, pointer, "1") is get(document, parent)


def test_the_published_examples_of_rfc_6901() -> None:
    document = {"foo": ["bar", "baz"], "": 0, "a/b": 1, "m~n": 8, " ": 7, 'k"l': 6}
    values = {"": document, "/foo/0": "bar", "/": 0, "/a~1b": 1, "/m~0n": 8, "/ ": 7, '/k"l': 6}
    for pointer, value in values.items():
        assert get(document, pointer) == value


@pytest.mark.parametrize("pointer", ["/2", "/-1", "/01", "/²", "/x", "/1e0", "/" + "9" * 5000])
def test_what_is_no_index_finds_nothing(pointer: str) -> None:
    assert get(["a", "b"], pointer) is MISSING


def test_null_is_not_missing() -> None:
    assert get({"a": None}, "/a") is None
    assert get({"a": None}, "/b") is MISSING
    assert get(None, "/a") is MISSING
    assert not MISSING
    assert repr(MISSING) == "MISSING"


def test_what_lies_above() -> None:
    document = [{"operator": "o", "schedules": [{"journeys": [{"id": "j"}]}]}]
    at = "/0/schedules/0/journeys/0"
    assert seen_from(document, at, "4/operator") == "o"
    assert seen_from(document, at, "/id") == "j"
    assert seen_from(document, at, "0/id") == "j"
    assert seen_from(document, at, "9/operator") is MISSING
    assert seen_from(document, at, "x/operator") is MISSING


def test_indexes_become_stars() -> None:
    assert star("/response/body/3/a/12/b") == "/response/body/*/a/*/b"
    assert star("") == ""
