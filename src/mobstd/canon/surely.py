"""Says quickly of most good documents that a schema accepts them.

A schema is made stricter where that makes it faster: a format becomes a pattern that only texts of
the format match, so that nothing is asked outside the validator. What the stricter schema accepts,
the schema accepts; of anything else nothing is said. It holds as well for a value whose integers
beyond 64 bits were read as the nearest double.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil, floor
from typing import Any

from mobstd.canon.formats import table

__all__ = ["stricter", "surely"]

_OTHERWISE = ("contains", "if", "not", "oneOf")
"""Where what is stricter inside may accept more outside."""

_INEXACT = ("multipleOf", "uniqueItems")
"""What can tell an integer from the double next to it, as large bounds can."""

_NAMED = ("$defs", "definitions", "dependentSchemas", "patternProperties", "properties")
_ITSELF = ("const", "default", "enum", "example", "examples")
_EXACT = 1 << 53
_WHOLE: Mapping[str, Callable[[float], int]] = {"minimum": ceil, "maximum": floor}


def surely(
    schema: Mapping[str, Any], documents: Mapping[str, Mapping[str, Any]]
) -> Callable[[Any], bool] | None:
    """Return what says of a JSON value that a schema accepts it; false: it says nothing.

    Args:
        schema: the schema.
        documents: what it may refer to, by ``$id``.

    Returns:
        ``None`` where there is no faster way.
    """
    try:
        import jsonschema_rs
    except ImportError:
        return None
    resources = [(name, stricter(document)) for name, document in documents.items()]
    try:
        return jsonschema_rs.validator_for(
            stricter(schema),
            registry=jsonschema_rs.Registry(resources) if resources else None,
            offline=True,
            validate_formats=False,
        ).is_valid
    except (ValueError, jsonschema_rs.ReferencingError):
        return None


def stricter(schema: Any) -> Any:
    """Return a schema without formats that accepts nothing which the schema refuses."""
    return _stricter(schema) if _bends(schema) else False


def _bends(schema: Any, inside: bool = False) -> bool:
    """Say whether a schema accepts less when what it is made of accepts less."""
    if isinstance(schema, list):
        return all(_bends(item, inside) for item in schema)
    if not isinstance(schema, Mapping):
        return True
    if (schema.get("format") and inside) or (_refers(schema) and inside):
        return False
    for key, value in schema.items():
        if key in _ITSELF:
            continue
        if (key in _INEXACT and value) or (_is_number(value) and abs(value) > _EXACT):
            return False
        below = list(value.values()) if key in _NAMED and isinstance(value, Mapping) else value
        if not _bends(below, inside or key in _OTHERWISE):
            return False
    return not any(map(_is_large, (schema.get("const"), *schema.get("enum", ()))))


def _refers(schema: Mapping[str, Any]) -> bool:
    return "$ref" in schema or "$dynamicRef" in schema


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_large(value: Any) -> bool:
    """Say whether a value of an enumeration is more than a text or a small number."""
    return isinstance(value, (dict, list)) or (_is_number(value) and abs(value) > _EXACT)


def _stricter(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_stricter(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    made: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _ITSELF:
            made[key] = value
        elif key in _NAMED and isinstance(value, Mapping):
            made[key] = {name: _stricter(item) for name, item in value.items()}
        else:
            made[key] = _stricter(value)
    more = [_bound(key, made.pop(key)) for key in _WHOLE if made.get(key, 0) % 1]
    name = made.pop("format", None)
    more += [_texts(name)] if isinstance(name, str) else []
    return {**made, "allOf": [*made.get("allOf", ()), *more]} if more else made


def _bound(key: str, value: float) -> Mapping[str, Any]:
    """Return a bound that is first tried as a whole number, which is compared faster."""
    return {"anyOf": [{key: _WHOLE[key](value)}, {key: value}]}


def _texts(name: str) -> Mapping[str, Any]:
    """Return the schema of some texts of a format, and of all that is no text."""
    row = table()[name]
    if row["applies_to"] != "string":
        return {}
    if "beyond" not in row and "max_length" not in row:
        return {"pattern": row["pattern"]}
    return {"pattern": row["surely"]} if "surely" in row else {"not": {"type": "string"}}
