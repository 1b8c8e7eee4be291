"""Expressions of Publicodes as trees: numbers with units, texts, names, arithmetic, comparisons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

__all__ = ["COMPARISONS", "Name", "Node", "Number", "Operation", "Text", "Unreadable", "parse"]

COMPARISONS = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "=": "eq", "!=": "ne"}
"""Operators of comparison, with ours."""

_STRENGTH = {**dict.fromkeys(COMPARISONS, 1), "+": 2, "-": 2, "*": 3, "/": 3}
_DEEPEST = 64
_WORD = r"[^\W_][\w'’°%-]*"
_TOKEN = re.compile(
    rf"""\s*(?:
      (?P<text>'.*'|"[^"]*")
    | (?P<number>[0-9]+(?:\.[0-9]+)?)(?:\s?(?P<unit>%|€(?:/[^\W\d_]+(?:\.[^\W\d_]+)*)?|[^\W\d_]+))?
    | (?P<name>[^\W\d_][\w'’°%-]*(?:\ (?:\.\ )?{_WORD})*)
    | (?P<operator><=|>=|!=|[-<>=+*/()])
    )""",
    re.VERBOSE,
)


class Unreadable(ValueError):
    """An expression that is none of the language, or that this reader does not know.

    Attributes:
        column: where it stops being read, from 1.
    """

    def __init__(self, text: str, column: int) -> None:
        super().__init__(text, column)
        self.column = column

    def __str__(self) -> str:
        return f"{self.args[0]!r}, column {self.column}"


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written, with its unit; ``""`` where it has none."""

    value: Decimal
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A text between quotes."""

    value: str


@dataclass(frozen=True, slots=True)
class Name:
    """A rule by its name, as far as it is written out."""

    value: str


@dataclass(frozen=True, slots=True)
class Operation:
    """Two trees joined by ``+ - * /`` or a comparison."""

    operator: str
    left: Node
    right: Node


Node = Number | Text | Name | Operation


@lru_cache(maxsize=8192)
def parse(text: str) -> Node:
    """Read an expression.

    Raises:
        Unreadable: where it is none.
    """
    tokens = list(_tokens(text))
    node, at = _joined(text, tokens, 0, 0, 0)
    if at != len(tokens):
        raise Unreadable(text, tokens[at][1])
    return node


def _tokens(text: str) -> Iterator[tuple[Node | str, int]]:
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise Unreadable(text, at + 1)
        start, at = match.start(match.lastgroup or 0), match.end()
        if match["text"] is not None:
            yield Text(match["text"][1:-1]), start + 1
        elif match["number"] is not None:
            yield Number(Decimal(match["number"]), match["unit"] or ""), match.start("number") + 1
        elif match["name"] is not None:
            yield Name(match["name"]), start + 1
        else:
            yield match["operator"], start + 1


def _joined(
    text: str, tokens: list[tuple[Node | str, int]], at: int, least: int, depth: int
) -> tuple[Node, int]:
    """Read operands joined by operators that bind at least so strongly."""
    left, at = _operand(text, tokens, at, depth)
    while at < len(tokens):
        operator = tokens[at][0]
        strength = _STRENGTH.get(operator, 0) if isinstance(operator, str) else 0
        if not strength or strength < least or not isinstance(operator, str):
            break
        right, at = _joined(text, tokens, at + 1, strength + 1, depth)
        left = Operation(operator, left, right)
    return left, at


def _operand(
    text: str, tokens: list[tuple[Node | str, int]], at: int, depth: int
) -> tuple[Node, int]:
    if at >= len(tokens) or depth > _DEEPEST:
        raise Unreadable(text, len(text) + 1)
    token, column = tokens[at]
    if not isinstance(token, str):
        return token, at + 1
    if token == "(":
        node, at = _joined(text, tokens, at + 1, 0, depth + 1)
        if at < len(tokens) and tokens[at][0] == ")":
            return node, at + 1
    elif token == "-":
        node, at = _operand(text, tokens, at + 1, depth + 1)
        return Operation("-", Number(Decimal(0)), node), at
    raise Unreadable(text, column)
