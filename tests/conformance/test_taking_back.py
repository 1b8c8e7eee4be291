"""What could not be taken back is never said to be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.booker import Booker, No

from mobstd.conformance.scenarios.journal import pending
from mobstd.errors import TransportError

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


class SaysSoOnly(Booker):
    """Answers 200 to a cancellation, and goes on."""

    def moved(self, booking: dict[str, Any], wanted: str) -> tuple[int, Any]:
        return (200, None) if wanted == "CANCELLED" else super().moved(booking, wanted)


class RefusesToCancel(Booker):
    def moved(self, booking: dict[str, Any], wanted: str) -> tuple[int, Any]:
        if wanted == "CANCELLED":
            raise No(409, "not now")
        return super().moved(booking, wanted)


class NotModified(Booker):
    """Legal or not: what is cancelled already is answered 304, and is cancelled."""

    def moved(self, booking: dict[str, Any], wanted: str) -> tuple[int, Any]:
        return (304, None) if booking["status"] == wanted else super().moved(booking, wanted)


class Gone(Booker):
    """Refuses connections as soon as something is posted."""

    def send(self, request: Any) -> Any:
        if request.method != "GET":
            raise TransportError("transport.refused", operation="-", host="small.example.org")
        return super().send(request)


@pytest.mark.parametrize(
    ("way", "clean"),
    [(SaysSoOnly, False), (RefusesToCancel, False), (NotModified, True), (Gone, True)],
)
def test_what_is_left_is_told(
    judged: Callable[..., dict[str, Any]],
    operator: Any,
    journeys: Any,
    tmp_path: Path,
    way: type[Booker],
    clean: bool,
) -> None:
    offers = journeys(count=12, days=2.0)
    for journey in offers:
        journey["price"] = {"type": "FREE"}
    booker = way(operator(offers), int(NOW.timestamp()))
    file = tmp_path / "journal.ndjson"
    report = judged(
        booker,
        {"blocks": ("driver-journeys", "booking")},
        allow_writes=True,
        credentials=(("X-API-Key", "own"),),
        journal=str(file),
        only=("OCSS-BOOK-06", "OCSS-BOOK-12", "OCSS-LIFE-01", "OCSS-LIFE-04"),
    )
    kept = {id_ for id_, booking in booker.kept.items() if booking["status"] != "CANCELLED"}
    told = {target.split("/")[2].split("?")[0] for target in report["writes"]["left"]}
    assert told == kept
    assert bool(kept) is not clean
    assert file.exists() is not clean
    if not clean:
        assert {write.undo.path.split("/")[2] for write in pending(file)[1]} == kept
