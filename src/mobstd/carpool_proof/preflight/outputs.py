"""Journeys by verdict, and the reasons, as files: NDJSON, and CSV where it is wanted.

Files are written beside their place and moved there at the end, so that one that is there is whole.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from mobstd.carpool_proof.preflight.judging import Judged
from mobstd.carpool_proof.preflight.verdict import ROWS, VERDICTS
from mobstd.errors import ConfigError
from mobstd.output.table import Table

__all__ = ["Outputs"]

_PART = ".part"
REASONS = ("file", "line", "operator", "operator_journey_id", "verdict", "at_creation")
"""Columns of the reasons, before those of each."""

_OF_REASON = ("rule", "requirement", "weight", "stage", "on", "pointer", "message")


class Outputs:
    """The files of a run in one folder."""

    def __init__(self, folder: Path, files: list[str], lines: IO[bytes], lang: str, table: bool):
        self._folder = folder
        self._files = files
        self._lang = lang
        self._lines = lines
        lines.seek(0)
        self._stack = ExitStack()
        self._names: list[str] = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._journeys = {name: self._open(f"{name}.ndjson") for name in VERDICTS}
            self._reasons = self._open("reasons.ndjson")
            self._rows = Table(self._text("reasons.csv"), (*REASONS, *_OF_REASON))
            self._tables = {name: _Journeys() for name in VERDICTS} if table else {}
        except OSError as error:
            self._stack.close()
            why = str(error.strerror)
            raise ConfigError("output.unwritable", file=str(folder), why=why) from None
        self._said: dict[Any, str] = {}

    def _open(self, name: str) -> IO[bytes]:
        self._names.append(name)
        path = self._folder / (name + _PART)
        return self._stack.enter_context(path.open("wb", buffering=1 << 18))

    def _text(self, name: str) -> IO[str]:
        self._names.append(name)
        path = self._folder / (name + _PART)
        return self._stack.enter_context(
            path.open("w", encoding="utf-8", errors="backslashreplace", newline="")
        )

    def write(self, one: Judged) -> None:
        """Write a journey, and what speaks against it."""
        line = self._lines.readline()
        if line.strip():
            self._journeys[one.verdict].write(line)
            if self._tables:
                self._tables[one.verdict].learn(line)
        if one.reasons:
            self._write_reasons(one)

    def _write_reasons(self, one: Judged) -> None:
        file = self._files[one.source]
        head = [file, one.line, one.operator or "", one.journey or "", one.verdict, one.at_creation]
        said = ",".join([self._as_json(reason) for reason in one.reasons])
        start = json.dumps(dict(zip(REASONS, head, strict=True)), ensure_ascii=False)
        text = f'{start[:-1]}, "reasons": [{said}]}}\n'
        self._reasons.write(text.encode("utf-8", "backslashreplace"))
        for reason in one.reasons:
            parts = (
                reason.rule,
                ROWS[reason.rule],
                reason.weight,
                reason.stage,
                reason.on,
                reason.pointer,
            )
            self._rows.row((*head, *parts, reason.message(self._lang)))

    def _as_json(self, reason: Any) -> str:
        """Return a reason as JSON; those that say nothing of one journey are written once."""
        if reason.params or reason.text:
            return json.dumps(reason.as_json(), ensure_ascii=False)
        key = (reason.rule, reason.weight, reason.on, reason.pointer)
        if key not in self._said:
            self._said[key] = json.dumps(reason.as_json(), ensure_ascii=False)
        return self._said[key]

    def close(self) -> list[str]:
        """Put every file in its place, and return their names."""
        self._stack.close()
        for verdict, table in self._tables.items():
            with self._text(f"{verdict}.csv") as file:
                table.write(self._folder / f"{verdict}.ndjson{_PART}", file)
        for name in self._names:
            (self._folder / (name + _PART)).replace(self._folder / name)
        return sorted(self._names)

    def abandon(self) -> None:
        """Remove what was begun."""
        self._stack.close()
        for name in self._names:
            (self._folder / (name + _PART)).unlink(missing_ok=True)


class _Journeys:
    """Journeys as rows: a column is a JSON path with dots, an empty cell is absent."""

    def __init__(self) -> None:
        self._columns: dict[str, None] = {}

    def learn(self, line: bytes) -> None:
        self._columns |= dict.fromkeys(name for name, _ in _cells(line))

    def write(self, journeys: Path, file: IO[str]) -> None:
        rows = csv.DictWriter(file, list(self._columns))
        rows.writeheader()
        with journeys.open("rb") as lines:
            for line in lines:
                rows.writerow({name: _cell(value) for name, value in _cells(line)})


def _cells(line: bytes) -> Iterator[tuple[str, Any]]:
    """Yield what a line holds by its path, numbers as they are written, however long they are."""
    yield from _leaves(json.loads(line, parse_int=str, parse_float=str), "")


def _leaves(value: Any, at: str) -> Iterator[tuple[str, Any]]:
    """Yield what a document holds by its path; what is empty stands as JSON."""
    if isinstance(value, Mapping) and value:
        for name, one in value.items():
            yield from _leaves(one, f"{at}.{_escaped(name)}" if at else _escaped(name))
    elif isinstance(value, list) and value and at:
        for number, one in enumerate(value):
            yield from _leaves(one, f"{at}.{number}")
    else:
        yield at or "value", value


def _escaped(name: str) -> str:
    return name.replace(".", "\\.")


def _cell(value: Any) -> Any:
    return value if isinstance(value, str) else json.dumps(value)
