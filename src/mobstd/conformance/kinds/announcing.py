"""What a target calls about what the run made and changed; judged when the run has waited for it.

The kind ``called`` sends and reads nothing: it says that a row's ``calls`` bind the target, and are
judged on what it calls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.brought import known, story
from mobstd.conformance.scenarios.resource import Resource, resources
from mobstd.judging.asked import asked
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.pointer import MISSING, get
from mobstd.judging.requirement import Check, Requirement

__all__ = [
    "ACTED",
    "ANNOUNCED",
    "CALLED",
    "Call",
    "Done",
    "calls_of",
    "done_by_us",
    "made_of",
    "plain_calls",
    "unannounced",
]

LASTING = timedelta(seconds=1.5)
"""How long a thing has to be in its first state for that to be news of its own."""


@dataclass(frozen=True)
class Done:
    """Something that the run did: it made a thing, or gave it another state."""

    key: str
    state: str
    exchange: Exchange
    made: bool
    document: Any = None


def done_by_us(lab: Lab, resource: Resource, *, odd: bool = False) -> Iterator[Done]:
    """Yield what the run did with things of a resource, in the order of time.

    What was wrong on purpose, and taken all the same, is left out unless ``odd``.
    """
    catalogue = lab.context.catalogue
    life = resource.life
    for exchange in lab.session.exchanges:
        if not exchange.accepted or not exchange.authenticated or life is None:
            continue
        if exchange.negative and exchange.purpose != "cleanup" and not odd:
            continue
        operation = exchange.operation
        if operation is None or operation not in (resource.create, resource.change):
            continue
        said = asked(catalogue.version, catalogue.role, operation, exchange.request).value
        if operation == resource.create:
            body = said.get("body")
            key, state = get(body, resource.key or ""), get(body, life.at)
        else:
            body = None
            key = said["path"].get(resource.parameter, MISSING)
            state = said["query"].get(resource.state, MISSING)
        if isinstance(key, str) and isinstance(state, str):
            yield Done(key.lower(), state, exchange, body is not None, body)


@dataclass(frozen=True)
class Call:
    """A call about a thing, and the state that it tells of."""

    key: str
    state: Any
    exchange: Exchange
    value: Any


def calls_of(of: Mapping[str, str], lab: Lab) -> Iterator[Call]:
    """Yield the calls that tell of a thing, in the order of time."""
    receiver = lab.receiver
    for exchange in receiver.exchanges if receiver is not None else ():
        if receiver is None or exchange.operation != of["operation"]:
            continue
        value = asked(receiver.version, receiver.role, exchange.operation, exchange.request).value
        key = get(value, of["key"])
        if isinstance(key, str):
            state = get(value, of["state"]) if "state" in of else None
            yield Call(key.lower(), state, exchange, value)


def made_of(check: Check, lab: Lab) -> Resource | None:
    """Return the resource that a check names, where the role has it."""
    catalogue = lab.context.catalogue
    return resources(catalogue.version, catalogue.role).get(check["resource"])


def plain_calls(lab: Lab) -> list[Exchange]:
    """Return the calls that can be judged: not those about what the run made wrong on purpose."""
    catalogue, receiver = lab.context.catalogue, lab.receiver
    if receiver is None:
        return []
    made = resources(catalogue.version, catalogue.role).values()
    every = {one.key for resource in made for one in done_by_us(lab, resource, odd=True)}
    right = {one.key for resource in made for one in done_by_us(lab, resource) if one.made}
    wrong = [key.encode() for key in every - right]
    return [
        exchange
        for exchange in receiver.exchanges
        if exchange.operation is not None and not any(key in _said(exchange) for key in wrong)
    ]


def _said(exchange: Exchange) -> bytes:
    return exchange.request.target.lower().encode() + (exchange.request.body or b"").lower()


def unannounced(check: Check, lab: Lab) -> bool:
    """Say whether any call is still to come that this check waits for."""
    resource = made_of(check, lab)
    if resource is None or check["what"] == "start":
        return False
    told = {(call.key, call.state) for call in calls_of(check["of"], lab)}
    keys = {key for key, _ in told}
    return any(
        one.key not in keys if one.made else (one.key, one.state) not in told
        for one in done_by_us(lab, resource)
        if one.made is (check["what"] == "made")
    )


def _announced(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    resource = made_of(check, lab)
    if lab.receiver is None:
        return Result(reason="no-listener")
    if resource is None:
        return Result(reason="not-permitted")
    calls = list(calls_of(check["of"], lab))
    ours = list(done_by_us(lab, resource))
    if not ours or (not calls and not _expected(row, lab)):
        return Result(reason="no-data")
    judged = {"made": _made, "changes": _changes, "start": _start}[check["what"]]
    seen = [*judged(row, ours, calls), *_unseen(check, row, ours, calls)]
    about = check["of"]["operation"]
    wrong = (replace(found, operation=about) for _, found in seen if found is not None)
    return Result(len(seen), tuple(wrong))


def _expected(row: Requirement, lab: Lab) -> bool:
    """Say whether the target declares a block of this row, so that silence is an answer."""
    return bool(set(row.blocks) & set(lab.declared))


Judged = Iterator[tuple[Done, Finding | None]]


def _until(ours: list[Done]) -> dict[str, Exchange]:
    """Return by thing the exchange that ended its first state."""
    until: dict[str, Exchange] = {}
    for one in ours:
        if not one.made:
            until.setdefault(one.key, one.exchange)
    return until


def _lasted(one: Done, over: Exchange | None) -> bool:
    return over is None or over.at - one.exchange.ended >= LASTING


def _made(row: Requirement, ours: list[Done], calls: list[Call]) -> Judged:
    """What was made is told of: while it was as it was made, or later where that was short."""
    until, first = _until(ours), _first(calls)
    for one in ours:
        if not one.made:
            continue
        told, over = first.get(one.key), until.get(one.key)
        late = told is not None and over is not None and told.exchange.at > over.at
        silent = told is None or (late and _lasted(one, over))
        yield one, _missing(row, "probe.announced.made", one) if silent else None


def _changes(row: Requirement, ours: list[Done], calls: list[Call]) -> Judged:
    told = {(call.key, call.state) for call in calls}
    keys = {call.key for call in calls}
    for one in ours:
        if one.made or one.key not in keys:
            continue
        silent = (one.key, one.state) not in told
        yield one, _missing(row, "probe.announced.changes", one) if silent else None


def _start(row: Requirement, ours: list[Done], calls: list[Call]) -> Judged:
    """What stayed for a while as it was made is called about before the run changed it."""
    until, first = _until(ours), _first(calls)
    for one in ours:
        told, over = first.get(one.key), until.get(one.key)
        if not one.made or told is None or not _lasted(one, over):
            continue
        late = over is not None and told.exchange.at > over.at
        yield one, _missing(row, "probe.announced.start", one, told) if late else None


def _first(calls: list[Call]) -> dict[str, Call]:
    first: dict[str, Call] = {}
    for call in calls:
        first.setdefault(call.key, call)
    return first


def _unseen(check: Check, row: Requirement, ours: list[Done], calls: list[Call]) -> Judged:
    """What was made of nothing that the target had shown is called about as well."""
    told = {call.key for call in calls}
    for one in ours:
        if not one.made or not check.get("unseen"):
            continue
        if any(get(one.document, pointer) is not MISSING for pointer in check["unseen"]):
            continue
        silent = bool(told) and one.key not in told
        yield one, _missing(row, "probe.announced.unseen", one) if silent else None


def _missing(row: Requirement, code: str, one: Done, call: Call | None = None) -> Finding:
    exchanges = (one.exchange,) if call is None else (call.exchange, one.exchange)
    return found(row, code, exchanges, expected=one.state,
                 received=None if call is None else call.state, state=one.state)  # fmt: skip


def _called(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    if lab.receiver is None:
        return Result(reason="no-listener")
    told = known(lab)
    return Result(reason=(told.reason if told is not None else None) or "no-data")


def _acted(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """The target calls about a thing of the run when somebody there acts on it."""
    resource = made_of(check, lab)
    if lab.receiver is None:
        return Result(reason="no-listener")
    if resource is None or lab.workshop is None:
        return Result(reason="not-permitted")
    told = story(lab, row)
    if _acts(check, lab, resource):
        return Result(1)
    if lab.trigger is not None and told is not None:
        return Result(reason="no-data")
    if lab.person is None or (told is not None and told.reason is None):
        return Result(reason="needs-person")
    thing = lab.workshop.make(resource, row)
    if thing is None:
        return Result(reason="no-data")
    lab.person(check["ask"], thing.key, lambda: bool(_acts(check, lab, resource)))
    lab.workshop.drop(thing)
    return Result(1) if _acts(check, lab, resource) else Result(reason="needs-person")


def _acts(check: Check, lab: Lab, resource: Resource) -> bool:
    """Say whether the target told of a state of our things that the run did not give them."""
    ours = {(one.key, one.state) for one in done_by_us(lab, resource, odd=True)}
    keys = {key for key, _ in ours}
    return any(
        call.key in keys and (call.key, call.state) not in ours and call.exchange.accepted
        for call in calls_of(check["of"], lab)
    )


def _nothing(check: Check, row: Requirement, operation: str, lab: Lab) -> int:
    return 0


_JUDGED = {"en": "judge what the target calls", "fr": "juger ce que la cible appelle"}

ANNOUNCED = Probe(_nothing, _announced, "heard", _JUDGED)
CALLED = Probe(_nothing, _called, "heard", _JUDGED)
ACTED = Probe(
    lambda check, row, operation, lab: 1,
    _acted,
    "asked",
    {"en": "see what a person does there", "fr": "voir ce qu'une personne y fait"},
    writes=True,
)
