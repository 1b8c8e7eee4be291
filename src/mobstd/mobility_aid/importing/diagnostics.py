"""What an import or an export could not say, or had to leave as it found it: where, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mobstd.messages import render

__all__ = ["Diagnostic", "Imported"]

_LONGEST = 200
_NOTHING = re.compile(r"\s*:\s*\.$")
"""What is left of a reason that names nothing."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing about a record.

    Attributes:
        record: which record: its id, or its place in the file; of an export the aid.
        part: which column or member, in the words of its format; empty for the whole record.
        code: the class of the reason, such as ``unknown-name``; its words are the message
            ``aids.import.<code>`` of the catalogue.
        detail: what it is, in the words of the source, the first 200 characters.
        refused: whether the record gives no aid because of it.
        line: where the record begins, from 1; ``None`` where the format has no lines.
        words: the reason by language, where another standard has the words for it.
    """

    record: str
    part: str
    code: str
    detail: str = ""
    refused: bool = False
    line: int | None = None
    words: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "detail", self.detail[:_LONGEST])

    def reason(self, lang: str = "en") -> str:
        """Return why, in a language."""
        if self.words:
            return self.words[lang]
        said = render(f"aids.import.{self.code}", {"detail": self.detail}, lang).rstrip()
        return said if self.detail else _NOTHING.sub(".", said)


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a record.

    Attributes:
        aid: the aid, which its schema admits; ``None`` where there is none.
        diagnostics: what could not be said of it, and why.
    """

    aid: dict[str, Any] | None
    diagnostics: tuple[Diagnostic, ...] = field(default=())
