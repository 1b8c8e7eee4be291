"""What the registry does with each request, once it knows whose it is and its schema took it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from mobstd.carpool_proof.reference.clock import Clock, written
from mobstd.carpool_proof.reference.listing import Asked, Listing
from mobstd.carpool_proof.reference.markup import cut
from mobstd.carpool_proof.reference.processing import Named, Processing
from mobstd.carpool_proof.reference.quirks import Quirks
from mobstd.carpool_proof.reference.refusals import Refused, forbidden, invalid, missing
from mobstd.carpool_proof.reference.routing import NONE, Router
from mobstd.carpool_proof.reference.status import COLUMNS, State, shown_status
from mobstd.carpool_proof.reference.store import Act, Store, Stored
from mobstd.carpool_proof.rules.consistency import database
from mobstd.carpool_proof.rules.facts import Facts, facts
from mobstd.carpool_proof.rules.profile import Profile
from mobstd.carpool_proof.rules.terms import Refusal, terms_of
from mobstd.serving.database import Connection

__all__ = ["Desk", "Item", "Kept"]

T = TypeVar("T")
Item = dict[str, Any]

_QUARTER = 900_000
_HOUR = 3_600_000
_LATE = 96 * _HOUR
_LAGS = {"listed-late": 48 * _HOUR, "listed-after-hours": 20 * _HOUR}
"""How long it takes, with these behaviours, until a journey changes for no reason, or is listed."""

_ZONES = {"days-of-paris": "Europe/Paris", "days-of-utc": "UTC"}
"""Whose days count everywhere, with these behaviours."""

_SPARED = {
    "corrected-are-not-canceled": "updated",
    "refused-are-not-canceled": "terms_violation_error",
}
"""What is not canceled, and said to be, with these behaviours."""

_UPDATED = ("operator_class", "incentives", "start", "end", "distance", "operator_trip_id")


class Kept(NamedTuple):
    """A journey that was kept: its id, when it came, and the terms that it breaks."""

    journey: str
    received: int
    refusals: list[Refusal]


class Desk:
    """The operations on journeys.

    Args:
        store: where they are kept.
        clock: what time it is.
        profile: the rules.
        quirks: of the real server.
        listing: what lists are.
        names: what the conflict and the share of an overlap are called in answers.
        router: which knows ways; what is due at the start waits for the first request where it is
            another process.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        profile: Profile,
        quirks: Quirks,
        listing: Listing,
        names: Named,
        router: Router = NONE,
    ) -> None:
        self._store, self._clock = store, clock
        self._profile, self._quirks, self._listing = profile, quirks, listing
        self._terms = copy(terms_of(profile))
        if zones := [zone for name, zone in _ZONES.items() if name in quirks]:
            self._terms.days = replace(self._terms.days, zone_of=lambda lon: zones[0])
        self._processing = Processing(profile, names, router, quirks)
        self._caught_up = -1
        if not router.remote:
            now = clock.now()
            store.at_once(lambda db: self._processing.catch_up(db, now))
            self._caught_up = now // _QUARTER

    async def catch_up(self) -> None:
        """Do what the registry does by itself, up to now."""
        await self._prepare()
        await self._due()

    async def _prepare(self) -> None:
        """Ask a router that is another process, before anything is locked."""
        router, now = self._processing.router, self._clock.now()
        if router.remote:
            await router.prepare(await self._store.run(lambda db: self._processing.ways(db, now)))

    def _due(self) -> asyncio.Future[None]:
        now = self._clock.now()
        due = self._store.run(lambda db: self._processing.catch_up(db, now))

        def did(due: asyncio.Future[None]) -> None:
            if not due.cancelled() and due.exception() is None:
                self._caught_up = now // _QUARTER

        due.add_done_callback(did)
        return due

    async def run(self, act: Act[T]) -> T:
        """Run an act, after what is due in the same transaction."""
        if self._clock.now() // _QUARTER == self._caught_up:
            return await self._store.run(act)
        await self._prepare()
        _, result = await asyncio.gather(self._due(), self._store.run(act))
        return result

    async def create(self, operator: int, journey: Item, lacking: list[str]) -> Kept:
        """Keep a journey, also where it breaks terms of use.

        Args:
            operator: whose it is.
            journey: as its schema took it.
            lacking: the roles without any phone number.

        Raises:
            Refused: for what is not kept.
        """
        if "markup-is-cut" in self._quirks:
            journey = cut(journey)
        try:
            found = facts(journey, str(operator))
        except ValueError:
            raise invalid(['must pass "macro" keyword validation']) from None
        return await self.run(lambda db: self._create(db, found, journey, lacking))

    def _create(self, db: Connection, found: Facts, journey: Item, lacking: list[str]) -> Kept:
        now = self._clock.now()
        if self._terms.dates(found, now) is not None:
            raise Refused(422, -32700, "Parse error", "Journeys cannot happen in the future")
        for role in lacking:
            text = f"{role}.identity should have a phone or phone_trunc"
            raise Refused(400, -32600, "Invalid Request", text)
        key = (int(found.operator), found.journey)
        known = db.execute(
            "SELECT received FROM journeys WHERE operator = ? AND journey = ?", key
        ).fetchone()
        if known is not None and "same-is-taken-again" in self._quirks:
            (kept,) = db.execute(
                "SELECT document FROM journeys WHERE operator = ? AND journey = ?", key
            ).fetchone()
            if json.loads(kept) == journey:
                return Kept(found.journey, known[0], [])
        if known is not None:
            text = f"Carpool already registered at {written(known[0])}"
            raise Refused(409, -32509, "Conflict", text)
        for mistake in database(journey, self._profile):
            if "database-crashes" in self._quirks:
                text = "duplicate key value violates unique constraint"
                raise Refused(500, None, f'{text} "carpool_incentives_carpool_id_idx"')
            raise invalid([f"{mistake.pointer}/index: must be unique"])
        refusals = self._terms.all(found, now, Stored(db, self._profile))
        if "days-are-unlimited" in self._quirks:
            refusals = [one for one in refusals if one.label != "too_many_trips_by_day"]
        labels = [refusal.label for refusal in refusals]
        db.execute(
            "INSERT INTO journeys (operator, journey, trip, driver, passenger, start,"
            ' "end", class, document, received, touched, acquisition, fraud, anomaly, located,'
            " terms, frauds, anomalies)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', 'pending', 0, ?, '[]', '[]')",
            (
                *key, found.trip, found.driver, found.passenger, found.start,
                found.end, found.proof_class, json.dumps(journey), now, now,
                "terms_violation_error" if labels else "received", json.dumps(labels),
            ),
        )  # fmt: skip
        return Kept(found.journey, now, refusals)

    def declare(self, db: Connection, operator: int, journey: Item) -> None:
        """Keep a journey whose schema took it, within a transaction."""
        self._create(db, facts(journey, str(operator)), journey, [])

    def rewind(self, db: Connection, to: int) -> None:
        """Do once more what is done by itself since then; what it found already stays."""
        self._processing.rewind(db, to)

    def do_due(self, db: Connection) -> None:
        """Do what the registry does by itself, up to now, within a transaction."""
        self._processing.catch_up(db, self._clock.now())

    async def read(self, operator: int, id_: str) -> Item:
        """Return what has become of a journey."""
        state = await self.run(lambda db: self._state(db, operator, id_))
        if "changes-late" in self._quirks and self._clock.now() - state.received >= _LATE:
            state = state._replace(status="unknown")
        if "counted-is-gone" in self._quirks and state.status == "ok":
            raise missing()
        return shown_status(state)

    def _state(self, db: Connection, operator: int, id_: str) -> State:
        whose = "?" if "others-are-read" not in self._quirks else "coalesce(operator, ?)"
        row = db.execute(
            f"SELECT {COLUMNS} FROM journeys WHERE operator = {whose} AND journey = ?",
            (operator, id_),
        ).fetchone()
        if row is None:
            if "others-are-forbidden" in self._quirks and _there(db, id_):
                raise forbidden()
            raise missing()
        return State._make(row)

    def wanted(self, query: Mapping[str, str]) -> Asked:
        """Return what a list is asked for.

        Raises:
            Refused: 400 with everything that is wrong.
        """
        return self._listing.read(query, self._clock.now())

    async def listed(self, operator: int, wanted: Asked) -> list[dict[str, str]]:
        """Return a list of journeys."""
        lags = next((lag for name, lag in _LAGS.items() if name in self._quirks), None)
        if lags is not None:
            wanted = replace(wanted, end=min(wanted.end, self._clock.now() - lags))
        return await self.run(lambda db: self._listing.find(db, operator, wanted))

    async def update(self, operator: int, id_: str, change: Item) -> None:
        """Correct a journey, which is processed anew; terms and dates are not looked at again."""
        await self.run(lambda db: self._update(db, operator, id_, change))

    def _update(self, db: Connection, operator: int, id_: str, change: Item) -> None:
        row = db.execute(
            "SELECT document, acquisition FROM journeys WHERE operator = ? AND journey = ?",
            (operator, id_),
        ).fetchone()
        if (
            row is not None
            and "errors-alone-are-corrected" in self._quirks
            and row[1] != "terms_violation_error"
        ):
            raise forbidden()
        if "errors-stay" in self._quirks and row is not None and row[1] == "terms_violation_error":
            raise invalid(["a journey that was refused"])
        revives = "update-revives" in self._quirks
        if row is None or (row[1] == "canceled" and not revives):
            raise missing("No record has been updated")
        document = json.loads(row[0])
        document |= {name: change[name] for name in _UPDATED if name in change}
        for mistake in database(document, self._profile):
            raise invalid([f"{mistake.pointer}/index: must be unique"])
        found = facts(document, str(operator))
        after = "failed" if "updates-fail" in self._quirks else "updated"
        db.execute(
            'UPDATE journeys SET trip = ?, start = ?, "end" = ?, class = ?, document = ?,'
            f" touched = ?, acquisition = '{after}', fraud = 'pending', anomaly = 'pending',"
            " located = 0, frauds = '[]', anomalies = '[]' WHERE operator = ? AND journey = ?",
            (
                found.trip, found.start, found.end, found.proof_class, json.dumps(document),
                self._clock.now(), operator, id_,
            ),
        )  # fmt: skip

    async def cancel(self, operator: int, id_: str, said: Item) -> None:
        """Say that a journey does not count; once more changes what is said alone."""
        await self.run(
            lambda db: self.withdraw(db, operator, id_, said["code"], said.get("message"))
        )

    def withdraw(
        self, db: Connection, operator: int, id_: str, code: str = "MOBSTD",
        message: str | None = None,
    ) -> None:  # fmt: skip
        """Say that a journey does not count, within a transaction."""
        once = " AND acquisition <> 'canceled'" if "cancels-once" in self._quirks else ""
        if "late-cancel-is-lost" in self._quirks:
            once += " AND located = 0"
        whose = "?" if "others-are-canceled" not in self._quirks else "coalesce(operator, ?)"
        spared = [state for name, state in _SPARED.items() if name in self._quirks]
        once += "".join(f" AND acquisition <> '{state}'" for state in spared)
        if "trips-are-canceled" in self._quirks:
            every = "SELECT journey FROM journeys WHERE trip IN (SELECT trip FROM journeys"
            which = f"journey IN ({every} WHERE journey = ?))"
        else:
            which = "journey = ?"
        done = db.execute(
            "UPDATE journeys SET acquisition = 'canceled', code = ?, message = ?"
            f" WHERE operator = {whose} AND {which}{once}",
            (code, message, operator, id_),
        )
        quiet = spared or "late-cancel-is-lost" in self._quirks
        if not done.rowcount and not (quiet and _there(db, id_)):
            raise missing()


def _there(db: Connection, id_: str) -> bool:
    return db.execute("SELECT 1 FROM journeys WHERE journey = ?", (id_,)).fetchone() is not None
