"""JSON and YAML as plain JSON values, within bounds: who wrote a file is not always known.

Keys become texts. What JSON does not have, what goes in circles, what is nested too deeply and what
swells by the aliases of YAML is refused.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from mobstd.errors import CanonError

__all__ = ["DEEPEST", "children", "composed", "constructed", "from_json", "loader", "text_of"]

LARGEST = 16 << 20
"""Bytes of a file that is read."""

MOST = 1_000_000
"""Values in a file, what aliases repeat counted each time."""

DEEPEST = 200
"""Objects and lists within each other."""

Pairs = Callable[[list[tuple[str, Any]]], dict[str, Any]]


def text_of(path: Path) -> str:
    """Return the text of a file.

    Raises:
        CanonError: where it is missing, too large, or no UTF-8.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise CanonError("canon.missing-file", file=str(path)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise CanonError("canon.unreadable", file=str(path), why=reason) from None
    if len(raw) > LARGEST:
        raise CanonError("canon.too-large", file=str(path), megabytes=LARGEST >> 20)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CanonError("canon.not-text", file=str(path)) from None


def from_json(text: str, file: str, pairs: Pairs | None = None) -> Any:
    """Return the value of a JSON text.

    ``pairs`` makes an object of its members, for who wants to see those that stand twice.

    Raises:
        CanonError: where it is none, or out of bounds.
    """
    try:
        return _Plain(file).value(json.loads(text, object_pairs_hook=pairs), 0)[0]
    except json.JSONDecodeError as error:
        raise CanonError("canon.not-json", file=file, line=error.lineno) from None
    except ValueError:  # a number of more digits than Python reads
        raise CanonError("canon.not-plain", file=file, what="number") from None
    except RecursionError:
        raise CanonError("canon.too-deep", file=file, count=DEEPEST) from None


@cache
def loader() -> Any:
    """Return PyYAML's safe loader, but for dates: they stay text, as JSON has them."""
    import yaml

    safe = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    plain = {
        first: [(tag, pattern) for tag, pattern in rows if tag != "tag:yaml.org,2002:timestamp"]
        for first, rows in safe.yaml_implicit_resolvers.items()
    }
    return type("Loader", (safe,), {"yaml_implicit_resolvers": plain})


def composed(text: str, file: str) -> Any:
    """Return the node of a YAML text, which knows its lines; ``None`` where there is nothing.

    Raises:
        CanonError: where it is none, or out of bounds.
    """
    import yaml

    if sum(map(text.count, ("\n", ",", "[", "{", "- "))) > MOST:
        raise CanonError("canon.too-many", file=file, count=MOST)
    try:
        return loader()(text).get_single_node()
    except yaml.YAMLError as error:
        raise _not_yaml(error, file) from None
    except RecursionError:
        raise CanonError("canon.too-deep", file=file, count=DEEPEST) from None


def constructed(node: Any, text: str, file: str) -> Any:
    """Return the value of a YAML node; it puts what ``<<`` names into the nodes themselves.

    Raises:
        CanonError: where JSON has no such value, or it is out of bounds.
    """
    import yaml

    if node is None:
        return None
    try:
        if "<<" in text:
            _Merged(file).count(node)
        return _Plain(file).value(loader()("").construct_document(node), 0)[0]
    except yaml.YAMLError as error:
        raise _not_yaml(error, file) from None
    except (ValueError, OverflowError, TypeError, AttributeError):  # such as !!int of no number
        raise CanonError("canon.not-plain", file=file, what="!!") from None
    except RecursionError:
        raise CanonError("canon.too-deep", file=file, count=DEEPEST) from None


def _not_yaml(error: Any, file: str) -> CanonError:
    mark = getattr(error, "problem_mark", None)
    return CanonError("canon.not-yaml", file=file, line=mark.line + 1 if mark else 1)


class _Plain:
    """Makes values plain; what an alias repeats stays one object."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.seen: dict[int, tuple[Any, int, int] | None] = {}

    def value(self, value: Any, depth: int) -> tuple[Any, int, int]:
        """Return a value, how many values it holds, and how deep it is."""
        if not isinstance(value, (dict, list)):
            return self._single(value), 1, 0
        if id(value) not in self.seen:
            self.seen[id(value)] = None
            self.seen[id(value)] = self._several(value, depth)
        known = self.seen[id(value)]
        if known is None:
            raise CanonError("canon.in-circles", file=self.file)
        if depth + known[2] > DEEPEST:
            raise CanonError("canon.too-deep", file=self.file, count=DEEPEST)
        return known

    def _several(self, value: Any, depth: int) -> tuple[Any, int, int]:
        if depth > DEEPEST:
            raise CanonError("canon.too-deep", file=self.file, count=DEEPEST)
        items: Iterable[Any] = value.values() if isinstance(value, dict) else value
        inside = [self.value(item, depth + 1) for item in items]
        count = 1 + sum(size for _, size, _ in inside)
        if count > MOST:
            raise CanonError("canon.too-many", file=self.file, count=MOST)
        height = 1 + max((deep for _, _, deep in inside), default=0)
        made = [item for item, _, _ in inside]
        if isinstance(value, dict):
            return dict(zip(map(self._key, value), made, strict=True)), count, height
        return made, count, height

    def _single(self, value: Any) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
                raise CanonError("canon.not-plain", file=self.file, what="\\ud800")
            return value
        if isinstance(value, (int, float)) and _finite(value):
            return value
        kind = "number" if isinstance(value, (int, float)) else type(value).__name__
        raise CanonError("canon.not-plain", file=self.file, what=kind)

    def _key(self, key: Any) -> str:
        plain = self._single(key)
        return plain if isinstance(plain, str) else json.dumps(plain)


def _finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:
        return False


class _Merged:
    """Counts the members that YAML objects have after their ``<<``, before there is room made."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.seen: dict[int, int | None] = {}

    def count(self, node: Any) -> int:
        """Return the members of an object; those that it merges in counted each time."""
        if id(node) in self.seen:
            known = self.seen[id(node)]
            if known is None:
                raise CanonError("canon.in-circles", file=self.file)
            return known
        self.seen[id(node)] = None
        total = 0
        for key, value in children(node):
            below = self.count(value)
            if key is not None and key.value == "<<":
                of_list = [self.count(one) for _, one in children(value)]
                below = below if not of_list else max(below, sum(of_list))
                total += below
            total += 1
        if total > MOST:
            raise CanonError("canon.too-many", file=self.file, count=MOST)
        self.seen[id(node)] = total
        return total


def children(node: Any) -> Iterable[tuple[Any, Any]]:
    """Return what is in a YAML node: key, or ``None`` in a list, and value."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        pairs: list[tuple[Any, Any]] = node.value
        return pairs
    return [(None, item) for item in node.value] if isinstance(node, yaml.SequenceNode) else ()
