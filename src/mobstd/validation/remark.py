"""What is held against a document, and the words for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mobstd.canon.validator import Problem
from mobstd.canon.wording import worded
from mobstd.judging.body import NotJson
from mobstd.judging.pointer import join
from mobstd.messages import render

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
    words = worded(problem)
    return Remark(problem.keyword, words.code, words.params, path=problem.path)
