"""Two hundred callers at once on one reference operator, over loopback HTTP: nothing is lost.

    python bench/bookings.py [--bookings 400] [--callers 200]

The operator runs in a process of its own, on a file. First every booking is posted; then all of
them are moved at once, each to every status in an order of its own, by callers that compete for
them; in the middle the process is killed (SIGKILL) and started again on the same file. At the end
everything is read back. It exits with 1 where

* a booking that was acknowledged is not there, or differs in anything but its status;
* a status was acknowledged twice, or the one kept is not the last that was acknowledged;
* an answer was neither an acknowledgement nor the documented refusal (409).
"""

from __future__ import annotations

import argparse
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

import anyio

from mobstd.errors import Conflict, TransportError
from mobstd.ocss.booking import LADDER
from mobstd.ocss.v1_0 import AsyncClient, Booking
from mobstd.transport.http import AsyncSender

PEOPLE = {
    "driver": {"id": "u-1", "operator": "elsewhere.example.org", "alias": "Loïc"},
    "passenger": {"id": "p-77", "operator": "maas.example.com", "alias": "Zoé L."},
}


class Operator:
    """``mobstd serve`` on a file and a port, started as often as it is killed."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "operator.log"
        self._db = folder / "operator.sqlite3"

    def start(self) -> None:
        command = [sys.executable, "-m", "mobstd", "serve", "ocss@1.0-alpha", "--count", "300"]
        command += ["--port", str(self.port), "--db", f"sqlite:///{self._db}"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log)
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise SystemExit(self.log.read_text("utf-8"))

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


class Bench:
    """The callers, what they were told, and how long they waited for it."""

    def __init__(self, url: str, callers: int) -> None:
        self.url = url
        self.callers = callers
        self.acknowledged: dict[str, list[str]] = defaultdict(list)
        self.outcomes: Counter[str] = Counter()
        self.waits: list[float] = []

    async def run(
        self, jobs: Iterable[Any], call: Callable[[AsyncClient, Any], Awaitable[None]]
    ) -> float:
        """Let all callers work off the jobs; return the seconds that it took."""
        queue = list(jobs)[::-1]
        self.waits = []
        sender = AsyncSender(self.url, timeout=60, connections=self.callers)

        async def work(client: AsyncClient) -> None:
            while queue:
                job = queue.pop()
                began = time.perf_counter()
                try:
                    await call(client, job)
                except TransportError as error:
                    self.outcomes[type(error).__name__] += 1
                self.waits.append(time.perf_counter() - began)

        began = time.perf_counter()
        async with AsyncClient(sender=sender) as client, anyio.create_task_group() as group:
            for _ in range(self.callers):
                group.start_soon(work, client)
        return time.perf_counter() - began

    async def post(self, client: AsyncClient, booking: Booking) -> None:
        kept = await client.post_bookings(booking)
        self.acknowledged[kept.id].append(kept.status)
        self.outcomes["posted"] += 1

    async def move(self, client: AsyncClient, job: tuple[str, str]) -> None:
        id_, status = job
        try:
            await client.patch_bookings(id_, status=status)
        except Conflict:
            self.outcomes["refused"] += 1
        else:
            self.acknowledged[id_].append(status)
            self.outcomes["moved"] += 1

    def say(self, what: str, seconds: float) -> None:
        waits = sorted(self.waits)
        middle, late = waits[len(waits) // 2], waits[int(len(waits) * 0.95)]
        each = (
            f"{len(waits) / seconds:,.0f}/s, median {middle * 1e3:.0f} ms, 95 % {late * 1e3:.0f} ms"
        )
        print(f"{what:<42}{len(waits):>6} in {seconds:5.1f} s: {each}")


def booking_number(number: int, chance: random.Random) -> Booking:
    return Booking.read(
        {
            **PEOPLE,
            "id": str(UUID(int=chance.getrandbits(128), version=4)),
            "passengerPickupDate": int(time.time()) + 86_400 + number,
            "passengerPickupLat": 45.1915,
            "passengerPickupLng": 5.7145,
            "passengerDropLat": 45.3659,
            "passengerDropLng": 5.5906,
            "distance": number,
            "status": LADDER[0],
            "price": {"type": "FREE"},
        }
    )


def wrong_with(bench: Bench, posted: list[Booking], found: dict[str, Booking]) -> list[str]:
    """Return everything that must not be so, in words."""
    wrong = []
    for booking in posted:
        kept, told = found.get(booking.id), bench.acknowledged[booking.id]
        if kept is None:
            wrong.append(f"{booking.id} is lost")
            continue
        rest = {name: value for name, value in kept.dump().items() if name != "webUrl"}
        if rest != {**booking.dump(), "status": kept.status}:
            wrong.append(f"{booking.id} differs")
        steps = sorted(told, key=LADDER.index)
        if len(set(told)) != len(told):
            wrong.append(f"{booking.id} was moved twice to one status: {told}")
        if LADDER.index(kept.status) < LADDER.index(steps[-1]):
            wrong.append(f"{booking.id} is {kept.status}, and was acknowledged as {steps[-1]}")
        unknown = bench.outcomes["OutcomeUnknown"]
        if kept.status != steps[-1] and not unknown:
            wrong.append(f"{booking.id} is {kept.status}, which nobody was told")
    return wrong


async def main(bookings: int, callers: int) -> int:
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        operator = Operator(Path(folder))
        operator.start()
        bench = Bench(operator.url, callers)
        posted = [booking_number(number, chance) for number in range(bookings)]
        bench.say(f"bookings posted by {callers} callers", await bench.run(posted, bench.post))

        moves = [(b.id, status) for b in posted for status in (*LADDER, *LADDER[1:])]
        chance.shuffle(moves)
        half = len(moves) // 2
        bench.say("statuses, all competing", await bench.run(moves[:half], bench.move))

        before = bench.outcomes.total()

        async def killed() -> None:
            while bench.outcomes.total() < before + callers:
                await anyio.sleep(0.01)
            operator.kill()

        async with anyio.create_task_group() as group:
            group.start_soon(killed)
            seconds = await bench.run(moves[half : half + callers * 4], bench.move)
        bench.say("statuses, killed in the middle", seconds)
        operator.start()
        bench.say("statuses, once it is back", await bench.run(moves[half:], bench.move))

        found: dict[str, Booking] = {}

        async def read(client: AsyncClient, booking: Booking) -> None:
            found[booking.id] = await client.get_bookings(booking.id)

        bench.say("bookings read back", await bench.run(posted, read))
        operator.kill()
        wrong = wrong_with(bench, posted, found)
        failures = operator.log.read_text("utf-8").count("Traceback")
    kinds = ", ".join(f"{count:,} {what}" for what, count in bench.outcomes.most_common())
    print(f"{kinds}; {len(found)} of {len(posted)} kept, {len(wrong)} wrong, {failures} tracebacks")
    for line in wrong[:10]:
        print(" ", line)
    return 1 if wrong or failures else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bookings", type=int, default=400)
    parser.add_argument("--callers", type=int, default=200)
    given = parser.parse_args()
    sys.exit(anyio.run(main, given.bookings, given.callers))
