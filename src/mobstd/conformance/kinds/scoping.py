"""Scopes one by one: a token that lacks one is refused what needs it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

from mobstd.conformance.grants import Grant
from mobstd.conformance.kinds.making import control_of, shop
from mobstd.conformance.kinds.probe import Probe, Tried, found, twice
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.answers import spoke
from mobstd.conformance.scenarios.resource import LifeCycle, Resource
from mobstd.conformance.scenarios.table import in_state
from mobstd.conformance.scenarios.thing import Thing
from mobstd.conformance.scenarios.workshop import Workshop
from mobstd.judging.exchange import Exchange, Pairs
from mobstd.judging.finding import Result
from mobstd.judging.requirement import Check, Requirement

__all__ = ["SCOPE", "SCOPE_MADE"]

Attempt = Callable[[Pairs, str], Exchange | None]
"""Sends what needs the scope, under these headers, for a purpose."""


def _scope(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    def attempt(headers: Pairs, purpose: str) -> Exchange:
        return _asked(lab, operation, row, headers, purpose)

    return _judged(check, row, lab, attempt)


def _scope_made(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened

    def attempt(headers: Pairs, purpose: str) -> Exchange | None:
        return _sent(check, row, operation, workshop, resource, headers, purpose)

    return _judged(check, row, lab, attempt)


def _judged(check: Check, row: Requirement, lab: Lab, attempt: Attempt) -> Result:
    pair = _tokens(check, row, lab)
    if isinstance(pair, str):
        return Result(reason=pair)
    every, less = pair
    evidence, findings = twice(lambda: _tried(check, row, lab, attempt, every, less))
    return Result(evidence, tuple(findings), None if evidence else "no-data")


def _tokens(check: Check, row: Requirement, lab: Lab) -> tuple[Grant, Grant] | str:
    """Return a token with every scope and one that lacks that of the check, or why there is none.

    Every scope is what the profile asks for, otherwise what the checks of the row name.
    """
    scope, grants = check["scope"], lab.grants
    if grants is None:
        return "no-scopes"
    named = frozenset(one["scope"] for one in row.checks if "scope" in one.params)
    every = grants.scopes or named
    whole = grants.of(every)
    if whole is None or scope not in whole.scopes:
        return "no-scopes"
    less = grants.of(every - {scope})
    if less is None or scope in less.scopes:
        return "not-narrowed"
    return whole, less


def _tried(
    check: Check, row: Requirement, lab: Lab, attempt: Attempt, every: Grant, less: Grant
) -> Tried:
    """Send with every scope, which is taken; what needs another one, without it; then without it.

    What needs another scope shows that it is the scope that is missed, and not the token refused.
    """
    control = attempt(every.headers, "twin")
    if control is None or not control.accepted:
        return 0, []
    if every.scopes - {check["scope"]} == less.scopes:
        beside = _asked(lab, check["beside"], row, less.headers, "twin")
        if spoke(beside) and not beside.accepted:
            right = _asked(lab, check["beside"], row, every.headers, "twin")
            if not right.accepted:
                return 0, []
            wrong = found(row, "probe.scope.beside", (beside, right), pointer="/response/status",
                          expected=right.status, received=beside.status,
                          scope=check["scope"])  # fmt: skip
            return 1, [wrong]
    sent = attempt(less.headers, "negative")
    if sent is None or not spoke(sent):
        return 0, []
    expect = check.get("expect", [403])
    if sent.status in expect:
        return 1, []
    code = "probe.scope.open" if sent.accepted else "probe.scope.status"
    wrong = found(row, code, (sent, control), pointer="/response/status", expected=expect[0],
                  received=sent.status, scope=check["scope"])  # fmt: skip
    return 1, [wrong]


def _asked(lab: Lab, operation: str, row: Requirement, headers: Pairs, purpose: str) -> Exchange:
    query, negative = lab.controls.get(operation, {}), purpose == "negative"
    return lab.ask(operation, query, purpose, row, presenting=headers, negative=negative)


def _sent(
    check: Check,
    row: Requirement,
    operation: str,
    workshop: Workshop,
    resource: Resource,
    headers: Pairs,
    purpose: str,
) -> Exchange | None:
    """Make, read, correct or change something that is new, or right to begin with."""
    negative = purpose == "negative"
    if operation == resource.create:
        control = control_of(workshop, resource, row)
        if control is None:
            return None
        body = workshop.body(resource, control.candidate)
        sent = workshop.post(resource, body, row, purpose, negative=negative, presenting=headers)
        if sent.accepted:
            workshop.drop(workshop.thing(resource, body, sent, control.candidate))
        return sent
    if operation == resource.read:
        control = control_of(workshop, resource, row)
        if control is None:
            return None
        return workshop.read(control, row, purpose, presenting=headers, negative=negative)
    change = operation == resource.change
    to = check.get("to", "")
    thing = _before(to, row, workshop, resource) if change else workshop.make(resource, row)
    if thing is None:
        return None
    if change:
        query = {resource.state or "": to}
        sent = workshop.change(thing, query, row, purpose, negative=negative, presenting=headers)
    else:
        right = workshop.correction(thing)
        sent = workshop.correct(thing, right, row, purpose, negative=negative, presenting=headers)
    workshop.drop(thing)
    return sent


def _before(to: str, row: Requirement, workshop: Workshop, resource: Resource) -> Thing | None:
    """Return something new in a state that a step leads from to the wanted one."""
    life = resource.life
    if life is None:
        return None
    before = _leading(life, to)
    return None if before is None else in_state(workshop, resource, life, before, row)


def _leading(life: LifeCycle, to: str) -> str | None:
    ways = (state for state, nexts in life.pairs.items() if nexts.get(to) == "step")
    return next(ways, None)


SCOPE = Probe(
    lambda check, row, operation, lab: 4,
    _scope,
    "pairs",
    {"en": "ask with every scope but one", "fr": "demander avec toutes les portées sauf une"},
)
SCOPE_MADE = Probe(
    lambda check, row, operation, lab: 12,
    _scope_made,
    "writes",
    {"en": "make with every scope but one", "fr": "créer avec toutes les portées sauf une"},
    writes=True,
)
