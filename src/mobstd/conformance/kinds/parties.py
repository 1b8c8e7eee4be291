"""What is whose: made with one key, tried with another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mobstd.conformance.kinds.making import examples, right_change, shop
from mobstd.conformance.kinds.probe import Probe, found, readable
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.answers import shown
from mobstd.conformance.scenarios.edit import put
from mobstd.conformance.scenarios.oracle import look, reads_anything, there, wandered
from mobstd.conformance.scenarios.resource import Resource
from mobstd.conformance.scenarios.thing import Thing
from mobstd.conformance.scenarios.workshop import Workshop
from mobstd.judging.context import written
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Result
from mobstd.judging.pointer import get
from mobstd.judging.requirement import Check, Requirement

__all__ = ["PARTY"]

MADE = "$made"
LOST = "lost"
"""What became of a thing that its owner does not reach any more; no state has this name."""

KEPT = "kept"
"""What became of what was refused, and is there all the same; no state has this name."""

NO_STATE = (None, LOST, KEPT)


def _party(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    parties = check.get("as", ["other"])
    if "other" in parties and not lab.session.other_credentials:
        return Result(reason="no-other-party")
    if "other" not in parties and not lab.has_credentials:
        return Result(reason="unobservable")
    workshop, resource = opened
    if operation == resource.lists:
        return _listed(check, row, operation, lab, workshop, resource)
    things = list(_each_sort(workshop, resource, operation, row, parties))
    if not things:
        return Result(reason="no-data")
    own = things[0]
    tried = [
        (name, sent, moved)
        for thing in things
        for name in parties
        for sent, moved in [_tried(check, row, operation, workshop, resource, thing, name)]
        if sent is not None and sent.status is not None and sent.status < 500
        if name != "other" or not _shows_nothing(workshop, resource, operation, sent, thing)
    ]
    expect = check.get("expect", range(400, 500))
    reached = any(n == "other" and sent.accepted and moved is None for n, sent, moved in tried)
    if reached and _takes_anything(row, operation, workshop, resource, own):
        return Result(reason="unobservable")
    if "other" not in parties and not _guarded(lab, [sent for _, sent, _ in tried]):
        return Result(reason="unobservable")
    again = operation == resource.create and resource.life is not None
    findings = [
        found(
            row,
            _code(name, sent.status in expect, moved),
            (sent, own.created),
            pointer="/response/status",
            expected=expect[0] if isinstance(expect, list) else 404,
            received=moved if sent.status in expect and moved not in NO_STATE else sent.status,
            text=check.get("message"),
        )
        for name, sent, moved in tried
        if moved is not None or (sent.status not in expect and not (again and name == "other"))
    ]
    return Result(len(tried), tuple(findings))


def _code(name: str, refused: bool, moved: str | None) -> str:
    if moved in (LOST, KEPT):
        return f"probe.party.{moved}"
    return "probe.party.moved" if refused else f"probe.party.{name}"


def _each_sort(
    workshop: Workshop,
    resource: Resource,
    operation: str,
    row: Requirement,
    parties: Sequence[str],
) -> Iterator[Thing]:
    """Yield something of each source, and for another party to read, something undone."""
    sources: set[int] = set()
    for thing in examples(workshop, resource, row):
        if id(thing.candidate.source) not in sources:
            sources.add(id(thing.candidate.source))
            yield thing
            if "other" not in parties:
                return
    undone = _undone(workshop, resource, row) if operation == resource.read else None
    if undone is not None:
        yield undone


def _undone(workshop: Workshop, resource: Resource, row: Requirement) -> Thing | None:
    """Return something that was made and undone; ``None`` where nothing is undone by its state."""
    if resource.life is None or resource.state is None or resource.change is None:
        return None
    thing = workshop.make(resource, row)
    if thing is not None:
        workshop.change(thing, {resource.state: resource.life.undone}, row)
    return thing


def _tried(
    check: Check,
    row: Requirement,
    operation: str,
    workshop: Workshop,
    resource: Resource,
    own: Thing,
    name: str,
) -> tuple[Exchange | None, str | None]:
    """Return what a party got, and the state that it moved what is not its own to."""
    options: dict[str, Any] = {"negative": True, "credentials": name}
    if operation == resource.read:
        return workshop.read(own, row, "negative", **options), None
    if operation == resource.change:
        thing = workshop.make(resource, row)
        if thing is None:
            return None, None
        before = shown(workshop.read(thing, row), resource) or thing.sent_state
        sent = workshop.change(thing, right_change(resource), row, "negative", **options)
        state, _ = look(workshop, thing, before or "", row)
        workshop.drop(thing)
        moved = state not in (None, before) and not wandered(workshop, resource, before, state)
        return sent, state if moved else None
    if operation == resource.correct:
        return _corrected(row, workshop, resource, name), None
    if resource.life is not None and name == "other":
        return _taken_over(row, workshop, resource)
    body = workshop.body(resource, own.candidate)
    for pointer, value in check.get("set", {}).items():
        body = put(body, pointer, _made(workshop, row, value))
    sent = workshop.post(resource, body, row, "negative", **options)
    return sent, _kept(row, workshop, resource, body, sent) if name != "other" else None


def _kept(
    row: Requirement, workshop: Workshop, resource: Resource, body: Any, sent: Exchange
) -> str | None:
    """Look for what was refused to somebody without a key: it must not be there."""
    key = workshop.key_of(resource, body)
    if not key or sent.status is None or not 400 <= sent.status < 500:
        return None
    if there(workshop, resource, key, row) is None:
        return None
    workshop.found(resource, key)
    return KEPT


def _corrected(
    row: Requirement, workshop: Workshop, resource: Resource, name: str
) -> Exchange | None:
    """Put other values into somebody's thing; its owner's are taken, which is the control."""
    thing = workshop.make(resource, row)
    if thing is None:
        return None
    body = workshop.correction(thing)
    sent = workshop.correct(thing, body, row, "negative", negative=True, credentials=name)
    right = workshop.correct(thing, body, row)
    workshop.drop(thing)
    return sent if right.accepted else None


def _takes_anything(
    row: Requirement, operation: str, workshop: Workshop, resource: Resource, own: Thing
) -> bool:
    """Say whether success is answered for what nobody made as well: then it gives nothing away."""
    key = workshop.maker.key()
    if operation == resource.read:
        return reads_anything(workshop, resource, row)
    if operation == resource.change:
        asked = right_change(resource)
        return workshop.change(own, asked, row, "negative", key=key, negative=True).accepted
    if operation == resource.correct:
        body = workshop.correction(own)
        return workshop.correct(own, body, row, "negative", key=key, negative=True).accepted
    return False


def _listed(
    check: Check, row: Requirement, operation: str, lab: Lab, workshop: Workshop, resource: Resource
) -> Result:
    """List as another party what stands in one's own list: none of it is there."""
    things = examples(workshop, resource, row)
    if not things:
        return Result(reason="no-data")
    _undone(workshop, resource, row)
    evidence: int = 0
    for one in check.get("queries", ({},)):
        asked = {name: _of_made(value, things[0]) for name, value in one.items()}
        query = {**lab.controls.get(operation, {}), **workshop.maker.words(asked)}
        own = lab.ask(operation, query, "control", row, fresh=True)
        things = [thing for thing in workshop.things if thing.resource is resource]
        mine = {name for thing in things for name in (thing.key, written(thing.key))}
        made = [key for key in lab.keys(own) if not mine.isdisjoint(key)]
        other = lab.ask(operation, query, "negative", row, negative=True, credentials="other")
        if not made or not lab.readable(own) or not readable(other):
            continue
        evidence += 1
        shown_ = [at for key, at in lab.keys(other).items() if not mine.isdisjoint(key)]
        if shown_:
            wrong = found(
                row, "probe.party.listed", (other, own), pointer=f"/response/body{shown_[0]}",
                text=check.get("message"),
            )  # fmt: skip
            return Result(evidence, (wrong,))
    return Result(evidence, (), None if evidence else "no-data")


def _of_made(value: Any, thing: Thing) -> Any:
    """Return a value, or for ``$made/POINTER`` that of something that was made."""
    if not isinstance(value, str) or not value.startswith(MADE):
        return value
    return get(thing.sent, value.removeprefix(MADE))


def _taken_over(
    row: Requirement, workshop: Workshop, resource: Resource
) -> tuple[Exchange | None, str | None]:
    """Post somebody's thing again as another party; what matters is whose it is then."""
    thing = workshop.make(resource, row)
    if thing is None:
        return None, None
    sent = workshop.post(resource, thing.sent, row, "negative", negative=True, credentials="other")
    read = workshop.read(thing, row)
    workshop.drop(thing)
    lost = read is not None and not read.accepted and read.status not in (429, 500, 503)
    return sent, LOST if lost else None


def _made(workshop: Workshop, row: Requirement, value: Any) -> Any:
    """Return a value, or for ``$booking`` the key of a thing of that name."""
    if not isinstance(value, str) or not value.startswith("$"):
        return value
    things = examples(workshop, workshop.resource(value.removeprefix("$")), row)
    return things[0].key if things else value


def _shows_nothing(
    workshop: Workshop, resource: Resource, operation: str, sent: Exchange, own: Thing
) -> bool:
    """Say whether an answer that looks like success has nothing of what was asked for in it."""
    if operation != resource.read or not sent.accepted or sent.response is None:
        return False
    return own.key.lower().encode() not in sent.response.body.lower()


def _guarded(lab: Lab, sent: list[Exchange]) -> bool:
    """Say whether the target is known to ask for keys at all."""
    strangers = [x for x in lab.session.exchanges if not x.authenticated]
    return any(x.status == 401 for x in strangers) or any(not x.accepted for x in sent)


PARTY = Probe(
    lambda check, row, operation, lab: 2 * len(check.get("as", "1")),
    _party,
    "writes",
    {"en": "try with no key, or another", "fr": "essayer sans clé, ou avec une autre"},
    writes=True,
)
