"""The sandbox registry under load, killed in the middle; and its agreement with preflight.

    python bench/sandbox.py [--seconds 10] [--clients 64] [--db postgresql://HOST/DATABASE]
    python bench/sandbox.py --agreement 100000

The first serves the registry in a process of its own, on a file, with ``--clients`` callers that
create journeys over loopback HTTP as fast as they are answered. Half-way the process is killed
(SIGKILL) and started again on the same file; at the end every journey that was acknowledged with
201 is looked for. It prints creations a second and the times of answers, beside the time of an
``fsync`` here, and exits with 1 where one journey is lost. With ``--db`` the same is done on
PostgreSQL, in a schema that is dropped at the end. The limits of the registry, 20,000 creations a
minute from one address, hold: more is not measured.

The second judges so many journeys by preflight and has the sandbox judge them too, under each rule
profile, 4,000 at a time; it prints the outcomes, and exits with 1 where the two differ.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from mobstd.carpool_proof.reference.keys import DEFAULTS
from mobstd.serving.database import reading

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.carpool_proof.agreement import disagreements, journeys
from tests.carpool_proof.worlds import journey

KEYS = {"access_key": DEFAULTS[0].access_key, "secret_key": DEFAULTS[0].secret_key}
TOGETHER = 4000
HEAD = (
    "POST /v3.4/journeys HTTP/1.1\r\nHost: registry\r\nAuthorization: Bearer {token}\r\n"
    "Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
)


class Registry:
    """``mobstd serve`` on a database and a port, started as often as it is killed."""

    def __init__(self, folder: Path, db: str) -> None:
        self.db = db
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder

    def start(self) -> None:
        command = [sys.executable, "-m", "mobstd", "serve", "carpool-proof@3.4"]
        command += ["--port", str(self.port), "--db", self.db]
        with (self._folder / "registry.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as door:
                if door.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise SystemExit("the registry did not start")

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


def document(number: str, at: datetime) -> bytes:
    return json.dumps(journey(number, f"d{number}", f"p{number}", at)).encode()


async def load(url: str, clients: int, seconds: float, run: str) -> tuple[list[str], list[float]]:
    """Create journeys for so long; return what was acknowledged, and the times of answers."""
    at = datetime.now(UTC) - timedelta(hours=1)
    acknowledged: list[str] = []
    times: list[float] = []
    ends = time.monotonic() + seconds
    token = httpx.post(f"{url}/auth/access_token", json=KEYS).json()["access_token"]
    port = int(url.rpartition(":")[2])

    async def one(client: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        number = 0
        try:
            while time.monotonic() < ends:
                number += 1
                name = f"{run}-{client}-{number}"
                body = document(name, at)
                began = time.monotonic()
                writer.write(HEAD.format(token=token, length=len(body)).encode() + body)
                status = await answered(reader)
                if status == 429:
                    return
                assert status == 201, status
                times.append(time.monotonic() - began)
                acknowledged.append(f"j{name}")
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    await asyncio.gather(*map(one, range(clients)))
    return acknowledged, times


async def answered(reader: asyncio.StreamReader) -> int:
    """Read one answer; return its status."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = int(head.partition("content-length: ")[2].partition("\r")[0])
    await reader.readexactly(length)
    return int(head.split(" ", 2)[1])


def kept(db: str) -> set[str]:
    """Return the journeys that are in the database."""
    with reading(db) as found:
        return {name for (name,) in found.execute("SELECT journey FROM journeys")}


@contextmanager
def schema(url: str) -> Iterator[str]:
    """Yield the URL of a schema of its own."""
    import psycopg

    name = f"mobstd_{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as db:
        db.execute(f"CREATE SCHEMA {name}".encode())
        try:
            yield f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{name}"
        finally:
            db.execute(f"DROP SCHEMA {name} CASCADE".encode())


def fsync(folder: Path) -> float:
    """Return the middle time of an ``fsync`` of one page here."""
    found = []
    with (folder / "page").open("wb") as file:
        for _ in range(50):
            file.write(b"x" * 4096)
            file.flush()
            began = time.monotonic()
            os.fsync(file.fileno())
            found.append(time.monotonic() - began)
    return statistics.median(found)


def under_load(clients: int, seconds: float, url: str | None) -> int:
    with tempfile.TemporaryDirectory() as name, ExitStack() as opened:
        folder = Path(name)
        print(f"fsync here: {fsync(folder) * 1000:.2f} ms")
        databases = {"SQLite": f"sqlite:///{folder / 'registry.db'}"}
        if url is not None:
            databases["PostgreSQL"] = opened.enter_context(schema(url))
        lost = 0
        for kind, db in databases.items():
            print(f"{kind}:")
            lost += killed_half_way(Registry(folder, db), clients, seconds)
        return 1 if lost else 0


def killed_half_way(registry: Registry, clients: int, seconds: float) -> int:
    registry.start()
    began = time.monotonic()
    whole, times = asyncio.run(load(registry.url, clients, seconds, "a"))
    rate = len(whole) / (time.monotonic() - began)
    quantiles = statistics.quantiles(times, n=100)
    print(
        f"  {clients} clients: {rate:.0f} creations a second, median"
        f" {quantiles[49] * 1000:.0f} ms, p99 {quantiles[98] * 1000:.0f} ms"
    )

    async def killed() -> list[str]:
        asyncio.get_running_loop().call_later(seconds / 4, registry.kill)
        return (await load(registry.url, clients, seconds, "b"))[0]

    registry.kill()
    registry.start()
    cut = asyncio.run(killed())
    registry.start()
    with httpx.Client(base_url=registry.url) as http:
        assert http.post("/auth/access_token", json=KEYS).status_code == 201
    registry.kill()
    lost = {*whole, *cut} - kept(registry.db)
    print(f"  {len(whole) + len(cut)} acknowledged, {len(cut)} before a kill; lost: {len(lost)}")
    return len(lost)


def agreement(count: int) -> int:
    differ = 0
    for rules in ("2025-08", "2026-07"):
        outcomes: Counter[str] = Counter()
        began = time.monotonic()
        for seed in range(-(-count // TOGETHER)):
            with tempfile.TemporaryDirectory() as name:
                listed: list[dict[str, Any]] = list(journeys(min(TOGETHER, count), seed))
                found, seen = disagreements(listed, rules, Path(name))
            outcomes += seen
            differ += len(found)
            for text in found[:5]:
                print(f"{rules}, seed {seed}: {text}")
        judged = -(-count // TOGETHER) * min(TOGETHER, count)
        print(f"{rules}: {judged} journeys in {time.monotonic() - began:.0f} s")
        for outcome, times in outcomes.most_common():
            print(f"  {times:7} {outcome}")
    print(f"{differ} differ")
    return 1 if differ else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--db", metavar="URL")
    parser.add_argument("--agreement", type=int, metavar="N")
    args = parser.parse_args()
    if args.agreement:
        return agreement(args.agreement)
    return under_load(args.clients, args.seconds, args.db)


if __name__ == "__main__":
    sys.exit(main())
