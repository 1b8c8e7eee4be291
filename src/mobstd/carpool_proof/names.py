"""Last names as the registry's derivations want them: capital letters and spaces.

The registry says: capitals, no accents, hyphens and apostrophes become a space. It is silent on
ligatures, typographic apostrophes, letters that no accent explains, digits, dots, repeated spaces
and other scripts. This is the one rule for all of it, in this order:

1. canonical decomposition (NFD), and no combining marks;
2. ASCII letters in capitals; hyphen, apostrophe and space become a space;
3. any other letter, of any script, becomes what AnyAscii writes for it (``Œ`` is ``OE``, ``ß`` is
   ``SS``, ``ł`` is ``L``), in capitals;
4. anything else (typographic apostrophes, dots, digits, symbols) becomes a space;
5. spaces are joined, and dropped at both ends.

Steps 3 to 5 are ours: where they were needed, ``Name.notes`` says so.
"""

from __future__ import annotations

import unicodedata
import warnings
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from mobstd.errors import MissingExtra, MobstdWarning, UsageError
from mobstd.messages import render

__all__ = ["IdentityWarning", "Name", "NameRefused", "Note", "normalised"]

Note = Literal["letters", "script", "signs", "digits", "spaces"]
"""What the registry does not say how to write: a Latin letter that is no letter with an accent,
another script, a sign other than hyphen and apostrophe, a digit, or spaces that are doubled or
stand at an end."""

_SPACES = " -'"


class IdentityWarning(MobstdWarning):
    """A key was derived by a rule of ours, because the registry has none for such a name."""


class NameRefused(UsageError):
    """A name of which no letter is left. The message does not hold it."""


@dataclass(frozen=True)
class Name:
    """A last name, normalised; it does not show itself in ``repr``.

    Attributes:
        value: letters A to Z and single spaces.
        notes: what a rule of ours was needed for; empty: the registry's own rule was enough.
    """

    value: str = field(repr=False)
    notes: frozenset[Note] = frozenset()

    def warn(self, stacklevel: int = 2) -> None:
        """Warn where the registry's rule was not enough."""
        if self.notes:
            said = ", ".join(sorted(self.notes))
            message = render("proof.name.unspecified", {"notes": said})
            warnings.warn(message, IdentityWarning, stacklevel=stacklevel + 1)


@lru_cache(4096)
def normalised(last_name: str) -> Name:
    """Return a last name as the derivations want it.

    Raises:
        NameRefused: where no letter is left.
        MissingExtra: for a letter that only AnyAscii can write, without the extra ``sign``.
    """
    notes: set[Note] = set()
    decomposed = unicodedata.normalize("NFD", last_name)
    written = "".join(_written(char, notes) for char in decomposed)
    joined = " ".join(written.split(" ")).strip()
    while "  " in joined:
        joined = joined.replace("  ", " ")
    if joined != written:
        notes.add("spaces")
    if not joined:
        raise NameRefused("proof.name.empty")
    return Name(joined, frozenset(notes))


def _written(char: str, notes: set[Note]) -> str:
    if char.isascii() and char.isalpha():
        return char.upper()
    if char in _SPACES:
        return " "
    kind = unicodedata.category(char)
    if kind == "Mn" or "\u0300" <= char <= "\u036f":
        if not "\u0300" <= char <= "\u036f":
            notes.add("script")
        return ""
    if kind[0] == "L" and kind != "Lm":
        latin = unicodedata.name(char, "").startswith("LATIN")
        notes.add("letters" if latin else "script")
        return "".join(c for c in _ascii(char).upper() if "A" <= c <= "Z")
    notes.add("digits" if kind == "Nd" else "signs")
    return " "


def _ascii(char: str) -> str:
    try:
        from anyascii import anyascii
    except ImportError:
        raise MissingExtra("proof.needs-sign") from None
    return str(anyascii(char))
