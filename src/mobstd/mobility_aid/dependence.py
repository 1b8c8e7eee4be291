"""Which aids depend on which: those that others are computed from come first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

__all__ = ["Placed", "in_order"]

_ALL = ("deductsOtherAids", "totalCap", "totalCapRate")


@dataclass(frozen=True, slots=True)
class Placed:
    """An aid in the order of evaluation.

    Attributes:
        id: its id.
        depends: whether it is computed from others.
        later: those that it names and that stand after it, of aids in a circle.
    """

    id: str
    depends: bool
    later: tuple[str, ...] = ()


def in_order(aids: Sequence[Mapping[str, Any]]) -> list[Placed]:
    """Return aids so that each stands after those that it names, and after all where it asks so.

    Aids that name each other in a circle stand in some order; each says which are ``later``.
    """
    known = {aid["id"] for aid in aids}
    named = {aid["id"]: set(_named(aid)) & known - {aid["id"]} for aid in aids}
    last = [aid["id"] for aid in aids if _asks_all(aid)]
    first = [aid["id"] for aid in aids if aid["id"] not in last]
    order = [*_sorted(first, named), *last]
    place = {id_: n for n, id_ in enumerate(order)}
    return [
        Placed(
            id_,
            bool(named[id_]) or id_ in last,
            tuple(sorted(other for other in named[id_] if place[other] > place[id_])),
        )
        for id_ in order
    ]


def _sorted(ids: Sequence[str], named: Mapping[str, set[str]]) -> list[str]:
    sorter = TopologicalSorter({id_: sorted(named[id_] & set(ids)) for id_ in ids})
    try:
        return list(sorter.static_order())
    except CycleError:
        return list(ids)


def _asks_all(aid: Mapping[str, Any]) -> bool:
    beside = aid.get("combination", {})
    if any(beside.get(name) for name in _ALL):
        return True
    return any(
        node.get("base") == "remaining-cost"
        or (node.get("base") == "other-aid" and "aid" not in node)
        for node in _nodes(aid["benefits"])
    )


def _named(aid: Mapping[str, Any]) -> Iterator[str]:
    for node in _nodes([aid["benefits"], aid["eligibility"].get("rule")]):
        if node.get("base") == "other-aid" and "aid" in node:
            yield node["aid"]
        if node.get("criterion") == "aid.received":
            yield from node.get("values", ()) or [node["value"]]


def _nodes(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every object in a document, in no order."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, list):
            left += one
        elif isinstance(one, (dict, Mapping)):  # a dict is told at once, another mapping slowly
            yield one
            left += one.values()
