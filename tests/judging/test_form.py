"""Forms with brackets: what is written is read again, what is none is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobstd.judging.form import parse_form, to_form

NAMES = st.text("abcä _-.0", min_size=1, max_size=6)
DOCUMENTS = st.recursive(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: st.dictionaries(NAMES, inner, min_size=1, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, DOCUMENTS, max_size=3))
def test_reads_what_it_writes(document: dict[str, Any]) -> None:
    assert parse_form(to_form(document)) == document


def test_numbers_are_text_and_nothing_is_left_out() -> None:
    written = to_form({"a": {"b": 1, "c": None, "d": True}})
    assert written == b"a%5Bb%5D=1&a%5Bd%5D=1"
    assert parse_form(written) == {"a": {"b": "1", "d": "1"}}


def test_brackets_need_not_be_encoded() -> None:
    assert parse_form(b"driver[uuid]=7&details=a+b") == {"driver": {"uuid": "7"}, "details": "a b"}


@pytest.mark.parametrize(
    "body",
    [
        b"=1", b"a[=1", b"a]=1", b"[a]=1", b"a[]=1", b"a[b]c=1", b"a", b"a=1&a=2", b"a=1&a[b]=2",
        b"a[b]=1&a=2", b"\xff=1", b"a=%ff", "é=1".encode(), b"a" + b"[b]" * 8 + b"=1",
        b"&".join(b"a%d=1" % n for n in range(201)),
    ],
)  # fmt: skip
def test_what_is_no_form(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_form(body)
