"""One run of sending: what threads and tasks do alike."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mobstd.carpool_proof.sending.delivery import Delivery, Patience, deliver
from mobstd.carpool_proof.sending.driving import Driver, endpoint_of
from mobstd.carpool_proof.sending.outbox import Letter, Outbox
from mobstd.carpool_proof.sending.result import Result
from mobstd.carpool_proof.sending.window import Window
from mobstd.errors import ConfigError
from mobstd.models import Model

__all__ = ["PAGE", "Journeys", "Run"]

Journeys = Iterable[Model | Mapping[str, Any]]

PAGE = 100
"""Results of earlier runs that are read at once."""


class Run:
    """What both ways of sending share."""

    def __init__(
        self,
        client: Any,
        journal: Path | str,
        *,
        concurrency: int = 8,
        attempts: int = 8,
        first_wait: float = 0.5,
        **window: Any,
    ) -> None:
        # a POST whose answer was lost is read back: one attempt alone could not be settled
        for name, value, least in (("concurrency", concurrency, 1), ("attempts", attempts, 2)):
            if value < least:
                raise ConfigError("sending.bad-number", name=name, value=value)
        self.concurrency = concurrency
        self.driver = Driver(client)
        self.patience = Patience(attempts=attempts, first=first_wait)
        self.outbox = Outbox(journal, _registry(client))
        self.results: deque[Result] = deque()
        self.failure: BaseException | None = None
        self.stopped = False
        self._left = True
        try:
            self.window = Window(self.outbox, endpoint_of(client, "createJourney"), **window)
        except BaseException:
            self.outbox.close()
            raise

    def steps(self, letter: Letter) -> Delivery:
        """Return the steps that deliver a journey."""
        return deliver(
            letter.document, doubtful=letter.doubtful, own=letter.own, patience=self.patience
        )

    def work(self) -> float | None:
        """Return as ``Window.ready``; what is left over from earlier runs is taken in before."""
        if self._left and self.window.room > 0:
            self._left = self.window.left_over()
        return self.window.ready()


def _registry(client: Any) -> str:
    """Return whose journal it is: the origin, which stays when a version is left for another."""
    parts = urlsplit(client.base_url)
    return f"{parts.scheme}://{parts.netloc}"
