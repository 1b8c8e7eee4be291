"""The user of the reference MaaS, and what it does with tokens: right, and wrong where it says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mobstd.canon.standard import find
from mobstd.conformance.scenarios.receiver import Receiver
from mobstd.judging.exchange import Request, Response
from mobstd.ocss.reference.behaviours import BEHAVIOURS
from mobstd.ocss.reference.maas import build
from mobstd.ocss.reference.wrong_rides import RIDES
from mobstd.ocss.reference.wrong_tokens import TOKENS
from mobstd.oidc import Issuer, TokenKind, published
from mobstd.serving.faults import load_faults, load_twins
from mobstd.transport import AsgiSender

VERSION = find("ocss@1.0-alpha")
BOOK = {
    "do": "book",
    "search": "getDriverJourneys",
    "query": {"departureLat": 45.19, "departureLng": 5.71, "arrivalLat": 45.36,
              "arrivalLng": 5.59, "departureDate": 1795428000},
}  # fmt: skip
SEARCH, POST, PATCH = "getDriverJourneys 200", "postBookings 201", "patchBookings 200"
RIGHT = [SEARCH, POST, PATCH, SEARCH, "postBookings 400"]
"""A booking that is called off, and one that is refused."""

SAID = {
    "books-what-was-not-shown": [SEARCH, "postBookings 400", SEARCH, "postBookings 400"],
    "books-without-the-journey": RIGHT,
    "books-twice": [SEARCH, POST, POST, PATCH, SEARCH, "postBookings 400"],
    "changes-by-booking": [SEARCH, POST, "postBookings 409", PATCH, SEARCH, "postBookings 400"],
    "keeps-what-was-refused": RIGHT,
    "calls-off-what-was-refused": [*RIGHT, "patchBookings 404"],
    "keeps-no-bookings": RIGHT,
    "calls-back-what-was-confirmed": [SEARCH, POST, "patchBookings 409", PATCH, *RIGHT[3:]],
    "confirms-what-it-called-off": [SEARCH, POST, PATCH, "patchBookings 409", *RIGHT[3:]],
    "calls-off-twice": [SEARCH, POST, PATCH, "patchBookings 409", *RIGHT[3:]],
    "calls-off-here-alone": [SEARCH, POST, SEARCH, "postBookings 400"],
    "asks-again-at-once": RIGHT,
    "calls-without-its-key": ["getDriverJourneys 401"] * 2,
    "calls-with-another-key": ["getDriverJourneys 401"] * 2,
    "searches-again-before-it-books": [SEARCH, SEARCH, POST, PATCH, SEARCH, SEARCH, RIGHT[-1]],
    "calls-off-with-words": RIGHT,
    "books-the-last-that-it-found": RIGHT,
    "searches-without-a-date": ["getDriverJourneys 400"] * 2,
    "searches-in-milliseconds": [SEARCH, SEARCH],
    "searches-with-decimal-commas": ["getDriverJourneys 400"] * 2,
    "books-as-text": [SEARCH, "postBookings 400", SEARCH, "postBookings 400"],
}


@pytest.fixture
def spoken() -> Iterator[Callable[..., tuple[Receiver, Any]]]:
    """Let the user of a MaaS book and call off at an operator, and book what is refused."""
    senders: list[AsgiSender] = []

    def run(*wrong: str) -> tuple[Receiver, Any]:
        receiver = Receiver(VERSION, "operator", "http://s.example.org", key="ours")
        maas = build(
            partner="http://s.example.org",
            partner_key="ours",
            partner_sender=AsgiSender(receiver.app),
            behaviours=wrong,
        )
        sender = AsgiSender(maas)
        senders.append(sender)

        def press(wanted: Any) -> Response:
            return sender.send(Request("POST", "/trigger", (), (), json.dumps(wanted).encode()))

        host = receiver.counterpart
        assert press(BOOK).status == 200
        if host.made:
            press({"do": "change", "key": host.made[0], "state": "CANCELLED"})
        host.refuse(True)
        press({**BOOK, "query": {**BOOK["query"], "departureDate": 1795431600}})
        assert [press(odd).status for odd in ({}, {"do": "sing"}, [])] == [400, 400, 400]
        receiver.wait(5.0, lambda: len(receiver.exchanges) >= len(SAID.get("".join(wrong), RIGHT)))
        return receiver, maas

    yield run
    for sender in senders:
        sender.close()


def _heard(receiver: Receiver) -> list[str]:
    return [f"{x.operation} {x.status}" for x in receiver.exchanges]


def test_the_user_books_what_is_shown_and_keeps_what_is_taken(spoken: Any) -> None:
    receiver, maas = spoken()
    assert _heard(receiver) == RIGHT
    ledger, [key], [refused] = (
        maas.service.ledger,
        receiver.counterpart.made,
        receiver.counterpart.refused,
    )
    assert ledger.booking(key)["status"] == "CANCELLED"
    assert ledger.booking(refused) is None
    assert len({x.request.body for x in receiver.exchanges if x.operation == "postBookings"}) == 2


@pytest.mark.parametrize("name", RIDES)
def test_a_wrong_user_calls_otherwise(spoken: Any, name: str) -> None:
    receiver, _ = spoken(name)
    assert _heard(receiver) == SAID[name]


def test_every_ride_and_token_is_a_fault_or_a_twin_of_the_row_that_it_violates() -> None:
    named = {v.behaviour: v for v in (*load_faults(VERSION), *load_twins(VERSION))}
    for name in (*RIDES, *TOKENS):
        row = getattr(named[name], "requirement", None)
        assert BEHAVIOURS[name].violates == (() if row is None else (row,)), name


BELIEVED = {
    "believes-any-token": set(TokenKind) - {TokenKind.VALID},
    "believes-other-algorithms": {TokenKind.UNSIGNED, TokenKind.SYMMETRIC},
    "believes-wrong-signatures": {TokenKind.WRONG_SIGNATURE, TokenKind.ALTERED},
    "believes-unknown-keys": {TokenKind.UNKNOWN_KEY},
    "believes-other-audiences": {TokenKind.WRONG_AUDIENCE},
    "believes-other-issuers": {TokenKind.WRONG_ISSUER},
    "believes-tokens-of-tomorrow": {TokenKind.EARLY},
    "believes-tokens-of-nobody": {TokenKind.NOBODY},
    "keeps-what-it-does-not-believe": set(),
    "loses-late-news-for-old-tokens": set(),
    "answers-400-to-wrong-tokens": set(),
}


@pytest.mark.parametrize("name", TOKENS)
def test_a_wrong_look_at_tokens_believes_what_it_says(name: str) -> None:
    issuer = Issuer("http://i.example.org", "maas", algorithm="ES256")
    maas = build(
        issuer=issuer.url,
        audience=issuer.audience,
        issuer_opens=lambda origin: AsgiSender(published(issuer)),
        behaviours=(name,),
    )
    user = {"id": "u-1", "operator": "covoit.example.org", "alias": "Ada"}
    with AsgiSender(maas) as sender:

        def tell(number: int, token: str, booking: int, status: str) -> int:
            data = {
                "id": f"5b0d9f6e-2f0b-4a57-8a3e-{booking:012}", "status": status,
                "passengerPickupDate": 1795428000, "passengerPickupLat": 45.1,
                "passengerPickupLng": 5.7, "passengerDropLat": 45.3, "passengerDropLng": 5.6,
                "webUrl": "https://covoit.example.org/b/1", "passenger": user,
            }  # fmt: skip
            event = {"id": f"5b0d9f6e-2f0b-4a57-9a3e-{number:012}", "idToken": token, "data": data}
            headers = (("Content-Type", "application/json"),)
            body = json.dumps(event).encode()
            return sender.send(Request("POST", "/booking_events", (), headers, body)).status

        believed = set()
        for number, kind in enumerate(TokenKind):
            status = tell(number, issuer.token("u-1", kind), number, "WAITING_CONFIRMATION")
            assert status in (200, 400 if name.startswith("answers-400") else 401)
            if status == 200:
                believed.add(kind)
        assert believed == BELIEVED[name] | {TokenKind.VALID}
        late = tell(99, issuer.token("u-1", TokenKind.EXPIRED), 0, "CONFIRMED")
        assert late == (401 if name.startswith("loses-late-news") else 200)
    ids = [f"5b0d9f6e-2f0b-4a57-8a3e-{n:012}" for n in range(len(TokenKind))]
    kept = sum(maas.service.ledger.booking(id_) is not None for id_ in ids)
    everything = name in ("keeps-what-it-does-not-believe", "believes-any-token")
    assert kept == (len(TokenKind) if everything else len(believed))
