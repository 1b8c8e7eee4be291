"""What one request asks of others, a registry and a time-stamp authority: between transactions.

A transaction that meets a question without an answer is undone, the question is asked while nothing
is locked, and the transaction is run again by what is true then. A question is asked once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from mobstd.mobility_aid.funder.authority import Authority, Unstamped
from mobstd.mobility_aid.funder.registering import Claim, Registry, RegistryRefused

__all__ = ["Outside", "Unanswered"]

Kept = TypeVar("Kept")

_MOST = 30
"""Questions of one request: checks and stamps, and those that changes meanwhile made others."""


class Unanswered(Exception):
    """A question was met that has no answer yet; ask it by ``Outside.ask``."""

    def __init__(self, question: Hashable, ask: Callable[[], str]) -> None:
        super().__init__(question, ask)
        self.question, self.ask = question, ask


class Outside:
    """The answers that one request has so far.

    Args:
        authority: stamps.
        registry: knows journeys.
        now: the instant of the request, as text: the same however often it is run.
    """

    def __init__(self, authority: Authority, registry: Registry, now: str) -> None:
        self.now = now
        self._authority, self._registry = authority, registry
        self._answers: dict[Hashable, str | RegistryRefused] = {}

    def stamp(self, digest: str) -> str:
        """Return a token on a digest.

        Raises:
            Unanswered: where it was not asked yet.
        """
        return self._answer(digest, lambda: self._authority.stamp(digest))

    def registered(self, claim: Claim) -> str:
        """Return the reference of the registration of what is claimed.

        Raises:
            Unanswered: where it was not asked yet.
            RegistryRefused: where the registry refused it.
        """
        return self._answer(claim, lambda: self._registry(claim))

    def settled(self, run: Callable[[], Kept]) -> Kept:
        """Return what a transaction gives that has all its answers.

        Args:
            run: runs it; nothing is kept where it raises.

        Raises:
            Outage, TooEarly, Unstamped: where an answer can't be had; nothing was kept.
        """
        while True:
            try:
                return run()
            except Unanswered as unanswered:
                if len(self._answers) >= _MOST:
                    raise Unstamped("it changes faster than it is stamped") from None
                self._ask(unanswered)

    def _ask(self, unanswered: Unanswered) -> None:
        try:
            self._answers[unanswered.question] = unanswered.ask()
        except RegistryRefused as refused:
            self._answers[unanswered.question] = refused

    def _answer(self, question: Hashable, ask: Callable[[], Any]) -> str:
        if question not in self._answers:
            raise Unanswered(question, ask)
        found = self._answers[question]
        if isinstance(found, RegistryRefused):
            raise found
        return found
