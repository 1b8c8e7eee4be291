"""What the dialects call differently, said as JSON Schema 2020-12 has it.

Known are OpenAPI 3.0 and 3.1, Swagger 2.0, and JSON Schema from draft 4 on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["LISTS", "MAPS", "REQUEST", "RESPONSE", "SINGLE", "dialect_of", "modern", "written"]

REQUEST, RESPONSE = "request", "response"

_SINGLE_TEXT = """
items additionalProperties unevaluatedProperties unevaluatedItems contains propertyNames
not if then else
"""
SINGLE = frozenset(_SINGLE_TEXT.split())
"""Keywords whose value is a schema."""
LISTS = frozenset(("allOf", "anyOf", "oneOf", "prefixItems"))
MAPS = frozenset(("properties", "patternProperties", "dependentSchemas"))

_OLD = frozenset(("swagger-2", "openapi-3.0", "draft-4", "draft-6", "draft-7"))
"""Dialects where whatever stands beside ``$ref`` is ignored, and a list of ``items`` is a tuple."""
_FIRST = frozenset(("swagger-2", "openapi-3.0", "draft-4"))
"""Dialects where ``exclusiveMinimum`` is a flag."""
_DRAFTS = {"draft-04": "draft-4", "draft-06": "draft-6", "draft-07": "draft-7"}


def dialect_of(document: Mapping[str, Any]) -> str:
    """Return the dialect that a document is written in; 2020-12 where it doesn't say."""
    if str(document.get("swagger", "")).startswith("2"):
        return "swagger-2"
    version = str(document.get("openapi", ""))
    if version:
        return "openapi-3.0" if version.startswith("3.0") else "openapi-3.1"
    named = str(document.get("$schema", ""))
    return next((ours for theirs, ours in _DRAFTS.items() if theirs in named), "2020-12")


def modern(schema: Mapping[str, Any], dialect: str, direction: str | None) -> dict[str, Any]:
    """Return a schema, not what is below it, as 2020-12 writes it.

    ``direction`` leaves out what is only read or only written, for the other way.
    """
    if "$ref" in schema and dialect in _OLD:
        return {"$ref": schema["$ref"]}
    out = dict(schema)
    if dialect in _FIRST:
        _flags(out)
    if dialect in ("swagger-2", "openapi-3.0"):
        _nullable(out)
        if "example" in out:
            out.setdefault("examples", [out.pop("example")])
    if dialect in _OLD or isinstance(out.get("items"), list):
        _tuple(out)
    if out.get("type") == "file":
        del out["type"]
    for name, needed in out.pop("dependencies", {}).items():
        key = "dependentRequired" if isinstance(needed, list) else "dependentSchemas"
        out[key] = {**out.get(key, {}), name: needed}
    if "$recursiveRef" in out:
        out.setdefault("$ref", out.pop("$recursiveRef"))
    if direction is not None and "properties" in out:
        _one_way(out, "readOnly" if direction == REQUEST else "writeOnly")
    return out


def written(keyword: str, schema: Mapping[str, Any]) -> str:
    """Return the keyword as the schema itself writes it."""
    if keyword in schema:
        return keyword
    if keyword == "items":
        return "additionalItems"
    older = {"prefixItems": "items", "examples": "example"}.get(keyword, "dependencies")
    return older if older in schema else keyword


def _flags(out: dict[str, Any]) -> None:
    for flag, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(out.get(flag), bool) and out.pop(flag) and bound in out:
            out[flag] = out.pop(bound)


def _nullable(out: dict[str, Any]) -> None:
    nullable = [out.pop(name, False) for name in ("nullable", "x-nullable")]
    if any(nullable) and isinstance(out.get("type"), str):
        out["type"] = [out["type"], "null"]


def _tuple(out: dict[str, Any]) -> None:
    if isinstance(out.get("items"), list):
        out["prefixItems"] = out.pop("items")
        if "additionalItems" in out:
            out["items"] = out.pop("additionalItems")
    else:
        out.pop("additionalItems", None)


def _one_way(out: dict[str, Any], flag: str) -> None:
    other = {
        name
        for name, schema in out["properties"].items()
        if isinstance(schema, Mapping) and schema.get(flag) is True
    }
    if other:
        out["properties"] = {n: s for n, s in out["properties"].items() if n not in other}
        out["required"] = [name for name in out.get("required", ()) if name not in other]
