"""What was sent, from a journal or a file of journeys, and what the registry says of it now."""

from __future__ import annotations

import codecs
import io
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from mobstd.carpool_proof.reconcile.judging import Found
from mobstd.carpool_proof.sending.delivery import Patience, look
from mobstd.carpool_proof.sending.driving import Driver
from mobstd.carpool_proof.sending.entries import Entry, entries, is_journal
from mobstd.carpool_proof.sending.result import Fate, Result
from mobstd.errors import ConfigError
from mobstd.validation.reading import MAX_DOCUMENT, numbered_lines, parse

__all__ = ["sent", "standings"]

AHEAD = 4
"""How many statuses are under way or waiting, for each request at once."""


def sent(path: Path | str) -> Iterator[Entry]:
    """Yield what was sent: of a journal, or of journeys as NDJSON or a JSON array.

    Args:
        path: the file; ``-`` is stdin, for journeys.

    Raises:
        ConfigError: where it can't be read, or a journey of it has no id.
    """
    if str(path) == "-":
        yield from _listed(sys.stdin.buffer.read(MAX_DOCUMENT + 1), "-")
        return
    try:
        journal = is_journal(Path(path))
        raw = b"" if journal else _read(Path(path))
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ConfigError("reconcile.unreadable", file=str(path), why=why) from None
    yield from entries(path) if journal else _listed(raw, str(path))


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_DOCUMENT + 1)


def _listed(raw: bytes, path: str) -> Iterator[Entry]:
    """Yield the journeys of a list, or of lines; what is none is named by its place or its line."""
    place = 0
    try:
        if len(raw) > MAX_DOCUMENT:
            raise ValueError
        if raw.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"[":
            journeys = list(enumerate(parse(raw), 1))
        else:
            journeys = []
            for place, line in numbered_lines(io.BytesIO(raw)):
                journeys.append((place, parse(line or b"")))
    except ValueError:
        raise ConfigError("reconcile.not-journeys", file=path, place=place) from None
    for place, journey in journeys:
        name = journey.get("operator_journey_id") if isinstance(journey, Mapping) else None
        if not isinstance(name, str) or not name:
            raise ConfigError("reconcile.not-journeys", file=path, place=place)
        yield Entry(journey, None, None, Result(name, Fate.UNKNOWN))


def standings(
    client: Any, these: Iterable[Entry], *, concurrency: int = 8, attempts: int = 5
) -> Iterator[tuple[Entry, Found]]:
    """Yield each entry with what the registry says of it, in order.

    What was refused as a document is not asked for: the registry has not got it.

    Raises:
        ApiError: the registry refuses the caller.
    """
    driver, patience = Driver(client), Patience(attempts=attempts)

    def read(entry: Entry) -> Found:
        if entry.result.fate is Fate.INVALID:
            return None
        return driver.drive(look(entry.result.id, patience=patience), time.sleep)

    waiting: deque[tuple[Entry, Future[Found]]] = deque()
    with ThreadPoolExecutor(concurrency, "mobstd-reconcile") as pool:
        try:
            for entry in these:
                waiting.append((entry, pool.submit(read, entry)))
                if len(waiting) >= concurrency * AHEAD:
                    first, future = waiting.popleft()
                    yield first, future.result()
            while waiting:
                first, future = waiting.popleft()
                yield first, future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
