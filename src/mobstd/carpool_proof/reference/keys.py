"""Who may ask: pairs of keys, and the tokens that they are exchanged for."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from joserfc.jwt import decode, encode

from mobstd.carpool_proof.reference.clock import Clock
from mobstd.errors import ConfigError

__all__ = ["DEFAULTS", "ROLE", "Ended", "Pair", "Tokens", "Wrong", "pairs_of"]

ROLE = "operator.application"
_ISSUER, _ALGORITHM = "urn:mobstd:sandbox:carpool-proof", "HS256"


@dataclass(frozen=True)
class Pair:
    """A pair of keys of an operator; its ``repr`` hides the secret.

    Attributes:
        operator: the registry's number of the operator.
        access_key: the public half.
        secret_key: the secret half.
    """

    operator: int
    access_key: str
    secret_key: str = field(repr=False)


DEFAULTS = tuple(
    Pair(number, f"00000000-0000-4000-a000-00000000000{number}", f"sandbox-secret-{number}")
    for number in (1, 2, 3)
)
"""Who may ask where nobody was said: three operators, with keys that everybody knows."""


def pairs_of(texts: Iterable[str] | None) -> tuple[Pair, ...]:
    """Return the pairs that texts name, each ``OPERATOR:ACCESS_KEY:SECRET_KEY``.

    Raises:
        ConfigError: for anything else, and for a public half that stands twice.
    """
    if texts is None:
        return DEFAULTS
    found = tuple(map(_pair, texts))
    if len({pair.access_key for pair in found}) < len(found):
        raise ConfigError("proof.bad-pair")
    return found


def _pair(text: str) -> Pair:
    number, _, keys = text.partition(":")
    access, _, secret = keys.partition(":")
    whole = number.isascii() and number.isdecimal() and 0 < int(number) < 2**31
    if not (whole and access and secret):
        raise ConfigError("proof.bad-pair")
    return Pair(int(number), access, secret)


class Wrong(Exception):
    """A token that is none of ours."""


class Ended(Exception):
    """A token that was right."""


class Tokens:
    """Makes tokens and reads them.

    A token ends by the clock of the machine, as its claims say, or earlier where the clock of the
    sandbox was moved by as much as it lives.

    Args:
        pairs: who may ask.
        secret: what tokens are signed with.
        life: seconds that they live.
        clock: that of the sandbox.
        machine: seconds, as the machine has them.
    """

    def __init__(
        self,
        pairs: Iterable[Pair],
        secret: str,
        life: int,
        clock: Clock,
        machine: Callable[[], float] = time.time,
    ) -> None:
        self._pairs = {pair.access_key: pair for pair in pairs}
        self._key = OctKey.import_key(secret)
        self._life = life
        self._clock = clock
        self._machine = machine

    @property
    def example(self) -> tuple[str, str]:
        """A pair to show: one that everybody knows, or placeholders."""
        known = next((pair for pair in self._pairs.values() if pair in DEFAULTS), None)
        return (known.access_key, known.secret_key) if known else ("ACCESS_KEY", "SECRET_KEY")

    def exchange(self, access_key: str, secret_key: str) -> str | None:
        """Return a token for a pair of keys, ``None`` for a wrong one."""
        pair = self._pairs.get(access_key)
        known = "" if pair is None else pair.secret_key
        same = hmac.compare_digest(known.encode(), secret_key.encode("utf-8", "replace"))
        if pair is None or not same:
            return None
        now = int(self._machine())
        claims = {
            "iss": _ISSUER,
            "sub": pair.access_key,
            "azp": pair.access_key,
            "email": pair.access_key,
            "name": f"{ROLE}:{pair.operator}",
            "iat": now,
            "exp": now + self._life,
            "at": self._clock.now(),
        }
        return encode({"alg": _ALGORITHM, "typ": "JWT"}, claims, self._key)

    def operator(self, token: str) -> int:
        """Return whose a token is.

        Raises:
            Wrong: for one that is none of ours.
            Ended: for one that has ended.
        """
        try:
            claims: dict[str, Any] = decode(token, self._key, algorithms=[_ALGORITHM]).claims
            pair = self._pairs[claims["sub"]]
            ends, at = int(claims["exp"]), int(claims["at"])
        except (JoseError, ValueError, KeyError, TypeError):
            raise Wrong from None
        if self._machine() >= ends or self._clock.now() - at >= self._life * 1000:
            raise Ended
        return pair.operator
