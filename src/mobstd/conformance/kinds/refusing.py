"""What is wrong in one edit: refused, and nothing kept of it, nothing moved by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from mobstd.conformance.kinds.correcting import refuse_correction
from mobstd.conformance.kinds.making import control_of, examples, right_change, shop
from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.edit import Edit, edits, put
from mobstd.conformance.scenarios.material import spoilt
from mobstd.conformance.scenarios.oracle import look, there, wandered
from mobstd.conformance.scenarios.resource import Resource
from mobstd.conformance.scenarios.table import reads_true
from mobstd.conformance.scenarios.workshop import Thing, Workshop, named, shown
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.pointer import MISSING, get
from mobstd.judging.requirement import Check, Requirement

__all__ = ["REJECT", "UNFIT", "VARY", "each_edit", "many"]

REFUSED = range(400, 500)
GONE = 404


def _reject(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    if operation == resource.create:
        return _refuse_made(check, row, workshop, resource)
    if operation == resource.correct:
        return refuse_correction(check, row, workshop, resource)
    return _refuse_change(check, row, workshop, resource)


def _refuse_made(check: Check, row: Requirement, workshop: Workshop, resource: Resource) -> Result:
    """Post documents that are wrong in one edit; each is to be refused, and nothing kept of it."""
    evidence: int = 0
    findings: list[Finding] = []
    for control, make in each_edit(check, row, workshop, resource):
        edit = make()
        first = edit.document
        sent = workshop.post(resource, first, row, "negative", negative=True)
        if sent.status is None or sent.status >= 500 or sent.status == 429:
            continue
        evidence += 1
        if sent.status in _statuses(check):
            findings += _kept(check, row, workshop, resource, edit, sent)
            findings += _named(check, row, resource, edit, sent)
            continue
        edit, again = make(), sent
        if workshop.key_of(resource, edit.document) != workshop.key_of(resource, first):
            again = workshop.post(resource, edit.document, row, "negative", negative=True)
        if again.status is None or again.status in _statuses(check) or again.status >= 500:
            continue
        if again.status in REFUSED and _refuses_all(row, workshop, resource, control, again):
            evidence -= 1
            continue
        if check.get("expect") == "refused" and _undone(workshop, resource, edit, control, again):
            continue
        findings.append(
            found(
                row,
                "probe.reject",
                (again, control.created),
                pointer="/response/status",
                expected=_expected(check),
                received=again.status,
                severity=edit.severity,
                text=check.get("message"),
                edit=edit.name,
            )
        )
    return Result(evidence, tuple(findings), None if evidence else "no-data")


def _refuses_all(
    row: Requirement, workshop: Workshop, resource: Resource, control: Thing, sent: Exchange
) -> bool:
    """Say whether what is right is refused alike by now: the seat may be taken, say."""
    body = workshop.body(resource, control.candidate)
    right = workshop.post(resource, body, row, "control", negative=True)
    if right.accepted:
        workshop.drop(workshop.thing(resource, body, right, control.candidate))
    return right.status == sent.status


def _undone(
    workshop: Workshop, resource: Resource, edit: Edit, control: Thing, sent: Exchange
) -> bool:
    """Say whether what was taken is undone at once, which is a way to refuse it."""
    if not sent.accepted or resource.life is None:
        return False
    thing = workshop.thing(resource, edit.document, sent, control.candidate)
    return shown(workshop.read(thing, None), resource) == resource.life.undone


def edited(check: Check, workshop: Workshop, control: Thing) -> Iterator[Callable[[], Edit]]:
    """Yield, for each edit of a check, what makes it anew on a right document under a new id."""
    names = workshop.members(control.resource)

    def made() -> list[Edit]:
        right = workshop.body(control.resource, control.candidate)
        for pointer in check.get("same", ()):
            right = put(right, pointer, get(control.sent, pointer))
        wanted = workshop.maker.words(check["edits"])
        return list(edits(wanted, right, names))

    for place in range(len(made())):
        yield lambda place=place: made()[place]  # type: ignore[misc]


def each_edit(
    check: Check, row: Requirement, workshop: Workshop, resource: Resource
) -> Iterator[tuple[Thing, Callable[[], Edit]]]:
    """Yield each edit, on a document of each source that the target takes, with its control."""
    sources: set[int] = set()
    for control in examples(workshop, resource, row):
        if id(control.candidate.source) not in sources:
            sources.add(id(control.candidate.source))
            for make in edited(check, workshop, control):
                yield control, make


def _statuses(check: Check) -> Sequence[int]:
    wanted: Any = check.get("expect", [400])
    return REFUSED if wanted == "refused" else wanted


def _expected(check: Check) -> Any:
    expect = check.get("expect", [400])
    return expect[0] if isinstance(expect, list) and len(expect) == 1 else expect


def _kept(
    check: Check,
    row: Requirement,
    workshop: Workshop,
    resource: Resource,
    edit: Edit,
    sent: Exchange,
) -> list[Finding]:
    """Look for what was refused: it must not be there."""
    key = workshop.key_of(resource, edit.document)
    if not key or edit.at == resource.key:
        return []
    if "kept" in check.params:
        return _stored(check, row, workshop, resource, edit, sent)
    read = there(workshop, resource, key, row)
    if read is None:
        return []
    workshop.found(resource, key)
    return [
        found(
            row,
            "probe.reject.kept",
            (read, sent),
            pointer="/response/status",
            expected=404,
            received=read.status,
            severity=edit.severity,
            edit=edit.name,
        )
    ]


def _stored(
    check: Check, row: Requirement, workshop: Workshop, resource: Resource, edit: Edit,
    sent: Exchange,
) -> list[Finding]:  # fmt: skip
    """Read what was refused and may be known all the same, or must be."""
    key = workshop.key_of(resource, edit.document)
    read = workshop.read(key, row, resource=resource)
    if read is not None and read.accepted:
        workshop.found(resource, key)
    if read is None or check["kept"] != "must" or read.status != GONE:
        return []
    return [
        found(
            row,
            "probe.reject.lost",
            (read, sent),
            pointer="/response/status",
            expected=200,
            received=read.status,
            edit=edit.name,
        )
    ]


def _named(
    check: Check, row: Requirement, resource: Resource, edit: Edit, sent: Exchange
) -> list[Finding]:
    """Look for the words that a refusal has to have."""
    text = named(sent, resource.refusal)
    lacking = [word for word in check.get("names", ()) if word not in text]
    if not lacking:
        return []
    return [
        found(
            row,
            "probe.reject.unnamed",
            (sent,),
            pointer="/response/body",
            expected=lacking,
            text=check.get("message"),
            severity=edit.severity,
            edit=edit.name,
        )
    ]


def _refuse_change(
    check: Check, row: Requirement, workshop: Workshop, resource: Resource
) -> Result:
    """Ask for changes that are wrong in one edit; each is to be refused, and change nothing."""
    if resource.life is None or resource.change is None:
        return Result(reason="not-permitted")
    first, at_state = right_change(resource), f"/{resource.state}"
    sends = resource.sends.get(first.get("", ""))
    right = first if sends is None else dict(sends)
    evidence: int = 0
    findings: list[Finding] = []
    thing: Thing | None = None
    for edit in edits(workshop.maker.words(check["edits"]), right, {}):
        if edit.document.get(resource.state or "") in resource.life.pairs and edit.at == at_state:
            continue  # a version may have the word
        thing = thing or workshop.make(resource, row)
        if thing is None:
            return Result(reason="no-data")
        asked, body = (edit.document, MISSING) if sends is None else (first, edit.document)
        sent = workshop.change(thing, asked, row, "negative", body=body, negative=True)
        after, _ = look(workshop, thing, thing.sent_state or "", row)
        moved = after not in (None, thing.sent_state)
        moved = moved and not wandered(workshop, resource, thing.sent_state, after)
        moved = moved and reads_true(workshop, resource, row)
        if sent.status is not None and sent.status < 500 and sent.status != 429:
            evidence += 1
            wrong = sent.status not in check.get("expect", [400])
            if wrong or moved:
                findings.append(
                    found(
                        row,
                        "probe.reject.moved" if moved and not wrong else "probe.reject",
                        (sent, thing.created),
                        pointer="/response/status",
                        expected=check.get("expect", [400])[0],
                        received=sent.status if wrong else after,
                        severity=edit.severity,
                        text=check.get("message"),
                        edit=edit.name,
                    )
                )
        if after != thing.sent_state or sent.accepted:
            workshop.drop(thing)
            thing = None
    thing = thing or workshop.make(resource, row)
    if thing is None or not workshop.change(thing, first, row).accepted:
        return Result()
    workshop.drop(thing)
    return Result(evidence, tuple(findings))


def _unfit(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Make one from an item that does not serve, and for one reason only."""
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    control = control_of(workshop, resource, row)
    candidate = spoilt(lab, resource, check["because"], workshop.now)
    if control is None or candidate is None:
        return Result(reason="no-data")
    body = workshop.body(resource, candidate)
    sent = workshop.post(resource, body, row, "negative", negative=True)
    if sent.status is None or sent.status == 429:
        return Result()
    if sent.status in REFUSED or sent.status >= 500:
        return Result(1)
    workshop.drop(workshop.thing(resource, body, sent, candidate))
    finding = found(
        row,
        "probe.unfit",
        (sent, control.created),
        pointer="/response/status",
        expected=_expected(check),
        received=sent.status,
        text=check.get("message"),
    )
    return Result(1, (finding,))


def _vary(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Send what is wrong in odd ways; the row that forbids server failures judges all answers."""
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    control = control_of(workshop, resource, row)
    if control is None:
        return Result(reason="no-data")
    for make in edited(check, workshop, control):
        edit = make()
        sent = workshop.post(resource, edit.document, row, "negative", negative=True)
        if sent.accepted:
            workshop.drop(workshop.thing(resource, edit.document, sent, control.candidate))
    for text in check.get("raw", ()):
        workshop.post(resource, text.encode(), row, "negative", negative=True)
    return Result()


def many(check: Check, row: Requirement, operation: str, lab: Lab) -> int:
    """Return how many requests the edits of a check take at most."""
    opened = shop(lab, operation)
    if opened is None:
        return 0
    workshop, resource = opened
    names = workshop.members(resource)
    many = sum(len(names[e["each"]]) if "each" in e else 1 for e in check.get("edits", ()))
    return many * 2


REJECT = Probe(
    lambda check, row, operation, lab: 2 * len(check["edits"]) + 3,
    _reject,
    "writes",
    {"en": "send what is wrong in one edit", "fr": "envoyer ce qui est faux d'une retouche"},
    writes=True,
)
UNFIT = Probe(
    lambda check, row, operation, lab: 2,
    _unfit,
    "writes",
    {"en": "make one from what does not serve", "fr": "en créer un de ce qui ne convient pas"},
    writes=True,
)
VARY = Probe(
    many,
    _vary,
    "writes",
    {"en": "post odd and wrong values", "fr": "envoyer des valeurs bizarres et fausses"},
    writes=True,
)
