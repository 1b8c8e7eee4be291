"""Makes, reads and changes what a resource is, through the session; and undoes it all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.answers import answered, named, shown
from mobstd.conformance.scenarios.debts import Debts
from mobstd.conformance.scenarios.edit import members, put, put_all
from mobstd.conformance.scenarios.material import Candidate, Maker, Material, material
from mobstd.conformance.scenarios.resource import Resource, Source, resources
from mobstd.conformance.scenarios.thing import Thing
from mobstd.conformance.session import Stopped
from mobstd.judging.exchange import Exchange, Pairs, Request
from mobstd.judging.pointer import MISSING, get
from mobstd.judging.requirement import Requirement

__all__ = ["TRIES", "Workshop"]

TRIES = 6
"""How many candidates are tried before a resource counts as not to be made."""

LIVES = 20
"""How many runs with one seed and instant a target may have seen."""


@dataclass
class Workshop:
    """What a run makes and must take back.

    Attributes:
        refusals: by resource, the answers that right documents got where they were refused.
        debts: what is still to be undone.
        things: everything that was made.
        variants: by resource, the other values that the target is known to take.
        needed: by resource, values without which the target takes nothing, as far as is known.
    """

    lab: Lab
    debts: Debts
    maker: Maker
    now: int
    refusals: dict[str, list[Exchange]] = field(default_factory=dict)
    things: list[Thing] = field(default_factory=list)
    variants: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    needed: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    shared: dict[tuple[str, ...], Any] = field(default_factory=dict)
    _begun: set[str] = field(default_factory=set)
    _materials: dict[str, Material] = field(default_factory=dict)
    _turns: dict[str, int] = field(default_factory=dict)
    _useless: set[int] = field(default_factory=set)
    _states: dict[str, str] = field(default_factory=dict)

    def resource(self, name: str) -> Resource:
        """Return what can be made under a name."""
        catalogue = self.lab.context.catalogue
        return resources(catalogue.version, catalogue.role)[name]

    @property
    def resources(self) -> tuple[Resource, ...]:
        """Everything that can be made."""
        catalogue = self.lab.context.catalogue
        return tuple(resources(catalogue.version, catalogue.role).values())

    def material(self, resource: Resource) -> Material:
        """Return what there is to make a resource from."""
        if resource.id not in self._materials:
            found = material(self.lab, resource.sources, self.now, self._documents)
            found.candidates = [c for c in found.candidates if self.maker.fills(c.source)]
            self._materials[resource.id] = found
        return self._materials[resource.id]

    def _documents(self, name: str) -> list[Any]:
        return [thing.sent for thing in self.living(self.resource(name))]

    def living(self, resource: Resource) -> list[Thing]:
        """Return what was made of a resource and is not undone; where nothing is, one is made."""
        things = [
            thing
            for thing in self.things
            if thing.resource is resource and self.debts.pends(self.debts.undo(resource, thing.key))
        ]
        one = None if things else self.make(resource, None)
        return things if one is None else [one]

    def members(self, resource: Resource) -> Mapping[str, list[str]]:
        """Return the pointers of members that a body needs, and of those that it may have."""
        catalogue = self.lab.context.catalogue
        schema = next(iter(catalogue.operations[resource.create].body.values()))
        return members(catalogue.version, schema)

    def known(self, resource: Resource) -> list[str]:
        """Return the pointers of all members that its schema knows at the top."""
        found = self.members(resource)
        return [p for p in (*found["required"], *found["optional"]) if p.count("/") == 1]

    def make(
        self,
        resource: Resource,
        row: Requirement | None,
        place: int | None = None,
        first: str | None = None,
    ) -> Thing | None:
        """Make one; ``None`` where the target takes none.

        Each time from another candidate, now as it is and now with the values of a variant, so
        that what depends on either is met.

        Args:
            resource: what to make.
            row: the row that asks.
            place: which of its sources; each in turn where it is left out.
            first: the state that it begins in; that of its source where it is left out.
        """
        self.begin(resource)
        turn = self._turns[resource.id] = self._turns.get(resource.id, -1) + 1
        ways: list[Mapping[str, Any]] = [{}, *self.variants.get(resource.id, ())]
        begun = {resource.life.at: first} if first is not None and resource.life else {}
        for candidate in self._candidates(resource, place, turn)[:TRIES]:
            edited = {**ways[turn // 2 % len(ways)], **begun}
            thing = self.made(resource, candidate, row, edited)
            if thing is not None:
                return thing
            self._useless.add(id(candidate))
        return self.make(resource, row, place, first) if self.insists(resource) else None

    def insists(self, resource: Resource) -> bool:
        """Say whether to try again with all that a document may have: once, if nothing was taken.

        Some ask for more than they may, and would be known by nothing else.
        """
        if resource.id in self.needed or any(one.resource is resource for one in self.things):
            return False
        every = {at: value for variant in resource.variants for at, value in variant.items()}
        self.needed[resource.id] = every
        return bool(every) and bool(self.refusals.get(resource.id))

    def _candidates(self, resource: Resource, place: int | None, turn: int) -> list[Candidate]:
        """Return the candidates in the order to try: those that were refused once come last."""
        sources = resource.sources if place is None else (resource.sources[place],)
        found = [self.material(resource).of(source) for source in sources]
        mixed = [one for several in zip_longest(*found) for one in several if one is not None]
        start = turn % len(mixed) if mixed else 0
        turned = mixed[start:] + mixed[:start]
        return sorted(turned, key=lambda one: id(one) in self._useless)

    def made(
        self,
        resource: Resource,
        candidate: Candidate,
        row: Requirement | None,
        edited: Mapping[str, Any],
    ) -> Thing | None:
        """Make one from a candidate, with other values by pointer; ``None`` where it is refused."""
        body = put_all(self.body(resource, candidate), edited)
        exchange = self.post(resource, body, row, "scenario")
        if exchange.accepted:
            thing = self.thing(resource, body, exchange, candidate)
            self.things.append(thing)
            return thing
        if not edited:
            self.refusals.setdefault(resource.id, []).append(exchange)
        return None

    def begin(self, resource: Resource) -> None:
        """Take ids that an earlier run with the same seed and instant did not take."""
        if resource.id in self._begun:
            return
        self._begun.add(resource.id)
        candidates = self.material(resource).candidates
        for _ in range(LIVES if candidates else 0):
            with self.maker.trying():
                key = self.key_of(resource, self.body(resource, candidates[0]))
            if not key:
                return
            read = self.read(key, None, "negative", resource, negative=True)
            taken = read is not None and read.accepted
            if read is None and resource.already is not None and resource.life is not None:
                asked = self.ask_for(resource, key, resource.life.undone, None)
                taken = resource.already in named(asked, resource.refusal)
            if not taken:
                return
            self.maker.renew()

    def ask_for(
        self, resource: Resource, key: str, state: str, row: Requirement | None
    ) -> Exchange:
        """Ask for a state of something that may not be there."""
        query, body = resource.asked({resource.state or "": state})
        undo = self.debts.undo(resource, key)
        return self._write(
            resource.change or "",
            {resource.parameter or "": key, **query},
            body,
            row,
            "negative",
            undo,
            negative=True,
        )

    def body(self, resource: Resource, candidate: Candidate) -> dict[str, Any]:
        """Return a right document for a candidate, under a new key."""
        plain = self.maker.filled(candidate, resource.life.first[0] if resource.life else None)
        made = put_all(plain, self.needed.get(resource.id, {}))
        if resource.digest and resource.key:
            return put(made, resource.key, self.maker.digest(made, resource.digest))
        return made

    def thing(
        self, resource: Resource, body: dict[str, Any], exchange: Exchange, candidate: Candidate
    ) -> Thing:
        """Return what an accepted post made."""
        state = resource.begins(body)
        return Thing(resource, self.key_of(resource, body), body, exchange, candidate, state)

    def key_of(self, resource: Resource, body: Any) -> str:
        """Return the key of a document, empty where it has none."""
        key = get(body, resource.key) if resource.key else MISSING
        return key if isinstance(key, str) else ""

    def post(
        self,
        resource: Resource,
        body: Any,
        row: Requirement | None,
        purpose: str,
        *,
        negative: bool = False,
        credentials: str = "own",
        presenting: Pairs | None = None,
    ) -> Exchange:
        """Post a document; what it may have made is undone in the end."""
        key = self.key_of(resource, body)
        undo = self.debts.undo(resource, key)
        if key and resource.life is not None:
            self._states.setdefault(key.lower(), str(resource.begins(body)))
        if resource.news and undo is not None:
            self.debts.tell(undo, resource, body)
        exchange = self._write(
            resource.create, {}, body, row, purpose, undo,
            negative=negative, credentials=credentials, presenting=presenting,
        )  # fmt: skip
        given = self.key_of(resource, answered(exchange))
        if exchange.accepted and given and given != key:
            self.debts.remember(self.debts.undo(resource, given), credentials)
        return exchange

    def read(
        self, thing: Thing | str, row: Requirement | None, purpose: str = "scenario",
        resource: Resource | None = None, **options: Any,
    ) -> Exchange | None:  # fmt: skip
        """Read a thing again; ``None`` where the role has no operation for it."""
        about = thing.resource if isinstance(thing, Thing) else resource
        key = thing.key if isinstance(thing, Thing) else thing
        if about is None or about.read is None or about.parameter is None:
            return None
        exchange = self.lab.session.ask(
            about.read, {about.parameter: key}, purpose,
            requirement=row.id if row else None, **options,
        )  # fmt: skip
        if isinstance(thing, Thing) and not options:
            thing.history.append(("read", exchange))
        return exchange

    def change(
        self,
        thing: Thing,
        query: Mapping[str, Any],
        row: Requirement | None,
        purpose: str = "scenario",
        *,
        key: str | None = None,
        body: Any = MISSING,
        extra: tuple[tuple[str, str], ...] = (),
        negative: bool = False,
        credentials: str = "own",
        presenting: Pairs | None = None,
    ) -> Exchange:
        """Ask for another state; what is in ``query`` goes as the operation has it."""
        about = thing.resource
        assert about.change is not None
        assert about.parameter is not None
        told, right = about.asked(query)
        asked = {about.parameter: thing.key if key is None else key, **told}
        undo = self.debts.undo(about, thing.key) if key is None else None
        before = self._states.get(thing.key.lower())
        exchange = self._write(
            about.change, asked, right if body is MISSING else body, row, purpose, undo,
            negative=negative, credentials=credentials, presenting=presenting, extra=extra,
        )  # fmt: skip
        if key is None:
            flavour = "body" if body is not MISSING else "query" if extra else "plain"
            thing.history.append((flavour, exchange))
        wanted = query.get(about.state or "")
        if exchange.accepted and isinstance(wanted, str) and key is None:
            thing.state = wanted
            if self._states.get(thing.key.lower()) == before:
                self._states[thing.key.lower()] = wanted
        return exchange

    def correct(
        self,
        thing: Thing,
        body: Any,
        row: Requirement | None,
        purpose: str = "scenario",
        *,
        key: str | None = None,
        **options: Any,
    ) -> Exchange:
        """Put other values into a thing, or into what has another key."""
        about = thing.resource
        asked = {about.parameter or "": thing.key if key is None else key}
        undo = self.debts.undo(about, thing.key) if key is None else None
        return self._write(about.correct or "", asked, body, row, purpose, undo, **options)

    def correction(self, thing: Thing) -> dict[str, Any]:
        """Return what is right to correct a thing with."""
        source = Source(None, thing.resource.correction)
        return self.maker.filled(Candidate(source, thing.sent), None)

    def state_of(self, key: str) -> str | None:
        """Return the state that a thing of this run was given last; ``None``: it is none of it."""
        return self._states.get(key.lower())

    def _write(
        self,
        operation: str,
        query: Mapping[str, Any],
        body: Any,
        row: Requirement | None,
        purpose: str,
        undo: Request | None,
        **options: Any,
    ) -> Exchange:
        session = self.lab.session
        number: list[int] = []
        new = None if self.debts.pends(undo) else undo
        party = options.get("credentials", "own")

        def intend() -> None:
            number.append(self.debts.intend(operation, undo, party))

        try:
            exchange = session.ask(
                operation, query, purpose,
                requirement=row.id if row else None, body=body, before=intend, **options,
            )  # fmt: skip
        except Stopped:
            for one in number:
                self.debts.noted(one, session.exchanges[-1], new)
            raise
        for one in number:
            self.debts.noted(one, exchange, new)
        return exchange

    def found(self, resource: Resource, key: str) -> None:
        """Note that something is there although it was refused, so that it is undone."""
        self.debts.remember(self.debts.undo(resource, key))

    def drop(self, thing: Thing) -> None:
        """Undo one thing now, so that what it holds is free again, unless it is.

        It is where the target said so and was then read to mean it; a read alone may lag.
        """
        undo, life = self.debts.undo(thing.resource, thing.key), thing.resource.life
        given, read = self.state_of(thing.key), thing.last_read
        meant = life is not None and given in (life.undone, *life.over)
        if undo and read and meant and shown(read, thing.resource) == given:
            self.debts.seen_undone(undo, read)
        self.debts.settle(undo)
