from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from mobstd.canon.standard import find
from mobstd.conformance.lab import Lab
from mobstd.conformance.profile import Profile
from mobstd.conformance.run import Options, check
from mobstd.conformance.session import Budget, Pace, Session
from mobstd.judging.catalogue import catalogue
from mobstd.judging.context import Context
from mobstd.judging.exchange import Request, Response
from mobstd.judging.kinds.filters import distance
from mobstd.ocss.reference import build
from mobstd.transport import AsgiSender

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
STANDARD = "ocss@1.0-alpha"


@pytest.fixture
def judged() -> Iterator[Callable[..., dict[str, Any]]]:
    """Judge an app in process: ``judged(app, seed=1, max_requests=40...)``."""
    senders: list[AsgiSender] = []

    def run(app: Any, profile: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        sender = app if hasattr(app, "send") else AsgiSender(app)
        if sender is not app:
            senders.append(sender)
        options.setdefault("now", NOW)
        options.setdefault("with_fuzz", False)
        options.setdefault("sleep", lambda seconds: None)
        target = Profile("test:app", STANDARD, **(profile or {}))
        return check(sender, target, Options(**options))

    yield run
    for sender in senders:
        sender.close()


@pytest.fixture
def reference() -> Callable[..., Any]:
    """Build the reference operator at the fixed now."""

    def make(**options: Any) -> Any:
        options.setdefault("count", 1500)
        return build(now=int(NOW.timestamp()), **options)

    return make


class Operator:
    """A small operator in a few lines: what it has, what it refuses, how it is wrong.

    Args:
        journeys: what it has, or what returns it now.
        refuses: says whether a query gets a 400.
        edits: changes status, headers and items of an answer.
    """

    def __init__(
        self,
        journeys: Any,
        refuses: Callable[[dict[str, str]], bool] = lambda query: False,
        edits: Callable[..., Any] | None = None,
    ) -> None:
        self.journeys = journeys
        self.refuses = refuses
        self.edits = edits
        self.asked: list[dict[str, str]] = []

    def send(self, request: Request) -> Response:
        """Answer one request."""
        query = dict(request.query)
        self.asked.append(query)
        if request.path.endswith("/status"):
            return self._answer(200, b"")
        if not request.path.endswith("/driver_journeys"):
            return self._answer(404, b"")
        try:
            found = self._found(query)
        except (KeyError, ValueError):
            return self._answer(400, b'{"error": "wrong"}')
        if self.refuses(query):
            return self._answer(400, b'{"error": "too much"}')
        if self.edits is not None:
            found = self.edits(query, found)
        return self._answer(200, json.dumps(found).encode())

    def _answer(self, status: int, body: bytes) -> Response:
        return Response(status, (("Content-Type", "application/json"),), body)

    def _found(self, query: dict[str, str]) -> list[Any]:
        both = ("departure", "arrival")
        ends = [(float(query[f"{end}Lat"]), float(query[f"{end}Lng"])) for end in both]
        when, margin = int(query["departureDate"]), int(query.get("timeDelta", 900))
        radii = [float(query.get(f"{end}Radius", 1.0)) for end in both]
        count = int(query["count"]) if "count" in query else None
        if count is not None and count < 0:
            raise ValueError
        journeys = self.journeys() if callable(self.journeys) else self.journeys
        found = [
            journey
            for journey in journeys
            if all(
                distance(end, (journey[f"passenger{name}Lat"], journey[f"passenger{name}Lng"]))
                <= radius
                for end, name, radius in zip(ends, ("Pickup", "Drop"), radii, strict=True)
            )
            and abs(journey["passengerPickupDate"] - when) <= margin
        ]
        return found[:count]


def _journeys(
    count: int = 40, lat: float = 45.19, lng: float = 5.72, days: float = 1.0, km: float = 4.0
) -> list[dict[str, Any]]:
    """Journeys around a point, ``days`` from now."""
    rng = random.Random(f"{lat},{lng},{count}")

    def near() -> tuple[float, float]:
        turn = km / 111
        return round(lat + rng.uniform(-turn, turn), 5), round(lng + rng.uniform(-turn, turn), 5)

    made = []
    for number in range(count):
        (pick_lat, pick_lng), (drop_lat, drop_lng) = near(), near()
        moment = int(NOW.timestamp() + days * 86_400 + rng.uniform(0, 36_000))
        made.append(
            {
                "id": f"j{lat}-{number}",
                "operator": "small.example.org",
                "driver": {"id": f"d{number}", "operator": "small.example.org", "alias": "Ada"},
                "passengerPickupLat": pick_lat,
                "passengerPickupLng": pick_lng,
                "passengerDropLat": drop_lat,
                "passengerDropLng": drop_lng,
                "passengerPickupDate": moment,
                "duration": 1800,
                "distance": 18_000,
                "type": "PLANNED",
                "webUrl": f"https://small.example.org/j/{number}",
            }
        )
    return made


@pytest.fixture
def journeys() -> Callable[..., list[dict[str, Any]]]:
    return _journeys


@pytest.fixture
def operator() -> type[Operator]:
    return Operator


@pytest.fixture
def lab() -> Callable[..., Lab]:
    """Return a lab over a sender: ``lab(operator, requests=60)``."""

    def make(
        sender: Any, *, requests: int = 400, seed: int = 0, standard: str = STANDARD, **members: Any
    ) -> Lab:
        found = catalogue(find(standard), "operator")
        members.setdefault("pace", Pace(None))
        session = Session(sender, found, Budget.of(requests), **members)
        credentials = bool(members.get("credentials"))
        return Lab(session, Context(found), seed, has_credentials=credentials)

    return make
