"""What probes work with: the session, the items found so far, and queries that work."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

from mobstd.conformance.session import SAFE, Session
from mobstd.judging.context import Context, written
from mobstd.judging.exchange import Exchange
from mobstd.judging.kinds.filters import is_filter, match, needs, sound
from mobstd.judging.pointer import MISSING, find, get
from mobstd.judging.requirement import Check, Requirement

if TYPE_CHECKING:
    from mobstd.conformance.grants import Grants
    from mobstd.conformance.scenarios.receiver import Receiver
    from mobstd.conformance.scenarios.workshop import Workshop
    from mobstd.conformance.trigger import Trigger

__all__ = ["LIMIT", "NEAR_KM", "NEAR_SECONDS", "Anchor", "Key", "Lab", "Person", "Query"]


NEAR_KM, NEAR_SECONDS = 2.0, 3600
"""The margins with which an item is looked for where it says it is."""


SAME_RIDE_SECONDS = 7200
"""How far apart two meeting points of one ride may be."""

FEW = 10
"""How many items an answer has that no page cuts."""

LIMIT = 60
"""How many items are asked for where a number has to be named."""

SEEN = 250
"""How many items of an operation are remembered."""


QUICK = ("within", "near", "rule")
"""Kinds of filters, the cheapest first."""

Person = Callable[[Mapping[str, str], str, Callable[[], bool]], None]
Query = dict[str, Any]
Key = tuple[str, ...]


_word = json.JSONEncoder(sort_keys=True, default=str).encode


def _values(item: Any, pattern: str) -> set[Any]:
    found = (value for _, value in find(item, pattern))
    return {value for value in found if isinstance(value, (int, float, str))}


def _seconds(value: Any) -> float | None:
    """Return an instant, or a time of day, in seconds."""
    if isinstance(value, (int, float)):
        return float(value)
    parts = str(value).split(":")
    if len(parts) < 2 or not all(part.isdigit() for part in parts[:2]):
        return None
    return int(parts[0]) * 3600.0 + int(parts[1]) * 60


def _at_most(limit: Any, largest: Mapping[str, int]) -> bool:
    """Say whether a limit is one that can be taken, or no number at all."""
    try:
        return int(limit) <= max(largest.values())
    except (TypeError, ValueError):
        return True


@dataclass(frozen=True)
class Anchor:
    """An item that the target has, and a query that was seen to find it."""

    operation: str
    item: Any
    key: Key
    query: Query


@dataclass
class Lab:
    """The state of a run that probes share.

    Attributes:
        anchors: by operation, items with a query that finds them.
        doubtful: by operation, an item that no query was seen to find again.
        controls: by operation, a query that is accepted, with or without items.
        wide: by operation, the query that found most.
        refused: by operation, a right query with nothing but what is required, where the target
            refused every right query.
        crowds: by operation, the query that finds a crowd.
        declared: the blocks that the profile or the command line names.
        ephemeral: the operations whose items have another identity in each answer.
        presence: by block, ``present``, ``absent`` or ``unknown``.
        workshop: where things are made, where writing is allowed.
        receiver: hears what the target calls, where it was told where.
        person: asks somebody to act at the target, where somebody is there; gets what to say, the
            key of the thing, and what says whether it was done.
        trigger: makes the users of the target act, in place of a person.
        grants: asks for tokens by scope, where the profile has a client of its own.
    """

    session: Session
    context: Context
    seed: int = 0
    anchors: dict[str, list[Anchor]] = field(default_factory=dict)
    doubtful: dict[str, Anchor] = field(default_factory=dict)
    controls: dict[str, Query] = field(default_factory=dict)
    wide: dict[str, Query] = field(default_factory=dict)
    refused: dict[str, Query] = field(default_factory=dict)
    ephemeral: set[str] = field(default_factory=set)
    presence: dict[str, str] = field(default_factory=dict)
    declared: tuple[str, ...] = ()
    has_credentials: bool = False
    workshop: Workshop | None = None
    receiver: Receiver | None = None
    person: Person | None = None
    trigger: Trigger | None = None
    grants: Grants | None = None
    _answers: dict[str, Exchange] = field(default_factory=dict)
    crowds: dict[str, Query] = field(default_factory=dict)
    _items: dict[str, Mapping[Key, tuple[str, Any]]] = field(default_factory=dict)
    _people: dict[str, Mapping[str, list[tuple[Key, Any]]]] = field(default_factory=dict)
    _filters: dict[str, list[tuple[Requirement, Check]]] = field(default_factory=dict)
    _announced: list[Mapping[str, int] | None] = field(default_factory=list)

    def ask(
        self,
        operation: str,
        query: Mapping[str, Any],
        purpose: str,
        row: Requirement | None = None,
        *,
        fresh: bool | None = None,
        **options: Any,
    ) -> Exchange:
        """Send a query; a control that was asked before in this run is not sent again.

        ``fresh`` sends it in every case; ``False`` takes any answer of this run to that query.
        """
        if not options.get("negative"):
            query = self._bounded(operation, query)
        key = json.dumps([operation, query], sort_keys=True, default=str)
        known = fresh is False or (fresh is None and purpose == "control")
        if known and not options and key in self._answers:
            return self._answers[key]
        exchange = self.session.ask(
            operation, query, purpose, requirement=row.id if row else None, **options
        )
        if purpose in ("control", "twin") and not options:
            self._answers[key] = exchange
        return exchange

    def _bounded(self, operation: str, query: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a query that asks for no larger page than the target announces, if it does."""
        pages = self.context.catalogue.version.suite.get("pages", {})
        limit = query.get(pages.get("limit", ""))
        if limit is None or operation not in self.context.catalogue.collections:
            return query
        if not self._announced:
            self._announced.append(self._largest(pages))
        (largest,) = self._announced
        return query if largest is None or _at_most(limit, largest) else {**query, **largest}

    def _largest(self, pages: Mapping[str, Any]) -> Mapping[str, int] | None:
        """Return the largest page that the target announces, by the parameter that asks for it."""
        told, catalogue = pages["told"], self.context.catalogue
        block = catalogue.block_of.get(told, "")
        if told not in catalogue.operations or self.presence.get(block) == "absent":
            return None
        value = get(self.ask(told, {}, "control").body, pages["at"])
        right = isinstance(value, int) and not isinstance(value, bool) and value > 0
        return {pages["limit"]: value} if right else None

    def askable(self, operation: str) -> bool:
        """Say whether an operation can be asked at all.

        It reads, and nothing stands in its path that only a write tells.
        """
        described = self.context.catalogue.operations[operation]
        in_path = any(p.where == "path" for p in described.parameters)
        return described.method in SAFE and not in_path

    def keys(self, exchange: Exchange) -> Mapping[Key, str]:
        """Return the identity of each item of an answer, with its pointer."""
        return {key: pointer for key, (pointer, _) in self.items(exchange).items()}

    def items(self, exchange: Exchange) -> Mapping[Key, tuple[str, Any]]:
        """Return the items of an answer with their pointers, by identity; looked up once."""
        if exchange.id not in self._items:
            operation = exchange.operation or ""
            self._items[exchange.id] = {
                self.identity(operation, item): (pointer, item)
                for pointer, item in self.context.items(exchange)
            }
        return self._items[exchange.id]

    @property
    def undeclared(self) -> tuple[str, ...]:
        """The blocks that are there although the profile, which names others, does not."""
        there = (block for block, state in self.presence.items() if state == "present")
        return tuple(b for b in there if b not in self.declared) if self.declared else ()

    def identity(self, operation: str, item: Any) -> Key:
        """Return what tells an item apart: who, where and when, where ids change by themselves."""
        if operation not in self.ephemeral:
            return self.context.identity(operation, item)
        return tuple(map(written, self._face(operation, item)))

    def _face(self, operation: str, item: Any) -> list[Any]:
        collection = self.context.catalogue.collections[operation]
        shown = self.role_of(operation).get("from_item", {}).values()
        pointers = dict.fromkeys((*collection.otherwise, *(p for p in shown if "*" not in p)))
        return [None if (v := get(item, pointer)) is MISSING else v for pointer in pointers]

    def renamed(self, operation: str, item: Any, exchange: Exchange) -> bool:
        """Say whether an answer shows an item under another identity and alike in all else.

        From then on the items of the operation are told apart by all else.
        """
        if operation in self.ephemeral or self.identity(operation, item) in self.keys(exchange):
            return False
        face = self._face(operation, item)
        if not any(
            self._face(operation, other) == face for _, other in self.items(exchange).values()
        ):
            return False
        self.ephemeral.add(operation)
        self._items.clear()
        self._people.clear()
        return True

    def full(self, operation: str, answer: Exchange) -> bool:
        """Say whether no answer of the run holds more than this one: a page may have cut it."""
        held = len(self.keys(answer))
        return held > 1 and all(
            len(self.keys(exchange)) <= held
            for exchange in self.session.exchanges
            if exchange.operation == operation and exchange.accepted
        )

    def computes(self, operation: str) -> bool:
        """Say whether the target makes rides up for each query: where to meet, hence which item.

        Twice, a short answer lacked what surely matches, and had another form of that very ride.
        """
        seen = self.seen(operation)
        collection = self.context.catalogue.collections[operation]
        if not collection.otherwise:
            return False
        rides: dict[str, list[tuple[Key, Any]]] = {}
        for key, (item, _) in seen.items():
            person = _word(get(item, collection.otherwise[0]))
            rides.setdefault(person, []).append((key, item))
        several = {person: pairs for person, pairs in rides.items() if len(pairs) > 1}
        replaced: set[str] = set()
        for exchange in self.session.exchanges if several else ():
            if exchange.operation != operation or exchange.negative or not self.readable(exchange):
                continue
            shown = self.keys(exchange)
            if len(shown) > FEW:
                continue
            for person, pairs in several.items():
                if person not in replaced and any(
                    key not in shown
                    and self.sibling(operation, item, exchange)
                    and self.surely(operation, item, exchange.query)
                    for key, item in pairs
                ):
                    replaced.add(person)
        return len(replaced) > 1

    def readable(self, exchange: Exchange) -> bool:
        """Say whether this is a list of items, which others can be missed from."""
        if not exchange.accepted or exchange.response is None:
            return False
        if exchange.response.not_json is not None:
            return False
        problems = self.context.problems(exchange) or ()
        return not any(not problem.path and not problem.member for problem in problems)

    def filters(self, operation: str) -> list[tuple[Requirement, Check]]:
        """Return the filter checks of an operation, the quick ones first."""
        if operation not in self._filters:
            pairs = self.context.catalogue.by_operation.get(operation, ())
            found = [(row, check) for row, check in pairs if is_filter(check, self.context)]
            self._filters[operation] = sorted(found, key=lambda pair: QUICK.index(pair[1].kind))
        return self._filters[operation]

    def written(self, operation: str, query: Mapping[str, Any]) -> dict[str, str]:
        """Return the query as it stands on the wire."""
        described = self.context.catalogue.operations[operation]
        return {
            name: parameter.write(value) if (parameter := described.parameter(name)) else str(value)
            for name, value in query.items()
        }

    def surely(self, operation: str, item: Any, query: Mapping[str, str]) -> bool:
        """Say whether an item matches a query by every filter, with nothing left to doubt."""
        filters = self.filters(operation)
        return bool(filters) and all(
            match(check, item, query, self.context) is True for _, check in filters
        )

    def moved(self, operation: str, item: Any, answer: Exchange, query: Mapping[str, str]) -> bool:
        """Say whether an answer shows an item as it was not before, and a query leaves it out."""
        _, shown = self.items(answer).get(self.identity(operation, item), ("", item))
        return shown != item and any(
            match(check, shown, query, self.context) is False
            for _, check in self.filters(operation)
        )

    def decidable(self, operation: str, query: Mapping[str, str]) -> bool:
        """Say whether the query carries what every filter needs to be sure."""
        return all(
            name in query
            for _, check in self.filters(operation)
            for name in needs(check, self.context)
        )

    def role_of(self, operation: str) -> Mapping[str, Any]:
        """Return how to ask for data with this operation."""
        return self.context.catalogue.exploration.get(operation, {})

    def seen(self, operation: str) -> dict[Key, tuple[Any, Exchange]]:
        """Return items that any answer of the run showed whole and sound, each with that answer."""
        seen: dict[Key, tuple[Any, Exchange]] = {}
        for exchange in self.session.exchanges:
            if len(seen) >= SEEN:
                break
            if exchange.operation != operation or exchange.negative or not self.readable(exchange):
                continue
            for key, (pointer, item) in self.items(exchange).items():
                if len(seen) < SEEN and key not in seen and self.sound(exchange, pointer):
                    seen[key] = (item, exchange)
        return seen

    def sibling(self, operation: str, item: Any, exchange: Exchange) -> bool:
        """Say whether an answer shows the same person on the same way under another identity.

        Who computes where to meet from the query offers one ride in many forms, one at a time.
        """
        collection = self.context.catalogue.collections[operation]
        person = get(item, collection.otherwise[0]) if collection.otherwise else MISSING
        if person is MISSING:
            return False
        theirs = self._of(exchange, collection.otherwise[0]).get(_word(person))
        if not theirs:
            return False
        key = self.identity(operation, item)
        return any(
            other != key and self._same_time(operation, item, found) for other, found in theirs
        )

    def _of(self, exchange: Exchange, pointer: str) -> Mapping[str, list[tuple[Key, Any]]]:
        """Return the items of an answer by the person that they are of."""
        if exchange.id not in self._people:
            people: dict[str, list[tuple[Key, Any]]] = {}
            for key, (_, item) in self.items(exchange).items():
                people.setdefault(_word(get(item, pointer)), []).append((key, item))
            self._people[exchange.id] = people
        return self._people[exchange.id]

    def _same_time(self, operation: str, one: Any, other: Any) -> bool:
        """Say whether two items may be one ride: at about the same time, on a common day if any."""
        how = self.role_of(operation)
        source = how.get("from_item", {})
        days = source.get(how.get("weekdays", ""))
        if days is not None and not _values(one, days) & _values(other, days):
            return False
        pattern = source.get(how.get("instant", how.get("time_of_day", "")))
        times = [[_seconds(v) for v in _values(item, pattern or "")] for item in (one, other)]
        return pattern is None or any(
            a is not None and b is not None and abs(a - b) <= SAME_RIDE_SECONDS
            for a, b in product(*times)
        )

    def sound(self, exchange: Exchange, pointer: str) -> bool:
        """Say whether the schema accepts all that filters read of an item."""
        filters = self.filters(exchange.operation or "")
        return all(sound(check, exchange, pointer, self.context) for _, check in filters)
