"""Flat schemas as Frictionless table schemas: one column for each member."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["table"]

TYPES = {"string": "string", "integer": "integer", "number": "number", "boolean": "boolean"}
FORMATS = {"date": "date", "date-time": "datetime", "time": "time", "unix-time": "integer"}
KEPT = ("email", "uri", "uuid")
CONSTRAINTS = ("enum", "pattern", "minimum", "maximum", "minLength", "maxLength")


def table(schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the table schema of an object whose members are all plain; of others ``None``."""
    members = schema.get("properties")
    if schema.get("type") != "object" or not members or schema.keys() & {"allOf", "oneOf", "anyOf"}:
        return None
    required = schema.get("required", ())
    fields = []
    for name, member in members.items():
        if not isinstance(member, Mapping) or str(member.get("type")) not in TYPES:
            return None
        fields.append(_field(name, member, name in required))
    return {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "name": schema.get("title", ""),
        "description": schema.get("description", ""),
        "fields": fields,
        "missingValues": [""],
    }


def _field(name: str, member: Mapping[str, Any], required: bool) -> dict[str, Any]:
    said = member.get("format")
    field: dict[str, Any] = {
        "name": name,
        "type": FORMATS.get(str(said), TYPES[member["type"]]),
        "description": member.get("description", ""),
    }
    if said in KEPT:
        field["format"] = said
    constraints: dict[str, Any] = {"required": True} if required else {}
    constraints |= {key: member[key] for key in CONSTRAINTS if key in member}
    return {**field, **({"constraints": constraints} if constraints else {})}
