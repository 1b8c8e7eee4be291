"""The rules: each has a mirror or a reason, words in both languages, and a place that yields it."""

from __future__ import annotations

import re
from pathlib import Path

import mobstd.release.diff
from mobstd.messages import catalogue
from mobstd.release.diff.rules import MIRRORS, OWN_MIRROR, RULES

FOLDER = Path(mobstd.release.diff.__file__).parent


def test_every_rule_has_a_mirror_or_a_reason() -> None:
    assert not set(MIRRORS) & set(OWN_MIRROR)
    for rule, mirrors in MIRRORS.items():
        assert mirrors
        assert all(rule in MIRRORS[mirror] for mirror in mirrors)
    assert all(reason.strip() for reason in OWN_MIRROR.values())


def test_every_rule_is_explained() -> None:
    for rule in RULES:
        assert {"en", "fr"} <= set(catalogue()[rule])
        assert {"en", "fr"} <= set(catalogue()[f"{rule}.next"])


def test_every_rule_that_is_named_is_known_and_every_known_one_is_named() -> None:
    text = "".join(p.read_text("utf-8") for p in FOLDER.glob("*.py") if p.name != "rules.py")
    named = set(re.findall(r"DIFF-[A-Z]+-[0-9]{2}", text))
    for topic in re.findall(r'_counts\("\w+", "\w+", "([A-Z]+)"\)', text):
        named |= {f"DIFF-{topic}-0{n}" for n in (1, 2, 3, 4)}
    for topic in re.findall(r'"(DIFF-(?:PATTERN|FORMAT))"', text):
        named |= {f"{topic}-0{n}" for n in (1, 2, 3)}
    assert named == set(RULES)
