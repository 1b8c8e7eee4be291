"""One catalogue of every text that a person reads, in English and French.

Each room has its own file ``<room>.json``: ``{"code": {"en": "...", "fr": "..."}}``. A text is a
``str.format`` template over the parameters. A code that lacks a language fails the build.
"""

from __future__ import annotations

import json
import os
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["LANGUAGES", "catalogue", "language", "render"]

LANGUAGES = ("en", "fr")


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Return every message by its code."""
    merged: dict[str, dict[str, str]] = {}
    for file in sorted(files(__package__).iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".json"):
            merged.update(json.loads(file.read_text("utf-8")))
    return merged


def render(code: str, params: dict[str, Any], lang: str = "en", default: str | None = None) -> str:
    """Return the text of ``code`` with ``params`` filled in.

    An unknown code gives ``default``, or else the code and its parameters, so that nothing that
    was to be said is lost.
    """
    texts = catalogue().get(code)
    if texts is None:
        return f"{code} {params}" if default is None else default
    try:
        return texts[lang if lang in texts else "en"].format(**params)
    except (KeyError, IndexError):
        return f"{code} {params}"


def language(wanted: str | None = None) -> str:
    """Return the language to speak: ``wanted``, else the environment's, else English."""
    for value in (wanted, *(os.environ.get(name) for name in ("MOBSTD_LANG", "LC_ALL", "LANG"))):
        if value and value[:2].lower() in LANGUAGES:
            return value[:2].lower()
    return "en"
