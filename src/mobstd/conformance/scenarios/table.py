"""The life cycle of a resource, walked: every state, and from each every state asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mobstd.conformance.scenarios.answers import NOT_FOUND, shown
from mobstd.conformance.scenarios.oracle import look, unreached
from mobstd.conformance.scenarios.resource import LifeCycle, Resource
from mobstd.conformance.scenarios.thing import Thing
from mobstd.conformance.scenarios.workshop import Workshop
from mobstd.judging.exchange import Exchange
from mobstd.judging.requirement import Requirement

LEADING = ("step", "due", "skip", "odd")
"""Kinds of pairs that lead on."""

WORDS = "mobstd: à demain 7h30, merci !"

__all__ = ["LEADING", "Cell", "in_state", "table", "taken"]


@dataclass(frozen=True)
class Cell:
    """One pair: what was asked of a thing in a state, and what it was afterwards.

    Attributes:
        kind: see ``LifeCycle.kind``.
        exchange: the change.
        after: the state that was read then; ``None`` where it can't be read.
        read: the exchange that read it.
    """

    before: str
    wanted: str
    kind: str
    exchange: Exchange
    after: str | None
    read: Exchange | None

    @property
    def taken(self) -> bool:
        """Whether the target said that it did."""
        return self.exchange.accepted

    @property
    def moved(self) -> bool | None:
        """Whether the state is another than before; ``None`` where nobody knows."""
        return None if self.after is None else self.after != self.before


def table(workshop: Workshop, resource: Resource, row: Requirement | None) -> list[Cell]:
    """Return every pair that could be tried, walked once in a run."""
    key = ("table", resource.id)
    if key not in workshop.shared:
        cells: list[Cell] = []
        workshop.shared[key] = cells
        reached = resource.change is not None and unreached(workshop, resource, row) is None
        if resource.life is not None and reached:
            for place in taken(workshop, resource, row):
                walked: list[Cell] = []
                _walk(workshop, resource, resource.life, row, walked, place)
                cells += walked
    found: list[Cell] = workshop.shared[key]
    return found


def _walk(
    workshop: Workshop,
    resource: Resource,
    life: LifeCycle,
    row: Requirement | None,
    cells: list[Cell],
    place: int,
) -> None:
    """Walk every pair; of the second source on the long way, step by step."""

    def another(state: str) -> Thing | None:
        return in_state(workshop, resource, life, state, row, cells, place)

    for state in life.states:
        thing: Thing | None = None
        askable = [to for to in life.states if not resource.sends or to in resource.sends]
        for wanted in sorted(askable, key=lambda to: _rank(life, state, to)):
            thing = thing or another(state)
            if thing is None:
                break
            told = (len(cells) + life.states.index(state)) % 2 == 1
            cell = _ask(workshop, thing, state, wanted, row, told=told)
            if _doubtful(cell):
                workshop.drop(thing)
                again = another(state)
                if again is not None:
                    thing, cell = again, _ask(workshop, again, state, wanted, row, told=told)
            cells.append(cell)
            if cell.moved is not False and (cell.taken or cell.moved):
                workshop.drop(thing)
                thing = None
        if thing is not None:
            workshop.drop(thing)


def taken(workshop: Workshop, resource: Resource, row: Requirement | None) -> list[int]:
    """Return the sources of which the target took something; the first where nobody knows yet."""
    made = [thing for thing in workshop.things if thing.resource is resource]
    sources = {id(thing.candidate.source) for thing in made}
    found = [n for n, source in enumerate(resource.sources) if id(source) in sources]
    return found or [0]


def _rank(life: LifeCycle, before: str, wanted: str) -> tuple[bool, int]:
    """What is to be refused goes first: the thing stays as it is."""
    leads = life.kind(before, wanted) in LEADING
    return leads, life.states.index(wanted)


def _doubtful(cell: Cell) -> bool:
    """Say whether it looks wrong, so that it is tried again before anybody is told."""
    if cell.kind in LEADING:
        return not cell.taken or (cell.after is not None and cell.after != cell.wanted)
    return cell.moved is True or (cell.kind == "same" and cell.exchange.status != 409)


def _ask(
    workshop: Workshop,
    thing: Thing,
    before: str,
    wanted: str,
    row: Requirement | None,
    *,
    told: bool,
) -> Cell:
    """Ask for a state; ``told``: with some words, where the operation has room for them."""
    resource = thing.resource
    assert resource.life is not None
    assert resource.state is not None
    kind = resource.life.kind(before, wanted)
    right = kind in LEADING
    exchange = workshop.change(
        thing,
        {resource.state: wanted, **({resource.note: WORDS} if told and resource.note else {})},
        row,
        "scenario" if right else "negative",
        negative=kind == "same",
    )
    after, read = look(workshop, thing, wanted if right and exchange.accepted else before, row)
    if not right or not exchange.accepted:
        thing.state = after or before
    return Cell(before, wanted, kind, exchange, after, read)


def in_state(
    workshop: Workshop,
    resource: Resource,
    life: LifeCycle,
    state: str,
    row: Requirement | None,
    cells: Sequence[Cell] = (),
    place: int | None = None,
) -> Thing | None:
    """Return a new thing in a state: by one change, else step by step.

    Of the second source the long way comes first.
    """
    ways = list(_ways(life, state, cells))
    for first, way in ways[::-1] if place else ways:
        began = first if len(life.first) > 1 else None
        thing = workshop.make(resource, row, place, first=began)
        if thing is None or thing.state is None:
            return None
        for step in way:
            assert resource.state is not None
            workshop.change(thing, {resource.state: step}, row)
        read = workshop.read(thing, row)
        now = shown(read, resource)
        if state in (life.undone, *life.over) and read is not None and read.status == NOT_FOUND:
            return None  # the target keeps no such things
        if now == state or (now is None and thing.state == state):
            return thing
        workshop.drop(thing)
    return None


def _ways(
    life: LifeCycle, state: str, cells: Sequence[Cell]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what a new thing begins as and the way from there to a state, the shortest first."""
    refused = {(c.before, c.wanted) for c in cells if not c.taken}
    for first in (state,) if state in life.first else life.first:
        if state == first:
            yield first, ()
            return
        queue: list[tuple[str, ...]] = [()]
        reached: list[tuple[str, ...]] = []
        while queue:
            way = queue.pop(0)
            last = way[-1] if way else first
            for to, kind in life.pairs[last].items():
                if to in way or kind == "odd" or (last, to) in refused:
                    continue
                if to == state:
                    reached.append((*way, to))
                elif len(way) < len(life.states):
                    queue.append((*way, to))
        kept = dict.fromkeys((*reached[:2], *reached[-1:]))
        yield from ((first, way) for way in kept)
