"""Errors that a standard names by codes, as classes of exceptions."""

from __future__ import annotations

from dataclasses import dataclass

from mobstd.canon.openapi import operations
from mobstd.canon.standard import Version
from mobstd.codegen.names import class_name

__all__ = ["Refusal", "refusals"]

_BASES = {
    "400": "BadRequest",
    "401": "Unauthorized",
    "403": "Forbidden",
    "404": "NotFound",
    "409": "Conflict",
    "429": "RateLimited",
}


@dataclass(frozen=True)
class Refusal:
    """An error that a body names by a code, and the class that it is raised as."""

    code: str
    name: str
    base: str


def refusals(version: Version) -> tuple[Refusal, ...]:
    """Return every error that a body names by a code, in the order of the documents."""
    found: dict[str, Refusal] = {}
    for role in version.roles:
        for operation in operations(version, role).values():
            for status, answer in operation.answers.items():
                for code in answer.codes:
                    base = _BASES.get(status, "ApiError")
                    name = class_name(code)
                    found.setdefault(code, Refusal(code, name, base))
    return tuple(found.values())
