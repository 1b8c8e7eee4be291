"""A file, read with care: who wrote it is not known, and it may be anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from mobstd.canon.plain import DEEPEST, children, composed, constructed, from_json, text_of
from mobstd.errors import CanonError, ConfigError

__all__ = ["HOME", "Document", "is_readable", "read", "read_or_broken"]

SUFFIXES = (".json", ".yaml", ".yml")


@dataclass(frozen=True, eq=False)
class Document:
    """A JSON or YAML file.

    Attributes:
        path: where it is.
        name: what findings and waivers call it.
        content: what it holds; keys are texts.
        doubled: pointers of keys that stand twice in the same object.
        broken: why it can't be read.
        contract: the contract that it has to keep, in a standard of ours; ``data`` for an example.
    """

    path: Path
    name: str
    content: Any
    doubled: tuple[str, ...] = ()
    broken: ConfigError | None = None
    contract: str | None = None
    _node: Any = field(default=None, repr=False)

    @cached_property
    def kind(self) -> str:
        """``openapi``, ``schema`` or ``data``."""
        if not isinstance(self.content, Mapping) or self.contract:
            return "data"
        if "openapi" in self.content or "swagger" in self.content:
            return "openapi"
        said = self.content.keys() & {"$defs", "$ref", "definitions", "properties"}
        named = self.content.get("$schema")
        kinds = self.content.get("type")
        typed = any(one in TYPES for one in (kinds if isinstance(kinds, list) else [kinds]))
        ours = "$schema" in self.content and (not isinstance(named, str) or HOME in named)
        return "schema" if said or typed or ours else "data"

    @cached_property
    def dialect(self) -> str:
        """The version of JSON Schema, such as ``2020-12``, or that of OpenAPI: ``3.0``, ``2.0``."""
        if self.kind == "openapi":
            number = str(self.content.get("openapi", self.content.get("swagger")))[:3]
            return number if number in ("2.0", "3.0") else "2020-12"
        said = str(self.content.get("$schema", "")) if isinstance(self.content, Mapping) else ""
        for name in ("2019-09", "draft-07", "draft-06", "draft-04", "draft-03"):
            if name in said:
                return name
        return "2020-12"

    def line(self, pointer: str) -> int:
        """Return the line on which a place begins, from 1; the nearest that is known."""
        while pointer and not self.broken:
            if pointer in self._lines:
                return self._lines[pointer]
            pointer = pointer.rpartition("/")[0]
        return 1

    @cached_property
    def _lines(self) -> Mapping[str, int]:
        node = self._node
        if node is None:
            try:
                node = composed(text_of(self.path), self.name)
            except CanonError:
                return {}
        return dict(_lines(node, "", 0)) if node is not None else {}


HOME = "json-schema.org"
TYPES = ("object", "array", "string", "number", "integer")


def is_readable(path: Path) -> bool:
    """Say whether the name is that of a file which can be read here."""
    return path.suffix in SUFFIXES


def read(path: Path, name: str, contract: str | None = None) -> Document:
    """Return a JSON or YAML file.

    Raises:
        ConfigError: where it is none, is too large or too deep, or goes in circles.
    """
    try:
        text = text_of(path)
        if path.suffix == ".json":
            content, doubled = _json(text, str(path))
            return Document(path, name, content, doubled, contract=contract)
        node = composed(text, str(path))
        # Before it is constructed, which puts what ``<<`` names into the nodes themselves.
        twice = tuple(_doubled(node, "", set())) if node is not None else ()
        content = constructed(node, text, str(path))
        return Document(path, name, content, twice, contract=contract, _node=node)
    except CanonError as error:
        raise ConfigError(error.code, **error.params) from None
    except RecursionError:
        raise ConfigError("canon.too-deep", file=str(path), count=DEEPEST) from None


def read_or_broken(path: Path, name: str, contract: str | None = None) -> Document:
    """Return a file; one that can't be read says why."""
    try:
        return read(path, name, contract)
    except ConfigError as error:
        return Document(path, name, None, broken=error, contract=contract)


def _json(text: str, file: str) -> tuple[Any, tuple[str, ...]]:
    """Return the value of a JSON text, and the pointers of keys that stand twice."""
    twice: list[str] = []

    def kept(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            twice.extend(f"/{name}" for name in found if names.count(name) > 1)
        return found

    content = from_json(text, file, kept)
    if not twice:
        return content, ()
    try:
        return content, tuple(_doubled(composed(text, file), "", set()))
    except CanonError:  # JSON that is no YAML, such as with a tab
        return content, tuple(twice)


def _below(node: Any, pointer: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield the pointer of each child of a YAML node, where it begins, and the child."""
    for number, (key, value) in enumerate(children(node)):
        name = str(number if key is None else key.value).replace("~", "~0").replace("/", "~1")
        yield f"{pointer}/{name}", key or value, value


def _lines(node: Any, pointer: str, depth: int) -> Iterator[tuple[str, int]]:
    if depth > DEEPEST:
        return
    for below, start, value in _below(node, pointer):
        yield below, start.start_mark.line + 1
        yield from _lines(value, below, depth + 1)


def _doubled(node: Any, pointer: str, seen: set[int]) -> Iterator[str]:
    if id(node) in seen:
        return
    seen.add(id(node))
    known: set[str] = set()
    for below, _, value in _below(node, pointer):
        if below in known and not below.endswith("/<<"):
            yield below
        known.add(below)
        yield from _doubled(value, below, seen)
