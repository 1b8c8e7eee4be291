"""How a target takes what it is told: its first news, late news, the same news."""

from __future__ import annotations

from collections.abc import Iterator

from mobstd.conformance.kinds.making import examples, shop
from mobstd.conformance.kinds.probe import Probe, Tried, found, twice
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.answers import NO_ANSWER, NOT_FOUND, spoke
from mobstd.conformance.scenarios.edit import put
from mobstd.conformance.scenarios.news import tell
from mobstd.conformance.scenarios.oracle import at, look, observable, unreached
from mobstd.conformance.scenarios.presence import names_a_code
from mobstd.conformance.scenarios.resource import LifeCycle, Resource
from mobstd.conformance.scenarios.table import in_state, table
from mobstd.conformance.scenarios.thing import Thing
from mobstd.conformance.scenarios.workshop import Workshop
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.pointer import get
from mobstd.judging.requirement import Check, Requirement

__all__ = [
    "REACHED",
    "RETOLD",
    "TAKEN",
    "TOLD",
    "later_states",
    "opened_for",
]

LEADING = ("first", "step", "due", "skip")


def opened_for(
    lab: Lab, operation: str, row: Requirement
) -> tuple[Workshop, Resource, Thing] | str:
    """Return what is told of and one that was taken, or why nothing can be tried."""
    opened = shop(lab, operation)
    if opened is None or opened[1].news is None or opened[1].life is None:
        return "not-permitted"
    workshop, resource = opened
    control = next(iter(examples(workshop, resource, row)), None)
    return "no-data" if control is None else (workshop, resource, control)


def _taken(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """What nothing is wrong with is taken, of each sort."""
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    made = examples(workshop, resource, row)
    sorts = {id(thing.candidate.source) for thing in made}
    if len(sorts) == len(resource.sources):
        return Result(len(sorts))
    refusals = workshop.refusals.get(resource.id, [])
    told = [x for x in refusals if spoke(x) and x.status not in NO_ANSWER]
    if not told or len(told) < len(refusals):
        return Result(len(sorts), reason=None if sorts else "no-data")
    wrong = found(row, "probe.taken", (told[0],), pointer="/response/status", expected=200,
                  received=told[0].status, text=check.get("message"))  # fmt: skip
    return Result(1, (wrong,))


def _reached(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Of the changes that lead on from the beginning, some are taken; what was told is known."""
    opened = opened_for(lab, operation, row)
    if isinstance(opened, str):
        return Result(reason=opened)
    workshop, resource, control = opened
    assert resource.life is not None
    apart = unreached(workshop, resource, row)
    if apart is not None:
        known = apart.status == NOT_FOUND and names_a_code(lab, apart)
        code = "probe.reached.apart" if known else "probe.reached.none"
        wrong = found(row, code, (apart, control.created), pointer="/response/status",
                      expected=200, received=apart.status,
                      severity="warning" if known else "error")  # fmt: skip
        return Result(1, (wrong,))
    first = resource.life.first
    asked = [
        cell
        for cell in table(workshop, resource, row)
        if cell.before in first and cell.kind in LEADING and cell.wanted != resource.life.undone
        if spoke(cell.exchange) and cell.exchange.status not in (401, 403)
    ]
    if not asked or any(cell.taken for cell in asked):
        return Result(len(asked), reason=None if asked else "no-data")
    wrong = found(row, "probe.reached.none", (asked[0].exchange, control.created),
                  pointer="/response/status", expected=200,
                  received=asked[0].exchange.status)  # fmt: skip
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
    opened = opened_for(lab, operation, row)
    if isinstance(opened, str):
        return Result(reason=opened)
    workshop, resource, control = opened
    if not observable(workshop, resource, row):
        return Result(reason="unobservable")
    assert resource.life is not None
    evidence: int = 0
    findings: list[Finding] = []
    for before, wanted in _pairs(resource.life, check["pairs"]):
        seen, wrong = twice(lambda b=before, w=wanted: _one(row, workshop, control, b, w))  # type: ignore[misc]
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
        sent = tell(workshop, thing, wanted, row, purpose, negative=not leads)
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
    if not spoke(sent):
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
    opened = opened_for(lab, operation, row)
    if isinstance(opened, str):
        return Result(reason=opened)
    workshop, resource, _ = opened
    evidence, findings = twice(lambda: _again(row, workshop, resource))
    if not findings:
        more, findings = twice(lambda: _otherwise(row, workshop, resource))
        evidence += more
    return Result(evidence, tuple(findings), None if evidence else "no-data")


def _again(row: Requirement, workshop: Workshop, resource: Resource) -> Tried:
    """Repeat the first news word for word, right away and after each later one."""
    assert resource.life is not None
    thing = workshop.make(resource, row)
    if thing is None:
        return 0, []
    evidence: int = 0
    findings: list[Finding] = []
    state = resource.life.first[0]
    for later in (None, *later_states(resource.life)):
        if later is not None:
            if not tell(workshop, thing, later, row).accepted:
                break
            state = later
        sent = workshop.post(resource, thing.sent, row, "scenario")
        if sent.status is None or sent.status == 429:
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
    workshop.drop(thing)
    return evidence, findings


def _otherwise(row: Requirement, workshop: Workshop, resource: Resource) -> Tried:
    """Tell of another state under an id of news that is known: news counts once by its id."""
    assert resource.life is not None
    assert resource.news is not None
    thing = workshop.make(resource, row)
    if thing is None:
        return 0, []
    known = {resource.news: get(thing.sent, resource.news)}
    later = later_states(resource.life)[0]
    sent = tell(workshop, thing, later, row, "negative", edited=known, negative=True)
    after, read = look(workshop, thing, later, row)
    workshop.drop(thing)
    if after is None or read is None or not spoke(sent):
        return 0, []
    if after != later:
        return 1, []
    wrong = found(row, "probe.retold.other", (read, sent), pointer=at(resource),
                  expected=resource.life.first[0], received=after, severity="warning")  # fmt: skip
    return 1, [wrong]


def later_states(life: LifeCycle) -> list[str]:
    """Return a state that follows the first, and the one after which nothing does."""
    follows = [to for to, kind in life.pairs[life.first[0]].items() if kind == "step"]
    return list(dict.fromkeys((follows[0], life.undone)))


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
REACHED = Probe(
    lambda check, row, operation, lab: 4,
    _reached,
    "writes",
    {"en": "change what was told", "fr": "changer ce qui a été annoncé"},
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
