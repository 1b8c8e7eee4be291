"""Keeps a token of a profile alive: another one is asked for before it ends, or where it ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from mobstd.conformance.profile import Auth
from mobstd.errors import ConfigError
from mobstd.judging.exchange import Pairs

if TYPE_CHECKING:
    from mobstd.conformance.token import Token

__all__ = ["Renewal"]

UNAUTHORIZED = 401

MARGIN = 30.0
"""Seconds before its end at which a token is renewed: at most a quarter of its life."""


class Renewal:
    """The headers of a profile that wants a token; they change when it is renewed.

    Args:
        auth: of kind ``oauth2-client-credentials`` or ``token-exchange``.
        name: what tokens are called where they are masked.
        ask: returns a token, or raises a ConfigError; asks the token's address when ``None``.
        clock: seconds of a clock that never goes back.

    Attributes:
        secrets: every token that was given so far, by name.
        failure: why no other token was to be had; then none is asked for any more.
        tell: are called with name and value of each token, before it is sent.
    """

    def __init__(
        self,
        auth: Auth,
        name: str = "token",
        ask: Callable[[Auth], Token] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.secrets: dict[str, str] = {}
        self.failure: ConfigError | None = None
        self.tell: list[Callable[[str, str], None]] = []
        self._auth, self._name, self._ask, self._clock = auth, name, ask or _token, clock
        self._headers: Pairs = ()
        self._due: float | None = None
        self._refusing: set[Hashable] = set()

    def headers(self) -> Pairs:
        """Return what presents mobstd now.

        Raises:
            ConfigError: where the first token is not to be had.
        """
        if not self._headers:
            self._take()
        elif self._due is not None and self._clock() >= self._due:
            self._renew()
        return self._headers

    def ended(self, asked: Hashable, status: int) -> bool:
        """Say whether an answer shows that the token ended, and there is another one now.

        What refuses the new one as well means something else, and is taken at its word until it
        accepts one.

        Args:
            asked: what was asked for, alike each time.
            status: of the answer.
        """
        if status != UNAUTHORIZED:
            self._refusing.discard(asked)
            return False
        if asked in self._refusing or not self._renew():
            return False
        self._refusing.add(asked)
        return True

    def _renew(self) -> bool:
        """Ask for another token, and say whether there is one; if not, the old one is kept."""
        if self.failure is None:
            try:
                self._take()
            except ConfigError as error:
                self.failure, self._due = error, None
        return self.failure is None

    def _take(self) -> None:
        asked = self._clock()
        given = self._ask(self._auth)
        name = f"{self._name}-{len(self.secrets) + 1}" if self.secrets else self._name
        self.secrets[name] = given.value
        for tell in self.tell:
            tell(name, given.value)
        self._headers = ((self._auth.header, f"Bearer {given.value}"),)
        life = given.life
        self._due = None if life is None else asked + life - min(MARGIN, life / 4)


def _token(auth: Auth) -> Token:
    from mobstd.conformance.token import token

    return token(auth)
