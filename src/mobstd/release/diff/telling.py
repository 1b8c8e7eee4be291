"""Differences made of two nodes: what to say of them, what is required, what is but words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mobstd.release.diff.difference import Difference, Place
from mobstd.release.diff.node import Node, Part, token

__all__ = [
    "WORDS",
    "brief",
    "difference",
    "grouped",
    "holder",
    "required",
    "said",
    "short",
    "unlike",
]

_KNOWN_TEXT = """
$ref allOf anyOf oneOf not if then else type enum const minimum maximum exclusiveMinimum
exclusiveMaximum multipleOf minLength maxLength pattern format minItems maxItems uniqueItems items
prefixItems contains minContains maxContains properties required patternProperties
additionalProperties propertyNames minProperties default maxProperties dependentRequired
dependentSchemas unevaluatedProperties unevaluatedItems readOnly writeOnly title description
examples example deprecated externalDocs summary
"""
_KNOWN = frozenset(_KNOWN_TEXT.split())
WORDS = frozenset(
    f"DIFF-{rule}"
    for rule in ("TEXT-01", "EXTENSION-01", "DEPRECATED-01", "DEPRECATED-02", "FORM-01")
)
"""Rules of what no validator sees."""

_TEXTS = ("title", "description", "examples", "externalDocs", "summary")


def difference(
    rule: str,
    a: Node,
    b: Node,
    place: Place,
    loses: bool,
    gains: bool,
    *words: str,
    name: str = "",
) -> Difference:
    """Return a difference that is about some keywords of two nodes."""
    before, after = (
        next((brief(p[w]) for p in n.parts for w in words if w in p), None) for n in (a, b)
    )
    parts = a.part(*words), b.part(*words)
    return Difference(rule, *parts, before, after, loses, gains, place, (a, b), "", name)


def required(a: Node, b: Node, place: Place) -> Iterator[Difference]:
    """Yield the members that are required on one side alone."""
    for name in dict.fromkeys((*a.required, *b.required)):
        was, now = name in a.required, name in b.required
        if was != now:
            rule = "DIFF-REQUIRED-01" if now else "DIFF-REQUIRED-02"
            there = ("object" in a.types and now), ("object" in b.types and was)
            yield Difference(
                rule, a.part("required"), b.part("required"), was, now,
                *there, place, (a, b), "", name,
            )  # fmt: skip


def brief(schema: Any) -> Any:
    """Return a compiled schema without what it refers to."""
    if isinstance(schema, dict) and schema.get("not") == {}:
        return False
    if isinstance(schema, dict) and "$ref" in schema and "title" not in schema:
        return {key: value for key, value in schema.items() if key != "$ref"} or True
    return schema


def short(node: Node) -> Any:
    """Return what a node says of members that no schema names, for people."""
    return False if node.never else (brief(dict(node.parts[0])) if node.parts else True)


def said(a: Node, b: Node, place: Place) -> Iterator[Difference]:
    """Yield changes of words, of extensions, and of keywords that nobody here knows."""
    kinds: dict[str, tuple[str, str]] = {}
    for word in dict.fromkeys(w for n in (a, b) for part in n.parts for w in part):
        if word in _TEXTS:
            kinds[word] = ("DIFF-TEXT-01", "")
        elif word == "deprecated":
            kinds[word] = (
                "DIFF-DEPRECATED-01" if any(b.values(word)) else "DIFF-DEPRECATED-02",
                "",
            )
        elif word.startswith("x-"):
            kinds[word] = ("DIFF-EXTENSION-01", "")
        elif word not in _KNOWN:
            kinds[word] = ("DIFF-KEYWORD-01", "unknown")
    for word, (rule, meaning) in kinds.items():
        old, new = a.values(word), b.values(word)
        if sorted(map(token, old)) != sorted(map(token, new)):
            first, second = (v[0] if v else None for v in (old, new))
            yield Difference(
                rule, a.part(word), b.part(word), first, second, False, False, place, (a, b),
                meaning, word,
            )  # fmt: skip


def holder(node: Node, name: str) -> Part:
    """Return the part that names a member, else one that names others."""
    holding = (part for part in node.having("properties") if name in part["properties"])
    return next(holding, node.part("properties"))


def grouped(node: Node, keyword: str) -> dict[str, list[Part]]:
    """Return the schemas that all parts have under a keyword, by name."""
    found: dict[str, list[Part]] = {}
    for named in node.values(keyword):
        for name, schema in named.items():
            found.setdefault(name, []).append(schema)
    return found


def unlike(
    old: list[Part],
    new: list[Part],
    related: Callable[[Part, Part], tuple[bool, bool]],
) -> tuple[list[Part], list[Part]]:
    """Return the schemas of each side that mean the same as none of the other side."""
    left = list(new)
    gone = []
    for one in old:
        place = next((n for n, two in enumerate(left) if not any(related(one, two))), None)
        if place is None:
            gone.append(one)
        else:
            del left[place]
    return gone, left
