"""Formats: whether validators know them, and whether they can say anything there."""

from __future__ import annotations

import re

from mobstd.canon.formats import table
from mobstd.release.lint.place import Place
from mobstd.release.lint.rule import Found, Rule, at
from mobstd.release.lint.subject import Subject

__all__ = ["RULES"]

PUBLISHED = {
    *("idn-email", "idn-hostname", "iri", "iri-reference", "uri-template"),
    *("relative-json-pointer", "byte", "binary", "password", "char", "decimal", "int8", "int16"),
}
"""Formats of JSON Schema and of the registry of OpenAPI that are not in our table."""

NUMBERS = ("number", "integer")
MOMENT = re.compile(r"(^|_)(date|datetime|timestamp)$|Date(time)?$|DateTime$|_at$|[a-z]At$")
DAY_IN_WORDS = re.compile(r"(?i)\b(words?|free text|mots|texte libre)\b")


def _unknown(subject: Subject) -> Found:
    for place in subject.places:
        said = place.schema.get("format")
        if not isinstance(said, str) or said in table():
            continue
        if subject.version is not None or said not in PUBLISHED:
            yield at(place, "/format", format=said)


def _misplaced(subject: Subject) -> Found:
    for place in subject.places:
        said = place.schema.get("format")
        if not isinstance(said, str) or not place.types or said not in table():
            continue
        if not _fits(table()[said]["applies_to"], place.types):
            yield at(place, "/format", format=said, type=", ".join(place.types))


def _fits(wanted: str, types: tuple[str, ...]) -> bool:
    if wanted in NUMBERS:
        return any(one in NUMBERS for one in types)
    return wanted in types


def _moments(subject: Subject) -> Found:
    for place in subject.places:
        if place.kind not in ("member", "parameter") or place.conditional:
            continue
        if "string" in place.types and MOMENT.search(place.name) and not _bound(place):
            yield at(place, name=place.name)


def _bound(place: Place) -> bool:
    kept = place.schema.keys() & {"format", "pattern", "enum", "const"}
    return bool(kept or DAY_IN_WORDS.search(str(place.schema.get("description", ""))))


RULES = (
    Rule("LINT-FORMAT-01", "error", _unknown),
    Rule("LINT-FORMAT-02", "error", _misplaced),
    Rule("LINT-FORMAT-03", "note", _moments),
)
