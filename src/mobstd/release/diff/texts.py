"""Texts that have a pattern, a format or a length."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from mobstd.canon import formats

__all__ = ["finds", "formatted", "lengthened", "matching"]

_REPEATS = (0, 1, 2, 5, 10, 20, 60)
_LONGEST = 300
_STEPS = 5_000
_CHOICES = 6


@lru_cache(512)
def matching(pattern: str) -> tuple[str, ...]:
    """Return some texts that a pattern finds something in, short ones first; maybe none."""
    parser: Any = vars(re)["_parser"]
    try:
        tree = parser.parse(pattern)
    except (re.error, RecursionError, OverflowError):
        return ()
    found: dict[str, None] = {}
    for more in _REPEATS:
        for choice in range(_CHOICES):
            text = "".join(islice(_written(tree, more, choice, [_STEPS]), _LONGEST))
            if len(text) <= _LONGEST and finds(pattern, text):
                found[text] = None
    return tuple(sorted(found, key=len))


@lru_cache(512)
def _finder(pattern: str) -> Any:
    import jsonschema_rs

    try:
        return jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except ValueError:
        return None


def finds(pattern: str, text: str) -> bool:
    """Say whether a pattern finds something in a text, as the validator sees it.

    Its engine gives up where a pattern goes back and forth for too long; then nothing is found.
    """
    finder = _finder(pattern)
    try:
        return finder is not None and bool(finder.is_valid(text))
    except ValueError:
        return False


def _written(tree: Any, more: int, choice: int, room: list[int]) -> Iterator[str]:
    """Yield characters that the tree of a pattern matches, for so many steps."""
    for operator, value in tree:
        room[0] -= 1
        if room[0] < 0:
            return
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
            for _ in range(min(int(most), int(least) + more, _LONGEST)):
                if room[0] < 0:
                    return
                yield from _written(below, more, choice, room)
        elif name == "SUBPATTERN":
            yield from _written(value[3], more, choice, room)
        elif name == "ATOMIC_GROUP":
            yield from _written(value, more, choice, room)
        elif name == "BRANCH":
            yield from _written(value[1][choice % len(value[1])], more, choice, room)


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
