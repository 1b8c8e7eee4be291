"""The documents of one side, and what their references lead to; nothing is fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from typing import Any
from urllib.parse import unquote

from mobstd.canon.plain import composed, constructed, from_json
from mobstd.errors import CanonError, ConfigError
from mobstd.release.diff.dialect import dialect_of

__all__ = ["Address", "Library", "parsed"]

Address = tuple[str, tuple[str, ...]]
"""A document, and the steps from its root."""

_DEEP = 200


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
            except (OSError, UnicodeDecodeError) as error:
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
        ConfigError: where it is neither, or out of bounds; the message has the line.
    """
    try:
        if text.lstrip()[:1] in ("{", "["):
            return from_json(text, path)
        return constructed(composed(text, path), text, path)
    except CanonError as error:
        raise ConfigError(error.code, **error.params) from None
