"""Acts that survive a lost answer: each counts once, whatever was lost, however often."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from mobstd.errors import Conflict, OutcomeUnknown
from mobstd.judging.exchange import Request
from mobstd.mobility_aid import subscribing
from mobstd.mobility_aid.subscribing import (
    Taken,
    begin,
    begin_async,
    change,
    change_async,
    new_id,
    step,
    step_async,
    upload,
    upload_async,
)
from mobstd.mobility_aid.v0_1 import (
    AsyncFunderClient,
    DocumentUpload,
    FunderClient,
    SubscriptionRequest,
    SubscriptionStep,
    SubscriptionUpdate,
)
from mobstd.transport.asgi import AsgiSender, AsyncAsgiSender

from .funders import CARPOOL, TOWN, Asked, document, request


class Losing:
    """Delivers what is sent, and loses the first answers to writes."""

    def __init__(self, inner: Any, times: int) -> None:
        self._inner, self.left, self.sent = inner, times, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def _loses(self, asked: Request) -> bool:
        self.sent += asked.method != "GET"
        lost = asked.method != "GET" and self.left > 0
        self.left -= lost
        return lost


class LosingSync(Losing):
    def send(self, asked: Request, *args: Any, **more: Any) -> Any:
        answer = self._inner.send(asked, *args, **more)
        if self._loses(asked):
            raise OutcomeUnknown("transport.outcome-unknown", operation="x", reason="lost")
        return answer


class LosingAsync(Losing):
    async def send(self, asked: Request, *args: Any, **more: Any) -> Any:
        answer = await self._inner.send(asked, *args, **more)
        if self._loses(asked):
            raise OutcomeUnknown("transport.outcome-unknown", operation="x", reason="lost")
        return answer


@pytest.fixture(scope="module")
def asked() -> Asked:
    return Asked()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def passed(_: float) -> None:
        return None

    monkeypatch.setattr(subscribing.time, "sleep", lambda _: None)
    monkeypatch.setattr(subscribing.anyio, "sleep", passed)


def bearer(asked: Asked, name: str) -> Any:
    token = asked.person(name)
    return lambda request: {"Authorization": f"Bearer {token}"}


def asked_for(aid: str = TOWN, **more: Any) -> SubscriptionRequest:
    return SubscriptionRequest.read(request(aid, **more))


SUBMITTED = SubscriptionStep(to="submitted")


@pytest.mark.parametrize("lost", [0, 1, 3])
def test_whatever_is_lost_each_act_counts_once(asked: Asked, lost: int) -> None:
    name = f"sync-{lost}"
    sender = LosingSync(AsgiSender(asked.app), lost)
    with FunderClient("http://f", sender=sender, auth=bearer(asked, name)) as client:
        begun = begin(client, asked_for())
        sender.left = lost
        file = upload(client, DocumentUpload.read(document()))
        sender.left = lost
        bike = begin(client, asked_for("exemple-metropole-vae", documents=[file.id]))
        sender.left = lost
        changed = change(client, bike.id, SubscriptionUpdate.read({"answers": {"price": 900}}))
        assert changed.answers["price"] == 900
        sender.left = lost
        assert step(client, begun.id, SUBMITTED).state == "submitted"
        paid = begin(client, asked_for(CARPOOL))
        sender.left = lost
        assert step(client, paid.id, SUBMITTED).state == "granted"
    told = asked("GET", "/subscriptions", by=asked.person(name)).json["subscriptions"]
    assert len(told) == 3
    history = next(one["history"] for one in told if one["id"] == begun.id)
    assert [entry["event"] for entry in history] == ["created", "submitted"]


def test_the_same_awaited(asked: Asked) -> None:
    async def acts() -> list[str]:
        sender = LosingAsync(AsyncAsgiSender(asked.app), 2)
        auth = bearer(asked, "awaited")
        async with AsyncFunderClient("http://f", sender=sender, auth=auth) as client:
            begun = await begin_async(client, asked_for())
            sender.left = 1
            await upload_async(client, DocumentUpload.read(document()))
            sender.left = 1
            done = await step_async(client, begun.id, SUBMITTED)
            bike = await begin_async(client, asked_for("exemple-metropole-vae"))
            update = SubscriptionUpdate.read({"answers": {"price": 900}})
            await change_async(client, bike.id, update)
            return [str(begun.state), str(done.state)]

    assert anyio.run(acts) == ["draft", "submitted"]


def test_what_is_refused_is_told(asked: Asked) -> None:
    auth = bearer(asked, "refused")
    with FunderClient("http://f", sender=AsgiSender(asked.app), auth=auth) as client:
        made = asked_for("exemple-metropole-vae")
        begun = begin(client, made)
        with pytest.raises(Taken):
            begin(client, SubscriptionRequest.read({**request(TOWN), "id": made.id}))
        with pytest.raises(Conflict) as limited:
            begin(client, asked_for("exemple-metropole-vae"))
        assert limited.value.problem["existing"] == begun.id
        step(client, begun.id, SubscriptionStep(to="withdrawn"))
        with pytest.raises(Conflict) as late:
            step(client, begun.id, SUBMITTED)
        assert late.value.problem["state"] == "withdrawn"


def test_who_never_answers_is_given_up(asked: Asked) -> None:
    sender = LosingSync(AsgiSender(asked.app), 99)
    auth = bearer(asked, "never")
    with (
        FunderClient("http://f", sender=sender, auth=auth) as client,
        pytest.raises(OutcomeUnknown),
    ):
        begin(client, asked_for(), tries=3)
    assert sender.sent == 3
    assert len({new_id() for _ in range(9)}) == 9


def test_what_the_module_shows_can_be_typed() -> None:
    lines = (subscribing.__doc__ or "").splitlines()
    shown = "\n".join(line[4:] for line in lines if line.startswith("    "))
    names: dict[str, Any] = {}
    exec(shown.partition("with FunderClient")[0], names)
    assert names["request"].dump()["consent"] == {"given": True, "version": "2026-01"}
