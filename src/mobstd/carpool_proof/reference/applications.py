"""Applications for energy savings certificates (CEE): who applied, when, and who may not yet.

The service was closed in March 2026. Nothing here knows a map: whether a journey touches France is
not looked at.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import uuid4

from mobstd.carpool_proof.cee_token import message, signed
from mobstd.carpool_proof.reference.clock import Clock, written
from mobstd.carpool_proof.reference.desk import Desk, Item
from mobstd.carpool_proof.reference.refusals import Refused, missing
from mobstd.carpool_proof.reference.status import SHOWN
from mobstd.carpool_proof.reference.store import setting
from mobstd.carpool_proof.rules.facts import instant
from mobstd.carpool_proof.rules.profile import Profile
from mobstd.serving.database import Connection

__all__ = ["Applications", "InTheWay"]

_DAY = 86_400_000


class InTheWay(Exception):
    """There is an application of that person already.

    Attributes:
        told: what the registry tells of it.
    """

    def __init__(self, told: Item) -> None:
        super().__init__(told)
        self.told = told


class _Person(NamedTuple):
    type: str
    name: str
    phone: str
    license: str | None
    identity: str | None


class _Row(NamedTuple):
    uuid: str
    operator: int
    type: str
    at: int
    journey: str | None
    token: str


_COLUMNS = "uuid, operator, type, at, journey, token"


class Applications:
    """What the registry does with applications.

    Args:
        desk: whose journeys they are for.
        clock: what time it is.
        profile: the rules.
    """

    def __init__(self, desk: Desk, clock: Clock, profile: Profile) -> None:
        self._run, self._clock, self._rule = desk.run, clock, profile["certificates"]
        self._too_long, self._too_young = (
            self._rule.bites("distance"),
            self._rule.bites("age", _DAY),
        )
        self._window = instant(self._rule["short_from"]), instant(self._rule["until"])

    async def key(self) -> str:
        """Return the public half of the key that signs, in PEM."""
        from cryptography.hazmat.primitives import serialization

        pem = await self._run(_key)
        public = serialization.load_pem_private_key(pem.encode(), None).public_key()
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return public.public_bytes(serialization.Encoding.PEM, form).decode()

    async def register(self, operator: int, asked: Item) -> Item:
        """Register an application.

        Raises:
            Refused: where there is no journey that serves, or it is too early.
            InTheWay: where that person applied before.
        """
        return await self._run(lambda db: self._register(db, operator, asked))

    def _register(self, db: Connection, operator: int, asked: Item) -> Item:
        now, kind = self._clock.now(), asked["journey_type"]
        journey = asked.get("operator_journey_id")
        if journey is not None:
            at, phone = self._journey(db, operator, journey)
        else:
            at, phone = instant(asked["datetime"]), asked["phone_trunc"]
        if self._too_young(now - at):
            raise _early(f"{self._rule['age']} days from now")
        first, last = self._window
        if journey is None and not first < at < last:
            raise _early(f"between {written(first)} and {written(last)}")
        if instant(asked["application_timestamp"]) >= now:
            raise _early("0 days from now")
        person, licence = _person(asked, phone), asked["driving_license"]
        self._free(db, operator, person, at, journey)
        text = message(f"{operator:014}", kind, licence, datetime.fromtimestamp(at / 1000, UTC))
        row = _Row(str(uuid4()), operator, kind, at, journey, signed(text, _key(db)))
        _insert(db, row, person, imported=False)
        return _shown(db, row)

    def _journey(self, db: Connection, operator: int, id_: str) -> tuple[int, str]:
        """Return when a journey that serves ended, and the number of its driver."""
        row = db.execute(
            'SELECT start, "end", class, document, located FROM journeys'
            " WHERE operator = ? AND journey = ?",
            (operator, id_),
        ).fetchone()
        if row is None:
            raise missing()
        start, end, proof_class, document, located = row
        known = json.loads(document)
        first, last = self._window
        if (
            not located
            or not first <= start < last
            or proof_class not in self._rule["classes"]
            or self._too_long(known["distance"])
        ):
            raise missing()
        driver = known["driver"]["identity"]
        return end, driver.get("phone_trunc") or driver["phone"][:-2]

    def _free(
        self, db: Connection, operator: int, person: _Person, at: int, journey: str | None
    ) -> None:
        """See that nothing stands in the way.

        Raises:
            InTheWay: where something does.
        """
        name = person.type
        since = _before(at, self._rule[f"{name}_again"])
        imported = max(
            _before(at, self._rule[f"imported_{name}_again"]),
            instant(self._rule[f"imported_{name}_from"]),
        )
        rows = db.execute(
            f"SELECT {_COLUMNS} FROM applications WHERE type = ?"
            " AND (license = ? OR identity = ? OR (name = ? AND phone = ? AND identity IS NULL))"
            " AND at > CASE imported WHEN 1 THEN ? ELSE ? END"
            f" UNION SELECT {_COLUMNS} FROM applications WHERE operator = ? AND journey = ?"
            " ORDER BY at DESC LIMIT 1",
            (
                *(person.type, person.license or "", person.identity or ""),
                *(person.name, person.phone, imported, since, operator, journey or ""),
            ),
        )  # fmt: skip
        found = rows.fetchone()
        if found is not None:
            raise InTheWay(_conflict(db, operator, _Row._make(found)))

    async def simulate(self, operator: int, asked: Item) -> None:
        """Say whether an application could succeed now.

        Raises:
            InTheWay: where it could not.
        """
        person = _person(asked)
        await self._run(lambda db: self._free(db, operator, person, self._clock.now(), None))

    async def find(self, operator: int, uuid: str) -> Item:
        """Return an application of an operator."""

        def act(db: Connection) -> Item:
            row = db.execute(
                f"SELECT {_COLUMNS} FROM applications WHERE uuid = ? AND operator = ?",
                (uuid.lower(), operator),
            ).fetchone()
            if row is None:
                raise missing()
            return _shown(db, _Row._make(row))

        return await self._run(act)

    async def delete(self, operator: int, uuid: str) -> None:
        """Forget an application of an operator."""

        def act(db: Connection) -> None:
            statement = "DELETE FROM applications WHERE uuid = ? AND operator = ?"
            if not db.execute(statement, (uuid.lower(), operator)).rowcount:
                raise missing()

        await self._run(act)

    async def take_in(self, operator: int, items: Iterable[Item]) -> Item:
        """Keep what was applied for before the registry did; a person twice is a conflict."""

        def one(db: Connection, item: Item) -> str | None:
            person = _person(item)
            at = instant(item["datetime"])
            row = _Row(str(uuid4()), operator, person.type, at, None, "")
            return None if _insert(db, row, person, imported=True) else "Conflict"

        return await self._each(items, one)

    async def identify(self, operator: int, items: Iterable[Item]) -> Item:
        """Give identity keys to applications that have none."""

        def one(db: Connection, item: Item) -> str | None:
            if item["cee_application_type"] == "standardized":
                where = "uuid = ?"
                values: tuple[Any, ...] = (item["cee_application_uuid"].lower(),)
            else:
                where = "imported = 1 AND type = ? AND name = ? AND phone = ? AND at = ?"
                values = (*_person(item)[:3], instant(item["datetime"]))
            done = db.execute(
                "UPDATE applications SET identity = ?"
                f" WHERE operator = ? AND identity IS NULL AND {where}",
                (item["identity_key"], operator, *values),
            )
            return None if done.rowcount else "Not found"

        return await self._each(items, one)

    async def _each(self, items: Iterable[Item], one: Any) -> Item:
        def act(db: Connection) -> Item:
            told = [(item, one(db, item)) for item in items]
            failed = [{**item, "error": error} for item, error in told if error]
            done = len(told) - len(failed)
            return {"imported": done, "failed": len(failed), "failed_details": failed}

        return await self._run(act)


def _person(asked: Item, phone: str | None = None) -> _Person:
    return _Person(
        asked["journey_type"],
        asked["last_name_trunc"],
        asked["phone_trunc"] if phone is None else phone,
        asked.get("driving_license"),
        asked.get("identity_key"),
    )


def _early(when: str) -> Refused:
    return Refused(400, -32602, "Invalid params", f"Date should be before {when}")


def _before(at: int, years: int) -> int:
    """Return the instant so many years before."""
    moment = datetime.fromtimestamp(at / 1000, UTC)
    year = moment.year - years
    leap = moment.month == 2 and moment.day == 29
    back = moment.replace(year=year, day=28) if leap else moment.replace(year=year)
    return round(back.timestamp() * 1000)


def _insert(db: Connection, row: _Row, person: _Person, *, imported: bool) -> bool:
    """Keep an application; say whether it is new."""
    done = db.execute(
        f"INSERT INTO applications ({_COLUMNS}, imported, name, phone, license, identity)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (*row, int(imported), *person[1:]),
    )
    return done.rowcount == 1


def _shown(db: Connection, row: _Row) -> Item:
    told: Item = {"uuid": row.uuid, "datetime": written(row.at), "token": row.token}
    return told | _of_journey(db, row, SHOWN)


def _conflict(db: Connection, operator: int, row: _Row) -> Item:
    told: Item = {"datetime": written(row.at)}
    if row.operator != operator:
        return told
    return told | {"uuid": row.uuid} | _of_journey(db, row, "acquisition")


def _of_journey(db: Connection, row: _Row, status: str) -> Item:
    if row.journey is None:
        return {}
    found = db.execute(
        f"SELECT id, {status} FROM journeys WHERE operator = ? AND journey = ?",
        (row.operator, row.journey),
    ).fetchone()
    return {"journey_id": found[0], "status": found[1]}


def _key(db: Connection) -> str:
    """Return the key that signs, which is made when it is first needed."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    row = db.execute("SELECT value FROM settings WHERE name = 'certificates'").fetchone()
    if row is not None:
        return str(row[0])
    made = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return setting(db, "certificates", made.decode())
