"""What a rule may know beside the exchange: the catalogue and the facts of the profile."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from mobstd.canon.schemas import documents
from mobstd.canon.standard import Version
from mobstd.canon.validator import Validator, validator
from mobstd.judging.catalogue import Catalogue
from mobstd.judging.exchange import Exchange
from mobstd.judging.pointer import MISSING, find, get

__all__ = ["Context", "identity", "items", "schema_validator"]


@dataclass(frozen=True)
class Context:
    """The catalogue with the facts of one target.

    Attributes:
        blocks: the blocks that are declared or were found.
        timezone: where the operator's times of day are meant.
        operator_domains: the domains that the target answers for; empty: not said.
    """

    catalogue: Catalogue
    blocks: frozenset[str] = frozenset()
    timezone: str = "Europe/Paris"
    operator_domains: tuple[str, ...] = ()
    keys: Mapping[str, Any] = field(default_factory=dict)

    def validator(self, schema: Any) -> Validator:
        """Return the validator of an inline schema, which may refer to the canon."""
        return schema_validator(self.catalogue.version, json.dumps(schema, sort_keys=True))

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
            return tuple(json.dumps(value, sort_keys=True) for value in values)
    return (json.dumps(item, sort_keys=True),)
