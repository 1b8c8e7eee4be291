"""An issuer of ID tokens for tests: right ones, and wrong ones of every kind."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Literal

from joserfc.jwk import ECKey, RSAKey
from joserfc.jwt import encode

from mobstd.errors import ConfigError
from mobstd.transport.address import Address

__all__ = ["Issuer", "TokenKind"]

Algorithm = Literal["RS256", "ES256"]


class TokenKind(StrEnum):
    """What a token is like. All but ``VALID`` and ``EXPIRED`` must never be believed.

    ``EXPIRED`` is right in all but its time: late news are taken with it all the same (A34).
    """

    VALID = "valid"
    EXPIRED = "expired"
    EARLY = "early"
    WRONG_SIGNATURE = "wrong-signature"
    WRONG_AUDIENCE = "wrong-audience"
    WRONG_ISSUER = "wrong-issuer"
    UNKNOWN_KEY = "unknown-key"
    UNSIGNED = "unsigned"
    SYMMETRIC = "symmetric"
    ALTERED = "altered"
    NOBODY = "nobody"
    MALFORMED = "malformed"


class Issuer:
    """An OpenID provider at which nobody signs in: it has keys, and makes tokens of all kinds.

    Args:
        url: its identifier, the ``iss`` of its tokens; below it ``published`` serves discovery.
        audience: the client id that tokens are for.
        algorithm: ``RS256``, which every provider has; ``ES256`` makes its keys in no time.
        lifetime: seconds until a token expires.
        clock: UNIX seconds.

    Raises:
        ConfigError: for anything but an http or https URL without a query, or no audience.
    """

    def __init__(
        self,
        url: str,
        audience: str,
        *,
        algorithm: Algorithm = "RS256",
        lifetime: int = 3600,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not url or not audience:
            raise ConfigError("oidc.no-audience")
        Address.parse(url)
        self.url = url
        self.audience = audience
        self._algorithm: Algorithm = algorithm
        self._lifetime = lifetime
        self._clock = clock
        self._keys = [self._key()]
        self._foreign = self._key()

    def discovery(self) -> dict[str, Any]:
        """Return the discovery document (OpenID Connect Discovery 1.0)."""
        root = self.url.removesuffix("/")
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{root}/authorize",
            "jwks_uri": f"{root}/jwks.json",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [self._algorithm],
        }

    def jwks(self) -> dict[str, Any]:
        """Return the public keys (RFC 7517)."""
        return {
            "keys": [
                {**key.as_dict(private=False), "use": "sig", "alg": self._algorithm}
                for key in self._keys
            ]
        }

    def rotate(self, *, keep: bool = True) -> None:
        """Sign with a new key from here on; ``keep``: tokens signed before are still good."""
        self._keys = [self._key(), *(self._keys if keep else ())]

    def token(
        self,
        subject: str = "traveller-1",
        kind: TokenKind | str = TokenKind.VALID,
        *,
        claims: Mapping[str, Any] | None = None,
    ) -> str:
        """Return a token.

        Args:
            subject: of whom it speaks.
            kind: what it is like.
            claims: said besides, or in place of what a token of this kind says.
        """
        kind = TokenKind(kind)
        if kind is TokenKind.MALFORMED:
            return "header.payload.signature"
        header = {"alg": self._algorithm, "kid": self._keys[0].kid}
        said = {**self._claims(subject, kind), **(claims or {})}
        match kind:
            case TokenKind.WRONG_SIGNATURE:
                return encode(header, said, self._foreign)
            case TokenKind.UNKNOWN_KEY:
                return encode({**header, "kid": self._foreign.kid}, said, self._foreign)
            case TokenKind.UNSIGNED:
                return _joined({"alg": "none", "typ": "JWT"}, said) + "."
            case TokenKind.SYMMETRIC:
                return self._by_public_key(said)
            case TokenKind.ALTERED:
                return self._altered(encode(header, said, self._keys[0]), said)
        return encode(header, said, self._keys[0])

    def _claims(self, subject: str, kind: TokenKind) -> dict[str, Any]:
        made = int(self._clock())
        if kind is TokenKind.EXPIRED:
            made -= self._lifetime + 86_400
        elif kind is TokenKind.EARLY:
            made += 86_400
        claims = {
            "iss": self.url,
            "sub": subject,
            "aud": self.audience,
            "iat": made,
            "nbf": made,
            "exp": made + self._lifetime,
        }
        if kind is TokenKind.WRONG_ISSUER:
            claims["iss"] = "https://somebody-else.example"
        elif kind is TokenKind.WRONG_AUDIENCE:
            claims["aud"] = "somebody-else"
        elif kind is TokenKind.NOBODY:
            del claims["sub"]
        return claims

    def _by_public_key(self, claims: Mapping[str, Any]) -> str:
        """Return a token whose secret is the public key, which careless verifiers take."""
        header = {"alg": "HS256", "typ": "JWT", "kid": self._keys[0].kid}
        signed = _joined(header, claims)
        secret = self._keys[0].as_pem(private=False)
        return f"{signed}.{_b64(hmac.digest(secret, signed.encode(), hashlib.sha256))}"

    def _altered(self, token: str, claims: Mapping[str, Any]) -> str:
        """Return a token that speaks of somebody else than when it was signed."""
        header, _, signature = token.split(".")
        other = _b64(_bytes({**claims, "sub": "somebody-else"}))
        return f"{header}.{other}.{signature}"

    def _key(self) -> RSAKey | ECKey:
        """Return a key that is named by its thumbprint, so that no two have one name."""
        if self._algorithm == "ES256":
            return ECKey.generate_key("P-256", auto_kid=True)
        return RSAKey.generate_key(2048, auto_kid=True)


def _joined(header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    return f"{_b64(_bytes(header))}.{_b64(_bytes(claims))}"


def _bytes(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
