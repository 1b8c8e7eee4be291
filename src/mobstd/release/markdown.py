"""Texts of others in Markdown, as what they are: no markup or HTML, nobody called, no link."""

from __future__ import annotations

import json
import re
from typing import Any

__all__ = ["cell", "code", "plain", "value"]

SIGNS = re.compile(r"[\\`*_{}\[\]()<>|~^$&]")
CALLS = re.compile(
    r"(?<=[@#!$~%&^])(?=\w)|(?<=\bGH-)(?=[0-9])|(?<=:)(?=//)|(?<=\bwww\.)", re.IGNORECASE
)
HASH = re.compile(r"\b[0-9a-f]{7,}\b")
START = re.compile(r"^([-+/=#]|[0-9]+(?=[.)]))")
BREAK = "\u200b"
"""Of no width. What calls a person, an issue or a commit is looked for in the page as it is shown,
where an escaped sign is that sign again; it has to be parted."""


def plain(text: str) -> str:
    """Return one line that shows a text: no mention, no reference to an issue, no quick action."""
    parted = CALLS.sub(BREAK, " ".join(text.split()))
    parted = HASH.sub(lambda match: BREAK.join(re.findall(".{1,6}", match[0])), parted)
    shown = SIGNS.sub(lambda match: f"&#{ord(match[0])};", parted)
    return START.sub(lambda match: f"&#{ord(match[0][0])};{match[0][1:]}", shown)


def code(text: str, most: int = 200) -> str:
    """Return a text as code on one line, cut where it is longer than ``most``."""
    flat = " ".join(text.split()) or " "
    flat = flat if len(flat) <= most else f"{flat[: most - 1]}…"
    longest = max((len(run) for run in re.findall(r"`+", flat)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{pad}{flat}{pad}{fence}"


def value(of: Any, most: int = 200) -> str:
    """Return a JSON value as code; a dash where there is none."""
    return "–" if of is None else code(json.dumps(of, ensure_ascii=False), most)


def cell(shown: str) -> str:
    """Return what is Markdown already as a cell of a table."""
    return shown.replace("|", "\\|").replace("\n", " ")
