"""Opens a few of the things that a target lists, each where it is read alone."""

from __future__ import annotations

from collections.abc import Iterator

from mobstd.conformance.lab import Lab, Query
from mobstd.judging.catalogue import Opening
from mobstd.judging.pointer import MISSING, get

__all__ = ["open_listed"]


def open_listed(lab: Lab, operations: list[str]) -> None:
    """Read the first and the last thing of each list alone, where ``opens`` says how."""
    for operation in operations:
        opening = lab.context.catalogue.collections[operation].opens
        if opening is None or operation not in lab.controls or not _there(lab, opening):
            continue
        opened: set[str] = set()
        for query in _queries(lab, operation, opening):
            listed = lab.context.items(lab.ask(operation, query, "explore"))
            keys = [get(item, opening.at) for _, item in listed]
            named = [str(key) for key in keys if key is not MISSING and key is not None]
            for key in dict.fromkeys((*named[:1], *named[-1:])):
                if key not in opened:
                    opened.add(key)
                    lab.ask(opening.operation, {opening.parameter: key}, "explore")


def _there(lab: Lab, opening: Opening) -> bool:
    block = lab.context.catalogue.block_of.get(opening.operation)
    return block is not None and lab.presence.get(block) != "absent"


def _queries(lab: Lab, operation: str, opening: Opening) -> Iterator[Query]:
    """Yield the query that was accepted, with each value that tells its lists apart."""
    control = lab.controls[operation]
    described = lab.context.catalogue.operations[operation].parameter(opening.over or "")
    values = described.schema.get("enum", ()) if described else ()
    for value in values:
        yield {**control, str(opening.over): value}
    if not values:
        yield control
