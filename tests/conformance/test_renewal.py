"""A token that ends during a run: another one is asked for, and the target is not blamed."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from mobstd.canon.standard import find
from mobstd.conformance.profile import Auth
from mobstd.conformance.renewal import Renewal
from mobstd.conformance.session import Budget, Session
from mobstd.conformance.token import Token, life_of
from mobstd.errors import ConfigError
from mobstd.judging.catalogue import catalogue
from mobstd.judging.exchange import Request, Response

SEARCH = "getDriverJourneys"
AUTH = Auth("token-exchange", token_url="http://127.0.0.1:9/token")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Issuer:
    """Gives t1, t2, t3... which live for some seconds, or says that there are none."""

    def __init__(self, life: float | None = None) -> None:
        self.life, self.given, self.gone = life, 0, False

    def __call__(self, auth: Auth) -> Token:
        if self.gone:
            raise ConfigError("engine.token-refused", status=403)
        self.given += 1
        return Token(f"t{self.given}", self.life)


class Guarded:
    """Takes the tokens that it is told to take."""

    def __init__(self, *taken: str) -> None:
        self.taken = set(taken)
        self.seen: list[str] = []

    def send(self, request: Request) -> Response:
        self.seen.append(dict(request.headers).get("Authorization", "-").removeprefix("Bearer "))
        return Response(200 if self.seen[-1] in self.taken else 401, (), b"[]")


def asking(sender: Guarded, issuer: Issuer, clock: Clock) -> tuple[Session, Renewal]:
    renewal = Renewal(AUTH, ask=issuer, clock=clock)
    found = catalogue(find("ocss@1.0-alpha"), "operator")
    session = Session(
        sender,
        found,
        Budget.of(50),
        credentials=renewal.headers(),
        wrong_credentials=(("Authorization", "Bearer wrong"),),
        renewals={"own": renewal},
    )
    return session, renewal


@pytest.mark.parametrize(("life", "before", "after"), [(300.0, 269, 270), (2.0, 1.49, 1.5)])
def test_another_token_is_asked_for_shortly_before_the_end(
    life: float, before: float, after: float
) -> None:
    clock, sender = Clock(), Guarded("t1", "t2")
    session, _ = asking(sender, Issuer(life), clock)
    for clock.now in (0.0, before, after, after):
        assert session.ask(SEARCH, {}, "control").status == 200
    assert sender.seen == ["t1", "t1", "t2", "t2"]
    assert session.credentials == (("Authorization", "Bearer t2"),)


def test_a_token_that_ended_unseen_is_renewed_once_and_the_target_is_not_blamed() -> None:
    sender = Guarded("t2")
    session, renewal = asking(sender, Issuer(), Clock())
    answer = session.ask(SEARCH, {}, "control")
    assert (answer.status, answer.negative) == (200, False)
    assert [(x.status, x.negative) for x in session.exchanges] == [(401, True), (200, False)]
    assert renewal.secrets == {"token": "t1", "token-2": "t2"}
    sender.taken = {"t3"}
    assert session.ask(SEARCH, {}, "control").status == 200


def test_what_refuses_new_tokens_too_is_taken_at_its_word() -> None:
    sender, issuer = Guarded(), Issuer()
    session, _ = asking(sender, issuer, Clock())
    for _ in range(3):
        answer = session.ask(SEARCH, {}, "control")
        assert (answer.status, answer.negative) == (401, False)
    assert (issuer.given, len(session.exchanges)) == (2, 4)


@pytest.mark.parametrize("party", [{"credentials": "none"}, {"credentials": "wrong"},
                                   {"presenting": (("Authorization", "Bearer x"),)}])  # fmt: skip
def test_who_has_no_token_of_ours_brings_no_new_one(party: Any) -> None:
    sender, issuer = Guarded("t1", "t2"), Issuer()
    session, _ = asking(sender, issuer, Clock())
    assert session.ask(SEARCH, {}, "negative", negative=True, **party).status == 401
    assert (issuer.given, len(sender.seen)) == (1, 1)


def test_where_no_other_token_is_to_be_had_the_old_one_is_kept_and_the_reason() -> None:
    sender, issuer, clock = Guarded("t1"), Issuer(100.0), Clock()
    session, renewal = asking(sender, issuer, clock)
    issuer.gone, clock.now = True, 90.0
    assert session.ask(SEARCH, {}, "control").status == 200
    assert renewal.failure is not None
    assert renewal.failure.code == "engine.token-refused"
    sender.taken = set()
    assert session.ask(SEARCH, {}, "control").status == 401
    assert len(sender.seen) == 2


def jwt(**claims: Any) -> str:
    part = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{part}.c2ln"


@pytest.mark.parametrize(
    ("said", "value", "life"),
    [
        ({"expires_in": 60}, jwt(iat=10, exp=310), 60),
        ({"expires_in": "60"}, "opaque", 60),
        ({}, jwt(iat=10, exp=310), 300),
        ({"expires_in": "soon"}, jwt(iat=10, exp=310), 300),
        ({"expires_in": -5}, jwt(exp=310), 7),
        ({"expires_in": float("nan")}, jwt(iat=310, exp=10), 7),
        ({}, "a.b.c", 7),
        ({}, "opaque", 7),
        ({}, jwt(iat="x", exp=[]), 7),
        (None, "a." + base64.urlsafe_b64encode(b"[1]").decode() + ".c", 7),
    ],
)
def test_how_long_a_token_lives(said: Any, value: str, life: float) -> None:
    auth = Auth("token-exchange", token_at="/data/jwt", lifetime=7)
    assert life_of({"data": said}, value, auth) == life


def test_nothing_says_how_long() -> None:
    assert life_of({}, "opaque", AUTH) is None
