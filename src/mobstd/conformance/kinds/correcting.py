"""What a target lets one correct: taken where it is right, refused where it is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mobstd.conformance.kinds.alone import follow
from mobstd.conformance.kinds.making import compared, control_of, shop
from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.answers import REFUSED, shown, spoke, whole
from mobstd.conformance.scenarios.edit import edits, members, put_all
from mobstd.conformance.scenarios.resource import LifeCycle, Resource
from mobstd.conformance.scenarios.table import in_state
from mobstd.conformance.scenarios.thing import Thing, unsettled
from mobstd.conformance.scenarios.workshop import Workshop
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.requirement import Check, Requirement

__all__ = ["CORRECT", "LISTED", "merged", "prepared", "refuse_correction"]


def refuse_correction(
    check: Check, row: Requirement, workshop: Workshop, resource: Resource
) -> Result:
    """Correct a thing in ways that are wrong in one edit; the right way is taken afterwards."""
    thing = workshop.make(resource, row)
    if thing is None:
        return Result(reason="no-data")
    catalogue = workshop.lab.context.catalogue
    schema = next(iter(catalogue.operations[resource.correct or ""].body.values()))
    names = members(catalogue.version, schema)
    expect = check.get("expect", [400])
    statuses = REFUSED if expect == "refused" else expect
    evidence: int = 0
    findings: list[Finding] = []
    right = workshop.correction(thing)
    before = workshop.read(thing, row)
    for edit in edits(workshop.maker.words(check["edits"]), right, names):
        sent = workshop.correct(thing, edit.document, row, "negative", negative=True)
        if not spoke(sent):
            continue
        evidence += 1
        if sent.status not in statuses:
            findings.append(
                found(
                    row,
                    "probe.reject",
                    (sent, thing.created),
                    pointer="/response/status",
                    expected=expect[0] if isinstance(expect, list) else expect,
                    received=sent.status,
                    severity=edit.severity,
                    text=check.get("message"),
                    edit=edit.name,
                )
            )
    after = workshop.read(thing, row)
    if evidence and not findings and before is not None and after is not None:
        findings += _moved(row, lab=workshop.lab, thing=thing, before=before, after=after)
    taken = workshop.correct(thing, right, row).accepted
    workshop.drop(thing)
    return Result(evidence, tuple(findings)) if taken else Result(reason="no-data")


def _moved(
    row: Requirement, *, lab: Lab, thing: Thing, before: Exchange, after: Exchange
) -> Iterator[Finding]:
    """Yield what is otherwise after corrections that were refused; its state may move by itself."""
    if not (whole(before) and whole(after)) or lab.workshop is None:
        return
    known = lab.workshop.known(thing.resource)
    restless = unsettled(thing)
    again = Check("reject")
    gone = compared(again, row, lab, before.body, after, before, "probe.reject.changed")
    come = compared(again, row, lab, after.body, before, after, "probe.reject.changed")
    for one in (*gone, *(c for c in come if c.received is None)):
        at = str(one.params["member"])
        if "/" + at.split("/")[1] in known and at not in restless:
            yield one


def _correct(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Correct a thing in a state: taken, or refused, and in a state then."""
    opened = shop(lab, operation)
    if opened is None or opened[1].life is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    if "states" in check.params:
        return _in_states(check, row, workshop, resource, opened[1].life)
    wrong = check.get("refused")
    thing = (
        workshop.make(resource, row) if wrong is None else _refused(workshop, resource, row, wrong)
    )
    if thing is None or resource.life is None:
        return Result(reason="no-data")
    if "unknown" in check.params:
        body, key = workshop.correction(thing), workshop.maker.key()
        sent = workshop.correct(thing, body, row, "negative", key=key, negative=True)
        workshop.drop(thing)
        return _judged(check, row, thing, sent, None)
    undone = check.get("of") == "undone"
    if undone:
        asked = {resource.state or "": resource.life.undone}
        if not workshop.change(thing, asked, row).accepted:
            return Result(reason="no-data")
    refused = "expect" in check.params and check["expect"][0] >= REFUSED.start
    purpose = "negative" if refused else "scenario"
    sent_body = workshop.correction(thing)
    sent = workshop.correct(thing, sent_body, row, purpose, negative=refused)
    read = workshop.read(thing, row)
    if not undone:
        workshop.drop(thing)
    else:
        workshop.found(resource, thing.key)
    judged = _judged(check, row, thing, sent, read)
    if judged.findings or not sent.accepted or read is None or "merged" not in check.params:
        return judged
    wanted = merged(thing.sent, sent_body)
    only = Check(check.kind, {"only": check["merged"]})
    lost = compared(only, row, lab, wanted, read, sent, "probe.correct.lost")
    return Result(judged.evidence, tuple(lost) if whole(read) else ())


def _in_states(
    check: Check, row: Requirement, workshop: Workshop, resource: Resource, life: LifeCycle
) -> Result:
    """Correct a thing where nothing is corrected, in one state after another, and read it."""
    results: list[Result] = []
    for state in check["states"]:
        thing = in_state(workshop, resource, life, state, row)
        if thing is None:
            continue
        body = workshop.correction(thing)
        sent = workshop.correct(thing, body, row, "negative", negative=True)
        results.append(_judged(check, row, thing, sent, None))
        before, after = thing.last_read, workshop.read(thing, row)
        if spoke(sent) and not sent.accepted and before is not None and after is not None:
            moved = _moved(row, lab=workshop.lab, thing=thing, before=before, after=after)
            results.append(Result(0, tuple(moved)))
        workshop.drop(thing)
    evidence = sum(result.evidence for result in results)
    findings = tuple(one for result in results for one in result.findings)
    return Result(evidence, findings, None if evidence else "no-data")


def merged(document: Any, patch: Any) -> Any:
    """Return a document with a patch merged in (RFC 7396)."""
    if not isinstance(document, dict) or not isinstance(patch, dict):
        return patch
    known = {name: merged(document.get(name), value) for name, value in patch.items()}
    return {n: v for n, v in {**document, **known}.items() if v is not None}


def _refused(
    workshop: Workshop, resource: Resource, row: Requirement, wrong: Mapping[str, Any]
) -> Thing | None:
    """Make what is refused and known all the same; ``None`` where it is not."""
    control = control_of(workshop, resource, row)
    if control is None:
        return None
    body = put_all(workshop.body(resource, control.candidate), wrong)
    sent = workshop.post(resource, body, row, "negative", negative=True)
    thing = workshop.thing(resource, body, sent, control.candidate)
    read = workshop.read(thing, row)
    if sent.accepted or read is None or not read.accepted:
        return None
    workshop.found(resource, thing.key)
    return thing


def prepared(
    check: Check, row: Requirement, workshop: Workshop, resource: Resource
) -> Thing | None:
    """Return a thing in the way that a check asks for: new, or as follows.

    ``corrected``, undone (``of``), or ``refused`` for some values and known all the same.
    """
    wrong = check.get("refused")
    if wrong is not None:
        return _refused(workshop, resource, row, wrong)
    thing = workshop.make(resource, row)
    if thing is None or resource.life is None:
        return thing
    if check.get("corrected"):
        taken = workshop.correct(thing, workshop.correction(thing), row).accepted
    elif check.get("of") == "undone":
        undone = {resource.state or "": resource.life.undone}
        taken = workshop.change(thing, undone, row).accepted
    else:
        taken = True
    if not taken:
        workshop.drop(thing)
    return thing if taken else None


def _judged(
    check: Check, row: Requirement, thing: Thing, sent: Exchange, read: Exchange | None
) -> Result:
    if not spoke(sent):
        return Result()
    expect, state = check.get("expect"), check.get("state")
    if expect is not None and sent.status not in expect:
        wrong = found(
            row, "probe.correct", (sent, thing.created), pointer="/response/status",
            expected=expect[0], received=sent.status, text=check.get("message"),
        )  # fmt: skip
        return Result(1, (wrong,))
    if state is None:
        return Result(1)
    now = shown(read, thing.resource) if read is not None else None
    odd = expect is None and not sent.accepted and check.get("of") != "undone"
    if read is None or not read.accepted or odd:
        return Result()
    if now == state:
        return Result(1)
    wrong = found(
        row, "probe.correct.state", (read, sent), pointer="/response/body",
        expected=state, received=now, text=check.get("message"),
    )  # fmt: skip
    return Result(1, (wrong,))


def _listed(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Ask for lists that may have what was made: rows that judge lists judge these."""
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    if control_of(workshop, resource, row) is None:
        return Result(reason="no-data")
    for query in check["queries"]:
        lab.ask(operation, workshop.maker.words(query), "scenario", row)
    return follow(check["follow"], row, operation, lab) if "follow" in check.params else Result()


CORRECT = Probe(
    lambda check, row, operation, lab: 5,
    _correct,
    "writes",
    {"en": "correct what was made", "fr": "corriger ce qui a été créé"},
    writes=True,
)
LISTED = Probe(
    lambda check, row, operation, lab: len(check["queries"]),
    _listed,
    "writes",
    {"en": "list what was made", "fr": "lister ce qui a été créé"},
    writes=True,
)
