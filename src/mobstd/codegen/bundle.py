"""The canon's schemas as one document of ``$defs``, in the terms of the model renderer.

Models read tolerantly, so what only a verdict needs is left out of theirs; queries are what we
send ourselves, so theirs stay strict.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any
from urllib.parse import urldefrag, urljoin

from mobstd.canon.openapi import Operation, Parameter
from mobstd.canon.schemas import SUFFIX, documents
from mobstd.canon.standard import Version
from mobstd.codegen.names import class_name, query_name
from mobstd.errors import CanonError

__all__ = ["Bundle", "model_bundle", "query_bundle"]

Bundle = dict[str, dict[str, Any]]
"""Component name to schema."""

_CODECS = {
    ("integer", "unix-time"): "mobstd.codecs.EpochSeconds",
    ("number", "unix-time"): "mobstd.codecs.EpochSeconds",
    ("string", "partial-time"): "mobstd.codecs.TimeOfDay",
}
_AMOUNT = "mobstd.codecs.Amount"
_KNOWN_FORMATS = {"date", "date-time"}
_STRUCTURE = {
    "additionalProperties", "allOf", "anyOf", "const", "default", "description", "enum", "format",
    "items", "oneOf", "prefixItems", "properties", "required", "title", "type",
}  # fmt: skip
_LIMITS = {
    "exclusiveMaximum", "exclusiveMinimum", "maximum", "maxItems", "maxLength", "minimum",
    "minItems", "minLength", "multipleOf", "pattern",
}  # fmt: skip
_WIDTH = 90


class _Rewriter:
    def __init__(self, version: Version, *, strict: bool) -> None:
        self.version = version
        self.strict = strict
        settings = version.source.get("models", {})
        self._decimal = {f"{_base(version)}{where}" for where in settings.get("decimal", ())}
        self._keep = _STRUCTURE | (_LIMITS if strict else set())

    def schema(self, node: Any, at: str, name: str = "") -> Any:
        """Return the schema at the absolute URI ``at``, rewritten; ``name`` is its component."""
        if not isinstance(node, Mapping):
            return {}
        out = self._rewritten(node, at, field=not name)
        if "description" in node:
            text = node["description"]
            out["description"] = _docstring(text, name) if name else _wrapped(text)
        return out

    def _rewritten(self, node: Mapping[str, Any], at: str, *, field: bool) -> dict[str, Any]:
        if "$ref" in node:
            return {"$ref": f"#/$defs/{self.component(urljoin(at, node['$ref']))}"}
        parts = node.get("allOf", ())
        references = [part for part in parts if "$ref" in part]
        if field and len(references) == 1 and "properties" not in node:
            return self._rewritten(references[0], at, field=field)
        codec = self._codec(node, at)
        if codec is not None:
            return _nullable({"customTypePath": codec}, node)
        if "enum" in node or "const" in node:
            return self._enumeration(node)
        out = {key: value for key, value in node.items() if key in self._keep}
        out.update(_number(node))
        if out.get("format") not in _KNOWN_FORMATS:
            out.pop("format", None)
        if not isinstance(out.get("additionalProperties"), Mapping) or "properties" in out:
            out.pop("additionalProperties", None)
        return self._inner(out, at)

    def _inner(self, out: dict[str, Any], at: str) -> dict[str, Any]:
        for key in ("allOf", "anyOf", "oneOf", "prefixItems"):
            if key in out:
                inner = enumerate(out[key])
                parts = [self.schema(one, f"{at}/{key}/{n}") for n, one in inner]
                out[key] = [one for one in parts if one or key != "allOf"]
        if not out.get("allOf", True):
            del out["allOf"]  # conditions alone: a verdict needs them, a reader does not
        for key in ("items", "additionalProperties"):
            if key in out:
                out[key] = self.schema(out[key], f"{at}/{key}")
        if "properties" in out:
            out["properties"] = {
                name: self.schema(one, f"{at}/properties/{name}")
                for name, one in out["properties"].items()
            }
        return out

    def _codec(self, node: Mapping[str, Any], at: str) -> str | None:
        if at in self._decimal:
            return _AMOUNT
        kinds = node.get("type")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        found = [_CODECS.get((kind, node.get("format", ""))) for kind in kinds]
        return next((codec for codec in found if codec), None)

    def _enumeration(self, node: Mapping[str, Any]) -> dict[str, Any]:
        values = list(node["enum"]) if "enum" in node else [node["const"]]
        closed = {"enum": [value for value in values if value is not None]}
        types = {"string": str, "boolean": bool, "integer": int, "number": float}
        kinds = [n for n, kind in types.items() if any(type(v) is kind for v in closed["enum"])]
        if len(kinds) == 1:
            closed["type"] = kinds[0]  # type: ignore[assignment]
        out: dict[str, Any] = closed
        if not self.strict:
            out = {"anyOf": [closed, *({"type": kind} for kind in kinds)]}
        if "default" in node:
            out["default"] = node["default"]
        return _nullable(out, {"type": ["null"]} if None in values else node)

    def component(self, uri: str) -> str:
        """Return the component that a reference leads to.

        Raises:
            CanonError: where it leads out of the canon, or elsewhere than to a definition.
        """
        document, fragment = urldefrag(uri)
        if document not in documents(self.version):
            raise CanonError("codegen.reference", reference=uri)
        name = class_name(document.rpartition("/")[2].removesuffix(SUFFIX))
        if not fragment:
            return name
        group, _, definition = fragment.removeprefix("/").partition("/")
        if group != "$defs" or "/" in definition:
            raise CanonError("codegen.reference", reference=uri)
        return name + class_name(definition)


def model_bundle(version: Version) -> Bundle:
    """Return what the models of a version are rendered from: every schema, and its ``$defs``.

    Raises:
        CanonError: for a reference that cannot be followed.
    """
    rewriter, bundle = _Rewriter(version, strict=False), {}
    for uri, document in documents(version).items():
        name = rewriter.component(uri)
        bundle[name] = rewriter.schema(document, f"{uri}#", name)
        for key, inner in document.get("$defs", {}).items():
            at = f"{uri}#/$defs/{key}"
            inner_name = rewriter.component(at)
            bundle[inner_name] = rewriter.schema(inner, at, inner_name)
    return dict(sorted(bundle.items()))


def query_bundle(version: Version, operations: Mapping[str, Operation]) -> Bundle:
    """Return what the query classes of a role are rendered from: one per operation that has any."""
    rewriter, bundle = _Rewriter(version, strict=True), {}
    for operation in operations.values():
        parameters = [p for p in operation.parameters if p.where in ("path", "query")]
        if parameters:
            name = query_name(operation.id)
            bundle[name] = {
                "type": "object",
                "description": _docstring(_asked(operation), name),
                "properties": {p.name: _parameter(rewriter, p) for p in parameters},
                "required": [p.name for p in parameters if p.required],
            }
    return bundle


def _asked(operation: Operation) -> str:
    return f"Parameters of ``{operation.id}``: {operation.summary or operation.path}"


def _parameter(rewriter: _Rewriter, parameter: Parameter) -> dict[str, Any]:
    base = f"{_base(rewriter.version)}parameters#/{parameter.name}"
    followed = documents(rewriter.version).get(str(parameter.schema.get("$ref")), parameter.schema)
    schema: dict[str, Any] = rewriter.schema(followed, base)
    schema["description"] = _wrapped(parameter.description)
    return schema


def _base(version: Version) -> str:
    return next(iter(documents(version)), "").rpartition("/")[0] + "/"


def _number(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return the type of a number that may stand as text of a pattern: models read both as one."""
    kinds = node.get("type")
    if not isinstance(kinds, list) or "pattern" not in node:
        return {}
    left = [kind for kind in kinds if kind != "string"]
    return {"type": left[0]} if left in (["integer"], ["number"]) else {}


def _nullable(schema: dict[str, Any], node: Mapping[str, Any]) -> dict[str, Any]:
    kinds = node.get("type")
    if isinstance(kinds, list) and "null" in kinds:
        return {"anyOf": [schema, {"type": "null"}]}
    return schema


def _wrapped(text: str) -> str:
    return "\n".join(textwrap.wrap(" ".join(text.split()), _WIDTH, break_long_words=False))


def _docstring(text: str, name: str) -> str:
    """Return the docstring of a class: its first sentence, or its name, on a line of its own."""
    text = " ".join(text.split())
    if len(text) <= _WIDTH:
        return text
    summary, dot, rest = text.partition(". ")
    if not dot or len(summary) > _WIDTH:
        summary, rest = name, text
    return f"{summary}.\n\n{_wrapped(rest)}"
