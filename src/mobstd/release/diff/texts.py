"""Texts that have a pattern, a format or a length."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from mobstd.canon import formats

__all__ = ["formatted", "lengthened", "matching"]

_REPEATS = (0, 1, 2, 5, 10, 20, 60)
_LONGEST = 300
_CHOICES = 6


@lru_cache(512)
def matching(pattern: str) -> tuple[str, ...]:
    """Return some texts that a pattern finds something in, short ones first; maybe none."""
    parser: Any = vars(re)["_parser"]
    try:
        tree = parser.parse(pattern)
        compiled = re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return ()
    found: dict[str, None] = {}
    for more in _REPEATS:
        for choice in range(_CHOICES):
            text = "".join(islice(_written(tree, more, choice), _LONGEST))
            if len(text) <= _LONGEST and compiled.search(text):
                found[text] = None
    return tuple(sorted(found, key=len))


def _written(tree: Any, more: int, choice: int) -> Iterator[str]:
    """Yield characters that the tree of a pattern matches."""
    for operator, value in tree:
        name = str(operator)
        if name == "LITERAL":
            yield chr(value)
        elif name == "NOT_LITERAL":
            yield "a" if value != ord("a") else "b"
        elif name == "ANY":
            yield "a"
        elif name == "IN":
            yield _one_of(value, choice)
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            least, most, below = value
            for _ in range(min(int(most), int(least) + more)):
                yield from _written(below, more, choice)
        elif name == "SUBPATTERN":
            yield from _written(value[3], more, choice)
        elif name == "ATOMIC_GROUP":
            yield from _written(value, more, choice)
        elif name == "BRANCH":
            yield from _written(value[1][choice % len(value[1])], more, choice)


_CATEGORIES = {
    "CATEGORY_DIGIT": "0",
    "CATEGORY_NOT_DIGIT": "a",
    "CATEGORY_SPACE": " ",
    "CATEGORY_NOT_SPACE": "a",
    "CATEGORY_WORD": "a",
    "CATEGORY_NOT_WORD": "-",
}


def _one_of(members: Sequence[tuple[Any, Any]], choice: int) -> str:
    names = [str(operator) for operator, _ in members]
    if names and names[0] == "NEGATE":
        refused = [_one_of([member], 0) for member in members[1:]]
        pool = (c for c in "a0-_ ZÀ!" if c not in refused)
        return next((c for c in pool if not _within(members[1:], c)), "~")
    operator, value = members[choice % len(members)]
    if str(operator) == "RANGE":
        return chr(value[0])
    if str(operator) == "CATEGORY":
        return _CATEGORIES.get(str(value), "a")
    return chr(value)


def _within(members: Sequence[tuple[Any, Any]], character: str) -> bool:
    return any(
        str(operator) == "RANGE" and value[0] <= ord(character) <= value[1]
        for operator, value in members
    )


def formatted(name: str) -> tuple[str, ...]:
    """Return texts that have a format, and after them some that have not."""
    row = formats.table().get(name, {})
    return tuple(
        text for key in ("valid", "invalid") for text in row.get(key, ()) if isinstance(text, str)
    )


def lengthened(texts: Sequence[str], length: int) -> Iterator[str]:
    """Yield the texts cut or filled up to a length."""
    for text in (*texts[:4], "a"):
        if text:
            yield (
                text[:length]
                if len(text) >= length
                else (text * (length // len(text) + 1))[:length]
            )
    if length == 0:
        yield ""
