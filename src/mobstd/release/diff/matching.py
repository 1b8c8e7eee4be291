"""Which operations of two API documents are the same one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from mobstd.release.diff.api import Field, Operation

__all__ = ["matched", "renamed"]

_VERSION = re.compile(r"^/v[0-9]+(\.[0-9]+)*(?=/|$)")

Same = Callable[[Operation], tuple[str, ...]]


def matched(
    old: Sequence[Operation], new: Sequence[Operation]
) -> Iterator[tuple[Operation | None, Operation | None]]:
    """Yield the operations in pairs; one that has no counterpart stands with ``None``.

    They are the same by method and path, else by their id, else by their path without the version
    that it begins with.
    """
    left, right = list(old), list(new)
    pairs: dict[int, tuple[Operation, Operation]] = {}
    ways: tuple[Same, ...] = (lambda op: op.key, _id, _without_version)
    for way in ways:
        for one in list(left):
            mark = way(one)
            two = next((op for op in right if all(mark) and way(op) == mark), None)
            if two is not None:
                pairs[id(one)] = one, two
                left.remove(one)
                right.remove(two)
    for one in old:
        yield pairs.get(id(one), (one, None))
    yield from ((None, two) for two in right)


def _id(operation: Operation) -> tuple[str, ...]:
    return (operation.id,)


def _without_version(operation: Operation) -> tuple[str, ...]:
    method, path = operation.key
    return method, _VERSION.sub("", path) or "/"


def renamed(old: Operation, new: Operation) -> list[tuple[Field | None, Field | None]]:
    """Return the parameters in pairs; those of the path by their place in it."""
    places = [re.findall(r"\{([^{}/]+)\}", op.path) for op in (old, new)]
    other = dict(zip(*places, strict=False)) if len(places[0]) == len(places[1]) else {}
    pairs: list[tuple[Field | None, Field | None]] = []
    left = dict(new.fields)
    for (where, name), field in old.fields.items():
        key = (where, other.get(name, name)) if where == "path" else (where, name)
        pairs.append((field, left.pop(key, None)))
    return [*pairs, *((None, field) for field in left.values())]
