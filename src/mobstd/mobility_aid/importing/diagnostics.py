"""What an import could not say, or had to leave as it found it: where, and why."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Diagnostic"]


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
