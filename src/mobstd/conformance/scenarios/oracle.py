"""What state something has: read where it can be, else asked for by a change to that very state.

Where nothing reads, a change to the state that a thing has already is refused by a code that says
so. That tells whether a thing is in a state, once the target was seen to say it, and to say it of
no other state.
"""

from __future__ import annotations

from mobstd.conformance.scenarios.answers import NOT_FOUND, NOT_THERE, named, shown
from mobstd.conformance.scenarios.resource import LifeCycle, Resource
from mobstd.conformance.scenarios.thing import Thing
from mobstd.conformance.scenarios.workshop import Workshop
from mobstd.judging.exchange import Exchange
from mobstd.judging.requirement import Requirement

__all__ = [
    "at",
    "held",
    "ladder",
    "look",
    "observable",
    "reads_anything",
    "there",
    "unreached",
    "wandered",
]


def look(
    workshop: Workshop, thing: Thing, expected: str, row: Requirement | None
) -> tuple[str | None, Exchange | None]:
    """Return the state that a thing has, with the exchange that shows it.

    ``None`` where nobody knows, such as where the target refuses to be asked; ``≠ STATE`` where it
    is only known that it is not the expected one, which asking may have given it then.
    """
    read = workshop.read(thing, row)
    if read is not None:
        return shown(read, thing.resource), read
    if not observable(workshop, thing.resource, row):
        return None, None
    has, asked = held(workshop, thing, expected, row)
    if has:
        return expected, asked
    return (None if has is None else f"≠ {expected}"), asked


def held(
    workshop: Workshop, thing: Thing, state: str, row: Requirement | None
) -> tuple[bool | None, Exchange]:
    """Ask for a state, and say whether a thing has it already; ``None``: the answer does not say.

    What does not have it may have been given it by that.
    """
    asked = _asked(workshop, thing, state, row)
    if _already(thing.resource, asked):
        return True, asked
    return (False if asked.accepted or asked.status == NOT_FOUND else None), asked


def observable(workshop: Workshop, resource: Resource, row: Requirement | None) -> bool:
    """Say whether the state of a thing can be known: tried once in a run."""
    if resource.read is not None:
        return True
    key = ("observable", resource.id)
    if key not in workshop.shared:
        workshop.shared[key] = _tried(workshop, resource, row)
    known: bool = workshop.shared[key]
    return known


def _tried(workshop: Workshop, resource: Resource, row: Requirement | None) -> bool:
    """Walk a thing up: each state is new when it is asked for, and had when asked for again."""
    if resource.already is None or resource.life is None:
        return False
    thing = workshop.make(resource, row)
    if thing is None:
        return False
    try:
        step = ladder(resource.life)[0]
        first = _asked(workshop, thing, resource.life.first[0], row)
        moved = workshop.change(thing, {resource.state or "": step}, row)
        again = _asked(workshop, thing, step, row)
    finally:
        workshop.drop(thing)
    had = _already(resource, first) and _already(resource, again)
    return had and moved.accepted and not _already(resource, moved)


def unreached(workshop: Workshop, resource: Resource, row: Requirement | None) -> Exchange | None:
    """Return the answer that what was told is not reached by a change; tried once in a run.

    Who takes news may keep what it is told of apart from what it made itself, or take no changes.
    """
    key = ("unreached", resource.id)
    if resource.news is None or resource.change is None or resource.life is None:
        return None
    if key not in workshop.shared:
        thing = workshop.make(resource, row)
        sent = None
        if thing is not None:
            query = {resource.state or "": ladder(resource.life)[0]}
            sent = workshop.change(thing, query, row)
            workshop.drop(thing)
        there = sent is None or sent.status not in NOT_THERE
        workshop.shared[key] = None if there else sent
    found: Exchange | None = workshop.shared[key]
    return found


def wandered(workshop: Workshop, resource: Resource, before: str | None, after: str | None) -> bool:
    """Say whether a state may have changed by itself: to one that follows, as others here did.

    Its owner may confirm or cancel at any moment.
    """
    life = resource.life
    if life is None or after not in life.pairs.get(before or "", {}):
        return False
    things = [thing for thing in workshop.things if thing.resource is resource]
    return any(_by_itself(thing) for thing in things)


def _by_itself(thing: Thing) -> bool:
    last: str | None = thing.sent_state
    for name, exchange in thing.history:
        now = shown(exchange, thing.resource) if name == "read" else None
        if now is not None and last is not None and now != last:
            return True
        last = now if name == "read" and now is not None else None
    return False


def _asked(workshop: Workshop, thing: Thing, state: str, row: Requirement | None) -> Exchange:
    query = {thing.resource.state or "": state}
    return workshop.change(thing, query, row, "negative", negative=True)


def _already(resource: Resource, exchange: Exchange) -> bool:
    refused = exchange.status is not None and 400 <= exchange.status < 500
    return (
        refused
        and resource.already is not None
        and resource.already in named(exchange, resource.refusal)
    )


def there(
    workshop: Workshop, resource: Resource, key: str, row: Requirement | None
) -> Exchange | None:
    """Return the exchange that shows that a key is known, which nothing should have made."""
    if resource.read is not None:
        read = workshop.read(key, row, "negative", resource, negative=True)
        kept = read is not None and read.accepted and workshop.key_of(resource, read.body) == key
        return read if kept and not reads_anything(workshop, resource, row) else None
    if resource.life is None or not observable(workshop, resource, row):
        return None
    asked = workshop.ask_for(resource, key, resource.life.first[0], row)
    return asked if _already(resource, asked) else None


def reads_anything(workshop: Workshop, resource: Resource, row: Requirement | None) -> bool:
    """Say whether any key is read as if something had it: then a read tells of nothing."""
    key = ("anything", resource.id)
    if key not in workshop.shared:
        nobody = workshop.maker.key()
        read = workshop.read(nobody, row, "negative", resource, negative=True)
        workshop.shared[key] = read is not None and read.accepted and nobody in str(read.body)
    anything: bool = workshop.shared[key]
    return anything


def at(resource: Resource) -> str:
    """Return where in an exchange the state stands, or what tells it."""
    if resource.read is None or resource.life is None:
        return "/response/status"
    return f"/response/body{resource.life.at}"


def ladder(life: LifeCycle) -> list[str]:
    """Return the states that follow from the first one step by step, without the last of all."""
    way: list[str] = []
    state = life.first[0]
    while True:
        kinds = life.pairs[state]
        nexts = [to for to, kind in kinds.items() if kind in ("step", "due")]
        nexts = [to for to in nexts if to != life.undone and to not in way]
        if not nexts:
            return way
        state = nexts[0]
        way.append(state)
