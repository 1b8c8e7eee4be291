"""Aids as a table with a schema of Frictionless: a column for each member of an aid.

What is a list or an object is JSON in its cell, so that nothing is lost but the original record: it
is of another table, and may name persons. The schema follows from that of the aid.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from mobstd.canon.schemas import schema_of
from mobstd.canon.standard import find
from mobstd.mobility_aid.exporting.losses import Losses
from mobstd.mobility_aid.exporting.sheet import write_rows
from mobstd.mobility_aid.importing.diagnostics import Diagnostic
from mobstd.mobility_aid.registry import VERSION

__all__ = ["EXTENSIONS", "schema", "second", "write"]

EXTENSIONS = "extensions"
"""The column of members that begin with ``x-``."""

_PROFILE = "https://specs.frictionlessdata.io/schemas/table-schema.json"
_CONSTRAINTS = ("pattern", "enum", "minLength", "maxLength")


def schema() -> dict[str, Any]:
    """Return the schema of the table."""
    aid = schema_of(find(VERSION), "aid")
    needed = aid["required"]
    fields = [_field(name, part, name in needed) for name, part in aid["properties"].items()]
    more = {"name": EXTENSIONS, "type": "object", "description": "Members that begin with x-."}
    return {
        "$schema": _PROFILE,
        "name": "mobility-aid",
        "title": "Mobility aids: a proposal by mobstd",
        "description": aid["description"],
        "version": aid["properties"]["schemaVersion"]["const"],
        "fields": [*fields, more],
        "primaryKey": ["id"],
        "missingValues": [""],
    }


def _field(name: str, part: Mapping[str, Any], needed: bool) -> dict[str, Any]:
    limits: dict[str, Any] = {"required": True} if needed else {}
    limits |= {word: part[word] for word in _CONSTRAINTS if word in part}
    if "const" in part:
        limits["enum"] = [part["const"]]
    return {
        "name": name,
        "type": part.get("type", "object"),
        "description": part["description"],
        **({"constraints": limits} if limits else {}),
    }


def second() -> str:
    """Return the schema as the text of a file."""
    return json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"


def write(
    aids: Iterable[Mapping[str, Any]], file: IO[str], format: str, *, guarded: bool = False
) -> Iterator[Diagnostic]:
    """Write the table; see :func:`mobstd.mobility_aid.exporting.write`."""
    columns = [field["name"] for field in schema()["fields"]]
    made = (_row(aid, columns) for aid in aids)
    return write_rows(made, columns, file, guarded=guarded)


def _row(
    aid: Mapping[str, Any], columns: list[str]
) -> tuple[str, Mapping[str, str], list[Diagnostic]]:
    lose = Losses(aid)
    lose.where_there(["provenance/original"], "original-left-out")
    provenance = {k: v for k, v in aid["provenance"].items() if k != "original"}
    more = {name: value for name, value in aid.items() if name.startswith("x-")}
    whole = {**aid, "provenance": provenance, **({EXTENSIONS: more} if more else {})}
    return aid["id"], {name: _cell(whole.get(name)) for name in columns}, lose.found


def _cell(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
