"""What is held against a document, and the words for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mobstd.canon.validator import Problem
from mobstd.judging.body import NotJson
from mobstd.judging.pointer import join
from mobstd.messages import catalogue, render

__all__ = ["Remark", "broken", "of_problem"]


@dataclass(frozen=True)
class Remark:
    """One thing that is wrong with one document.

    Attributes:
        keyword: the schema keyword that refuses, the id of the row that its rule belongs to, or
            ``json`` where the document cannot be read.
        code: of the message; ``text`` in its place where the row has its own words.
        severity: ``error`` or ``warning``; a warning refuses nothing.
        path: keys and indexes from the root of the document.
        line: where it stands in the file.
    """

    keyword: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    severity: str = "error"
    path: tuple[str | int, ...] = ()
    line: int = 0
    text: Mapping[str, str] | None = None

    @property
    def pointer(self) -> str:
        """The JSON Pointer of the value."""
        return join(self.path)

    def message(self, lang: str) -> str:
        """Return what is wrong, in words."""
        if self.text:
            return self.text.get(lang) or self.text["en"]
        return render(self.code, dict(self.params), lang)


def broken(error: NotJson, line: int = 0) -> Remark:
    """Return the remark on a document that is not JSON."""
    return Remark("json", f"validation.json.{error.reason}", line=line)


def of_problem(problem: Problem) -> Remark:
    """Return the remark for what a schema refuses."""
    code = f"validation.{problem.keyword}"
    params = {
        "received": _short(problem.value),
        "expected": _expected(problem.expected),
        "member": problem.member or "",
        "words": problem.message.partition("\n")[0][:200],
    }
    if problem.keyword == "type" and not problem.path and isinstance(problem.value, list):
        code = "validation.list"
    if code not in catalogue():
        code = "validation.otherwise"
    return Remark(problem.keyword, code, params, path=problem.path)


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
