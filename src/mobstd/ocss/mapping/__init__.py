"""OCSS 1.0-alpha and 2.0-proposal, document by document, with what is lost on the way by name.

    from mobstd.ocss.mapping import down, up

    mapped = up("booking", booking, initiator="passenger")
    for loss in mapped.losses:
        print(loss.pointer, loss.text("en"))

up     a document of 1.0-alpha as one of 2.0-proposal
down   a document of 2.0-proposal as one of 1.0-alpha
notes  what both note of what does not come over

Both are pure: JSON values in, JSON values out, under the name of a schema of the version that they
come from. Members that nobody knows come over as they are. Where the other version requires what is
not known there is no document: nothing is guessed. Up and down again, a document differs only where
a loss was named.
"""

from __future__ import annotations

from mobstd.judging.mapping import Loss, Mapped
from mobstd.ocss.mapping.down import down, status_down
from mobstd.ocss.mapping.up import Side, status_up, up

__all__ = ["Loss", "Mapped", "Side", "down", "status_down", "status_up", "up"]
