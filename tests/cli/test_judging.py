"""``serve --judge``, ``judge`` and ``watch``, as their users run them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

Run = Callable[..., Any]

ASK = """
import os, urllib.request, urllib.parse
def ask(path, **query):
    url = os.environ["MOBSTD_URL"] + path + "?" + urllib.parse.urlencode(query)
    asked = urllib.request.Request(url, headers={"X-API-Key": os.environ.get("MOBSTD_KEY", "k")})
    try:
        return urllib.request.urlopen(asked).status
    except urllib.error.HTTPError as error:
        return error.code
P = dict(departureLat=45.19, departureLng=5.71, arrivalLat=45.36, arrivalLng=5.59)
"""
RIGHT = ASK + "print(ask('/driver_journeys', departureDate=1795424400, **P))"
WRONG = ASK + "print(ask('/driver_journeys', **P))"
SERVE = ("serve", "ocss@1.0-alpha", "--count", "30")


def command(script: str) -> tuple[str, ...]:
    return ("--", sys.executable, "-c", script)


@pytest.mark.parametrize(("script", "code"), [(RIGHT, 0), (WRONG, 1), ("", 3)])
def test_the_exit_code_is_the_verdict(mobstd: Run, tmp_path: Path, script: str, code: int) -> None:
    file = tmp_path / "report.json"
    ran = mobstd(*SERVE, "--judge", str(file), *command(script))
    assert ran.code == code, ran.err
    report = json.loads(file.read_text())
    assert report["gate"]["exit_code"] == code
    assert report["command"] == {
        "name": Path(sys.executable).name,
        "exit_code": 0,
        "stopped": False,
    }
    assert ("No request came" in ran.err) == (code == 3)


def test_every_format_names_the_caller(
    mobstd: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARTNER_A", "geheim-4711")
    forms = ("json", "junit", "sarif", "markdown", "html")
    options = [word for form in forms for word in (f"--{form}", str(tmp_path / form))]
    ran = mobstd(*SERVE, "--key-env", "PARTNER_A", *options, *command(WRONG))
    assert ran.code == 1
    texts = {form: (tmp_path / form).read_text() for form in forms}
    for form in ("json", "html"):
        assert "PARTNER_A" in texts[form]
    assert "PARTNER\\_A" in texts["markdown"]
    assert "PARTNER_A" in ran.out
    assert all("OCSS-SEARCH-03" in text for text in texts.values())
    assert not any("geheim" in text for text in (*texts.values(), ran.out, ran.err))


def test_a_command_that_fails_proves_nothing(mobstd: Run, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    ran = mobstd(*SERVE, "--judge", str(file), *command(RIGHT + "\nraise SystemExit(7)"))
    assert ran.code == 3
    assert "exit code 7" in ran.err
    report = json.loads(file.read_text())
    assert report["stopped_by"] == "command"
    assert report["command"]["exit_code"] == 7


def test_a_command_that_is_not_there(mobstd: Run) -> None:
    ran = mobstd(*SERVE, "--", "/no/such/program", "--secret")
    assert ran.code == 2
    assert "program" in ran.err
    assert "--secret" not in ran.err


def test_a_command_that_never_ends_is_ended_with_its_children(mobstd: Run, tmp_path: Path) -> None:
    note = tmp_path / "child"
    script = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open({str(note)!r}, "w").write(str(child.pid))
time.sleep(600)
"""
    file = tmp_path / "report.json"
    began = time.monotonic()
    ran = mobstd(*SERVE, "--judge", str(file), "--time-budget", "1", *command(script))
    assert time.monotonic() - began < 20
    assert ran.code == 3
    assert json.loads(file.read_text())["stopped_by"] == "time"
    assert not Path(f"/proc/{note.read_text()}").exists() or _gone(int(note.read_text()))


def _gone(pid: int) -> bool:
    """Say whether a process is dead, or will be in a moment."""
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_reports_are_written_while_it_runs_and_when_it_is_interrupted(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    process = subprocess.Popen(
        [sys.executable, "-m", "mobstd", *SERVE, "--port", "0", "--judge", str(file)],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    assert process.stderr is not None
    said = process.stderr.readline()
    found = re.search(r"http://[0-9.]+:[0-9]+", said)
    assert found, said
    httpx.get(f"{found[0]}/driver_journeys")
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        if file.exists() and json.loads(file.read_text())["requests"]:
            break
        time.sleep(0.1)
    assert json.loads(file.read_text())["requests"] == 1
    httpx.get(f"{found[0]}/passenger_journeys")
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 1, err
    assert json.loads(file.read_text())["requests"] == 2
    assert "OCSS-SEARCH-03" in out
    assert "Traceback" not in err


def test_watch_stands_between_and_judges_both(mobstd: Run, tmp_path: Path) -> None:
    from mobstd.ocss.reference import build
    from mobstd.serving.hosting import hosted

    report, kept = tmp_path / "report.json", tmp_path / "kept"
    with hosted(build(count=30), "127.0.0.1", 0) as upstream:
        words = ("watch", "--upstream", upstream, "--standard", "ocss@1.0-alpha")
        ran = mobstd(*words, "--json", str(report), "--record", str(kept), *command(WRONG))
    assert ran.code == 1, ran.err
    callers = json.loads((tmp_path / "report-caller.json").read_text())
    server = json.loads((tmp_path / "report-server.json").read_text())
    assert callers["side"] == "caller"
    assert callers["callers"][0]["failed"] == ["OCSS-SEARCH-03"]
    assert server["side"] == "server"
    assert server["verdict"] == "inconclusive"
    again = mobstd("judge", str(kept), "--json", "-")
    assert again.code == 1
    judged = json.loads(again.out)
    assert judged["callers"][0]["name"] == callers["callers"][0]["name"]
    assert [r["outcome"] for r in judged["requirements"]] == [
        r["outcome"] for r in callers["requirements"]
    ]


def test_an_upstream_that_is_away_is_nobodys_fault(mobstd: Run, tmp_path: Path) -> None:
    words = ("watch", "--upstream", "http://127.0.0.1:1", "--standard", "ocss@1.0-alpha")
    ran = mobstd(*words, "--json", str(tmp_path / "r.json"), *command(RIGHT))
    server = json.loads((tmp_path / "r-server.json").read_text())
    assert ran.code == 3
    assert not any(row["findings"] for row in server["requirements"])


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("judge", "none.har", "--standard", "ocss@1.0-alpha"), "none.har"),
        (("judge", "empty.har"), "--standard"),
        (("judge", "empty.har", "--standard", "ocss@1.0-alpha"), "empty.har"),
        (("judge", "folder"), "folder"),
        (("serve", "ocss@1.0-alpha", "--judge", "report.docx"), "report.docx"),
        (
            ("watch", "--upstream", "operator", "--standard", "ocss@1.0-alpha"),
            "operator",
        ),
        (
            ("judge", "empty.har", "--standard", "bikes@1.0", "--side", "both", "--json", "-"),
            "--side",
        ),
    ],
)
def test_bad_words_are_answered_clearly(
    mobstd: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: Any, text: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.har").write_text('{"log": {"entries": []}}')
    ran = mobstd(*words)
    assert ran.code == 2
    assert text in ran.err
    assert "Traceback" not in ran.err


def test_a_standard_that_asks_nothing_of_callers(mobstd: Run, checkout: Path) -> None:
    root = str(checkout / "tests" / "toy")
    ran = mobstd("serve", "bikes@1.0", "--root", root, *command(RIGHT))
    assert ran.code == 2
    assert "bikes@1.0" in ran.err
