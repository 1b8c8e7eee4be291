"""CSV: a column is a JSON path with dots, an empty cell is absent, types are the schema's."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, BinaryIO

from mobstd.canon.standard import Version
from mobstd.errors import ConfigError
from mobstd.judging.body import NotJson
from mobstd.validation.overlay import documents_under
from mobstd.validation.reading import parse
from mobstd.validation.remark import Remark, broken

__all__ = ["Column", "columns", "document_of", "rows"]

MAX_CELL = 16 * 1024 * 1024
"""Characters of one cell that are read."""

_DOT = re.compile(r"(?<!\\)\.")
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_BOOLEANS = {"true": True, "false": False}
_ANYTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Column:
    """A column: where its cells go, and the JSON types that the schema allows there.

    ``known`` is false for a path that the schema does not name.
    """

    name: str
    path: tuple[str | int, ...]
    types: frozenset[str]
    known: bool

    def value(self, cell: str) -> Any:
        """Return a cell as the JSON value that the schema expects, or as text."""
        if "string" in self.types or not self.types:
            return cell
        if self.types & {"number", "integer"} and _INTEGER.fullmatch(cell):
            return int(cell) if len(cell) < 300 else float(cell[:300])
        if self.types & {"number", "integer"} and _NUMBER.fullmatch(cell):
            return max(-1.7976931348623157e308, min(1.7976931348623157e308, float(cell)))
        if "boolean" in self.types and cell.lower() in _BOOLEANS:
            return _BOOLEANS[cell.lower()]
        if "null" in self.types and cell == "null":
            return None
        if self.types & {"array", "object"} and cell[:1] in "[{":
            try:
                return parse(cell.encode("utf-8", "surrogatepass"))
            except NotJson:
                return cell
        return cell


def columns(
    header: Sequence[str], version: Version, schema: str, overlay: str | None
) -> list[Column]:
    """Return the columns of a table.

    Raises:
        ConfigError: where a column has no name, stands twice, or lies inside another.
    """
    every = documents_under(version, overlay)
    root = next(d for u, d in every.items() if u.endswith(f"/{schema}.schema.json"))
    found = [_column(name.strip(), root, every) for name in header]
    paths: set[tuple[str | int, ...]] = set()
    for column in found:
        if not column.name:
            raise ConfigError("validation.table.no-name")
        if column.path in paths:
            raise ConfigError("validation.table.twice", column=column.name)
        paths.add(column.path)
    for column in found:
        for length in range(1, len(column.path)):
            if column.path[:length] in paths:
                outer = ".".join(str(step) for step in column.path[:length])
                raise ConfigError("validation.table.inside", column=column.name, outer=outer)
    return found


def _column(name: str, root: Mapping[str, Any], every: Mapping[str, Any]) -> Column:
    nodes = _alternatives(root, root, every)
    path: list[str | int] = []
    known = True
    for text in (step.replace("\\.", ".") for step in _DOT.split(name)):
        below: list[tuple[Mapping[str, Any], Mapping[str, Any]]] = []
        indexed = text.isdigit() and any("items" in node for node, _ in nodes)
        for node, document in nodes:
            child = node.get("items") if indexed else node.get("properties", {}).get(text)
            if isinstance(child, Mapping):
                below += _alternatives(child, document, every)
        known = known and bool(below)
        path.append(int(text) if indexed else text)
        nodes = below
    types = frozenset(t for node, _ in nodes for t in _types(node))
    return Column(name, tuple(path), types, known)


def _alternatives(
    node: Mapping[str, Any], document: Mapping[str, Any], every: Mapping[str, Any], depth: int = 0
) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Return a schema and all that it refers to or is put together from, each with its document."""
    found = [(node, document)]
    if depth > 16:
        return found
    if "$ref" in node:
        file, _, fragment = str(node["$ref"]).partition("#")
        target = document if not file else _named(file, every)
        inner = _at(target, fragment)
        if isinstance(inner, Mapping):
            found += _alternatives(inner, target, every, depth + 1)
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in node.get(keyword, ()):
            if isinstance(part, Mapping):
                found += _alternatives(part, document, every, depth + 1)
    return found


def _named(file: str, every: Mapping[str, Any]) -> Mapping[str, Any]:
    name = file.rpartition("/")[2]
    return next((d for uri, d in every.items() if uri.endswith(f"/{name}")), _ANYTHING)


def _at(document: Any, fragment: str) -> Any:
    for step in fragment.lstrip("/").split("/") if fragment else ():
        document = document.get(step, _ANYTHING) if isinstance(document, Mapping) else _ANYTHING
    return document


def _types(node: Mapping[str, Any]) -> Iterator[str]:
    stated = node.get("type", ())
    yield from (stated,) if isinstance(stated, str) else stated
    for value in (*node.get("enum", ()), *((node["const"],) if "const" in node else ())):
        yield _type_of(value)


@cache
def _type_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, (int, float)) else "string"


def rows(
    stream: BinaryIO, version: Version, schema: str, overlay: str | None
) -> Iterator[tuple[int, Any, Remark | None]]:
    """Yield ``(line, document, None)``, or ``(line, None, remark)`` for a row that is broken.

    A column that the schema does not know is remarked on, with line 1, as a warning.
    """
    text = io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="")
    try:
        yield from _rows(text, version, schema, overlay)
    finally:
        text.detach()


def _rows(
    text: io.TextIOWrapper, version: Version, schema: str, overlay: str | None
) -> Iterator[tuple[int, Any, Remark | None]]:
    csv.field_size_limit(MAX_CELL)
    first = text.readline()
    if first[:1] in ("\udcff", "\udcfe") or "\x00" in first[:4]:
        yield 1, None, broken(NotJson("utf-16"), 1)
        return
    if _foreign(first):
        yield 1, None, broken(NotJson("encoding"), 1)
        return
    delimiter = max(",;\t", key=first.count)
    header = next(csv.reader([first], delimiter=delimiter), None)
    if not header:
        return
    found = columns(header, version, schema, overlay)
    for column in found:
        if not column.known:
            params = {"column": column.name}
            yield 1, None, Remark("table", "validation.table.unknown", params, "warning", line=1)
    yield from _read(csv.reader(text, delimiter=delimiter, strict=True), found)


def _read(reader: Any, found: Sequence[Column]) -> Iterator[tuple[int, Any, Remark | None]]:
    while True:
        line = reader.line_num + 2
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            words = {"words": str(error)}
            yield line, None, Remark("table", "validation.table.broken", words, line=line)
            continue
        if not any(cells):
            continue
        if len(cells) > len(found):
            counts = {"cells": len(cells), "columns": len(found)}
            yield line, None, Remark("table", "validation.table.too-many", counts, line=line)
        elif strange := [c.name for c, cell in zip(found, cells, strict=False) if _foreign(cell)]:
            where = {"column": strange[0]}
            yield line, None, Remark("table", "validation.table.encoding", where, line=line)
        else:
            filled = (
                (c.path, c.value(cell)) for c, cell in zip(found, cells, strict=False) if cell
            )
            yield line, document_of(filled), None


def _foreign(text: str) -> bool:
    """Say whether a text was not UTF-8."""
    return any("\udc80" <= char <= "\udcff" for char in text)


def document_of(values: Iterable[tuple[Sequence[str | int], Any]]) -> Any:
    """Return the document that has these values at these paths; of no two one lies in the other."""
    document: dict[str | int, Any] = {}
    for path, value in values:
        into = document
        for step in path[:-1]:
            into = into.setdefault(step, {})
        into[path[-1]] = value
    return _with_lists(document)


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    children = {key: _with_lists(child) for key, child in value.items()}
    if children and all(isinstance(key, int) for key in children):
        return [children[key] for key in sorted(children)]
    return children
