"""How far it is by road: a guess, a table, a router that is asked, and one that is down."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from mobstd.carpool_proof.reference.places import Places
from mobstd.carpool_proof.reference.routing import NONE, Osrm, Straight, Way, router_of
from mobstd.carpool_proof.rules.anomalies import Route
from mobstd.errors import ConfigError

from .sandbox import Sandbox
from .test_sandbox import EARLY, ROUTE, early

WAY = Way(45.0, 5.0, 45.1, 5.0)


@pytest.fixture
def osrm() -> Iterator[tuple[str, list[str], list[Any]]]:
    """A router: its address, the paths that it was asked for, and what it answers next."""
    asked: list[str] = []
    answers: list[Any] = [{"code": "Ok", "routes": [{"distance": 12000.5, "duration": 700.2}]}]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            raw = json.dumps(answers[-1]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/roads", asked, answers
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_guess_is_never_shorter_than_the_crow_flies() -> None:
    metres = Straight(1.0).route(WAY).distance
    assert metres == pytest.approx(11_119.5, abs=1)
    told = router_of(None).route(WAY)
    assert told == Route(pytest.approx(metres * 1.3, abs=1), pytest.approx(metres * 0.078, abs=1))
    assert router_of("straight:2:100").route(WAY).distance == pytest.approx(2 * metres, abs=1)  # type: ignore[union-attr]
    assert router_of("none").route(WAY) is None


def test_a_table_has_its_ways_and_guesses_others(tmp_path: Path) -> None:
    file = tmp_path / "ways.csv"
    names = "start_lat,start_lon,end_lat,end_lon,distance,duration\n"
    file.write_text(f"{names}45.0001,5,45.1,-0.0001,15000,900\n")
    router = router_of(str(file))
    assert router.route(Way(45.0, 5.0, 45.1, 0.0)) == Route(15_000, 900)
    assert router.route(WAY) == Straight().route(WAY)
    for wrong in ("45,5,45.1,5,far,9", "95,5,45.1,5,1,1", "45,5,45.1,5,1", "45,5,45.1,5,-1,1"):
        file.write_text(f"{names}45,5,45.1,5,15000,900\n{wrong}\n")
        with pytest.raises(ConfigError) as caught:
            router_of(str(file))
        assert caught.value.params["line"] == 3


@pytest.mark.parametrize("text", ["straight:1", "straight:0.5:60", "straight:a:b", "no/such/file"])
def test_what_is_no_router(text: str) -> None:
    with pytest.raises(ConfigError):
        router_of(text)


def test_a_router_is_asked_once_and_again_after_a_failure(osrm: tuple[str, Any, Any]) -> None:
    url, asked, answers = osrm
    router = Osrm(url)
    answers.append({"code": "NoRoute"})
    asyncio.run(router.prepare([WAY, WAY]))
    assert (router.route(WAY), len(asked)) == (None, 1)
    answers.pop()
    for _ in range(2):
        asyncio.run(router.prepare([WAY]))
    assert router.route(WAY) == Route(12000.5, 700.2)
    path = "/roads/route/v1/driving/5.000000,45.000000;5.000000,45.100000?overview=false"
    assert asked == [path, path]


def test_nobody_at_the_router(unused: int) -> None:
    router = Osrm(f"http://127.0.0.1:{unused}")
    asyncio.run(router.prepare([WAY]))
    assert router.route(WAY) is None
    box = Sandbox({"router": f"http://127.0.0.1:{unused}"})
    assert box.ask("GET", ROUTE).status == 503
    box.create(early(0, operator_class="C"))
    box.forward(60)
    assert box.status("j0") == "ok"  # as with the real server while its router is down


@pytest.fixture
def unused() -> int:
    """A port where nobody listens."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        return server.server_port


def test_anomalies_come_from_the_router_that_is_asked(osrm: tuple[str, Any, Any]) -> None:
    url, asked, answers = osrm
    box = Sandbox({"router": url})
    assert box.ask("GET", ROUTE).body == {"distance": 12000.5, "duration": 700.2}
    answers.append({"routes": [{"distance": 60_000, "duration": 700.2}]})
    box.create(early(0, "a", "b", operator_class="C"))
    box.create(early(1, "c", "d"))
    asked.clear()
    box.forward(60)
    assert (box.status("j0"), box.status("j1"), len(asked)) == ("anomaly_error", "ok", 1)


def test_without_a_router_only_what_is_certain_is_found() -> None:
    assert EARLY
    for router, status in ((NONE, "ok"), (None, "anomaly_error")):
        box = Sandbox({"router": router})
        box.create(early(0, operator_class="C", distance=900_000))
        box.forward(60)
        assert box.status("j0") == status


def test_addresses() -> None:
    places = Places()
    for text, name in (
        ("1 place de Paris, 69001 LYON", "Lyon"),
        ("Saint Denis", "Saint-Denis"),
        ("clermont-FERRAND cedex 9", "Clermont-Ferrand"),
        ("nowhere", None),
    ):
        found = places.of_address(text, "france")
        assert (found and found.name) == name
    assert places.of_address("Lyon", "Belgique") is None


def test_a_table_of_places(tmp_path: Path) -> None:
    file = tmp_path / "communes.csv"
    file.write_text("insee,commune,lat,lon,density\n01004,Ambérieu,45.96,5.36,500\n")
    box = Sandbox({"places": str(file)})
    assert box.ask("GET", "/geo/point/by_insee?code=01004").body == {"lon": 5.36, "lat": 45.96}
    assert box.ask("GET", "/geo/point/by_insee?code=38185").status == 404
    for wrong in ("insee,commune\n1,a\n", "insee,commune,lat,lon\n1,a,95,5\n", "insee\n"):
        file.write_text(wrong)
        with pytest.raises(ConfigError):
            Places.load(file)
