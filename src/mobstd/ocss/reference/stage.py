"""Test data of the reference operator, for who sets it up: an invented world while runs last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from mobstd.canon.standard import Version
from mobstd.canon.validator import validator
from mobstd.judging.pointer import MISSING, find, get
from mobstd.ocss.reference.people import Item
from mobstd.ocss.reference.store import Store
from mobstd.ocss.reference.world import KINDS, Recipe, items

__all__ = ["Stage"]

LATEST = 250_000_000_000
"""A few decades before the last instant that Python's calendar has."""

MOST = 4000
"""How many items are looked through for those that serve."""

HINTS = 12
"""How many queries are told of an operation; the contract bounds the answer as well."""


class Stage:
    """Fills an empty store when the first run asks, and empties it when the last one is over.

    What is there already is left alone, and is told of where it serves.

    Args:
        store: of the operator.
        recipe: what is invented.
        version: of the standard.
        operations: by operation, the kind of items that it finds.
    """

    def __init__(
        self, store: Store, recipe: Recipe, version: Version, operations: Mapping[str, str]
    ) -> None:
        self._store, self._recipe, self._version = store, recipe, version
        self._operations = operations
        self._runs: set[str] = set()
        self._empty = not any(store.count(kind) for kind in KINDS)

    def set_up(self, call: Mapping[str, Any]) -> dict[str, Any]:
        """Make what a call needs, and tell where it is."""
        if self._empty and not self._runs:
            recipe = replace(self._recipe, now=min(call["now"], LATEST))
            self._store.fill(items(recipe), f"set up: {recipe!r}")
        self._runs.add(call["run"])
        hints: dict[str, list[dict[str, Any]]] = {}
        for need in call["needs"]:
            kept = hints.setdefault(need["operation"], [])
            for query in self._queries(need):
                if len(kept) >= HINTS:
                    break
                if query not in kept:
                    kept.append(query)
        return {"hints": {name: queries for name, queries in hints.items() if queries}}

    def tear_down(self, run: str) -> None:
        """Take everything away when no other run needs it."""
        there = run in self._runs
        self._runs.discard(run)
        if self._empty and there and not self._runs:
            self._store.fill((), "")

    def _queries(self, need: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield queries that find items that serve, as many as are needed."""
        kind = self._operations.get(need["operation"])
        how = self._version.suite["exploration"].get(need["operation"], {})
        found = 0
        for item in self._store.some(kind, MOST) if kind else ():
            if found >= min(need["count"], HINTS // 2):
                return
            serving = _serving(need, item)
            if serving is not None:
                found += 1
                yield _query(how, serving)


def _serving(need: Mapping[str, Any], item: Item) -> Item | None:
    """Return the item, or the part of it that serves put over it, where it meets all criteria."""
    pattern = need.get("each")
    parts = [{**item, **part} for _, part in find(item, pattern)] if pattern else [item]
    return next((part for part in parts if all(_meets(c, part) for c in need["criteria"])), None)


def _meets(criterion: Mapping[str, Any], item: Item) -> bool:
    if "schema" in criterion and not validator(criterion["schema"], {}).is_valid(item):
        return False
    if "later" not in criterion:
        return True
    instant = get(item, criterion["later"]["at"])
    return isinstance(instant, (int, float)) and instant >= criterion["later"]["than"]


def _query(how: Mapping[str, Any], item: Item) -> dict[str, Any]:
    """Return the query that finds an item where it says it is."""
    query = {}
    for name, pattern in how.get("from_item", {}).items():
        value = next((v for _, v in find(item, pattern)), MISSING)
        if isinstance(value, (str, int, float)):
            query[name] = value
    return query
