"""Where bookings and messages are taken: what both reference implementations do alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mobstd.ocss.lifecycle import Transition
from mobstd.ocss.reference.ledger import Ledger, Telling
from mobstd.serving.answers import Refuse

__all__ = ["MISSING", "change", "refuse_strangers"]

MISSING = "missing_booking"
ALREADY = "status_already_set"
BACKWARDS = "invalid_transition"


def change(
    ledger: Ledger, asked: Mapping[str, Any], owner: str | None, tell: Telling | None = None
) -> None:
    """Change the status of a booking as PATCH asks for.

    Raises:
        Refuse: 404 for a booking that is not there, or another's (A27); 409 for the status that it
            has (LIFE-04) and for one that goes backwards (LIFE-03), which changes nothing.
    """
    telling = {} if tell is None else {"tell": tell}
    verdict = ledger.change(asked["bookingId"], asked["status"], owner, **telling)
    if verdict is None:
        raise Refuse(404, MISSING)
    if verdict is Transition.SAME:
        raise Refuse(409, ALREADY)
    if verdict is Transition.DISMISSED:
        raise Refuse(409, BACKWARDS)


def refuse_strangers(ledger: Ledger, message: Mapping[str, Any], owner: str | None) -> None:
    """Refuse a message of an operator for which another key speaks, or about another's booking.

    Raises:
        Refuse: 401 (MSG-08).
    """
    about = message.get("bookingId")
    if about is not None and ledger.hidden(about, owner):
        raise Refuse(401)
    if not ledger.speaks(message["from"]["operator"], owner):
        raise Refuse(401)
