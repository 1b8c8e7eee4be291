"""How a target takes what it is told: its first news, late news, the same news, wrong tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mobstd.conformance.kinds.making import examples, shop
from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.edit import put
from mobstd.conformance.scenarios.oracle import at, look, observable, there
from mobstd.conformance.scenarios.resource import LifeCycle, Resource
from mobstd.conformance.scenarios.table import in_state
from mobstd.conformance.scenarios.workshop import Thing, Workshop
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.pointer import MISSING, get
from mobstd.judging.requirement import Check, Requirement

__all__ = ["RETOLD", "TAKEN", "TOKEN", "TOLD"]

LEADING = ("first", "step", "skip")
NO_ANSWER = (401, 403, 404, 405, 429)
"""Refusals that say nothing of what was sent: of who sends, of how much, or of the operation."""

Tried = tuple[int, list[Finding]]
"""How much evidence there was, and what was found."""


def _twice(attempt: Callable[[], Tried]) -> Tried:
    """Try again what seems to be wrong, before anybody is told."""
    evidence, findings = attempt()
    return (evidence, findings) if not findings else attempt()


def _opened(lab: Lab, operation: str, row: Requirement) -> tuple[Workshop, Resource, Thing] | str:
    """Return what is told of and one that was taken, or why nothing can be tried."""
    opened = shop(lab, operation)
    if opened is None or opened[1].news is None or opened[1].life is None:
        return "not-permitted"
    workshop, resource = opened
    control = next(iter(examples(workshop, resource, row)), None)
    return "no-data" if control is None else (workshop, resource, control)


def _answered(exchange: Exchange) -> bool:
    """Say whether an answer came that is about what was sent."""
    return exchange.status is not None and exchange.status < 500 and exchange.status != 429


def _taken(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    if examples(workshop, resource, row):
        return Result(1)
    refusals = workshop.refusals.get(resource.id, [])
    told = [x for x in refusals if _answered(x) and x.status not in NO_ANSWER]
    if not told or len(told) < len(refusals):
        return Result(reason="no-data")
    wrong = found(row, "probe.taken", (told[0],), pointer="/response/status", expected=200,
                  received=told[0].status, text=check.get("message"))  # fmt: skip
    return Result(1, (wrong,))


def _pairs(life: LifeCycle, kinds: list[str]) -> Iterator[tuple[str | None, str]]:
    """Yield what something is, and what is told of it then; at first nothing is known of it."""
    if "first" in kinds:
        yield from ((None, state) for state in life.states if state not in life.first)
    for before in life.states:
        for wanted in life.states:
            if life.kind(before, wanted) in kinds:
                yield before, wanted


def _told(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    opened = _opened(lab, operation, row)
    if isinstance(opened, str):
        return Result(reason=opened)
    workshop, resource, control = opened
    if not observable(workshop, resource, row):
        return Result(reason="unobservable")
    assert resource.life is not None
    evidence: int = 0
    findings: list[Finding] = []
    for before, wanted in _pairs(resource.life, check["pairs"]):
        seen, wrong = _twice(lambda b=before, w=wanted: _one(row, workshop, control, b, w))  # type: ignore[misc]
        evidence += seen
        findings += wrong
    return Result(evidence, tuple(findings), None if evidence else "no-data")


def _one(
    row: Requirement, workshop: Workshop, control: Thing, before: str | None, wanted: str
) -> Tried:
    """Tell of a state, and look what came of it."""
    resource = control.resource
    assert resource.life is not None
    leads = before is None or resource.life.kind(before, wanted) in LEADING
    if before is None:
        body = put(workshop.body(resource, control.candidate), resource.life.at, wanted)
        sent = workshop.post(resource, body, row, "scenario")
        thing: Thing | None = workshop.thing(resource, body, sent, control.candidate)
    else:
        thing = in_state(workshop, resource, resource.life, before, row)
        if thing is None:
            return 0, []
        purpose = "scenario" if leads else "negative"
        sent = workshop.tell(thing, wanted, row, purpose, negative=not leads)
    assert thing is not None
    try:
        return _came_of(row, workshop, thing, sent, before, wanted)
    finally:
        workshop.drop(thing)


def _came_of(
    row: Requirement, workshop: Workshop, thing: Thing, sent: Exchange, before: str | None,
    wanted: str,
) -> Tried:  # fmt: skip
    resource = thing.resource
    assert resource.life is not None
    leads = before is None or resource.life.kind(before, wanted) in LEADING
    if not _answered(sent):
        return 0, []
    if leads and not sent.accepted:
        code = "probe.told.refused" if before else "probe.told.refused-first"
        return 1, [found(row, code, (sent, thing.created)[: 2 if before else 1],
                         pointer="/response/status", expected=200, received=sent.status,
                         before=before, wanted=wanted)]  # fmt: skip
    expected = wanted if before is None or leads else before
    after, read = look(workshop, thing, expected, row)
    if after is None or read is None:
        return 0, []
    if after == expected:
        return 1, []
    code = "probe.told.moved" if not leads else "probe.told.ignored"
    code = "probe.told.ignored-first" if before is None else code
    return 1, [found(row, code, (read, sent), pointer=at(resource), expected=expected,
                     received=after, before=before, wanted=wanted)]  # fmt: skip


def _retold(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    opened = _opened(lab, operation, row)
    if isinstance(opened, str):
        return Result(reason=opened)
    workshop, resource, _ = opened
    evidence, findings = _twice(lambda: _again(row, workshop, resource))
    return Result(evidence, tuple(findings), None if evidence else "no-data")


def _again(row: Requirement, workshop: Workshop, resource: Resource) -> Tried:
    """Repeat the first news word for word, right away and after each later one.

    News under a known id that says something else is sent as well: what comes of it is nobody's
    promise, but it must not fail.
    """
    assert resource.life is not None
    assert resource.news is not None
    thing = workshop.make(resource, row)
    if thing is None:
        return 0, []
    evidence: int = 0
    findings: list[Finding] = []
    state = resource.life.first[0]
    for later in (None, *_later(resource.life)):
        if later is not None:
            if not workshop.tell(thing, later, row).accepted:
                break
            state = later
        sent = workshop.post(resource, thing.sent, row, "scenario")
        if not _answered(sent):
            break
        evidence += 1
        if not sent.accepted:
            findings.append(found(row, "probe.retold.refused", (sent, thing.created),
                                  pointer="/response/status", expected=200,
                                  received=sent.status))  # fmt: skip
            break
        after, read = look(workshop, thing, state, row)
        if after not in (None, state) and read is not None:
            findings.append(found(row, "probe.retold.moved", (read, sent), pointer=at(resource),
                                  expected=state, received=after))  # fmt: skip
            break
    if not findings:
        known = get(thing.sent, resource.news)
        other = {} if known is MISSING else {resource.news: known}
        workshop.tell(thing, resource.life.undone, row, "negative", edited=other, negative=True)
    workshop.drop(thing)
    return evidence, findings


def _later(life: LifeCycle) -> list[str]:
    """Return a state that follows the first, and the one after which nothing does."""
    follows = [to for to, kind in life.pairs[life.first[0]].items() if kind == "step"]
    return list(dict.fromkeys((follows[0], life.undone)))


def _token(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    opened = _opened(lab, operation, row)
    if lab.workshop is not None and not lab.workshop.maker.tokens.signed:
        return Result(reason="no-issuer")
    if isinstance(opened, str):
        return Result(reason=opened)
    workshop, _, control = opened
    attempt = _late if check.get("late") else _believed
    evidence: int = 0
    findings: list[Finding] = []
    for kind in check["as"]:
        seen, wrong = _twice(lambda k=kind: attempt(check, row, workshop, control, k))  # type: ignore[misc]
        evidence += seen
        findings += wrong
    return Result(evidence, tuple(findings), None if evidence else "no-data")


def _believed(
    check: Check, row: Requirement, workshop: Workshop, control: Thing, kind: str
) -> Tried:
    """Tell of something new under a wrong token: it is refused, and nothing is kept."""
    resource = control.resource
    body = put(workshop.body(resource, control.candidate), check["at"],
               workshop.maker.tokens.token(kind))  # fmt: skip
    sent = workshop.post(resource, body, row, "negative", negative=True)
    if not _answered(sent):
        return 0, []
    if sent.accepted:
        workshop.drop(workshop.thing(resource, body, sent, control.candidate))
    if sent.status not in check.get("expect", [401]):
        return 1, [_told_of(row, "probe.token.believed" if sent.accepted else "probe.token.status",
                            (sent, control.created), kind, 401)]  # fmt: skip
    kept = there(workshop, resource, workshop.key_of(resource, body), row)
    if kept is None:
        return 1, []
    workshop.found(resource, workshop.key_of(resource, body))
    return 1, [_told_of(row, "probe.token.kept", (kept, sent), kind, 404)]


def _late(check: Check, row: Requirement, workshop: Workshop, control: Thing, kind: str) -> Tried:
    """Tell of something known under a token that was right once: it counts."""
    resource = control.resource
    assert resource.life is not None
    thing = workshop.make(resource, row)
    if thing is None:
        return 0, []
    later = _later(resource.life)[0]
    edited = {check["at"]: workshop.maker.tokens.token(kind)}
    sent = workshop.tell(thing, later, row, "scenario", edited=edited, negative=True)
    wrong: list[Any] = []
    if _answered(sent) and not sent.accepted:
        wrong = [_told_of(row, "probe.token.late", (sent, thing.created), kind, 200)]
    workshop.drop(thing)
    return int(_answered(sent)), wrong


def _told_of(
    row: Requirement, code: str, exchanges: tuple[Exchange, ...], kind: str, expected: int
) -> Finding:
    return found(row, code, exchanges, pointer="/response/status", expected=expected,
                 received=exchanges[0].status, token=kind)  # fmt: skip


def _cost(check: Check, row: Requirement, operation: str, lab: Lab) -> int:
    opened = shop(lab, operation)
    life = opened[1].life if opened is not None else None
    return 0 if life is None else 5 * len(list(_pairs(life, check["pairs"])))


TAKEN = Probe(
    lambda check, row, operation, lab: 6,
    _taken,
    "writes",
    {"en": "send what is right", "fr": "envoyer ce qui est juste"},
    writes=True,
)
TOLD = Probe(
    _cost,
    _told,
    "writes",
    {
        "en": "tell of states in and out of order",
        "fr": "annoncer des états dans l'ordre et en désordre",
    },
    writes=True,
)
RETOLD = Probe(
    lambda check, row, operation, lab: 12,
    _retold,
    "writes",
    {"en": "tell the same again", "fr": "annoncer de nouveau la même chose"},
    writes=True,
)
TOKEN = Probe(
    lambda check, row, operation, lab: 3 * len(check["as"]),
    _token,
    "writes",
    {"en": "tell under wrong tokens", "fr": "annoncer sous de faux jetons"},
    writes=True,
)
