"""What an export cannot say of an aid, gathered while it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mobstd.judging.pointer import MISSING, get
from mobstd.mobility_aid.importing.diagnostics import Diagnostic

__all__ = ["Losses"]


class Losses:
    """The losses of one aid, in the order in which they were told.

    Attributes:
        found: the diagnostics so far.
    """

    def __init__(self, aid: Mapping[str, Any]) -> None:
        self._aid = aid
        self.found: list[Diagnostic] = []

    def __call__(self, part: str, code: str, detail: str = "", *, refused: bool = False) -> None:
        """Tell one: a part of the aid, without its first slash, and why."""
        self.found.append(Diagnostic(self._aid["id"], part, code, detail, refused))

    def where_there(self, parts: Iterable[str], code: str) -> None:
        """Tell every part that the aid has."""
        for part in parts:
            if get(self._aid, f"/{part}") not in (MISSING, [], {}):
                self(part, code)

    def amounts(self, code: str) -> None:
        """Tell that amounts which are data become words."""
        for n, benefit in enumerate(self._aid["benefits"]):
            if benefit["amount"]["type"] != "text":
                self(f"benefits/{n}/amount", code)
