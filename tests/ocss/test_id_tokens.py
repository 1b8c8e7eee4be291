"""A MaaS takes news with the ID token of its own traveller, and with no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mobstd.errors import ConfigError, Unauthorized
from mobstd.ocss.booking import event_of
from mobstd.ocss.generated.v1_0_alpha import STANDARD
from mobstd.ocss.reference.ledger import Ledger
from mobstd.ocss.reference.maas import ReferenceMaas
from mobstd.ocss.reference.maas import build as build_maas
from mobstd.ocss.v1_0 import Booking, MaasClient
from mobstd.oidc import Issuer, TokenKind, TokenVerifier, published
from mobstd.serving import app
from mobstd.transport.asgi import AsgiSender

from .bookings import operator, some_booking

URL = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer(URL, "operator-1", algorithm="ES256")


@pytest.fixture
def maas(issuer: Issuer) -> Iterator[tuple[MaasClient, Ledger]]:
    tokens = TokenVerifier(URL, "operator-1", opens=lambda _: AsgiSender(published(issuer)))
    ledger = Ledger()
    served = app(ReferenceMaas(ledger, tokens), STANDARD, "maas", development=True)
    with MaasClient("http://maas.test", sender=AsgiSender(served)) as client:
        yield client, ledger


def event(booking: Booking, token: str, status: str) -> Any:
    told = Booking.read({**booking.dump(), "status": status})
    return event_of(told, "passenger", token, web_url="https://operator.example.org/b")


@pytest.mark.parametrize("kind", list(TokenKind))
@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("status", ["WAITING_CONFIRMATION", "CONFIRMED"])
def test_news_are_taken_by_their_token(
    maas: tuple[MaasClient, Ledger], issuer: Issuer, kind: TokenKind, known: bool, status: str
) -> None:
    client, ledger = maas
    booking = some_booking()
    if known:
        ledger.create(booking.dump())
    news = event(booking, issuer.token("p-77", kind), status)
    late = known or status != "WAITING_CONFIRMATION"
    if kind is TokenKind.VALID or (kind is TokenKind.EXPIRED and late):
        client.post_booking_events(news)
        kept = ledger.booking(booking.id)
        assert kept is not None
        assert kept["status"] == status
        return
    with pytest.raises(Unauthorized):
        client.post_booking_events(news)
    kept = ledger.booking(booking.id)
    assert kept == (booking.dump() if known else None)


def test_an_issuer_without_an_audience_is_refused() -> None:
    for options in ({"issuer": URL}, {"audience": "operator-1"}):
        for build in (build_maas, operator):
            with pytest.raises(ConfigError):
                build(**options)


def test_the_operator_signs_and_publishes(issuer: Issuer) -> None:
    made = operator(issuer=URL + "/oidc", audience="operator-1", partner="http://127.0.0.1:1")
    feed = made.service.desk._feed
    known = {**some_booking().dump(), "webUrl": "https://operator.example.org/b"}
    told = feed.signed(feed.event(known, driver_is_ours=True))
    tokens = TokenVerifier(URL + "/oidc", "operator-1", opens=lambda _: AsgiSender(made))
    assert tokens.verify(told["idToken"]).subject == "p-77"
