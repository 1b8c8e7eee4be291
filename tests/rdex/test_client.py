"""The client, against the reference and against what partners really answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import date, time
from typing import Any
from urllib.parse import parse_qsl

import pytest

from mobstd.errors import (
    ApiError,
    ConfigError,
    MobstdWarning,
    OutcomeUnknown,
    RefusedDocument,
    Unauthorized,
    Unreadable,
)
from mobstd.rdex.reference import build
from mobstd.rdex.v1_2 import (
    AdReference,
    ApiKey,
    AsyncClient,
    Client,
    Connection,
    Keys,
    Party,
    RetryPolicy,
    Search,
    SignatureMismatch,
    TimestampTooSkewed,
    UnknownUser,
)
from mobstd.transport import AsgiSender
from mobstd.transport.asgi import AsyncAsgiSender

from .worlds import NOW, example, scripted

PARIS = Search((48.85, 2.35), (48.80, 2.13), mindate=date(2026, 11, 23), maxdate=date(2026, 11, 25))
CONTACT = Connection(
    driver=Party(uuid="1042", state="recipient"),
    passenger=Party(alias="Loïc G.", state="sender"),
    journeys=AdReference(uuid="88310"),
    details="Bonjour & à demain ?",
)
ONCE = RetryPolicy(retries=0)


@pytest.fixture(scope="module")
def reference() -> Iterator[AsgiSender]:
    app = build(now=int(NOW.timestamp()), count=400, api_keys=["public:private"])
    with AsgiSender(app, "http://legacy.localhost") as sender:
        yield sender


def test_signed_search_and_contact(reference: AsgiSender) -> None:
    client = Client(sender=reference, keys=Keys("public", "private"))
    found = client.search(PARIS)
    assert found
    assert found.problems == ()
    assert all(ad.driver.state == 1 for ad in found)
    assert {r.journeys.uuid for r in client.get_journeys(PARIS.to_query())} == {
        a.uuid for a in found
    }
    client.post_connections(CONTACT)


def test_the_same_awaited() -> None:
    async def main() -> int:
        app = build(now=int(NOW.timestamp()), count=400, api_keys=["public:private"])
        async with AsyncAsgiSender(app, "http://legacy.localhost") as sender:
            client = AsyncClient(sender=sender, keys=Keys("public", "private"), extension="")
            await client.post_connections(CONTACT)
            return len(await client.search(PARIS))

    assert asyncio.run(main()) > 0


def test_refusals_have_their_name(reference: AsgiSender) -> None:
    with pytest.raises(SignatureMismatch) as caught:
        Client(sender=reference, keys=Keys("public", "other")).search(PARIS)
    assert caught.value.name == "signature_mismatch"
    assert isinstance(caught.value, Unauthorized)
    with pytest.raises(Unauthorized):
        Client(sender=reference).post_connections(CONTACT)
    late = Client(sender=reference, keys=Keys("public", "private"))
    signing: Any = late._settings.auth
    with pytest.raises(TimestampTooSkewed):
        late.with_options(auth=type(signing)(signing.keys, signing.origin, lambda: 1e9)).search(
            PARIS
        )


Answering = Callable[..., tuple[Client, Any]]


@pytest.fixture
def answering() -> Iterator[Answering]:
    """A client of a partner that answers one thing: ``answering(200, [], **options)``."""
    senders: list[AsgiSender] = []

    def made(status: int, body: Any, **options: Any) -> tuple[Client, Any]:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        app = scripted(lambda scope: (status, raw))
        senders.append(AsgiSender(app, "http://partner.localhost"))
        return Client(sender=senders[-1], retry=ONCE, **options), app

    yield made
    for sender in senders:
        sender.close()


def test_what_partners_really_answer(answering: Answering) -> None:
    ad = example("journey", "minimal")
    ad["from"] = {"latitude": "48.68", "longitude": "2.1"}
    ad["cost"] = {"fixed": "", "variable": "0.059649"}
    ad.update(distance="55000", waypoints="", uuid=88310)
    client, _ = answering(200, [{"journeys": ad}])
    (found,) = client.search(PARIS)
    assert found.from_.latitude == 48.68
    assert (found.cost.fixed, str(found.cost.variable)) == (None, "0.059649")
    assert found.distance == 55000
    assert found.to_json() == json.dumps(ad, ensure_ascii=False, separators=(",", ":"))
    assert "Maëlle" not in repr(found)


def test_an_exchange_that_is_switched_off(answering: Answering) -> None:
    assert answering(204, b"")[0].search(PARIS) == []


def test_answers_that_are_not_right(answering: Answering) -> None:
    with pytest.warns(MobstdWarning):
        assert answering(200, [{"journeys": {"uuid": 1}}, {}])[0].search(PARIS) == []
    with pytest.raises(Unreadable):
        answering(200, b"<html>")[0].search(PARIS)
    with pytest.raises(RefusedDocument):
        answering(200, {"journeys": []})[0].search(PARIS)
    with pytest.raises(ApiError) as caught:
        answering(500, b"<html>")[0].search(PARIS)
    assert caught.value.problem is None


def test_a_name_of_another_status_is_no_class_of_its_own(answering: Answering) -> None:
    client, _ = answering(500, {"error": {"name": "unknown_user"}})
    with pytest.raises(ApiError) as caught:
        client.post_connections(CONTACT)
    assert not isinstance(caught.value, UnknownUser)
    client, _ = answering(400, {"error": {"name": "unknown_user", "field": "driver"}})
    with pytest.raises(UnknownUser) as known:
        client.post_connections(CONTACT)
    assert known.value.field == "driver"


def test_a_contact_is_a_form(answering: Answering) -> None:
    client, app = answering(201, b"")
    client.post_connections(CONTACT)
    (seen,) = app.seen
    assert dict(parse_qsl(seen["body"].decode())) == {
        "driver[uuid]": "1042",
        "driver[state]": "recipient",
        "passenger[alias]": "Loïc G.",
        "passenger[state]": "sender",
        "journeys[uuid]": "88310",
        "details": "Bonjour & à demain ?",
    }
    assert (b"content-type", b"application/x-www-form-urlencoded") in seen["headers"]
    with pytest.raises(RefusedDocument):
        client.post_connections(CONTACT.model_copy(update={"details": "x" * 501}))
    assert len(app.seen) == 1


def test_a_contact_whose_fate_is_unknown() -> None:
    async def cut(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 201, "headers": []})
            raise OSError

    with AsgiSender(cut) as sender, pytest.raises(OutcomeUnknown):
        Client(sender=sender).post_connections(CONTACT)


def test_the_dialect_with_a_key_in_a_header(answering: Answering) -> None:
    client, app = answering(200, [], auth=ApiKey("X-API-KEY", "s3cret"), extension="")
    client.search(PARIS)
    (seen,) = app.seen
    assert (b"x-api-key", b"s3cret") in seen["headers"]
    assert seen["path"] == "/journeys"
    assert b"signature" not in seen["query_string"]
    with pytest.raises(ConfigError):
        answering(200, [], auth=ApiKey("X", "y"), keys=Keys("a", "b"))


def test_a_prefix_is_kept() -> None:
    app = scripted(lambda scope: (200, b"[]"))
    url = "http://partner.localhost/rdexapi"
    with AsgiSender(app, url) as sender:
        Client(url, sender=sender, keys=Keys("a", "b")).search(PARIS)
    assert app.seen[0]["path"] == "/rdexapi/journeys.json"
    names = [name for name, _ in parse_qsl(app.seen[0]["query_string"].decode())]
    assert names[:2] == ["timestamp", "apikey"]
    assert names[-1] == "signature"


def test_a_search_says_what_it_was_told() -> None:
    search = Search(
        (45.1, 5.2),
        (46.1, 6.2),
        passengers=True,
        frequency="regular",
        mindate=date(2026, 12, 1),
        times={"monday": (time(7), None), "friday": (None, time(9, 30))},
        days=frozenset({"monday", "friday"}),
    )
    pairs = dict(search.to_query().to_pairs())
    assert pairs["p[outward][monday][mintime]"] == "07:00:00"
    assert pairs["p[days][friday]"] == "1"
    assert "p[outward][maxdate]" not in pairs
    assert Search.of(search.to_query()) == search
