"""Declares a past to the sandbox, and takes it away: checks ask for it by the set-up hook.

What has to be declared days ago is written into the database as if it had been, and what was due
since then is done. A pair of keys that nobody can use is there as well, so that a list of keys has
one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from mobstd.carpool_proof.past import PREFIX
from mobstd.carpool_proof.reference.clock import Clock, written
from mobstd.carpool_proof.reference.desk import Desk
from mobstd.carpool_proof.reference.store import Store
from mobstd.messages import render
from mobstd.serving.answers import Refuse
from mobstd.serving.asgi import Around, Asgi
from mobstd.serving.database import Connection
from mobstd.serving.staging import staged

__all__ = ["Past", "with_hook"]

_MINUTE = 60_000
_HOUR = 60 * _MINUTE
_FRAME = 6 * _HOUR
_DAY = 24 * _HOUR
_AGO = 3 * _DAY
_AFTER = 5
"""Minutes after its end that a journey arrives."""

_PLACES = {
    "grenoble": ({"lat": 45.1915, "lon": 5.7145}, {"lat": 45.2635, "lon": 5.7311}),
    "reunion": ({"lat": -20.8907, "lon": 55.4551}, {"lat": -20.9627, "lon": 55.4676}),
}
"""Where journeys of the past start and end."""


class Past:
    """A past that can be declared, as often as a run asks for it.

    Args:
        store: of the registry.
        clock: of the registry.
        desk: makes a desk that has a clock of its own.
        journeys: what was declared.
        operators: the one that is checked with, and another.
    """

    def __init__(
        self, store: Store, clock: Clock, desk: Callable[[Clock], Desk],
        journeys: Sequence[Mapping[str, Any]], operators: tuple[int, int],
    ) -> None:  # fmt: skip
        self._store, self._clock = store, clock
        self._then = Clock(stands=clock.now())
        self._desk, self._now = desk(self._then), desk(clock)
        self._journeys, self._operators = journeys, operators
        self._ahead: dict[str, int] = {}

    def at_once(self) -> None:
        """Declare it before any request came."""
        self._store.at_once(lambda db: self._declare(db, "start"))

    async def set_up(self, call: Mapping[str, Any]) -> Mapping[str, Any]:
        """Declare it for a run, and tell where it shows: in the lists by status."""
        run = str(call["run"])
        await self._store.run(lambda db: self._declare(db, run))
        shown = dict.fromkeys(one["becomes"] for one in self._journeys if one.get("becomes"))
        hints = {"listJourneys": [{"status": status} for status in shown]}
        return {"hints": hints, "clock": self._clock.movable}

    async def move_clock(self, run: str, ahead: int) -> None:
        """Go on, for a run, to ``ahead`` seconds before where the clock would be, and catch up."""
        if not self._clock.movable:
            raise Refuse(404, render("serving.no-clock", {}, "en"))
        more = max(0, ahead - self._ahead.get(run, 0))
        try:
            self._clock.move(self._clock.now() + more * 1000)
        except ValueError:
            raise Refuse(400, render("serving.no-later", {}, "en")) from None
        self._ahead[run] = max(ahead, self._ahead.get(run, 0))
        await self._now.catch_up()

    async def tear_down(self, run: str) -> None:
        """Take away what was declared for a run; the clock stays where it is."""
        self._ahead.pop(run, None)

        def act(db: Connection) -> None:
            db.execute("DELETE FROM journeys WHERE journey LIKE ?", (f"{PREFIX}%-{_mark(run)}-%",))
            db.execute("DELETE FROM credentials WHERE access_key = ?", (PREFIX + _mark(run),))

        await self._store.run(act)

    def _declare(self, db: Connection, run: str) -> None:
        now = self._clock.now()
        sent = sorted(
            (journey["end"]["at"], place, one, journey)
            for place, one in enumerate(self._journeys)
            for journey in _journeys(one, now - _AGO, _mark(run))
        )  # fmt: skip
        self._desk.rewind(db, sent[0][0])
        late: list[tuple[int, str]] = []
        for at, _, one, journey in sent:
            del journey["start"]["at"], journey["end"]["at"]
            operator = self._operators[one.get("by") == "other"]
            self._then.stands = at + _AFTER * _MINUTE
            self._desk.declare(db, operator, journey)
            if one.get("canceled") == "at-once":
                self._desk.withdraw(db, operator, journey["operator_journey_id"])
            elif "canceled" in one:
                late.append((operator, journey["operator_journey_id"]))
        db.execute(
            "INSERT INTO credentials VALUES (?, ?, '', 0) ON CONFLICT DO NOTHING",
            (PREFIX + _mark(run), self._operators[0]),
        )
        self._then.stands = now
        self._desk.do_due(db)
        for operator, id_ in late:
            self._desk.withdraw(db, operator, id_)


class _Hooked(Around):
    def __init__(self, outer: Asgi, inner: Any, path: str) -> None:
        super().__init__(outer, inner)
        self._path, self._registry = path, inner

    def private(self, path: str) -> bool:
        """Say whether a path belongs to the sandbox and not to the interface."""
        return path == self._path or bool(self._registry.private(path))


def with_hook(path: str, past: Past, registry: Any, keys: Iterable[str] | None) -> Asgi:
    """Return a registry that answers the calls of a set-up hook.

    Args:
        path: where.
        past: that is declared for each run.
        registry: the registry.
        keys: who may call, each by one of these as ``X-API-Key``; ``None``: everybody.

    Raises:
        ConfigError: where the path is none.
    """
    return _Hooked(staged(path, past, registry, api_keys=keys), registry, path)


def _mark(run: str) -> str:
    return hashlib.sha256(run.encode()).hexdigest()[:8]


def _journeys(one: Mapping[str, Any], before: int, mark: str) -> list[dict[str, Any]]:
    """Return the documents of an entry, with the instants of their ends in milliseconds beside."""
    began = before // _FRAME * _FRAME
    if "hour" in one:
        began = (before - one["hour"] * _HOUR) // _DAY * _DAY + one["hour"] * _HOUR
    return [_journey(one, began, mark, turn) for turn in range(one.get("times", 1))]


def _journey(one: Mapping[str, Any], began: int, mark: str, turn: int) -> dict[str, Any]:
    id_ = f"{PREFIX}{one['name']}-{mark}-{turn}"
    start = began + (one["minute"] - 30 * turn) * _MINUTE
    end = start + one.get("lasts", 20) * _MINUTE
    there, then = _PLACES[one.get("place", "grenoble")]

    def person(role: str) -> dict[str, str]:
        who = f"{mark} {one.get(role, f'{role} of {id_}')}"
        key = hashlib.sha256(who.encode()).hexdigest()
        return {"identity_key": key, "operator_user_id": key[:12], "phone_trunc": "+336399801"}

    return {
        "operator_journey_id": id_,
        "operator_trip_id": id_,
        "operator_class": one.get("class", "B"),
        "incentives": [],
        "start": {"datetime": written(start), **there, "at": start},
        "end": {"datetime": written(end), **then, "at": end},
        "distance": one.get("distance", 10_400),
        "driver": {"identity": person("driver"), "revenue": 100},
        "passenger": {"identity": person("passenger"), "contribution": 150},
    }
