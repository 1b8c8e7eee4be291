"""Error bodies in the shape that the standard documents, filled from its schemas alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mobstd.canon.openapi import Answer, Operation
from mobstd.canon.schemas import documents
from mobstd.canon.standard import Version
from mobstd.canon.validator import Validator, validator
from mobstd.serving.writing import to_json

__all__ = ["Shape", "common_shape", "shape_of"]

_NOTHING = object()
_NUMBERS = ("status", "code", "statuscode")


@dataclass(frozen=True)
class Shape:
    """How an error is written: its media type and its schema; no body without a schema."""

    version: Version
    media_type: str = ""
    schema: Mapping[str, Any] | None = None

    def body(self, status: int, reason: str) -> bytes:
        """Return the body, empty where the reason does not fit into the schema."""
        if self.schema is None:
            return b""
        value = _filled(documents(self.version), self.schema, status, reason, "")
        return to_json(value) if value is not _NOTHING and self._judge.is_valid(value) else b""

    @cached_property
    def _judge(self) -> Validator:
        return validator(self.schema or {}, documents(self.version))


def shape_of(version: Version, answer: Answer | None) -> Shape:
    """Return the shape of a documented answer."""
    for media, schema in (answer.content if answer else {}).items():
        if schema is not None and "json" in media:
            return Shape(version, media, schema)
    return Shape(version)


def common_shape(version: Version, operations: Iterable[Operation], code: int) -> Shape:
    """Return the shape of an error that belongs to no operation.

    It is that of the first operation which documents a body for this status, else of the first
    4xx body.
    """
    known = tuple(operations)
    own = (shape_of(version, operation.answers.get(str(code))) for operation in known)
    found = next((shape for shape in own if shape.schema is not None), None)
    if found is not None:
        return found
    for operation in known:
        for status in sorted(operation.answers):
            if status.startswith("4") or status == "default":
                shape = shape_of(version, operation.answers[status])
                if shape.schema is not None:
                    return shape
    return Shape(version)


def _filled(
    known: Mapping[str, Mapping[str, Any]],
    schema: Mapping[str, Any],
    status: int,
    reason: str,
    name: str,
) -> Any:
    """Return a value of the schema that says the reason, as small as the schema allows."""
    schema = _whole(known, schema)
    if "type" not in schema and (variants := schema.get("anyOf", schema.get("oneOf"))):
        schema = _whole(known, variants[0])
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "string":
        return reason
    if kind in ("integer", "number"):
        return status if name.lower().replace("_", "") in _NUMBERS else _NOTHING
    if kind == "array":
        item = _filled(known, schema.get("items", {}), status, reason, name)
        return [] if item is _NOTHING else [item]
    if kind != "object" and "properties" not in schema:
        return _NOTHING
    properties: Mapping[str, Any] = schema.get("properties", {})
    required = [key for key in schema.get("required", ()) if key in properties]
    wanted = required if any(_speaks(known, properties[key]) for key in required) else None
    if wanted is None:
        first = next((key for key in properties if _speaks(known, properties[key])), None)
        wanted = [*required, *([first] if first else [])]
    out = {key: _filled(known, properties[key], status, reason, key) for key in wanted}
    return {key: value for key, value in out.items() if value is not _NOTHING}


def _whole(known: Mapping[str, Mapping[str, Any]], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a schema with what it refers to and is composed of; what stands in itself is last."""
    target = _target(known, str(schema.get("$ref", "")))
    parts = [] if target is None else [target]
    parts += schema.get("allOf", ())
    if not parts:
        return schema
    out: dict[str, Any] = {}
    for part in (*(_whole(known, part) for part in parts), schema):
        properties = {**out.get("properties", {})}
        for name, inner in part.get("properties", {}).items():
            properties[name] = {**properties.get(name, {}), **inner}
        required = [*out.get("required", ()), *part.get("required", ())]
        inner = {"properties": properties, "required": required}
        out = {**out, **part, **{key: value for key, value in inner.items() if value}}
    return out


def _target(known: Mapping[str, Mapping[str, Any]], reference: str) -> Mapping[str, Any] | None:
    """Return the schema that a reference leads to; within a version, one by its file alone."""
    if reference in known or not reference:
        return known.get(reference)
    return next((one for uri, one in known.items() if uri.endswith(f"/{reference}")), None)


def _speaks(known: Mapping[str, Mapping[str, Any]], schema: Mapping[str, Any]) -> bool:
    """Say whether a value of the schema can hold words of ours."""
    schema = _whole(known, schema)
    if schema.get("type") == "string":
        return not {"enum", "const", "format", "pattern"} & set(schema)
    return any(_speaks(known, inner) for inner in schema.get("properties", {}).values())
