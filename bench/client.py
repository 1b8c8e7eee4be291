"""What a client search costs beside httpx, json.loads and the same models by hand.

    python bench/client.py

An answer of 100 journeys, twice: over a mock transport (no network at all), and over loopback. Both
sides do the same job: build the query, send, check the status, parse, make 100 models. Ours also
judges the query and the whole answer by the JSON Schemas; the last line says what that costs.
CPU seconds, best of several interleaved rounds.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from mobstd.judging.exchange import Request, Response
from mobstd.ocss.v1_0 import OPERATOR_OPERATIONS, Client, DriverJourney, DriverJourneysQuery
from mobstd.transport.judge import judge_of

EXAMPLES = Path(__file__).parents[1] / "schemas/ocss/1.0-alpha/examples/valid/driver-journey"
PARAMS = {
    "departureLat": 45.1915,
    "departureLng": 5.7145,
    "arrivalLat": 45.3659,
    "arrivalLng": 5.5906,
    "departureDate": 1665552600,
}
ROUNDS, CALLS = 60, 5

SERVER = """
import socket, sys
body = sys.stdin.buffer.read()
head = b"HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n"
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
import threading
def serve(sock):
    while data := sock.recv(65536):
        if data.endswith(b"\\r\\n\\r\\n"):
            sock.sendall(head % len(body) + body)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
"""


def journeys(count: int = 100) -> bytes:
    """An answer made of the canon's own examples, ids counted up."""
    known = [json.loads(path.read_text("utf-8")) for path in sorted(EXAMPLES.glob("*.json"))]
    items = [{**known[n % len(known)], "id": f"j-{n}"} for n in range(count)]
    return json.dumps(items, ensure_ascii=False).encode()


class Canned:
    """A sender that always has the same answer: what MockTransport is to httpx."""

    def __init__(self, body: bytes) -> None:
        self._response = Response(200, (("Content-Type", "application/json"),), body)

    def send(self, request: Request, *, timeout: float | None = None) -> Response:
        return Response(200, self._response.headers, self._response.body)

    def close(self) -> None:
        """Nothing to close."""


def by_hand(http: httpx.Client) -> list[DriverJourney]:
    response = http.get("/driver_journeys", params=PARAMS)
    response.raise_for_status()
    return [DriverJourney.model_validate(item) for item in json.loads(response.content)]


def with_client(client: Client) -> list[DriverJourney]:
    return client.get_driver_journeys(
        DriverJourneysQuery(
            departure_lat=PARAMS["departureLat"],
            departure_lng=PARAMS["departureLng"],
            arrival_lat=PARAMS["arrivalLat"],
            arrival_lng=PARAMS["arrivalLng"],
            departure_date=datetime.fromtimestamp(PARAMS["departureDate"], UTC),
        )
    )


def race(*runners: Callable[[], Any]) -> list[float]:
    """Return the best CPU milliseconds of one call of each, taken in turns."""
    best = [float("inf")] * len(runners)
    for _ in range(ROUNDS):
        for number, run in enumerate(runners):
            begun = time.process_time()
            for _ in range(CALLS):
                run()
            best[number] = min(best[number], (time.process_time() - begun) / CALLS * 1000)
    return best


@contextmanager
def serving(body: bytes) -> Iterator[str]:
    """Serve the body from another process."""
    command = [sys.executable, "-c", SERVER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(body)
        server.stdin.close()
        yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        server.kill()


def main() -> None:
    body = journeys()
    print(f"an answer of 100 journeys, {len(body):,} bytes; CPU ms a call, best of {ROUNDS}")
    mock = httpx.MockTransport(
        lambda _: httpx.Response(200, content=body, headers={"Content-Type": "application/json"})
    )
    with httpx.Client(transport=mock, base_url="http://mock") as http:
        client = Client(sender=Canned(body))
        assert len(by_hand(http)) == len(with_client(client)) == 100
        report("mock transport", *race(lambda: by_hand(http), lambda: with_client(client)))
    with serving(body) as url, httpx.Client(base_url=url) as http, Client(base_url=url) as client:
        report("loopback", *race(lambda: by_hand(http), lambda: with_client(client)))
    judge, value = judge_of(OPERATOR_OPERATIONS["getDriverJourneys"]).answer, json.loads(body)
    assert judge is not None
    print(f"{'of which the schema':20} {race(lambda: judge.is_valid(value))[0]:8.2f}")


def report(name: str, theirs: float, ours: float) -> None:
    print(f"{name:20} by hand {theirs:6.2f}   mobstd {ours:6.2f}   ratio {ours / theirs:.2f}")


if __name__ == "__main__":
    main()
