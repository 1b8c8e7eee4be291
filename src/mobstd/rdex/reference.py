"""The reference legacy operator: the world of the OCSS reference, seen through the bridge."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from mobstd.canon.plug import plugs, resolve
from mobstd.rdex.bridge.clock import PARIS
from mobstd.rdex.bridge.contacts import addressed
from mobstd.rdex.bridge.rdex_face import RADIUS, RdexFace
from mobstd.rdex.bridge.settings import number
from mobstd.rdex.door import behind
from mobstd.rdex.generated.v1_2.models import Connection
from mobstd.rdex.wording import refused
from mobstd.serving.answers import Reply
from mobstd.serving.asgi import Asgi
from mobstd.transport.asgi import AsyncAsgiSender

__all__ = ["ReferenceOperator", "build"]

_WORLD = ("ocss", "1.0-alpha")


class ReferenceOperator(RdexFace):
    """A legacy operator on invented journeys; contacts are read and go nowhere."""

    world: Any = None
    """The app that has the journeys."""

    async def post_connections(self, contact: Connection) -> Reply | None:
        """Take a contact, as long as it is from one of the two to the other."""
        if not addressed(contact):
            return refused(400, "missing_mandatory_field", "Nobody is the recipient.", "driver")
        return None

    def example_query(self, operation: str) -> dict[str, Any] | None:
        """Return a search that finds something."""
        found = (
            self.world.example_query("getDriverJourneys") if operation == "getJourneys" else None
        )
        if found is None:
            return None
        query: dict[str, Any] = {"p[driver][state]": 1, "p[passenger][state]": 0}
        for end, name in (("from", "departure"), ("to", "arrival")):
            query[f"p[{end}][latitude]"] = found[f"{name}Lat"]
            query[f"p[{end}][longitude]"] = found[f"{name}Lng"]
        day = datetime.fromtimestamp(found["departureDate"], PARIS).date()
        return {**query, "p[outward][mindate]": day, "p[outward][maxdate]": day}


def build(
    *,
    seed: int = 0,
    now: int | None = None,
    count: int = 5000,
    area: str | None = None,
    operators: int = 3,
    db: str | None = None,
    api_keys: Iterable[str] | None = None,
    radius: float | str = RADIUS,
) -> Asgi:
    """Return the reference legacy operator as an ASGI app.

    Args:
        seed: another seed, another world.
        now: the instant around which journeys lie, in UNIX seconds; the real one when ``None``.
        count: how many journeys and trips there are in all.
        area: a French department or region that nothing leaves.
        operators: how many operators publish together, one to three.
        db: ``sqlite:///file`` to keep them in a file; in memory when ``None``.
        api_keys: who is let in: ``public:private`` pairs, which sign every URL, or keys for
            ``X-API-KEY``; ``None``: everybody.
        radius: kilometres around both points of a search to look in.

    Raises:
        ConfigError: for an option that can't be used.
    """
    name, version = _WORLD
    references = plugs()[name].references or {}
    world = resolve(references[version])(
        seed=seed, now=now, count=count, area=area, operators=operators, db=db
    )
    clock = time.time if now is None else lambda: float(now)
    service = ReferenceOperator(
        AsyncAsgiSender(world), radius=number("radius", radius), clock=clock
    )
    service.world = world
    return behind(service, api_keys)
