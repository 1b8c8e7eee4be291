"""What a rule may know beside the exchange: the catalogue and the facts of the profile."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from mobstd.canon.schemas import documents
from mobstd.canon.standard import Version
from mobstd.canon.validator import Problem, Validator, validator
from mobstd.judging.asked import Asked, asked
from mobstd.judging.catalogue import Catalogue
from mobstd.judging.exchange import Exchange
from mobstd.judging.pointer import MISSING, find, get, join

__all__ = ["Context", "Refused", "identity", "items", "schema_validator", "written"]

written = json.JSONEncoder(sort_keys=True).encode
"""Returns a JSON value as text, the same for equal ones; made once, for what is compared a lot."""


@dataclass(frozen=True)
class Refused:
    """Places that a schema refuses: the pointers, and by pointer the refused steps below it."""

    pointers: frozenset[str] = frozenset()
    below: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, paths: Iterable[Sequence[str | int]]) -> Refused:
        """Return the places of these paths."""
        pointers: set[str] = set()
        below: dict[str, set[str]] = {}
        for path in paths:
            pointers.add(join(path))
            for place, step in enumerate(path):
                below.setdefault(join(path[:place]), set()).add(str(step))
        return cls(frozenset(pointers), {k: frozenset(v) for k, v in below.items()})

    def touches(self, pointer: str, reads: frozenset[str]) -> bool:
        """Say whether the value at ``pointer``, what it lies in or a member it reads is refused."""
        if not self.pointers:
            return False
        if not reads.isdisjoint(self.below.get(pointer, ())):
            return True
        above = pointer
        while above not in self.pointers:
            if not above:
                return False
            above = above.rpartition("/")[0]
        return True


@dataclass(frozen=True)
class Context:
    """The catalogue with the facts of one target.

    Attributes:
        blocks: the blocks that are declared or were found.
        timezone: where the operator's times of day are meant.
        operator_domains: the domains that the target answers for; empty: not said.
        now: the instant of the run; ``None`` where documents are judged at no time.
    """

    catalogue: Catalogue
    blocks: frozenset[str] = frozenset()
    timezone: str = "Europe/Paris"
    operator_domains: tuple[str, ...] = ()
    now: datetime | None = None
    _asked: dict[str, Asked] = field(default_factory=dict, repr=False, compare=False)
    _problems: dict[str, list[Problem] | None] = field(
        default_factory=dict, repr=False, compare=False
    )
    _refused: dict[str, Refused] = field(default_factory=dict, repr=False, compare=False)
    _places: dict[str, dict[str, list[tuple[str, Any]]]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _validators: dict[int, tuple[Any, Validator]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def validator(self, schema: Any) -> Validator:
        """Return the validator of an inline schema, which may refer to the canon.

        It is looked up by the schema object, which is kept, since to write it out takes longer.
        """
        known = self._validators.get(id(schema))
        if known is None:
            made = schema_validator(self.catalogue.version, json.dumps(schema, sort_keys=True))
            known = self._validators[id(schema)] = schema, made
        return known[1]

    @property
    def judges_callers(self) -> bool:
        """Whether requests are judged rather than answers."""
        return self.catalogue.callers

    @property
    def root(self) -> str:
        """Where in an exchange the judged document lies."""
        return "/request" if self.judges_callers else "/response/body"

    def document(self, exchange: Exchange) -> Any:
        """Return what is judged: the body of the answer, or the request as ``asked`` has it."""
        return self.asked(exchange).value if self.judges_callers else exchange.body

    def asked(self, exchange: Exchange) -> Asked:
        """Return what the request says."""
        if exchange.operation is None:
            return Asked({}, ())
        if exchange.id not in self._asked:
            version, role = self.catalogue.version, self.catalogue.role
            self._asked[exchange.id] = asked(version, role, exchange.operation, exchange.request)
        return self._asked[exchange.id]

    def problems(self, exchange: Exchange) -> list[Problem] | None:
        """Return what the schemas hold against the document; ``None``: there are none to ask."""
        if exchange.id not in self._problems:
            self._problems[exchange.id] = self._judged(exchange)
        return self._problems[exchange.id]

    def _judged(self, exchange: Exchange) -> list[Problem] | None:
        if self.judges_callers:
            return list(self.asked(exchange).problems)
        response = exchange.response
        if response is None or exchange.operation is None or response.not_json is not None:
            return None
        answer = self.catalogue.operations[exchange.operation].answer(response.status)
        schema = answer.content.get("application/json") if answer else None
        return None if schema is None else list(self.validator(schema).problems(exchange.body))

    def refused(self, exchange: Exchange) -> Refused:
        """Return what of the document the schemas refuse, missing members included."""
        if exchange.id not in self._refused:
            problems = self.problems(exchange) or ()
            paths = ((*p.path, *([p.member] if p.member else ())) for p in problems)
            self._refused[exchange.id] = Refused.of(paths)
        return self._refused[exchange.id]

    def find(self, exchange: Exchange, pattern: str) -> list[tuple[str, Any]]:
        """Return where in the document a pattern leads, looked up once until it is forgotten."""
        places = self._places.setdefault(exchange.id, {})
        if pattern not in places:
            places[pattern] = find(self.document(exchange), pattern)
        return places[pattern]

    def forget(self, exchange: Exchange) -> None:
        """Let go of what was worked out for this exchange: of large answers it is a lot."""
        self._asked.pop(exchange.id, None)
        self._places.pop(exchange.id, None)
        self._problems.pop(exchange.id, None)
        self._refused.pop(exchange.id, None)

    def items(self, exchange: Exchange) -> list[tuple[str, Any]]:
        """Return ``(pointer, item)`` for each object in an accepted list answer."""
        return items(self.catalogue, exchange)

    def identity(self, operation: str, item: Any) -> tuple[str, ...]:
        """Return what tells this item apart from others of the operation."""
        return identity(self.catalogue, operation, item)


@cache
def schema_validator(version: Version, schema: str) -> Validator:
    """Return the validator of a schema written as JSON, made once."""
    return validator(json.loads(schema), documents(version))


def items(catalogue: Catalogue, exchange: Exchange) -> list[tuple[str, Any]]:
    """Return ``(pointer, item)`` for each object in an accepted list answer."""
    collection = catalogue.collections.get(exchange.operation or "")
    if collection is None or not exchange.accepted:
        return []
    return [(p, v) for p, v in find(exchange.body, collection.items) if isinstance(v, dict)]


def identity(catalogue: Catalogue, operation: str, item: Any) -> tuple[str, ...]:
    """Return the identity of an item, or of its other members where it has none."""
    collection = catalogue.collections[operation]
    for pointers in (collection.identity, collection.otherwise):
        values = [get(item, pointer) for pointer in pointers]
        if values and all(value is not MISSING and value is not None for value in values):
            return tuple(map(written, values))
    return (written(item),)
