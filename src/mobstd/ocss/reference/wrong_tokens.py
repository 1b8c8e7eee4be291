"""Wrong ways to look at the ID tokens of news."""

from __future__ import annotations

from typing import Any

from mobstd.ocss.reference.people import Item
from mobstd.ocss.reference.wrong_bookings import Act, Acts, Right
from mobstd.oidc import InvalidToken
from mobstd.serving.answers import Refuse
from mobstd.serving.caller import caller

__all__ = ["TOKENS"]

_ROWS = ("OCSS-CONNECT-03",)


def _believing(*reasons: str) -> Act:
    """Take news all the same where its token is refused for one of these reasons, or for any."""

    def act(right: Right, service: Any, asked: Any, event: Item) -> Any:
        try:
            return right(asked, event)
        except InvalidToken as error:
            if reasons and error.why not in reasons:
                raise
            service.ledger.take(event, caller())
            return None

    return act


def _keeping(right: Right, service: Any, asked: Any, event: Item) -> Any:
    """Answer as it should, and take the news before."""
    try:
        return right(asked, event)
    except InvalidToken:
        service.ledger.take(event, caller())
        raise


def _strict(right: Right, service: Any, asked: Any, event: Item) -> Any:
    """Refuse a token that has expired, whatever it comes with."""
    service.tokens.verify(event["idToken"], late=False)
    return right(asked, event)


def _status(right: Right, service: Any, asked: Any, event: Item) -> Any:
    try:
        return right(asked, event)
    except InvalidToken:
        raise Refuse(400, "idToken") from None


_ACTS: dict[str, Act] = {
    "believes-any-token": _believing(),
    "believes-other-algorithms": _believing("algorithm"),
    "believes-wrong-signatures": _believing("signature"),
    "believes-unknown-keys": _believing("key"),
    "believes-other-audiences": _believing("audience"),
    "believes-other-issuers": _believing("issuer"),
    "believes-tokens-of-tomorrow": _believing("time"),
    "believes-tokens-of-nobody": _believing("subject"),
    "keeps-what-it-does-not-believe": _keeping,
    "loses-late-news-for-old-tokens": _strict,
    "answers-400-to-wrong-tokens": _status,
}

TOKENS: dict[str, tuple[tuple[str, ...], Acts]] = {
    name: (_ROWS, {"postBookingEvents": act}) for name, act in _ACTS.items()
}
"""By name, what stands in place of taking news."""
