"""A schema with all that it refers to, in one self-contained schema that knows where it is from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mobstd.errors import ConfigError
from mobstd.release.diff.dialect import LISTS, MAPS, SINGLE, modern, written
from mobstd.release.diff.library import Address, Library

__all__ = ["NEVER", "Compiler", "never"]

NEVER: dict[str, Any] = {"not": {}}
_LEFT_OUT_TEXT = """
$defs definitions $schema $id id $anchor $dynamicAnchor $comment $vocabulary $recursiveAnchor
"""
_LEFT_OUT = frozenset(_LEFT_OUT_TEXT.split())


def never(schema: Mapping[str, Any]) -> bool:
    """Say whether a compiled schema is ``false``."""
    return schema.get("not") == {} and "not" in schema


@dataclass
class Compiler:
    """Compiles the schemas of one side for one direction.

    Attributes:
        prefix: what the names of definitions begin with; two sides share the definitions.
        definitions: what was referred to; grows as schemas are compiled.
        where: the address of each compiled schema, by its identity.
    """

    library: Library
    direction: str | None
    prefix: str = ""
    definitions: dict[str, dict[str, Any]] = field(default_factory=dict)
    where: dict[int, Address] = field(default_factory=dict)
    _held: list[dict[str, Any]] = field(default_factory=list)
    _names: dict[Address, str] = field(default_factory=dict)

    def compile(self, address: Address) -> dict[str, Any]:
        """Return a reference to the compiled schema at an address.

        Raises:
            ConfigError: for a reference that leads nowhere.
        """
        return {"$ref": f"#/$defs/{self._define(address)}"}

    def inline(self, schema: Any, address: Address) -> dict[str, Any]:
        """Compile a schema that stands nowhere as it is, such as a parameter of Swagger 2."""
        return self._walk(schema, address)

    def whole(self) -> set[str]:
        """Return the documents that something referred to as a whole."""
        return {path for path, steps in self._names if not steps}

    def pointer(self, schema: Mapping[str, Any], otherwise: Address) -> str:
        """Return where a compiled schema was written, as ``file#/pointer``."""
        path, steps = self.where.get(id(schema), otherwise)
        escaped = (step.replace("~", "~0").replace("/", "~1") for step in steps)
        return path + "#" + "".join(f"/{step}" for step in escaped)

    def _define(self, address: Address) -> str:
        name = self._names.get(address)
        if name is None:
            name = self._names[address] = f"{self.prefix}{len(self._names)}"
            self.definitions[name] = self._walk(self.library.at(address), address)
        return name

    def _walk(self, schema: Any, address: Address) -> dict[str, Any]:
        path, steps = address
        out: dict[str, Any]
        if schema is True or schema is False:
            out = {} if schema else {"not": {}}
            self._held.append(out)
            self.where[id(out)] = address
            return out
        if not isinstance(schema, Mapping):
            raise ConfigError("diff.no-schema", file=path, pointer="#/" + "/".join(steps))
        out = {}
        self._held.append(out)
        self.where[id(out)] = address
        current = modern(schema, self.library.dialect(path), self.direction)
        for key, value in current.items():
            below = (*steps, written(key, schema))
            if key == "$ref" or (key == "$dynamicRef" and str(value).startswith("#")):
                out["$ref"] = f"#/$defs/{self._define(self.library.follow(path, str(value)))}"
            elif key in SINGLE:
                out[key] = self._walk(value, (path, below))
            elif key in LISTS and isinstance(value, list):
                out[key] = [
                    self._walk(item, (path, (*below, str(place))))
                    for place, item in enumerate(value)
                ]
            elif key in MAPS and isinstance(value, Mapping):
                out[key] = {
                    name: self._walk(item, (path, (*below, str(name))))
                    for name, item in value.items()
                }
            elif key not in _LEFT_OUT:
                out[key] = value
        return out
