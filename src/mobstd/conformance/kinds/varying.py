"""What is sent with one edit: on a right document, in every odd way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from mobstd.conformance.kinds.making import control_of, examples, shop
from mobstd.conformance.kinds.probe import Probe
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.edit import Edit, edits, put
from mobstd.conformance.scenarios.resource import Resource
from mobstd.conformance.scenarios.thing import Thing
from mobstd.conformance.scenarios.workshop import Workshop
from mobstd.judging.finding import Result
from mobstd.judging.pointer import get
from mobstd.judging.requirement import Check, Requirement

__all__ = ["VARY", "each_edit", "many"]


def _edited(check: Check, workshop: Workshop, control: Thing) -> Iterator[Callable[[], Edit]]:
    """Yield, for each edit of a check, what makes it anew on a right document under a new id."""
    names = workshop.members(control.resource)

    def made() -> list[Edit]:
        right = workshop.body(control.resource, control.candidate)
        same = check.get("same", ())
        pairs = same.items() if isinstance(same, Mapping) else zip(same, same, strict=True)
        for pointer, source in pairs:
            right = put(right, pointer, get(control.sent, source))
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
            for make in _edited(check, workshop, control):
                yield control, make


def _vary(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Send what is wrong in odd ways; the row that forbids server failures judges all answers."""
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    control = control_of(workshop, resource, row)
    if control is None:
        return Result(reason="no-data")
    for make in _edited(check, workshop, control):
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


VARY = Probe(
    many,
    _vary,
    "writes",
    {"en": "post odd and wrong values", "fr": "envoyer des valeurs bizarres et fausses"},
    writes=True,
)
