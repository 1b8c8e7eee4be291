"""The members of a schema, one line for each, however deep."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from mobstd.canon.schemas import SUFFIX

__all__ = ["MOST", "Member", "members"]

MOST = 300
"""Lines of one schema; what is beyond stands in its file."""

_DEEPEST = 8
_SHOWN = 400
_TOLD = frozenset(
    {
        *("$schema", "$id", "$defs", "$ref", "$comment", "title", "description", "examples"),
        *("type", "properties", "required", "items", "enum", "const", "default"),
        *("deprecated", "readOnly", "writeOnly"),
    }
)
_INSIDE = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "prefixItems")


@dataclass(frozen=True)
class Member:
    """A place in a document, and what the schema says of it.

    Attributes:
        path: such as ``driver.alias``; an item of a list is ``waypoints[]``, the whole is empty.
        types: the JSON types that it may have.
        schemas: the names of the schemas that it has to agree with.
        required: whether it has to be there; ``None`` for the whole document and for items.
        values: the values that it may have, as JSON, where they are listed.
        facts: what else holds of it, as keywords with their value.
        description: what it is, in the words of the schema.
    """

    path: str
    types: tuple[str, ...]
    schemas: tuple[str, ...]
    required: bool | None
    values: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    description: str


def members(schema: Any) -> list[Member]:
    """Return the lines of a schema, the document itself first; at most :data:`MOST`."""
    return list(islice(_lines(schema, "", None, 0), MOST))


def _lines(schema: Any, path: str, required: bool | None, depth: int) -> Iterator[Member]:
    if not isinstance(schema, Mapping):
        yield Member(path, (), (), required, (), (("schema", json.dumps(schema)),), "")
        return
    yield _line(schema, path, required)
    if depth == _DEEPEST:
        return
    needed = schema.get("required", ())
    for name, below in _mapping(schema.get("properties")).items():
        yield from _lines(below, f"{path}.{name}".lstrip("."), name in needed, depth + 1)
    for keyword, mark in (("items", "[]"), ("additionalProperties", ".*")):
        below = schema.get(keyword)
        if isinstance(below, Mapping) and below:
            yield from _lines(below, f"{path}{mark}".lstrip("."), None, depth + 1)


def _line(schema: Mapping[str, Any], path: str, required: bool | None) -> Member:
    said = schema.get("type", ())
    types = (said,) if isinstance(said, str) else tuple(said)
    values = schema["enum"] if "enum" in schema else [schema[k] for k in ("const",) if k in schema]
    facts = [
        (keyword, _short(value))
        for keyword, value in schema.items()
        if keyword not in _TOLD and not _shown_below(keyword, value)
    ]
    facts += [(flag, _short(schema[flag])) for flag in ("default",) if flag in schema]
    facts += [(flag, "") for flag in ("deprecated", "readOnly", "writeOnly") if schema.get(flag)]
    return Member(
        path,
        types,
        tuple(dict.fromkeys(_named(schema))),
        required,
        tuple(_short(value) for value in values),
        tuple(facts),
        str(schema.get("description", "")),
    )


def _shown_below(keyword: str, value: Any) -> bool:
    """Say whether a keyword has lines of its own, or is told by the schemas that it names."""
    if keyword == "additionalProperties":
        return isinstance(value, Mapping) and bool(value)
    if keyword in _INSIDE:
        parts = value if isinstance(value, list) else [value]
        return all(isinstance(one, Mapping) and one.keys() <= {"$ref"} for one in parts)
    return False


def _named(schema: Mapping[str, Any]) -> Iterator[str]:
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.partition("#")[0].endswith(SUFFIX):
        yield reference.partition("#")[0].rpartition("/")[2].removesuffix(SUFFIX)
    for keyword in _INSIDE:
        value = schema.get(keyword)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Mapping):
                yield from _named(one)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
