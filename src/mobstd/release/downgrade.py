"""OpenAPI 3.1 as 3.0, for the tools that read no other; what 3.0 can't say is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["downgraded"]

VERSION = "3.0.3"
LEFT_OUT = "x-not-in-3.0"
"""A schema lists under this name the keywords that were dropped: it accepts more than it should."""

_NAMED = ("properties",)
_LISTED = ("allOf", "anyOf", "oneOf")
_SINGLE = ("items", "not", "additionalProperties")
_KNOWN = {
    *("title", "description", "type", "format", "enum", "default", "example", "required"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "nullable"),
    *("minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems"),
    *("minProperties", "maxProperties", "deprecated", "readOnly", "writeOnly", "$ref"),
    *(*_NAMED, *_LISTED, *_SINGLE),
}


def downgraded(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a bundled OpenAPI 3.1 document as 3.0."""
    info = {name: value for name, value in document["info"].items() if name != "summary"}
    if "license" in info:
        info["license"] = {n: v for n, v in info["license"].items() if n != "identifier"}
    out: dict[str, Any] = _walked({**document, "openapi": VERSION, "info": info})
    schemas = out.get("components", {}).get("schemas", {})
    if schemas:
        components = {**out["components"]}
        components["schemas"] = {
            name: _schema(schema) for name, schema in document["components"]["schemas"].items()
        }
        out["components"] = components
    return out


def _walked(node: Any) -> Any:
    """Downgrade the schemas of everything that is no schema itself."""
    if isinstance(node, list):
        return [_walked(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    return {
        name: _schema(value) if name == "schema" else _walked(value)
        for name, value in node.items()
        if name != "schemas"
    } | ({"schemas": node["schemas"]} if "schemas" in node else {})


def _schema(node: Any) -> Any:
    if isinstance(node, bool):
        return {} if node else {"not": {}}
    if not isinstance(node, Mapping):
        return node
    out: dict[str, Any] = dict(node)
    extra: list[dict[str, Any]] = []
    for keyword, write in _WRITERS.items():
        if keyword in out:
            write(out, extra)
    for name in ("$schema", "$id", "$comment", "then", "else"):
        out.pop(name, None)
    dropped = sorted(name for name in out if name not in _KNOWN and not name.startswith("x-"))
    for name in dropped:
        del out[name]
    for name in _NAMED:
        if name in out:
            out[name] = {key: _schema(value) for key, value in out[name].items()}
    for name in _LISTED:
        if name in out:
            out[name] = [_schema(value) for value in out[name]]
    for name in _SINGLE:
        if isinstance(out.get(name), Mapping):
            out[name] = _schema(out[name])
    if "$ref" in out and len(out) + len(extra) > 1:
        extra.insert(0, {"$ref": out.pop("$ref")})
    if extra:
        out["allOf"] = [*out.get("allOf", ()), *extra]
    if dropped:
        out[LEFT_OUT] = dropped
    return out


def _type(out: dict[str, Any], extra: list[dict[str, Any]]) -> None:
    kinds = out["type"]
    if kinds == "null":
        del out["type"]
        out |= {"nullable": True, "enum": [None]}
    if isinstance(kinds, str):
        return
    plain = [kind for kind in kinds if kind != "null"]
    del out["type"]
    if len(plain) < len(kinds):
        out["nullable"] = True
    if len(plain) == 1:
        out["type"] = plain[0]
    elif plain:
        nullable = {"nullable": True} if out.pop("nullable", False) else {}
        extra.append({"anyOf": [{"type": kind, **nullable} for kind in plain]})


def _const(out: dict[str, Any], extra: list[dict[str, Any]]) -> None:
    out["enum"] = [out.pop("const")]


def _examples(out: dict[str, Any], extra: list[dict[str, Any]]) -> None:
    known = out.pop("examples")
    if known:
        out.setdefault("example", known[0])


def _bound(name: str, inclusive: str) -> Callable[[dict[str, Any], list[dict[str, Any]]], None]:
    def write(out: dict[str, Any], extra: list[dict[str, Any]]) -> None:
        if isinstance(out[name], bool):
            return
        if inclusive in out:
            extra.append({inclusive: out[inclusive]})
        out[inclusive] = out[name]
        out[name] = True

    return write


def _condition(out: dict[str, Any], extra: list[dict[str, Any]]) -> None:
    """Write if, then, else as "not the one, or the other"."""
    asked = _schema(out.pop("if"))
    if "then" in out:
        extra.append({"anyOf": [{"not": asked}, _schema(out["then"])]})
    if "else" in out:
        extra.append({"anyOf": [asked, _schema(out["else"])]})


def _dependent(out: dict[str, Any], extra: list[dict[str, Any]]) -> None:
    for name, needed in out.pop("dependentRequired").items():
        extra.append({"anyOf": [{"not": {"required": [name]}}, {"required": list(needed)}]})


_WRITERS = {
    "type": _type,
    "const": _const,
    "examples": _examples,
    "exclusiveMinimum": _bound("exclusiveMinimum", "minimum"),
    "exclusiveMaximum": _bound("exclusiveMaximum", "maximum"),
    "if": _condition,
    "dependentRequired": _dependent,
}
