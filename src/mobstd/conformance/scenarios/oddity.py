"""Documents with something odd in one place, wherever it stands: what nobody thinks of."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from itertools import cycle
from random import Random
from typing import Any

__all__ = ["oddities"]

ODD: tuple[Any, ...] = (
    *(None, True, -1, 1.5, 10**30, [], [None], {}),
    *("", "\0", "\U0001f6b2", "x" * 5000, "\u202ea\u0300", "'; --", "2023-02-31", "NaN"),
)
"""Values that JSON has and that programs stumble over."""


def oddities(document: Any, count: int, seed: str, spared: Collection[str] = ()) -> Iterator[Any]:
    """Yield a document ``count`` times, each with an odd value in one place.

    As many places and values as can be are met; the same ones for the same seed.

    Args:
        document: what is right.
        count: how many.
        seed: what else the choice hangs on.
        spared: pointers of what stays as it is.
    """
    random = Random(seed)
    places = [place for place in _places(document) if "/" + "/".join(map(str, place)) not in spared]
    values = list(ODD)
    random.shuffle(places)
    random.shuffle(values)
    for _, place, value in zip(range(count), cycle(places), cycle(values)):
        yield _put(document, place, value)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, (dict, list)):
        for step in value if isinstance(value, dict) else range(len(value)):
            yield from _places(value[step], (*path, step))


def _put(document: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    made = json.loads(json.dumps(document))
    holder = made
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = value
    return made
