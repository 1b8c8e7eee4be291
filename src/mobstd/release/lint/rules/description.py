"""Descriptions, units and examples: what a reader needs who has nothing but the schema."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mobstd.release.lint.place import Place
from mobstd.release.lint.rule import Found, Rule, at
from mobstd.release.lint.subject import Subject

__all__ = ["RULES"]

MEASURED = re.compile(
    r"(?i)(duration|distance|price|amount|cost|fare|speed|weight|radius|delay"
    r"|elevation|altitude|timeout|mileage|volume|energy|emission|budget|ceiling)s?$"
    r"|Delta$|(^|_)delta$"
)
"""Names of members that are amounts of something; nobody writes a latitude but in degrees."""

UNITS = re.compile(
    r"(?i)\b(milli|micro)?(second|minute|hour|day|week|month|year|seconde|heure|jour|semaine|mois"
    r"|an|année)s?\b|\b(kilo|centi|milli)?(met(re|er)|mètre|gram|gramme|watt|joule|lit(re|er))s?\b"
    r"|\b(degree|degré|percent|cent|centime|euro|currency|devise|share|ratio|unit|unité)s?\b|\bunix\b"
    r"|\bpour ?cent\b|[%€°]|\b(ms|s|min|h|m|km|cm|kg|g|t|l|kw|kwh|eur|wgs ?84|iso ?[0-9]+)\b"
)


def _described(subject: Subject, place: Place) -> bool:
    if str(place.schema.get("description", "")).strip():
        return True
    target = subject.resolved(place.document, place.schema)
    return target is not place.schema and bool(str(target.get("description", "")).strip())


def _wholes(subject: Subject) -> Found:
    for place in subject.places:
        if place.kind == "whole" and not _described(subject, place) and "$ref" not in place.schema:
            yield at(place, name=place.name)


def _members(subject: Subject) -> Found:
    for place in subject.places:
        if place.kind != "member" or place.conditional or not _says(place.schema):
            continue
        if not _described(subject, place):
            yield at(place, name=place.name)


def _says(schema: Mapping[str, Any]) -> bool:
    """Say whether it is more than a narrower word on a member that is described elsewhere."""
    return bool(schema.keys() & {"type", "$ref", "enum", "oneOf", "anyOf", "allOf"})


def _parameters(subject: Subject) -> Found:
    for place in subject.places:
        if place.kind == "parameter" and place.above is not None:
            said = place.above.get("description") or place.schema.get("description")
            if not str(said or "").strip():
                yield at(place, name=place.name)


def _operations(subject: Subject) -> Found:
    from mobstd.release.lint.rules.api import operations

    for found in operations(subject):
        if not str(found.node.get("summary") or found.node.get("description") or "").strip():
            yield found.hit(name=found.name)


def _units(subject: Subject) -> Found:
    for place in subject.places:
        if place.kind not in ("member", "parameter") or place.conditional:
            continue
        schema = subject.resolved(place.document, place.schema)
        kind = schema.get("type")
        kinds = kind if isinstance(kind, list) else [kind]
        if not {"number", "integer"} & {one for one in kinds if isinstance(one, str)}:
            continue
        if not MEASURED.search(place.name) or schema.get("format") == "unix-time":
            continue
        around = place.above if place.kind == "parameter" and place.above else {}
        said = [place.schema, schema, around]
        texts = " ".join(str(one.get(key, "")) for one in said for key in ("description", "x-unit"))
        if not UNITS.search(texts):
            yield at(place, name=place.name)


def _examples(subject: Subject) -> Found:
    for place in subject.places:
        if place.kind != "whole" or place.pointer.startswith(("/$defs", "/definitions")):
            continue
        if not _shown(subject, place) and _speaks(subject, place.schema):
            yield at(place, name=place.name)


def _speaks(subject: Subject, schema: Mapping[str, Any]) -> bool:
    """Say whether an example would tell more than the schema, such as that of an enumeration."""
    return "object" in (schema.get("type"), *_of(schema)) or bool(
        schema.keys() & {"properties", "allOf", "oneOf", "anyOf", "pattern", "format"}
    )


def _of(schema: Mapping[str, Any]) -> list[str]:
    said = schema.get("type")
    return [one for one in said if isinstance(one, str)] if isinstance(said, list) else []


def _shown(subject: Subject, place: Place) -> bool:
    if "example" in place.schema or place.schema.get("examples"):
        return True
    if not place.pointer and subject.examples("valid", place.name):
        return True
    members = place.schema.get("properties")
    return (
        isinstance(members, Mapping)
        and bool(members)
        and all(
            isinstance(one, Mapping) and _tells(subject, place, one) for one in members.values()
        )
    )


def _tells(subject: Subject, place: Place, member: Mapping[str, Any]) -> bool:
    """Say whether a member has an example of its own, or needs none."""
    target = subject.resolved(place.document, member)
    return bool({"example", "examples", "const", "default"} & (member.keys() | target))


def _seen(subject: Subject) -> Found:
    """Yield members that no example or vector of their object shows, nor one of their own."""
    for place in subject.places:
        if place.kind != "whole" or place.pointer.startswith(("/$defs", "/definitions")):
            continue
        shown = list(_documents(subject, place))
        if not shown:
            continue
        known = {key for one in shown if isinstance(one, Mapping) for key in one}
        members = place.schema.get("properties")
        for name, member in members.items() if isinstance(members, Mapping) else ():
            if name in known or not isinstance(member, Mapping):
                continue
            target = subject.resolved(place.document, member)
            if not ({"example", "examples", "const", "deprecated"} & (member.keys() | target)):
                yield at(place, f"/properties/{name}", name=name)


def _documents(subject: Subject, place: Place) -> Iterator[Any]:
    said = place.schema.get("examples")
    yield from said if isinstance(said, list) else ()
    if "example" in place.schema:
        yield place.schema["example"]
    if subject.version is not None and not place.pointer:
        yield from (one.content for one in subject.examples("valid", place.name))
        yield from subject.vectors.get(place.name, ())


RULES = (
    Rule("LINT-DOC-01", "warning", _wholes),
    Rule("LINT-DOC-02", "warning", _members),
    Rule("LINT-DOC-03", "warning", _units, after=("LINT-DOC-02", "LINT-DOC-06")),
    Rule("LINT-DOC-04", "warning", _examples),
    Rule("LINT-DOC-05", "note", _seen),
    Rule("LINT-DOC-06", "warning", _parameters),
    Rule("LINT-DOC-07", "warning", _operations),
)
