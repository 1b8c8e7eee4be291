"""Texts of standards are in English and French, both whole."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.documents import texts

from mobstd.canon.files import load
from mobstd.canon.root import packaged

FOLDER = packaged().conformance
FILES = sorted(
    path
    for name in ("requirements", "ambiguities", "suite", "messages", "rules/*")
    for path in FOLDER.glob(f"*/{name}.yaml")
)


def wrong(document: Any) -> list[Any]:
    """Return the texts that are not as they should be."""
    return [text for text in texts(document) if not _right(text)]


def _right(text: dict[str, str]) -> bool:
    if set(text) != {"en", "fr"}:
        return False
    english, french = text["en"], text["fr"]
    named = [sorted(set(re.findall(r"{(\w+)}", one))) for one in (english, french)]
    unspaced = re.search(r"[a-zé0-9)][;!?](\s|$)", french)
    return bool(english.strip()) == bool(french.strip()) and named[0] == named[1] and not unspaced


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_texts_are_in_both_languages(path: Path) -> None:
    assert wrong(load(path)) == []


def test_every_standard_has_texts() -> None:
    named = {path.relative_to(FOLDER).parts[0] for path in FILES}
    assert named == {path.parent.name for path in FOLDER.glob("*/requirements.yaml")}
    assert all(any(texts(load(path))) for path in FILES if path.stem == "requirements")


@pytest.mark.parametrize(
    "text",
    [
        {"en": "One"},
        {"fr": "Un"},
        {"en": "One", "fr": "Un", "de": "Eins"},
        {"en": "One", "fr": " "},
        {"en": "{count} of them", "fr": "{number} d'entre eux"},
        {"en": "Why?", "fr": "Pourquoi?"},
    ],
)
def test_a_wrong_text_is_found(text: dict[str, str]) -> None:
    assert wrong({"a": [{"b": text}]}) == [text]
