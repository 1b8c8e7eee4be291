"""Places in a body that is being edited, and texts that are to stand in it as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mobstd.judging.condition import holds
from mobstd.judging.pointer import get

__all__ = ["Place", "places", "spell", "spelled", "where"]


@dataclass(frozen=True)
class Place:
    """Where a value stands: in ``container`` at ``key``, and the path from the body."""

    container: Any
    key: Any
    path: tuple[Any, ...]

    @property
    def there(self) -> bool:
        """Whether there is a value."""
        if isinstance(self.container, dict):
            return self.key in self.container
        return bool(self.key < len(self.container))

    @property
    def value(self) -> Any:
        """The value itself."""
        return self.container[self.key]

    @property
    def beside(self) -> Any:
        """What stands around the value: its object, or the value itself where it is an item."""
        return self.container if isinstance(self.container, dict) and self.path else self.value


def places(place: Place, rest: tuple[str, ...]) -> Iterator[Place]:
    """Yield the places below ``place`` that the steps of a pattern describe."""
    if not rest:
        yield place
        return
    if not place.there:
        return
    node, step = place.value, rest[0]
    if step == "**":
        yield from places(place, rest[1:])
        for key in _keys(node):
            yield from places(Place(node, key, (*place.path, key)), rest)
    elif step == "*":
        for key in _keys(node):
            yield from places(Place(node, key, (*place.path, key)), rest[1:])
    elif isinstance(node, dict):
        yield from places(Place(node, step, (*place.path, step)), rest[1:])
    elif isinstance(node, list) and step.isdigit() and int(step) < len(node):
        yield from places(Place(node, int(step), (*place.path, int(step))), rest[1:])


def _keys(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return list(node)
    return list(range(len(node))) if isinstance(node, list) else []


_SPELLED = re.compile('"\ue000([^\ue001"]*)\ue001"')


def spell(text: str) -> str:
    """Mark a text that is to stand in the JSON as it is."""
    return f"\ue000{text}\ue001"


def spelled(text: str) -> str:
    """Return JSON in which marked texts stand as they are."""
    return _SPELLED.sub(r"\1", text)


def where(conditions: Mapping[str, Any], place: Place) -> bool:
    """Say whether what stands beside a value meets the conditions, by pointer."""
    beside = place.container if isinstance(place.container, dict) else None
    if beside is None or not place.path:
        if not place.there:
            return False
        beside = place.value
    return all(holds(condition, get(beside, at)) for at, condition in conditions.items())
