"""What a target calls while it is judged: waited for, and judged by what is asked of callers."""

from __future__ import annotations

from mobstd.conformance.kinds import PROBES
from mobstd.conformance.kinds.announcing import done_by_us, made_of, plain_calls, unannounced
from mobstd.conformance.kinds.making import examples, right_change
from mobstd.conformance.kinds.unprompted import silent
from mobstd.conformance.outline import Outline
from mobstd.conformance.preflight import Preflight
from mobstd.conformance.profile import Profile
from mobstd.conformance.scenarios.brought import known, story
from mobstd.conformance.scenarios.edit import without
from mobstd.conformance.scenarios.resource import Resource
from mobstd.conformance.scenarios.workshop import Workshop
from mobstd.judging.catalogue import callers
from mobstd.judging.context import Context
from mobstd.judging.judge import Tally, judge, limited_severity
from mobstd.judging.requirement import Requirement

__all__ = ["hear", "hear_of_made", "judge_calls", "overall", "prepare"]


def overall(outline: Outline, phase: str) -> list[Tally]:
    """Run the probes that look at the run as a whole, whatever operation they are about."""
    found = []
    for row, check in outline.lab.context.catalogue.checks:
        if row.id in outline.rows and check.kind in PROBES and PROBES[check.kind].phase == phase:
            result = PROBES[check.kind].run(check, row, "", outline.lab)
            findings = tuple(limited_severity(row, check, f) for f in result.findings)
            found.append(Tally(row, check, None, result.evidence, findings, result.reason))
    return found


def _wait(outline: Outline, profile: Profile, what: tuple[str, ...]) -> bool:
    """Wait until the target called about all that it is to call about; say whether any was due."""
    lab = outline.lab
    waiting = [
        check
        for row, check in lab.context.catalogue.checks
        if row.id in outline.rows and check.kind == "announced" and check["what"] in what
    ]
    wait = profile.callbacks.wait if profile.callbacks is not None else 0.0
    by_itself = [
        check
        for row, check in lab.context.catalogue.checks
        if row.id in outline.rows and check.kind == "by-itself" and "changes" in what
    ]

    def done() -> bool:
        late = any(unannounced(check, lab) for check in waiting)
        return not late and not any(silent(check, lab) for check in by_itself)

    if lab.receiver is not None:
        lab.receiver.wait(wait, done)
    return bool(waiting)


def prepare(outline: Outline) -> None:
    """Make and change something to be called about, where no other check did."""
    lab = outline.lab
    if lab.workshop is None or lab.receiver is None:
        return
    kinds = {check.kind for row in outline.rows.values() for check in row.checks}
    if kinds & {"brought", "called"}:
        story(lab, None)
    for row, check in lab.context.catalogue.checks:
        resource = made_of(check, lab) if check.kind == "announced" else None
        if resource is None or row.id not in outline.rows or not resource.state:
            continue
        examples(lab.workshop, resource, row)
        if check.get("unseen"):
            _make_unseen(lab.workshop, resource, row, check["unseen"])
        if check["what"] == "changes" and all(one.made for one in done_by_us(lab, resource)):
            thing = lab.workshop.make(resource, row)
            if thing is not None:
                lab.workshop.change(thing, right_change(resource), row)


def _make_unseen(
    workshop: Workshop, resource: Resource, row: Requirement, pointers: list[str]
) -> None:
    """Make something that names nothing that the target showed, if the target takes it."""
    control = next(iter(examples(workshop, resource, row)), None)
    if control is None:
        return
    body = workshop.body(resource, control.candidate)
    for pointer in pointers:
        body = without(body, pointer)
    sent = workshop.post(resource, body, row, "scenario")
    if sent.accepted:
        workshop.thing(resource, body, sent, control.candidate)


def hear_of_made(outline: Outline, profile: Profile) -> None:
    """Wait for news of what was made, while it is as it was made."""
    _wait(outline, profile, ("made",))


def hear(outline: Outline, seen: Preflight, profile: Profile) -> None:
    """Wait for what the target is to call; then it is known which of those blocks are there."""
    lab = outline.lab
    assert lab.receiver is not None
    waiting = _wait(outline, profile, ("made", "changes"))
    told = known(lab)
    if told is not None and told.failed is not None:
        seen.add("callbacks", False, "trigger-failed", "configuration", why=told.failed)
    called = {x.operation for x in lab.receiver.exchanges}
    for name, block in lab.context.catalogue.version.suite["blocks"].items():
        if called & set(block.get("operations", ())) and name in lab.context.catalogue.blocks:
            lab.presence[name] = "present"
    made = lab.workshop is not None and lab.workshop.debts.journal.used
    if waiting and made and not lab.receiver.exchanges:
        seen.add("callbacks", False, "not-called", "configuration", url=lab.receiver.url)


def judge_calls(outline: Outline, profile: Profile) -> list[Tally]:
    """Judge what the target called by what the standard asks of who calls."""
    lab = outline.lab
    tallies = overall(outline, "heard")
    if lab.receiver is None:
        return tallies
    asked = callers(lab.receiver.version, lab.receiver.role)
    context = Context(asked, lab.context.blocks, profile.timezone)
    return tallies + judge(plain_calls(lab), context)
