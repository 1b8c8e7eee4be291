"""What became of a journey that was to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from mobstd.messages import language, render

__all__ = ["Expiring", "Fate", "Refusal", "Result"]


class Fate(StrEnum):
    """What became of a journey."""

    ACCEPTED = "accepted"
    """The registry has it, and did not refuse it. Whether it counts is known two days later."""
    REFUSED = "refused"
    """The registry has it, refused by the terms of use; ``labels`` say why."""
    ALREADY = "already"
    """The registry had it before; ``status`` says as what."""
    INVALID = "invalid"
    """Nobody has it: the schema or the registry refuses the document; ``problems`` say where."""
    CLASH = "clash"
    """Not sent: another document was sent under its id. What is there is corrected by PATCH."""
    UNKNOWN = "unknown"
    """Not settled in this run (``because``); the journal keeps it for the next."""


@dataclass(frozen=True)
class Refusal:
    """One reason why a document is refused, without the value, which may be personal.

    Attributes:
        pointer: where, as a JSON Pointer; empty where the whole is meant or nothing is said.
        word: the keyword of the schema, or what the registry says.
    """

    pointer: str
    word: str


@dataclass(frozen=True)
class Result:
    """What became of one journey.

    Attributes:
        id: its ``operator_journey_id``; empty where the document has none.
        fate: what became of it.
        status: the registry's status, where it was read.
        labels: of a refusal by the terms, or of what the registry had found by then.
        problems: of a document that was refused, the reasons.
        by: who refused the document: ``schema`` (it was not sent) or ``registry``.
        because: why the fate is not known: a message code, or ``HTTP`` and a status.
        created_at: when the registry took it, where it said so.
        again: it was settled in an earlier run, and comes from the journal.
    """

    id: str
    fate: Fate
    status: str = ""
    labels: tuple[str, ...] = ()
    problems: tuple[Refusal, ...] = ()
    by: str = ""
    because: str = ""
    created_at: datetime | None = None
    again: bool = False

    @property
    def stored(self) -> bool | None:
        """Whether the registry has this document; ``None`` where that is not known."""
        if self.fate is Fate.UNKNOWN:
            return None
        return self.fate in (Fate.ACCEPTED, Fate.REFUSED, Fate.ALREADY)

    def text(self, lang: str | None = None) -> str:
        """Return this as a sentence."""
        named: dict[str, Any] = {
            "id": self.id or "?",
            "status": self.status or "?",
            "labels": ", ".join(self.labels) or "-",
            "problems": ", ".join(f"{p.pointer or '/'} {p.word}" for p in self.problems) or "-",
            "because": self.because or "-",
        }
        return render(f"sending.fate.{self.fate}", named, language(lang))


@dataclass(frozen=True)
class Expiring:
    """A journey that the registry will refuse soon, or does already, because it comes late.

    Attributes:
        id: its ``operator_journey_id``.
        deadline: until when it has to be there.
        left: the time until then; negative when it is past.
    """

    id: str
    deadline: datetime
    left: timedelta
