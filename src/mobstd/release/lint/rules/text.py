"""Both languages: whole, with the same placeholders, and French as it is printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mobstd.release.lint.place import step
from mobstd.release.lint.rule import Found, Hit, Rule
from mobstd.release.lint.subject import Subject

__all__ = ["RULES"]

UNSPACED = re.compile(r"[a-zà-ÿ0-9)][;!?](\s|$)")
TOLD = ("source", "suite", "requirement", "ambiguity", "messages", "overlay")
"""The contracts with texts for people; those of vectors, faults and twins hold data as well."""

PLACEHOLDER = re.compile(r"{(\w+)}")


def _texts(node: Any, pointer: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every text in two languages, with its pointer."""
    if isinstance(node, Mapping):
        if node.keys() & {"en", "fr"} and all(isinstance(one, str) for one in node.values()):
            yield pointer, node
            return
        for name, value in node.items():
            yield from _texts(value, pointer + step(name))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _texts(value, f"{pointer}/{number}")


def _ours(subject: Subject) -> Iterator[tuple[Any, str, Mapping[str, Any]]]:
    for document in subject.documents:
        if document.contract in TOLD:
            yield from ((document, pointer, text) for pointer, text in _texts(document.content))


def _missing(subject: Subject) -> Found:
    for document, pointer, text in _ours(subject):
        for lang in ("en", "fr"):
            if not str(text.get(lang, "")).strip():
                yield Hit(document, pointer, {"language": lang})


def _placeholders(subject: Subject) -> Found:
    for document, pointer, text in _ours(subject):
        named = [set(PLACEHOLDER.findall(str(text.get(lang, "")))) for lang in ("en", "fr")]
        if {"en", "fr"} <= text.keys() and named[0] != named[1]:
            yield Hit(document, pointer, {"names": ", ".join(sorted(named[0] ^ named[1]))})


def _spaces(subject: Subject) -> Found:
    for document, pointer, text in _ours(subject):
        match = UNSPACED.search(str(text.get("fr", "")))
        if match:
            yield Hit(document, pointer, {"sign": match[0].strip()[-1]})


RULES = (
    Rule("LINT-LANG-01", "error", _missing, house=True),
    Rule("LINT-LANG-02", "error", _placeholders, house=True),
    Rule("LINT-LANG-03", "warning", _spaces, house=True),
)
