"""The life cycle of a resource, walked: every state, and from each every state asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mobstd.conformance.scenarios.answers import NOT_FOUND, shown
from mobstd.conformance.scenarios.oracle import look, unreached
from mobstd.conformance.scenarios.resource import LifeCycle, Resource
from mobstd.conformance.scenarios.thing import Thing
from mobstd.conformance.scenarios.workshop import Workshop
from mobstd.conformance.session import PhaseSpent
from mobstd.judging.exchange import Exchange
from mobstd.judging.requirement import Requirement

LEADING = ("step", "due", "skip", "odd")
"""Kinds of pairs that lead on."""

WORDS = "mobstd: à demain 7h30, merci !"

__all__ = ["LEADING", "Cell", "in_state", "reads_true", "table", "taken"]


@dataclass(frozen=True)
class Cell:
    """One pair: what was asked of a thing in a state, and what it was afterwards.

    Attributes:
        kind: see ``LifeCycle.kind``.
        exchange: the change.
        after: the state that was read then, or after others in a row that left it as it was;
            ``None`` where it can't be read.
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
    """Return every pair that could be tried, walked once in a run, as far as the budget goes."""
    key = ("table", resource.id)
    if key not in workshop.shared:
        cells: list[Cell] = []
        workshop.shared[key] = cells
        reached = resource.change is not None and unreached(workshop, resource, row) is None
        if resource.life is not None and reached:
            for place in taken(workshop, resource, row):
                walk = _Walk(workshop, resource, resource.life, row, place)
                try:
                    walk.walk()
                except PhaseSpent:
                    break
                finally:
                    cells += walk.cells
    found: list[Cell] = workshop.shared[key]
    return found


def reads_true(workshop: Workshop, resource: Resource, row: Requirement | None) -> bool:
    """Say whether a state is read as it was given, where nothing else came with the change.

    Where reads lag or are wrong, what is read after anything else tells nothing of that.
    """
    return all(
        cell.after == cell.wanted
        for cell in table(workshop, resource, row)
        if cell.kind in LEADING and cell.taken and cell.after is not None
    )


@dataclass
class _Walk:
    """A walk through every pair; of the second source on the long way, step by step."""

    workshop: Workshop
    resource: Resource
    life: LifeCycle
    row: Requirement | None
    place: int
    cells: list[Cell] = field(default_factory=list)

    def walk(self) -> None:
        """Fill the cells: what is to be refused goes first, since the thing stays as it is."""
        for state in self.life.states:
            thing = self._another(state)
            if thing is None:
                continue
            askable = [one for one in self.life.states if self._askable(one)]
            leading = [to for to in askable if self.life.kind(state, to) in LEADING]
            refused = [to for to in askable if to not in leading]
            left = self._refused(thing, state, refused) if refused else thing
            left = self._one_by_one(left, state, leading)
            if left is not None:
                self.workshop.drop(left)

    def _askable(self, state: str) -> bool:
        return not self.resource.sends or state in self.resource.sends

    def _another(self, state: str) -> Thing | None:
        return in_state(
            self.workshop, self.resource, self.life, state, self.row, self.cells, self.place
        )

    def _refused(self, thing: Thing, state: str, wanted: Sequence[str]) -> Thing | None:
        """Ask for all that is to be refused in a row and look once; return what is in the state.

        What brings a thing back says so by taking the state that it had. Where anything is
        otherwise, another thing is asked one by one, so that it is known what did it; where nothing
        was taken, the same one, and only for what was refused in a way that looks wrong.
        """
        sent = [self._sent(thing, state, to, number) for number, to in enumerate(wanted)]
        after, read = look(self.workshop, thing, state, self.row)
        thing.state = after or state
        cells = [
            Cell(state, to, self.life.kind(state, to), exchange, after, read)
            for to, exchange in zip(wanted, sent, strict=True)
        ]
        wrong = [cell for cell in cells if _doubtful(cell) or (cell.taken and cell.moved is None)]
        if after == state and not any(cell.taken for cell in cells):
            self.cells += [cell for cell in cells if cell not in wrong]
            return self._one_by_one(thing, state, [cell.wanted for cell in wrong])
        if not wrong:
            self.cells += cells
            return thing
        self.workshop.drop(thing)
        return self._one_by_one(None, state, wanted)

    def _one_by_one(self, thing: Thing | None, state: str, wanted: Sequence[str]) -> Thing | None:
        """Ask for one state after the other, and look each time; return what is in ``state``."""
        for to in wanted:
            thing = thing or self._another(state)
            if thing is None:
                return None
            cell = self._ask(thing, state, to)
            if _doubtful(cell):
                self.workshop.drop(thing)
                again = self._another(state)
                if again is not None:
                    thing, cell = again, self._ask(again, state, to)
            self.cells.append(cell)
            if cell.moved is not False and (cell.taken or cell.moved):
                self.workshop.drop(thing)
                thing = None
        return thing

    def _ask(self, thing: Thing, before: str, wanted: str) -> Cell:
        kind = self.life.kind(before, wanted)
        exchange = self._sent(thing, before, wanted)
        given = kind in LEADING and exchange.accepted
        after, read = look(self.workshop, thing, wanted if given else before, self.row)
        if not given:
            thing.state = after or before
        return Cell(before, wanted, kind, exchange, after, read)

    def _sent(self, thing: Thing, before: str, wanted: str, number: int = 0) -> Exchange:
        """Ask for a state; every second time with some words, where there is room for them."""
        kind = self.life.kind(before, wanted)
        query = {self.resource.state or "": wanted}
        told = (len(self.cells) + number + self.life.states.index(before)) % 2 == 1
        if told and self.resource.note:
            query[self.resource.note] = WORDS
        purpose = "scenario" if kind in LEADING else "negative"
        return self.workshop.change(thing, query, self.row, purpose, negative=kind == "same")


def taken(workshop: Workshop, resource: Resource, row: Requirement | None) -> list[int]:
    """Return the sources of which the target took something; the first where nobody knows yet."""
    made = [thing for thing in workshop.things if thing.resource is resource]
    sources = {id(thing.candidate.source) for thing in made}
    found = [n for n, source in enumerate(resource.sources) if id(source) in sources]
    return found or [0]


def _doubtful(cell: Cell) -> bool:
    """Say whether it looks wrong, so that it is tried again before anybody is told."""
    if cell.kind in LEADING:
        return not cell.taken or (cell.after is not None and cell.after != cell.wanted)
    return cell.moved is True or (cell.kind == "same" and cell.exchange.status != 409)


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

    Of the second source the long way comes first. No other way is gone after one that was taken
    and not kept.
    """
    ways = list(_ways(life, state, cells))
    for first, way in ways[::-1] if place else ways:
        began = first if len(life.first) > 1 else None
        thing = workshop.make(resource, row, place, first=began)
        if thing is None or thing.state is None:
            return None
        asked = [workshop.change(thing, {resource.state or "": step}, row) for step in way]
        read = workshop.read(thing, row)
        now = shown(read, resource)
        if state in (life.undone, *life.over) and read is not None and read.status == NOT_FOUND:
            return None  # the target keeps no such things
        if now == state or (now is None and thing.state == state):
            return thing
        workshop.drop(thing)
        if now is not None and all(exchange.accepted for exchange in asked):
            return None
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
