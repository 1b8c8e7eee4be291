"""What is sent with one edit: on a right document, in every odd way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

from mobstd.conformance.kinds.making import control_of, examples, right_change, shop
from mobstd.conformance.kinds.probe import Probe
from mobstd.conformance.lab import Lab, Query
from mobstd.conformance.scenarios.edit import Edit, edits, put
from mobstd.conformance.scenarios.oddity import odd_parameters, oddities
from mobstd.conformance.scenarios.resource import Resource
from mobstd.conformance.scenarios.thing import Thing
from mobstd.conformance.scenarios.workshop import Workshop
from mobstd.judging.finding import Result
from mobstd.judging.pointer import MISSING, get
from mobstd.judging.requirement import Check, Requirement

__all__ = ["ODD_QUERY", "VARY", "each_edit", "many"]


def _edited(check: Check, workshop: Workshop, control: Thing) -> Iterator[Callable[[], Edit]]:
    """Yield, for each edit of a check, what makes it anew on a right document under a new id."""
    names = workshop.members(control.resource)

    def made() -> list[Edit]:
        right = workshop.body(control.resource, control.candidate)
        same = check.get("same", ())
        pairs = same.items() if isinstance(same, Mapping) else zip(same, same, strict=True)
        for pointer, source in pairs:
            right = put(right, pointer, get(control.sent, source))
        wanted = workshop.maker.words(check.get("edits", []))
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
            for make in _edited(check, workshop, control):
                yield control, make


def _vary(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Send what is wrong in odd ways; the row that forbids server failures judges all answers."""
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    if operation == resource.read:
        thing = control_of(workshop, resource, row)
        there = {} if thing is None else {resource.parameter or "": thing.key}
        return _asked_oddly(check, row, operation, lab, there)
    if operation != resource.create:
        return _changed_oddly(check, row, workshop, resource, operation)
    control = control_of(workshop, resource, row)
    if control is None:
        return Result(reason="no-data")
    for make in _edited(check, workshop, control):
        _posted(row, workshop, control, make().document)
    for text in check.get("raw", ()):
        workshop.post(resource, text.encode(), row, "negative", negative=True)
    right = workshop.body(resource, control.candidate)
    spared = (resource.key,) if resource.key else ()
    for document in oddities(right, check.get("odd", 0), f"{lab.seed}:{operation}", spared):
        _posted(row, workshop, control, document)
    return Result()


def _posted(row: Requirement, workshop: Workshop, control: Thing, document: Any) -> None:
    """Post a document that is odd, and undo what it made."""
    sent = workshop.post(control.resource, document, row, "negative", negative=True)
    if sent.accepted and isinstance(document, dict):
        workshop.drop(workshop.thing(control.resource, document, sent, control.candidate))


def _changed_oddly(
    check: Check, row: Requirement, workshop: Workshop, resource: Resource, operation: str
) -> Result:
    """Ask for changes and corrections that are odd in one place, of a thing that is there."""
    thing = workshop.make(resource, row)
    if thing is None:
        return Result(reason="no-data")
    corrects = operation == resource.correct
    right = {} if corrects else right_change(resource)
    query, body = (right, workshop.correction(thing)) if corrects else resource.asked(right)
    if body is MISSING:
        return Result(reason="no-data")
    seed = f"{workshop.lab.seed}:{operation}"
    raw = (text.encode() for text in check.get("raw", ()))
    for document in chain(oddities(body, check.get("odd", 0), seed), raw):
        if corrects:
            sent = workshop.correct(thing, document, row, "negative", negative=True)
        else:
            sent = workshop.change(thing, query, row, "negative", body=document, negative=True)
        if not sent.accepted or corrects:
            continue
        workshop.drop(thing)
        another = workshop.make(resource, row)
        if another is None:
            break
        thing = another
    workshop.drop(thing)
    return Result()


def _odd_query(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Send queries that are odd in one parameter, for the row that forbids server failures."""
    return _asked_oddly(check, row, operation, lab, lab.controls.get(operation, {}))


def _asked_oddly(check: Check, row: Requirement, operation: str, lab: Lab, query: Query) -> Result:
    if not query:
        return Result(reason="no-data")
    known = lab.context.catalogue.operations[operation].parameters
    for name, value in islice(odd_parameters(known), check.get("odd", 0)):
        lab.ask(operation, {**query, name: value}, "negative", row, negative=True)
    repeated = next((p.name for p in known if p.where == "query" and p.name in query), None)
    if repeated is not None:
        pair = (repeated, str(query[repeated]))
        lab.ask(operation, query, "negative", row, negative=True, extra=(pair,))
    return Result()


def many(check: Check, row: Requirement, operation: str, lab: Lab) -> int:
    """Return how many requests the edits of a check take at most."""
    opened = shop(lab, operation)
    if opened is None:
        return 0
    workshop, resource = opened
    names = workshop.members(resource)
    odd: int = check.get("odd", 0)
    return odd + 2 * sum(
        len(names[edit["each"]]) if "each" in edit else 1 for edit in check.get("edits", ())
    )


VARY = Probe(
    many,
    _vary,
    "writes",
    {"en": "send odd and wrong values", "fr": "envoyer des valeurs bizarres et fausses"},
    writes=True,
)
ODD_QUERY = Probe(
    lambda check, row, operation, lab: 1 + int(check["odd"]),
    _odd_query,
    "negatives",
    {"en": "send odd queries", "fr": "envoyer des requêtes bizarres"},
)
