"""Whatever is sent, no reference and no bridge fails: no 5xx, no traceback, no memory that grows.

Each target is asked for a second here; ``make endurance`` takes ten minutes over the four
(``MOBSTD_ENDURANCE`` is the number of seconds for each, ``MOBSTD_SEED`` another storm), and lets
schemathesis generate requests besides.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from urllib.request import urlopen

import pytest
import requests
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis.errors import Unsatisfiable

from mobstd.canon.openapi import bundle, operations
from mobstd.canon.standard import find
from mobstd.ocss.booking import booking_of
from mobstd.ocss.v1_0 import DriverJourney, User

from .storm import Real, Shot, storm

SECONDS = float(os.environ.get("MOBSTD_ENDURANCE", "1"))
SEED = int(os.environ.get("MOBSTD_SEED", "0"))
LONG = 20.0
LEAST = 200
"""Requests that are sent however slow the machine is."""

CALLERS = 4
PATIENCE = 20.0
GROWTH = 80_000
"""Kibibytes that a process may grow by, once it has warmed up."""

SMALL = ("--count", "300", "--area", "Isère")
TARGETS = {
    "operator": ("ocss@1.0-alpha", "operator", SMALL, None),
    "maas": ("ocss@1.0-alpha", "maas", ("--role", "maas"), None),
    "ocss-from-rdex": ("ocss@1.0-alpha", "operator", (), ("rdex@1.2", "rdex")),
    "rdex-from-ocss": ("rdex@1.2", "operator", (), ("ocss@1.0-alpha", "ocss")),
}


class Served:
    """A ``mobstd serve`` in a process of its own, with what it wrote."""

    def __init__(self, log: Path, standard: str, *options: str) -> None:
        self.log = log
        command = [sys.executable, "-m", "mobstd", "serve", standard, "--port", "0", *options]
        with log.open("wb") as written:
            self.process = subprocess.Popen(command, stderr=written, stdout=subprocess.DEVNULL)
        self.url = self._ready()

    def _ready(self) -> str:
        for _ in range(300):
            found = re.search(r"http://127\.0\.0\.1:[0-9]+", self.written)
            if found:
                return found[0]
            time.sleep(0.1)
        raise AssertionError(self.written)

    @property
    def written(self) -> str:
        return self.log.read_text("utf-8", "replace")

    @property
    def memory(self) -> int:
        """Kibibytes in use; 0 where nobody can tell."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
        except OSError:
            return 0
        found = re.search(r"VmRSS:\s+([0-9]+)", status)
        return int(found[1]) if found else 0

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.process.kill()
        self.process.wait()


@pytest.fixture
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Served]]:
    """The target, and the partner behind it where it is a bridge."""
    standard, _, options, behind = TARGETS[request.param]
    running: list[Served] = []
    if behind is not None:
        partner, name = behind
        running.append(Served(tmp_path / "partner.log", partner, "--count", "300"))
        options = (*options, "--from", f"{name}={running[0].url}")
    running.append(Served(tmp_path / "target.log", standard, *options))
    yield running
    for one in running:
        one.stop()


def real(target: Served) -> Real:
    """Return what the target has, from the example that it shows at its start."""
    found = re.search(r"'(http://[^']+_journeys[^']*)'", target.written)
    if found is None:
        return Real()
    query = dict(parse_qsl(urlsplit(found[1]).query))
    wide = {**query, "timeDelta": "604800", "departureRadius": "100", "arrivalRadius": "100"}
    with urlopen(f"{target.url}/driver_journeys?{urlencode(wide)}", timeout=PATIENCE) as response:
        journeys = [DriverJourney.read(item) for item in json.load(response)]
    traveller = User(id="p-77", operator="maas.example.com", alias="Zoé L.")
    bookings = [
        booking_of(journey, traveller).dump()
        for journey in journeys
        if journey.price is not None
        and journey.price.type != "UNKNOWN"
        and journey.passenger_pickup_date.timestamp() > time.time() + 3600
    ]
    assert bookings
    searches = ("getDriverJourneys", "getPassengerJourneys")
    return Real(
        dict.fromkeys(searches, query),
        {"postBookings": bookings},
        [booking["id"] for booking in bookings],
    )


def generated(standard: str, role: str, seed: int) -> Iterator[Shot]:
    """Yield what schemathesis makes of the document of a role: a hundred of each operation."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import schemathesis

        config = schemathesis.Config.from_dict({"generation": {"allow-x00": False}})
        schema = schemathesis.openapi.from_dict(bundle(find(standard), role), config=config)
        for one in operations(find(standard), role).values():
            for mode in (
                schemathesis.GenerationMode.POSITIVE,
                schemathesis.GenerationMode.NEGATIVE,
            ):
                strategy = schema[one.path][one.method].as_strategy(generation_mode=mode)
                yield from (_shot(one.method, case) for case in drawn(strategy, seed))


def drawn(strategy: Any, seed: int) -> list[Any]:
    found: list[Any] = []

    @seeded(seed)
    @settings(
        max_examples=100,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def collect(case: Any) -> None:
        found.append(case)

    with suppress(Unsatisfiable):  # nothing of a request without parameters can be wrong
        collect()
    return found


def _shot(method: str, case: Any) -> Shot:
    sent = case.as_transport_kwargs(base_url="http://127.0.0.1")
    made = requests.Request(**{k: v for k, v in sent.items() if k != "cookies"}).prepare()
    body = made.body or b""
    body = body.encode() if isinstance(body, str) else body
    head = [f"{method} {made.path_url} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    head.append(f"Content-Length: {len(body)}")
    if "Content-Type" in made.headers:
        head.append(f"Content-Type: {made.headers['Content-Type']}")
    return Shot(method, "\r\n".join(head).encode() + b"\r\n\r\n" + body)


def mixed(made: list[Shot], shots: Iterator[Shot]) -> Iterator[Shot]:
    """Yield what was made and what never ends, by turns."""
    for shot in made:
        yield shot
        yield next(shots)
    yield from shots


def answer(url: str, shot: Shot) -> int | None:
    """Send the bytes and return the status; ``None`` where the connection was just closed."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(shot.raw)
        if not shot.fair:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_WR)
        response = http.client.HTTPResponse(connection, method=shot.method)
        try:
            response.begin()
            response.read()
        except (http.client.HTTPException, ConnectionResetError):
            return None
        return response.status


@pytest.mark.parametrize("served", TARGETS, indirect=True)
def test_nothing_that_is_sent_breaks_it(served: list[Served], request: Any) -> None:
    name = request.node.callspec.params["served"]
    target = served[-1]
    standard, role, *_ = TARGETS[name]
    statuses: Counter[int | None] = Counter()
    wrong: list[str] = []
    made = list(generated(standard, role, SEED)) if SECONDS > LONG else []
    until = time.monotonic() + SECONDS
    warm: list[int] = []
    known = real(target) if name == "operator" else Real()

    def call(number: int) -> None:
        shots = storm(find(standard), role, SEED * 1000 + number, known)
        for shot in mixed(made[number::CALLERS], shots):
            if (time.monotonic() > until and statuses.total() > LEAST) or len(wrong) > 5:
                return
            try:
                status = answer(target.url, shot)
            except TimeoutError:
                wrong.append(f"no answer within {PATIENCE} s: {shot.raw[:300]!r}")
                return
            statuses[status] += 1
            if status is None and shot.fair and len(shot.raw) < 60_000:
                wrong.append(f"no answer: {shot.raw[:300]!r}")
            if status is not None and status >= 500:
                wrong.append(f"{status}: {shot.raw[:300]!r}")
            if not warm and statuses.total() > LEAST / 2:
                warm.append(target.memory)

    callers = [threading.Thread(target=call, args=(number,)) for number in range(CALLERS)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    print(f"{name}: {statuses.total()} requests, {dict(statuses)}, {target.memory} KiB")
    assert wrong == [], "\n".join(wrong)
    for one in served:
        assert one.process.poll() is None, one.written
        assert "Traceback" not in one.written, one.written[-4000:]
    assert {200, 400} <= set(statuses)
    assert target.memory - warm[0] < GROWTH
