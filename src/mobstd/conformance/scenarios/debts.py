"""What a run owes its target: whatever it may have made, until that is undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.journal import Journal, Look
from mobstd.conformance.scenarios.material import Maker
from mobstd.conformance.scenarios.news import untell, untelling
from mobstd.conformance.scenarios.resource import Resource
from mobstd.conformance.scenarios.undoing import is_gone, look_at, takers
from mobstd.conformance.session import Stopped
from mobstd.judging.exchange import Exchange, Request

__all__ = ["UNTOLD", "Debts"]

UNTOLD = (200, 202, 204, 409)
"""The same of what was told: who does not know it by its key may still know it by the news."""

UNSENT = ("transport.refused", "transport.dns")
"""Failures of requests that certainly were not sent."""


@dataclass
class Debts:
    """What is to be undone, each by a request, and by the party that made it.

    Attributes:
        left: what could not be undone, as the request that would.
        kept_to: by resource, how many undone things in a row were read to be undone.
    """

    lab: Lab
    journal: Journal
    maker: Maker
    left: list[Request] = field(default_factory=list)
    kept_to: dict[str, int] = field(default_factory=dict)
    _owed: dict[str, tuple[Resource, str]] = field(default_factory=dict)
    _pending: dict[str, tuple[Request, str]] = field(default_factory=dict)
    _told: dict[str, tuple[Resource, Mapping[str, Any]]] = field(default_factory=dict)

    def undo(self, resource: Resource, key: str) -> Request | None:
        """Return what undoes a thing; ``None`` where nothing does."""
        if not resource.undoable or not key or resource.life is None or resource.change is None:
            return None
        query, body = resource.asked({resource.state or "": resource.life.undone})
        asked = {resource.parameter or "": key, **query}
        undo = self.lab.session.request(resource.change, asked, body=body)
        self._owed[undo.target] = (resource, key)
        return undo

    def owed(self, undo: Request) -> tuple[Resource | None, str]:
        """Return what a request undoes, and its key."""
        return self._owed.get(undo.target, (None, ""))

    def pends(self, undo: Request | None) -> bool:
        """Say whether this is still to be undone."""
        return undo is not None and undo.target in self._pending

    def tell(self, undo: Request, resource: Resource, body: Mapping[str, Any]) -> None:
        """Note what a thing was first told as, since news may have to take it back."""
        self._told.setdefault(undo.target, (resource, body))

    def intend(self, operation: str, undo: Request | None, party: str) -> int:
        """Journal a write that is about to be sent, and return its number there."""
        if undo is None or self.pends(undo):
            return self.journal.intend(operation, undo, party)
        told = self._told.get(undo.target)
        otherwise = None if told is None else untelling(self, *told)
        number = self.journal.intend(operation, undo, party, otherwise, self._look(undo))
        self._pending[undo.target] = (undo, party)
        return number

    def noted(self, number: int, exchange: Exchange, new: Request | None) -> None:
        """Note what came of a write; what was refused or never sent needs no undoing."""
        unsent = exchange.failure is not None and exchange.failure.code in UNSENT
        if unsent:
            self.journal.unsent(number)
        else:
            self.journal.answered(number, exchange.status)
        if new is not None and (unsent or 400 <= (exchange.status or 0) < 500):
            self._pending.pop(new.target, None)

    def remember(self, undo: Request | None, party: str = "own") -> None:
        """Note that something is there all the same, so that it is undone."""
        if undo is not None:
            self.journal.intend("", undo, party, look=self._look(undo))
            self._pending.setdefault(undo.target, (undo, party))

    def _look(self, undo: Request) -> Look | None:
        resource, key = self.owed(undo)
        return None if resource is None else look_at(self.lab, resource, key)

    def seen_undone(self, undo: Request, read: Exchange) -> None:
        """Note that this is undone, since it was read to be; what was told goes by the news."""
        if self.pends(undo) and undo.target not in self._told:
            del self._pending[undo.target]
            self.journal.undone(undo, read.status)

    def settle(self, undo: Request | None) -> None:
        """Undo one thing now, where it is to be undone."""
        if undo is not None and self.pends(undo):
            self._undone(undo)

    def settle_all(self) -> None:
        """Undo whatever pends, the last first; what refuses is kept in ``left``."""
        for undo, _ in list(self._pending.values())[::-1]:
            self._undone(undo)

    def _undone(self, undo: Request) -> None:
        status, gone = None, False
        try:
            for party in takers(self._pending[undo.target][1]):
                status, gone = self._taken_back(undo, party)
                if gone:
                    break
        except Stopped:
            self.left.append(undo)
            return
        del self._pending[undo.target]
        if gone:
            self.journal.undone(undo, status)
        else:
            self.left.append(undo)

    def _taken_back(self, undo: Request, party: str) -> tuple[int | None, bool]:
        """Have a party undo something, and return the answer and whether it is gone."""
        resource, _ = self.owed(undo)
        operation = None if resource is None else resource.change
        exchange = self.lab.session.clean(operation, undo, party)
        gone = is_gone(self, undo, exchange, party)
        if undo.target in self._told and exchange.status not in UNTOLD:
            exchange = untell(self, *self._told[undo.target], party)
            gone = exchange.accepted
        return exchange.status, gone
