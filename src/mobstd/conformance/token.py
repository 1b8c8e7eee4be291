"""Asks for the token that a target wants: OAuth2 client credentials, or an exchange of its own."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from mobstd.conformance.profile import Auth
from mobstd.errors import ConfigError, TransportError
from mobstd.judging.body import NotJson, parse_json
from mobstd.judging.exchange import Request, Response
from mobstd.judging.pointer import get
from mobstd.transport import Sender

__all__ = ["asked", "token"]

SECONDS = 15.0
FORM = "application/x-www-form-urlencoded"


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


def token(auth: Auth, environ: Mapping[str, str] | None = None) -> str:
    """Return the token of a profile.

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
    if not 200 <= answer.status < 300:
        raise ConfigError("engine.token-refused", status=answer.status)
    found = _found(answer, auth.token_at)
    if not isinstance(found, str) or not found.strip():
        raise ConfigError("engine.no-token", pointer=auth.token_at)
    return found.strip()


def _found(answer: Response, pointer: str) -> Any:
    try:
        return get(parse_json(answer.body), pointer)
    except NotJson:
        return None
