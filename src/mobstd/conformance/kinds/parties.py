"""What is whose: made with one key, tried with another."""

from __future__ import annotations

from typing import Any

from mobstd.conformance.kinds.making import examples, right_change, shop
from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.edit import put
from mobstd.conformance.scenarios.oracle import look
from mobstd.conformance.scenarios.resource import Resource
from mobstd.conformance.scenarios.workshop import Thing, Workshop, shown
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Result
from mobstd.judging.requirement import Check, Requirement

__all__ = ["PARTY"]


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
    own = next(iter(examples(workshop, resource, row)), None)
    if own is None:
        return Result(reason="no-data")
    tried = [
        (name, sent, moved)
        for name in parties
        for sent, moved in [_tried(check, row, operation, workshop, resource, own, name)]
        if sent is not None and sent.status is not None and sent.status < 500
        if name != "other" or not _shows_nothing(workshop, resource, operation, sent, own)
    ]
    expect = check.get("expect", range(400, 500))
    if "other" not in parties and not _guarded(lab, [sent for _, sent, _ in tried]):
        return Result(reason="unobservable")
    findings = [
        found(
            row,
            f"probe.party.{name}" if sent.status not in expect else "probe.party.moved",
            (sent, own.created),
            pointer="/response/status",
            expected=expect[0] if isinstance(expect, list) else 404,
            received=sent.status if sent.status not in expect else moved,
            text=check.get("message"),
        )
        for name, sent, moved in tried
        if sent.status not in expect or moved is not None
    ]
    return Result(len(tried), tuple(findings))


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
        return sent, state if state not in (None, before) else None
    body = workshop.body(resource, own.candidate)
    for pointer, value in check.get("set", {}).items():
        body = put(body, pointer, _made(workshop, row, value))
    return workshop.post(resource, body, row, "negative", **options), None


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
