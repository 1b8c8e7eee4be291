"""The plugin, in pytest processes of their own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from .samples import NAMES, sample

PLUGIN = "mobstd.conformance.pytest_plugin"
INSTALLED = any(point.value == PLUGIN for point in entry_points(group="pytest11"))
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    for name in NAMES:
        (tmp_path / f"{name}.json").write_text(json.dumps(sample(name)))

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:schemathesis",
        ]
        options = () if INSTALLED else ("-p", PLUGIN)
        return subprocess.run(
            [*command, *options, *words], cwd=tmp_path, capture_output=True, text=True, check=False
        )

    return run


def counts(text: str) -> dict[str, int]:
    last = text.strip().splitlines()[-1]
    return {word: int(number) for number, word in re.findall(r"(\d+) ([a-z]+)", last)}


def test_a_conforming_report(run: Run) -> None:
    ran = run("--mobstd-report", "conforming.json")
    assert ran.returncode == 0
    assert counts(ran.stdout) == {"passed": 20, "skipped": 2}
    assert "mobstd: https://api.operator.example.org/v1 by ocss@1.0-alpha" in ran.stdout


def test_a_failing_report(run: Run) -> None:
    ran = run("--mobstd-report", "non-conforming.json", "--junitxml", "out.xml")
    assert ran.returncode == 1
    assert counts(ran.stdout) == {"failed": 12, "passed": 6, "skipped": 4, "warnings": 2}
    for words in (
        "FAILED mobstd::OCSS-SEARCH-12",
        "FAILED mobstd::verdict - Non-conforming",
        "expected: <= 2 km",
        "received: 20.3 km",
        "curl -isS",
        "because of OCSS-SEARCH-12, OCSS-SEARCH-14",
        "MobstdWarning: OCSS-PRICE-04",
    ):
        assert words in ran.stdout
    assert "Traceback" not in ran.stdout
    assert "\x1b" not in ran.stdout


def test_items_have_properties_in_junit(run: Run, tmp_path: Path) -> None:
    run("--mobstd-report", "conforming.json", "--junitxml", "out.xml")
    case = next(
        c for c in ET.parse(tmp_path / "out.xml").iter("testcase") if c.get("name") == "OCSS-GEN-01"
    )
    assert {p.get("name") for p in case.iter("property")} == {"level", "title"}


def test_skipped_rows_do_not_make_a_green_build(run: Run) -> None:
    ran = run("--mobstd-report", "inconclusive.json", "-rs")
    assert ran.returncode == 1
    assert counts(ran.stdout) == {"failed": 1, "passed": 3, "skipped": 18}
    assert "inconclusive: the target showed no data to judge" in ran.stdout


def test_selection_as_usual(run: Run) -> None:
    ran = run("--mobstd-report", "conforming.json", "-v", "-k", "PRICE and SHOULD")
    assert counts(ran.stdout) == {"passed": 1, "deselected": 21}
    assert "mobstd::OCSS-PRICE-04 PASSED" in ran.stdout
    assert counts(run("--mobstd-report", "conforming.json", "-m", "mobstd").stdout)["passed"] == 20


def test_beside_other_tests(run: Run, tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text("def test_own():\n    pass\n")
    assert counts(run("--mobstd-report", "conforming.json").stdout) == {"passed": 21, "skipped": 2}
    assert counts(run("--mobstd-report", "conforming.json", "-m", "not mobstd").stdout) == {
        "passed": 1,
        "deselected": 22,
    }


def test_with_xdist(run: Run) -> None:
    ran = run("--mobstd-report", "non-conforming.json", "-n", "2")
    assert counts(ran.stdout) == {"failed": 12, "passed": 6, "skipped": 4, "warnings": 2}


def test_what_the_baseline_accepts_is_skipped(run: Run, tmp_path: Path) -> None:
    report = sample("non-conforming")
    every = [f["fingerprint"] for r in report["requirements"] for f in r["findings"]]
    baseline = {"accepted": every, "stale": [], "expired": []}
    report["gate"] = {"passed": True, "exit_code": 0, "baseline": baseline}
    (tmp_path / "accepted.json").write_text(json.dumps(report))
    ran = run("--mobstd-report", "accepted.json", "-rs")
    assert ran.returncode == 0
    assert "accepted by the baseline" in ran.stdout


def test_in_french(run: Run) -> None:
    ran = run("--mobstd-report", "non-conforming.json", "--mobstd-lang", "fr")
    assert "attendu : <= 2 km" in ran.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--mobstd-report", "none.json"], "none.json cannot be read"),
        (["--mobstd-report", "conforming.json", "--mobstd-url", "http://a"], "exclude each other"),
        (["--mobstd-url", "http://127.0.0.1:9"], "needs --mobstd-standard"),
        (["--mobstd-profile", "none.toml"], "There is no profile none.toml"),
        (["--mobstd-url", "http://127.0.0.1:9", "--mobstd-standard", "nope@1.0"], "nope"),
    ],
)
def test_wrong_options(run: Run, words: list[str], said: str) -> None:
    ran = run(*words)
    assert ran.returncode == 4
    assert said in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stdout + ran.stderr


def test_an_unreachable_target_is_no_green_build(run: Run) -> None:
    ran = run("--mobstd-url", "http://127.0.0.1:9", "--mobstd-standard", "ocss@1.0-alpha", "-q")
    assert ran.returncode == 1
    assert "mobstd::verdict" in ran.stdout


def test_the_engine_runs_once(run: Run, tmp_path: Path) -> None:
    (tmp_path / "operator_app.py").write_text(
        "from pathlib import Path\n"
        "from mobstd.ocss.reference import build\n"
        "inner = build(count=300, area='35')\n"
        "async def app(scope, receive, send):\n"
        "    if scope['type'] == 'lifespan':\n"
        "        with Path('starts').open('a') as file:\n"
        "            file.write('x')\n"
        "    await inner(scope, receive, send)\n"
    )
    (tmp_path / "mobstd.toml").write_text(
        'target = "operator_app:app"\nstandard = "ocss@1.0-alpha"\nblocks = ["status"]\n'
    )
    ran = run("--mobstd-profile", "mobstd.toml", "--mobstd-quick", "-n", "2", "-q")
    assert (tmp_path / "starts").read_text() == "x"
    assert ran.returncode == 0, ran.stdout
    assert counts(ran.stdout)["passed"] > 3


def test_unused_it_loads_and_changes_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text(
        "import sys\n"
        "def test_own():\n"
        "    heavy = ('mobstd', 'rich', 'jinja2', 'httpcore', 'jsonschema')\n"
        "    loaded = {name for name in sys.modules if name.startswith(heavy)}\n"
        "    package = 'mobstd.conformance'\n"
        "    assert loaded <= {'mobstd', package, package + '.pytest_plugin'}\n"
    )
    ran = run("-W", "error", "--strict-markers", "--strict-config", "-q")
    assert ran.returncode == 0, ran.stdout
    assert counts(ran.stdout) == {"passed": 1}


def test_its_options_are_in_the_help(run: Run) -> None:
    text = run("--help").stdout
    for option in ("profile", "url", "standard", "report", "quick", "baseline", "lang"):
        assert f"--mobstd-{option}" in text


def test_the_entry_point_names_it(checkout: Any) -> None:
    assert f'mobstd = "{PLUGIN}"' in (checkout / "pyproject.toml").read_text("utf-8")


def test_the_verdict_says_why_nothing_could_be_asked(run: Run) -> None:
    ran = run("--mobstd-url", "http://127.0.0.1:9", "--mobstd-standard", "ocss@1.0-alpha")
    assert ran.returncode == 1
    assert "connection: GET /driver_journeys: 127.0.0.1:9 refuses connections." in ran.stdout
