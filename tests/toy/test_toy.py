"""A standard that is only data, in a folder: generated, served, faulted and checked.

Nothing in ``src/`` knows it.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.files import load
from mobstd.canon.openapi import operations
from mobstd.canon.root import Root
from mobstd.canon.standard import Version
from mobstd.conformance.profile import Profile
from mobstd.conformance.report.contract import problems
from mobstd.conformance.run import Options, check
from mobstd.conformance.target import served
from mobstd.judging.catalogue import catalogue
from mobstd.serving.faults import load_faults, load_twins, select
from mobstd.serving.opening import implementation
from mobstd.transport import AsgiSender

NAME = "bikes@1.0"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
FAULTS = (
    "TOY-GEN-01/teapot",
    "TOY-GEN-02/docks-as-text",
    "TOY-GEN-03/plain",
    "TOY-BIKE-01/ignores-radius",
    "TOY-BIKE-02/other-default",
    "TOY-BIKE-03/no-refusal",
    "TOY-BIKE-04/ignores-limit",
    "TOY-BIKE-05/no-charge",
    "TOY-BIKE-06/same-id",
    "TOY-HEALTH-01/no-content",
)

Mobstd = Callable[..., Any]


def judged(version: Version, *names: str, **options: Any) -> dict[str, Any]:
    """Check the examples, served with these faults and twins."""
    app = implementation(version, "operator", variants=select(version, names))
    options = {"with_fuzz": False, "now": NOW, **options}
    sender = AsgiSender(app)
    try:
        return check(sender, Profile("test:app", NAME), Options(roots=(version.root,), **options))
    finally:
        sender.close()


def red(report: dict[str, Any]) -> set[str]:
    return {row["id"] for row in report["requirements"] if row["findings"]}


def test_three_operations_and_data_alone(bikes: Version) -> None:
    assert list(operations(bikes, "operator")) == ["listBikes", "listStations", "getHealth"]
    data = [path for path in bikes.root.folder.rglob("*") if path.is_file()]
    assert {path.suffix for path in data} == {".json", ".yaml"}
    assert bikes.plug is None
    rows = load(bikes.conformance / "requirements.yaml")
    assert not any(check["kind"] == "rule" for row in rows for check in row["checks"])


def test_ten_requirements_each_with_a_fault(bikes: Version) -> None:
    rows = catalogue(bikes, "operator").rows
    assert len(rows) == 10
    assert tuple(fault.id for fault in load_faults(bikes)) == FAULTS
    assert {fault.requirement for fault in load_faults(bikes)} == set(rows)


def test_without_a_fault_it_conforms(bikes: Version) -> None:
    report = judged(bikes)
    assert report["verdict"] == "conforming"
    assert report["gate"]["exit_code"] == 0
    assert {row["outcome"] for row in report["requirements"]} == {"passed"}
    assert {block["id"] for block in report["blocks"]} == {"bikes", "stations", "health"}
    assert list(problems(report)) == []


def test_generated_requests_find_nothing_more(bikes: Version) -> None:
    report = judged(bikes, with_fuzz=True, quick=True)
    assert red(report) == set()
    assert report["requests"] <= 40


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_reported_under_its_own_row_alone(bikes: Version, fault: str) -> None:
    report = judged(bikes, fault)
    assert red(report) == {fault.partition("/")[0]}
    assert report["verdict"] == "non-conforming"
    assert report["gate"]["exit_code"] == 1
    assert list(problems(report)) == []


def test_faults_together_are_all_found(bikes: Version) -> None:
    rows = {"TOY-GEN-02", "TOY-BIKE-05", "TOY-HEALTH-01"}
    assert red(judged(bikes, *rows)) == rows


def test_a_twin_brings_no_finding(bikes: Version) -> None:
    twins = [twin.id for twin in load_twins(bikes)]
    assert twins == ["TWIN/letter-case"]
    report = judged(bikes, *twins)
    assert red(report) == set()
    assert report["verdict"] == "conforming"


# From the command line


def test_it_is_listed_and_explained(root: Root, mobstd: Mobstd) -> None:
    listed = mobstd("standards", "--root", str(root.folder), "--json")
    assert NAME in json.dumps(json.loads(listed.out)) or "bikes" in listed.out
    explained = mobstd("explain", "TOY-BIKE-01", "--root", str(root.folder), "--lang", "fr")
    assert explained.code == 0
    assert "Les vélos sont dans le rayon" in explained.out
    faults = mobstd("serve", NAME, "--root", str(root.folder), "--list-faults")
    assert [line.split()[0] for line in faults.out.splitlines()][: len(FAULTS)] == list(FAULTS)


def test_without_the_root_nobody_knows_it(mobstd: Mobstd) -> None:
    got = mobstd("check", "http://127.0.0.1:9", "--standard", NAME)
    assert got.code == 2
    assert "bikes" in got.err


def test_a_document_is_validated(root: Root, mobstd: Mobstd, tmp_path: Path) -> None:
    schema = ("--schema", f"{NAME}/bike", "--root", str(root.folder))
    right = root.schemas / "bikes/1.0/examples/valid/bike/00.json"
    assert mobstd("validate", str(right), *schema).code == 0
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps({**json.loads(right.read_text()), "kind": "STEAM"}))
    got = mobstd("validate", str(wrong), *schema)
    assert got.code == 1
    assert "/kind" in got.out


def test_a_served_fault_is_found_over_the_network(
    root: Root, bikes: Version, mobstd: Mobstd, tmp_path: Path
) -> None:
    where = ("--root", str(root.folder), "--standard", NAME, "--no-fuzz")
    with served(implementation(bikes, "operator")) as url:
        assert mobstd("check", url, *where).code == 0
    file = tmp_path / "report.json"
    faulty = implementation(bikes, "operator", variants=select(bikes, ["TOY-BIKE-05"]))
    with served(faulty) as url:
        got = mobstd("check", url, *where, "--json", str(file))
    assert got.code == 1
    assert "An electric bike has no charge." in got.out
    assert red(json.loads(file.read_text("utf-8"))) == {"TOY-BIKE-05"}


@contextmanager
def serving(root: Root, *more: str) -> Iterator[str]:
    """Run ``mobstd serve`` and give its URL."""
    argv = [sys.executable, "-m", "mobstd", "serve", NAME, "--root", str(root.folder)]
    process = subprocess.Popen(
        [*argv, "--port", "0", *more], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    assert process.stderr is not None
    try:
        first = process.stderr.readline()
        yield next(word for word in first.split() if word.startswith("http://")).rstrip(".,")
    finally:
        process.terminate()
        process.wait(10)
        process.stderr.close()


def test_it_is_served(root: Root) -> None:
    with serving(root, "--fault", "TOY-GEN-03/plain") as url:
        deadline = time.monotonic() + 10
        while True:
            try:
                answer = urllib.request.urlopen(f"{url}/stations", timeout=5)
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        with answer:
            assert answer.headers["content-type"] == "text/plain"
            assert len(json.load(answer)) == 6


# Generated


@pytest.fixture
def generated(root: Root, mobstd: Mobstd, tmp_path: Path) -> Path:
    pytest.importorskip("datamodel_code_generator")
    out = tmp_path / "bikes_generated"
    got = mobstd("generate", "--standard", NAME, "--root", str(root.folder), "--out", str(out))
    assert got.code == 0, got.err
    return out


def test_its_package_is_generated_and_checked(root: Root, generated: Path, mobstd: Mobstd) -> None:
    argv = ("generate", "--check", "--standard", NAME, "--root", str(root.folder))
    assert mobstd(*argv, "--out", str(generated)).code == 0
    models = generated / "v1_0/models.py"
    models.write_text(models.read_text("utf-8") + "\n", "utf-8")
    stale = mobstd(*argv, "--out", str(generated))
    assert stale.code == 1
    assert "models.py" in stale.err


def test_the_generated_client_calls_what_is_served(
    generated: Path, bikes: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(generated.parent))
    client = importlib.import_module(f"{generated.name}.v1_0.client")
    queries = importlib.import_module(f"{generated.name}.v1_0.queries")
    with (
        served(implementation(bikes, "operator")) as url,
        client.OperatorClient(base_url=url) as operator,
    ):
        found = operator.list_bikes(queries.BikesQuery(lat=45.19, lng=5.72, radius=60, limit=3))
        stations = operator.list_stations(queries.StationsQuery())
    assert len(found) == 3
    assert {bike.kind for bike in found} <= {"MUSCLE", "ELECTRIC"}
    assert len(stations) == 6
