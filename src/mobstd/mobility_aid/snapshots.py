"""What a publisher surely had at one time: the same before and after, as nothing was changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange

__all__ = ["around", "lists", "sound", "whole"]

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


def whole(exchange: Exchange) -> bool:
    """Say whether a list of aids that is sound has every aid: no filter, and all in one page."""
    listed = exchange.operation == "listAids" and exchange.query.keys() <= {"limit"}
    return listed and "next" not in exchange.body


def lists(exchanges: Sequence[Exchange], context: Context) -> list[Snapshot]:
    """Return the aids by id of each answer that has every aid."""
    found: list[Snapshot] = []
    for place, exchange in enumerate(exchanges):
        if exchange.operation == "listAids" and sound(exchange, context) and whole(exchange):
            aids = {aid["id"]: aid for aid in exchange.body["aids"]}
            if len(aids) == len(exchange.body["aids"]):
                found.append((place, aids))
    return found


def around(
    shown: Sequence[Snapshot], same: Callable[[Any], Any] = lambda seen: seen
) -> Iterator[tuple[range, Any]]:
    """Yield the places between two snapshots that are the same, with what both show."""
    for (before, seen), (after, again) in pairwise(shown):
        if same(seen) == same(again):
            yield range(before + 1, after), seen
