"""Wrong behaviours of the reference implementations: what no edit of an exchange can express.

Each violates the requirements that it names, and as few others as it can; one that names none is
legal. ``name`` serves one everywhere, ``name@getDriverJourneys,getPassengerJourneys`` on these
operations only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from mobstd.errors import UnknownName
from mobstd.ocss.reference.habits import HABITS, Habit, Setting, only_at
from mobstd.ocss.reference.wrong_bookings import BOOKINGS
from mobstd.ocss.reference.wrong_changes import CHANGES, MERGES, MOVES, Move
from mobstd.ocss.reference.wrong_news import NEWS, RETOLD, Retelling
from mobstd.ocss.reference.wrong_rides import RIDES, Ride
from mobstd.ocss.reference.wrong_searches import SEARCHES, Find, Wrong
from mobstd.ocss.reference.wrong_tokens import TOKENS
from mobstd.serving.asgi import Around, Asgi
from mobstd.serving.routes import method_name

__all__ = ["BEHAVIOURS", "Behaviour", "Find", "around", "chosen", "mislead"]

Act = Callable[..., Any]


@dataclass(frozen=True)
class Behaviour:
    """One way to be wrong.

    Attributes:
        name: what a fault calls it.
        violates: the requirements that it breaks.
        search: what stands in place of a right search, or ``None``.
        habit: what stands around the whole app, or ``None``.
        acts: by operation, what stands in place of its method; it gets the right one, the service
            and what the method gets.
        move: what stands in place of the table of statuses, or ``None``.
        retell: what becomes of an event about a booking, or ``None``.
        ride: what becomes of the front end of a MaaS, or ``None``.
        operations: where it shows; empty: everywhere.
    """

    name: str
    violates: tuple[str, ...]
    search: Wrong | None = None
    habit: Habit | None = None
    acts: Mapping[str, Act] | None = None
    move: Move | None = None
    retell: Retelling | None = None
    ride: Ride | None = None
    operations: frozenset[str] = frozenset()

    def concerns(self, operation: str) -> bool:
        """Say whether it shows on an operation."""
        return not self.operations or operation in self.operations


BEHAVIOURS: dict[str, Behaviour] = {
    **{name: Behaviour(name, rows, search=wrong) for name, (rows, wrong) in SEARCHES.items()},
    **{
        name: Behaviour(name, rows, habit=habit)
        for name, (rows, habit) in {**HABITS, **MERGES}.items()
    },
    **{
        name: Behaviour(name, rows, acts=acts)
        for name, (rows, acts) in {**BOOKINGS, **CHANGES, **NEWS, **TOKENS}.items()
    },
    **{name: Behaviour(name, rows, move=move) for name, (rows, move) in MOVES.items()},
    **{name: Behaviour(name, rows, retell=retell) for name, (rows, retell) in RETOLD.items()},
    **{name: Behaviour(name, rows, ride=ride) for name, (rows, ride) in RIDES.items()},
}
"""Every behaviour by its name."""


def chosen(wanted: Iterable[str] | Mapping[str, Iterable[str]]) -> list[Behaviour]:
    """Return the behaviours that are asked for: names, or names with their operations.

    Raises:
        UnknownName: with the names that are there.
    """
    pairs: Iterable[tuple[str, Iterable[str]]] = (
        wanted.items() if isinstance(wanted, Mapping) else map(_split, wanted)
    )
    return [_limited(name, where) for name, where in pairs]


def _split(word: str) -> tuple[str, list[str]]:
    name, _, where = word.partition("@")
    return name, list(filter(None, where.split(",")))


def _limited(name: str, where: Iterable[str]) -> Behaviour:
    if name not in BEHAVIOURS:
        known = ", ".join(sorted(BEHAVIOURS))
        raise UnknownName("serving.unknown-behaviour", wanted=name, known=known)
    return replace(BEHAVIOURS[name], operations=frozenset(where))


def mislead(service: Any, behaviours: Iterable[Behaviour]) -> None:
    """Put what is wrong in place of methods of a service, and of its table of statuses."""
    for one in behaviours:
        for operation, act in (one.acts or {}).items():
            method = method_name(operation)
            right = getattr(service, method, None)
            if right is not None and one.concerns(operation):
                setattr(service, method, partial(act, right, service))
        if one.move is not None:
            service.ledger.move = partial(one.move, service.ledger.move)
        if one.retell is not None:
            service.retell(one.retell)
        if one.ride is not None and getattr(service, "front", None) is not None:
            one.ride(service.front)


def around(app: Asgi, behaviours: Iterable[Behaviour], setting: Setting) -> Asgi:
    """Return an app with the habits of behaviours around it."""
    for one in behaviours:
        if one.habit is not None:
            outer = one.habit(app, setting)
            app = Around(only_at(one.operations, outer, app) if one.operations else outer, app)
    return app
