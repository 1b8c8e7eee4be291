"""Persons who signed in at an issuer elsewhere, by their access tokens.

Such an issuer speaks of persons alone: no token of it is that of a back end of a funder.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from mobstd.errors import ConfigError
from mobstd.mobility_aid.funder.asking import LONGEST, Caller
from mobstd.mobility_aid.funder.issuer import PERSONAL, Wrong
from mobstd.oidc import InvalidToken, TokenVerifier
from mobstd.oidc.provider import Opens, network

__all__ = ["ALGORITHMS", "Persons", "persons_of"]

ALGORITHMS = ("ES256", "RS256")
"""What tokens may be signed with where nothing else is said."""


class Persons:
    """Says who a token of an issuer elsewhere is of.

    Args:
        verifier: of the tokens of one issuer, whose names of persons are unique.
    """

    def __init__(self, verifier: TokenVerifier) -> None:
        self._verifier = verifier

    async def caller(self, token: str) -> Caller:
        """Return the person; their scopes are those of the claim ``scope`` that a person can have.

        Raises:
            Wrong: for a token that is not believed.
            KeysUnavailable: where the issuer can't be asked for its keys now.
        """
        try:
            known = await self._verifier.verify_async(token)
        except InvalidToken:
            raise Wrong from None
        return Caller(
            "person", _named(known.subject), _scopes(known.claims.get("scope")) & PERSONAL
        )


def _named(subject: str) -> str:
    """Return the name of a person: that of the issuer, or its digest where it is too long."""
    if len(subject) <= LONGEST:
        return subject
    return f"sha256:{hashlib.sha256(subject.encode()).hexdigest()}"


def _scopes(said: Any) -> frozenset[str]:
    listed = said.split() if isinstance(said, str) else said if isinstance(said, list) else ()
    return frozenset(one for one in listed if isinstance(one, str))


def persons_of(
    issuer: str | None,
    audience: str | None,
    jwks: str | None,
    algorithms: str | Iterable[str] | None,
    opens: Opens = network,
) -> Persons | None:
    """Return the persons of an issuer; ``None`` where none is named.

    Args:
        issuer: its identifier, a URL.
        audience: what it calls this funder.
        jwks: the URL of its keys; what its discovery document says where it is left out.
        algorithms: what it signs with, with commas between.
        opens: makes the senders that fetch keys.

    Raises:
        ConfigError: without an audience, or for an URL or an algorithm that can't be used.
    """
    if issuer is None:
        if audience or jwks or algorithms:
            raise ConfigError("funder.no-issuer")
        return None
    names = algorithms.split(",") if isinstance(algorithms, str) else algorithms or ALGORITHMS
    return Persons(
        TokenVerifier(
            {issuer: jwks} if jwks else issuer,
            audience or "",
            algorithms=[name.strip() for name in names],
            handed_on=False,
            opens=opens,
        )
    )
