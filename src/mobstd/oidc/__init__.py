"""OpenID Connect: whose ID tokens are believed, and an issuer of tokens to try that with.

    identity    who a token speaks of, and why one is refused
    provider    the keys of an issuer: discovered, fetched within limits, kept
    verifier    ``TokenVerifier``: signature, issuer, audience, times
    issuer      ``Issuer``: right tokens, and wrong ones of every kind, for tests
    pages       the two documents that an issuer publishes, as an ASGI app

It knows no standard: a service hands it the text of a token. It needs the extra ``oidc``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mobstd.errors import MissingExtra

if TYPE_CHECKING:
    from mobstd.oidc.identity import Identity, InvalidToken, KeysUnavailable
    from mobstd.oidc.issuer import Issuer, TokenKind
    from mobstd.oidc.pages import published
    from mobstd.oidc.verifier import TokenVerifier

__all__ = [
    "Identity",
    "InvalidToken",
    "Issuer",
    "KeysUnavailable",
    "TokenKind",
    "TokenVerifier",
    "published",
]

_HOMES = {
    "Identity": "identity",
    "InvalidToken": "identity",
    "KeysUnavailable": "identity",
    "Issuer": "issuer",
    "TokenKind": "issuer",
    "published": "pages",
    "TokenVerifier": "verifier",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    try:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "joserfc":
            raise
        raise MissingExtra("oidc.missing-oidc", module="joserfc") from None
