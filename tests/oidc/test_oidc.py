"""ID tokens are believed when they are right, and in no other case."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hostile.server import hostile

from mobstd.errors import ConfigError
from mobstd.judging.exchange import Request, Response
from mobstd.oidc import InvalidToken, Issuer, KeysUnavailable, TokenKind, TokenVerifier
from mobstd.oidc import provider as provider_module
from mobstd.oidc.pages import published
from mobstd.transport.asgi import AsgiSender

URL = "https://id.maas.example"
NOW = 1_800_000_000.0


class Net:
    """What the verifier reaches: one issuer, or whatever a page says; counts what is asked."""

    def __init__(self, issuer: Issuer, pages: dict[str, Any] | None = None) -> None:
        self.app = published(issuer)
        self.pages = pages or {}
        self.asked: list[str] = []
        self.origins: list[str] = []

    def __call__(self, origin: str) -> Net:
        self.origins.append(origin)
        return self

    def send(self, request: Request, *, timeout: float | None = None) -> Response:
        self.asked.append(request.path)
        page = self.pages.get(request.path)
        if page is None:
            with AsgiSender(self.app) as sender:
                return sender.send(request, timeout=timeout)
        if isinstance(page, Response):
            return page
        return Response(200, (), json.dumps(page).encode())

    def close(self) -> None: ...


@pytest.fixture
def issuer() -> Issuer:
    return Issuer(URL, "operator-1", algorithm="ES256", clock=lambda: NOW)


@pytest.fixture
def net(issuer: Issuer) -> Net:
    return Net(issuer)


def verifier(net: Net, **options: Any) -> TokenVerifier:
    return TokenVerifier(URL, "operator-1", **{"opens": net, "clock": lambda: NOW, **options})


def why(call: Callable[[], Any]) -> str:
    with pytest.raises(InvalidToken) as refused:
        call()
    assert refused.value.status == 401
    assert refused.value.why in refused.value.headers["WWW-Authenticate"]
    return refused.value.why


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_a_right_token_says_of_whom_it_speaks(algorithm: Any) -> None:
    issuer = Issuer(URL, "operator-1", algorithm=algorithm, clock=lambda: NOW)
    net = Net(issuer)
    tokens = verifier(net)
    identity = tokens.verify(issuer.token("p-77", claims={"email": "zoe@example.org"}))
    assert (identity.issuer, identity.subject, identity.expired) == (URL, "p-77", False)
    assert identity.expires_at == NOW + 3600
    assert "p-77" not in repr(identity)
    assert "zoe" not in repr(identity)
    tokens.verify(issuer.token("p-78"))
    assert net.asked == ["/.well-known/openid-configuration", "/jwks.json"]
    assert anyio.run(tokens.verify_async, issuer.token("p-79")).subject == "p-79"


REASONS = {
    TokenKind.EXPIRED: "expired",
    TokenKind.EARLY: "time",
    TokenKind.WRONG_SIGNATURE: "signature",
    TokenKind.WRONG_AUDIENCE: "audience",
    TokenKind.WRONG_ISSUER: "issuer",
    TokenKind.UNKNOWN_KEY: "key",
    TokenKind.UNSIGNED: "algorithm",
    TokenKind.SYMMETRIC: "algorithm",
    TokenKind.ALTERED: "signature",
    TokenKind.NOBODY: "subject",
    TokenKind.MALFORMED: "malformed",
}


@pytest.mark.parametrize("kind", [kind for kind in TokenKind if kind is not TokenKind.VALID])
def test_a_wrong_token_is_refused_for_what_is_wrong(
    issuer: Issuer, net: Net, kind: TokenKind
) -> None:
    tokens = verifier(net)
    assert why(lambda: tokens.verify(issuer.token("p-77", kind))) == REASONS[kind]
    if kind is not TokenKind.EXPIRED:
        assert why(lambda: tokens.verify(issuer.token("p-77", kind), late=True)) == REASONS[kind]


def test_late_news_may_come_with_an_expired_token(issuer: Issuer, net: Net) -> None:
    expired = issuer.token("p-77", TokenKind.EXPIRED)
    identity = verifier(net).verify(expired, late=True)
    assert (identity.subject, identity.expired) == ("p-77", True)
    assert verifier(net, late=2 * 86_400).verify(expired, late=True).expired
    for most in (0, 3600):
        assert why(lambda most=most: verifier(net, late=most).verify(expired, late=True)) == (
            "expired"
        )


def test_clocks_may_differ_by_the_leeway(issuer: Issuer, net: Net) -> None:
    for offset, good in ((-59, True), (-61, False), (3600 + 59, True), (3600 + 61, False)):
        tokens = verifier(net, clock=lambda offset=offset: NOW + offset)
        if good:
            assert not tokens.verify(issuer.token()).expired
        else:
            assert why(lambda t=tokens: t.verify(issuer.token())) in ("time", "expired")


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"exp": None}, "time"),
        ({"exp": "1900000000"}, "time"),
        ({"exp": True}, "time"),
        ({"exp": 10**400}, None),
        ({"iat": None}, "time"),
        ({"iat": [1]}, "time"),
        ({"sub": ""}, "subject"),
        ({"sub": 7}, "subject"),
        ({"sub": "x" * 256}, "subject"),
        ({"aud": []}, "audience"),
        ({"aud": ["other", "operator-1"]}, None),
        ({"aud": {"operator-1": 1}}, "audience"),
        ({"aud": "operator-1", "azp": "other"}, "audience"),
        ({"aud": "operator-1", "azp": ["operator-1"]}, "audience"),
        ({"iss": None}, "issuer"),
        ({"iss": [URL]}, "issuer"),
        ({"iss": URL + "/"}, "issuer"),
    ],
)
def test_what_a_token_claims(
    issuer: Issuer, net: Net, claims: dict[str, Any], reason: str | None
) -> None:
    tokens = verifier(net)
    token = issuer.token("p-77", claims=claims)
    if reason is None:
        assert tokens.verify(token).subject == "p-77"
    else:
        assert why(lambda: tokens.verify(token, late=True)) == reason


def test_only_those_who_are_trusted_are_ever_asked(issuer: Issuer, net: Net) -> None:
    tokens = verifier(net)
    for url in ("http://169.254.169.254", "https://evil.example", URL + ".evil.example"):
        assert why(lambda url=url: tokens.verify(issuer.token(claims={"iss": url}))) == "issuer"
    assert net.origins == []
    tokens.verify(issuer.token())
    assert set(net.origins) == {URL}


def test_a_new_key_is_fetched_once_and_not_for_every_stranger(issuer: Issuer, net: Net) -> None:
    tokens = verifier(net)
    old = issuer.token()
    tokens.verify(old)
    issuer.rotate()
    for token in (issuer.token(), old, issuer.token()):
        tokens.verify(token)
    assert net.asked.count("/jwks.json") == 2
    for _ in range(20):
        assert why(lambda: tokens.verify(issuer.token(kind=TokenKind.UNKNOWN_KEY))) == "key"
    assert net.asked.count("/jwks.json") == 3
    tokens.verify(issuer.token())
    issuer.rotate(keep=False)
    assert why(lambda: tokens.verify(issuer.token())) == "key"  # until a minute has passed


def test_keys_grow_old(issuer: Issuer, net: Net) -> None:
    now = [0.0]
    provider = provider_module.Provider(URL, opens=net, clock=lambda: now[0])
    first = provider.keys()
    now[0] = provider_module.FRESH - 1
    assert provider.keys() is first
    now[0] = provider_module.FRESH + 1
    second = provider.keys()
    assert second is not first
    net.pages["/jwks.json"] = Response(503)
    now[0] += provider_module.KEPT - 1
    assert provider.keys() is second  # the issuer is away: old keys serve for a day
    now[0] += 2
    with pytest.raises(KeysUnavailable):
        provider.keys()
    del net.pages["/jwks.json"]
    now[0] += 60
    assert provider.keys()


def test_many_at_once_ask_once(issuer: Issuer, net: Net) -> None:
    tokens = verifier(net)
    written = [issuer.token(f"p-{number}") for number in range(50)]
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda token: tokens.verify(token).subject, written))
    assert found == [f"p-{number}" for number in range(50)]
    assert net.asked.count("/jwks.json") == 1


@pytest.mark.parametrize(
    "page",
    [
        {"issuer": "https://other.example", "jwks_uri": URL + "/jwks.json"},
        {"issuer": URL},
        {"issuer": URL, "jwks_uri": 7},
        {"issuer": URL, "jwks_uri": "http://id.maas.example/jwks.json"},
        {"issuer": URL, "jwks_uri": "http://127.0.0.1/jwks.json"},
        {"issuer": URL, "jwks_uri": "file:///etc/passwd"},
        {"issuer": URL, "jwks_uri": "https://user:word@id.maas.example/"},
        [],
        Response(404),
        Response(302, (("Location", "http://127.0.0.1/"),)),
        Response(200, (), b"[" * 100_000),
        Response(200, (), b"{" + b" " * provider_module.MOST_BYTES + b"}"),
    ],
)
def test_a_discovery_document_that_is_wrong(issuer: Issuer, net: Net, page: Any) -> None:
    net.pages["/.well-known/openid-configuration"] = page
    with pytest.raises(KeysUnavailable) as failed:
        verifier(net).verify(issuer.token())
    assert failed.value.status == 500
    assert net.asked == ["/.well-known/openid-configuration"]


def test_keys_may_be_elsewhere_and_given(issuer: Issuer) -> None:
    place = "https://keys.maas.example/keys?p=1"
    found = {"issuer": URL, "jwks_uri": place}
    net = Net(issuer, {"/.well-known/openid-configuration": found, "/keys": issuer.jwks()})
    assert verifier(net).verify(issuer.token())
    assert net.origins == [URL, "https://keys.maas.example"]
    net.asked.clear()
    given_ = TokenVerifier({URL: place}, "operator-1", opens=net, clock=lambda: NOW)
    assert given_.verify(issuer.token())
    assert net.asked == ["/keys"]


def test_only_keys_that_may_verify_count(issuer: Issuer, net: Net) -> None:
    good = issuer.jwks()["keys"][0]
    small = {"kty": "RSA", "n": "u" * 86, "e": "AQAB"}
    secret = {"kty": "oct", "k": "c2VjcmV0"}
    small["kid"] = secret["kid"] = good["kid"]
    bad = [7, {}, small, secret, {**good, "use": "enc"}, {**good, "x": "!"}, {**good, "crv": "P-1"}]
    for other in ({**good, "alg": "ES384"}, *bad):
        net.pages["/jwks.json"] = {"keys": [other]}
        assert why(lambda: verifier(net).verify(issuer.token())) == "key", other
    net.pages["/jwks.json"] = {"keys": [*bad, good]}
    assert verifier(net).verify(issuer.token())
    net.pages["/jwks.json"] = {"keys": {}}
    with pytest.raises(KeysUnavailable):
        verifier(net).verify(issuer.token())


def test_without_a_key_id_every_key_is_tried(issuer: Issuer, net: Net) -> None:
    unnamed = {name: value for name, value in issuer.jwks()["keys"][0].items() if name != "kid"}
    issuer.rotate(keep=False)
    net.pages["/jwks.json"] = {"keys": [unnamed, *issuer.jwks()["keys"]]}
    token = issuer.token()
    assert verifier(net).verify(token)
    net.pages["/jwks.json"] = {"keys": [unnamed]}
    assert why(lambda: verifier(net).verify(token)) == "key"


@given(
    st.one_of(
        st.text(max_size=60),
        st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode() + ".e30.e30"),
        st.sampled_from(
            [
                "." * 16_000,
                "a" * 1_000_000,
                base64.urlsafe_b64encode(b"[" * 9000).decode() + ".e30.",
                "e30." + base64.urlsafe_b64encode(b'{"a":' * 2000).decode() + ".",
                base64.urlsafe_b64encode(b'{"alg":["RS256"]}').decode().rstrip("=") + ".e30.",
                base64.urlsafe_b64encode(b'{"alg":"ES256","kid":{}}').decode() + ".e30.",
                base64.urlsafe_b64encode(b'{"alg":"ES256","crit":["b64"]}').decode() + ".e30.",
            ]
        ),
    )
)
def test_whatever_is_sent_in_place_of_a_token_is_refused(text: str) -> None:
    tokens = TokenVerifier(URL, "operator-1", opens=lambda _: pytest.fail("asked"))
    started = time.monotonic()
    assert why(lambda: tokens.verify(text)) in ("malformed", "algorithm", "issuer")
    assert time.monotonic() - started < 1


def test_a_header_that_asks_for_more_than_a_signature_is_refused(issuer: Issuer, net: Net) -> None:
    _, claims, signature = issuer.token().split(".")
    for more in ({"crit": ["exp"], "exp": 1}, {"jwk": {"kty": "oct"}}, {"jku": "http://127.0.0.1"}):
        header = {"alg": "ES256", "kid": issuer.jwks()["keys"][0]["kid"], **more}
        written = base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
        token = f"{written}.{claims}.{signature}"
        assert why(lambda token=token: verifier(net).verify(token)) in ("malformed", "signature")
    assert set(net.origins) <= {URL}


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"issuers": "http://id.maas.example"}, "oidc.bad-issuer"),
        ({"issuers": "id.maas.example"}, "oidc.bad-issuer"),
        ({"issuers": ()}, "oidc.no-audience"),
        ({"audience": ""}, "oidc.no-audience"),
        ({"audience": ()}, "oidc.no-audience"),
        ({"algorithms": ["none"]}, "oidc.bad-algorithms"),
        ({"algorithms": ["HS256"]}, "oidc.bad-algorithms"),
        ({"algorithms": []}, "oidc.bad-algorithms"),
    ],
)
def test_what_cannot_be_right_is_refused_at_the_start(options: Any, code: str) -> None:
    with pytest.raises(ConfigError) as refused:
        TokenVerifier(**{"issuers": URL, "audience": "operator-1", **options})
    assert refused.value.code == code
    for lang in ("en", "fr"):
        assert "{" not in refused.value.text(lang)


def test_plain_http_to_this_machine_or_where_it_is_said() -> None:
    TokenVerifier("http://127.0.0.1:9", "operator-1")
    TokenVerifier("http://id.maas.example", "operator-1", insecure=True)


@pytest.mark.parametrize("name", ["endless", "redirect-elsewhere", "slow-drip"])
def test_an_issuer_that_misbehaves_costs_neither_time_nor_memory(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider_module, "SECONDS", 0.3)
    with hostile(name) as url:
        issuer = Issuer(url, "operator-1", algorithm="ES256")
        tokens = TokenVerifier(url, "operator-1")
        started = time.monotonic()
        with pytest.raises(KeysUnavailable):
            tokens.verify(issuer.token())
        assert time.monotonic() - started < 3


def test_without_the_library_it_says_what_to_install() -> None:
    script = (
        "import sys; sys.modules['joserfc'] = None\n"
        "from mobstd.cli import main\n"
        "sys.exit(main(['serve', 'ocss@1.0-alpha', '--role', 'maas', '--issuer', 'https://x.example',"
        " '--audience', 'a', '--port', '0']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert "pip install 'mobstd[oidc]'" in done.stderr
    assert "Traceback" not in done.stderr
