"""The documents of one side, and what their references lead to; nothing is fetched."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from posixpath import dirname, join, normpath
from typing import Any
from urllib.parse import unquote

from mobstd.errors import ConfigError
from mobstd.release.diff.dialect import dialect_of

__all__ = ["Address", "Library", "parsed"]

Address = tuple[str, tuple[str, ...]]
"""A document, and the steps from its root."""

_DEEP, _MANY = 200, 1_000_000


@dataclass
class Library:
    """Documents by the path that they are read from.

    Attributes:
        read: returns the text of a path, or raises ``OSError``.
        documents: what was read so far.
        ids: the path of each ``$id`` that is known.
    """

    read: Callable[[str], str]
    documents: dict[str, Any] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def document(self, path: str) -> Any:
        """Return a document.

        Raises:
            ConfigError: where it is missing, no JSON or YAML, or nested too deeply.
        """
        if path not in self.documents:
            try:
                text = self.read(path)
            except (OSError, ValueError) as error:
                why = getattr(error, "strerror", None) or str(error)
                raise ConfigError("diff.unreadable", file=path, why=why) from None
            self.documents[path] = parsed(text, path)
            self._learn(path)
        return self.documents[path]

    def _learn(self, path: str) -> None:
        document = self.documents[path]
        named = document.get("$id") if isinstance(document, Mapping) else None
        if isinstance(named, str):
            self.ids[named.removesuffix("#")] = path

    def dialect(self, path: str) -> str:
        """Return the dialect of a document."""
        document = self.document(path)
        return dialect_of(document) if isinstance(document, Mapping) else "2020-12"

    def follow(self, path: str, reference: str) -> Address:
        """Return what a reference in ``path`` leads to.

        Raises:
            ConfigError: where that is not there, or on the web.
        """
        file, _, fragment = reference.partition("#")
        target = path
        if file:
            known = self.ids.get(file)
            beside = normpath(join(dirname(path), unquote(file)))
            if known is None and "://" in file:
                raise ConfigError("diff.remote", file=path, reference=reference)
            target = known or beside
        if fragment and not fragment.startswith("/"):
            return target, self._anchor(target, fragment)
        steps = tuple(_plain(step) for step in fragment.split("/")[1:]) if fragment else ()
        return target, steps

    def _anchor(self, path: str, name: str) -> tuple[str, ...]:
        for steps, node in _nodes(self.document(path), ()):
            if name in (node.get("$anchor"), node.get("$dynamicAnchor")):
                return steps
        raise ConfigError("diff.dangling", file=path, reference=f"#{name}")

    def at(self, address: Address) -> Any:
        """Return what stands at an address.

        Raises:
            ConfigError: where nothing does.
        """
        path, steps = address
        node = self.document(path)
        for step in steps:
            try:
                node = node[int(step)] if isinstance(node, list) else node[step]
            except (KeyError, IndexError, ValueError, TypeError):
                raise ConfigError(
                    "diff.dangling", file=path, reference="#/" + "/".join(steps)
                ) from None
        return node

    def target(self, path: str, node: Any, steps: tuple[str, ...]) -> tuple[Any, Address]:
        """Follow the references of parameters, responses and the like, and say where it ended."""
        address: Address = (path, steps)
        for _ in range(_DEEP):
            if not isinstance(node, Mapping) or not isinstance(node.get("$ref"), str):
                return node, address
            address = self.follow(address[0], node["$ref"])
            node = self.at(address)
        raise ConfigError("diff.circle", file=path, reference="#/" + "/".join(steps))


def _plain(step: str) -> str:
    return unquote(step).replace("~1", "/").replace("~0", "~")


def _nodes(node: Any, steps: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(node, Mapping):
        yield steps, node
        for key, value in node.items():
            yield from _nodes(value, (*steps, str(key)))
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from _nodes(value, (*steps, str(place)))


def parsed(text: str, path: str) -> Any:
    """Return the content of a JSON or YAML text.

    Raises:
        ConfigError: where it is neither, or nested too deeply; the message has the line.
    """
    try:
        value = _json(text, path) if text.lstrip()[:1] in ("{", "[") else _yaml(text, path)
        return _plainly(value, [_MANY], path)
    except json.JSONDecodeError as error:
        raise ConfigError("diff.not-json", file=path, line=error.lineno) from None
    except RecursionError:
        raise ConfigError("diff.too-deep", file=path) from None
    except ValueError:
        raise ConfigError("diff.no-number", file=path) from None


def _json(text: str, path: str) -> Any:
    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise ConfigError("diff.twice", file=path, name=twice)
        return found

    return json.loads(text, object_pairs_hook=members)


def _yaml(text: str, path: str) -> Any:
    import yaml

    from mobstd.canon.files import loader

    try:
        return yaml.load(text, Loader=_strict(loader(), path))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        raise ConfigError("diff.not-yaml", file=path, line=line) from None


def _strict(loader: Any, path: str) -> Any:
    """Return a loader that refuses a member that an object has twice."""

    def construct_mapping(self: Any, node: Any, deep: bool = False) -> Any:
        seen: set[tuple[str, str]] = set()
        for key, _ in node.value:
            known = (key.tag, str(key.value))
            if known in seen and not key.tag.endswith(":merge"):
                raise ConfigError("diff.twice", file=path, name=known[1])
            seen.add(known)
        return loader.construct_mapping(self, node, deep)

    return type("Strict", (loader,), {"construct_mapping": construct_mapping})


def _plainly(value: Any, room: list[int], path: str, depth: int = 0) -> Any:
    """Return the value with texts as keys; refuse what is too deep, or swells by YAML's aliases.

    Raises:
        ConfigError: for a number that JSON can't hold.
    """
    room[0] -= 1
    if room[0] < 0 or depth > _DEEP:
        raise RecursionError
    if isinstance(value, dict):
        return {_key(k): _plainly(v, room, path, depth + 1) for k, v in value.items()}
    if isinstance(value, list):
        return [_plainly(item, room, path, depth + 1) for item in value]
    if isinstance(value, float) and not isfinite(value):
        raise ConfigError("diff.no-number", file=path)
    return value if value is None or isinstance(value, (str, int, float)) else str(value)


def _key(key: Any) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key)
