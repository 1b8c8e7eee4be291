"""What a service says when it is more than one model or a list of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mobstd.errors import ConfigError, MobstdError

__all__ = ["Refuse", "Reply"]


class Refuse(MobstdError):
    """Raised by a service: the request is refused with ``status`` and a reason in words.

    ``raise Refuse(404, "missing_booking")`` becomes the body that the standard documents for this
    status. The reason is sent to the caller: it must hold nothing secret.

    Attributes:
        status: an HTTP status of 400 and above.
        reason: what the caller reads.
        headers: headers that go with it.

    Raises:
        ConfigError: for another status, or a header that HTTP cannot carry.
    """

    def __init__(
        self, status: int, reason: str = "", *, headers: Mapping[str, str] | None = None
    ) -> None:
        if not 400 <= status <= 599:
            raise ConfigError("serving.bad-status", status=status)
        super().__init__("serving.refused", status=status, reason=reason)
        self.status = status
        self.reason = reason
        self.headers = _sendable(headers or {})


@dataclass(frozen=True)
class Reply:
    """Returned by a service: a body with a status or headers of its own.

    Attributes:
        body: a model, a list, plain data, JSON already written as bytes, or ``None``: no body.
        status: the status; the first success that the operation documents when ``None``.
        headers: headers that go with it.

    Raises:
        ConfigError: for a header that HTTP cannot carry.
    """

    body: Any = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _sendable(self.headers)


def _sendable(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers as they are.

    Raises:
        ConfigError: for one with line breaks, or characters beyond Latin-1.
    """
    for name, value in headers.items():
        try:
            f"{name}{value}".encode("latin-1")
        except UnicodeEncodeError:
            raise ConfigError("serving.bad-header", name=repr(name)) from None
        if not (name and name.isprintable() and value.isprintable()):
            raise ConfigError("serving.bad-header", name=repr(name))
    return dict(headers)
