"""A service knows who calls, and takes the query of a write from a body too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.standard import Version
from mobstd.serving.caller import caller
from mobstd.serving.kit import app

from .conftest import DOCUMENT, Ask, write_toy

PAINT = {
    "operationId": "paintThing",
    "parameters": [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
        {
            "name": "colour",
            "in": "query",
            "required": True,
            "schema": {"$ref": "../colour.schema.json"},
        },
    ],
    "responses": {"200": {"description": "painted"}, "400": {"description": "wrong"}},
}


class Painter:
    """Says who asked for what."""

    def __init__(self) -> None:
        self.seen: list[tuple[str | None, dict[str, Any]]] = []

    def paint_thing(self, asked: dict[str, Any]) -> None:
        """Note it, in a thread of its own."""
        self.seen.append((caller(), dict(asked)))

    async def list_things(self, asked: dict[str, Any]) -> list[Any]:
        """Note it, in the event loop."""
        self.seen.append((caller(), {}))
        return []


@pytest.fixture
def painted(tmp_path: Path) -> Version:
    version = write_toy(tmp_path)
    paths = {**DOCUMENT["paths"], "/things/{id}": {"patch": PAINT}}  # type: ignore[dict-item]
    document = json.dumps({**DOCUMENT, "paths": paths})
    (version.folder / "openapi" / "server.yaml").write_text(document)
    return version


@pytest.mark.parametrize(
    ("target", "body", "status"),
    [
        ("/things/1?colour=red", None, 200),
        ("/things/1", {"colour": "red", "size": 3}, 200),
        ("/things/1?colour=red", {"colour": "blue"}, 200),
        ("/things/1", {"colour": "mauve"}, 400),
        ("/things/1", {"colour": 1}, 400),
        ("/things/1", ["red"], 400),
        ("/things/1", None, 400),
    ],
)
def test_the_query_of_a_write_may_stand_in_its_body(
    painted: Version, ask: Ask, target: str, body: Any, status: int
) -> None:
    service = Painter()
    served = app(service, painted, "server")
    assert ask(served, target, "PATCH", json=body).status_code == status
    assert [asked["colour"] for _, asked in service.seen] == ["red"] * (status == 200)


def test_what_is_no_json_says_nothing(painted: Version, ask: Ask) -> None:
    served = app(Painter(), painted, "server")
    headers = {"Content-Type": "application/json"}
    assert ask(served, "/things/1", "PATCH", content=b"{", headers=headers).status_code == 400
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert ask(served, "/things/1", "PATCH", content=b"colour=red", headers=form).status_code == 400


def test_the_body_of_a_reading_request_says_nothing(painted: Version, ask: Ask) -> None:
    served = app(Painter(), painted, "server")
    assert ask(served, "/things", "GET", json={"near": "1"}).status_code == 400


def test_the_same_key_has_the_same_name_which_is_not_the_key(painted: Version, ask: Ask) -> None:
    service = Painter()
    served = app(service, painted, "server", api_keys=["one", "two"])
    for key in ("one", "two", "one"):
        ask(served, "/things?near=1", headers={"X-API-Key": key})
    first, second, third = (name for name, _ in service.seen)
    assert first == third != second
    assert first is not None
    assert "one" not in first
    assert ask(served, "/things?near=1", headers={"X-API-Key": "three"}).status_code == 401
    assert len(service.seen) == 3


def test_without_keys_nobody_has_a_name(painted: Version, ask: Ask) -> None:
    service = Painter()
    ask(app(service, painted, "server"), "/things?near=1", headers={"X-API-Key": "one"})
    assert service.seen == [(None, {})]
