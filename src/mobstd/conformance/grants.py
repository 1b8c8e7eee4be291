"""Tokens of the profile's own OAuth2 client, for some of its scopes only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mobstd.conformance.profile import Auth, Profile
from mobstd.conformance.renewal import Renewal
from mobstd.errors import ConfigError
from mobstd.judging.exchange import Pairs

if TYPE_CHECKING:
    from mobstd.conformance.token import Token

__all__ = ["CLIENT", "Grant", "Grants", "grants_of"]

CLIENT = "oauth2-client-credentials"
"""The kind of ``Auth`` whose tokens are asked for by scope (RFC 6749, 3.3 and 4.4)."""


@dataclass(frozen=True)
class Grant:
    """What presents the client now, and the scopes that its token has."""

    headers: Pairs
    scopes: frozenset[str]


class Grants:
    """Asks for tokens by scope, each once, and again when it ends.

    Args:
        auth: of kind ``CLIENT``.
        ask: returns a token, or raises a ConfigError; asks the token's address when ``None``.

    Attributes:
        scopes: those that the profile asks for; empty where it leaves that to the target.
        secrets: every token that was given so far, by name.
        tell: are called with name and value of each token, before it is sent.
    """

    def __init__(self, auth: Auth, ask: Callable[[Auth], Token] | None = None) -> None:
        self.scopes = frozenset((auth.scope or "").split())
        self.secrets: dict[str, str] = {}
        self.tell: list[Callable[[str, str], None]] = []
        self._auth, self._ask = auth, ask or _token
        self._renewals: dict[frozenset[str], Renewal] = {}
        self._had: dict[frozenset[str], frozenset[str]] = {}
        self._refused: set[frozenset[str]] = set()

    def own(self) -> Pairs:
        """Return what presents the client with the scopes of the profile.

        Raises:
            ConfigError: where no token is to be had.
        """
        renewal = Renewal(self._auth, "token", self._ask)
        renewal.tell.append(self._given)
        return renewal.headers()

    def of(self, scopes: frozenset[str]) -> Grant | None:
        """Return a token for these scopes, with those that it has; ``None``: it is not to be had.

        A token endpoint may give other scopes than it was asked for, and says so then (RFC 6749,
        3.3).
        """
        if not scopes or scopes in self._refused:
            return None
        if scopes not in self._renewals:
            self._renewals[scopes] = self._renewal(scopes)
        try:
            headers = self._renewals[scopes].headers()
        except ConfigError:
            self._refused.add(scopes)
            return None
        return Grant(headers, self._had[scopes])

    def _renewal(self, scopes: frozenset[str]) -> Renewal:
        def ask(auth: Auth) -> Token:
            found = self._ask(auth)
            self._had[scopes] = scopes if found.scopes is None else found.scopes
            return found

        name = f"scoped_token-{len(self._renewals) + 1}"
        renewal = Renewal(replace(self._auth, scope=" ".join(sorted(scopes))), name, ask)
        renewal.tell.append(self._given)
        return renewal

    def _given(self, name: str, value: str) -> None:
        self.secrets[name] = value
        for tell in self.tell:
            tell(name, value)


def grants_of(profile: Profile) -> Grants | None:
    """Return what asks for tokens by scope, where a profile has a client; none is asked yet."""
    auth = profile.auth
    return Grants(auth) if auth is not None and auth.kind == CLIENT else None


def _token(auth: Auth) -> Token:
    from mobstd.conformance.token import token

    return token(auth)
