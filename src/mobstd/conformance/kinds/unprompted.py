"""What a target gives another state by itself, or a person there does: it says so by a call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mobstd.conformance.kinds.announcing import made_of
from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.answers import shown
from mobstd.conformance.scenarios.resource import LifeCycle, Resource
from mobstd.conformance.scenarios.thing import Thing
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.requirement import Check, Requirement

__all__ = ["BY_ITSELF", "silent"]


@dataclass(frozen=True)
class Moved:
    """A state that a read showed and that the run never asked for.

    Attributes:
        read: what showed it.
        told: whether a call about the thing names it; ``None`` where no call is about the thing, so
            that nobody can tell whether the target knows whom to call.
    """

    thing: Thing
    state: str
    read: Exchange
    told: bool | None


def silent(check: Check, lab: Lab) -> bool:
    """Say whether a call is still to come that this check waits for."""
    return any(one.told is False for one in _moved(check, lab))


def _by_itself(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    if lab.receiver is None:
        return Result(reason="no-listener")
    resource = made_of(check, lab)
    if resource is None or lab.workshop is None:
        return Result(reason="not-permitted")
    if resource.read is None:
        return Result(reason="unobservable")
    judged = [one for one in _moved(check, lab) if one.told is not None]
    findings = tuple(_untold(row, check, one) for one in judged if not one.told)
    return Result(len(judged), findings, None if judged else "no-data")


def _untold(row: Requirement, check: Check, one: Moved) -> Finding:
    return found(
        row,
        "probe.by-itself",
        (one.read, one.thing.created),
        pointer="/response/body" + (one.thing.resource.life.at if one.thing.resource.life else ""),
        expected=one.thing.state,
        received=one.state,
        text=check.get("message"),
        state=one.state,
    )


def _moved(check: Check, lab: Lab) -> Iterator[Moved]:
    """Yield once for each thing and state what nobody here asked for, and a step leads to."""
    resource = made_of(check, lab)
    if resource is None or resource.life is None or lab.workshop is None or lab.receiver is None:
        return
    calls = [_said(exchange) for exchange in lab.receiver.exchanges]
    written = _written(lab, resource)
    for thing in lab.workshop.things:
        if thing.resource is not resource or not thing.key:
            continue
        about = [text for text in calls if thing.key.lower() in text]
        known = {thing.sent_state, shown(thing.created, resource)} | _asked(written, thing)
        for flavour, exchange in thing.history:
            state = shown(exchange, resource) if flavour == "read" else None
            if state is None or state in known or not _step(resource.life, known, state):
                continue
            known.add(state)
            told = any(state.lower() in text for text in about) if about else None
            yield Moved(thing, state, exchange, told)


def _step(life: LifeCycle, known: set[str | None], state: str) -> bool:
    """Say whether a step leads there: all else is no change that anybody made."""
    befores = [before for before in known if before in life.pairs]
    return any(life.kind(before or "", state) in ("step", "due") for before in befores)


def _written(lab: Lab, resource: Resource) -> list[str]:
    """Return what the run wrote about things of a resource, whatever the answer was."""
    return [
        _said(exchange)
        for exchange in lab.session.exchanges
        if exchange.operation in (resource.change, resource.create)
    ]


def _asked(written: list[str], thing: Thing) -> set[str | None]:
    """Return the states that the run asked for in any way."""
    states = thing.resource.life.states if thing.resource.life is not None else ()
    about = [text for text in written if thing.key.lower() in text]
    return {state for state in states if any(state.lower() in text for text in about)}


def _said(exchange: Exchange) -> str:
    request = exchange.request
    return f"{request.target}\n{(request.body or b'').decode('utf-8', 'replace')}".lower()


BY_ITSELF = Probe(
    lambda check, row, operation, lab: 0,
    _by_itself,
    "heard",
    {"en": "judge what the target calls", "fr": "juger ce que la cible appelle"},
)
