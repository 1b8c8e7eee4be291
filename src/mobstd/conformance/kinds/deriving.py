"""What is asked because of what the target itself lists; the rows that judge answers judge it."""

from __future__ import annotations

from itertools import islice

from mobstd.canon.plug import resolve
from mobstd.conformance.kinds.making import control_of, shop
from mobstd.conformance.kinds.probe import Probe
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.edit import put_all
from mobstd.judging.finding import Result
from mobstd.judging.requirement import Check, Requirement

__all__ = ["DERIVED"]


def _derived(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Post what a function of the standard derives from listed items, as far as it goes."""
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    workshop, resource = opened
    control = control_of(workshop, resource, row)
    items = [item for item, _ in lab.seen(check["from"]).values()]
    plug = lab.context.catalogue.version.plug
    if control is None or not items or plug is None:
        return Result(reason="no-data")
    derive = resolve(plug.derivations)[check["call"]]
    for values in islice(derive(items, workshop.now), check["most"]):
        body = put_all(workshop.body(resource, control.candidate), values)
        sent = workshop.post(resource, body, row, "scenario")
        if sent.accepted:
            workshop.drop(workshop.thing(resource, body, sent, control.candidate))
    return Result()


DERIVED = Probe(
    lambda check, row, operation, lab: int(check["most"]),
    _derived,
    "writes",
    {"en": "ask what the list gives rise to", "fr": "demander ce à quoi la liste donne lieu"},
    writes=True,
)
