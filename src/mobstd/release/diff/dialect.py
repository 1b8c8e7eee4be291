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

_BOUNDS_TEXT = "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf"
_COUNTS_TEXT = """
minLength maxLength minItems maxItems minContains maxContains minProperties maxProperties
"""
_BOUNDS, _COUNTS = frozenset(_BOUNDS_TEXT.split()), frozenset(_COUNTS_TEXT.split())
_NAMED = frozenset(("pattern", "format", "$ref"))
_TYPES = frozenset(["object", "array", "string", "number", "integer", "boolean", "null", "file"])
_HUGE = 1e300
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
    if isinstance(schema.get("$ref"), str) and dialect in _OLD:
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
    needs = out.pop("dependencies", {})
    for name, needed in needs.items() if isinstance(needs, Mapping) else ():
        key = "dependentRequired" if isinstance(needed, list) else "dependentSchemas"
        out[key] = {**out.get(key, {}), name: needed}
    if "$recursiveRef" in out:
        out.setdefault("$ref", out.pop("$recursiveRef"))
    for word in [word for word, value in out.items() if _malformed(word, value)]:
        out[f"malformed {word}"] = out.pop(word)  # as any keyword that nobody knows
    if direction is not None and "properties" in out:
        _one_way(out, "readOnly" if direction == REQUEST else "writeOnly")
    return out


def _malformed(word: str, value: Any) -> bool:
    """Say whether a keyword is there with a value that no validator takes."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if number and not -_HUGE < value < _HUGE:
        return True
    if word in _BOUNDS:
        return not number or (word == "multipleOf" and value <= 0)
    if word in _COUNTS:
        return not number or value < 0 or value != int(value)
    if word in _NAMED:
        return not isinstance(value, str)
    if word == "type":
        names = value if isinstance(value, list) else [value]
        return not names or any(not isinstance(n, str) or n not in _TYPES for n in names)
    if word in ("required", "examples", "enum", *LISTS):
        plain = word != "required" or (isinstance(value, list) and all(map(_is_text, value)))
        return not isinstance(value, list) or not plain or (word in LISTS and not value)
    if word in (*MAPS, "dependentRequired"):
        return not isinstance(value, Mapping) or (
            word == "dependentRequired"
            and any(not isinstance(v, list) or not all(map(_is_text, v)) for v in value.values())
        )
    return word == "uniqueItems" and not isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


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
    elif any(nullable):
        out["nullable"] = True  # without a type it has no effect; some think that it has


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
