"""How an answer differs from what was sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

from mobstd.judging.pointer import MISSING, join, matches

__all__ = ["Difference", "about", "differences"]

CLOSE = 1e-5
"""How far apart two fractions may be to differ by rounding alone: of degrees, about a metre."""


@dataclass(frozen=True)
class Difference:
    """One value that is not what was sent.

    ``close``: by rounding, by the letter case of a UUID or a digest, by how an accent is written.
    """

    pointer: str
    sent: Any
    came: Any
    close: bool = False


def about(pointer: str, only: Sequence[str], but: Sequence[str]) -> bool:
    """Say whether a pointer is at or below one of ``only``, or of none where empty, not ``but``."""
    inside = not only or any(_below(pointer, one) for one in only)
    return inside and not any(_below(pointer, one) for one in but)


def _below(pointer: str, pattern: str) -> bool:
    return matches(pattern, pointer) or matches(pattern + "/**", pointer)


def differences(sent: Any, came: Any, path: tuple[str | int, ...] = ()) -> Iterator[Difference]:
    """Yield what of ``sent`` is missing or other in ``came``; what was added is not looked at."""
    if isinstance(sent, Mapping) and isinstance(came, Mapping):
        for name, value in sent.items():
            yield from differences(value, came.get(name, MISSING), (*path, name))
        return
    if isinstance(sent, list) and isinstance(came, list) and len(sent) == len(came):
        for place, (one, other) in enumerate(zip(sent, came, strict=True)):
            yield from differences(one, other, (*path, place))
        return
    if _equal(sent, came):
        return
    yield Difference(join(path), sent, None if came is MISSING else came, _close(sent, came))


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _equal(sent: Any, came: Any) -> bool:
    if _number(sent) and _number(came):
        return bool(sent == came)
    return type(sent) is type(came) and bool(sent == came)


def _close(sent: Any, came: Any) -> bool:
    if _number(sent) and _number(came):
        return isinstance(sent, float) and abs(sent - came) <= CLOSE
    if not isinstance(sent, str) or not isinstance(came, str):
        return False
    if len(sent) in (32, 36) and sent.lower() == came.lower():
        return True
    return normalize("NFC", sent) == normalize("NFC", came)
