"""The journal of a run's writes: each on disk before it is sent, with what undoes it.

One JSON value a line: first what the run is about, then ``write``, ``answered`` and ``undone``. It
holds requests that undo, no credentials, and of persons only those that mobstd invented.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TextIO

from mobstd.errors import ConfigError
from mobstd.judging.exchange import Pairs, Request

__all__ = ["Journal", "Look", "Write", "pending"]

FORMAT = "mobstd-journal"

OWN_FOLDER = ".mobstd"
"""Goes away with the last journal in it."""


@dataclass(frozen=True)
class Look:
    """How to see whether something is undone: what reads it, where its state stands, and which."""

    request: Request
    at: str
    state: str


@dataclass(frozen=True)
class Write:
    """A write that may have left something behind: its number, operation, and what undoes it.

    Attributes:
        party: whose key made it, and has to undo it: ``own``, ``other``, ``wrong`` or ``none``.
        otherwise: what undoes it where ``undo`` does not reach it.
        look: how to see that it is undone; ``None`` where nothing reads it.
    """

    number: int
    operation: str
    undo: Request
    party: str = "own"
    otherwise: Request | None = None
    look: Look | None = None


class Journal:
    """Writes a journal; the file is made with the first write.

    Args:
        path: the file, which must not be there.
        about: the target, the standard and the role.
    """

    def __init__(self, path: Path | str, about: Mapping[str, Any]) -> None:
        self.path = Path(path)
        self._about = about
        self._file: TextIO | None = None
        self._number = 0

    @property
    def used(self) -> bool:
        """Whether anything was written."""
        return self._file is not None

    def intend(
        self,
        operation: str,
        undo: Request | None,
        party: str = "own",
        otherwise: Request | None = None,
        look: Look | None = None,
    ) -> int:
        """Note a write that is about to be sent, and return its number.

        Raises:
            ConfigError: where the file can't be written; nothing is sent then.
        """
        self._number += 1
        line: dict[str, Any] = {"write": self._number, "operation": operation, "undo": None}
        if party != "own":
            line["party"] = party
        if undo is not None:
            line["undo"] = _plain(undo)
        if otherwise is not None:
            line["otherwise"] = _plain(otherwise)
        if look is not None:
            line["look"] = {"request": _plain(look.request), "at": look.at, "state": look.state}
        self._append(line, durably=True)
        return self._number

    def answered(self, number: int, status: int | None) -> None:
        """Note what came: a refusal (4xx) needs no undoing."""
        self._append({"answered": number, "status": status})

    def unsent(self, number: int) -> None:
        """Note that a write was certainly not sent."""
        self._append({"unsent": number})

    def undone(self, undo: Request, status: int | None) -> None:
        """Note that this was undone."""
        self._append({"undone": undo.target, "status": status}, durably=True)

    def _append(self, line: Mapping[str, Any], *, durably: bool = False) -> None:
        try:
            if self._file is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self.path.open("x", encoding="utf-8")
                self._file.write(_line({"format": FORMAT, **self._about}))
            self._file.write(_line(line))
            self._file.flush()
            if durably:
                os.fsync(self._file.fileno())
        except OSError as error:
            raise ConfigError(
                "journal.unwritable", file=str(self.path), why=error.strerror or str(error)
            ) from None

    def close(self, *, clean: bool) -> None:
        """Close the file; where everything was undone, it goes away."""
        if self._file is None:
            return
        self._file.close()
        if clean:
            self.path.unlink(missing_ok=True)
            with suppress(OSError):
                if self.path.parent.name == OWN_FOLDER:
                    self.path.parent.rmdir()


def _plain(request: Request) -> dict[str, Any]:
    out: dict[str, Any] = {"method": request.method, "path": request.path, "query": request.query}
    return out if request.body is None else {**out, "body": json.loads(request.body)}


def _line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


def _lines(path: Path) -> Iterator[Any]:
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise ConfigError(
            "journal.unreadable", file=str(path), why=error.strerror or str(error)
        ) from None
    except UnicodeDecodeError:
        raise ConfigError("journal.broken", file=str(path), line=1) from None
    kept = text.splitlines()
    for number, line in enumerate(kept, 1):
        try:
            yield json.loads(line)
        except ValueError:
            # the last line of a run that was killed may be cut: it was not sent yet
            if number < len(kept):
                raise ConfigError("journal.broken", file=str(path), line=number) from None


def pending(path: Path | str) -> tuple[Mapping[str, Any], list[Write]]:
    """Return what a journal is about, and its writes that are neither refused nor undone.

    The last one first; one that several writes share comes once.

    Raises:
        ConfigError: where it can't be read, or is none.
    """
    path = Path(path)
    about: Mapping[str, Any] | None = None
    writes: dict[int, Write] = {}
    for place, line in enumerate(_lines(path), 1):
        if about is None:
            if not isinstance(line, Mapping) or line.get("format") != FORMAT:
                raise ConfigError("journal.broken", file=str(path), line=1)
            about = line
            continue
        try:
            if line.get("undo"):
                writes[line["write"]] = _write(line)
            elif "answered" in line and 400 <= (line["status"] or 0) < 500:
                writes.pop(line["answered"], None)
            elif "unsent" in line:
                writes.pop(line["unsent"], None)
            elif "undone" in line:
                writes = {n: w for n, w in writes.items() if w.undo.target != line["undone"]}
        except (AttributeError, KeyError, TypeError, ValueError):
            raise ConfigError("journal.broken", file=str(path), line=place) from None
    if about is None:
        raise ConfigError("journal.broken", file=str(path), line=1)
    left: dict[str, Write] = {}
    for write in writes.values():
        before = left.get(write.undo.target)
        if before is not None:
            write = replace(
                write,
                otherwise=write.otherwise or before.otherwise,
                look=write.look or before.look,
            )
        left[write.undo.target] = write
    return about, list(left.values())[::-1]


def _write(line: Mapping[str, Any]) -> Write:
    party = str(line.get("party", "own"))
    other, look = line.get("otherwise"), line.get("look")
    return Write(
        int(line["write"]),
        str(line["operation"]),
        _request(line["undo"]),
        party,
        None if other is None else _request(other),
        None
        if look is None
        else Look(_request(look["request"]), str(look["at"]), str(look["state"])),
    )


def _request(undo: Mapping[str, Any]) -> Request:
    body = json.dumps(undo["body"]).encode() if "body" in undo else None
    headers: Pairs = (("Accept", "application/json"),)
    if body is not None:
        headers += (("Content-Type", "application/json"),)
    query = tuple((str(name), str(value)) for name, value in undo["query"])
    return Request(str(undo["method"]), str(undo["path"]), query, headers, body)
