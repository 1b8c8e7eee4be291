"""Dialect, ``$id``, ``$ref`` and keywords: whether all tools see the same schema."""

from __future__ import annotations

import difflib
from collections import Counter
from urllib.parse import urlsplit

from mobstd.release.lint.place import Place
from mobstd.release.lint.rule import Found, Hit, Rule, at
from mobstd.release.lint.subject import Subject

__all__ = ["RULES"]

HOUSE = "https://json-schema.org/draft/2020-12/schema"

OLD = {
    *("$ref", "title", "description", "default", "type", "enum", "multipleOf", "maximum"),
    *("minimum", "exclusiveMaximum", "exclusiveMinimum", "maxLength", "minLength", "pattern"),
    *("maxItems", "minItems", "uniqueItems", "maxProperties", "minProperties", "required"),
    *("properties", "additionalProperties", "items", "allOf", "anyOf", "oneOf", "not", "format"),
}
JSON_SCHEMA = OLD | {
    *("$schema", "$id", "id", "$comment", "$defs", "definitions", "examples", "const", "contains"),
    *("propertyNames", "patternProperties", "dependencies", "additionalItems", "if", "then"),
    *("else", "readOnly", "writeOnly", "contentMediaType", "contentEncoding", "contentSchema"),
    *("$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef", "$recursiveAnchor"),
    *("$vocabulary", "dependentSchemas", "dependentRequired", "unevaluatedItems"),
    *("unevaluatedProperties", "maxContains", "minContains", "prefixItems", "deprecated"),
}
OF_API = {"discriminator", "xml", "externalDocs", "example", "readOnly", "writeOnly", "deprecated"}
KEYWORDS = {
    "2.0": OLD | OF_API,
    "3.0": OLD | OF_API | {"nullable"},
    "api": JSON_SCHEMA | OF_API,
}

ALONE = ("2.0", "3.0", "draft-04", "draft-06", "draft-07")
"""Dialects in which what stands beside a ``$ref`` is ignored."""


def _dialect(subject: Subject) -> Found:
    for document in subject.schemas:
        if not isinstance(document.content.get("$schema"), str):
            yield Hit(document, "", {})


def _house_dialect(subject: Subject) -> Found:
    for document in subject.schemas:
        said = document.content.get("$schema", HOUSE)
        if said != HOUSE:
            yield Hit(document, "/$schema", {"said": said})


def _identity(subject: Subject) -> Found:
    for document in subject.schemas:
        said = document.content.get("$id", document.content.get("id"))
        if not isinstance(said, str) or not _scheme(said):
            yield Hit(document, "/$id" if isinstance(said, str) else "", {})


def _file_and_identity(subject: Subject) -> Found:
    """Hold every ``$id`` to one base that ends in standard and version, and to the file's name."""
    ids = {one: str(one.content.get("$id", "")) for one in subject.schemas}
    bases = Counter(uri.rpartition("/")[0] for uri in ids.values())
    base = bases.most_common(1)[0][0] if bases else ""
    if subject.version and not base.endswith(f"/{subject.version.name}/{subject.version.version}"):
        base = f".../{subject.version.name}/{subject.version.version}"
    for document, uri in ids.items():
        wanted = f"{base}/{document.path.name}"
        if uri and uri != wanted and not uri.endswith(wanted.removeprefix("...")):
            yield Hit(document, "/$id", {"said": uri, "wanted": wanted})


def _twice(subject: Subject) -> Found:
    seen: set[str] = set()
    for document in subject.schemas:
        said = document.content.get("$id")
        if isinstance(said, str) and said in seen:
            yield Hit(document, "/$id", {"said": said})
        seen.add(str(said))


def _dangling(subject: Subject) -> Found:
    for place in subject.places:
        reference = place.schema.get("$ref")
        if not isinstance(reference, str) or subject.follow(place.document, reference):
            continue
        if not _elsewhere(reference):
            yield at(place, "/$ref", reference=reference)
    for document in subject.apis:
        yield from _dangling_outside(subject, document)


def _dangling_outside(subject: Subject, document: object) -> Found:
    from mobstd.release.lint.rules.api import operations

    for found in operations(subject):
        if found.document is not document:
            continue
        for pointer, reference in found.references():
            if not subject.follow(found.document, reference) and not _elsewhere(reference):
                yield Hit(found.document, pointer, {"reference": reference})


def _elsewhere(reference: str) -> bool:
    return _scheme(reference) in ("http", "https")


def _scheme(uri: str) -> str:
    try:
        return urlsplit(uri).scheme
    except ValueError:  # such as half an IPv6 address
        return ""


def _fetched(subject: Subject) -> Found:
    for place in subject.places:
        reference = place.schema.get("$ref")
        if not isinstance(reference, str) or not _elsewhere(reference):
            continue
        if subject.follow(place.document, reference) is None:
            yield at(place, "/$ref", reference=reference)


def _ignored(subject: Subject) -> Found:
    for place in subject.places:
        if "$ref" not in place.schema or place.document.dialect not in ALONE:
            continue
        beside = sorted(
            key
            for key in place.schema
            if key not in ("$ref", "$comment") and not key.startswith("x-")
        )
        if beside and not (place.pointer == "" and set(beside) <= {"$schema", "definitions"}):
            yield at(place, "/$ref", beside=", ".join(beside), dialect=place.document.dialect)


def _unused(subject: Subject) -> Found:
    used = {
        (found[0], found[1])
        for place in subject.places
        if isinstance(reference := place.schema.get("$ref"), str)
        and (found := subject.follow(place.document, reference))
    }
    inside = {(document, pointer) for document, pointer in used if pointer}
    for place in subject.places:
        defined = place.kind == "whole" and place.pointer
        if defined and (place.document, place.pointer) not in inside and not _anchored(place):
            yield at(place, name=place.name)


def _anchored(place: Place) -> bool:
    """Say whether it can be referred to by another name, as a fragment of it or by a mapping."""
    return bool(place.schema.keys() & {"$anchor", "$dynamicAnchor", "$id", "id"})


def _keywords(subject: Subject) -> Found:
    for place in subject.places:
        document = place.document
        family = document.dialect if document.dialect in ("2.0", "3.0") else "api"
        known = KEYWORDS[family] if document.kind == "openapi" else JSON_SCHEMA | {"example"}
        if "$ref" in place.schema and document.dialect in ALONE:
            continue
        for key in place.schema:
            if key in known or key.startswith("x-"):
                continue
            close = difflib.get_close_matches(key, sorted(known), n=1, cutoff=0.75)
            yield at(place, f"/{key}", key=key, close=close[0] if close else "-")


RULES = (
    Rule("LINT-REF-01", "warning", _dialect),
    Rule("LINT-REF-02", "error", _house_dialect, house=True),
    Rule("LINT-REF-03", "warning", _identity),
    Rule("LINT-REF-04", "error", _file_and_identity, house=True),
    Rule("LINT-REF-05", "error", _dangling),
    Rule("LINT-REF-06", "warning", _fetched),
    Rule("LINT-REF-07", "warning", _ignored),
    Rule("LINT-REF-08", "note", _unused),
    Rule("LINT-REF-09", "error", _twice),
    Rule("LINT-REF-10", "error", _keywords),
)
