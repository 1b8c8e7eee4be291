"""A change between two versions, decided: who is hurt, and what shows it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from mobstd.messages import Words

__all__ = [
    "BREAKING",
    "SAFE",
    "UNKNOWN",
    "Change",
    "Example",
    "Hurt",
    "Verdict",
    "fingerprint",
    "level_of",
    "merged",
]

Verdict = str
Hurt = str

BREAKING, SAFE, UNKNOWN = "breaking", "safe", "unknown"
_VERDICTS = (SAFE, UNKNOWN, BREAKING)
_LEVELS = ("patch", "minor", "major")
_WORDS = frozenset(("DIFF-TEXT-01", "DIFF-FORM-01", "DIFF-EXTENSION-01"))


@dataclass(frozen=True)
class Example:
    """What shows a change: a document or an exchange, really judged on both sides.

    Attributes:
        kind: ``document``, ``request`` or ``response``.
        value: the document, or the request or response as an object.
        accepted_by: ``old``, ``new`` or ``both``.
        pointer: where in it the other side refuses it.
        because: why it does; empty where nobody refuses it.
    """

    kind: str
    value: Any
    accepted_by: str
    pointer: str = ""
    because: tuple[Words, ...] = ()


@dataclass(frozen=True)
class Change:
    """One change.

    Attributes:
        rule: such as ``DIFF-RANGE-01``.
        verdict: ``breaking`` (an example shows it), ``safe`` (it is proven), ``unknown``.
        hurt: ``sender``, ``reader``, ``both`` or ``nobody``; ``bound`` where a row binds parties.
        roles: the parties that are hurt, by name.
        direction: ``request``, ``response`` or ``None`` for a schema or a row alone.
        old, new: where it is written, on each side.
        name: the member, parameter, status, row... that it is about.
        uses: the operations that it is met in.
        unsettled: whether the other side may be hurt too, which nothing shows or rules out.
    """

    rule: str
    verdict: Verdict
    hurt: Hurt = "nobody"
    roles: tuple[str, ...] = ()
    direction: str | None = None
    old: str = ""
    new: str = ""
    name: str = ""
    before: Any = None
    after: Any = None
    uses: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    role: str = field(default="", compare=False)
    unsettled: bool = False

    @property
    def level(self) -> str:
        """The part of a semantic version that it calls for: ``major``, ``minor`` or ``patch``."""
        if self.verdict != SAFE:
            return "major"
        return "patch" if self.rule in _WORDS else "minor"


def fingerprint(change: Change) -> str:
    """Return what stays the same for this change from run to run."""
    parts = (change.rule, change.direction or "", change.old, change.new, change.name)
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:16]


def level_of(changes: Iterable[Change]) -> str:
    """Return what all changes together call for; ``none`` where there are none."""
    return max((c.level for c in changes), key=_LEVELS.index, default="none")


def merged(changes: Iterable[Change], most: int) -> list[Change]:
    """Return the changes with those that are one, met in several operations, made one.

    After so many the last one says that there are more.
    """
    found: dict[tuple[str, ...], Change] = {}
    for change in changes:
        key = (change.rule, change.direction or "", change.old, change.new, change.name)
        known = found.get(key)
        if known is None and len(found) >= most:
            return [*found.values(), Change("DIFF-LIMIT-01", UNKNOWN, before=most)]
        if known is None:
            found[key] = change
            continue
        worst, other = known, change
        if _VERDICTS.index(change.verdict) > _VERDICTS.index(known.verdict):
            worst, other = change, known
        found[key] = replace(
            worst,
            uses=tuple(dict.fromkeys((*known.uses, *change.uses))),
            roles=tuple(dict.fromkeys((*worst.roles, *other.roles))),
            unsettled=known.unsettled or change.unsettled,
        )
    return list(found.values())
