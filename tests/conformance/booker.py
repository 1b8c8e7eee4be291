"""A small operator that takes bookings, in a few lines; subclasses are wrong, or odd and right."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any
from uuid import UUID

from mobstd.judging.exchange import Request, Response

LADDER = (
    "WAITING_CONFIRMATION",
    "CONFIRMED",
    "COMPLETED_PENDING_VALIDATION",
    "VALIDATED",
    "CANCELLED",
)
NEEDED = (
    "id",
    "driver",
    "passenger",
    "status",
    "price",
    "passengerPickupDate",
    "passengerPickupLat",
    "passengerPickupLng",
    "passengerDropLat",
    "passengerDropLng",
)


class No(Exception):
    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status, self.error = status, error


class Booker:
    """Takes bookings beside the searches of ``searches``.

    A subclass overrides one method to be wrong, or to choose otherwise where the text leaves it.
    """

    first = "WAITING_CONFIRMATION"
    keys = ("own", "other")

    def __init__(self, searches: Any, now: int) -> None:
        self.searches, self.now = searches, now
        self.kept: dict[str, dict[str, Any]] = {}
        self.owners: dict[str, str] = {}
        self.messages: list[Any] = []
        self.asked: list[Request] = []

    def send(self, request: Request) -> Response:
        self.asked.append(request)
        key = dict(request.headers).get("X-API-Key", "")
        try:
            answer = self.routed(request, key)
        except No as no:
            return self.answer(no.status, {"error": no.error})
        if answer is None:
            found: Response = self.searches.send(request)
            return found
        return self.answer(*answer)

    def answer(self, status: int, body: Any) -> Response:
        text = b"" if body is None else json.dumps(body).encode()
        return Response(status, (("Content-Type", "application/json"),), text)

    def routed(self, request: Request, key: str) -> tuple[int, Any] | None:
        path = request.path.strip("/").split("/")
        if path[0] in ("bookings", "messages") and key not in self.keys:
            raise No(401, "who are you?")
        try:
            body = json.loads(request.body) if request.body else None
        except ValueError:
            raise No(400, "no JSON") from None
        if path == ["bookings"]:
            return self.post(body, key)
        if path == ["messages"]:
            return self.message(body, key)
        if path[0] == "bookings" and request.method == "PATCH":
            return self.patch(path[1], dict(request.query), body, key)
        if path[0] == "bookings":
            return self.get(path[1], key)
        return None

    def post(self, body: Any, key: str) -> tuple[int, Any]:
        if not isinstance(body, dict):
            raise No(400, "not an object")
        self.judge(body)
        if body["id"] in self.kept:
            return self.again(body)
        self.kept[body["id"]] = self.stored(body)
        self.owners[body["id"]] = key
        return 201, self.shown(self.kept[body["id"]])

    def judge(self, body: dict[str, Any]) -> None:
        for name in NEEDED:
            if body.get(name) is None:
                raise No(400, f"{name} is missing")
        for side in ("driver", "passenger"):
            if not isinstance(body[side], dict):
                raise No(400, side)
            for name in ("id", "operator", "alias"):
                if not isinstance(body[side].get(name), str):
                    raise No(400, f"{side}.{name}")
        if not isinstance(body["price"], dict) or not all(
            isinstance(body[name], (int, float)) for name in NEEDED[5:]
        ):
            raise No(400, "a number, please")
        try:
            UUID(body["id"])
        except (ValueError, AttributeError, TypeError):
            raise No(400, "id is no UUID") from None
        if body["status"] != self.first:
            raise No(400, "a booking begins as WAITING_CONFIRMATION")
        if body["passengerPickupDate"] < self.now:
            raise No(400, "missing_journey")
        if body["price"].get("type") == "UNKNOWN":
            raise No(400, "no price")

    def again(self, body: dict[str, Any]) -> tuple[int, Any]:
        raise No(409, "booking_already_exists")

    def stored(self, body: dict[str, Any]) -> dict[str, Any]:
        return {k: v for k, v in deepcopy(body).items() if v is not None}

    def shown(self, booking: dict[str, Any]) -> dict[str, Any]:
        return booking

    def of(self, id_: str, key: str) -> dict[str, Any]:
        if id_ not in self.kept or self.owners[id_] != key:
            raise No(404, "missing_booking")
        return self.kept[id_]

    def patch(self, id_: str, query: dict[str, str], body: Any, key: str) -> tuple[int, Any]:
        wanted = query.get("status")
        if wanted not in LADDER:
            raise No(400, "status")
        if len(query.get("message", "")) > 500:
            raise No(400, "message")
        booking = self.of(id_, key)
        return self.moved(booking, wanted)

    def moved(self, booking: dict[str, Any], wanted: str) -> tuple[int, Any]:
        if booking["status"] == wanted:
            raise No(409, "status_already_set")
        if LADDER.index(wanted) < LADDER.index(booking["status"]):
            return self.dismissed(booking, wanted)
        booking["status"] = wanted
        return 200, None

    def dismissed(self, booking: dict[str, Any], wanted: str) -> tuple[int, Any]:
        raise No(409, "invalid_transition")

    def get(self, id_: str, key: str) -> tuple[int, Any]:
        return 200, self.of(id_, key)

    def message(self, body: Any, key: str) -> tuple[int, Any]:
        if not isinstance(body, dict):
            raise No(400, "not an object")
        if body.get("bookingId"):
            self.of(body["bookingId"], key)
        for name in ("from", "to", "message", "recipientCarpoolerType"):
            if body.get(name) is None:
                raise No(400, name)
        for side in ("from", "to"):
            if not isinstance(body[side], dict) or not {"id", "operator", "alias"} <= set(
                body[side]
            ):
                raise No(400, side)
        if not isinstance(body["message"], str) or len(body["message"]) > 500:
            raise No(400, "message")
        if body["recipientCarpoolerType"] not in ("DRIVER", "PASSENGER"):
            raise No(400, "recipientCarpoolerType")
        if body["to"]["id"] not in {j["driver"]["id"] for j in self.searches.journeys}:
            raise No(404, "missing_user")
        known = {j["id"] for j in self.searches.journeys}
        if body.get("driverJourneyId", next(iter(known))) not in known:
            raise No(404, "missing_journey")
        self.messages.append(body)
        return 201, None
