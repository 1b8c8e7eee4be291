"""Who calls: providers that add credentials to a request, and never show them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mobstd.errors import ConfigError
from mobstd.judging.exchange import Request, Response

__all__ = ["ApiKey", "Auth", "BearerToken", "authenticated", "renewal"]

Credentials = Request | Mapping[str, str]
Auth = Callable[[Request], Credentials | Awaitable[Credentials]]
"""Takes a request and returns it with credentials, or the headers that carry them.

It is asked before every attempt. An ``AsyncClient`` also awaits what it returns. One that has a
method ``renew`` is told of a 401, with the request as it was sent, once a call; where it returns
true, the call is made once more: a request whose credentials were refused was not acted upon.
"""


@dataclass(frozen=True)
class ApiKey:
    """A key in a header of its own.

    Attributes:
        header: the name of the header, as agreed with the partner.
        value: the key; masked in ``repr``.

    Raises:
        ConfigError: for a key that is empty or has line breaks in it.
    """

    header: str
    value: str = field(repr=False)

    def __post_init__(self) -> None:
        _checked(self.header, self.value)

    def __call__(self, request: Request) -> Mapping[str, str]:
        """Return the header."""
        return {self.header: self.value}


@dataclass(frozen=True)
class BearerToken:
    """A token in the ``Authorization`` header (RFC 6750).

    Attributes:
        value: the token, or a callable that returns one and is asked before every attempt.

    Raises:
        ConfigError: for a token that is empty or has line breaks in it.
    """

    value: str | Callable[[], str] = field(repr=False)

    def __post_init__(self) -> None:
        if isinstance(self.value, str):
            _checked("Authorization", self.value)

    def __call__(self, request: Request) -> Mapping[str, str]:
        """Return the header."""
        token = self.value if isinstance(self.value, str) else self.value()
        _checked("Authorization", token)
        return {"Authorization": f"Bearer {token}"}


def authenticated(request: Request, credentials: Any) -> Request:
    """Return the request with what a provider returned.

    Raises:
        ConfigError: where it returned anything but a request or a mapping of strings.
    """
    if isinstance(credentials, Request):
        return credentials
    if not isinstance(credentials, Mapping):
        raise ConfigError("transport.bad-auth", got=type(credentials).__name__)
    for name, value in credentials.items():
        _checked(name, value)
    names = {name.lower() for name in credentials}
    kept = tuple(pair for pair in request.headers if pair[0].lower() not in names)
    return replace(request, headers=(*kept, *credentials.items()))


def renewal(auth: Auth | None, sent: Request, outcome: Any) -> Any:
    """Return what a provider says to a 401: whether, with new credentials, one more try is due."""
    renew = getattr(auth, "renew", None)
    if renew is None or not isinstance(outcome, Response) or outcome.status != 401:
        return False
    return renew(sent)


def _checked(name: str, value: Any) -> None:
    if not isinstance(value, str) or not value or not value.isprintable():
        raise ConfigError("transport.bad-header", name=str(name))
