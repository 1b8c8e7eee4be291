"""Judges documents against compiled schemas, as whoever validates would."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mobstd.canon import formats
from mobstd.canon.validator import of_rust
from mobstd.canon.wording import worded
from mobstd.messages import Words
from mobstd.release.diff.node import Book, Node, Part

__all__ = ["Judge", "Trouble"]

_SUBTLE = ("format", "$dynamicRef", "unevaluatedProperties", "unevaluatedItems")
_LARGE = 40_000


@dataclass(frozen=True)
class Trouble:
    """One reason why a document is refused: where, in what words, by which keywords.

    ``kind`` is the keyword that refuses, ``member`` what is missing for ``required``.
    """

    path: tuple[str | int, ...]
    reason: Words
    kind: str
    keywords: frozenset[str]
    member: str | None


class Judge:
    """Validators of nodes, each made once; both sides of a comparison share one."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._made: dict[tuple[int, ...], Any] = {}
        self._needs: dict[int, frozenset[str]] = {}
        self._proofs: dict[tuple[tuple[int, ...], tuple[int, ...]], bool] = {}
        self.broken: str = ""

    def accepts(self, node: Node, value: Any) -> bool | None:
        """Say whether a node accepts a value; ``None`` where no validator can be made."""
        made = self._validator(node)
        if made is None:
            return None
        try:
            return bool(made.is_valid(value))
        except ValueError:
            return None

    def problems(self, node: Node, value: Any) -> Iterator[Trouble]:
        """Yield where and why a node refuses a value."""
        made = self._validator(node)
        if made is not None:
            for error in made.iter_errors(value):
                steps = frozenset(step for step in error.schema_path if isinstance(step, str))
                member = error.kind.property if error.kind.name == "required" else None
                member = None if "dependentRequired" in steps else member
                kind = error.kind.name
                if kind == "not" and error.kind.schema == {}:
                    kind = "falseSchema"
                yield Trouble(
                    tuple(error.instance_path), worded(of_rust(error)), kind, steps, member
                )

    def allows(self, schema: dict[str, Any], value: Any) -> bool:
        """Say whether a schema that was made for once accepts a value."""
        known = {**self._book.definitions, **schema.get("$defs", {})}
        made = self._make({**schema, "$defs": known})
        return made is not None and bool(made.is_valid(value))

    def covers(self, wide: Node, narrow: Node) -> bool:
        """Say whether it is proven that ``wide`` accepts all that ``narrow`` does."""
        key = (wide.key, narrow.key)
        if key not in self._proofs:
            self._proofs[key] = self._proven(wide, narrow)
        return self._proofs[key]

    def _proven(self, wide: Node, narrow: Node) -> bool:
        import jsonschema_rs

        schemas = [self.schema(node) for node in (wide, narrow)]
        texts = [json.dumps(schema, default=str) for schema in schemas]
        if any(len(text) > _LARGE or any(f'"{w}"' in text for w in _SUBTLE) for text in texts):
            return False
        try:
            outer, inner = (jsonschema_rs.canonicalize(schema, offline=True) for schema in schemas)
            return str(outer.covers(inner)) == "yes"
        except Exception:  # whatever it can't prove it does not prove
            return False

    def schema(self, node: Node) -> dict[str, Any]:
        """Return a node as one schema that stands alone."""
        needed = frozenset[str]().union(*(self._reached(part) for part in node.parts))
        definitions = {name: self._book.definitions[name] for name in sorted(needed)}
        return {"$schema": _DIALECT, "$defs": definitions, "allOf": list(node.parts)}

    def _reached(self, part: Part) -> frozenset[str]:
        found = self._needs.get(id(part))
        if found is None:
            seen: set[str] = set()
            _reach(part, self._book.definitions, seen)
            found = self._needs[id(part)] = frozenset(seen)
        return found

    @cached_property
    def _formats(self) -> dict[str, Any]:
        return formats.checkers()

    def _validator(self, node: Node) -> Any:
        if node.key not in self._made:
            schema = self.schema(node)
            if not schema["allOf"]:
                del schema["allOf"]
            self._made[node.key] = self._make(schema)
        return self._made[node.key]

    def _make(self, schema: dict[str, Any]) -> Any:
        import jsonschema_rs

        try:
            return jsonschema_rs.Draft202012Validator(
                schema,
                offline=True,
                validate_formats=True,
                ignore_unknown_formats=True,
                formats=self._formats,
            )
        except (ValueError, jsonschema_rs.ReferencingError) as error:
            self.broken = self.broken or str(error)
            return None


_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _reach(node: Any, definitions: Mapping[str, Any], seen: set[str]) -> None:
    if isinstance(node, Mapping):
        reference = node.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/$defs/"):
            name = reference.rpartition("/")[2]
            if name in definitions and name not in seen:
                seen.add(name)
                _reach(definitions[name], definitions, seen)
        for value in node.values():
            if isinstance(value, (dict, list)):
                _reach(value, definitions, seen)
    elif isinstance(node, list):
        for item in node:
            _reach(item, definitions, seen)
