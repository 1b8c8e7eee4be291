"""After a write that nobody answered there is one booking, with one status, and one knows which."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import anyio
import pytest

from mobstd.errors import ApiError, Conflict, NotFound, OutcomeUnknown, Timeout
from mobstd.judging.exchange import Request, Response
from mobstd.ocss.fate import booking_after, booking_after_async, status_after, status_after_async
from mobstd.ocss.reference.maas import build as build_maas
from mobstd.ocss.v1_0 import AsyncClient, AsyncMaasClient, Client, MaasClient
from mobstd.transport.asgi import AsgiSender, AsyncAsgiSender

from .bookings import operator, some_booking


class Lossy:
    """An app whose next answers are lost: before it did anything (``not``), or after (``done``)."""

    def __init__(self, app: Any) -> None:
        self.sender = AsgiSender(app)
        self.lost: list[str] = []
        self.sent: list[str] = []
        self.before: Callable[[Request], None] = lambda request: None

    def send(self, request: Request, *, timeout: float | None = None) -> Response:
        self.sent.append(request.method)
        how = self.lost.pop(0) if self.lost and request.method != "GET" else ""
        self.before(request)
        answer = None if how == "not" else self.sender.send(request)
        if how or answer is None:
            raise Timeout("transport.timeout", operation="x", host="x", seconds=1)
        return answer

    def close(self) -> None:
        self.sender.close()


@pytest.fixture
def lossy() -> Iterator[Lossy]:
    made = Lossy(operator())
    yield made
    made.close()


@pytest.fixture
def client(lossy: Lossy) -> Client:
    return Client("http://operator.test", sender=lossy)


@pytest.mark.parametrize(("how", "calls"), [("not", ["GET", "POST"]), ("done", ["GET"])])
def test_a_booking(lossy: Lossy, client: Client, how: str, calls: list[str]) -> None:
    booking = some_booking()
    lossy.lost = [how]
    with pytest.raises(OutcomeUnknown):
        client.post_bookings(booking)
    assert booking_after(client, booking).id == booking.id
    assert lossy.sent == ["POST", *calls]
    assert client.get_bookings(booking.id).status == "WAITING_CONFIRMATION"


def test_a_booking_that_arrives_late(lossy: Lossy, client: Client) -> None:
    booking = some_booking()

    def arrives(request: Request) -> None:
        if request.method == "POST":
            lossy.before = lambda request: None
            other = type(booking).read({**booking.dump(), "distance": 7})
            with Client("http://operator.test", sender=lossy.sender) as first:
                first._owns_sender = False
                first.post_bookings(other)

    lossy.before = arrives
    assert booking_after(client, booking).distance == 7
    assert lossy.sent == ["GET", "POST", "GET"]


def test_a_booking_that_is_refused_stays_so() -> None:
    app = operator()
    booking = some_booking(app)
    gone = type(booking).read({**booking.dump(), "driverJourneyId": "gone"})
    with (
        Client("http://operator.test", sender=AsgiSender(app)) as client,
        pytest.raises(ApiError) as refused,
    ):
        booking_after(client, gone)
    assert refused.value.problem == {"error": "missing_journey"}


def test_it_may_be_unknown_again(lossy: Lossy, client: Client) -> None:
    booking = some_booking()
    lossy.lost = ["not"]
    with pytest.raises(OutcomeUnknown):
        booking_after(client, booking)
    assert booking_after(client, booking).id == booking.id


@pytest.mark.parametrize(("how", "calls"), [("not", ["GET", "PATCH"]), ("done", ["GET"])])
def test_a_status(lossy: Lossy, client: Client, how: str, calls: list[str]) -> None:
    booking = some_booking()
    client.post_bookings(booking)
    lossy.lost, lossy.sent = [how], []
    with pytest.raises(OutcomeUnknown):
        client.patch_bookings(booking.id, status="CONFIRMED")
    assert status_after(client, booking.id, "CONFIRMED", "À demain") == "CONFIRMED"
    assert lossy.sent == ["PATCH", *calls]
    client.patch_bookings(booking.id, status="CANCELLED")
    assert status_after(client, booking.id, "VALIDATED") == "CANCELLED"


def test_a_status_that_somebody_else_sets_meanwhile(lossy: Lossy, client: Client) -> None:
    for theirs, held in (("CONFIRMED", "CONFIRMED"), ("CANCELLED", "CANCELLED")):
        booking = some_booking()
        client.post_bookings(booking)

        def meanwhile(request: Request, theirs: str = theirs, id_: str = booking.id) -> None:
            if request.method == "PATCH":
                lossy.before = lambda request: None
                query = (("status", theirs),)
                lossy.sender.send(Request("PATCH", f"/bookings/{id_}", query))

        lossy.before = meanwhile
        assert status_after(client, booking.id, "CONFIRMED") == held


def test_at_a_maas_the_change_is_sent_again() -> None:
    maas = build_maas()
    booking = some_booking()
    maas.service.ledger.create(booking.dump())
    lossy = Lossy(maas)
    with MaasClient("http://maas.test", sender=lossy) as client:
        for how in ("not", "done"):
            lossy.lost = [how]
            status = "CONFIRMED" if how == "not" else "VALIDATED"
            with pytest.raises(OutcomeUnknown):
                client.patch_bookings(booking.id, status=status)
            assert status_after(client, booking.id, status) == status
        with pytest.raises(Conflict):
            status_after(client, booking.id, "CONFIRMED")
        with pytest.raises(NotFound):
            status_after(client, "0d5c1b9e-6f0a-4c8e-9d2e-7f1f3f6b1a42", "CONFIRMED")


def test_awaited() -> None:
    app, maas, booking = operator(), build_maas(), some_booking()
    maas.service.ledger.create(booking.dump())

    async def run() -> None:
        async with AsyncClient("http://operator.test", sender=AsyncAsgiSender(app)) as client:
            assert (await booking_after_async(client, booking)).id == booking.id
            assert (await booking_after_async(client, booking)).id == booking.id
            assert await status_after_async(client, booking.id, "CONFIRMED") == "CONFIRMED"
            assert await status_after_async(client, booking.id, "CONFIRMED") == "CONFIRMED"
        async with AsyncMaasClient("http://maas.test", sender=AsyncAsgiSender(maas)) as client_:
            for _ in range(2):
                assert await status_after_async(client_, booking.id, "CONFIRMED") == "CONFIRMED"

    anyio.run(run)
