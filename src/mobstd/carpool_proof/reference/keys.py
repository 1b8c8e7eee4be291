"""Who may ask: pairs of keys, and the tokens that they are exchanged for."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from joserfc.jwt import decode, encode

from mobstd.carpool_proof.reference.clock import Clock
from mobstd.errors import ConfigError

__all__ = [
    "ADMIN", "DEFAULTS", "ROLE", "Ended", "Known", "Pair", "Tokens", "Wrong", "digest", "pairs_of",
]  # fmt: skip

ROLE, ADMIN = "operator.application", "operator.admin"
_MARK = "/admin"
_ISSUER, _ALGORITHM = "urn:mobstd:sandbox:carpool-proof", "HS256"


@dataclass(frozen=True)
class Pair:
    """A pair of keys of an operator; its ``repr`` hides the secret.

    Attributes:
        operator: the registry's number of the operator.
        access_key: the public half.
        secret_key: the secret half.
        role: what it may do; an administrator may all that an application may, and manages keys.
    """

    operator: int
    access_key: str
    secret_key: str = field(repr=False)
    role: str = ROLE


class Known(NamedTuple):
    """What the database knows of a pair: whose it is, the digest of its secret, whether it is gone.

    One that was named at the start is there once it was taken back.
    """

    operator: int
    digest: str
    gone: bool


def digest(secret_key: str) -> str:
    """Return what is kept of a secret, which is random and long."""
    return hashlib.sha256(secret_key.encode("utf-8", "replace")).hexdigest()


DEFAULTS = (
    *(
        Pair(number, f"00000000-0000-4000-a000-00000000000{number}", f"sandbox-secret-{number}")
        for number in (1, 2, 3)
    ),
    *(
        Pair(
            number, f"00000000-0000-4000-b000-00000000000{number}", f"sandbox-admin-{number}", ADMIN
        )
        for number in (1, 2, 3)
    ),
)
"""Who may ask where nobody was said: three operators, with keys that everybody knows, and then the
administrators of the same."""


def pairs_of(texts: Iterable[str] | None) -> tuple[Pair, ...]:
    """Return the pairs that texts name, each ``OPERATOR:ACCESS_KEY:SECRET_KEY``.

    ``OPERATOR/admin`` names the pair of an administrator.

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
    role = ADMIN if number.endswith(_MARK) else ROLE
    number = number.removesuffix(_MARK)
    whole = number.isascii() and number.isdecimal() and 0 < int(number) < 2**31
    if not (whole and access and secret):
        raise ConfigError("proof.bad-pair")
    return Pair(int(number), access, secret, role)


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

    @property
    def named(self) -> Iterable[Pair]:
        """The pairs that were named at the start."""
        return self._pairs.values()

    def exchange(self, access_key: str, secret_key: str, known: Known | None = None) -> str | None:
        """Return a token for a pair of keys, ``None`` for a wrong one.

        Args:
            access_key: the public half.
            secret_key: the secret half.
            known: what the database knows of the pair.
        """
        pair = self._pairs.get(access_key)
        if known is not None and (pair is None or known.gone):
            right, pair = known.digest, Pair(known.operator, access_key, "")
        else:
            right = "" if pair is None else digest(pair.secret_key)
        same = hmac.compare_digest(right, digest(secret_key))
        if pair is None or not same or (known is not None and known.gone):
            return None
        now = int(self._machine())
        claims = {
            "iss": _ISSUER,
            "sub": pair.access_key,
            "azp": pair.access_key,
            "email": pair.access_key,
            "name": f"{pair.role}:{pair.operator}",
            "iat": now,
            "exp": now + self._life,
            "at": self._clock.now(),
            "made": access_key not in self._pairs,
        }
        return encode({"alg": _ALGORITHM, "typ": "JWT"}, claims, self._key)

    def operator(self, token: str) -> int:
        """Return whose a token is; see ``bearer``."""
        return self.bearer(token).operator

    def claimed(self, token: str) -> Pair | None:
        """Return the pair that a token names, whoever signed it: a fault asks for that."""
        try:
            said = token.split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)))
            return self._pairs.get(claims["sub"])
        except (IndexError, ValueError, KeyError, TypeError):
            return None

    def bearer(self, token: str) -> Pair:
        """Return the pair that a token was given for, without the secret of one that was made.

        Raises:
            Wrong: for one that is none of ours.
            Ended: for one that has ended.
        """
        try:
            claims: dict[str, Any] = decode(token, self._key, algorithms=[_ALGORITHM]).claims
            if claims.get("made"):
                role, _, number = claims["name"].partition(":")
                pair = Pair(int(number), claims["sub"], "", role)
            else:
                pair = self._pairs[claims["sub"]]
            ends, at = int(claims["exp"]), int(claims["at"])
        except (JoseError, ValueError, KeyError, TypeError, AttributeError):
            raise Wrong from None
        if self._machine() >= ends or self._clock.now() - at >= self._life * 1000:
            raise Ended
        return pair
