"""A funder to try: asked by persons and by back ends, with a clock that is moved."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from mobstd.judging.exchange import Request
from mobstd.mobility_aid.funder import build
from mobstd.mobility_aid.funder.asking import SCOPES, Caller
from mobstd.mobility_aid.funder.door import Door
from mobstd.transport.asgi import AsgiSender

BIKE, TOWN, CARPOOL = (
    "exemple-metropole-vae",
    "exemple-ville-velo",
    "exemple-departement-covoiturage",
)
METROPOLIS, CITY, DEPARTMENT = "100000017", "100000025", "100000033"
PAID = {"to": "granted", "payment": {"type": "once", "amount": "400", "currency": "EUR"}}
ANSWERS = {"purchaseDate": "2026-11-20", "uses": ["work", "school"], "frameNumber": "MB-0001"}
PDF = "JVBERi0xLjcK"


@dataclass
class Clock:
    at: datetime = datetime(2026, 11, 23, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Asked:
    """A funder in this process, by default asked by Camille."""

    clock: Clock = field(default_factory=Clock)
    options: dict[str, Any] = field(default_factory=dict)
    app: Door = field(init=False)

    def __post_init__(self) -> None:
        self.app = build(clock=self.clock, development=True, **self.options)

    def person(self, name: str = "camille", scope: str = "") -> str:
        return self.app.issuer.token(
            Caller("person", name, frozenset((scope or " ".join(SCOPES)).split()))
        )

    def funder(self, siren: str = METROPOLIS) -> str:
        return self.app.issuer.token(Caller("funder", siren))

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        by: str | None = None,
        **query: Any,
    ) -> Any:
        token = self.person() if by is None else by
        headers = (("Authorization", f"Bearer {token}"),) if token else ()
        if body is not None:
            headers = (*headers, ("Content-Type", "application/json"))
        sent = None if body is None else json.dumps(body).encode()
        pairs = tuple((name, str(value)) for name, value in query.items())
        with AsgiSender(self.app) as sender:
            return sender.send(Request(method, path, pairs, headers, sent))

    def begun(self, aid: str = BIKE, by: str | None = None, **more: Any) -> str:
        """Return the id of a subscription that was begun."""
        made = request(aid, **more)
        answer = self("POST", "/subscriptions", made, by=by)
        assert answer.status == 201, answer.body
        return str(made["id"])

    def step(self, id_: str, wanted: Any, by: str | None = None) -> Any:
        wanted = {"to": wanted} if isinstance(wanted, str) else wanted
        return self("POST", f"/subscriptions/{id_}/steps", wanted, by=by)

    def read(self, id_: str, by: str | None = None) -> Any:
        answer = self("GET", f"/subscriptions/{id_}", by=by)
        assert answer.status == 200, answer.body
        return answer.json

    def uploaded(self, aid: str = BIKE, by: str | None = None, **more: Any) -> str:
        """Return the id of a document that was uploaded."""
        made = document(aid, **more)
        answer = self("POST", "/documents", made, by=by)
        assert answer.status == 201, answer.body
        return str(made["id"])


def new_id() -> str:
    return str(uuid.uuid4())


def request(aid: str = BIKE, **more: Any) -> dict[str, Any]:
    answers = {BIKE: ANSWERS, TOWN: {}, CARPOOL: {"journey": "trip-1"}}[aid]
    consent = {"given": True, "version": "2026-01"}
    return {"id": new_id(), "aid": aid, "consent": consent, "answers": answers, **more}


def document(aid: str = BIKE, **more: Any) -> dict[str, Any]:
    made = {"id": new_id(), "aid": aid, "for": "invoice", "name": "facture.pdf"}
    return {**made, "type": "application/pdf", "content": PDF, **more}
