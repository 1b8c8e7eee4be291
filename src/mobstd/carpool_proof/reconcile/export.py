"""The registry's export of an operator's journeys: its columns of version 3, read and compared.

Money is euros there and cents in journeys, distances kilometres and metres. Instants are rounded up
to ten minutes, in the zone that the export was ordered in, which it does not say: only their place
in the half hour is compared, which is the same in all zones of whole and half hours.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from mobstd.carpool_proof.sending.standing import instant
from mobstd.errors import ConfigError

__all__ = ["Export", "Row", "differences", "exported"]

NEEDED = ("operator_journey_id", "status", "start_datetime")
INCENTIVES = 3
"""How many incentives have columns."""

_NUMBER = re.compile(r"-?[0-9]{1,12}([.,][0-9]{1,12})?")
_STEP = 600
"""Seconds that instants are rounded up to."""


_UNREADABLE = (
    *(OSError, EOFError, UnicodeDecodeError, csv.Error, zipfile.BadZipFile, zlib.error),
    *(NotImplementedError, RuntimeError),  # ways to compress that are not known; a password
)


@dataclass(frozen=True)
class Row:
    """One journey of an export; ``None`` where a cell is empty or can't be read."""

    id: str
    status: str
    day: date | None
    texts: Mapping[str, str]
    metres: int | None
    revenue: int | None
    contribution: int | None
    incentives: tuple[tuple[str, int | None], ...]
    campaigns: int


@dataclass(frozen=True)
class Export:
    """An export, by the operator's ids.

    Attributes:
        rows: the journeys.
        first: the first day that a journey of it starts on.
        last: the last.
    """

    rows: Mapping[str, Row] = field(repr=False)
    first: date | None
    last: date | None

    def covers(self, document: Mapping[str, Any]) -> bool:
        """Say whether a journey surely lies in the days of the export, whatever its zone.

        The first and the last day may be there in part; a zone moves a start by a day at most.
        """
        place = document.get("start")
        start = instant(place.get("datetime")) if isinstance(place, Mapping) else None
        if start is None or self.first is None or self.last is None:
            return False
        day = start.astimezone(UTC).date()
        return self.first + timedelta(days=1) < day < self.last - timedelta(days=1)


def exported(path: Path | str) -> Export:
    """Read an export: a CSV file, or the ZIP file that it comes in.

    Raises:
        ConfigError: where it can't be read, or lacks columns.
    """
    try:
        with _opened(Path(path)) as file:
            rows = {row.id: row for row in _rows(file, str(path))}
    except _UNREADABLE as error:
        raise ConfigError("reconcile.unreadable", file=str(path), why=str(error)) from None
    days = [row.day for row in rows.values() if row.day is not None]
    return Export(rows, min(days, default=None), max(days, default=None))


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    if not zipfile.is_zipfile(path):
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield file
        return
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.lower().endswith(".csv")]
        if len(names) != 1:
            raise ConfigError("reconcile.not-one-table", file=str(path), count=len(names))
        with archive.open(names[0]) as raw:
            yield io.TextIOWrapper(raw, "utf-8-sig", newline="")


def _rows(file: TextIO, path: str) -> Iterator[Row]:
    header = file.readline()
    names = next(csv.reader([header], delimiter=(sign := ";" if ";" in header else ",")), [])
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise ConfigError("reconcile.not-an-export", file=path, missing=", ".join(missing))
    for cells in csv.reader(file, delimiter=sign):
        yield _row(dict(zip(names, cells, strict=False)))


def _row(cells: Mapping[str, str]) -> Row:
    def cents(name: str) -> int | None:
        return _scaled(cells.get(name, ""), 100)

    kept = ("operator_class", "operator_trip_id", "passenger_seats")
    numbers = range(INCENTIVES)
    given = [
        (cells.get(f"incentive_{n}_siret", ""), cents(f"incentive_{n}_amount")) for n in numbers
    ]
    paid = [cents(f"incentive_rpc_{n}_amount") for n in numbers]
    moments = {name: cells.get(name, "") for name in ("start_datetime", "end_datetime")}
    return Row(
        id=cells.get("operator_journey_id", ""),
        status=cells.get("status", ""),
        day=_day(moments["start_datetime"]),
        texts={name: cells[name] for name in kept if cells.get(name)} | moments,
        metres=_scaled(cells.get("distance", ""), 1000),
        revenue=cents("driver_revenue"),
        contribution=cents("passenger_contribution"),
        incentives=tuple(one for one in given if one != ("", None)),
        campaigns=sum(amount or 0 for amount in paid),
    )


def _scaled(text: str, scale: int) -> int | None:
    """Return euros as cents, or kilometres as metres."""
    if not _NUMBER.fullmatch(text):
        return None
    value = Decimal(text.replace(",", ".")) * scale
    return int(value) if value == int(value) else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def differences(document: Mapping[str, Any], row: Row) -> tuple[str, ...]:
    """Return the columns of an export that do not say what was sent; empty cells say nothing."""
    driver, passenger = _part(document, "driver"), _part(document, "passenger")
    pairs = [
        ("distance", document.get("distance"), row.metres),
        ("driver_revenue", driver.get("revenue"), row.revenue),
        ("passenger_contribution", passenger.get("contribution"), row.contribution),
        ("operator_class", document.get("operator_class"), row.texts.get("operator_class")),
        ("operator_trip_id", document.get("operator_trip_id"), row.texts.get("operator_trip_id")),
        ("passenger_seats", f"{passenger.get('seats', 1)}", row.texts.get("passenger_seats")),
    ]
    found = [name for name, sent, told in pairs if told is not None and sent != told]
    for name in ("start", "end"):
        told = row.texts.get(f"{name}_datetime", "")
        sent = instant(_part(document, name).get("datetime"))
        if sent is not None and told[14:16].isdecimal() and _minute(sent) != int(told[14:16]) % 30:
            found.append(f"{name}_datetime")
    given = document.get("incentives")
    listed = [one for one in given if isinstance(one, Mapping)] if isinstance(given, list) else []
    listed.sort(key=_index)
    sums = tuple((one.get("siret"), one.get("amount")) for one in listed[:INCENTIVES])
    if sums != row.incentives:
        found.append("incentives")
    return tuple(found)


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = document.get(name)
    return found if isinstance(found, Mapping) else {}


def _index(incentive: Mapping[str, Any]) -> float:
    found = incentive.get("index")
    return found if isinstance(found, (int, float)) else 0


def _minute(moment: Any) -> int:
    """Return the minute in the half hour of an instant that is rounded up to ten minutes."""
    seconds = moment.astimezone(UTC).timestamp()
    return int(-(-seconds // _STEP) * _STEP // 60 % 30)
