"""Who a token speaks of, and why one is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from mobstd.messages import render
from mobstd.serving.answers import Refuse

__all__ = ["Identity", "InvalidToken", "KeysUnavailable", "Why"]

Why = Literal[
    "malformed", "algorithm", "issuer", "key", "signature", "audience", "subject", "time", "expired"
]


@dataclass(frozen=True)
class Identity:
    """Who a token speaks of.

    Attributes:
        issuer: who says so.
        subject: the person, by the name that the issuer has for them; unique at that issuer.
        expires_at: UNIX seconds.
        expired: whether that has passed, leeway included; only where late news was allowed.
        claims: everything that the token says.
    """

    issuer: str
    subject: str = field(repr=False)
    expires_at: float
    expired: bool
    claims: Mapping[str, Any] = field(repr=False)


class InvalidToken(Refuse):
    """A token that is not believed; raised by a service, it becomes a 401.

    Attributes:
        why: ``malformed``, ``algorithm`` (none, symmetric, or not allowed), ``issuer`` (not one of
            ours), ``key`` (the issuer has no such key), ``signature``, ``audience``, ``subject``
            (no person is named), ``time`` (not valid yet, or no instants), ``expired``.
    """

    def __init__(self, why: Why) -> None:
        challenge = f'Bearer error="invalid_token", error_description="{why}"'
        super().__init__(401, _said(why), headers={"WWW-Authenticate": challenge})
        self.why: Why = why


class KeysUnavailable(Refuse):
    """The keys of a trusted issuer can't be had; raised by a service, it becomes a 500.

    Nothing is known about the token: who sent it does well to send it again later.
    """

    def __init__(self, issuer: str) -> None:
        super().__init__(500, _said("keys"), headers={"Retry-After": "30"})
        self.issuer = issuer


def _said(why: str) -> str:
    return render(f"oidc.token.{why}", {}, "en")
