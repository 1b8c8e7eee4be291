"""Sends journeys to the registry: each once, the most urgent first, whatever happens meanwhile.

    from mobstd.carpool_proof.sending import send_journeys

    for result in send_journeys(client, journeys, journal="journeys.outbox"):
        print(result.text())

Every journey is judged, then written to the journal, then sent; what became of it is written down
before it is told. A run that was killed at any moment is gone on with by calling this again with
the same journal, with the same journeys or without: what it left is looked for at the registry and
sent where it is not there. What it settled is told from the journal (``again``) where it had not
been told, and where the journey comes again. A result was told when the next is asked for.

What the registry refuses to this caller, rather than to a journey (401, 403, 404), is raised; so
are a journal that can't be written and what the iterable raises. The journal keeps what is left.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from mobstd.carpool_proof.limits import LATEST
from mobstd.carpool_proof.sending.crew import Crew
from mobstd.carpool_proof.sending.result import Expiring, Result
from mobstd.carpool_proof.sending.run import Journeys, Run
from mobstd.carpool_proof.sending.tasks import Tasks

__all__ = ["send_journeys", "send_journeys_async"]


def send_journeys(
    client: Any,
    journeys: Journeys = (),
    *,
    journal: Path | str,
    concurrency: int = 8,
    look_ahead: int = 1000,
    gather: float = 0.2,
    rules: str = LATEST,
    overlay: str | None = None,
    within: timedelta | None = None,
    warn: timedelta = timedelta(hours=2),
    on_expiring: Callable[[Expiring], None] | None = None,
    attempts: int = 8,
    first_wait: float = 0.5,
) -> Iterator[Result]:
    """Yield what became of each journey, as it becomes known; nothing is sent before the first.

    Journeys are taken from the iterable in the caller's thread, while threads send. An iterable
    that waits for journeys delays the results of others, not their sending.

    Args:
        client: of the registry, sync, such as ``v3_4.Client(url, auth=Tokens(...))``.
        journeys: any number of them, without end if need be; none to go on with a journal.
        journal: the file; made where it is not there. One process sends from it at a time.
        concurrency: requests at once.
        look_ahead: journeys that are held at once, among which the closest deadline goes first.
        gather: seconds that the first journey waits for others to be taken.
        rules: the rule profile whose expiry holds.
        overlay: such as ``server``, whose schema has to accept a journey too before it leaves.
        within: how long after its start a journey may be declared, instead of what it says.
        warn: how long before its deadline a journey that is not sent yet is told of.
        on_expiring: is told, from any thread; the log is (level WARNING) where it is ``None``.
        attempts: failed requests after which a journey is left for the next run (``UNKNOWN``).
        first_wait: longest wait after the first failure, in seconds; it doubles with each.

    Raises:
        ConfigError: the journal can't be used.
        ApiError: the registry refuses the caller.
        TransportError: what was to be sent can't be written as HTTP.
    """
    run = Run(
        client,
        journal,
        concurrency=concurrency,
        attempts=attempts,
        first_wait=first_wait,
        look_ahead=look_ahead,
        gather=gather,
        rules=rules,
        overlay=overlay,
        within=within,
        warn=warn,
        tell=on_expiring,
    )
    crew = Crew(run)
    try:
        yield from crew.results(iter(journeys))
    finally:
        crew.stop()


async def send_journeys_async(
    client: Any,
    journeys: AsyncIterable[Any] | Journeys = (),
    *,
    journal: Path | str,
    concurrency: int = 8,
    look_ahead: int = 1000,
    gather: float = 0.2,
    rules: str = LATEST,
    overlay: str | None = None,
    within: timedelta | None = None,
    warn: timedelta = timedelta(hours=2),
    on_expiring: Callable[[Expiring], None] | None = None,
    attempts: int = 8,
    first_wait: float = 0.5,
) -> AsyncIterator[Result]:
    """As ``send_journeys``, awaited, on asyncio, with an async client.

    Journeys are taken while results are handed on, so that an async iterable may wait for them as
    long as it wants. Leave the loop by ``aclosing`` where it may be left early.
    """
    run = Run(
        client,
        journal,
        concurrency=concurrency,
        attempts=attempts,
        first_wait=first_wait,
        look_ahead=look_ahead,
        gather=gather,
        rules=rules,
        overlay=overlay,
        within=within,
        warn=warn,
        tell=on_expiring,
    )
    tasks = Tasks(run)
    try:
        async for result in tasks.results(journeys):
            yield result
    finally:
        await tasks.stop()
