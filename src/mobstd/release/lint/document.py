"""A file, read with care: who wrote it is not known, and it may be anything."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from mobstd.canon.files import loader as yaml_loader
from mobstd.errors import ConfigError

__all__ = ["LARGEST", "Document", "is_readable", "read"]

LARGEST = 16 << 20
"""Bytes of a file that is read."""

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
    """

    path: Path
    name: str
    content: Any
    doubled: tuple[str, ...] = ()
    broken: ConfigError | None = None
    _node: Any = field(default=None, repr=False)

    @cached_property
    def kind(self) -> str:
        """``openapi``, ``schema`` or ``data``."""
        if not isinstance(self.content, Mapping):
            return "data"
        if "openapi" in self.content or "swagger" in self.content:
            return "openapi"
        said = self.content.keys() & {"$schema", "$defs", "$ref", "definitions", "properties"}
        typed = self.content.get("type") in ("object", "array", "string", "number", "integer")
        return "schema" if said or typed else "data"

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
        while pointer and pointer not in self._lines:
            pointer = pointer.rpartition("/")[0]
        return self._lines.get(pointer, 1)

    @cached_property
    def _lines(self) -> Mapping[str, int]:
        node = self._node
        if node is None:
            import yaml

            try:
                node = yaml_loader()(self.path.read_text("utf-8-sig")).get_single_node()
            except (OSError, ValueError, yaml.YAMLError, RecursionError):
                return {}
        return dict(_lines(node, "", 0)) if node is not None else {}


def is_readable(path: Path) -> bool:
    """Say whether the name is that of a file which can be read here."""
    return path.suffix in SUFFIXES


def read(path: Path, name: str) -> Document:
    """Return a JSON or YAML file.

    Raises:
        ConfigError: where it is none, is too large or too deep, or goes in circles.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise ConfigError("lint.file-too-large", file=str(path), megabytes=LARGEST >> 20)
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError("lint.file-not-text", file=str(path)) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError("lint.file-unreadable", file=str(path), why=reason) from None
    try:
        return _json(path, name, text) if path.suffix == ".json" else _yaml(path, name, text)
    except RecursionError:
        raise ConfigError("lint.file-too-deep", file=str(path)) from None


def _json(path: Path, name: str, text: str) -> Document:
    doubled = False

    def kept(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal doubled
        found = dict(pairs)
        doubled = doubled or len(found) < len(pairs)
        return found

    try:
        content = json.loads(text, object_pairs_hook=kept)
    except json.JSONDecodeError as error:
        raise ConfigError("lint.file-not-json", file=str(path), line=error.lineno) from None
    except ValueError:
        raise ConfigError("lint.file-not-json", file=str(path), line=1) from None
    if not doubled:
        return Document(path, name, content)
    again = _yaml(path, name, text)
    return Document(path, name, content, again.doubled)


def _yaml(path: Path, name: str, text: str) -> Document:
    import yaml

    try:
        loader = yaml_loader()(text)
        node = loader.get_single_node()
        # Before it is constructed, which puts what ``<<`` names into the nodes themselves.
        doubled = tuple(_doubled(node, "", set())) if node is not None else ()
        content = loader.construct_document(node) if node is not None else None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise ConfigError("lint.file-not-yaml", file=str(path), line=line) from None
    except ValueError:
        raise ConfigError("lint.file-not-yaml", file=str(path), line=1) from None
    content = _plain(content, {}, str(path))
    return Document(path, name, content, doubled, _node=node)


def _plain(value: Any, seen: dict[int, Any], file: str) -> Any:
    """Return a value whose keys are texts; what an alias repeats stays one object."""
    if not isinstance(value, (dict, list)):
        return value
    if id(value) in seen:
        if seen[id(value)] is None:
            raise ConfigError("lint.file-in-circles", file=file)
        return seen[id(value)]
    seen[id(value)] = None
    made: Any = (
        {_key(key): _plain(item, seen, file) for key, item in value.items()}
        if isinstance(value, dict)
        else [_plain(item, seen, file) for item in value]
    )
    seen[id(value)] = made
    return made


def _key(key: Any) -> str:
    if isinstance(key, bool) or key is None:
        return json.dumps(key)
    return str(key)


def _children(node: Any, pointer: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield the pointer of each child of a YAML node, where it begins, and the child."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            step = str(key.value).replace("~", "~0").replace("/", "~1")
            yield f"{pointer}/{step}", key, value
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield f"{pointer}/{number}", value, value


def _lines(node: Any, pointer: str, depth: int) -> Iterator[tuple[str, int]]:
    if depth > 200:
        return
    for below, start, value in _children(node, pointer):
        yield below, start.start_mark.line + 1
        yield from _lines(value, below, depth + 1)


def _doubled(node: Any, pointer: str, seen: set[int]) -> Iterator[str]:
    if id(node) in seen:
        return
    seen.add(id(node))
    known: set[str] = set()
    for below, _, value in _children(node, pointer):
        if below in known and not below.endswith("/<<"):
            yield below
        known.add(below)
        yield from _doubled(value, below, seen)
