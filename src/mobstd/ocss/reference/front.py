"""The front end of the reference MaaS: its one user searches, books and calls off, when told to.

``POST /trigger`` says what: ``{"do": "book", "search": "getDriverJourneys", "query": {...}}`` or
``{"do": "change", "key": "...", "state": "CANCELLED"}``. It is how tests press its buttons, and no
part of the standard.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from mobstd.errors import ApiError, MobstdError
from mobstd.judging.exchange import Request
from mobstd.models import Model
from mobstd.ocss.booking import booking_of
from mobstd.ocss.editions import ALPHA, Edition
from mobstd.ocss.reference.ledger import Ledger
from mobstd.ocss.reference.people import Item
from mobstd.serving.asgi import Asgi, Receive, Response, Scope, Send, path_of
from mobstd.serving.routes import method_name
from mobstd.transport.auth import ApiKey
from mobstd.transport.retry import RetryPolicy

__all__ = ["PATH", "Front", "triggered"]

PATH = "/trigger"
LARGEST = 100_000

USER: Item = {"id": "traveller-1", "operator": "maas.example.org", "alias": "Camille R."}

_SEARCHES = {
    "getDriverJourneys": "DriverJourneysQuery",
    "getPassengerJourneys": "PassengerJourneysQuery",
}


class Front:
    """What a user does here, at an operator.

    Args:
        ledger: where bookings are kept, once the operator took them.
        url: the base URL of the operator.
        key: what the operator knows this MaaS by, sent as ``X-API-Key``.
        spoken: the version that both speak.
        options: of the client, such as ``sender``.

    Attributes:
        reword: changes what is sent; for wrong behaviours.
    """

    def __init__(
        self,
        ledger: Ledger,
        url: str,
        key: str | None = None,
        *,
        spoken: Edition = ALPHA,
        **options: Any,
    ) -> None:
        self.ledger = ledger
        self.spoken = spoken
        self.reword: Callable[[Request], Request] = lambda request: request
        self._url, self._options = url, options
        self._closed = False
        self.connect(key)

    def connect(self, key: str | None, retry: RetryPolicy | None = None) -> None:
        """Call the operator under this key from here on, again as ``retry`` says."""
        self.key = key
        self.client = self.spoken.client.OperatorClient(
            self._url,
            auth=None if key is None else ApiKey("X-API-Key", key),
            timeout=5.0,
            on_request=lambda request: self.reword(request),
            retry=retry,
            **self._options,
        )

    def close(self) -> None:
        """Hang up; once is enough."""
        if not self._closed:
            self._closed = True
            self.client.close()

    def book(self, search: str, query: Mapping[str, Any]) -> Item | None:
        """Search, and book the first that can be booked; return the booking, ``None``: none is.

        Raises:
            MobstdError: where the operator refuses, or does not answer.
        """
        journey = self.choose(self.find(search, query))
        return None if journey is None else self.post(self.booking(journey))

    def find(self, search: str, query: Mapping[str, Any]) -> list[Model]:
        """Return what a search finds."""
        queries = import_module(f"{self.spoken.package}.queries")
        asked = getattr(queries, _SEARCHES[search]).read(dict(query))
        return list(getattr(self.client, method_name(search))(asked))

    def choose(self, found: list[Model]) -> Model | None:
        """Return the first whose price is known: the others are booked by their links."""
        return next(
            (one for one in found if one.dump().get("price", {}).get("type") != "UNKNOWN"), None
        )

    def booking(self, journey: Any) -> Item:
        """Return the booking of a journey."""
        models = self.spoken.models
        price = None
        if "price" not in journey.dump():
            price = models.Price.read({"type": "PAYING", "amount": 2.5, "currency": "EUR"})
        made: Item = booking_of(journey, models.User.read(USER), price=price).dump()
        return made

    def post(self, booking: Item) -> Item:
        """Book, and keep what the operator took."""
        kind = self.spoken.models.BookingRequest if self.spoken.with_words else None
        self.client.post_bookings((kind or self.spoken.models.Booking).read(booking))
        self.ledger.create(booking)
        return booking

    def change(self, key: str, state: str) -> None:
        """Change the status of a booking at the operator, then here.

        Raises:
            MobstdError: where the operator refuses, or does not answer.
        """
        self.client.patch_bookings(key, status=state)
        self.ledger.change(key, state)

    def act(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Do what is wanted; return what came of it.

        Raises:
            KeyError: where it is not known, or something is missing.
        """
        try:
            if wanted["do"] == "book":
                made = self.book(wanted["search"], wanted["query"])
                return {"key": None if made is None else made["id"]}
            if wanted["do"] != "change":
                raise KeyError(wanted["do"])
            self.change(wanted["key"], wanted["state"])
        except ApiError as error:
            return {"refused": error.status}
        return {"key": wanted["key"]}


def triggered(front: Front, rest: Asgi) -> Asgi:
    """Return an app that does what is posted to ``PATH``; all else goes to ``rest``."""

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or path_of(scope) != PATH:
            await rest(scope, receive, send)
            return
        body = b""
        more = True
        while more and len(body) <= LARGEST:
            message = await receive()
            body += message.get("body", b"")
            more = bool(message.get("more_body"))
        try:
            said = await asyncio.to_thread(front.act, json.loads(body))
            answer = Response(200, json.dumps(said).encode(), "application/json")
        except (ValueError, KeyError, TypeError):
            answer = Response(400)
        except MobstdError as error:
            answer = Response(502, str(error).encode(), "text/plain; charset=utf-8")
        await answer.send(send)

    return served
