"""SIREN and SIRET: their keys, as INSEE computes them."""

from __future__ import annotations

__all__ = ["is_siren", "is_siret"]

_DIGITS = frozenset("0123456789")
_LA_POSTE = "356000000"


def is_siren(text: str) -> bool:
    """Say whether a text is a SIREN: nine digits with a right key."""
    return len(text) == 9 and set(text) <= _DIGITS and _luhn(text) % 10 == 0


def is_siret(text: str) -> bool:
    """Say whether a text is a SIRET: fourteen digits with a right key.

    Establishments of La Poste have a key of their own: their digits sum up to a multiple of five.
    """
    if len(text) != 14 or not set(text) <= _DIGITS or not is_siren(text[:9]):
        return False
    if _luhn(text) % 10 == 0:
        return True
    return text.startswith(_LA_POSTE) and sum(map(int, text)) % 5 == 0


def _luhn(digits: str) -> int:
    doubled = (int(d) * (1 + n % 2) for n, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled)
