"""Who is asking: for services that give to each caller what is theirs."""

from __future__ import annotations

import hashlib
from contextvars import ContextVar

__all__ = ["caller", "calling"]

_CALLER: ContextVar[str | None] = ContextVar("mobstd_caller", default=None)


def caller() -> str | None:
    """Return a name for the key of the request that is being answered; ``None`` without a key.

    The same key has the same name, always; the key can't be told from it. Only a key that the app
    accepts gets this far.
    """
    return _CALLER.get()


def calling(key: str | None) -> None:
    """Note the key of the request that is answered from here on."""
    _CALLER.set(None if key is None else hashlib.sha256(key.encode()).hexdigest()[:32])
