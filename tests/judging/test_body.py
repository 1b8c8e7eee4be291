"""JSON from strangers: equal to ``json.loads`` where it is JSON, a reason where not."""

from __future__ import annotations

import json
import math
import sys
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mobstd.judging.body import MAX_DEPTH, NotJson, parse_json

TEXT = st.text(st.characters(codec="utf-8"))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda children: st.lists(children) | st.dictionaries(TEXT, children),
    max_leaves=30,
)


@given(VALUES, st.booleans())
@example({"\\ud83d": "\U0001f600\\"}, True)
@example([1e308, -1e308, 5e-324, 10**200], False)
def test_what_is_json_is_read_as_the_library_reads_it(value: Any, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    for raw in (text, text.encode(), b"\xef\xbb\xbf" + text.encode(), f" \n{text}\t"):
        read = parse_json(raw)
        assert read == json.loads(text)
        assert json.dumps(read) == json.dumps(json.loads(text))


@given(st.text(st.characters(codec=None), max_size=20))
def test_any_text_can_be_written_as_utf_8_again(text: str) -> None:
    read = parse_json(json.dumps({text: [text]}))
    json.dumps(read, ensure_ascii=False).encode()
    assert read == {key: [key] for key in read}


@given(st.binary(max_size=40))
def test_any_bytes_give_a_value_or_a_reason(raw: bytes) -> None:
    reason = None
    try:
        parse_json(raw)
    except NotJson as error:
        reason = error.reason
    assert reason in (None, "encoding", "syntax", "constant", "depth", "empty")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"\xff[]", "encoding"),
        (b'"\xc3\x28"', "encoding"),
        ("[]".encode("utf-16"), "encoding"),
        (b"[1,]", "syntax"),
        (b"[] []", "syntax"),
        (b"<html>", "syntax"),
        (b"[01]", "syntax"),
        (b'{"a": NaN}', "constant"),
        (b"[Infinity]", "constant"),
        (b"-Infinity", "constant"),
        (b"[" * 100_000 + b"]" * 100_000, "depth"),
        (b'{"a":' * 100_000 + b"0" + b"}" * 100_000, "depth"),
    ],
)
def test_what_is_not_json_has_a_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(NotJson) as caught:
        parse_json(raw)
    assert caught.value.reason == reason


def test_the_place_of_an_error_is_known() -> None:
    with pytest.raises(NotJson) as caught:
        parse_json(b'["\xff"]')
    assert caught.value.where == 2
    assert "encoding at 2" in str(caught.value)


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_nesting_is_read_to_the_limit_and_no_further(opening: str) -> None:
    closing = {"[": "]"}.get(opening, "}")

    def nested(levels: int) -> str:
        return opening * levels + "1" + closing * levels

    parse_json(nested(MAX_DEPTH))
    with pytest.raises(NotJson, match="depth"):
        parse_json(nested(MAX_DEPTH + 1))


def test_brackets_in_strings_are_no_levels() -> None:
    assert parse_json(json.dumps("[" * 10_000)) == "[" * 10_000


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("1e400", sys.float_info.max),
        ("-1e400", -sys.float_info.max),
        ("1E+999999999", sys.float_info.max),
        ("1e-999999999", 0.0),
        ("9" * 5000, sys.float_info.max),
        ("-" + "9" * 5000, -sys.float_info.max),
        ("9" * 5000 + ".5", sys.float_info.max),
        ("1" + "0" * 298, 10**298),
        ("0.0000", 0.0),
    ],
)
def test_numbers_stay_finite_and_comparable(literal: str, value: float) -> None:
    [read] = parse_json(f"[{literal}]")
    assert read == value
    assert math.isfinite(read)


def test_half_a_pair_of_surrogates_becomes_the_replacement_character() -> None:
    assert parse_json(b'["\\ud83d", "\\ud83d\\ude00", "\\ude00x"]') == ["�", "😀", "�x"]
    assert parse_json(b'{"\\uD83d": "\\\\ud83d"}') == {"�": "\\ud83d"}
    assert parse_json('"\ud83d"') == "�"
