"""Texts, numbers, truths and nulls at the borders of what two nodes allow."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from mobstd.release.diff.node import Node, token
from mobstd.release.diff.texts import formatted, lengthened, matching

__all__ = ["scalars"]

_TEXTS = 60
_LONG = 100_000


def scalars(writer: Node, other: Node) -> Iterator[Any]:
    """Yield scalars, plain ones first; each once."""
    seen: set[Any] = set()
    for value in _all(writer, other):
        plain = not isinstance(value, (dict, list))
        key = (isinstance(value, bool), value) if plain else token(value)
        if key not in seen:
            seen.add(key)
            yield value


def _all(writer: Node, other: Node) -> Iterator[Any]:
    nodes = (writer, other)
    for node in nodes:
        yield from node.finite or ()
        for part in node.parts:
            yield from (v for v in part.get("examples", ()) if not isinstance(v, (dict, list)))
            if "default" in part and not isinstance(part["default"], (dict, list)):
                yield part["default"]
            if isinstance(part.get("not"), dict):
                below = node.book.node(part["not"])
                yield from below.finite or ()
                yield from _texts((below, below))
                yield from _numbers((below, below))
    yield from _texts(nodes)
    yield from _numbers(nodes)
    yield from (True, False, None)


def _numbers(nodes: tuple[Node, Node]) -> Iterator[float]:
    yield from (1, 0)
    words = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
    said = [n for node in nodes for w in words for n in node.values(w)]
    bounds = dict.fromkeys(
        n for n in said if isinstance(n, (int, float)) and not isinstance(n, bool)
    )
    steps = [m for node in nodes for m in node.values("multipleOf") if m]
    for bound in bounds:
        for more in (0, 1, -1, 0.5, -0.5, 0.01, -0.01):
            yield bound + more if more else bound
        for step in steps:
            around = int(bound / step) if abs(bound / step) < 1e15 else 0
            yield from ((around + more) * step for more in (-1, 0, 1, 2))
    pairs = sorted(bounds)
    yield from ((one + two) / 2 for one, two in pairwise(pairs))
    yield from (-1, 2, 0.5, 1.5, -0.5, 10, 100, 2**31, 2**53)


def _texts(nodes: tuple[Node, Node]) -> Iterator[str]:
    samples: list[str] = []
    for node in nodes:
        for name in node.values("format"):
            if isinstance(name, str):
                samples += formatted(name)
        for pattern in node.values("pattern"):
            if isinstance(pattern, str):
                samples += matching(pattern)
    yield from samples[:_TEXTS]
    yield from ("a", "", "text", "1", "A", "a b")
    lengths = [n for node in nodes for w in ("minLength", "maxLength") for n in node.values(w)]
    for length in dict.fromkeys(
        int(n) + more for n in lengths if isinstance(n, (int, float)) for more in (0, 1, -1)
    ):
        if 0 <= length <= _LONG:
            yield from lengthened(samples, length)
    yield from samples[_TEXTS:]
    yield from ("é" * 3, "-", "2026-11-28", "https://example.org/a", "a" * 300)
