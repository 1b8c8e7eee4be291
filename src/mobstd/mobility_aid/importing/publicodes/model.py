"""Rules of Publicodes by name, and what a name means where it stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mobstd.mobility_aid.importing.publicodes.syntax import (
    Name,
    Node,
    Operation,
    Unreadable,
    parse,
)

__all__ = ["SEPARATOR", "Model", "identifier", "own_question"]

SEPARATOR = " . "
_PLAIN = re.compile(r"[^a-z0-9]+")
_MEANING = frozenset({"par défaut", "titre", "description", "note", "question", "lien", "remplace"})
"""Members of a rule that name no other rule that it is computed from."""


@dataclass(frozen=True)
class Model:
    """Rules, and the aids among them.

    Attributes:
        rules: each rule by its whole name, as it stands in the model.
        aids: the ids of the aids, by the name of their rule.
        places: the SIREN of each EPCI that rules call by its name.
        countries: the country of an aid by the name of its rule, where it is known.
    """

    rules: Mapping[str, Any]
    aids: Mapping[str, str]
    places: Mapping[str, str] = field(default_factory=dict)
    countries: Mapping[str, str] = field(default_factory=dict)

    def rule(self, name: str) -> Mapping[str, Any]:
        """Return a rule; one that is a bare expression as its ``valeur``."""
        found = self.rules[name]
        if isinstance(found, Mapping):
            return found
        return {} if found is None else {"valeur": found}

    def resolve(self, name: str, context: str) -> str | None:
        """Return the whole name that is meant by a name in a rule: the nearest; else ``None``."""
        scope = context.split(SEPARATOR)
        for depth in range(len(scope), -1, -1):
            whole = SEPARATOR.join([*scope[:depth], name])
            if whole in self.rules and whole != context:
                return whole
        return name if name in self.rules else None

    def replacing(self, slot: str, context: str) -> list[str]:
        """Return the aids that take the place of a rule, in the country of the one that asks."""
        own = self.owner(context)
        there = self.countries.get(own or "")
        return [
            name
            for name in self.aids
            if self.slot(name) == slot
            and (there is None or self.countries.get(name, there) == there)
        ]

    def owner(self, name: str) -> str | None:
        """Return the aid that a rule is, or stands below."""
        parts = name.split(SEPARATOR)
        heads = (SEPARATOR.join(parts[:n]) for n in range(len(parts), 0, -1))
        return next((head for head in heads if head in self.aids), None)

    def slot(self, name: str) -> str | None:
        """Return the rule that another takes the place of."""
        stated = self.rule(name).get("remplace")
        target = stated.get("références à") if isinstance(stated, Mapping) else stated
        return self.resolve(target, name) if isinstance(target, str) else None

    def behind(self, name: str) -> list[str]:
        """Return a rule with all that it is computed from, other aids left out, in their order."""
        found: dict[str, None] = {}
        waiting = [name]
        while waiting:
            one = waiting.pop()
            if one in found:
                continue
            found[one] = None
            waiting += [
                whole
                for named in _names(self.rule(one))
                if (whole := self.resolve(named, one)) and whole not in self.aids
            ]
        own = name + SEPARATOR
        return [one for one in self.rules if one in found or one.startswith(own)]


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, child in value.items():
            if key not in _MEANING:
                yield from _names(child)
    elif isinstance(value, list):
        for child in value:
            yield from _names(child)
    elif isinstance(value, str):
        try:
            yield from _named(parse(value))
        except Unreadable:
            return


def _named(node: Node) -> Iterator[str]:
    if isinstance(node, Name):
        yield node.value
    elif isinstance(node, Operation):
        yield from _named(node.left)
        yield from _named(node.right)


def _words(name: str) -> list[str]:
    split = unicodedata.normalize("NFD", name.replace("œ", "oe").replace("Œ", "Oe"))
    plain = "".join(c for c in split if not unicodedata.combining(c)).lower()
    return [word for word in _PLAIN.split(plain) if word]


def identifier(name: str) -> str:
    """Return the id of the aid that a rule is."""
    words = _words(name)
    return "aides-velo." + "-".join(words[1:] if words[:1] == ["aides"] else words)


def own_question(name: str) -> str:
    """Return what a question that no criterion of the registry is, is called in conditions."""
    words = _words(name)
    first, *rest = words[1:] if words[:1] == ["aides"] and len(words) > 1 else words
    first = first if first[0].isalpha() else f"q{first}"
    return "local." + first + "".join(word.capitalize() for word in rest)
