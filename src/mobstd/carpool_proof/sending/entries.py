"""What stands in a journal: read while somebody sends, or after."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from mobstd.carpool_proof.sending.result import Fate, Refusal, Result
from mobstd.carpool_proof.sending.standing import instant
from mobstd.errors import ConfigError

__all__ = ["Entry", "entries", "is_journal", "plain", "result_of"]

_MAGIC = b"SQLite format 3\x00"


@dataclass(frozen=True)
class Entry:
    """A journey of a journal, as it stands there.

    Attributes:
        document: the journey.
        taken_at: when it was written down.
        posted_at: when it was first about to be posted, ``None`` where it was not.
        result: what became of it; ``UNKNOWN`` where that is not settled.
    """

    document: Mapping[str, Any]
    taken_at: datetime | None
    posted_at: datetime | None
    result: Result


def is_journal(path: Path) -> bool:
    """Say whether a file is a journal, by its first bytes."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def entries(path: Path | str) -> Iterator[Entry]:
    """Yield what stands in a journal, in the order of taking; somebody may be sending.

    Raises:
        ConfigError: where it can't be read, or is none.
    """
    try:
        address = Path(path).resolve().as_uri() + "?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as base:
            rows = base.execute(
                "SELECT id, document, taken_at, posted_at, result FROM journeys ORDER BY place"
            )
            for name, text, taken, posted, result in rows:
                found = result_of(result) if result else Result(name, Fate.UNKNOWN)
                yield Entry(json.loads(text), instant(taken), instant(posted), found)
    except (sqlite3.Error, ValueError) as error:
        raise ConfigError("sending.no-journal", file=str(path), why=str(error)) from None


def plain(result: Result) -> str:
    """Return a result as a journal has it."""
    told = {
        "id": result.id,
        "fate": result.fate,
        "status": result.status,
        "labels": result.labels,
        "problems": [[problem.pointer, problem.word] for problem in result.problems],
        "by": result.by,
        "because": result.because,
        "created_at": result.created_at and result.created_at.isoformat(),
    }
    return json.dumps({name: value for name, value in told.items() if value}, ensure_ascii=False)


def result_of(text: str) -> Result:
    """Return what a journal has of a result."""
    told = json.loads(text)
    return Result(
        id=told.get("id", ""),
        fate=Fate(told["fate"]),
        status=told.get("status", ""),
        labels=tuple(told.get("labels", ())),
        problems=tuple(Refusal(*pair) for pair in told.get("problems", ())),
        by=told.get("by", ""),
        because=told.get("because", ""),
        created_at=instant(told.get("created_at")),
    )
