"""The table of carpool campaigns that the national data platform has.

A row says what a driver and a passenger get for a trip, where and until when. What it says in words
stays in words. It has no id: one is made of the code and the first day, and where two rows would
have the same, of what the row says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import partial
from typing import IO

from mobstd.mobility_aid.importing.admission import admitted, other_format
from mobstd.mobility_aid.importing.campaign import Campaign, columns
from mobstd.mobility_aid.importing.diagnostics import Diagnostic, Imported
from mobstd.mobility_aid.importing.sheet import Sheet, first, unlike

__all__ = ["claims", "imported", "records"]

_NEEDED = ("collectivite", "conducteur_montant_max_par_passager", "zone_sens_des_trajets")


def claims(head: bytes, format: str) -> bool:
    """Say whether the first line holds columns that no other table has."""
    names = first(head)
    return unlike(names, _NEEDED, columns(names)) is None


def records(stream: IO[bytes], format: str, at: str) -> Iterator[Imported]:
    """Yield what becomes of each row, with its line.

    Raises:
        ConfigError: where the first line is not that of the table.
    """
    sheet = Sheet(stream)
    if why := unlike(sheet.columns, _NEEDED, columns(sheet.columns)):
        raise other_format(format, why)
    seen: set[str] = set()
    for line, cells in sheet:
        if isinstance(cells, Diagnostic):
            yield Imported(None, (cells,))
            continue
        row = dict(zip(sheet.columns, cells, strict=True))
        yield admitted(str(line), partial(_next, row, at, line, seen), line)


def _next(row: Mapping[str, str], at: str, line: int, seen: set[str]) -> Imported:
    found = imported(row, at, line)
    if found.aid is None:
        return found
    told, name = list(found.diagnostics), found.aid["id"]
    if name in seen:
        name = f"{name}:{hashlib.sha256(repr(sorted(row.items())).encode()).hexdigest()[:8]}"
        twice = name in seen
        code = "repeated-identifier" if twice else "same-identifier"
        told.append(Diagnostic(str(line), "", code, name, twice, line))
        if twice:
            return Imported(None, tuple(told))
    seen.add(name)
    return Imported({**found.aid, "id": name}, tuple(told))


def imported(row: Mapping[str, str], at: str, line: int | None = None) -> Imported:
    """Return the aid that a row says.

    Args:
        row: its cells as text, by column.
        at: when it is read, as a date and time with its offset.
        line: where it begins, from 1.
    """
    return Campaign(row, at, line).read()
