"""Asks for the token that a target wants: OAuth2 client credentials, or an exchange of its own."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any
from urllib.parse import quote, urlencode

from mobstd.conformance.profile import Auth
from mobstd.errors import ConfigError, TransportError
from mobstd.judging.body import NotJson, parse_json
from mobstd.judging.exchange import Request, Response
from mobstd.judging.pointer import get
from mobstd.transport import Sender

__all__ = ["Token", "asked", "given", "life_of", "token"]

SECONDS = 15.0
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Token:
    """A token, and what is known of it.

    Attributes:
        value: what is sent.
        life: for how many seconds it lives, ``None`` where nothing says so: the answer
            (``expires_in`` beside it, RFC 6749, 5.1), the token itself (``exp`` less ``iat``,
            RFC 7519), or the profile.
        scopes: what it is good for, ``None`` where nothing says so: then what was asked for
            (RFC 6749, 5.1). The answer says so, or the token itself (RFC 9068, 2.2.3).
    """

    value: str = field(repr=False)
    life: float | None = None
    scopes: frozenset[str] | None = None


def asked(auth: Auth, path: str, environ: Mapping[str, str] | None = None) -> Request:
    """Return the request for a token.

    Of OAuth2 as RFC 6749 has it (4.4, the client by HTTP Basic, 2.3.1), otherwise the named
    members as JSON.
    """
    if auth.kind == "token-exchange":
        sent = {name: secret.reveal(environ) for name, secret in auth.credentials.items()}
        kind = (("Accept", "application/json"), ("Content-Type", "application/json"))
        return Request("POST", path, headers=kind, body=json.dumps(sent).encode())
    secret = auth.secret.reveal(environ) if auth.secret else ""
    both = f"{quote(auth.client_id or '', safe='')}:{quote(secret, safe='')}"
    form = {"grant_type": "client_credentials", **({"scope": auth.scope} if auth.scope else {})}
    headers = (
        ("Accept", "application/json"),
        ("Authorization", "Basic " + base64.b64encode(both.encode()).decode()),
        ("Content-Type", FORM),
    )
    return Request("POST", path, headers=headers, body=urlencode(form).encode())


def token(auth: Auth, environ: Mapping[str, str] | None = None) -> Token:
    """Return a token for a profile.

    Raises:
        ConfigError: where the token's address cannot be reached, refuses, or sends no token. No
            secret and no part of the answer is in the message.
    """
    url = auth.token_url or ""
    try:
        with Sender(url, timeout=SECONDS, max_body=1 << 20) as sender:
            answer = sender.send(asked(auth, sender.address.path or "/", environ))
    except TransportError as error:
        raise ConfigError("engine.token-unreachable", reason=str(error)) from None
    return given(auth, answer)


def given(auth: Auth, answer: Response) -> Token:
    """Return the token that an answer of the token's address gives.

    Raises:
        ConfigError: where it refuses, or has none; with no part of the answer in the message.
    """
    if not 200 <= answer.status < 300:
        raise ConfigError("engine.token-refused", status=answer.status)
    try:
        said = parse_json(answer.body)
    except NotJson:
        said = None
    found = get(said, auth.token_at)
    if not isinstance(found, str) or not found.strip():
        raise ConfigError("engine.no-token", pointer=auth.token_at)
    value = found.strip()
    return Token(value, life_of(said, value, auth), _scopes(said, value, auth))


def life_of(said: Any, value: str, auth: Auth) -> float | None:
    """Return how long a token lives: by the answer, by itself, or by the profile."""
    beside = get(said, auth.token_at.rpartition("/")[0] + "/expires_in")
    return _seconds(beside) or _own_life(value) or auth.lifetime


def _scopes(said: Any, value: str, auth: Auth) -> frozenset[str] | None:
    beside = get(said, auth.token_at.rpartition("/")[0] + "/scope")
    for told in (beside, _claims(value).get("scope")):
        if isinstance(told, str):
            return frozenset(told.split())
    return None


def _own_life(value: str) -> float | None:
    """Return how long a JWT lives, by its own claims."""
    claims = _claims(value)
    try:
        return _seconds(claims["exp"] - claims["iat"])
    except (KeyError, TypeError):
        return None


def _claims(value: str) -> Mapping[str, Any]:
    """Return what a JWT says, whoever signed it; of another token nothing."""
    try:
        part = value.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _seconds(value: Any) -> float | None:
    """Return a number of seconds; one that is written as text counts, one of none does not."""
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return seconds if isfinite(seconds) and seconds > 0 else None
