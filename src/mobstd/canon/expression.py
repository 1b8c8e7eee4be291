"""What schemas say that no type does, as expressions of Python; see :mod:`canon.typed`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

__all__ = ["SIGNS", "Known", "Unfit", "any_of", "search"]

_REMEMBERED = 1 << 16
"""Texts of one pattern that are remembered to match."""

SIGNS = {"minimum": ">=", "maximum": "<=", "exclusiveMinimum": ">", "exclusiveMaximum": "<"}
"""How a bound is compared."""


class Unfit(Exception):
    """A schema that no type stands for."""


def search(patterns: Sequence[str]) -> Callable[[str], Any]:
    """Return what finds all patterns in an ASCII text.

    Raises:
        Unfit: for patterns that no single one stands for.
    """
    bodies = [one[:-1] + r"\Z" if one.endswith("$") else one for one in patterns]
    if any("$" in re.sub(r"\\.|\[[^\]]*\]", "", body) for body in bodies):
        raise Unfit
    if len(bodies) > 1 and not all(body.startswith("^") for body in bodies):
        raise Unfit
    *before, last = bodies
    return re.compile("".join(f"(?={body})" for body in before) + last, re.ASCII).search


class Known:
    """Texts that are known to match a pattern.

    Attributes:
        texts: some of them.
    """

    def __init__(self, match: Callable[[str], Any]) -> None:
        self._match = match
        self.texts: set[str] = set()

    def learn(self, text: str) -> bool:
        """Say whether a text matches, and remember it if it does."""
        if self._match(text) is None:
            return False
        if len(self.texts) >= _REMEMBERED:
            self.texts.clear()
        self.texts.add(text)
        return True


def _compared(bound: float, key: str) -> str:
    return f"@ {SIGNS[key]} {bound!r}"


def any_of(branches: Sequence[Any]) -> str:
    """Return that any schema holds of a number, as an expression in which it is named ``@``.

    Raises:
        Unfit: for a schema that says more than bounds and constants.
    """
    return "(" + " or ".join(_all(branch) for branch in branches) + ")"


def _all(branch: Any) -> str:
    """Return what a schema says of a number, as an expression."""
    if not isinstance(branch, Mapping):
        raise Unfit
    return "(" + (" and ".join(_parts(branch)) or "True") + ")"


def _parts(branch: Mapping[str, Any]) -> Iterator[str]:
    for key, value in branch.items():
        if key in SIGNS:
            yield _compared(value, key)
        elif key == "const" and isinstance(value, (int, float)) and not isinstance(value, bool):
            yield f"@ == {value!r}"
        elif key == "allOf":
            yield from (_all(one) for one in value)
        elif key == "anyOf":
            yield any_of(value)
        else:
            raise Unfit
