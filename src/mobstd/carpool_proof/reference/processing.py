"""What the registry does with journeys later, by its clock: it locates them, then looks for wrongs.

Journeys are located at every quarter of an hour; what is wrong is looked for at every ``frame`` of
the profile, among the journeys whose start is ``delay`` old. However far the clock is moved, no run
is left out. A distance is looked at where the journey was located, by what the router knows of the
way; where it knows nothing, only what is wrong whatever the route is an anomaly. The real server,
while its router is down, lets pass too what is too short for the straight way. All journeys take
part in what is compared, whatever became of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from mobstd.carpool_proof.reference.quirks import NONE as NO_QUIRKS
from mobstd.carpool_proof.reference.quirks import Quirks
from mobstd.carpool_proof.reference.routing import NONE, Router, Way
from mobstd.carpool_proof.rules.anomalies import Anomalies, Timed
from mobstd.carpool_proof.rules.facts import couple, facts
from mobstd.carpool_proof.rules.operators import Declared, Operators
from mobstd.carpool_proof.rules.profile import Profile
from mobstd.serving.database import Connection

__all__ = ["Named", "Processing"]

_MS = 1000
_QUARTER = 900 * _MS
_WAITING = "('received', 'updated', 'failed')"
_OPEN = "(fraud = 'pending' OR anomaly = 'pending')"


class _Row(NamedTuple):
    id: int
    operator: int
    journey: str
    trip: str
    driver: str
    passenger: str
    start: int
    end: int
    proof_class: str
    document: str
    located: int


class Named(NamedTuple):
    """What the conflict and the share of an overlap are called; whether others say null there."""

    other: str
    share: str
    nulls: bool


class Processing:
    """What happens to journeys under one profile.

    Args:
        profile: the rules.
        names: what the conflict and the share of an overlap are called in answers.
        router: which knows ways.
        quirks: what it does wrong.
    """

    def __init__(
        self, profile: Profile, names: Named, router: Router = NONE, quirks: Quirks = NO_QUIRKS
    ) -> None:
        rule, window = profile["processing"], profile["interoperator_too_many_trips_by_day"]
        self._delay, self._frame = rule["delay"] * _MS, rule["frame"] * _MS
        if "looks-at-once" in quirks:
            self._delay = 8 * 3600 * _MS
        self._window = window["window_from"] * _MS, window["window_to"] * _MS
        self._clobbers: bool = rule["clobbers"]
        self._anomalies, self._operators = Anomalies(profile), Operators(profile)
        self._names, self.router, self._quirks = names, router, quirks

    def ways(self, db: Connection, now: int) -> list[Way]:
        """Return the ways that are looked at in what is due until now."""
        listed = ", ".join(f"'{one}'" for one in sorted(self._anomalies.classes))
        rows = db.execute(
            "SELECT document FROM journeys WHERE anomaly = 'pending' AND start < ?"
            f" AND class IN ({listed})",
            (now // self._frame * self._frame - self._delay,),
        )
        return [_way(json.loads(document)) for (document,) in rows.fetchall()]

    def rewind(self, db: Connection, to: int) -> None:
        """Have what is due since an instant done once more; a journey that is through stays so."""
        run = min(self._last(db, to), to // self._frame * self._frame)
        db.execute("UPDATE settings SET value = ? WHERE name = 'run'", (str(run),))

    def catch_up(self, db: Connection, now: int) -> None:
        """Do what was due until now; twice is as once."""
        last = self._last(db, now)
        due = now // self._frame * self._frame
        while last < due:
            first = db.execute(f"SELECT min(start) FROM journeys WHERE {_OPEN}").fetchone()[0]
            if first is None:
                break
            soonest = (first + min(self._window[1], self._delay)) // self._frame + 1
            at = max(last + self._frame, soonest * self._frame)
            if at > due:
                break
            self._locate(db, at)
            self._look(db, at)
            last = at
        if self._last(db, now) < due:
            db.execute("UPDATE settings SET value = ? WHERE name = 'run'", (str(due),))
        self._locate(db, now // _QUARTER * _QUARTER)

    def _last(self, db: Connection, now: int) -> int:
        row = db.execute("SELECT value FROM settings WHERE name = 'run'").fetchone()
        if row is None:
            row = (str(now // self._frame * self._frame),)
            db.execute("INSERT INTO settings VALUES ('run', ?)", row)
        return int(row[0])

    def _locate(self, db: Connection, before: int) -> None:
        which = "" if self._clobbers else f" AND acquisition IN {_WAITING}"
        if "canceled-is-processed" in self._quirks:
            which = " AND acquisition <> 'terms_violation_error'"
        db.execute(
            "UPDATE journeys SET acquisition = 'processed', located = 1"
            f" WHERE located = 0 AND touched < ?{which}",
            (before,),
        )

    def _look(self, db: Connection, at: int) -> None:
        oldest, youngest = at - self._delay - self._frame, at - self._delay
        rows = {row.id: row for row in self._rows(db, oldest, youngest)}
        for id_, details in self._wrong(rows.values()).items():
            db.execute(
                "UPDATE journeys SET anomaly = 'failed', anomalies = ?"
                " WHERE id = ? AND anomaly = 'pending'",
                (json.dumps(details), id_),
            )
        labels: dict[int, list[str]] = {}
        for label, one in self._shared(rows.values()):
            labels.setdefault(one.key, []).append(label)
        since, until = (at - age for age in self._window)
        many = () if "many-pass" in self._quirks else self._many(self._rows(db, since, until))
        for one in many:
            labels.setdefault(one.key, []).append("interoperator_too_many_trips_by_day")
        for id_, found in labels.items():
            self._accuse(db, id_, found)
        for check in ("fraud", "anomaly") if "nothing-passes" not in self._quirks else ():
            db.execute(
                f"UPDATE journeys SET {check} = 'passed' WHERE {check} = 'pending' AND start < ?",
                (youngest,),
            )

    @staticmethod
    def _accuse(db: Connection, id_: int, labels: list[str]) -> None:
        fraud, known = db.execute(
            "SELECT fraud, frauds FROM journeys WHERE id = ?", (id_,)
        ).fetchone()
        if fraud != "passed":
            every = list(dict.fromkeys([*json.loads(known), *labels]))
            db.execute(
                "UPDATE journeys SET fraud = 'failed', frauds = ? WHERE id = ?",
                (json.dumps(every), id_),
            )

    @staticmethod
    def _rows(db: Connection, since: int, until: int) -> Iterator[_Row]:
        rows = db.execute(
            'SELECT id, operator, journey, trip, driver, passenger, start, "end", class, document,'
            " located FROM journeys WHERE start >= ? AND start < ?",
            (since, until),
        )
        return map(_Row._make, rows.fetchall())

    def _wrong(self, rows: Iterable[_Row]) -> Mapping[int, list[dict[str, Any]]]:
        """Return the anomalies of each journey that has some; the first that came is kept."""
        found: dict[int, list[dict[str, Any]]] = {}
        ridden: dict[tuple[int, str], list[Timed]] = {}
        ids = {}
        for row in rows:
            ids[row.id] = row.journey
            timed = Timed(row.start, row.end, row.id)
            ridden.setdefault((row.operator, row.passenger), []).append(timed)
            if row.located and self._implausible(row):
                found[row.id] = [_detail("distance_duration_anomaly", self._names)]
        both = "overlap-flags-both" in self._quirks
        for journeys in ridden.values() if "overlaps-pass" not in self._quirks else ():
            against: dict[int, tuple[int, float]] = {}
            for suspect, other in self._anomalies.overlapping(journeys):
                if other.key < suspect.key or both:
                    shared = min(suspect.end, other.end) - max(suspect.start, other.start)
                    share = shared / (suspect.end - suspect.start)
                    first = against.get(suspect.key, (other.key, share))
                    against[suspect.key] = min(first, (other.key, share))
            for id_, (key, share) in against.items():
                detail = _detail("temporal_overlap_anomaly", self._names, ids[key], share)
                found.setdefault(id_, []).insert(0, detail)
        return found

    def _implausible(self, row: _Row) -> bool:
        unseen = "distances-pass" in self._quirks
        if unseen or row.proof_class not in self._anomalies.classes:
            return False
        document = json.loads(row.document)
        route = self.router.route(_way(document))
        return bool(self._anomalies.distance_duration(facts(document), route))

    def _shared(self, rows: Iterable[_Row]) -> Iterator[tuple[str, Declared]]:
        couples: dict[tuple[str, str], list[Declared]] = {}
        for row in rows:
            persons = couple(row.driver, row.passenger)
            couples.setdefault(persons, []).append(_declared(row, row.driver == persons[0]))
        for declared in couples.values():
            if "shared-passes" not in self._quirks:
                for one in self._operators.overlap(declared):
                    yield "interoperator_overlap", one
            if "close-passes" not in self._quirks:
                for one in self._operators.too_close_trips(declared):
                    yield "interoperator_too_close_trips", one

    def _many(self, rows: Iterable[_Row]) -> Iterator[Declared]:
        persons: dict[str, list[Declared]] = {}
        for row in rows:
            persons.setdefault(row.driver, []).append(_declared(row, True))
        for declared in persons.values():
            yield from self._operators.too_many_trips_by_day(declared)


def _declared(row: _Row, drives: bool) -> Declared:
    other = row.passenger if drives else row.driver
    return Declared(row.start, row.end, str(row.operator), row.trip, other, drives, row.id)


def _way(document: Mapping[str, Any]) -> Way:
    start, end = document["start"], document["end"]
    return Way(start["lat"], start["lon"], end["lat"], end["lon"])


def _detail(
    label: str, names: Named, other: str | None = None, share: float | None = None
) -> dict[str, Any]:
    metas = {names.other: other, names.share: share}
    return {"label": label, "metas": metas if names.nulls or other is not None else {}}
