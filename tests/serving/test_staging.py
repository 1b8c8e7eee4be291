"""The set-up hook of a test environment: what it takes, refuses and answers, before another app."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from mobstd.errors import ConfigError
from mobstd.judging.exchange import Request, Response
from mobstd.serving import Refuse, staged
from mobstd.serving.staging import LARGEST
from mobstd.transport import AsgiSender

RUN = "0d5c1b9e-6f0a-4c8e-9d2e-7f1f3f6b1a42"
ABOUT = {"format_version": 1, "run": RUN, "standard": "toy@1.0", "role": "server"}
SET_UP = {
    **ABOUT,
    "call": "set-up",
    "blocks": ["things"],
    "caller": "mobstd.example.org",
    "timezone": "Europe/Paris",
    "now": 1795424400,
    "until": 1796029200,
    "areas": [],
    "needs": [{"operation": "getThings", "count": 2, "criteria": []}],
}
TEAR_DOWN = {**ABOUT, "call": "tear-down"}
ANSWER = {"hints": {"getThings": [{"colour": "red"}]}}


class Data:
    def __init__(self, answer: Any = ANSWER) -> None:
        self.answer = answer
        self.calls: list[Any] = []

    async def set_up(self, call: Mapping[str, Any]) -> Any:
        self.calls.append(call)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def tear_down(self, run: str) -> None:
        self.calls.append(run)


async def _tested(scope: Any, receive: Any, send: Any) -> None:
    """What stands behind the hook: an app that answers 418."""
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def ask() -> Iterator[Callable[..., Response]]:
    senders: list[AsgiSender] = []

    def send(
        data: Data, body: Any, *, path: str = "/mobstd", method: str = "POST",
        key: str | None = None, **options: Any,
    ) -> Response:  # fmt: skip
        sender = AsgiSender(staged("/mobstd", data, _tested, **options))
        senders.append(sender)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = () if key is None else (("X-API-Key", key),)
        return sender.send(Request(method, path, headers=headers, body=content))

    yield send
    for sender in senders:
        sender.close()


def test_a_call_is_handed_on_and_its_answer_sent(ask: Any) -> None:
    data = Data()
    answer = ask(data, SET_UP)
    assert (answer.status, json.loads(answer.body)) == (200, ANSWER)
    assert data.calls == [SET_UP]


@pytest.mark.parametrize("answer", [None, {}])
def test_without_a_hint_it_is_204(ask: Any, answer: Any) -> None:
    assert ask(Data(answer), SET_UP).status == 204


def test_tearing_down_names_the_run(ask: Any) -> None:
    data = Data()
    assert ask(data, TEAR_DOWN).status == 204
    assert data.calls == [RUN]


@pytest.mark.parametrize("path", ["/", "/mobstd/", "/mobstd/more", "/elsewhere"])
def test_other_paths_are_those_of_the_app(ask: Any, path: str) -> None:
    assert ask(Data(), SET_UP, path=path).status == 418


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        ({}, 400),
        ({**SET_UP, "needs": None}, 400),
        ({**TEAR_DOWN, "needs": []}, 400),
        ({**TEAR_DOWN, "run": "../../etc"}, 400),
        (b" " * (LARGEST + 1), 413),
    ],
)
def test_what_is_no_call_is_refused(ask: Any, body: Any, status: int) -> None:
    data = Data()
    answer = ask(data, body)
    assert (answer.status, data.calls) == (status, [])
    assert json.loads(answer.body)["error"]


def test_only_post_is_taken(ask: Any) -> None:
    answer = ask(Data(), SET_UP, method="PUT")
    assert (answer.status, answer.header("allow")) == (405, "POST")


@pytest.mark.parametrize(("key", "status"), [(None, 401), ("wrong", 401), ("right", 200)])
def test_a_key_opens_it(ask: Any, key: str | None, status: int) -> None:
    data = Data()
    assert ask(data, SET_UP, key=key, api_keys=["right"]).status == status
    assert len(data.calls) == (status == 200)


def test_what_can_not_be_set_up_is_refused(ask: Any) -> None:
    answer = ask(Data(Refuse(409, "another run is on")), SET_UP)
    assert (answer.status, json.loads(answer.body)) == (409, {"error": "another run is on"})


@pytest.mark.parametrize("answer", [ZeroDivisionError("secret"), {"hint": {}}, {"areas": "Lyon"}])
def test_what_breaks_the_contract_never_leaves(ask: Any, answer: Any) -> None:
    sent = ask(Data(answer), SET_UP)
    assert sent.status == 500
    assert b"secret" not in sent.body
    assert b"hint" not in sent.body


@pytest.mark.parametrize("path", ["", "/", "mobstd"])
def test_a_path_is_one(path: str) -> None:
    with pytest.raises(ConfigError) as refused:
        staged(path, Data(), _tested)
    assert refused.value.code == "serving.bad-setup-path"
