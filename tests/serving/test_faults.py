"""Faults around an app, and how they are found by name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon import root, standard
from mobstd.errors import CanonError, ConfigError, UnknownName
from mobstd.judging.exchange import Request
from mobstd.judging.fault import Edit, Setting
from mobstd.serving.faults import (
    FaultMiddleware,
    behaviours,
    held_to,
    load_faults,
    load_twins,
    of_role,
    select,
)
from mobstd.transport.asgi import AsgiSender

TEXT = {"en": "x", "fr": "x"}
FAULTS: list[dict[str, Any]] = [
    {
        "id": "TOY-LIST-01/more",
        "requirement": "TOY-LIST-01",
        "title": TEXT,
        "operations": ["getThings"],
        "request": [{"op": "add", "parameter": "count", "value": 1}],
    },
    {
        "id": "TOY-LIST-01/unstable",
        "requirement": "TOY-LIST-01",
        "title": TEXT,
        "operations": ["getThings"],
        "when": {"every": 2},
        "response": [{"op": "truncate", "at": "", "count": 1}],
    },
    {
        "id": "TOY-LIST-02/lazy",
        "requirement": "TOY-LIST-02",
        "title": TEXT,
        "behaviour": "lazy",
        "versions": ["2.0"],
    },
]
TWINS: list[dict[str, Any]] = [
    {
        "id": "TWIN/extra-header",
        "title": TEXT,
        "because": TEXT,
        "response": [{"op": "header", "name": "X-Extra", "value": "1"}],
    }
]
OPENAPI = {
    "openapi": "3.1.0",
    "info": {"title": "Toy", "version": "1.0"},
    "paths": {
        "/things": {"get": {"operationId": "getThings", "responses": {"200": {"description": ""}}}},
        "/things/{id}": {
            "get": {"operationId": "getThing", "responses": {"200": {"description": ""}}}
        },
    },
}


def lay(folder: Path, faults: Any = FAULTS, twins: Any = TWINS) -> standard.Version:
    for name, version in (("toy", "1.0"), ("toy", "2.0")):
        place = folder / "schemas" / name / version
        (place / "openapi").mkdir(parents=True)
        (place / "source.yaml").write_text("status: draft\n")
        (place / "openapi" / "server.yaml").write_text(json.dumps(OPENAPI))
    for kind, rows in (("faults", faults), ("twins", twins)):
        (folder / "conformance" / "toy" / kind).mkdir(parents=True)
        (folder / "conformance" / "toy" / kind / "list.json").write_text(json.dumps(rows))
    return standard.find("toy@1.0", [root.at(folder)])


@pytest.fixture
def toy(tmp_path: Path) -> standard.Version:
    return lay(tmp_path)


async def things(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        raise RuntimeError
    from urllib.parse import parse_qs

    count = int(parse_qs(scope["query_string"].decode()).get("count", ["3"])[0])
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    body = json.dumps([{"path": scope["path"]}] * count).encode()
    await send({"type": "http.response.body", "body": body[:5], "more_body": True})
    await send({"type": "http.response.body", "body": body[5:]})


@pytest.fixture
def ask(toy: standard.Version) -> Iterator[Any]:
    senders = []

    def make(*names: str) -> Any:
        app = FaultMiddleware(things, select(toy, names), toy, "server")
        sender = AsgiSender(app)
        senders.append(sender)

        def send(path: str, **query: str) -> Any:
            return sender.send(Request("GET", path, tuple(query.items())))

        return send

    yield make
    for sender in senders:
        sender.close()


def test_queries_and_answers_are_edited(ask: Any) -> None:
    send = ask("TOY-LIST-01/more", "TWIN/extra-header")
    answer = send("/v2/things", count="2")
    assert len(answer.json) == 3
    assert answer.header("x-extra") == "1"


def test_only_the_operation_of_the_fault(ask: Any) -> None:
    assert len(ask("TOY-LIST-01/more")("/things/12", count="2").json) == 2
    assert len(ask("TOY-LIST-01/more")("/elsewhere", count="2").json) == 2


def test_each_nth_exchange(ask: Any) -> None:
    send = ask("TOY-LIST-01/unstable")
    assert [len(send("/things").json) for _ in range(4)] == [3, 1, 3, 1]


def test_a_row_stands_for_its_first_fault(toy: standard.Version) -> None:
    assert [v.id for v in select(toy, ["TOY-LIST-01"])] == ["TOY-LIST-01/more"]


def test_narrowed_to_one_operation(toy: standard.Version) -> None:
    assert select(toy, ["TWIN/extra-header@getThing"])[0].operations == ("getThing",)
    with pytest.raises(UnknownName, match="getThings"):
        select(toy, ["TOY-LIST-01/more@getThing"])


def test_an_unknown_name_lists_the_closest(toy: standard.Version) -> None:
    with pytest.raises(UnknownName) as caught:
        select(toy, ["TOY-LIST-01/mroe"])
    assert "TOY-LIST-01/more" in str(caught.value)
    assert "jumeau" in caught.value.text("fr")


def test_faults_of_a_version(toy: standard.Version, tmp_path: Path) -> None:
    other = standard.find("toy@2.0", [root.at(tmp_path)])
    assert len(load_faults(toy)) == 2
    assert behaviours(load_faults(other)) == {"lazy": ()}
    assert [twin.id for twin in load_twins(toy)] == ["TWIN/extra-header"]


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    broken = [{**FAULTS[0], "request": [{"op": "ad", "parameter": "count"}]}]
    version = lay(tmp_path, faults=broken)
    with pytest.raises(CanonError) as caught:
        load_faults(version)
    assert "list.json" in str(caught.value)
    assert "/0/request/0" in str(caught.value)


def test_an_id_stands_once(tmp_path: Path) -> None:
    version = lay(tmp_path, twins=[*TWINS, *TWINS])
    with pytest.raises(CanonError, match="TWIN/extra-header"):
        load_twins(version)


def test_a_fault_is_held_to_what_is_served(toy: standard.Version) -> None:
    fault = select(toy, ["TOY-LIST-01/more"])[0]
    held_to([fault], toy, "server", key=False, partner=False)
    for members, options, code in (
        ({"roles": ("client",)}, {"key": True, "partner": True}, "fault-of-other-role"),
        ({"setting": Setting(key=True)}, {"key": False, "partner": True}, "fault-needs-key"),
        ({"setting": Setting(partner=True)}, {"key": True, "partner": False}, "needs-partner"),
    ):
        with pytest.raises(ConfigError) as caught:
            held_to([replace(fault, **members)], toy, "server", **options)
        assert code in caught.value.code
    assert of_role([fault], toy, "client") == []


async def echo(scope: Any, receive: Any, send: Any) -> None:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    told = dict(scope["headers"]).get(b"content-length")
    assert told in (None, str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": bytes(body)})


@pytest.mark.parametrize(
    ("sent", "got"),
    [
        (b'{"a":1}', b'{"a":1,"b":2}'),
        (b'{"b":1}', b'{"b":1}'),
        (b"", b""),
        (b'{"a":"' + b"x" * 1_100_000 + b'"}', b'{"a":"' + b"x" * 1_100_000 + b'"}'),
    ],
    ids=["edited", "as it is", "nothing", "too long to be looked at"],
)
def test_bodies_of_requests_are_edited(toy: standard.Version, sent: bytes, got: bytes) -> None:
    fault = replace(
        select(toy, ["TOY-LIST-01/more"])[0],
        request=(Edit("default", {"at": "/b", "value": 2}),),
    )
    with AsgiSender(FaultMiddleware(echo, [fault], toy, "server")) as sender:
        request = Request("GET", "/things", (), (("content-type", "application/json"),), sent)
        assert sender.send(request).body == got
