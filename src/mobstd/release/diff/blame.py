"""Whether one difference alone is why a document is refused: it is undone, and the rest stays.

Needed where a refusal names no keyword, as below ``oneOf``, where each difference may be the one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mobstd.release.diff.difference import Difference
from mobstd.release.diff.node import Part

__all__ = ["KEYWORDS", "substituted", "undone"]

KEYWORDS: dict[str, tuple[str, ...]] = {
    "TYPE": ("type",),
    "ENUM": ("enum", "const"),
    "MULTIPLE": ("multipleOf",),
    "PATTERN": ("pattern",),
    "FORMAT": ("format",),
    "REQUIRED": ("required",),
    "MEMBER": ("additionalProperties", "unevaluatedProperties", "properties"),
    "CLOSED": ("additionalProperties", "unevaluatedProperties"),
    "DEPENDENT": ("dependentRequired", "dependentSchemas"),
    "NOT": ("not",),
    "CONDITION": ("if", "then", "else"),
    "UNION": ("anyOf", "oneOf"),
    "NAMES": ("propertyNames", "patternProperties", "additionalProperties"),
}
"""The keywords that a topic of rules is about; by rule where it is about one of them."""

KEYWORDS |= {
    f"DIFF-{topic}-0{number}": words
    for topic, least, most in (
        ("RANGE", ("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")),
        ("LENGTH", ("minLength",), ("maxLength",)),
        ("ITEMS", ("minItems",), ("maxItems",)),
        ("SIZE", ("minProperties",), ("maxProperties",)),
    )
    for number, words in ((1, least), (2, least), (3, most), (4, most))
}
KEYWORDS |= dict.fromkeys(
    ("DIFF-ITEMS-09", "DIFF-ITEMS-10"), ("items", "prefixItems", "unevaluatedItems")
)
KEYWORDS |= dict.fromkeys(("DIFF-ITEMS-05", "DIFF-ITEMS-06"), ("uniqueItems",))
KEYWORDS |= dict.fromkeys(
    ("DIFF-ITEMS-07", "DIFF-ITEMS-08"), ("contains", "minContains", "maxContains")
)


def undone(difference: Difference, own: Part, other: Part) -> dict[str, Any] | None:
    """Return a schema of one side with the difference undone; ``None`` where that can't be done.

    Args:
        difference: what is undone.
        own: the schema that is changed back.
        other: the schema of the other side, from which the keywords come.
    """
    topic = difference.rule.split("-")[1]
    out = dict(own)
    if topic == "REQUIRED":
        needed = [name for name in own.get("required", ()) if name != difference.name]
        if difference.name in other.get("required", ()):
            needed.append(difference.name)
        return {**out, "required": needed}
    if topic == "MEMBER":
        members = {n: s for n, s in own.get("properties", {}).items() if n != difference.name}
        if difference.name in other.get("properties", {}):
            members[difference.name] = other["properties"][difference.name]
        return {**out, "properties": members}
    words = KEYWORDS.get(difference.rule, KEYWORDS.get(topic, ()))
    if not any(word in own or word in other for word in words):
        return None
    for word in words:
        out.pop(word, None)
        if word in other:
            out[word] = other[word]
    return out


def substituted(schema: Any, old: tuple[int, ...], new: Mapping[str, Any]) -> Any:
    """Return a schema in which one of its own schemas, by identity, is replaced."""
    if isinstance(schema, Mapping):
        if id(schema) in old:
            return new
        return {key: substituted(value, old, new) for key, value in schema.items()}
    if isinstance(schema, list):
        return [substituted(item, old, new) for item in schema]
    return schema
