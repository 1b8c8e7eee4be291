"""JSON as it comes from strangers: parsed strictly, in bounded depth, never with a crash."""

from __future__ import annotations

import json
import sys
from typing import Any, NoReturn

__all__ = ["MAX_DEPTH", "NotJson", "parse_json"]

MAX_DEPTH = 200
"""Levels of nesting that are read; no document of a standard needs more than a dozen."""


class NotJson(ValueError):
    """The bytes are not JSON that can be judged.

    Attributes:
        reason: ``encoding``, ``syntax``, ``constant`` (NaN, Infinity), ``depth`` or ``empty``.
        where: the byte or character offset, where known.
    """

    def __init__(self, reason: str, where: int | None = None) -> None:
        super().__init__(reason, where)
        self.reason = reason
        self.where = where

    def __str__(self) -> str:
        return f"not JSON: {self.reason}" + ("" if self.where is None else f" at {self.where}")


def parse_json(raw: bytes | str) -> Any:
    """Return the JSON value in ``raw``.

    Numbers beyond a double are clamped to the largest one, so that they stay comparable. Half a
    surrogate pair, which no UTF-8 can carry, becomes U+FFFD.

    Raises:
        NotJson: for invalid UTF-8, broken syntax, NaN and Infinity, or nesting over ``MAX_DEPTH``.
    """
    halves = isinstance(raw, str) and not _encodable(raw)
    if isinstance(raw, str):
        text, raw = raw, raw.encode("utf-8", "surrogatepass")
    else:
        text = _decoded(raw)
    if not text.strip():
        raise NotJson("empty")
    try:
        value = (_DECODER if _has_plain_numbers(raw) else _CLAMPING).decode(text)
    except json.JSONDecodeError as error:
        raise NotJson("syntax", error.pos) from None
    except RecursionError:
        raise NotJson("depth") from None
    if len(raw) > 2 * MAX_DEPTH and _too_deep([value]):
        raise NotJson("depth")
    halves = halves or b"\\ud" in raw or b"\\uD" in raw
    return _mended(value) if halves else value


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotJson("encoding", error.start) from None


def _has_plain_numbers(raw: bytes) -> bool:
    """Say whether no number can be beyond a double: no long exponent, no 290 digits."""
    digits = raw.translate(_DIGITS, b"+")
    return b"0e00" not in digits and _MANY not in digits


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _mended(value: Any) -> Any:
    """Replace what is left of surrogate pairs."""
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case dict():
            return {_mended(key): _mended(item) for key, item in value.items()}
        case list():
            return [_mended(item) for item in value]
        case _:
            return value


def _too_deep(value: Any) -> bool:
    level: list[Any] = [value]
    depth = 0
    while level:
        depth += 1
        if depth > MAX_DEPTH + 1:
            return True
        level = [
            child
            for parent in level
            for child in (parent.values() if parent.__class__ is dict else parent)
            if child.__class__ is dict or child.__class__ is list
        ]
    return False


def _float(literal: str) -> float:
    value = float(literal)
    return max(-sys.float_info.max, min(sys.float_info.max, value))


def _int(literal: str) -> int | float:
    return int(literal) if len(literal) < 300 else _float(literal)


def _refuse_constant(_: str) -> NoReturn:
    raise NotJson("constant")


_DIGITS = bytes.maketrans(b"123456789E", b"000000000e")
_MANY = b"0" * 290
_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
_CLAMPING = json.JSONDecoder(parse_float=_float, parse_int=_int, parse_constant=_refuse_constant)
