"""A run that writes: the reference conforms, nothing is left, wrong ones are found."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.files import load
from mobstd.conformance.matrix.measure import measure
from mobstd.conformance.matrix.mutant import mutants
from mobstd.conformance.profile import Profile
from mobstd.conformance.run import Options, check
from mobstd.conformance.scenarios.resource import resources
from mobstd.judging.fault import Fault
from mobstd.ocss.lifecycle import lifecycle
from mobstd.rdex_plus.reference import build
from mobstd.rdex_plus.reference.behaviours import BEHAVIOURS
from mobstd.serving.faults import load_faults, load_twins
from mobstd.transport.asgi import AsgiSender

from .documents import VERSION
from .test_catalogue import FOUND

NOW = 1_795_424_400
BLOCKS = ("journeys", "bookings", "messages")
OWN, OTHER = (("api_key", "own"),), (("api_key", "other"),)
WRITTEN = {"bookings.json", "changes.json", "messages.json"}


def run(sender: AsgiSender, folder: Path, **options: Any) -> dict[str, Any]:
    profile = Profile(target="http://app.localhost", standard="rdex-plus@2.0", blocks=BLOCKS)
    settled = Options(
        now=datetime.fromtimestamp(NOW, UTC),
        with_fuzz=False,
        credentials=OWN,
        second=OTHER,
        journal=str(folder / "journal"),
        **options,
    )
    report: dict[str, Any] = check(sender, profile, settled)
    return report


def test_the_reference_conforms_twice_and_nothing_is_left(tmp_path: Path) -> None:
    app = build(now=NOW, api_keys=["own", "other"])
    ledger = app.service.ledger  # type: ignore[attr-defined]
    with AsgiSender(app) as sender:
        for _ in range(2):
            report = run(sender, tmp_path, allow_writes=True)
            assert report["verdict"] == "conforming"
            assert [row["id"] for row in report["requirements"] if row["findings"]] == []
            assert report["requests"] <= 1200
            tried = {r["id"] for r in report["requirements"] if r["outcome"] == "passed"}
            writing = (r for r in FOUND.rows.values() if {"bookings", "messages"} & set(r.blocks))
            assert {row.id for row in writing if row.checks} <= tried
            assert not list(tmp_path.iterdir())
    with ledger._transaction() as db:
        left = {status for (status,) in db.execute("SELECT status FROM bookings")}
        made = db.execute("SELECT count(*) FROM bookings").fetchone()[0]
    assert left <= {"cancelled", "rejected"}
    assert made > 50


def test_nothing_is_written_without_leave(tmp_path: Path) -> None:
    with AsgiSender(build(now=NOW, count=300, api_keys=["own"])) as sender:
        report = run(sender, tmp_path, planned=True)
    assert {one["method"] for one in report["plan"]["classes"]} == {"GET"}


def test_the_life_cycle_is_told_alike() -> None:
    life = resources(VERSION, "operator")["booking"].life
    table = lifecycle("rdex-plus@2.0")
    assert life is not None
    assert life.states == table.statuses
    assert life.first == table.first
    pairs = {(now, wanted) for now, ways in life.pairs.items() for wanted in ways}
    assert pairs == {(now, wanted) for now, wanted in table.moves if now is not None}


def written() -> list[Fault]:
    ids = {one["id"] for name in WRITTEN for one in load(VERSION.conformance / "faults" / name)}
    return [fault for fault in load_faults(VERSION) if fault.id in ids]


def test_faults_of_what_writes_are_honest() -> None:
    faults = written()
    assert sum(fault.seen is not None for fault in faults) * 2 >= len(faults)
    wrong = {f.behaviour: f.requirement for f in load_faults(VERSION) if f.behaviour}
    assert all(row in BEHAVIOURS[name].violates for name, row in wrong.items())
    legal = {twin.behaviour for twin in load_twins(VERSION) if twin.behaviour}
    assert not any(BEHAVIOURS[name].violates for name in legal)
    assert set(wrong) | legal == set(BEHAVIOURS)


SAMPLE = (
    "RDEXPLUS-BOOK-07/general-code",
    "RDEXPLUS-BOOK-13/loses-alias",
    "TWIN/books-once-only",
)


@pytest.mark.parametrize("name", SAMPLE)
def test_a_mutant_ends_as_it_should(name: str) -> None:
    mutant = mutants(VERSION, [name])[0]
    cell = measure(VERSION, mutant, whole=True)
    assert (cell.end, cell.others) == ("clean" if name.startswith("TWIN") else "killed", ())
