"""Exports and open data of a sandbox's database."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mobstd.carpool_proof.reference.communes import Commune, Communes
from mobstd.cli import main

from .conftest import Anew
from .sandbox import Sandbox
from .worlds import NOON, journey, key

TABLE = """insee,commune,lat,lon,density,departement,epci,pays
38185,Grenoble,45.19,5.72,8700,38,Grenoble-Alpes-Métropole,France
38170,Fontaine,45.30,5.70,39,38,,France
97411,Saint-Denis,-20.9,55.45,1000,974,Cinor,France
"""


@dataclass(frozen=True)
class Place:
    """A folder, and the URL of a database."""

    folder: Path
    url: str

    def __truediv__(self, name: str) -> Path:
        return self.folder / name


@pytest.fixture
def place(tmp_path: Path, anew: Anew, each_database: None) -> Place:
    (tmp_path / "communes.csv").write_text(TABLE, "utf-8")
    url = anew(lasting=True)
    assert url is not None
    box = Sandbox({"db": url})
    siret = "13002526500013"
    incentives = [{"index": n, "amount": 50, "siret": siret} for n in range(4)]
    for number in range(8):
        start = NOON - timedelta(hours=2, minutes=number, milliseconds=1)
        one = journey(number, f"d{number}", f"p{number}", start, distance=12_345)
        one["start"] |= {"lat": 45.19789, "lon": 5.71999}
        one["end"] |= {"lat": 45.30789, "lon": 5.70999}
        one["incentives"] = [] if number else incentives
        if number == 7:
            one["end"] |= {"lat": -20.90789, "lon": 55.45999}
        assert box.create(one).status == 201
    assert box.create(journey(8, distance=10, start=NOON - timedelta(hours=2))).status == 422
    box.forward(60)
    box.ask("POST", "/journeys/j6/cancel", {"code": "0"})
    return Place(tmp_path, url)


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def run(place: Place, what: str, *options: str, out: str = "out.csv", db: str = "") -> int:
    files = [db or place.url, "--communes", str(place / "communes.csv")]
    return main(["registry", what, *files, "--out", str(place / out), *options])


def test_the_export_of_an_operator(place: Place) -> None:
    span = ("--start", "2026-07-06", "--end", "2026-07-07", "--operator", "1")
    assert run(place, "export", *span) == 0
    rows = table(place / "out.csv")
    assert [row["operator_journey_id"] for row in rows] == [
        "j7",
        "j5",
        "j4",
        "j3",
        "j2",
        "j1",
        "j0",
    ]
    first = rows[-1]
    expected = {
        "journey_id": "1",
        "status": "ok",
        "start_datetime": "2026-07-06 12:00:00",
        "start_date": "2026-07-06",
        "end_time": "12:20:00",
        "duration": "00:20:00",
        "distance": "12.345",
        "start_lat": "45.197",
        "start_lon": "5.719",
        "end_lat": "45.3",
        "end_lon": "5.7",
        "start_insee": "38185",
        "end_commune": "Fontaine",
        "passenger_identity_key": key("p0"),
        "cee_application": "false",
        "incentive_2_amount": "0.5",
        "incentive_rpc_0_siret": "",
    }
    assert {name: first[name] for name in expected} == expected
    assert "operator" not in first
    assert "incentive_3_amount" not in first
    assert len(first) == 64


def test_the_export_has_its_own_journeys_alone(place: Place) -> None:
    span = ("--start", "2026-07-06", "--end", "2026-07-07", "--operator", "2")
    assert run(place, "export", *span) == 0
    assert table(place / "out.csv") == []
    assert run(place, "export", *span[:4], "--operator", "1", "--tz", "Indian/Reunion") == 0
    assert table(place / "out.csv")[0]["start_time"] == "14:00:00"


def test_open_data_hide_what_is_rare(place: Place, capsys: Any) -> None:
    assert run(place, "open-data", "--month", "2026-07") == 0
    said = capsys.readouterr().err
    assert "7 journeys, 6 written" in said
    assert "1 left out: 0 by their start, 1 by their end, 0 by both" in said
    rows = table(place / "out.csv")
    assert len(rows) == 6
    first = rows[-1]
    assert first["trip_id"] == hashlib.sha256(b"t0").hexdigest()
    assert first["journey_start_datetime"] == "2026-07-06T12:00:00+02:00"
    assert first["journey_end_datetime"] == first["journey_start_datetime"]
    assert first["journey_end_time"] == "12:20:00"
    assert (first["journey_distance"], first["journey_duration"]) == ("12345", "20")
    assert [row["has_incentive"] for row in rows] == ["NON"] * 5 + ["OUI"]
    assert len(first) == 27
    assert key("p0") not in (place / "out.csv").read_text("utf-8")


def test_five_are_too_few(place: Place, capsys: Any) -> None:
    box = Sandbox({"db": place.url, "clock": "2026-07-09T00:00:00Z"})
    box.ask("POST", "/journeys/j5/cancel", {"code": "0"})
    assert run(place, "open-data", "--month", "2026-07") == 0
    assert "6 journeys, 0 written" in capsys.readouterr().err
    assert table(place / "out.csv") == []


@pytest.mark.parametrize(
    ("what", "options"),
    [
        ("open-data", ["--month", "2026-13"]),
        ("open-data", ["--month", "2026-07", "--rules", "x"]),
        ("export", ["--start", "x", "--end", "2026-07-07", "--operator", "1"]),
        (
            "export",
            ["--start", "2026-07-06", "--end", "2026-07-07", "--operator", "1", "--tz", "X"],
        ),
    ],
)
def test_wrong_options(place: Place, what: str, options: list[str]) -> None:
    assert run(place, what, *options) == 2
    assert not (place / "out.csv").exists()


def test_wrong_files(place: Place) -> None:
    month = ("--month", "2026-07")
    assert run(place, "open-data", *month, out="no/where.csv") == 2
    (place / "communes.csv").write_text("insee,commune\n1,x\n", "utf-8")
    assert run(place, "open-data", *month) == 2
    (place / "communes.csv").write_text(TABLE, "utf-8")
    (place / "nothing.db").write_bytes(b"nothing")
    (place / "out.csv").write_text("kept", "utf-8")
    for name in ("nothing.db", "nowhere.db"):
        assert run(place, "open-data", *month, db=str(place / name)) == 2
        span = ("--start", "2026-07-06", "--end", "2026-07-07", "--operator", "1")
        assert run(place, "export", *span, db=str(place / name)) == 2
    assert (place / "out.csv").read_text("utf-8") == "kept"


def test_the_nearest_commune_is_found_however_far() -> None:
    places = [Commune(str(n), str(n), 40 + n * 0.1, n * 0.2, 1) for n in range(50)]
    found = Communes(places)
    assert found.at(40.0, 0.09).insee == "0"
    assert found.at(40.06, 0.12).insee == "1"
    assert found.at(-60.0, -170.0).insee in ("0", "49")
