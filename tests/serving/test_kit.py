"""The server kit on a toy standard that it has never heard of."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel

from mobstd.errors import ConfigError, NotFound
from mobstd.serving import Limit, Refuse, Reply, app


class Thing(BaseModel):
    id: str
    size: float


class Shop:
    """Keeps what it was asked, and answers what it is told to."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.answer: Any = [{"id": "a", "size": 1.5}]

    def _said(self) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def list_things(self, query: dict[str, Any]) -> Any:
        self.asked.append(query)
        return self._said()

    async def create_thing(self, query: dict[str, Any], body: Any) -> Any:
        self.asked.append(body)
        return self._said()

    async def get_thing(self, query: dict[str, Any]) -> Any:
        self.asked.append(query)
        return self._said()

    async def ping(self) -> None:
        return None


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def served(shop: Shop, toy: Any) -> Any:
    return app(shop, toy, "server", development=True)


def test_answers_with_typed_parameters(shop: Shop, served: Any, ask: Any) -> None:
    got = ask(
        served,
        "/things?near=4.5e1&limit=3&new=true&colours=red,blue&paint=green&other=1",
        headers={"X-Trace": "7"},
    )
    assert (got.status_code, got.json()) == (200, [{"id": "a", "size": 1.5}])
    assert got.headers["content-type"] == "application/json"
    assert got.headers["content-length"] == str(len(got.content))
    assert shop.asked == [
        {
            "near": 45.0,
            "limit": 3,
            "new": True,
            "colours": ["red", "blue"],
            "paint": "green",
            "X-Trace": 7,
        }
    ]


def test_fills_in_defaults_and_leaves_out_the_rest(shop: Shop, served: Any, ask: Any) -> None:
    ask(served, "/things?near=-0.5")
    assert shop.asked == [{"near": -0.5, "limit": 10}]


def test_arrays_may_be_repeated(shop: Shop, served: Any, ask: Any) -> None:
    assert ask(served, "/things?near=1&colours=red&colours=green,blue").status_code == 200
    assert shop.asked[0]["colours"] == ["red", "green", "blue"]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "near=",
        "near=abc",
        "near=NaN",
        "near=Infinity",
        "near=-inf",
        "near=1e400",
        "near=1_000",
        "near=0x10",
        "near=%2B1",
        "near=+1",
        "near=%201",
        "near=1%0A",
        "near=.5",
        "near=5.",
        "near=%D9%A1",
        "near=1&near=2",
        "near=" + "1" * 100,
        "near=1&limit=1.5",
        "near=1&limit=0",
        "near=1&limit=x",
        "near=1&limit=-1",
        "near=1&new=1",
        "near=1&new=True",
        "near=1&colours=red,pink",
        "near=1&colours=",
        "near=1&paint=pink",
        "near=%ff",
        "near=1&x=%ff",
        "&".join(f"x{i}=1" for i in range(300)),
    ],
)
def test_refuses_what_the_canon_refuses(shop: Shop, served: Any, ask: Any, query: str) -> None:
    got = ask(served, f"/things?{query}")
    assert got.status_code == 400
    assert got.headers["content-type"] == "application/problem+json"
    body = got.json()
    assert body["kind"] == "problem"
    assert body["status"] == 400
    assert body["details"]["text"]
    assert shop.asked == []


def test_whole_floats_are_integers(shop: Shop, served: Any, ask: Any) -> None:
    assert ask(served, "/things?near=1&limit=2.0").status_code == 200
    assert shop.asked[0]["limit"] == 2
    assert isinstance(shop.asked[0]["limit"], int)


def test_speaks_french_when_asked(served: Any, ask: Any) -> None:
    got = ask(served, "/things", headers={"Accept-Language": "fr-FR,fr;q=0.9"})
    assert got.json()["details"]["text"] == "near manque."


def test_path_parameters(shop: Shop, served: Any, ask: Any) -> None:
    shop.answer = Thing(id="b", size=2)
    assert ask(served, "/things/abc").json() == {"id": "b", "size": 2.0}
    assert shop.asked == [{"id": "abc"}]
    assert ask(served, "/things/abcdef").status_code == 400
    assert ask(served, "/things/a/b").status_code == 404


def test_bodies(shop: Shop, served: Any, ask: Any) -> None:
    shop.answer = {"id": "c", "size": 1}
    good = ask(served, "/things", "POST", json={"id": "c", "size": 1})
    assert (good.status_code, good.json()) == (201, {"id": "c", "size": 1})
    assert shop.asked == [{"id": "c", "size": 1}]
    for options in (
        {},
        {"json": {"id": "c"}},
        {"content": b"{", "headers": {"content-type": "application/json"}},
        {"content": b"[" * 100_000, "headers": {"content-type": "application/json"}},
        {"content": b'{"id":"c","size":NaN}', "headers": {"content-type": "application/json"}},
        {"content": b'{"id":"c","size":1}', "headers": {"content-type": "text/plain"}},
        {"content": b" " * 2_000_000, "headers": {"content-type": "application/json"}},
    ):
        assert ask(served, "/things", "POST", **options).status_code == 400
    assert len(shop.asked) == 1


def test_unknown_paths_and_methods(served: Any, ask: Any) -> None:
    missing = ask(served, "/nothing")
    assert missing.status_code == 404
    assert missing.json()["status"] == 404
    wrong = ask(served, "/things", "DELETE")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, HEAD, POST")
    assert ask(served, "/ping", "POST").headers["allow"] == "GET, HEAD"


def test_head_is_get_without_a_body(served: Any, ask: Any) -> None:
    got, head = ask(served, "/things?near=1"), ask(served, "/things?near=1", "HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]


def test_no_body_where_none_is_documented(served: Any, ask: Any) -> None:
    got = ask(served, "/ping")
    assert (got.status_code, got.content, "content-type" in got.headers) == (204, b"", False)


def test_keys(shop: Shop, toy: Any, ask: Any) -> None:
    guarded = app(shop, toy, "server", api_keys=["one", "clé"], development=True)
    for headers in ({}, {"X-API-Key": "two"}, {"X-API-Key": ""}):
        got = ask(guarded, "/things?near=1", headers=headers)
        assert (got.status_code, got.content) == (401, b"")
        assert got.headers["www-authenticate"].startswith("ApiKey")
    assert ask(guarded, "/things?near=1", headers={"x-api-key": "one"}).status_code == 200
    assert ask(guarded, "/ping").status_code == 204
    assert shop.asked == [{"near": 1.0, "limit": 10}]


@pytest.mark.parametrize("keys", ["secret", "", [""], ["one", ""], [None], ["one\n"], [" "]])
def test_keys_that_everybody_has_or_nobody_can_send(shop: Shop, toy: Any, keys: Any) -> None:
    with pytest.raises(ConfigError, match="The keys"):
        app(shop, toy, "server", api_keys=keys)


def test_no_key_at_all_lets_nobody_in(shop: Shop, toy: Any, ask: Any) -> None:
    closed = app(shop, toy, "server", api_keys=[])
    assert ask(closed, "/things?near=1").status_code == 401


def test_a_key_is_asked_before_the_query_is_read(shop: Shop, toy: Any, ask: Any) -> None:
    guarded = app(shop, toy, "server", api_keys=["one"], key_header="Authorization")
    assert ask(guarded, "/things").status_code == 401
    assert ask(guarded, "/things", headers={"Authorization": "one"}).status_code == 400


def test_refusals_of_the_service(shop: Shop, served: Any, ask: Any) -> None:
    shop.answer = Refuse(404, "missing_thing")
    got = ask(served, "/things/abc")
    assert got.status_code == 404
    assert got.json()["details"]["text"] == "missing_thing"
    shop.answer = Refuse(409, "taken", headers={"X-Why": "because"})
    got = ask(served, "/things", "POST", json={"id": "c", "size": 1})
    assert (got.status_code, got.headers["x-why"]) == (409, "because")
    shop.answer = NotFound(status=404, operation="getThing")
    assert ask(served, "/things/abc").status_code == 404


def test_replies_of_the_service(shop: Shop, toy: Any, ask: Any) -> None:
    shop.answer = Reply([Thing(id="a", size=1)], headers={"Cache-Control": "no-store"})
    got = ask(app(shop, toy, "server"), "/things?near=1")
    assert (got.json(), got.headers["cache-control"]) == ([{"id": "a", "size": 1.0}], "no-store")
    shop.answer = Reply(b'[{"id":"raw","size":1}]')
    assert ask(app(shop, toy, "server"), "/things?near=1").json()[0]["id"] == "raw"


WRONG = [
    ([{"id": "a"}], "/0"),
    ([{"id": "", "size": 1}], "/0/id"),
    ({"id": "a", "size": 1}, "/"),
    (None, "JSON"),
    (Reply([], status=418), "418"),
    (Refuse(410, "gone"), "410"),
]


@pytest.mark.parametrize(("answer", "where"), WRONG)
def test_own_wrong_answers_are_caught_in_development(
    shop: Shop, served: Any, ask: Any, answer: Any, where: str, caplog: pytest.LogCaptureFixture
) -> None:
    shop.answer = answer
    got = ask(served, "/things?near=1")
    assert got.status_code == 500
    assert "listThings" in got.json()["details"]["text"]
    assert where in got.json()["details"]["text"]
    assert "listThings" in caplog.text


@pytest.mark.parametrize(("answer", "where"), WRONG[:3])
def test_own_wrong_answers_are_logged_in_production(
    shop: Shop, toy: Any, ask: Any, answer: Any, where: str, caplog: pytest.LogCaptureFixture
) -> None:
    shop.answer = answer
    got = ask(app(shop, toy, "server"), "/things?near=1")
    assert (got.status_code, got.json()) == (200, answer)
    assert where in caplog.text
    caplog.clear()
    ask(app(shop, toy, "server", check_answers=False), "/things?near=1")
    assert not caplog.records


@pytest.mark.parametrize(
    "answer", [RuntimeError("password=hunter2"), [{"id": "a", "size": float("nan")}], [object()]]
)
def test_failures_tell_nothing(
    shop: Shop, toy: Any, ask: Any, answer: Any, caplog: pytest.LogCaptureFixture
) -> None:
    shop.answer = answer
    with caplog.at_level(logging.ERROR):
        got = ask(app(shop, toy, "server"), "/things?near=1")
    assert (got.status_code, got.content) == (500, b"")
    assert "listThings" in caplog.text
    got = ask(app(shop, toy, "server", development=True), "/things?near=1")
    assert "hunter2" not in got.text
    assert "Traceback" not in got.text


def test_limit(shop: Shop, toy: Any, ask: Any) -> None:
    now = [0.0]
    limit = Limit(2, 10, clock=lambda: now[0])
    limited = app(shop, toy, "server", limit=limit)
    statuses = [ask(limited, "/things?near=1").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert ask(limited, "/things?near=1").headers["retry-after"] == "5"
    assert ask(limited, "/things?near=1", headers={"X-API-Key": "other"}).status_code == 200
    now[0] = 5.0
    assert ask(limited, "/things?near=1").status_code == 200


def test_a_limit_is_not_escaped_by_inventing_keys(shop: Shop, toy: Any, ask: Any) -> None:
    limited = app(shop, toy, "server", limit=Limit(2, 10), api_keys=["one"])
    invented = [
        ask(limited, "/things?near=1", headers={"X-API-Key": f"k{n}"}).status_code for n in range(3)
    ]
    assert invented == [401, 401, 429]
    assert ask(limited, "/things?near=1", headers={"X-API-Key": "one"}).status_code == 200


def test_a_limit_forgets_idle_callers() -> None:
    now = [0.0]
    limit = Limit(2, 10, clock=lambda: now[0])
    for number in range(10_001):
        limit.wait(str(number))
    now[0] = 11.0
    limit.wait("late")
    assert len(limit._buckets) == 1


def test_what_is_not_implemented_is_absent(toy: Any, ask: Any) -> None:
    class Ping:
        async def ping(self) -> None:
            return None

    assert ask(app(Ping(), toy, "server"), "/ping").status_code == 204
    assert ask(app(Ping(), toy, "server"), "/things").status_code == 404
    with pytest.raises(ConfigError, match="list_things"):
        app(object(), toy, "server")


def test_plain_methods_run_beside_the_loop(toy: Any, ask: Any) -> None:
    class Plain:
        def list_things(self, query: dict[str, Any]) -> Any:
            with pytest.raises(RuntimeError):
                asyncio.get_running_loop()
            if query["near"] < 0:
                raise Refuse(400, "too cold")
            return [{"id": "a", "size": query["near"]}]

        def get_thing(self, query: dict[str, Any]) -> Any:
            return self._later()

        async def _later(self) -> Any:
            return {"id": "b", "size": 1}

    served = app(Plain(), toy, "server", development=True)
    assert ask(served, "/things?near=1").json() == [{"id": "a", "size": 1}]
    assert ask(served, "/things?near=-1").json()["details"]["text"] == "too cold"
    assert ask(served, "/things/b").json() == {"id": "b", "size": 1}


@pytest.mark.parametrize(
    "make",
    [
        lambda: Refuse(200),
        lambda: Refuse(700),
        lambda: Refuse(400, headers={"X": "a\r\nSet-Cookie: b"}),
        lambda: Reply(headers={"X": "€"}),
        lambda: Reply(headers={"": "a"}),
    ],
)
def test_what_no_answer_can_carry_is_refused_where_it_is_written(make: Any) -> None:
    with pytest.raises(ConfigError):
        make()


def test_queries_can_be_built(shop: Shop, toy: Any, ask: Any) -> None:
    built = app(shop, toy, "server", queries={"listThings": lambda taken: taken.pairs})
    ask(built, "/things?colours=red,blue&near=1&other=2")
    assert shop.asked == [(("near", "1"), ("colours", "red,blue"))]


def test_mounted_below_a_prefix(served: Any, ask: Any) -> None:
    async def mount(scope: Any, receive: Any, send: Any) -> None:
        await served({**scope, "root_path": "/api/v1"}, receive, send)

    assert ask(mount, "/api/v1/ping").status_code == 204
    assert ask(mount, "/ping").status_code == 204

    async def short(scope: Any, receive: Any, send: Any) -> None:
        await served({**scope, "root_path": "/pi"}, receive, send)

    assert ask(short, "/ping").status_code == 204


def test_lifespan_reaches_the_service(toy: Any) -> None:
    class Living(Shop):
        stages: ClassVar[list[str]] = []

        async def startup(self) -> None:
            self.stages.append("up")

        def shutdown(self) -> None:
            self.stages.append("down")
            raise RuntimeError("no")

    sent: list[Any] = []

    async def live() -> None:
        async def receive() -> dict[str, str]:
            return {"type": "lifespan"}

        async def send(message: Any) -> None:
            sent.append(message["type"])

        await app(Living(), toy, "server")({"type": "lifespan"}, receive, send)
        await app(Living(), toy, "server")({"type": "websocket"}, receive, send)

    asyncio.run(live())
    assert Living.stages == ["up", "down"]
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.failed", "websocket.close"]


def test_messages_are_bilingual() -> None:
    from mobstd.messages import catalogue

    ours = {code: texts for code, texts in catalogue().items() if code.startswith("serving.")}
    assert ours
    assert all(texts["en"] and texts["fr"] for texts in ours.values())
    assert json.dumps(ours)
