"""Whether what was undone is: what a target says of it, and what is read then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mobstd.conformance.scenarios.answers import shown
from mobstd.judging.exchange import Exchange, Request

if TYPE_CHECKING:
    from mobstd.conformance.scenarios.workshop import Workshop

__all__ = ["GONE", "is_gone"]

GONE = (200, 202, 204, 404, 409, 410)
"""Answers after which what was undone needs nothing more: it is, or nothing leads on from it."""

MEANT = 8
"""How many undone things in a row are read again before a target is believed."""


def is_gone(workshop: Workshop, undo: Request, exchange: Exchange, party: str) -> bool:
    """Say whether what was undone is: read again, until a target was seen to mean what it says.

    A refusal is always looked behind: the state may be that of what was undone, or not.
    """
    said = exchange.status in GONE
    resource, key = workshop.owed.get(undo.target, (None, ""))
    if resource is None or resource.read is None or resource.life is None:
        return said
    if exchange.accepted and workshop.kept_to.get(resource.id, 0) >= MEANT:
        return said
    asked = workshop.lab.session.request(resource.read, {resource.parameter or "": key})
    read = workshop.lab.session.clean(resource.read, asked, party)
    state = shown(read, resource)
    if state is None:
        return read.status == 404 or said
    gone = state == resource.life.undone
    workshop.kept_to[resource.id] = workshop.kept_to.get(resource.id, 0) + 1 if gone else 0
    return gone
