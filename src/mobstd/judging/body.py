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
        super().__init__(f"not JSON: {reason}" + ("" if where is None else f" at {where}"))
        self.reason = reason
        self.where = where


def parse_json(raw: bytes | str) -> Any:
    """Return the JSON value in ``raw``.

    Numbers beyond a double are clamped to the largest one, so that they stay comparable.

    Raises:
        NotJson: for invalid UTF-8, broken syntax, NaN and Infinity, or nesting over ``MAX_DEPTH``.
    """
    if isinstance(raw, bytes):
        try:
            raw = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise NotJson("encoding", error.start) from None
    if not raw.strip():
        raise NotJson("empty")
    _refuse_depth(raw)
    try:
        return json.loads(raw, parse_float=_float, parse_int=_int, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise NotJson("syntax", error.pos) from None
    except RecursionError:
        raise NotJson("depth") from None


def _refuse_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth, in_string, escaped = 0, False, False
    for position, char in enumerate(text):
        if in_string:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                in_string = False
        elif char == '"':
            in_string = True
        elif char in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise NotJson("depth", position)
        elif char in "]}":
            depth -= 1


def _float(literal: str) -> float:
    value = float(literal)
    return max(-sys.float_info.max, min(sys.float_info.max, value))


def _int(literal: str) -> int | float:
    return int(literal) if len(literal) < 300 else _float(literal)


def _refuse_constant(_: str) -> NoReturn:
    raise NotJson("constant")
