"""Profiles that want a token first: it is asked for once, and kept out of everything."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from mobstd.conformance.grants import grants_of
from mobstd.conformance.outline import credentials
from mobstd.conformance.profile import Auth, Profile, Secret
from mobstd.conformance.token import asked
from mobstd.errors import ConfigError

SECRET = "s3cret/with:colon"


class Issuer:
    """A token endpoint that answers as it is told."""

    def __init__(self) -> None:
        self.answer: tuple[int, Any] = (200, {"access_token": "t0ken"})
        self.seen: list[tuple[str, dict[str, str], bytes]] = []
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                issuer.seen.append((self.path, dict(self.headers), body))
                status, document = issuer.answer
                raw = document if isinstance(document, bytes) else json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/oauth/token"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    made = Issuer()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUR_SECRET", SECRET)


def jwt(claims: Any) -> str:
    part = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"e30.{part}.c2ln"


def _profile(url: str, **members: Any) -> Profile:
    members = {"kind": "oauth2-client-credentials", "client_id": "mobstd", **members}
    members.setdefault("secret", Secret("OUR_SECRET"))
    return Profile("http://x.example", "ocss@1.0-alpha", auth=Auth(token_url=url, **members))


def test_client_credentials(issuer: Issuer) -> None:
    headers, kept = credentials(_profile(issuer.url, scope="search"))
    assert headers == (("Authorization", "Bearer t0ken"),)
    assert set(kept.values()) == {SECRET, "t0ken"}
    [(path, sent, body)] = issuer.seen
    assert path == "/oauth/token"
    assert parse_qs(body.decode()) == {"grant_type": ["client_credentials"], "scope": ["search"]}
    basic = base64.b64decode(sent["Authorization"].removeprefix("Basic ")).decode()
    assert basic == "mobstd:s3cret%2Fwith%3Acolon"


@pytest.mark.parametrize(
    ("answer", "scopes"),
    [
        ({"scope": "b a"}, {"a", "b"}),
        ({}, {"a", "b"}),
        ({"scope": "a"}, {"a"}),
        ({"scope": 7}, {"a", "b"}),
        ({"access_token": jwt({"scope": "a b c"})}, {"a", "b", "c"}),
        ({"access_token": jwt({"scope": "a b c"}), "scope": "b"}, {"b"}),
        ({"access_token": jwt(["scope"])}, {"a", "b"}),
    ],
)
def test_a_token_for_some_scopes(issuer: Issuer, answer: dict[str, Any], scopes: set[str]) -> None:
    issuer.answer = (200, {"access_token": "t0ken", **answer})
    grants = grants_of(_profile(issuer.url, scope="a b c"))
    assert grants is not None
    assert grants.scopes == {"a", "b", "c"}
    found = grants.of(frozenset("ab"))
    assert found is not None
    assert found.scopes == scopes
    assert grants.of(frozenset("ab")) == found, "asked for once"
    [(_, _, body)] = issuer.seen
    assert parse_qs(body.decode())["scope"] == ["a b"]
    assert set(grants.secrets.values()) == {found.headers[0][1].removeprefix("Bearer ")}


def test_no_token_for_some_scopes(issuer: Issuer) -> None:
    issuer.answer = (400, {"error": "invalid_scope"})
    grants = grants_of(_profile(issuer.url))
    assert grants is not None
    assert (grants.of(frozenset("a")), grants.of(frozenset("a"))) == (None, None)
    assert grants.of(frozenset()) is None
    assert len(issuer.seen) == 1
    assert grants_of(_profile(issuer.url, kind="bearer")) is None


def test_token_exchange(issuer: Issuer) -> None:
    issuer.answer = (201, {"data": {"jwt": "abc.def"}})
    profile = _profile(
        issuer.url,
        kind="token-exchange",
        secret=None,
        client_id=None,
        header="X-Token",
        credentials={"access_key": Secret("OUR_SECRET")},
        token_at="/data/jwt",
    )
    headers, kept = credentials(profile)
    assert headers == (("X-Token", "Bearer abc.def"),)
    assert SECRET in kept.values()
    assert json.loads(issuer.seen[0][2]) == {"access_key": SECRET}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((401, {"error": "invalid_client", "hint": SECRET}), "engine.token-refused"),
        ((200, {"token": "elsewhere"}), "engine.no-token"),
        ((200, {"access_token": 7}), "engine.no-token"),
        ((200, b"<html>"), "engine.no-token"),
    ],
)
def test_no_token_is_a_wrong_configuration(
    issuer: Issuer, answer: tuple[int, Any], code: str
) -> None:
    issuer.answer = answer
    with pytest.raises(ConfigError) as caught:
        credentials(_profile(issuer.url))
    assert (caught.value.code, caught.value.exit_code) == (code, 2)
    assert SECRET not in str(caught.value)


def test_nobody_there() -> None:
    with pytest.raises(ConfigError) as caught:
        credentials(_profile("http://127.0.0.1:9/token"))
    assert caught.value.code == "engine.token-unreachable"
    assert "token_url" in str(caught.value)


def test_no_secret_is_in_a_repr() -> None:
    auth = _profile("http://127.0.0.1:9/token").auth
    assert auth is not None
    assert SECRET not in repr(auth)
    assert SECRET not in repr(asked(auth, "/token"))
