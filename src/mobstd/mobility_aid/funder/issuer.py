"""An issuer of tokens for tests, and the verifier of what comes: OAuth 2.0, nobody signs in.

Back ends of funders come by client credentials, persons by authorization code with PKCE (RFC 7636);
passwords are refused. Whoever asks for a code is taken at their word: this is no login.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.jwt import decode, encode

from mobstd.mobility_aid.funder.asking import LONGEST, SCOPES, Caller

__all__ = [
    "ALGORITHM",
    "AUDIENCE",
    "ISSUER",
    "PERSONAL",
    "Issuer",
    "NotGiven",
    "Wrong",
    "new_key",
    "told_of",
    "verified",
]

ISSUER, AUDIENCE = "urn:mobstd:test-issuer:mobility-aid", "urn:mobstd:funder"
ALGORITHM = "ES256"
LIFE = 3600
_CODE_LIFE = 60
_MOST_CODES = 1000
PERSONAL = frozenset(SCOPES) - {"decisions.write"}
"""The scopes that a person can have."""


class Wrong(Exception):
    """A token that is not believed."""


class NotGiven(Exception):
    """No token is given; ``str`` is the error code of RFC 6749, 5.2."""


@dataclass(frozen=True)
class _Code:
    person: str
    scopes: frozenset[str]
    challenge: str
    redirect: str
    ends: float


def new_key() -> str:
    """Return a new key to sign with, as JSON."""
    key = ECKey.generate_key("P-256")
    return key.as_pem(private=True).decode()


def told_of(scopes: frozenset[str]) -> Mapping[str, str]:
    """Return what the answer of the token endpoint says of the scopes of a token."""
    return {"scope": " ".join(sorted(scopes))}


def verified(token: str, key: ECKey) -> Mapping[str, Any]:
    """Return what a token says that was signed with a key.

    Raises:
        JoseError: for another one.
    """
    claims: Mapping[str, Any] = decode(token, key, algorithms=[ALGORITHM]).claims
    return claims


class Issuer:
    """Makes tokens and verifies them: signature, algorithm, issuer, audience, time.

    Args:
        key: what it signs with, as ``new_key`` makes it.
        funders: SIRENs of the funders; ``client_id`` is the SIREN, the secret ``secret-SIREN``.
        opaque: tokens of no form that are believed as well, each with whose it is.
        persons: whether it speaks of persons too: not where another issuer does.
        machine: seconds since 1970.
        told: returns what an answer says of the scopes of a token.
        reads: returns what a token says, ``verified`` unless said.

    Attributes:
        persons: the same.
    """

    def __init__(
        self,
        key: str,
        funders: Iterable[str],
        opaque: Mapping[str, Caller],
        persons: bool = True,
        machine: Callable[[], float] = time.time,
        told: Callable[[frozenset[str]], Mapping[str, str]] = told_of,
        reads: Callable[[str, ECKey], Mapping[str, Any]] | None = None,
    ) -> None:
        self._key = ECKey.import_key(key)
        self._secrets = {funder: f"secret-{funder}" for funder in funders}
        self._opaque = {_digest(token): caller for token, caller in opaque.items()}
        self._machine, self._told, self._reads = machine, told, reads or verified
        self.persons = persons
        self._codes: dict[str, _Code] = {}

    def token(self, caller: Caller, **changes: Any) -> str:
        """Return a token of somebody; ``changes`` of its claims make one that is wrong."""
        now = int(self._machine())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": caller.name,
            "kind": caller.kind,
            "scope": " ".join(sorted(caller.scopes)),
            "iat": now,
            "exp": now + LIFE,
            **changes,
        }
        return encode({"alg": ALGORITHM, "typ": "at+jwt"}, claims, self._key)

    def caller(self, token: str) -> Caller:
        """Return whose a token is.

        Raises:
            Wrong: for one that is not believed.
        """
        known = self._opaque.get(_digest(token))
        if known is not None:
            return known
        try:
            claims = self._reads(token, self._key)
            ours = claims["iss"] == ISSUER and claims["aud"] == AUDIENCE
            now, kind, name = self._machine(), claims["kind"], claims["sub"]
            fresh = claims["iat"] - 60 <= now < claims["exp"]
            scopes = frozenset(claims["scope"].split())
        except (JoseError, ValueError, KeyError, TypeError, AttributeError):
            raise Wrong from None
        kinds = ("person", "funder") if self.persons else ("funder",)
        named = isinstance(name, str) and 0 < len(name) <= LONGEST
        if not (ours and fresh and kind in kinds and named):
            raise Wrong
        return Caller(kind, name, scopes & PERSONAL if kind == "person" else scopes)

    def code(self, asked: Mapping[str, str]) -> str:
        """Return a code for a person, named by ``login_hint``.

        Raises:
            NotGiven: without a challenge by S256, a name, or an address to go back to.
        """
        right = (
            asked.get("response_type") == "code" and asked.get("code_challenge_method") == "S256"
        )
        person, challenge = asked.get("login_hint", ""), asked.get("code_challenge", "")
        named = 0 < len(person) <= LONGEST
        if not (right and named and challenge and asked.get("redirect_uri")):
            raise NotGiven("invalid_request")
        now = self._machine()
        self._codes = {code: one for code, one in self._codes.items() if one.ends > now}
        if len(self._codes) >= _MOST_CODES:
            raise NotGiven("temporarily_unavailable")
        made = secrets.token_urlsafe(24)
        scopes = _scopes(asked.get("scope"), PERSONAL)
        self._codes[made] = _Code(
            person, scopes, challenge, asked["redirect_uri"], now + _CODE_LIFE
        )
        return made

    def grant(self, form: Mapping[str, str], basic: tuple[str, str] | None) -> dict[str, Any]:
        """Return the answer of the token endpoint.

        Args:
            form: what was sent.
            basic: client and secret of HTTP Basic.

        Raises:
            NotGiven: where there is no token for it.
        """
        kind = form.get("grant_type")
        if kind == "client_credentials":
            caller = self._client(form, basic)
        elif kind == "authorization_code":
            caller = self._person(form)
        else:
            raise NotGiven("unsupported_grant_type")
        return {
            "access_token": self.token(caller),
            "token_type": "Bearer",
            "expires_in": LIFE,
            **self._told(caller.scopes),
        }

    def _client(self, form: Mapping[str, str], basic: tuple[str, str] | None) -> Caller:
        name, secret = basic or (form.get("client_id", ""), form.get("client_secret", ""))
        known = self._secrets.get(name, "")
        if not hmac.compare_digest(known.encode(), secret.encode("utf-8", "replace")) or not known:
            raise NotGiven("invalid_client")
        return Caller("funder", name, _scopes(form.get("scope"), frozenset(SCOPES)))

    def _person(self, form: Mapping[str, str]) -> Caller:
        code = self._codes.pop(form.get("code", ""), None)
        proof = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        shown = base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
        if (
            code is None
            or code.ends <= self._machine()
            or code.redirect != form.get("redirect_uri")
            or not hmac.compare_digest(code.challenge.encode("utf-8", "replace"), shown.encode())
        ):
            raise NotGiven("invalid_grant")
        return Caller("person", code.person, code.scopes)


def _scopes(asked: str | None, most: frozenset[str]) -> frozenset[str]:
    if not asked:
        return most
    wanted = frozenset(asked.split())
    if not wanted <= most:
        raise NotGiven("invalid_scope")
    return wanted


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
