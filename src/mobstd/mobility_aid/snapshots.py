"""What a publisher surely had at one time: the same before and after, as nothing was changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange

__all__ = ["around", "lists", "sound"]

Snapshot = tuple[int, Any]
"""The place of an exchange in the run, and what it showed."""


def sound(exchange: Exchange, context: Context) -> bool:
    """Say whether an answer is what was asked for, and its schema accepts all of it."""
    return (
        exchange.accepted
        and not exchange.negative
        and exchange.response is not None
        and exchange.response.not_json is None
        and context.problems(exchange) == []
    )


def lists(exchanges: Sequence[Exchange], context: Context) -> list[Snapshot]:
    """Return the aids by id of each answer that has every aid: without filter, and in one page."""
    return [
        (place, {aid["id"]: aid for aid in exchange.body["aids"]})
        for place, exchange in enumerate(exchanges)
        if exchange.operation == "listAids"
        if exchange.query.keys() <= {"limit"} and sound(exchange, context)
        if "next" not in exchange.body
    ]


def around(
    shown: Sequence[Snapshot], same: Callable[[Any], Any] = lambda seen: seen
) -> Iterator[tuple[range, Any]]:
    """Yield the places between two snapshots that are the same, with what both show."""
    for (before, seen), (after, again) in pairwise(shown):
        if same(seen) == same(again):
            yield range(before + 1, after), seen
