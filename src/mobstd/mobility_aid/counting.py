"""The places that aids name, and how many do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange
from mobstd.judging.rule import Edit, ItemFilter, RunRule, Trouble
from mobstd.mobility_aid.snapshots import around, lists, sound

__all__ = ["RULES"]

Judged = Iterator[tuple[Exchange, Sequence[Trouble]]]
Place = tuple[str, str]

_KINDS = ("commune", "department")
"""Kinds of places that another one is asked for by."""


def _places(aids: Mapping[str, Any]) -> Counter[Place]:
    """Return how many aids cover each place by its name."""
    counts: Counter[Place] = Counter()
    for aid in aids.values():
        counts.update({(a["type"], a["code"]) for a in aid["territory"]["include"] if "code" in a})
    return counts


def _territories(exchanges: Sequence[Exchange], context: Context) -> Judged:
    """AID-CAT-20: each place that aids name is there once, with the number of those that do.

    Judged where all aids are known, the same before and after, and none of them is for few.
    """
    for places, aids in around(lists(exchanges, context)):
        if any(aid["level"] == "employer" for aid in aids.values()):
            continue
        named = _places(aids)
        for exchange in (exchanges[place] for place in places):
            if exchange.operation == "listTerritories" and sound(exchange, context):
                yield exchange, list(_counted(exchange, named))


def _counted(exchange: Exchange, named: Counter[Place]) -> Iterator[Trouble]:
    seen: set[Place] = set()
    for place, told in enumerate(exchange.body["territories"]):
        one = (told["area"]["type"], told["area"].get("code", ""))
        if one in seen:
            yield Trouble("place-twice", f"/territories/{place}/area", received=one[1])
        elif told["aids"] != named[one]:
            at = f"/territories/{place}/aids"
            yield Trouble("other-number", at, expected=named[one], received=told["aids"])
        seen.add(one)
    alone = exchange.query.keys() <= {"limit"} and "next" not in exchange.body
    lost = {one for one in named if one[0] != "unresolved"} - seen if alone else set()
    if lost:
        yield Trouble("place-untold", "/territories", expected=":".join(min(lost)))


def _kind(territory: Any, query: Mapping[str, str], _: Context) -> bool | None:
    return "type" not in query or territory["area"]["type"] == query["type"]


def _kind_edges(territory: Any, _: Any, __: Context) -> Iterator[Edit]:
    own = territory["area"]["type"]
    for kind in (own, *(word for word in _KINDS if word != own)):
        yield Edit({"type": kind}, kind == own)


RULES: Mapping[str, ItemFilter | RunRule] = {
    "territories-counted": RunRule(_territories),
    "territories-of-kind": ItemFilter(
        "other-kind", ("type",), _kind, _kind_edges, reads=("area",), when_asked=True
    ),
}
"""Rules of the places that aids name, by name."""
