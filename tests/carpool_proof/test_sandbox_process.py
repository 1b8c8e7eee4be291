"""The sandbox as a process: what was acknowledged survives, and callers are judged."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from mobstd.carpool_proof.reference.keys import DEFAULTS
from mobstd.cli import main

from .conftest import Anew
from .sandbox import NOON
from .worlds import journey

CLIENTS, ENOUGH = 8, 60
SERVE = [sys.executable, "-m", "mobstd", "serve", "carpool-proof@3.4"]
KEYS = {"access_key": DEFAULTS[0].access_key, "secret_key": DEFAULTS[0].secret_key}


@contextmanager
def served(*options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    process = subprocess.Popen([*SERVE, "--port", "0", *options], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        line = next(line for line in process.stderr if "http://" in line)
        found = re.search(r"http://[0-9.:]+", line)
        assert found is not None
        yield found.group(), process
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def client(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token(url)}"}, timeout=30)


def token(url: str) -> str:
    found: str = httpx.post(f"{url}/auth/access_token", json=KEYS).json()["access_token"]
    return found


def test_what_was_acknowledged_is_there_after_a_kill(anew: Anew) -> None:
    at = datetime.now(UTC) - timedelta(hours=1)
    acknowledged: list[str] = []
    enough, stopped = threading.Event(), threading.Event()
    where = anew(lasting=True)
    assert where is not None

    def create(name: int, url: str) -> None:
        with client(url) as http:
            number = 0
            while not stopped.is_set():
                number += 1
                one = journey(f"{name}-{number}", f"d{name}{number}", f"p{name}{number}", at)
                try:
                    answer = http.post("/journeys", json=one)
                except httpx.HTTPError:
                    return
                assert answer.status_code == 201, answer.text
                acknowledged.append(one["operator_journey_id"])
                if len(acknowledged) >= ENOUGH:
                    enough.set()

    with served("--db", where) as (url, process):
        threads = [threading.Thread(target=create, args=(n, url)) for n in range(CLIENTS)]
        for thread in threads:
            thread.start()
        assert enough.wait(60)
        process.kill()
        process.wait()
        stopped.set()
        for thread in threads:
            thread.join()
    with served("--db", where) as (url, _), client(url) as http:
        missing = [one for one in acknowledged if http.get(f"/journeys/{one}").status_code != 200]
    assert len(acknowledged) >= ENOUGH
    assert missing == []


def test_callers_are_judged(tmp_path: Path) -> None:
    report, script = tmp_path / "report.json", tmp_path / "call.py"
    example = journey(0, start=datetime(2026, 7, 6, 11, tzinfo=UTC))
    wrong = example | {"operator_journey_id": "j1", "passenger": {}}
    script.write_text(
        f"""
import os, httpx
url = os.environ["MOBSTD_URL"]
token = httpx.post(url + "/auth/access_token", json={KEYS!r}).json()["access_token"]
with httpx.Client(base_url=url, headers={{"Authorization": "Bearer " + token}}) as http:
    for one in ({example!r}, {wrong!r}):
        http.post("/v3.4/journeys", json=one)
    http.get("/v3.4/journeys/j0")
    http.get("/sandbox/clock")
""",
        "utf-8",
    )
    done = subprocess.run(
        [*SERVE, "--clock", NOON, "--judge", str(report), "--", sys.executable, str(script)],
        capture_output=True,
        text=True,
        env={**os.environ, "NO_COLOR": "1"},
        timeout=120,
    )
    assert done.returncode == 1, done.stderr
    found = json.loads(report.read_text("utf-8"))
    text = json.dumps(found)
    assert DEFAULTS[0].secret_key not in text
    failed = [row["id"] for row in found["requirements"] if row["outcome"] == "failed"]
    assert failed == ["PROOF-JRN-01"]
    assert [one["name"] for one in found["callers"] if one["verdict"] == "non-conforming"] == [
        f"client {DEFAULTS[0].access_key}"
    ]


def test_wrong_options_are_said() -> None:
    assert main(["serve", "carpool-proof@3.4", "--quirks", "2025-08"]) == 2
    assert main(["serve", "carpool-proof@3.4", "--clock", "noon"]) == 2
    assert main(["serve", "carpool-proof@3.4", "--rules", "none"]) == 2
    assert main(["serve", "ocss@1.0-alpha", "--clock", "now"]) == 2
