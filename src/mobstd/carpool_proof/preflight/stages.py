"""What the workers of a PySpark job do with journeys: the passes of a run, a key at a time.

A row on its way is a key and what a worker needs to know of it, both written by marshal. A stage
judges the keys of one kind and lets all else through.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from mobstd.canon.root import Root
from mobstd.canon.standard import find
from mobstd.carpool_proof.limits import LATEST
from mobstd.carpool_proof.preflight.arrival import Arrival
from mobstd.carpool_proof.preflight.groups import Groups, declared_before, user_shared
from mobstd.carpool_proof.preflight.history import Taken
from mobstd.carpool_proof.preflight.judging import Outcomes
from mobstd.carpool_proof.preflight.loading import Judge, Loaded, Reader, plain
from mobstd.carpool_proof.preflight.sides import PERSON, sides
from mobstd.carpool_proof.preflight.sources import item_of
from mobstd.carpool_proof.preflight.spill import LONG_AGO, DayOf, Row, clashes, shared
from mobstd.carpool_proof.preflight.verdict import ROWS, unpacked
from mobstd.carpool_proof.rules.profile import Profile, profile
from mobstd.errors import ConfigError
from mobstd.messages import LANGUAGES
from mobstd.validation.reading import MAX_LINE

__all__ = ["REASON", "Lines", "Task", "Verdicts", "journeys", "passes", "past"]

REASON = ("rule", "requirement", "weight", "stage", "on", "pointer", *LANGUAGES)
"""What is told of each reason, as texts."""

_JOURNEY, _ID, _PERSON, _USER = b"j", b"i", b"p", b"u"
"""What the key of a row on its way begins with."""

_AGAIN, _DAY, _FOUND, _SAID = range(4)
"""What a row tells a journey: it came twice, its persons' trips, a reason, what it says itself."""

_ALIKE = 2
"""A version of marshal that writes equal values alike."""

_BATCH = 4096
"""Rows that are handed to Spark at once."""

_Told = tuple[bytes, bytes]
_Numbered = Iterator[tuple[int, bytes | None]]
"""Lines by number; ``None`` is one that is too long."""

_Step = Callable[[Any, list[Row]], Iterable[_Told]]
"""Judges the rows of one key."""


@dataclass(frozen=True)
class Task:
    """What journeys are judged by.

    Attributes:
        arrival: when journeys arrive.
        standard: ``name@version``.
        rules: the name of the profile.
        operator_column: a member of journeys that names the operator.
        taken: what a verdict may depend on and is let pass.
        phones: whether to ask anything of phone numbers.
        published: whether to tell what the published text alone refuses.
        roots: where to look for standards, beside the packaged ones.
    """

    arrival: Arrival
    standard: str = "carpool-proof@3.4"
    rules: str = LATEST
    operator_column: str = ""
    taken: frozenset[str] = frozenset()
    phones: bool = True
    published: bool = True
    roots: tuple[Root, ...] = ()

    @property
    def profile(self) -> Profile:
        """The profile that ``rules`` names."""
        return profile(self.rules)

    def check(self) -> None:
        """Find out whether journeys can be judged so.

        Raises:
            ConfigError: for a profile that counts journeys by their status.
            UnknownName: for a standard, version or profile that is not there.
        """
        _reader(self)
        Groups(_Heap(), self.profile)


def passes(task: Task) -> list[Stage]:
    """Return the stages between reading and the verdicts, in order."""
    persons = partial(_of_person, task)
    return [Stage(_ID, _of_id), Stage(_PERSON, persons), Stage(_USER, _of_user)]


@cache
def _judge(task: Task) -> Judge:
    return Judge(find(task.standard, task.roots), task.published, task.phones)


@cache
def _reader(task: Task) -> Reader:
    return Reader(_judge(task), [task.profile], task.arrival, task.operator_column, Loaded())


def _key(kind: bytes, told: Any) -> bytes:
    return kind + marshal.dumps(told, _ALIKE)


def _tell(seq: int, *told: Any) -> _Told:
    return _key(_JOURNEY, seq), marshal.dumps(told, _ALIKE)


def _kept(
    seq: int, place: tuple[int, int], received: int, stored: int, facts: tuple[Any, ...]
) -> _Told:
    """Return what is told of a journey that the registry keeps."""
    operator, journey = facts[:2]
    own = sides(seq, received, stored, facts)
    told = (received, seq, operator, journey, *place, stored, own)
    return _key(_ID, (operator, journey)), marshal.dumps(told, _ALIKE)


def journeys(task: Task, lines: _Numbered) -> Iterator[_Told]:
    """Yield what is told of journeys that are to be judged, each by itself."""
    reader = _reader(task)
    sieve = reader.sieve("")
    for seq, line in lines:
        received, stored, said, facts = reader.read(item_of(seq, line, sieve), "")
        yield _tell(seq, _SAID, said[0])
        if stored:
            yield _kept(seq, (0, seq), received, stored, facts)


def past(task: Task, lines: _Numbered) -> Iterator[_Told]:
    """Yield what is told of journeys of the days before."""
    taken = Taken(_judge(task), "", task.operator_column, task.arrival.column)
    for number, line in lines:
        facts = taken.facts(item_of(number + 1, line, taken.sieve))
        if facts is not None:
            yield _kept(-number - 1, (-1, number + 1), LONG_AGO, 1, facts)


def _of_id() -> _Step:
    """Tell who declared what anew, and the persons of the others."""

    def step(_: Any, rows: list[Row]) -> Iterator[_Told]:
        again = set()
        for first, *others in clashes(rows):
            for other in others:
                seq = other[1]
                again.add(seq)
                if seq >= 0:
                    yield _tell(seq, _AGAIN)
                    yield _tell(seq, _FOUND, declared_before(first[4], first[5]))
        for row in rows:
            if row[1] not in again:
                for side in row[7]:
                    yield _key(_PERSON, side[PERSON]), marshal.dumps(side, _ALIKE)

    return step


def _of_person(task: Task) -> _Step:
    heap = _Heap()
    groups = Groups(heap, task.profile)

    def step(person: Any, rows: list[Row]) -> list[_Told]:
        rows.sort()
        groups.person(person, rows)
        return heap.taken()

    return step


def _of_user() -> _Step:
    def step(_: Any, rows: list[Row]) -> Iterator[_Told]:
        for seq, role in shared(rows):
            yield _tell(seq, _FOUND, user_shared(role))

    return step


class _Heap:
    """What is found of a person, as rows on their way."""

    def __init__(self) -> None:
        self._told: list[_Told] = []

    def find(self, seq: int, reason: str) -> None:
        self._told.append(_tell(seq, _FOUND, reason))

    def day(self, seq: int, role: str, count: int, trips: tuple[str, ...] = ()) -> None:
        self._told.append(_tell(seq, _DAY, role, count, trips))

    def user(self, operator: str, user: str, person: str, ats: tuple[int, ...]) -> None:
        row = marshal.dumps((operator, user, person, ats), _ALIKE)
        self._told.append((_key(_USER, (operator, user)), row))

    def taken(self) -> list[_Told]:
        told, self._told = self._told, []
        return told


class Lines:
    """Reads journeys, on a worker."""

    def __init__(self, read: Callable[[Task, _Numbered], Iterator[_Told]], task: Task) -> None:
        self._read = read
        self._task = task

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        """Return what is told of batches of numbers and lines."""
        return _batches(self._read(self._task, self._lines(batches)))

    def _lines(self, batches: Iterable[Any]) -> _Numbered:
        for seq, line in _rows(batches, "seq", "line"):
            if seq is None or seq < 0:
                raise ConfigError("proof.spark-number", number=seq)
            if line and not line.isspace():
                yield seq, line + b"\n" if len(line) < MAX_LINE else None


class Stage:
    """Judges what has a key of one kind, on a worker, and lets all else through."""

    def __init__(self, kind: bytes, start: Callable[[], _Step]) -> None:
        self._kind = kind
        self._start = start

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        return _batches(self._through(batches))

    def _through(self, batches: Iterable[Any]) -> Iterator[_Told]:
        step = self._start()
        for key, rows in groupby(_rows(batches, "key", "row"), itemgetter(0)):
            if key[:1] == self._kind:
                yield from step(marshal.loads(key[1:]), [marshal.loads(row) for _, row in rows])
            else:
                yield from rows


class Verdicts:
    """Adds up what was told of each journey, on a worker."""

    def __init__(self, task: Task, number: str) -> None:
        self._task = task
        self._number = number

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        """Return the verdicts of batches of rows on their way."""
        import pyarrow

        text = pyarrow.string()
        reasons = pyarrow.list_(pyarrow.struct([(name, text) for name in REASON]))
        fields = [("verdict", text), ("at_creation", text), ("reasons", reasons)]
        return _batches(self._judged(batches), [(self._number, pyarrow.int64()), *fields])

    def _judged(self, batches: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
        outcomes = Outcomes(self._task.profile, self._task.taken)
        for key, rows in groupby(_rows(batches, "key", "row"), itemgetter(0)):
            seq, said, first = marshal.loads(key[1:]), [], True
            found: list[str] = []
            days: DayOf = {}
            for _, row in rows:
                what, *told = marshal.loads(row)
                if what == _SAID:
                    said += told
                elif what == _FOUND:
                    found += told
                elif what == _DAY:
                    days[told[0]] = told[1], told[2]
                else:
                    first = False
            if len(said) != 1:
                raise ConfigError("proof.spark-number", number=seq)
            if found or days:
                outcome = outcomes.among(said[0], found, days, first)
            else:
                outcome = outcomes.alone(said[0])
            verdict, at_creation, reasons = outcome
            yield seq, verdict, at_creation, [_row_of(reason.packed()) for reason in reasons]


@lru_cache(1 << 12)
def _row_of(reason: str) -> dict[str, str]:
    (one,) = unpacked(reason)
    row = {"rule": one.rule, "requirement": ROWS[one.rule], "weight": one.weight}
    row |= {"stage": one.stage, "on": one.on, "pointer": plain(one.pointer)}
    return row | {lang: plain(one.message(lang)) for lang in LANGUAGES}


def _rows(batches: Iterable[Any], *names: str) -> Iterator[tuple[Any, ...]]:
    for batch in batches:
        yield from zip(*(batch.column(name).to_pylist() for name in names), strict=True)


def _batches(rows: Iterable[tuple[Any, ...]], fields: list[Any] | None = None) -> Iterator[Any]:
    """Yield batches of rows; each is a key and what goes with it, unless fields are named."""
    import pyarrow

    schema = pyarrow.schema(fields or [("key", pyarrow.binary()), ("row", pyarrow.binary())])
    rows = iter(rows)
    while some := list(islice(rows, _BATCH)):
        columns = zip(zip(*some, strict=True), schema.types, strict=True)
        yield pyarrow.record_batch([pyarrow.array(*one) for one in columns], schema=schema)
