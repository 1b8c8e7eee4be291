"""What a target makes of what it has already: refused, and nothing other than before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mobstd.conformance.kinds.making import compared, right_change, shop
from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.answers import named, shown, spoke
from mobstd.conformance.scenarios.edit import put_all
from mobstd.conformance.scenarios.oracle import at, wandered
from mobstd.conformance.scenarios.thing import Thing, unsettled
from mobstd.conformance.scenarios.workshop import Workshop
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.requirement import Check, Requirement

__all__ = ["REPEAT"]

REFUSED = range(300, 500)


def _repeat(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Post a known key again, with other values and word for word: new, changed, and undone."""
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    states: list[str | None] = [None]
    if resource.life is not None and resource.state is not None:
        states += [right_change(resource)[resource.state], resource.life.undone]
    evidence: int = 0
    findings: list[Finding] = []
    for state in states:
        thing = workshop.make(resource, row)
        if thing is None:
            return Result(reason="no-data")
        if state is not None and resource.state is not None:
            workshop.change(thing, {resource.state: state}, row)
        workshop.read(thing, row)
        before = workshop.read(thing, row)
        for same in (False, True):
            found_ = _posted_again(check, row, workshop, thing, same=same)
            if found_ is None:
                continue
            sent, wrong = found_
            evidence += 1
            findings += wrong
            findings += _other_now(check, row, lab, workshop, thing, before, sent)
        workshop.drop(thing)
    return Result(evidence, tuple(findings))


def _posted_again(
    check: Check, row: Requirement, workshop: Workshop, thing: Thing, *, same: bool
) -> tuple[Exchange, list[Finding]] | None:
    body = put_all(thing.sent, {} if same else check["set"])
    sent = workshop.post(thing.resource, body, row, "negative", negative=True)
    thing.history.append(("again", sent))
    if not spoke(sent):
        return None
    if same:
        return sent, list(_again(check, row, thing, sent))
    expect, code = check.get("expect", REFUSED), check.get("code")
    if sent.status not in expect:
        why = "probe.repeat" if sent.accepted else "probe.repeat.status"
        wrong = found(row, why, (sent, thing.created), pointer="/response/status", expected=409,
                      received=sent.status)  # fmt: skip
    elif code is not None and code not in named(sent, thing.resource.refusal):
        wrong = found(row, "probe.repeat.code", (sent,), pointer="/response/body", expected=code)
    else:
        return sent, []
    return sent, [wrong]


def _again(check: Check, row: Requirement, thing: Thing, sent: Exchange) -> Iterator[Finding]:
    """Yield that the same, word for word, is not answered as it must be."""
    expect = check.get("again")
    if expect is not None and sent.status not in expect:
        yield found(row, "probe.repeat.again", (sent, thing.created), pointer="/response/status",
                    expected=expect[0], received=sent.status)  # fmt: skip


def _stale(
    check: Check, row: Requirement, thing: Thing, sent: Exchange, after: Exchange | None
) -> Iterator[Finding]:
    """Yield that the same is answered with a state that the thing has no more."""
    told, now = shown(sent, thing.resource), shown(after, thing.resource)
    if "again" not in check.params or not sent.accepted or now != thing.state:
        return
    if told is not None and told != now:
        assert after is not None
        yield found(row, "probe.repeat.stale", (sent, after), pointer=at(thing.resource),
                    expected=now, received=told)  # fmt: skip


def _other_now(
    check: Check,
    row: Requirement,
    lab: Lab,
    workshop: Workshop,
    thing: Thing,
    before: Exchange | None,
    sent: Exchange,
) -> Iterator[Finding]:
    after = workshop.read(thing, row)
    yield from _stale(check, row, thing, sent, after)
    if before is None or after is None or not before.accepted or not after.accepted:
        return
    if not isinstance(after.body, dict) or not isinstance(before.body, dict):
        return
    life = thing.resource.life
    known = workshop.known(thing.resource)
    restless = unsettled(thing)
    for one in compared(
        Check(check.kind), row, lab, before.body, after, before, "probe.repeat.changed"
    ):
        at = str(one.params["member"])
        by_itself = life is not None and at == life.at
        by_itself = by_itself and wandered(workshop, thing.resource, one.expected, one.received)
        if "/" + at.split("/")[1] in known and at not in restless and not by_itself:
            yield _caused(one, sent)


def _caused(finding: Finding, sent: Exchange) -> Finding:
    read, *others = finding.exchanges
    return replace(finding, exchanges=(read, sent.id, *others))


REPEAT = Probe(
    lambda check, row, operation, lab: 24,
    _repeat,
    "writes",
    {"en": "post a known id again", "fr": "envoyer de nouveau un id connu"},
    writes=True,
)
