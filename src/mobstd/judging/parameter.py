"""Parameters as they stand in a request: text, read in the type that their schema asks for."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from mobstd.canon.openapi import Parameter

__all__ = ["read", "resolved", "scalar", "type_of"]

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_LONGEST = 64


def resolved(
    known: Mapping[str, Mapping[str, Any]], schema: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return the schema with a ``$ref`` at its top followed."""
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference in known:
        return {**known[reference], **{k: v for k, v in schema.items() if k != "$ref"}}
    return schema


def type_of(schema: Mapping[str, Any]) -> str:
    """Return the type that a schema asks for; of several the first that is not ``null``."""
    kind = schema.get("type", "string")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "string")
    return str(kind)


def scalar(kind: str, text: str) -> bool | int | float | str | None:
    """Return what ``text`` says in a type, or ``None`` where it says nothing of that type."""
    if kind == "boolean":
        return {"true": True, "false": False}.get(text)
    if kind == "integer" and len(text) <= _LONGEST and _INTEGER.fullmatch(text):
        return int(text)
    if kind in ("integer", "number"):
        if len(text) <= _LONGEST and _NUMBER.fullmatch(text):
            value = float(text)
            if math.isfinite(value) and (kind == "number" or value.is_integer()):
                return value if kind == "number" else int(value)
        return None
    return text


def read(parameter: Parameter, texts: Sequence[str], known: Mapping[str, Mapping[str, Any]]) -> Any:
    """Return the value of a parameter; a text that is not of its type stays a text.

    Args:
        parameter: the parameter.
        texts: what stands in the request, once for each time that it is given.
        known: the schemas that its own may refer to.
    """
    schema = resolved(known, parameter.schema)
    kind = type_of(schema)
    if kind == "array":
        item = type_of(resolved(known, schema.get("items", {})))
        return [_typed(item, word) for text in texts for word in text.split(",")]
    return _typed(kind, texts[0])


def _typed(kind: str, text: str) -> Any:
    value = scalar(kind, text)
    return text if value is None else value
