"""Verifies ID tokens: by the keys of the issuers that are trusted, and of nobody else."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from joserfc.errors import (
    ExpiredTokenError,
    InvalidClaimError,
    JoseError,
    MissingClaimError,
)
from joserfc.jws import CompactSignature, JWSRegistry, extract_compact
from joserfc.jwt import JWTClaimsRegistry, decode

from mobstd.errors import ConfigError
from mobstd.judging.body import NotJson, parse_json
from mobstd.oidc.identity import Identity, InvalidToken
from mobstd.oidc.provider import Key, Opens, Provider, network

__all__ = ["ALGORITHMS", "TokenVerifier"]

ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "Ed25519"),
)
"""What issuers sign with; all of them asymmetric."""

MOST = 16 * 1024
"""Characters of a token that are read."""

_LONGEST_SUBJECT = 255
_KINDS = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}


class _Registry(JWSRegistry):
    """Any header parameter that is not critical may be there."""

    max_header_length = 4096


class TokenVerifier:
    """Says of whom an ID token speaks, or that it is not believed; to be shared by all threads.

    Keys are found by discovery, kept for an hour, and fetched again where a token names one that
    is not known, at most three times a minute. Only the issuers given here are ever asked.

    Args:
        issuers: who is trusted: one or several identifiers (URLs), exactly as in their tokens; or a
            mapping from each to the URL of its keys, where there is no discovery document.
        audience: whom tokens are for, one or several client ids: those of the partners who hand
            the tokens on.
        algorithms: what they may be signed with.
        leeway: by how many seconds clocks may differ.
        late: for how many seconds after its end a token still serves for news that came late, see
            ``verify``; without an end by default (A34), 0: never.
        handed_on: whether ``azp`` has to be one of the audience, as in ID tokens; in access tokens
            it is whoever asked for them.
        insecure: accept issuers over plain http beyond this machine.
        opens: makes the senders that fetch keys.
        clock: UNIX seconds.

    Raises:
        ConfigError: for an issuer that is no URL, no audience, or an algorithm that is symmetric
            or not known.
    """

    def __init__(
        self,
        issuers: str | Iterable[str] | Mapping[str, str],
        audience: str | Iterable[str],
        *,
        algorithms: Collection[str] = ALGORITHMS,
        leeway: float = 60.0,
        late: float = math.inf,
        handed_on: bool = True,
        insecure: bool = False,
        opens: Opens = network,
        clock: Callable[[], float] = time.time,
    ) -> None:
        named = [issuers] if isinstance(issuers, str) else list(issuers)
        places = issuers if isinstance(issuers, Mapping) else {}
        self._providers = {
            name: Provider(name, jwks_uri=places.get(name), opens=opens, insecure=insecure)
            for name in named
        }
        self._audience = (audience,) if isinstance(audience, str) else tuple(audience)
        self._algorithms = frozenset(algorithms)
        if not named or not self._audience or "" in self._audience:
            raise ConfigError("oidc.no-audience")
        unknown = sorted(self._algorithms - set(ALGORITHMS)) if self._algorithms else ["-"]
        if unknown:
            names = ", ".join(unknown)
            raise ConfigError("oidc.bad-algorithms", names=names, known=", ".join(ALGORITHMS))
        self._leeway = leeway
        self._late = late
        self._handed_on = handed_on
        self._clock = clock

    def verify(self, token: str, *, late: bool = False) -> Identity:
        """Return of whom a token speaks; may fetch keys, and then takes seconds.

        Args:
            token: the text: three parts with dots between them.
            late: whether it came with news of what is known already, such as a later status of a
                booking. A token that was right and has expired since then does not lose them.

        Raises:
            InvalidToken: it is not believed; it says why. A service lets it through: 401.
            KeysUnavailable: the issuer can't be asked now. A service lets it through: 500.
        """
        header, claims = _opened(token)
        algorithm, kid = header.get("alg"), header.get("kid")
        if not isinstance(algorithm, str) or algorithm not in self._algorithms:
            raise InvalidToken("algorithm")
        issuer = claims.get("iss")
        provider = self._providers.get(issuer) if isinstance(issuer, str) else None
        if provider is None:
            raise InvalidToken("issuer")
        _signed(token, provider, algorithm, kid)
        return self._identity(provider.issuer, claims, late)

    async def verify_async(self, token: str, *, late: bool = False) -> Identity:
        """As ``verify``, in a thread."""
        from functools import partial

        from anyio import to_thread

        return await to_thread.run_sync(partial(self.verify, token, late=late))

    def _identity(self, issuer: str, claims: Mapping[str, Any], late: bool) -> Identity:
        self._audience_of(claims)
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
            raise InvalidToken("subject")
        now = self._clock()
        expired = False
        times = {name: claims[name] for name in ("nbf", "iat", "exp") if name in claims}
        try:
            JWTClaimsRegistry(
                int(now), int(self._leeway), exp={"essential": True}, iat={"essential": True}
            ).validate(times)
        except ExpiredTokenError:
            expired = True
        except (InvalidClaimError, MissingClaimError):
            raise InvalidToken("time") from None
        if expired and not (late and now <= claims["exp"] + self._leeway + self._late):
            raise InvalidToken("expired")
        return Identity(issuer, subject, claims["exp"], expired, claims)

    def _audience_of(self, claims: Mapping[str, Any]) -> None:
        """See that the token is for one of ours, and was handed to one of ours."""
        said = claims.get("aud")
        listed = [said] if isinstance(said, str) else said
        known = isinstance(listed, list) and any(
            isinstance(one, str) and one in self._audience for one in listed
        )
        party = claims.get("azp") if self._handed_on else None
        if not known or (party is not None and party not in self._audience):
            raise InvalidToken("audience")


def _opened(token: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return header and claims, which nobody vouches for yet."""
    if not isinstance(token, str) or len(token) > MOST or not token.isascii():
        raise InvalidToken("malformed")
    try:
        parts: CompactSignature = extract_compact(token.encode(), registry=_Registry())
        claims = parse_json(parts.payload)
    except (JoseError, NotJson, ValueError, TypeError, RecursionError):
        raise InvalidToken("malformed") from None
    header = parts.headers()
    if not isinstance(header, dict) or not isinstance(claims, dict) or "crit" in header:
        raise InvalidToken("malformed")
    return header, claims


def _signed(token: str, provider: Provider, algorithm: str, kid: Any) -> None:
    """See that one of the issuer's keys signed the token; for a key that is not known, ask once."""
    keys = provider.keys()
    fitting = _fitting(keys, algorithm, kid)
    if not fitting or (kid is None and not _verified(token, fitting, algorithm)):
        provider.refresh(keys)
        fitting = _fitting(provider.keys(), algorithm, kid)
    if not fitting:
        raise InvalidToken("key")
    if not _verified(token, fitting, algorithm):
        raise InvalidToken("signature")


def _fitting(keys: Iterable[Key], algorithm: str, kid: Any) -> list[Key]:
    return [
        key
        for key in keys
        if key.key_type == _KINDS[algorithm[:2]]
        and key.get("alg", algorithm) == algorithm
        and kid in (None, key.kid)
    ]


def _verified(token: str, keys: Iterable[Key], algorithm: str) -> bool:
    registry = _Registry(algorithms=[algorithm], strict_check_header=False)
    for key in keys:
        try:
            decode(token, key, registry=registry)
        except (JoseError, ValueError, TypeError, RecursionError):
            continue
        return True
    return False
