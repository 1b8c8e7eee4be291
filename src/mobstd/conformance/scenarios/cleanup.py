"""Undoes what an interrupted run left, from its journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mobstd.conformance.scenarios.debts import UNTOLD
from mobstd.conformance.scenarios.journal import Look, Write, pending
from mobstd.conformance.scenarios.undoing import GONE, seen_gone, takers
from mobstd.conformance.session import SenderLike
from mobstd.errors import TransportError
from mobstd.judging.exchange import Pairs, Request, Response
from mobstd.judging.pointer import get

__all__ = ["Undone", "clean", "is_over"]


@dataclass(frozen=True)
class Undone:
    """What became of one write: the status that came, and whether nothing is left of it."""

    write: Write
    status: int | None
    done: bool


def clean(
    journal: Path | str,
    sender_of: Callable[[Mapping[str, Any]], SenderLike],
    credentials: Mapping[str, Pairs],
    elsewhere: Callable[[Mapping[str, Any], str], SenderLike | None] = lambda about, party: None,
) -> list[Undone]:
    """Send what undoes each write of a journal that may have left something.

    Where nothing is left of any, the journal goes away.

    Args:
        journal: the file.
        sender_of: returns what sends to the target that the journal is about.
        credentials: headers by party: ``own``, and those of another where there is one.
        elsewhere: returns what sends for a party that is not reached at the target.

    Raises:
        ConfigError: where the journal can't be read, or is none.
    """
    about, writes = pending(journal)
    out: list[Undone] = []
    if writes:
        target = sender_of(about)
        for write in writes:
            status, done = None, False
            for party in takers(write.party):
                sender = elsewhere(about, party)
                headers = tuple(credentials.get(party, ()))
                status, done = _undone(write, sender or target, headers, here=sender is None)
                if done:
                    break
            out.append(Undone(write, status, done))
    if all(one.done for one in out):
        Path(journal).unlink(missing_ok=True)
    return out


def _undone(
    write: Write, sender: SenderLike, headers: Pairs, *, here: bool
) -> tuple[int | None, bool]:
    """Undo a write as one party does, and return the status and whether nothing is left of it."""
    status = _status(sender, write.undo, headers)
    done = status in GONE if here else is_over(status)
    if write.look is not None and status is not None:
        done = _read_gone(sender, write.look, done, headers)
    if write.otherwise is not None and status not in UNTOLD:
        status = _status(sender, write.otherwise, headers)
        done = status is not None and 200 <= status < 300
    return status, done


def is_over(status: int | None) -> bool:
    """Say whether an answer ends what is not of the standard: done, or nothing is left of it."""
    return status is not None and (200 <= status < 300 or status in (404, 410))


def _read_gone(sender: SenderLike, look: Look, said: bool, headers: Pairs) -> bool:
    """Read what was undone again: what a target says of it may not be so."""
    read = _sent(sender, look.request, headers)
    if read is None:
        return False
    shows = 200 <= read.status < 300 and read.not_json is None
    state = get(read.json, look.at) if shows else None
    return seen_gone(look, said, read.status, state if isinstance(state, str) else None)


def _status(sender: SenderLike, request: Request, headers: Pairs) -> int | None:
    answer = _sent(sender, request, headers)
    return None if answer is None else answer.status


def _sent(sender: SenderLike, request: Request, headers: Pairs) -> Response | None:
    try:
        return sender.send(replace(request, headers=request.headers + headers))
    except TransportError:
        return None
