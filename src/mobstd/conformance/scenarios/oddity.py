"""Documents with something odd in one place, wherever it stands: what nobody thinks of."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from itertools import cycle, zip_longest
from random import Random
from typing import Any

from mobstd.canon.openapi import Parameter

__all__ = ["odd_parameters", "oddities"]

ODD: tuple[Any, ...] = (
    *(None, True, -1, 1.5, 10**30, [], [None], {}),
    *("", "\0", "\U0001f6b2", "x" * 5000, "\u202ea\u0300", "'; --", "2023-02-31", "NaN"),
)
"""Values that JSON has and that programs stumble over."""

TEXTS = ("\0", "\U0001f6b2", "'; --", "%", "x" * 1000)
NUMBERS = ("9" * 20, "2147483648", "1e999")
INSTANTS = ("9999-12-31T23:59:59.123456789Z", "0000-01-01T00:00:00Z", "2023-02-31T00:00:00Z")
"""What programs stumble over in a query or a path: anywhere, in numbers, in instants."""


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


def odd_parameters(parameters: Iterable[Parameter]) -> Iterator[tuple[str, str]]:
    """Yield names of parameters with odd values, those first that are odd for their type."""
    known = list(parameters)
    rows = [_odd_for(parameter) for parameter in known]
    for values in zip_longest(*rows):
        for parameter, value in zip(known, values, strict=True):
            if value is not None:
                yield parameter.name, value


def _odd_for(parameter: Parameter) -> tuple[str, ...]:
    if parameter.schema.get("type") in ("integer", "number"):
        return (*NUMBERS, *TEXTS[:2])
    if parameter.schema.get("format") == "date-time":
        return (*INSTANTS, *TEXTS[:2])
    return TEXTS


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
