"""The error for a document of ours that must not leave."""

from __future__ import annotations

from mobstd.canon.validator import Problem
from mobstd.errors import RefusedDocument

__all__ = ["refused"]


def refused(operation: str, where: str, problems: tuple[Problem, ...]) -> RefusedDocument:
    """Return the error for a document that must not leave; it repeats no value."""
    quiet = tuple(
        Problem(p.path, p.keyword, p.member, None, p.expected, p.keyword) for p in problems
    )
    return RefusedDocument(
        "client.request-refused",
        quiet,
        operation=operation,
        where=where or "/",
        keyword=quiet[0].keyword,
    )
