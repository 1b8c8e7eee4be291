"""JSON Pointers, and patterns over them: ``*`` is one step, ``**`` any number of steps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

__all__ = ["MISSING", "find", "get", "join", "matches", "seen_from", "star", "steps"]


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING: Any = _Missing()
"""What ``get`` returns where there is nothing; distinct from ``None``, which is JSON null."""

_INDEX = re.compile(r"0|[1-9][0-9]{0,17}")


@cache
def steps(pointer: str) -> tuple[str, ...]:
    """Split a pointer or a pattern into unescaped steps."""
    if not pointer:
        return ()
    return tuple(
        step.replace("~1", "/").replace("~0", "~") for step in pointer.removeprefix("/").split("/")
    )


def join(path: Sequence[str | int]) -> str:
    """Return the pointer for a path of keys and indexes."""
    return "".join(f"/{step if isinstance(step, int) else _escaped(step)}" for step in path)


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def star(pointer: str) -> str:
    """Return the pointer with every index replaced by ``*``."""
    return "/".join("*" if step.isdigit() else step for step in pointer.split("/"))


def get(document: Any, pointer: str) -> Any:
    """Return the value at ``pointer``, or ``MISSING``."""
    for step in steps(pointer):
        if document.__class__ is dict:
            document = document.get(step, MISSING)
        else:
            document = _child(document, step)
        if document is MISSING:
            return MISSING
    return document


def _child(value: Any, step: str) -> Any:
    if isinstance(value, dict):
        return value.get(step, MISSING)
    if isinstance(value, list) and _INDEX.fullmatch(step) and int(step) < len(value):
        return value[int(step)]
    return MISSING


def seen_from(document: Any, at: str, reference: str) -> Any:
    """Return what ``reference`` is at ``at``: a pointer below it, or ``2/name`` two steps up."""
    climb, slash, below = reference.partition("/")
    if not climb:
        return get(document, at + reference)
    steps_down = at.split("/")
    if not climb.isdigit() or int(climb) >= len(steps_down):
        return MISSING
    above = "/".join(steps_down[: len(steps_down) - int(climb)])
    return get(document, above + slash + below)


def find(document: Any, pattern: str) -> list[tuple[str, Any]]:
    """Return each ``(pointer, value)`` of ``document`` that ``pattern`` describes, in order."""
    found = [("", document)]
    for step in steps(pattern):
        if step == "**":
            found = [place for at, value in found for place in _within(at, value)]
        elif step == "*":
            found = [(f"{at}/{key}", v) for at, value in found for key, v in _children(value)]
        else:
            name = _escaped(step)
            below = ((at, _child(value, step)) for at, value in found)
            found = [(f"{at}/{name}", value) for at, value in below if value is not MISSING]
    return found


def _within(at: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield a value and all that lies in it, what is above first."""
    yield at, value
    for key, child in _children(value):
        yield from _within(f"{at}/{key}", child)


def _children(value: Any) -> Iterator[tuple[str | int, Any]]:
    """Yield each child with its step, as it stands in a pointer."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield _escaped(key), child
    elif isinstance(value, list):
        yield from enumerate(value)


def matches(pattern: str, pointer: str) -> bool:
    """Say whether ``pattern`` describes ``pointer``."""
    return _matches(steps(pattern), steps(pointer))


@cache
def _matches(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    if not pattern:
        return not path
    if pattern[0] == "**":
        return any(_matches(pattern[1:], path[i:]) for i in range(len(path) + 1))
    return bool(path) and pattern[0] in ("*", path[0]) and _matches(pattern[1:], path[1:])
