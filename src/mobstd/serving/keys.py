"""The keys that open an app."""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from mobstd.errors import ConfigError

__all__ = ["Keys"]


class Keys:
    """The accepted keys; comparing says nothing about them by the time it takes.

    Args:
        keys: the keys; ``None``: open to everybody.

    Raises:
        ConfigError: for one string in place of a list, whose letters would all be keys; for an
            empty key, which everybody has; and for one that no header can carry as it is.
    """

    def __init__(self, keys: Iterable[str] | None) -> None:
        self._known: tuple[bytes, ...] | None = None
        if keys is None:
            return
        listed = ("",) if isinstance(keys, str) else tuple(keys)
        if not all(key and key.isprintable() and key.strip() == key for key in listed):
            raise ConfigError("serving.bad-keys")
        self._known = tuple(key.encode() for key in listed)

    @property
    def asked(self) -> bool:
        """Whether callers need a key at all."""
        return self._known is not None

    def accept(self, key: str | None) -> bool:
        """Say whether a caller with this key may go on."""
        if self._known is None:
            return True
        given = (key or "").encode("latin-1", "replace")
        return any(hmac.compare_digest(given, known) for known in self._known)
