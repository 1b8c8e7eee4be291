"""Journeys as the files that the registry makes: the export of an operator, and open data.

Columns, separator and rounding are the registry's. What it knows and the sandbox does not is empty:
campaigns, and the names behind numbers of companies.
"""

from __future__ import annotations

import csv
import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any, NamedTuple
from zoneinfo import ZoneInfo

from mobstd.carpool_proof.reference.communes import AREAS, Commune, Communes
from mobstd.carpool_proof.reference.rounding import Rounding
from mobstd.carpool_proof.reference.status import SHOWN
from mobstd.carpool_proof.rules.profile import Profile
from mobstd.serving.database import Connection

__all__ = ["OPEN_DATA", "Published", "export", "export_columns", "open_data", "write"]

Row = dict[str, Any]
_MOMENT = ("datetime", "%Y-%m-%d %H:%M:%S"), ("date", "%Y-%m-%d"), ("time", "%H:%M:%S")
_PLACE = ("insee", "commune", *AREAS)


_END = (
    *(name for name, _ in _MOMENT),
    *("lon", "lat", "insee", "department", "town", "towngroup", "country"),
)
OPEN_DATA = (
    *("journey_id", "trip_id"),
    *(f"journey_{end}_{name}" for end in ("start", "end") for name in _END),
    *("passenger_seats", "operator_class"),
    *("journey_distance", "journey_duration", "has_incentive"),
)
"""The columns of open data, in their order."""


class _Journey(NamedTuple):
    id: int
    operator: int
    start: int
    end: int
    status: str
    document: str


def _journeys(
    db: Connection, since: int, until: int, operator: int | None
) -> Iterator[tuple[_Journey, Row]]:
    """Yield what the registry exports: what was located and is in the process."""
    mine = "" if operator is None else " AND operator = ?"
    rows = db.execute(
        f'SELECT id, operator, start, "end", {SHOWN}, document FROM journeys'
        f" WHERE start >= ? AND start < ? AND acquisition = 'processed'{mine} ORDER BY start, id",
        (since, until, *([] if operator is None else [operator])),
    )
    for found in map(_Journey._make, rows):
        yield found, json.loads(found.document)


def export_columns(profile: Profile) -> list[str]:
    """Return the columns of the file of an operator, in their order."""
    number = profile["export"]["incentives"]
    moments = [f"{end}_{name}" for end in ("start", "end") for name, _ in _MOMENT]
    places = [f"{end}_{name}" for end in ("start", "end") for name in ("lat", "lon")]
    return [
        *("journey_id", "operator_trip_id", "operator_journey_id", "operator_class", "status"),
        *moments,
        *("duration", "distance"),
        *places,
        *(f"{end}_{name}" for end in ("start", "end") for name in _PLACE),
        *("operator_passenger_id", "passenger_identity_key"),
        *("operator_driver_id", "driver_identity_key"),
        *("driver_revenue", "passenger_contribution", "passenger_seats"),
        *("cee_application", "incentive_type"),
        *(f"incentive_{n}_{x}" for n in range(number) for x in ("siret", "name", "amount")),
        *(
            f"incentive_rpc_{n}_{x}"
            for n in range(number)
            for x in ("campaign_id", "campaign_name", "siret", "name", "amount")
        ),
    ]


def export(
    db: Connection,
    profile: Profile,
    communes: Communes,
    zone: ZoneInfo,
    span: tuple[int, int],
    operator: int,
) -> Iterator[Row]:
    """Yield the journeys of an operator that start within a span, as its file has them."""
    rounding, number = Rounding(profile["export"], zone), profile["export"]["incentives"]
    for found, document in _journeys(db, *span, operator):
        row: Row = dict.fromkeys(export_columns(profile), "")
        driver, passenger = document["driver"], document["passenger"]
        row |= {
            "journey_id": str(found.id),
            "operator_trip_id": document["operator_trip_id"],
            "operator_journey_id": document["operator_journey_id"],
            "operator_class": document["operator_class"],
            "status": found.status,
            "duration": _clock((found.end - found.start) // 1000),
            "distance": document["distance"] / 1000,
            "operator_passenger_id": passenger["identity"]["operator_user_id"],
            "passenger_identity_key": passenger["identity"]["identity_key"],
            "operator_driver_id": driver["identity"]["operator_user_id"],
            "driver_identity_key": driver["identity"]["identity_key"],
            "driver_revenue": driver["revenue"] / 100,
            "passenger_contribution": passenger["contribution"] / 100,
            "passenger_seats": passenger.get("seats", 1),
            "cee_application": False,
            "incentive_type": "normal",
        }
        for end, at in (("start", found.start), ("end", found.end)):
            moment = rounding.moment(at)
            row |= {f"{end}_{name}": moment.strftime(form) for name, form in _MOMENT}
            place = document[end]
            where = communes.at(place["lat"], place["lon"])
            row |= {f"{end}_{x}": rounding.degrees(place[x], where) for x in ("lat", "lon")}
            row |= {f"{end}_{name}": value for name, value in _areas(where).items()}
        for n, incentive in enumerate(document["incentives"][:number]):
            row[f"incentive_{n}_siret"] = incentive["siret"]
            row[f"incentive_{n}_amount"] = incentive["amount"] / 100
        yield row


def _areas(where: Commune) -> dict[str, str]:
    return {"insee": where.insee, "commune": where.name, **where.areas}


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


@dataclass(frozen=True)
class Published:
    """What is published of a month, and how much of it hides persons.

    Attributes:
        rows: the journeys that are shown.
        statistics: ``total``, ``exposed``, ``removed``, ``removed_start``, ``removed_end`` and
            ``removed_both``.
    """

    rows: Sequence[Row]
    statistics: Mapping[str, int]


def open_data(
    db: Connection, profile: Profile, communes: Communes, span: tuple[int, int]
) -> Published:
    """Return the journeys that start within a span, as open data shows them.

    A journey is left out where its commune of start, or that of its end, is too rare in the file.
    """
    rule = profile["open_data"]
    rare: Callable[[int], bool] = rule.bites("occurrences")
    rounding = Rounding(rule, ZoneInfo(rule["zone"]))
    rows = [
        _opened(found, document, communes, rounding, rule["end_from_start"])
        for found, document in _journeys(db, *span, None)
    ]
    counts = {end: Counter(row[f"journey_{end}_insee"] for row in rows) for end in ("start", "end")}
    removed = {"start": 0, "end": 0, "both": 0}
    shown = []
    for row in rows:
        hidden = [e for e in counts if rare(counts[e][row[f"journey_{e}_insee"]])]
        for end in hidden:
            removed[end] += 1
        removed["both"] += len(hidden) == 2
        if not hidden:
            shown.append(row)
    statistics = {
        "total": len(rows),
        "exposed": len(shown),
        "removed": len(rows) - len(shown),
        **{f"removed_{name}": number for name, number in removed.items()},
    }
    return Published(shown, statistics)


def _opened(
    found: _Journey, document: Row, communes: Communes, rounding: Rounding, from_start: bool
) -> Row:
    trip = document["operator_trip_id"] or secrets.token_hex(32)
    row: Row = {
        "journey_id": str(found.id),
        "trip_id": hashlib.sha256(trip.encode("utf-8", "replace")).hexdigest(),
    }
    for end, at in (("start", found.start), ("end", found.end)):
        moment, place = rounding.moment(at), document[end]
        where = communes.at(place["lat"], place["lon"])
        told = rounding.moment(found.start) if from_start and end == "end" else moment
        row |= {
            f"journey_{end}_datetime": told.isoformat(),
            f"journey_{end}_date": moment.strftime("%Y-%m-%d"),
            f"journey_{end}_time": moment.strftime("%H:%M:%S"),
            f"journey_{end}_lon": rounding.degrees(place["lon"], where),
            f"journey_{end}_lat": rounding.degrees(place["lat"], where),
            f"journey_{end}_insee": where.insee,
            f"journey_{end}_department": where.areas.get("departement", ""),
            f"journey_{end}_town": where.name,
            f"journey_{end}_towngroup": where.areas.get("epci", ""),
            f"journey_{end}_country": where.areas.get("pays", ""),
        }
    return row | {
        "passenger_seats": document["passenger"].get("seats", 1),
        "operator_class": document["operator_class"],
        "journey_distance": document["distance"],
        "journey_duration": (found.end - found.start + 30_000) // 60_000,
        "has_incentive": "OUI" if document["incentives"] else "NON",
    }


def write(file: IO[str], columns: Iterable[str], rows: Iterable[Row]) -> int:
    """Write rows as the registry does, separated by semicolons; return how many."""
    writer = csv.DictWriter(
        file, list(columns), delimiter=";", quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n"
    )
    writer.writeheader()
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007
        writer.writerow({k: str(v).lower() if isinstance(v, bool) else v for k, v in row.items()})
    return count
