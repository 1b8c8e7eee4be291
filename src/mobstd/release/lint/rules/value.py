"""Keywords that contradict each other, say nothing, or are read differently."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mobstd.canon.validator import of_rust
from mobstd.canon.wording import worded
from mobstd.release.lint.place import Place, step
from mobstd.release.lint.rule import Found, Hit, Rule, at
from mobstd.release.lint.subject import Subject

__all__ = ["RULES"]

KINDS = {
    "string": ("minLength", "maxLength", "pattern"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "array": ("minItems", "maxItems", "uniqueItems", "items", "contains", "prefixItems"),
    "object": ("required", "properties", "minProperties", "maxProperties", "patternProperties"),
}
BOUNDS = (
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
)
LATEST = "https://json-schema.org/draft/2020-12/schema"
DIALECTS = {
    *(LATEST, "https://json-schema.org/draft/2019-09/schema"),
    *(
        f"http://json-schema.org/draft-0{number}/schema{end}"
        for number in "467"
        for end in ("", "#")
    ),
}
"""The dialects whose meta-schemas come along; any other would be fetched."""

EXACT = 1 << 53
"""Beyond it JavaScript has no whole numbers."""


def type_of(value: Any) -> str:
    """Return the JSON type of a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "integer" if float(value).is_integer() else "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def _is(value: Any, types: tuple[str, ...]) -> bool:
    kind = type_of(value)
    return kind in types or (kind == "integer" and "number" in types)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _schemas(subject: Subject) -> Found:
    import jsonschema_rs

    for place in subject.places:
        if place.document.dialect in ("2.0", "3.0", "draft-03"):
            continue
        if place.document.kind == "schema" and place.pointer:
            continue
        if place.kind not in ("whole", "parameter", "body"):
            continue
        said = {**place.schema, "$schema": place.schema.get("$schema", LATEST)}
        if str(said["$schema"]) not in DIALECTS:  # it would be fetched
            said["$schema"] = LATEST
        try:
            jsonschema_rs.meta.validate(said)
        except jsonschema_rs.ValidationError as error:
            below = "".join(map(step, error.instance_path))
            yield at(place, below, reason=worded(of_rust(error)))
        except (ValueError, jsonschema_rs.ReferencingError) as error:
            yield at(place, reason=str(error)[:200])


def _required_with_default(subject: Subject) -> Found:
    for place in subject.places:
        required, members = place.schema.get("required"), place.schema.get("properties")
        if isinstance(required, list) and isinstance(members, Mapping):
            for name in required:
                member = members.get(name) if isinstance(name, str) else None
                if isinstance(member, Mapping) and "default" in member:
                    yield at(place, f"/properties{step(name)}/default", name=name)
        elif "default" in place.schema and _needed(place):
            yield at(place, "/default", name=place.name)


def _needed(place: Place) -> bool:
    """Say whether it is of a parameter that is required."""
    return place.kind == "parameter" and bool(place.above and place.above.get("required") is True)


def _required_unknown(subject: Subject) -> Found:
    for place in subject.places:
        required = place.schema.get("required")
        if not isinstance(required, list) or place.conditional or place.kind == "part":
            continue
        known, closed = _known(subject, place.document, place.schema, 0)
        for name in required if closed else ():
            if isinstance(name, str) and name not in known:
                yield at(place, "/required", name=name)


def _known(
    subject: Subject, document: Any, schema: Mapping[str, Any], depth: int
) -> tuple[set[str], bool]:
    """Return the members that a schema and its parts name, and whether all parts were found."""
    members = schema.get("properties")
    names = set(members) if isinstance(members, Mapping) else set()
    whole = depth < 10
    parts = [schema] if "$ref" in schema else []
    for key in ("allOf", "anyOf", "oneOf"):
        listed = schema.get(key)
        parts += (
            [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
        )
    for part in parts if whole else ():
        target, where = part, document
        if isinstance(part.get("$ref"), str):
            found = subject.follow(document, part["$ref"])
            if found is None or not isinstance(found[2], Mapping):
                return names, False
            where, _, target = found
        more, complete = _known(subject, where, target, depth + 1)
        names |= more
        whole = whole and complete
    return names, whole


def _bounds(subject: Subject) -> Found:
    for place in subject.places:
        for low, high in BOUNDS:
            least, most = place.schema.get(low), place.schema.get(high)
            if _number(least) and _number(most) and least > most:  # type: ignore[operator]
                yield at(place, f"/{low}", low=low, least=least, high=high, most=most)


def _idle(subject: Subject) -> Found:
    for place in subject.places:
        types = {"number" if one == "integer" else one for one in place.types}
        for kind, keywords in KINDS.items():
            if not types or kind in types:
                continue
            for keyword in keywords:
                if keyword in place.schema:
                    yield at(place, f"/{keyword}", keyword=keyword, type=", ".join(place.types))


def _enums(subject: Subject) -> Found:
    for place in subject.places:
        values = place.schema.get("enum")
        if not isinstance(values, list):
            continue
        seen = [json.dumps(one, sort_keys=True) for one in values]
        for number, value in enumerate(values):
            wrong = place.types and not _is(value, (*place.types, *_null(place)))
            if wrong or seen[number] in seen[:number]:
                yield at(place, f"/enum/{number}", value=seen[number])


def _null(place: Place) -> tuple[str, ...]:
    return ("null",) if place.schema.get("nullable") is True else ()


def _nullable_enums(subject: Subject) -> Found:
    for place in subject.places:
        values = place.schema.get("enum")
        if place.schema.get("nullable") is True and isinstance(values, list) and None not in values:
            yield at(place, "/enum", name=place.name or place.pointer)


def _open_or_closed(subject: Subject) -> Found:
    from mobstd.release.lint.waiver import declared

    if declared(subject, "enums"):
        return
    for place in subject.places:
        values = place.schema.get("enum")
        if place.conditional or not isinstance(values, list) or len(values) < 2:
            continue
        if all(one is None or isinstance(one, bool) for one in values):
            continue
        if not place.schema.keys() & {"x-enum", "x-extensible-enum"}:
            yield at(place, "/enum", name=place.name or place.pointer)


def _fractions(subject: Subject) -> Found:
    for place in subject.places:
        step_ = place.schema.get("multipleOf")
        if isinstance(step_, float) and not step_.is_integer():
            yield at(place, "/multipleOf", value=step_)


def _large(subject: Subject) -> Found:
    for place in subject.places:
        for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "const"):
            value = place.schema.get(keyword)
            if isinstance(value, int) and abs(value) > EXACT:
                yield at(place, f"/{keyword}", keyword=keyword, value=value)


def _same_variants(subject: Subject) -> Found:
    for place in subject.places:
        variants = place.schema.get("oneOf")
        if not isinstance(variants, list):
            continue
        seen: dict[str, int] = {}
        for number, variant in enumerate(variants):
            said = _core(variant)
            if said in seen:
                yield at(place, f"/oneOf/{number}", one=seen[said], other=number)
            seen.setdefault(said, number)


def _core(variant: Any) -> str:
    """Return what a variant asks, without what only explains it."""
    if isinstance(variant, Mapping):
        idle = ("title", "description", "example", "examples", "$comment")
        variant = {key: value for key, value in variant.items() if key not in idle}
    return json.dumps(variant, sort_keys=True, default=str)


def _shapeless(subject: Subject) -> Found:
    for place in subject.places:
        said = place.schema.keys() & {"items", "prefixItems", "contains", "const", "enum"}
        if place.types == ("array",) and not (said or place.conditional or place.kind == "part"):
            yield Hit(place.document, place.pointer, {"name": place.name or place.pointer})


RULES = (
    Rule("LINT-SCHEMA-01", "error", _schemas),
    Rule("LINT-VALUE-01", "warning", _required_with_default),
    Rule("LINT-VALUE-02", "error", _required_unknown),
    Rule("LINT-VALUE-03", "error", _bounds),
    Rule("LINT-VALUE-04", "warning", _idle),
    Rule("LINT-VALUE-05", "warning", _fractions),
    Rule("LINT-VALUE-06", "warning", _large),
    Rule("LINT-VALUE-07", "error", _same_variants),
    Rule("LINT-VALUE-08", "warning", _shapeless),
    Rule("LINT-ENUM-01", "note", _open_or_closed),
    Rule("LINT-ENUM-02", "error", _enums),
    Rule("LINT-ENUM-03", "warning", _nullable_enums),
)
