"""What an id of the release tools means, for ``mobstd explain``."""

from __future__ import annotations

from collections.abc import Mapping

from mobstd.canon.plug import resolve
from mobstd.conformance.book import Explanation

__all__ = ["explain"]

BOOKS: Mapping[str, str] = {"LINT": "mobstd.release.lint.explanation:explain"}
"""By the first part of its ids, the function that explains what a tool says."""


def explain(wanted: str, lang: str = "en") -> list[Explanation]:
    """Return what an id of one of the tools means; nothing where it is none of theirs.

    Raises:
        UnknownName: for an id of a tool that is not there, with the closest.
    """
    family = wanted.upper().partition("-")[0]
    return list(resolve(BOOKS[family])(wanted, lang)) if family in BOOKS else []
