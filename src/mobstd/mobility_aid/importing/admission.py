"""Whether a record gives an aid: what can't be read, or what is no aid by its schema, is told."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import IO, Any

from mobstd.canon.schemas import validator_of
from mobstd.canon.standard import find
from mobstd.canon.validator import Validator
from mobstd.errors import ConfigError
from mobstd.judging.body import NotJson, parse_json
from mobstd.judging.pointer import join
from mobstd.mobility_aid.importing.diagnostics import Diagnostic, Imported
from mobstd.mobility_aid.registry import VERSION

__all__ = ["admitted", "other_format", "parsed"]

_MISSHAPEN = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What reading meets where a value is of another kind than the format has there."""


def admitted(record: str, read: Callable[[], Imported], line: int | None = None) -> Imported:
    """Return what becomes of a record, so that the next one follows whatever this one is.

    Args:
        record: which it is.
        read: reads it.
        line: where it begins, from 1.
    """
    try:
        found = read()
    except _MISSHAPEN as error:
        told = Diagnostic(record, "", "unreadable", type(error).__name__, True, line)
        return Imported(None, (told,))
    problem = None if found.aid is None else next(_judge().problems(found.aid), None)
    if problem is None:
        return found
    where = f"{join(problem.path) or '/'} ({problem.keyword})"
    told = Diagnostic(record, "", "not-admitted", where, True, line)
    return Imported(None, (*found.diagnostics, told))


def parsed(stream: IO[bytes], format: str) -> Any:
    """Return the JSON document of a file.

    Raises:
        ConfigError: where it is none, or nested too deep.
    """
    try:
        return parse_json(stream.read())
    except NotJson:
        raise other_format(format) from None


def other_format(format: str) -> ConfigError:
    """Return the error for a file that is not in the format that it should be in."""
    return ConfigError("aids.unknown-format", known=format)


@cache
def _judge() -> Validator:
    return validator_of(find(VERSION), "aid")
