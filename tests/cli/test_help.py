"""The help of every verb: in both languages, with examples that parse."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from typing import Any

import pytest

from mobstd.cli import VERBS, dispatch
from mobstd.messages import LANGUAGES

Run = Callable[..., Any]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("verb", VERBS)
def test_every_text_is_there(mobstd: Run, verb: str, lang: str) -> None:
    ran = mobstd(verb, "--help", "--lang", lang)
    assert ran.code == 0, ran.err
    assert not re.search(r"\b[a-z]+(\.[a-z-]+)+ \{", ran.out), "a code without a text"
    assert "None" not in ran.out
    if lang == "fr":
        assert "show this help" not in ran.out


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("verb", ["", *VERBS])
def test_its_examples_parse(mobstd: Run, verb: str, lang: str) -> None:
    text = mobstd(*filter(None, [verb]), "--help", "--lang", lang).out.replace("\\\n", " ")
    for example in re.findall(r"^ +mobstd (.+)$", text, re.MULTILINE):
        words = shlex.split(example.partition(" | ")[0].partition(" > ")[0])
        rest, _ = dispatch._everywhere(words)
        parser, subparsers = dispatch._parser(rest[0])
        dispatch._register(rest[0], subparsers)
        _, unknown = parser.parse_known_args(rest)
        assert unknown == [], example
