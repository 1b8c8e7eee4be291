"""ID tokens for what a run tells: of a test issuer that the target trusts, or stand-ins."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mobstd.oidc import Issuer, TokenVerifier

__all__ = ["STAND_IN", "Tokens"]

TRAVELLER = "mobstd-traveller"


def _part(value: object) -> str:
    raw = json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


STAND_IN = ".".join(
    (
        _part({"alg": "RS256", "typ": "JWT", "kid": "mobstd"}),
        _part({"iss": "https://mobstd.example.org", "sub": TRAVELLER, "aud": "mobstd"}),
        base64.urlsafe_b64encode(bytes(256)).rstrip(b"=").decode(),
    )
)
"""Looks like a token and is signed by nobody: for targets that verify none."""


class Tokens:
    """Makes tokens, all of one traveller.

    Args:
        issuer: the test issuer, where the profile has one.

    Attributes:
        made: the tokens that were made.
    """

    traveller = TRAVELLER

    def __init__(self, issuer: Issuer | None = None) -> None:
        self._issuer = issuer
        self.made: set[str] = set()
        self._verifier: TokenVerifier | None = None

    @property
    def signed(self) -> bool:
        """Whether a target can verify them, and so refuse wrong ones."""
        return self._issuer is not None

    def refused(self, token: str) -> str | None:
        """Return why a token is not one that the issuer made for anybody; ``None``: it is."""
        if self._issuer is None:
            return None
        from mobstd.oidc import InvalidToken, KeysUnavailable, TokenVerifier, published
        from mobstd.transport import AsgiSender

        issuer = self._issuer
        if self._verifier is None:
            self._verifier = TokenVerifier(
                issuer.url,
                issuer.audience,
                insecure=True,
                opens=lambda origin: AsgiSender(published(issuer)),
            )
        try:
            self._verifier.verify(token, late=True)
        except InvalidToken as error:
            return error.reason
        except KeysUnavailable:
            return None
        return None

    def token(self, kind: str = "valid") -> str:
        """Return a token of a kind of ``mobstd.oidc.TokenKind``; a stand-in without an issuer."""
        if self._issuer is None:
            return STAND_IN
        token = self._issuer.token(TRAVELLER, kind)
        self.made.add(token)
        return token
