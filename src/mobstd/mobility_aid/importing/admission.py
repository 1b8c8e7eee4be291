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
from mobstd.messages import Words
from mobstd.mobility_aid.importing.diagnostics import Diagnostic, Imported
from mobstd.mobility_aid.registry import VERSION

__all__ = ["admitted", "no_object", "other_format", "other_shape", "parsed"]

_KINDS = {type(None): "null", bool: "boolean", str: "string", list: "array"}

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
    raw = stream.read()
    try:
        return parse_json(raw)
    except NotJson as error:
        raise other_format(format, _why(error, raw)) from None


def _why(error: NotJson, raw: bytes) -> Words:
    """Return what is wrong with JSON, and in which line and column where that is known."""
    wrong = Words(f"validation.json.{error.reason}")
    if error.where is None:
        return wrong
    text = raw.decode("utf-8-sig", "replace")
    before = raw[: error.where].decode("utf-8", "replace") if error.reason == "encoding" else text
    lines = before[: error.where].split("\n")
    place = {"line": len(lines), "column": len(lines[-1]) + 1}
    return Words("aids.format.at", {"wrong": wrong, **place})


def other_format(format: str, why: Words) -> ConfigError:
    """Return the error for a file that is not in the format that it should be in."""
    return ConfigError("aids.other-format", format=format, why=why)


def other_shape(format: str, part: str) -> ConfigError:
    """Return the error for a file whose JSON has not the part where its records are."""
    return other_format(format, Words("aids.format.shape", {"part": part}))


def no_object(record: str, value: Any) -> Imported:
    """Return what becomes of a record that is no object, and so gives no aid."""
    kind = _KINDS.get(type(value), "number")
    return Imported(None, (Diagnostic(record, "", "not-an-object", kind, True),))


@cache
def _judge() -> Validator:
    return validator_of(find(VERSION), "aid")
