"""The reference implementation of a MaaS: takes news of bookings, changes of them, and messages."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from mobstd.errors import MissingExtra
from mobstd.ocss.editions import ALPHA, Edition
from mobstd.ocss.reference.counter import change, refuse_strangers
from mobstd.serving.answers import Refuse
from mobstd.serving.caller import caller

if TYPE_CHECKING:
    from mobstd.ocss.reference.front import Front
    from mobstd.ocss.reference.ledger import Ledger
    from mobstd.ocss.reference.people import Item
    from mobstd.oidc import TokenVerifier
    from mobstd.oidc.provider import Opens
    from mobstd.serving.asgi import Asgi

__all__ = ["ReferenceMaas", "build", "build_proposal"]

_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
"""A signed JSON Web Token in its compact form (RFC 7515)."""


def build(
    *,
    db: str | None = None,
    api_keys: Iterable[str] | None = None,
    partner: str | None = None,
    partner_key: str | None = None,
    partner_sender: Any = None,
    issuer: str | None = None,
    audience: str | Iterable[str] | None = None,
    issuer_opens: Opens | None = None,
    behaviours: Iterable[str] | Mapping[str, Iterable[str]] = (),
    development: bool = False,
    check_answers: bool = False,
    version: str = "1.0-alpha",
) -> Asgi:
    """Return the reference MaaS as an ASGI app.

    Args:
        db: ``sqlite:///file`` to keep bookings in a file; in memory when ``None``.
        api_keys: the accepted keys; ``None``: open to everybody.
        partner: the base URL of an operator at which its user books, when told to (``front``).
        partner_key: what the operator knows this MaaS by, sent as ``X-API-Key``.
        partner_sender: what sends to that operator in place of HTTP.
        issuer: whose ID tokens are believed, over plain http too; events come with one for
            ``audience`` or are refused. Where it is ``None``, a token only has to look like one.
        audience: the client ids that tokens are for.
        issuer_opens: opens what sends to an issuer's origin, in place of HTTP.
        behaviours: names of wrong behaviours (``mobstd.ocss.reference.behaviours``), or names
            with the operations that have them.
        development: its own wrong answers become a 500 that explains.
        check_answers: judge its own answers and log what is wrong with them.
        version: of the standard.

    Raises:
        ConfigError: for a database that can't be used, or an issuer without an audience.
        UnknownName: for a behaviour that is not there.
        MissingExtra: where mobstd was installed without ``server``, or ``oidc`` for tokens.
    """
    try:
        from mobstd.ocss.editions import edition
        from mobstd.ocss.reference.behaviours import around, chosen, mislead
        from mobstd.ocss.reference.front import Front, triggered
        from mobstd.ocss.reference.habits import Setting
        from mobstd.ocss.reference.ledger import Ledger
        from mobstd.serving.asgi import Around
        from mobstd.serving.database import file_of
        from mobstd.serving.kit import app
    except ModuleNotFoundError as error:
        raise MissingExtra("serving.missing-extra", module=error.name or "") from None

    spoken = edition(version)
    keys = None if api_keys is None else tuple(api_keys)
    wrong = chosen(behaviours)
    ledger = Ledger(file_of(db), spoken.lifecycle)
    front = None
    if partner is not None:
        front = Front(ledger, partner, partner_key, spoken=spoken, sender=partner_sender)
    tokens = _verifier(issuer, audience, issuer_opens)
    service = ReferenceMaas(ledger, tokens, spoken, front)
    mislead(service, wrong)
    served: Asgi = app(
        service,
        spoken.version,
        "maas",
        api_keys=keys,
        development=development,
        check_answers=check_answers,
    )
    served = around(served, wrong, Setting(0, keys or ()))
    return served if front is None else Around(triggered(front, served), served)


def _verifier(
    issuer: str | None, audience: str | Iterable[str] | None, opens: Opens | None
) -> TokenVerifier | None:
    if issuer is None and audience is None:
        return None
    from mobstd.oidc import TokenVerifier
    from mobstd.oidc.provider import network

    return TokenVerifier(issuer or (), audience or (), insecure=True, opens=opens or network)


build_proposal = partial(build, version="2.0-proposal")
"""Builds the reference MaaS of the proposal."""


class ReferenceMaas:
    """A MaaS that answers as mobstd reads the standard.

    It knows the bookings that its front end wrote into the ledger, and those that it was told of.
    """

    def __init__(
        self,
        ledger: Ledger,
        tokens: TokenVerifier | None = None,
        spoken: Edition = ALPHA,
        front: Front | None = None,
    ) -> None:
        self.ledger = ledger
        self.front = front
        self.tokens = tokens
        self._with_words = spoken.with_words
        self._first = spoken.lifecycle.first

    def post_booking_events(self, _: Mapping[str, Any], event: Item) -> None:
        """Take news: 200 whether it counts, is repeated, or came late (A34, A35).

        A token that has expired is enough for a change of status, not for a new booking. Where no
        issuer is known, nobody signs in, and it only has to look like one. What could never be
        verified, and news of a booking that somebody else told of, is 401.
        """
        if self.tokens is not None:
            self.tokens.verify(event["idToken"], late=self._late(event["data"]))
        elif not _TOKEN.fullmatch(event["idToken"]):
            raise Refuse(401)
        if self.ledger.hidden(event["data"]["id"], caller()):
            raise Refuse(401)
        self.ledger.take(event, caller())

    async def shutdown(self) -> None:
        """Hang up on the operator."""
        if self.front is not None:
            await asyncio.to_thread(self.front.close)

    def _late(self, booking: Item) -> bool:
        known = self.ledger.booking(booking["id"]) is not None
        return known or booking["status"] not in self._first

    def patch_bookings(self, asked: Mapping[str, Any]) -> None:
        """Change the status of a booking."""
        change(self.ledger, asked, caller())

    def post_messages(self, _: Mapping[str, Any], message: Item) -> None:
        """Take a message for somebody who has a booking."""
        refuse_strangers(self.ledger, message, caller())
        to = message["to"]
        if self._with_words and self.ledger.booking(message["bookingId"]) is None:
            raise Refuse(404)
        if not self.ledger.involves(to["operator"], to["id"]):
            raise Refuse(404)
        self.ledger.keep(message)

    async def get_api_info(self) -> Item:
        """Say which version this is, and what is there."""
        from mobstd.ocss.info import info_of

        return info_of(self, "maas").dump()
