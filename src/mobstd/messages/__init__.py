"""One catalogue of every text that a person reads, in English and French.

Each room has its own file ``<room>.json``: ``{"code": {"en": "...", "fr": "..."}}``. A standard has
its own in a folder ``messages`` beside the module that its entry point names. A text is a
``str.format`` template over the parameters. A code that lacks a language fails the build.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

__all__ = ["GROUP", "LANGUAGES", "Words", "catalogue", "language", "render"]

LANGUAGES = ("en", "fr")
GROUP = "mobstd.standards"
"""The entry points that name standards."""


@dataclass(frozen=True)
class Words:
    """A text within a text, said in the language of what it stands in: a parameter of one."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def said(self, lang: str) -> str:
        """Return it in one language."""
        return render(self.code, dict(self.params), lang)

    def __str__(self) -> str:
        return self.said("en")


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Return every message by its code."""
    merged: dict[str, dict[str, str]] = {}
    for folder in (*_of_standards(), files(__package__)):
        for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if file.name.endswith(".json"):
                merged.update(json.loads(file.read_text("utf-8")))
    return merged


def _of_standards() -> Iterator[Path]:
    """Yield the folders of standards, none of which is imported for it."""
    from importlib.metadata import entry_points

    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            spec = find_spec(point.module)
        except (ImportError, ValueError):
            continue
        for place in (spec and spec.submodule_search_locations) or ():
            if (folder := Path(place, "messages")).is_dir():
                yield folder


def render(code: str, params: dict[str, Any], lang: str = "en", default: str | None = None) -> str:
    """Return the text of ``code`` with ``params`` filled in.

    A parameter that is ``Words`` is said in the same language. An unknown code gives ``default``,
    or else the code and its parameters, so that nothing that was to be said is lost.
    """
    texts = catalogue().get(code)
    if texts is None:
        return f"{code} {params}" if default is None else default
    said = {
        name: value.said(lang) if isinstance(value, Words) else value
        for name, value in params.items()
    }
    try:
        return texts[lang if lang in texts else "en"].format(**said)
    except (KeyError, IndexError):
        return f"{code} {params}"


def language(wanted: str | None = None) -> str:
    """Return the language to speak: ``wanted``, else the environment's, else English."""
    for value in (wanted, *(os.environ.get(name) for name in ("MOBSTD_LANG", "LC_ALL", "LANG"))):
        if value and value[:2].lower() in LANGUAGES:
            return value[:2].lower()
    return "en"
