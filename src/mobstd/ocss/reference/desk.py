"""What the reference operator does with bookings and messages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from mobstd.canon.openapi import operations
from mobstd.ocss.editions import ALPHA, Edition
from mobstd.ocss.reference.counter import MISSING, change, refuse_strangers
from mobstd.ocss.reference.feed import Feed
from mobstd.ocss.reference.ledger import Ledger
from mobstd.ocss.reference.people import Item
from mobstd.ocss.reference.store import Store
from mobstd.ocss.reference.wrong_news import Retelling
from mobstd.serving.answers import Refuse, Reply

__all__ = ["BookingDesk"]

_LATEST = 250_000_000_000
"""A few decades before the last instant that Python's calendar has."""

_OTHER = {"driver": "passenger", "passenger": "driver"}


class BookingDesk:
    """Takes bookings of the journeys of a store, and messages to the people in it.

    A journey that a booking names has to be there, offered by that person, at a known price; one
    that names none is taken on trust (BOOK-09). What is gone is refused with 404 where the version
    documents it, with 400 where it does not (A23, A24).

    Args:
        store: the journeys.
        ledger: where bookings are kept.
        now: UNIX seconds; rides before are over.
        feed: the way to a MaaS that is told, or ``None``.
        spoken: the version that is spoken.

    Attributes:
        retell: what a wrong behaviour makes of an event, or ``None``.
    """

    def __init__(
        self,
        store: Store,
        ledger: Ledger,
        now: int,
        feed: Feed | None = None,
        spoken: Edition = ALPHA,
    ) -> None:
        self.store = store
        self.ledger = ledger
        self.now = now
        self._feed = feed
        self.retell: Retelling | None = None
        self._first = spoken.lifecycle.first
        posting = operations(spoken.version, "operator")["postBookings"]
        self._gone = 400 if posting.answer(404) is None else 404
        self._with_words = spoken.with_words

    def take(self, booking: Item, owner: str | None) -> Reply:
        """Keep a booking and answer 201 with it; the same again is answered alike (A22).

        Raises:
            Refuse: 400 or 404 where it can't be booked.
        """
        if booking["status"] not in self._first:
            raise Refuse(400, f"A booking begins as {' or '.join(self._first)}.")
        if booking["passengerPickupDate"] < self.now:
            raise Refuse(self._gone, "missing_journey: the ride is over.")
        if booking["passengerPickupDate"] > _LATEST:
            raise Refuse(self._gone, "missing_journey: no ride is that far ahead.")
        for side in _OTHER:
            self._known(booking, side)
        kept = {"webUrl": f"https://{self._ours(booking)}/bookings/{booking['id']}", **booking}
        words = kept.pop("message", None) if self._with_words else None
        found, same = self.ledger.create(kept, owner, sent=booking, tell=self._tell)
        if not same:
            return Reply({"error": "booking_already_exists"}, status=409)
        if words is not None:
            self.ledger.keep(self._first_words(kept, words))
        self.open()
        return Reply(found)

    def change(self, asked: Mapping[str, Any], owner: str | None) -> None:
        """Change the status of a booking.

        Raises:
            Refuse: see ``counter.change``.
        """
        change(self.ledger, asked, owner, partial(self._tell, message=asked.get("message")))
        self.open()

    def read(self, id_: str, owner: str | None) -> Item:
        """Return a booking to who made it.

        Raises:
            Refuse: 404 for others too, who are not told that it is there (A27).
        """
        found = self.ledger.booking(id_, owner)
        if found is None:
            raise Refuse(404, MISSING)
        return found

    def pass_on(self, message: Item, owner: str | None = None) -> None:
        """Keep a message for somebody here.

        Raises:
            Refuse: 401 where the key speaks for nobody in it (MSG-08); 404 where the person or the
                journey is not there, or the booking that a message has to be about from 2.0 on.
        """
        refuse_strangers(self.ledger, message, owner)
        to, sender = message["to"], message["from"]
        if self._with_words and self.ledger.booking(message["bookingId"], owner) is None:
            raise Refuse(404)
        if not self.store.person(to["operator"], to["id"]):
            raise Refuse(404)
        side = message["recipientCarpoolerType"].lower()
        for one, user in ((side, to), (_OTHER[side], sender)):
            journey = message.get(f"{one}JourneyId")
            if journey is None or not self.store.speaks_for(user["operator"]):
                continue
            if self.store.journey(user["operator"], journey) is None:
                raise Refuse(404)
        self.ledger.keep(message)

    def open(self) -> None:
        """Send the news that waits, if somebody is told."""
        if self._feed is not None:
            self._feed.wake()

    def close(self) -> None:
        """Stop sending."""
        if self._feed is not None:
            self._feed.close()

    def _known(self, booking: Item, side: str) -> None:
        """Refuse a booking of a journey that one of our people does not offer, or without price."""
        user, id_ = booking[side], booking.get(f"{side}JourneyId")
        if id_ is None or not self.store.speaks_for(user["operator"]):
            return
        journey = self.store.journey(user["operator"], id_)
        if journey is None or side not in journey:
            raise Refuse(self._gone, "missing_journey")
        if journey[side]["id"] != user["id"]:
            raise Refuse(self._gone, "missing_user")
        single = "passengerPickupDate" in journey
        unknown = journey.get("price", {}).get("type", "UNKNOWN") == "UNKNOWN"
        if side == "driver" and single and unknown:
            raise Refuse(400, "The journey has no known price, and is booked by its link only.")

    def _first_words(self, booking: Item, words: str) -> Item:
        """Return the message that came with a booking, from the person who is not ours."""
        ours = self._ours(booking)
        side = "driver" if booking["driver"]["operator"] == ours else "passenger"
        ids = {f"{one}JourneyId": booking.get(f"{one}JourneyId") for one in _OTHER}
        return {
            "from": booking[_OTHER[side]],
            "to": booking[side],
            "message": words,
            "recipientCarpoolerType": side.upper(),
            "bookingId": booking["id"],
            **{name: id_ for name, id_ in ids.items() if id_ is not None},
        }

    def _ours(self, booking: Item) -> str:
        """Return the operator that speaks here for one of the two, else the driver's."""
        sides = [booking[side]["operator"] for side in _OTHER]
        found: str = next((one for one in sides if self.store.speaks_for(one)), sides[0])
        return found

    def _tell(self, booking: Item, message: str | None = None) -> Item | None:
        if self._feed is None:
            return None
        ours = booking["driver"]["operator"] == self._ours(booking)
        event = self._feed.event(booking, driver_is_ours=ours, message=message)
        return event if self.retell is None else self.retell(booking, event)
