"""The places of a document that are schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mobstd.errors import ConfigError
from mobstd.release.lint.document import Document

__all__ = ["CONDITIONS", "Place", "places", "step"]

MOST = 300_000
"""Steps through a document; more come of aliases that multiply, and of nothing people write."""

MEMBERS = ("properties",)
DEFINITIONS = ("$defs", "definitions")
NAMED = ("patternProperties", "dependentSchemas")
LISTED = ("allOf", "anyOf", "oneOf", "prefixItems")
SINGLE = (
    *("items", "additionalProperties", "additionalItems", "contains", "propertyNames"),
    *("unevaluatedItems", "unevaluatedProperties", "contentSchema", "not", "if", "then", "else"),
)
CONDITIONS = ("not", "if", "then", "else", "dependentSchemas", "contains", "propertyNames")
"""Below these a member is named again and not described again."""

NO_SCHEMA = ("example", "examples", "default", "enum", "const")


@dataclass(frozen=True, eq=False)
class Place:
    """A schema, and where it stands.

    Attributes:
        kind: ``whole`` (a file of its own, or a component), ``member`` (of an object),
            ``parameter``, ``body`` (of a request or an answer) or ``part`` (anything else).
        name: of the whole, the member or the parameter.
        above: the schema or the parameter that it is part of.
        conditional: it is below ``if``, ``not`` and the like.
    """

    document: Document
    pointer: str
    schema: Mapping[str, Any]
    kind: str
    name: str = ""
    above: Mapping[str, Any] | None = None
    conditional: bool = False

    @property
    def types(self) -> tuple[str, ...]:
        """The types that it says."""
        said = self.schema.get("type")
        found = [said] if isinstance(said, str) else said if isinstance(said, list) else []
        return tuple(one for one in found if isinstance(one, str))


def step(name: str | int) -> str:
    """Return a step of a JSON Pointer, with its slash."""
    return "/" + str(name).replace("~", "~0").replace("/", "~1")


def places(document: Document) -> tuple[Place, ...]:
    """Return every schema of a document, in its order.

    Raises:
        ConfigError: where there are more than anybody would write.
    """
    if document.kind == "data":
        return ()
    walk = _Walk(document)
    return tuple(walk.of_api() if document.kind == "openapi" else walk.of_schema())


class _Walk:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.steps = 0

    def stepped(self) -> None:
        self.steps += 1
        if self.steps > MOST:
            raise ConfigError("canon.too-many", file=str(self.document.path), count=MOST)

    def of_schema(self) -> Iterator[Place]:
        name = self.document.path.name.split(".")[0]
        yield from self.below(Place(self.document, "", self.document.content, "whole", name))

    def of_api(self) -> Iterator[Place]:
        content = self.document.content
        components = content.get("components")
        named, at = content.get("definitions"), "/definitions"
        if isinstance(components, Mapping):
            named, at = components.get("schemas"), "/components/schemas"
        if isinstance(named, Mapping):
            for name, schema in named.items():
                if isinstance(schema, Mapping):
                    whole = Place(self.document, at + step(name), schema, "whole", name)
                    yield from self.below(whole)
        for name, value in content.items():
            if name not in ("info", "servers", "tags", "security", "definitions"):
                yield from self.outside(value, step(name))

    def outside(self, node: Any, pointer: str) -> Iterator[Place]:
        """Yield the schemas of what is no schema itself."""
        self.stepped()
        if isinstance(node, list):
            for number, item in enumerate(node):
                yield from self.outside(item, f"{pointer}/{number}")
        if not isinstance(node, Mapping):
            return
        for name, value in node.items():
            at = pointer + step(name)
            if name in NO_SCHEMA or name.startswith("x-") or at == "/components/schemas":
                continue
            if name == "schema" and isinstance(value, Mapping):
                kind = "parameter" if "in" in node and "name" in node else "body"
                place = Place(self.document, at, value, kind, str(node.get("name", "")), node)
                yield from self.below(place)
            else:
                yield from self.outside(value, at)

    def below(self, place: Place) -> Iterator[Place]:
        self.stepped()
        yield place
        for key, name, schema in _inner(place.schema):
            at = place.pointer + step(key) + (step(name) if name != "" else "")
            kind = {**dict.fromkeys(MEMBERS, "member"), **dict.fromkeys(DEFINITIONS, "whole")}.get(
                key, "part"
            )
            called = str(name) if kind != "part" else ""
            conditional = (place.conditional or key in CONDITIONS) and kind != "whole"
            inner = Place(self.document, at, schema, kind, called, place.schema, conditional)
            yield from self.below(inner)


def _inner(schema: Mapping[str, Any]) -> Iterator[tuple[str, str | int, Mapping[str, Any]]]:
    for key, value in schema.items():
        if key in (*MEMBERS, *DEFINITIONS, *NAMED) and isinstance(value, Mapping):
            found = [(name, one) for name, one in value.items()]
        elif (key in LISTED or key == "items") and isinstance(value, list):
            found = [(number, one) for number, one in enumerate(value)]
        elif key in SINGLE and isinstance(value, Mapping):
            found = [("", value)]
        else:
            continue
        yield from ((key, name, one) for name, one in found if isinstance(one, Mapping))
