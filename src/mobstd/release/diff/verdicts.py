"""What a decided difference says to people: a change, and who of them is hurt."""

from __future__ import annotations

from dataclasses import dataclass

from mobstd.release.diff.change import BREAKING, SAFE, UNKNOWN, Change, Example
from mobstd.release.diff.dialect import REQUEST, RESPONSE
from mobstd.release.diff.library import Library
from mobstd.release.diff.schemas import Decided

__all__ = ["CALLER", "Apis", "changed", "parties"]

CALLER = "caller"


@dataclass(frozen=True)
class Apis:
    """Two API documents for one role.

    Attributes:
        old, new: each library, with the path of the document in it.
        role: who serves it.
        several: pointers are written with their file.
    """

    old: tuple[Library, str]
    new: tuple[Library, str]
    role: str = "server"
    several: bool = False


def parties(hurt: str, direction: str | None, role: str, turned: bool = False) -> tuple[str, ...]:
    """Return who is hurt, by the name of the role; ``turned`` where the role calls."""
    caller, server = (role, CALLER) if turned else (CALLER, role)
    sends = {REQUEST: (caller, server), RESPONSE: (server, caller)}.get(direction or "")
    if sends is None or hurt in ("nobody", "bound"):
        return ()
    return sends if hurt == "both" else (sends[0],) if hurt == "sender" else (sends[1],)


def changed(
    decided: Decided,
    direction: str | None,
    apis: Apis,
    use: str,
    kind: str = "document",
    turned: bool = False,
) -> Change:
    """Return the change that a decided difference of schemas is."""
    difference = decided.difference
    lost, won = decided.lost == "yes", decided.won == "yes"
    hurt = "both" if lost and won else "sender" if lost else "reader" if won else "nobody"
    if hurt == "nobody" and difference.meaning not in ("", "unknown"):
        hurt = difference.meaning
    doubt = "unknown" in (decided.lost, decided.won) or difference.meaning == "unknown"
    verdict = BREAKING if hurt != "nobody" else UNKNOWN if doubt else SAFE
    unsettled = verdict == BREAKING and doubt
    examples = [
        Example(kind, found.document, by, found.pointer, (found.because,))
        for found, by in ((decided.loss, "old"), (decided.gain, "new"))
        if found is not None
    ]
    if not examples and decided.shown:
        examples.append(Example(kind, decided.shown[0], "both"))
    if verdict == BREAKING and not examples:
        verdict, hurt, unsettled = UNKNOWN, "nobody", False
    return Change(
        difference.rule, verdict, hurt, parties(hurt, direction, apis.role, turned), direction,
        decided.old if apis.several else "#" + decided.old.partition("#")[2],
        decided.new if apis.several else "#" + decided.new.partition("#")[2],
        difference.name, difference.before, difference.after, (use,) if use else (),
        tuple(examples), apis.role, unsettled,
    )  # fmt: skip
