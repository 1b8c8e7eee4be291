"""A schema at one place of a document: all that applies there, taken together.

``$ref`` and ``allOf`` are gone: whatever they lead to is one more part. What a schema says of a
member or an item is again such a node, so that two schemas written differently can be compared.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mobstd.release.diff.compiled import never
from mobstd.release.diff.texts import finds

__all__ = ["TYPES", "Book", "Child", "Node", "Part", "token", "type_of"]

Part = Mapping[str, Any]
Merged = Callable[[float, float], float]

TYPES = ("object", "array", "string", "integer", "fraction", "boolean", "null")
"""The types of JSON values, with the numbers that are none of the integers apart."""


_TAKING = ("$ref", "allOf", "anyOf", "oneOf")
_LOOKING = frozenset(("unevaluatedProperties", "unevaluatedItems"))
_DYNAMIC = frozenset(("anyOf", "oneOf", "if", "dependentSchemas"))


def token(value: Any) -> str:
    """Return a text that two values have in common if and only if JSON Schema calls them equal."""
    return json.dumps(_even(value), sort_keys=True)


def _even(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: _even(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_even(item) for item in value]
    return value


def type_of(value: Any) -> str:
    """Return which of ``TYPES`` a value has."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "integer" if isinstance(value, int) or value.is_integer() else "fraction"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


class Book:
    """Finds the parts of compiled schemas."""

    def __init__(self, definitions: Mapping[str, dict[str, Any]]) -> None:
        self.definitions = definitions
        self.origins: dict[int, Part] = {}
        self._flat: dict[int, tuple[Part, tuple[Part, ...]]] = {}  # held: identities are keys
        self._owned: dict[int, tuple[Part, Part]] = {}
        self._nodes: dict[tuple[int, ...], Node] = {}
        self._left: dict[tuple[int, str], Part] = {}

    def node(self, *schemas: Part) -> Node:
        """Return what holds where all of the schemas do."""
        parts: dict[int, Part] = {}
        for schema in schemas:
            for part in self.flat(schema):
                parts.setdefault(id(part), part)
        key = tuple(parts)
        if key not in self._nodes:
            self._nodes[key] = Node(tuple(parts.values()), self)
        return self._nodes[key]

    def flat(self, schema: Part) -> tuple[Part, ...]:
        """Return a schema and all that it takes in by ``$ref`` and ``allOf``."""
        if id(schema) not in self._flat:
            seen: dict[int, Part] = {}
            self._collect(schema, seen, set())
            self._flat[id(schema)] = schema, tuple(seen.values())
        return self._flat[id(schema)][1]

    def origin(self, part: Part) -> Part:
        """Return the compiled schema that a part is of."""
        return self.origins.get(id(part), part)

    def without(self, keyword: str, part: Part) -> Part:
        """Return a part that lacks a keyword, and what was taken in already."""
        key = (id(part), keyword)
        if key not in self._left:
            self._left[key] = {word: value for word, value in part.items() if word != keyword}
            self.origins[id(self._left[key])] = self.origins.get(id(part), part)
        return self._left[key]

    def _collect(self, schema: Part, seen: dict[int, Part], met: set[int]) -> None:
        if id(schema) in met:
            return
        met.add(id(schema))
        own = self._own(schema)
        if own:
            seen[id(own)] = own
        reference = schema.get("$ref")
        if isinstance(reference, str):
            self._collect(self.definitions[reference.rpartition("/")[2]], seen, met)
        for below in (*schema.get("allOf", ()), *_only(schema)):
            self._collect(below, seen, met)

    def _own(self, schema: Part) -> Part:
        """Return a schema without what it takes in, unless it looks at that as well."""
        if not (schema.keys() & set(_TAKING)) or schema.keys() & _LOOKING:
            return schema
        single = {word for word in _TAKING[2:] if len(schema.get(word, ())) == 1}
        gone = {*_TAKING[:2], *single}
        if id(schema) not in self._owned:
            own = {word: value for word, value in schema.items() if word not in gone}
            self._owned[id(schema)] = schema, own
            self.origins[id(own)] = schema
        return self._owned[id(schema)][1]


def _only(schema: Part) -> list[Part]:
    """Return the branches of unions that have but one."""
    return [schema[w][0] for w in _TAKING[2:] if len(schema.get(w, ())) == 1]


@dataclass(frozen=True)
class Child:
    """What applies to one member.

    Attributes:
        declared: some schema names it, or a pattern that it has.
        free: nothing at all is said of it.
    """

    node: Node
    declared: bool

    @property
    def free(self) -> bool:
        """Whether nothing is said of it."""
        return not self.declared and not self.node.parts


@dataclass(frozen=True, eq=False)
class Node:
    """Parts that all apply to one value."""

    parts: tuple[Part, ...]
    book: Book

    @property
    def key(self) -> tuple[int, ...]:
        """What two nodes with the same parts have in common."""
        return tuple(map(id, self.parts))

    def having(self, *keywords: str) -> Iterator[Part]:
        """Yield the parts that have one of the keywords."""
        return (part for part in self.parts if any(word in part for word in keywords))

    def values(self, keyword: str) -> list[Any]:
        """Return what the parts say under a keyword."""
        return [part[keyword] for part in self.parts if keyword in part]

    def part(self, *keywords: str) -> Part:
        """Return the part that has one of the keywords, else the first one."""
        return next(self.having(*keywords), self.parts[0] if self.parts else {})

    def and_(self, *schemas: Part) -> Node:
        """Return the node to which these schemas apply as well."""
        return self.book.node(*self.parts, *schemas)

    @cached_property
    def never(self) -> bool:
        """Whether no value is allowed, as far as can be seen at once."""
        return any(map(never, self.parts)) or not self.types

    @cached_property
    def types(self) -> frozenset[str]:
        """The types that values may have."""
        found = set(TYPES)
        for said in self.values("type"):
            names = {said} if isinstance(said, str) else set(said)
            if "number" in names:
                names |= {"integer", "fraction"}
            found &= names
        if self.finite is not None:
            found &= {type_of(value) for value in self.finite}
        return frozenset(found)

    @cached_property
    def finite(self) -> tuple[Any, ...] | None:
        """The only values that ``enum`` and ``const`` leave; ``None`` where there are neither."""
        lists = [list(said) for said in self.values("enum") if isinstance(said, list)]
        lists += [[said] for said in self.values("const")]
        if not lists:
            return None
        left = {token(value) for value in lists[0]}
        for other in lists[1:]:
            left &= {token(value) for value in other}
        return tuple({token(value): value for value in lists[0] if token(value) in left}.values())

    def bound(self, keyword: str, choose: Merged) -> Any:
        """Return the tightest of what the parts say under a keyword, or ``None``."""
        numbers = [n for n in self.values(keyword) if isinstance(n, (int, float))]
        if not numbers:
            return None
        tightest = numbers[0]
        for number in numbers[1:]:
            tightest = choose(tightest, number)
        return tightest

    @property
    def required(self) -> dict[str, None]:
        """The members that have to be there, in order."""
        return dict.fromkeys(
            name for said in self.values("required") if isinstance(said, list) for name in said
        )

    @cached_property
    def potential(self) -> Node:
        """All that may apply here, of every branch too: whose names are known."""
        parts = dict.fromkeys(map(id, self.parts))
        found = list(self.parts)
        for part in found:
            below = [*part.get("anyOf", ()), *part.get("oneOf", ())]
            below += [part[word] for word in ("then", "else") if word in part]
            below += part.get("dependentSchemas", {}).values()
            for one in (flat for schema in below for flat in self.book.flat(schema)):
                if id(one) not in parts:
                    parts[id(one)] = None
                    found.append(one)
        return self.book.node(*found) if len(found) > len(self.parts) else self

    @cached_property
    def known(self) -> dict[str, None]:
        """The members that schemas name, in their branches too."""
        names = dict(self.potential.names)
        for said in self.potential.values("dependentRequired"):
            for first, others in said.items():
                names.update(dict.fromkeys((first, *others)))
        return names

    @cached_property
    def looks(self) -> bool:
        """Whether it depends on the document which members or items were evaluated elsewhere."""
        return any(
            _LOOKING & part.keys()
            and any(
                _DYNAMIC & one.keys() or ("contains" in one and "unevaluatedItems" in part)
                for one in self.book.flat(part)
            )
            for part in self.parts
        )

    @cached_property
    def names(self) -> dict[str, None]:
        """The members that schemas name, in order."""
        return dict.fromkeys(name for said in self.values("properties") for name in said)

    def child(self, name: str | None) -> Child:
        """Return what applies to a member; without a name, to one that no schema speaks of."""
        schemas: list[Part] = []
        declared = False
        for part in self.parts:
            here = _here(part, name)
            declared = declared or bool(here)
            if here:
                schemas += here
            elif "additionalProperties" in part:
                schemas.append(part["additionalProperties"])
            if "unevaluatedProperties" in part and not self._evaluated(part, name, set()):
                schemas.append(part["unevaluatedProperties"])
        return Child(self.book.node(*filter(None, schemas)), declared)

    def _evaluated(self, part: Part, name: str | None, seen: set[int]) -> bool:
        """Say whether something beside ``unevaluatedProperties`` may have looked at a member."""
        for one in self.book.flat(part):
            if id(one) in seen:
                continue
            seen.add(id(one))
            if _here(one, name) or "additionalProperties" in one:
                return True
            below = [*one.get("anyOf", ()), *one.get("oneOf", ())]
            below += [one[word] for word in ("if", "then", "else") if word in one]
            below += one.get("dependentSchemas", {}).values()
            if any(self._evaluated(schema, name, seen) for schema in below):
                return True
        return False

    @property
    def rest(self) -> Node:
        """What applies to a member that no schema names, and no pattern."""
        return self.child(None).node

    def item(self, place: int) -> Node:
        """Return what applies to an item of an array."""
        schemas = []
        for part in self.parts:
            first = part.get("prefixItems", ())
            if place < len(first):
                schemas.append(first[place])
            elif "items" in part:
                schemas.append(part["items"])
            elif "unevaluatedItems" in part and not any(
                "items" in one or place < len(one.get("prefixItems", ()))
                for one in self.book.flat(part)
            ):
                schemas.append(part["unevaluatedItems"])
        return self.book.node(*schemas)

    @property
    def prefix(self) -> int:
        """How many items have a schema of their own."""
        return max((len(part.get("prefixItems", ())) for part in self.parts), default=0)

    def without(self, keyword: str, part: Part) -> Node:
        """Return the node as if that part did not have the keyword."""
        left = self.book.without(keyword, part)
        return self.book.node(*(p for p in self.parts if p is not part), left)

    def unions(self) -> list[tuple[str, Part]]:
        """Return each ``anyOf`` and ``oneOf`` of several branches, with the part it stands in."""
        return [
            (word, part)
            for part in self.parts
            for word in ("anyOf", "oneOf")
            if len(part.get(word, ())) > 1
        ]


def _here(part: Part, name: str | None) -> list[Part]:
    """Return the schemas that a part has for a member, by name or by pattern."""
    if name is None:
        return []
    found = [part["properties"][name]] if name in part.get("properties", {}) else []
    for pattern, schema in part.get("patternProperties", {}).items():
        if finds(pattern, name):
            found.append(schema)
    return found
