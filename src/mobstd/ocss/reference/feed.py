"""Sends the news of bookings to a MaaS: in the background, in their order, at least once."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Literal

from mobstd.errors import ApiError, TransportError
from mobstd.judging.exchange import Request
from mobstd.ocss.booking import event_of
from mobstd.ocss.editions import ALPHA, Edition
from mobstd.ocss.reference.ledger import Ledger, News
from mobstd.ocss.reference.people import Item
from mobstd.transport.auth import ApiKey

__all__ = ["TOKEN", "Feed", "OutgoingLike"]

TOKEN = "reference.stand-in.token"
"""What stands in for an ID token where no issuer is given: nobody signs in here."""

Tokens = Callable[[str], str]
"""Takes the id of a traveller and returns an ID token that speaks of them."""

FIRST_WAIT, LONGEST_WAIT = 0.2, 30.0

OutgoingLike = Callable[[str, Item], Sequence[Item]]

_log = logging.getLogger("mobstd.ocss.reference")


class Feed:
    """The way to one MaaS.

    Events wait in the ledger, written together with what they tell of, so that none is lost when
    the process ends. One that may have been taken is sent again under the same id, by which the
    MaaS counts it once.

    Args:
        ledger: where the events wait.
        url: the base URL of the MaaS.
        key: sent as ``X-API-Key``.
        tokens: makes the ID token of a traveller, in place of one that stands in for it.
        outgoing: takes the name of an operation and a document, and returns what is sent in its
            place; for wrong behaviours.
        spoken: the version that both speak.
        options: of the client, such as ``sender``.
    """

    def __init__(
        self,
        ledger: Ledger,
        url: str,
        key: str | None = None,
        *,
        tokens: Tokens | None = None,
        outgoing: OutgoingLike | None = None,
        spoken: Edition = ALPHA,
        **options: Any,
    ) -> None:
        self._ledger = ledger
        self._tokens = tokens
        self._spoken = spoken
        self._outgoing = outgoing
        auth = None if key is None else ApiKey("X-API-Key", key)
        self._said: Item | None = None
        self._client = spoken.client.MaasClient(
            url,
            auth=auth,
            timeout=options.pop("timeout", 5.0),
            on_request=None if outgoing is None else self._reworded,
            **options,
        )
        self._something = threading.Event()
        self._closed = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def event(self, booking: Item, *, driver_is_ours: bool, message: str | None = None) -> Item:
        """Return the event that tells of a booking; the traveller is who is not ours.

        Where tokens are made, their id stands in for one until the event is sent. ``message`` came
        with the change; 1.0-alpha has no place for it.
        """
        traveller: Literal["passenger", "driver"] = "passenger" if driver_is_ours else "driver"
        token = TOKEN if self._tokens is None else booking[traveller]["id"]
        read = self._spoken.models.Booking.read(booking)
        words = {"message": message} if self._spoken.with_words and message is not None else {}
        told: Item = event_of(read, traveller, token, **words).dump()
        return told

    def signed(self, event: Item) -> Item:
        """Return an event as it is sent: the keys of tokens don't outlive the process, it may."""
        return (
            event if self._tokens is None else {**event, "idToken": self._tokens(event["idToken"])}
        )

    def wake(self) -> None:
        """Send what waits, soon; returns at once."""
        with self._starting:
            if self._thread is None and not self._closed.is_set():
                self._thread = threading.Thread(target=self._run, name="mobstd-feed", daemon=True)
                self._thread.start()
        self._something.set()

    def close(self) -> None:
        """Stop after the event that is being sent; the others wait for the next start."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._something.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
        self._client.close()

    def _run(self) -> None:
        wait = FIRST_WAIT
        while not self._closed.is_set():
            self._something.clear()
            news = self._ledger.first_news()
            if news is None:
                self._something.wait()
            elif self._settled(news):
                wait = FIRST_WAIT
            else:
                self._closed.wait(wait)
                wait = min(2 * wait, LONGEST_WAIT)

    def _settled(self, news: News) -> bool:
        """Send an event; say whether the next one may go.

        While no answer comes it waits, for as long as it takes. An answer that says that it is the
        MaaS that fails, or that asks to wait, counts as a try; any other refusal is for good.
        """
        try:
            self._send(self.signed(news.event))
        except TransportError as error:
            _log.info("event %s: %s", news.event["id"], error.code)
            return False
        except ApiError as error:
            _log.warning("event %s was answered %d", news.event["id"], error.status)
            if error.status >= 500 or error.status in (401, 408, 429):
                self._ledger.untold(news)
                return False
        self._ledger.told(news)
        return True

    def _send(self, event: Item) -> None:
        known = self._spoken.models.CarpoolBookingEvent.read(event)
        if self._outgoing is None:
            self._client.post_booking_events(known)
            return
        for said in self._outgoing("postBookingEvents", event):
            self._said = said
            self._client.post_booking_events(known)

    def _reworded(self, request: Request) -> Request:
        """Return the request with what is said in place of the event."""
        return replace(request, body=json.dumps(self._said, ensure_ascii=False).encode())
