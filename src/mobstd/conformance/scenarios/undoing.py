"""Whether what was undone is: what a target says of it, and what is read then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mobstd.conformance.scenarios.answers import shown
from mobstd.conformance.scenarios.journal import Look
from mobstd.conformance.scenarios.resource import Resource
from mobstd.judging.exchange import Exchange, Request

if TYPE_CHECKING:
    from mobstd.conformance.lab import Lab
    from mobstd.conformance.scenarios.debts import Debts

__all__ = ["GONE", "is_gone", "look_at", "seen_gone", "takers"]

GONE = (200, 202, 204, 404, 409, 410)
"""Answers after which what was undone needs nothing more: it is, or nothing leads on from it."""

MEANT = 8
"""How many undone things in a row are read again before a target is believed."""

STRANGERS = ("none", "wrong")
"""Who is nobody to a target: what they wrote all the same stands under any name, or under ours."""


def takers(party: str) -> tuple[str, ...]:
    """Return who undoes what a party may have made, in turn until it is gone."""
    return (party, "own") if party in STRANGERS else (party,)


def is_gone(debts: Debts, undo: Request, exchange: Exchange, party: str) -> bool:
    """Say whether what was undone is: read again, until a target was seen to mean what it says.

    A refusal is always looked behind: the state may be that of what was undone, or not.
    """
    said = exchange.status in GONE
    resource, key = debts.owed(undo)
    if resource is None:
        return said
    look = look_at(debts.lab, resource, key)
    if look is None or (exchange.accepted and debts.kept_to.get(resource.id, 0) >= MEANT):
        return said
    read = debts.lab.session.clean(resource.read, look.request, party)
    state = shown(read, resource)
    if state is None:
        return seen_gone(look, said, read.status, state)
    gone = seen_gone(look, said, read.status, state)
    debts.kept_to[resource.id] = debts.kept_to.get(resource.id, 0) + 1 if gone else 0
    return gone


def look_at(lab: Lab, resource: Resource, key: str) -> Look | None:
    """Return how to see whether something is undone; ``None`` where nothing reads it."""
    if resource.read is None or resource.life is None:
        return None
    asked = lab.session.request(resource.read, {resource.parameter or "": key})
    life = resource.life
    return Look(asked, life.at, life.undone, life.over)


def seen_gone(look: Look, said: bool, status: int | None, state: str | None) -> bool:
    """Say whether it is undone by what was read; by what was ``said`` where that shows no state."""
    return status == 404 or said if state is None else state in (look.state, *look.over)
