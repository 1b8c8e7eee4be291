"""A MaaS and an operator, each in a process of its own, book over HTTP and agree in the end."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mobstd.errors import Unauthorized
from mobstd.ocss.booking import booking_of, event_of
from mobstd.ocss.reference.ledger import Ledger
from mobstd.ocss.reference.store import Store
from mobstd.ocss.v1_0 import ApiKey, Client, DriverJourney, MaasClient, Message, StatusAlreadySet

from .bookings import NOW, TRAVELLER

KEYS = {"OPERATOR_KEY": "maas-at-operator", "MAAS_KEY": "operator-at-maas"}
Start = Callable[..., tuple[subprocess.Popen[str], str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start ``mobstd serve`` and return its process and its URL."""
    running: list[subprocess.Popen[str]] = []

    def serve(*options: str) -> tuple[subprocess.Popen[str], str]:
        command = [sys.executable, "-m", "mobstd", "serve", "ocss@1.0-alpha", "--port", "0"]
        process = subprocess.Popen(
            [*command, *options],
            env={**os.environ, **KEYS},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        assert process.stderr is not None
        for line in process.stderr:
            found = re.search(r"http://127\.0\.0\.1:[0-9]+", line)
            if found:
                return process, found[0]
        raise AssertionError("it does not serve")

    yield serve
    for process in running:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def soon(true: Callable[[], Any]) -> None:
    """Wait until something is so."""
    for _ in range(150):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("it never came to be so")


def test_a_booking_from_search_to_validation(start: Start, tmp_path: Path) -> None:
    maas_file, operator_file = tmp_path / "maas.db", tmp_path / "operator.db"
    port = free_port()
    signing = ("--issuer", f"http://127.0.0.1:{port}", "--audience", "the-operator")
    maas_options = ["--role", "maas", "--db", f"sqlite:///{maas_file}", "--key-env", "MAAS_KEY"]
    _, maas_url = start(*maas_options, *signing)
    operator_options = [
        *("--db", f"sqlite:///{operator_file}", "--count", "300", "--now", str(NOW)),
        *("--key-env", "OPERATOR_KEY", "--partner", maas_url, "--partner-key-env", "MAAS_KEY"),
        *("--port", str(port), *signing),
    ]
    process, operator_url = start(*operator_options)

    journey = next(
        DriverJourney.read(item)
        for item in Store(str(operator_file)).some("driver-journey", 300)
        if item.get("price", {}).get("type") in ("FREE", "PAYING")
        and "id" in item
        and item["passengerPickupDate"] > NOW
    )
    front_end = Ledger(str(maas_file))
    operator = Client(operator_url, auth=ApiKey("X-API-Key", KEYS["OPERATOR_KEY"]))
    maas = MaasClient(maas_url, auth=ApiKey("X-API-Key", KEYS["MAAS_KEY"]))

    def told(id_: str) -> str:
        found = front_end.booking(id_)
        return "" if found is None else found["status"]

    with pytest.raises(Unauthorized), Client(operator_url) as stranger:
        stranger.post_bookings(booking_of(journey, TRAVELLER))

    # the MaaS keeps the booking, and posts it
    booking = booking_of(journey, TRAVELLER)
    front_end.create(booking.dump())
    operator.post_bookings(booking)
    assert operator.get_bookings(booking.id).status == told(booking.id) == "WAITING_CONFIRMATION"

    # the driver agrees: the operator tells the MaaS, which agrees with itself from then on
    maas.patch_bookings(booking.id, status="CONFIRMED", message="Avec plaisir")
    assert told(booking.id) == "CONFIRMED"
    operator.patch_bookings(booking.id, status="CONFIRMED")
    with pytest.raises(StatusAlreadySet):
        maas.patch_bookings(booking.id, status="CONFIRMED")

    # killed in the middle: what was acknowledged is there, and the news still arrives
    process.send_signal(signal.SIGKILL)
    process.wait()
    operator.close()
    _, operator_url = start(*operator_options)
    operator = Client(operator_url, auth=ApiKey("X-API-Key", KEYS["OPERATOR_KEY"]))
    assert operator.get_bookings(booking.id).status == "CONFIRMED"
    for status in ("COMPLETED_PENDING_VALIDATION", "VALIDATED"):
        operator.patch_bookings(booking.id, status=status)
    soon(lambda: told(booking.id) == "VALIDATED")

    # made by link, so that the MaaS learns of it from the feed alone; and called off
    other = booking_of(journey, TRAVELLER)
    operator.post_bookings(other)
    soon(lambda: told(other.id) == "WAITING_CONFIRMATION")
    operator.patch_bookings(other.id, status="CANCELLED", message="Panne de réveil")
    soon(lambda: told(other.id) == "CANCELLED")

    # news that nobody vouches for are not taken
    stand_in = event_of(other, "passenger", "header.payload.signature", web_url="https://a.example")
    with pytest.raises(Unauthorized):
        maas.post_booking_events(stand_in)

    # and they write to each other
    words = {"message": "Je suis en rouge", "bookingId": booking.id}
    there = {
        "from": TRAVELLER.dump(),
        "to": journey.driver.dump(),
        "recipientCarpoolerType": "DRIVER",
    }
    back = {"from": there["to"], "to": there["from"], "recipientCarpoolerType": "PASSENGER"}
    operator.post_messages(Message.read({**words, **there}))
    maas.post_messages(Message.read({**words, **back}))
    assert [m["message"] for m in front_end.messages()] == ["Je suis en rouge"]
    for client in (operator, maas, front_end):
        client.close()
