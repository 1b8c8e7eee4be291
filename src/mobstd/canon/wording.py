"""Why a schema refuses a value, in words of the catalogue of messages rather than a validator's."""

from __future__ import annotations

import json
from typing import Any

from mobstd.canon.validator import Problem
from mobstd.messages import Words, catalogue

__all__ = ["worded"]


def worded(problem: Problem) -> Words:
    """Return what is wrong; in the validator's own words where the catalogue has none."""
    code = f"validation.{problem.keyword}"
    if problem.keyword == "type" and not problem.path and isinstance(problem.value, list):
        code = "validation.list"
    if code not in catalogue():
        code = "validation.otherwise"
    own = problem.message.partition("\n")[0]
    return Words(
        code,
        {
            "received": _short(problem.value),
            "expected": _expected(problem.expected),
            "member": (problem.member or "")[:200],
            "words": worded(problem.name) if problem.name else own[:200],
        },
    )


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return "{...}" if value else "{}"
    if isinstance(value, list):
        return "[...]" if value else "[]"
    text = value[:60] if isinstance(value, str) else value
    written = json.dumps(text, ensure_ascii=False)[:62]
    return written if text == value else f'{written[:-1]}..."'


def _expected(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)[:200]
    return str(value)[:200]
