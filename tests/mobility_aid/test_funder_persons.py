"""Persons of an issuer elsewhere: believed by their tokens alone, and nobody in their place."""

from __future__ import annotations

import threading
from typing import Any

import anyio
import httpx
import pytest

from mobstd.errors import ConfigError
from mobstd.judging.exchange import Request, Response
from mobstd.mobility_aid.funder import build
from mobstd.mobility_aid.funder.asking import Caller
from mobstd.oidc import Issuer, TokenKind, published
from mobstd.transport.asgi import AsgiSender

from .funders import METROPOLIS, PAID, TOWN, Asked, request

ISSUER, AUDIENCE = "https://id.example.org", "https://funder.example.org"
SCOPES = "openid subscriptions.read subscriptions.write decisions.write"


class Net:
    """What a funder reaches: the two documents of the issuer, unless it is away."""

    def __init__(self, issuer: Issuer) -> None:
        self.app, self.away = published(issuer), False
        self.asked: list[str] = []

    def __call__(self, origin: str) -> Net:
        assert origin == ISSUER
        return self

    def send(self, asked: Request, *, timeout: float | None = None) -> Response:
        self.asked.append(asked.path)
        if self.away:
            return Response(503, (), b"")
        with AsgiSender(self.app) as sender:
            return sender.send(asked, timeout=timeout)

    def close(self) -> None: ...


@pytest.fixture
def issuer() -> Issuer:
    return Issuer(ISSUER, AUDIENCE, algorithm="ES256")


@pytest.fixture
def net(issuer: Issuer) -> Net:
    return Net(issuer)


@pytest.fixture
def asked(net: Net) -> Asked:
    return Asked(options={"issuer": ISSUER, "audience": AUDIENCE, "opens": net})


def token(issuer: Issuer, subject: str = "p-1", kind: str = "valid", **claims: Any) -> str:
    return issuer.token(subject, kind, claims={"scope": SCOPES, "azp": "an-app", **claims})


def test_a_person_signs_in_elsewhere_and_a_funder_decides(asked: Asked, issuer: Issuer) -> None:
    camille, other = token(issuer, "camille"), token(issuer, "dominique")
    id_ = asked.begun(TOWN, by=camille)
    assert asked.read(id_, by=camille)["subject"] == "camille"
    assert asked("GET", f"/subscriptions/{id_}", by=other).status == 404
    assert asked.step(id_, "submitted", by=camille).status == 200
    assert asked.step(id_, PAID, by=camille).status == 403
    assert asked.step(id_, PAID, by=asked.funder("100000025")).status == 200


def test_scopes_are_those_of_the_token(asked: Asked, issuer: Issuer) -> None:
    for scope, status in (
        ("subscriptions.read", 200),
        (["subscriptions.read", 3], 200),
        ("subscriptions.write", 403),
        ("openid", 403),
        ({"subscriptions.read": 1}, 403),
        (None, 403),
    ):
        by = token(issuer, scope=scope)
        assert asked("GET", "/subscriptions", by=by).status == status


@pytest.mark.parametrize("kind", [kind for kind in TokenKind if kind != "valid"])
def test_a_forged_token_is_no_token(asked: Asked, issuer: Issuer, kind: TokenKind) -> None:
    answer = asked("GET", "/subscriptions", by=token(issuer, kind=kind))
    assert answer.status == 401
    assert answer.header("www-authenticate").startswith("Bearer")
    assert "camille" not in answer.body.decode()


def test_nobody_says_of_themselves_that_they_are_a_funder(asked: Asked, issuer: Issuer) -> None:
    by = token(issuer, METROPOLIS, kind="valid")
    claims = issuer.token(METROPOLIS, claims={"scope": SCOPES, "kind": "funder"})
    for one in (by, claims):
        assert asked("GET", "/subscriptions", by=one).json["subscriptions"] == []
        refused = asked("POST", "/subscriptions", request(subject="x"), by=one)
        assert refused.json["errors"] == [{"pointer": "/subject", "code": "not-taken"}]


def test_a_long_name_of_an_issuer_is_a_name_too(asked: Asked, issuer: Issuer) -> None:
    first, other = (token(issuer, letter * 200) for letter in "xy")
    id_ = asked.begun(TOWN, by=first)
    assert asked.read(id_, by=first)["subject"].startswith("sha256:")
    assert asked("GET", f"/subscriptions/{id_}", by=other).status == 404


def test_algorithms_are_those_that_were_said(net: Net, issuer: Issuer) -> None:
    options = {"issuer": ISSUER, "audience": AUDIENCE, "opens": net, "algorithms": "RS256, PS256"}
    assert Asked(options=options)("GET", "/subscriptions", by=token(issuer)).status == 401


def test_the_issuer_for_tests_no_longer_speaks_of_persons(asked: Asked) -> None:
    assert asked("GET", "/subscriptions", by=asked.person()).status == 401
    assert asked("GET", "/subscriptions", by=asked.funder()).status == 200
    assert asked("POST", "/sandbox/tokens", {"person": "camille"}, by="").status == 400
    assert asked("POST", "/sandbox/tokens", {"funder": METROPOLIS}, by="").status == 200
    assert asked("GET", "/authorize", by="", login_hint="camille").status == 404
    told = asked("GET", "/.well-known/oauth-authorization-server", by="").json
    assert told["grant_types_supported"] == ["client_credentials"]
    assert "authorization_endpoint" not in told


def test_keys_are_kept_and_a_rotation_is_followed(asked: Asked, issuer: Issuer, net: Net) -> None:
    for number in range(20):
        assert asked("GET", "/subscriptions", by=token(issuer, f"p-{number}")).status == 200
    assert net.asked == ["/.well-known/openid-configuration", "/jwks.json"]
    before = token(issuer)
    issuer.rotate(keep=False)
    assert asked("GET", "/subscriptions", by=token(issuer)).status == 200
    assert asked("GET", "/subscriptions", by=before).status == 401
    for _ in range(20):
        forged = token(issuer, kind="unknown-key")
        assert asked("GET", "/subscriptions", by=forged).status == 401
    assert len(net.asked) <= 6


def test_while_keys_cannot_be_had_it_says_when_to_come_again(net: Net, issuer: Issuer) -> None:
    net.away = True
    asked = Asked(options={"issuer": ISSUER, "audience": AUDIENCE, "opens": net})
    answer = asked("GET", "/subscriptions", by=token(issuer))
    assert (answer.status, answer.header("retry-after")) == (503, "30")
    assert asked("GET", "/subscriptions", by=asked.funder()).status == 200
    assert asked("GET", "/terms", by="").status == 200


def test_keys_may_be_named_without_discovery(net: Net, issuer: Issuer) -> None:
    options = {"issuer": ISSUER, "audience": AUDIENCE, "jwks": f"{ISSUER}/jwks.json", "opens": net}
    assert Asked(options=options)("GET", "/subscriptions", by=token(issuer)).status == 200
    assert net.asked == ["/jwks.json"]


def test_the_keys_of_back_ends_go_with_it(net: Net, issuer: Issuer) -> None:
    options = {"issuer": ISSUER, "audience": AUDIENCE, "opens": net, "api_keys": ["one"]}
    asked = Asked(options=options)
    assert asked("GET", "/subscriptions", by="one").status == 200
    assert asked("GET", "/subscriptions", by=token(issuer)).status == 200
    assert asked("POST", "/token", {}, by="").status == 404


@pytest.mark.parametrize(
    "options",
    [
        {"issuer": ISSUER},
        {"issuer": "http://id.example.org", "audience": "x"},
        {"issuer": "camille", "audience": "x"},
        {"issuer": ISSUER, "audience": "x", "algorithms": "HS256"},
        {"issuer": ISSUER, "audience": "x", "algorithms": "none"},
        {"issuer": ISSUER, "audience": "x", "jwks": "file:///etc/hosts"},
        {"audience": "x"},
        {"jwks": f"{ISSUER}/jwks.json"},
    ],
)
def test_what_cannot_be_an_issuer_is_told(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as told:
        build(**options)
    assert told.value.exit_code == 2
    assert told.value.text("fr")


def test_others_are_served_while_keys_are_fetched(issuer: Issuer) -> None:
    net = Net(issuer)
    app = build(issuer=ISSUER, audience=AUDIENCE, opens=net)
    by = app.issuer.token(Caller("funder", METROPOLIS))
    entered, served = anyio.Event(), []

    async def both() -> None:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://f") as http:

            async def person() -> None:
                headers = {"Authorization": f"Bearer {token(issuer)}"}
                answer = await http.get("/subscriptions", headers=headers)
                served.append(("person", answer.status_code))

            async def funder() -> None:
                await entered.wait()
                headers = {"Authorization": f"Bearer {by}"}
                answer = await http.get("/subscriptions", headers=headers)
                served.append(("funder", answer.status_code))
                go.set()

            right = net.send

            def slow(asked: Request, *, timeout: float | None = None) -> Response:
                anyio.from_thread.run_sync(entered.set)
                assert go.wait(30)
                return right(asked, timeout=timeout)

            net.send = slow  # type: ignore[method-assign]
            async with anyio.create_task_group() as group:
                group.start_soon(person)
                group.start_soon(funder)

    go = threading.Event()
    anyio.run(both)
    assert served == [("funder", 200), ("person", 200)]
