"""How far it is by road: a guess, a table, a router that is asked, and one that is down."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from mobstd.carpool_proof.reference import routing
from mobstd.carpool_proof.reference.communes import Communes
from mobstd.carpool_proof.reference.places import Places, places_of
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
            answer = answers[-1]
            if callable(answer):
                answer(self)
                return
            raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
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


TABLES = {
    "ways": (
        router_of,
        "start_lat,start_lon,end_lat,end_lon,distance,duration",
        "45,5,45.1,5,15000,900",
        ("x", "181", "-91", "", "-1", "nan"),
    ),
    "places": (
        places_of,
        "insee,commune,lat,lon",
        "01004,Ambérieu,45.96,5.36",
        ("", "!", "91", "1_0"),
    ),
    "communes": (
        lambda file: Communes.load(Path(file)),
        "insee,commune,lat,lon,density",
        "01004,Ambérieu,45.96,5.36,500",
        (" ", "", "1e9", "--1", "-1"),
    ),
}
"""What reads a table, its header, a row, and what no cell of each column can be."""


@pytest.mark.parametrize("name", TABLES)
def test_a_table_says_where_it_is_wrong(tmp_path: Path, name: str) -> None:
    load, header, row, wrongs = TABLES[name]
    file = tmp_path / "table.csv"

    def refused(raw: bytes) -> ConfigError:
        file.write_bytes(raw)
        with pytest.raises(ConfigError) as caught:
            load(str(file))
        assert str(file) in str(caught.value)
        return caught.value

    columns, cells = header.split(","), row.split(",")
    for mark in ",;\t":
        file.write_text("\n".join(("\ufeff" + header, row, "", row)).replace(",", mark), "utf-8")
        load(str(file))
    for place, wrong in enumerate(wrongs):
        other = [wrong if n == place else cell for n, cell in enumerate(cells)]
        found = refused(f"{header}\n{row}\n{','.join(other)}\n".encode())
        assert (found.params["line"], found.params["column"]) == (3, columns[place])
        fewer = ",".join(name for name in columns if name != columns[place])
        assert refused(f"{fewer}\n".encode()).params["column"] == columns[place]
    shorter = refused(f"{header}\n{row}\n{','.join(cells[:-1])}\n".encode())
    assert (shorter.params["line"], shorter.params["column"]) == (3, columns[-1])
    assert refused(f"{header},{columns[0]}\n".encode()).params["column"] == columns[0]
    for raw, line in (
        (f"{header}\n{row}\n{row},1\n".encode(), 3),
        (f"{header}\n{row}\n".encode() + b"\xff\xfe", 2),
        (f"{header}\n{row}\n".encode() + b"1" * 100_000, 3),
        (f"{header}\n".encode() + b'"' + b"\n" * 100_000, 2),
    ):
        assert refused(raw).code == "proof.table.line"
        assert refused(raw).params["line"] == line
    assert refused(f"{header}\n".encode()).code == "proof.table.empty"
    assert refused(b"").code == "proof.table.column"
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(ConfigError) as caught:
            load(str(path))
        assert caught.value.code == "proof.table.unreadable"


@pytest.mark.parametrize("text", ["straight:1", "straight:0.5:60", "straight:a:b", "no/such/file"])
def test_what_is_no_router(text: str) -> None:
    with pytest.raises(ConfigError):
        router_of(text)


def test_a_router_is_asked_once_and_again_after_a_failure(osrm: tuple[str, Any, Any]) -> None:
    url, asked, answers = osrm
    router = Osrm(url)
    answers.append({"code": "InvalidQuery"})
    asyncio.run(router.prepare([WAY, WAY]))
    assert (router.route(WAY), router.knows(WAY), len(asked)) == (None, False, 1)
    answers.pop()
    for _ in range(2):
        asyncio.run(router.prepare([WAY]))
    assert router.route(WAY) == Route(12000.5, 700.2)
    path = "/roads/route/v1/driving/5.000000,45.000000;5.000000,45.100000?overview=false"
    assert asked == [path, path]


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine even a good router is late."""
    monkeypatch.setattr(routing, "_SECONDS", 60.0)
    monkeypatch.setattr(routing, "_ALTOGETHER", 300.0)


@pytest.mark.usefixtures("patience")
@pytest.mark.parametrize("code", ["NoRoute", "NoSegment"])
def test_a_router_that_finds_no_way_is_not_down(osrm: tuple[str, Any, Any], code: str) -> None:
    url, asked, answers = osrm
    router = Osrm(url)
    ways = [WAY._replace(lat=44.0 + place / 100) for place in range(60)]
    answers.append({"code": code, "message": "Impossible route between points"})
    for _ in range(2):
        asyncio.run(router.prepare(ways))
    assert len(asked) == 60
    assert all(router.knows(way) and router.route(way) is None for way in ways)
    box = Sandbox({"router": url})
    assert box.ask("GET", ROUTE).status == 404
    box.create(early(0, operator_class="C"))
    box.forward(60)
    assert box.status("j0") == "ok"


def _redirects(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(302)
    handler.send_header("Location", handler.path)
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def _never_ends(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    with contextlib.suppress(OSError):
        while True:
            handler.wfile.write(b" " * 65536)


def _trickles(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    with contextlib.suppress(OSError):
        for _ in range(100):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)


NO_ANSWERS: dict[str, Any] = {
    "redirects": _redirects,
    "never ends": _never_ends,
    "trickles": _trickles,
    "a page": b"<html></html>",
    "nothing": b"",
    "a list": [],
    "no routes": {"code": "Ok", "routes": []},
    "texts": {"code": "Ok", "routes": "none"},
    "a number": {"code": "Ok", "routes": 5},
    "a null": {"code": "Ok", "routes": [{"distance": None, "duration": 1}]},
    "below zero": {"code": "Ok", "routes": [{"distance": -1, "duration": 1}]},
    "endless": b'{"code": "Ok", "routes": [{"distance": 1e999, "duration": 1}]}',
    "long": {"code": "Ok", "routes": [{"distance": 10**400, "duration": 1}]},
    "longer": b'{"code": "Ok", "routes": [{"distance": 1%s, "duration": 1}]}' % (b"0" * 5000),
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("name", NO_ANSWERS)
def test_what_is_no_answer_of_a_router(
    osrm: tuple[str, Any, Any], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, _, answers = osrm
    monkeypatch.setattr(routing, "_SECONDS", 0.5)
    router = Osrm(url)
    answers.append(NO_ANSWERS[name])
    asyncio.run(router.prepare([WAY]))
    assert (router.route(WAY), router.knows(WAY)) == (None, False)
    assert Sandbox({"router": url}).ask("GET", ROUTE).status == 503


@pytest.mark.usefixtures("patience")
def test_a_router_that_is_down_is_left_alone(
    osrm: tuple[str, Any, Any], caplog: pytest.LogCaptureFixture
) -> None:
    url, asked, answers = osrm
    answers.append({"code": "InvalidUrl"})
    router = Osrm(url)
    ways = [WAY._replace(lat=44.0 + place / 1000) for place in range(200)]
    asyncio.run(router.prepare(ways))
    assert 33 <= len(asked) <= 33 + 16
    assert "left alone after 33 failures" in caplog.text
    assert "44." not in caplog.text


def test_a_slow_router_has_its_time(
    osrm: tuple[str, Any, Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    url, asked, answers = osrm
    monkeypatch.setattr(routing, "_SECONDS", 60.0)
    monkeypatch.setattr(routing, "_ALTOGETHER", 1.0)
    released = threading.Event()

    def never(handler: BaseHTTPRequestHandler) -> None:
        released.wait(60)
        handler.close_connection = True

    answers.append(never)
    router = Osrm(url)
    ways = [WAY._replace(lat=44.0 + place / 1000) for place in range(200)]
    try:
        asyncio.run(router.prepare(ways))
    finally:
        released.set()
    assert len(asked) <= 16
    assert not any(router.knows(way) for way in ways)
    assert "took more than 1 seconds" in caplog.text


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
