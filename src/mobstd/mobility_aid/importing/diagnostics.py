"""What became of a record, and what an import could not say of it: where, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Diagnostic", "Imported"]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing about a record.

    Attributes:
        record: which record: its id, or its place in the file.
        part: which part of it, in the words of its format.
        code: the class of the reason, such as ``unknown-name``.
        detail: what it is, in the words of the source.
        refused: whether the record gives no aid because of it.
    """

    record: str
    part: str
    code: str
    detail: str = ""
    refused: bool = False


@dataclass(frozen=True)
class Imported:
    """What became of a record.

    Attributes:
        aid: the aid; ``None`` where there is none.
        diagnostics: what could not be said of it, and why.
    """

    aid: dict[str, Any] | None
    diagnostics: tuple[Diagnostic, ...] = ()
