"""The group ``mobstd schemas``: each verb with its help, in both languages, and examples."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from typing import Any

import pytest

from mobstd.cli import dispatch
from mobstd.cli.schemas import verbs
from mobstd.messages import LANGUAGES

Run = Callable[..., Any]


def test_help_lists_every_verb(mobstd: Run) -> None:
    ran = mobstd("schemas", "--help")
    assert ran.code == 0
    assert all(f"\n    {verb} " in ran.out for verb in verbs())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_a_verb_it_says_what_is_missing(mobstd: Run, lang: str) -> None:
    ran = mobstd("schemas", "--lang", lang)
    assert (ran.code, ran.out) == (2, "")
    assert {"en": "VERB", "fr": "VERBE"}[lang] in ran.err
    assert "mobstd schemas --help" in ran.err


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("verb", verbs())
def test_texts_are_there_and_examples_parse(mobstd: Run, verb: str, lang: str) -> None:
    ran = mobstd("schemas", verb, "--help", "--lang", lang)
    assert ran.code == 0, ran.err
    assert not re.search(r"\b[a-z]+(\.[a-z-]+)+ \{", ran.out), "a code without a text"
    assert "None" not in ran.out
    for example in re.findall(r"^ +mobstd (.+)$", ran.out.replace("\\\n", " "), re.MULTILINE):
        words = shlex.split(example.partition(" | ")[0].partition(" > ")[0])
        rest, _ = dispatch._everywhere(words)
        parser, subparsers = dispatch._parser(rest[0])
        dispatch._register(rest[0], subparsers)
        _, unknown = parser.parse_known_args(rest)
        assert unknown == [], example
