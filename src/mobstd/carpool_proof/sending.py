"""Sends journeys to the registry: each once, the most urgent first, whatever happens meanwhile.

    from mobstd.carpool_proof.sending import send_journeys

    for result in send_journeys(client, journeys, journal="journeys.outbox"):
        print(result.text())

Every journey is judged, then written to the journal, then sent; what became of it is written down
before it is told. A run that was killed at any moment is gone on with by calling this again with
the same journal, with the same journeys or without: what it left is looked for at the registry,
sent where it is not there, and what it settled is told again from the journal (``again``).

What the registry refuses to this caller, rather than to a journey (401, 403, 404), is raised; so
are a journal that can't be written and what the iterable raises. The journal keeps what is left.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mobstd.carpool_proof.delivery import Delivery, Patience, deliver
from mobstd.carpool_proof.driving import Driver, endpoint_of
from mobstd.carpool_proof.limits import LATEST
from mobstd.carpool_proof.outbox import Letter, Outbox
from mobstd.carpool_proof.result import Expiring, Result
from mobstd.carpool_proof.window import Window
from mobstd.errors import ConfigError
from mobstd.models import Model

__all__ = ["send_journeys", "send_journeys_async"]

Journeys = Iterable[Model | Mapping[str, Any]]


class _Stopped(Exception):
    """The run is over before the fate of a journey is known; the journal keeps it."""


class _Run:
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
        try:
            self.window = Window(self.outbox, endpoint_of(client, "createJourney"), **window)
        except BaseException:
            self.outbox.close()
            raise

    def steps(self, letter: Letter) -> Delivery:
        return deliver(
            letter.document, doubtful=letter.doubtful, own=letter.own, patience=self.patience
        )

    def work(self) -> float | None:
        """Return as ``Window.ready``; what is left over from earlier runs is taken in before."""
        if self.window.room > 0:
            self.window.left_over()
        return self.window.ready()


def _registry(client: Any) -> str:
    """Return whose journal it is: the origin, which stays when a version is left for another."""
    parts = urlsplit(client.base_url)
    return f"{parts.scheme}://{parts.netloc}"


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
    run = _Run(
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
    crew = _Crew(run)
    try:
        yield from crew.results(iter(journeys))
    finally:
        crew.stop()


class _Crew:
    """Threads that send, and the caller's, which takes journeys in and hands results on."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._moved = threading.Condition()
        self._threads = [
            threading.Thread(target=self._work, name=f"mobstd-send-{n}", daemon=True)
            for n in range(run.concurrency)
        ]
        for thread in self._threads:
            thread.start()

    def results(self, source: Iterator[Any]) -> Iterator[Result]:
        run, window = self._run, self._run.window
        while True:
            with self._moved:
                run.work()
                while not self._due():
                    self._moved.wait()
                result = run.results.popleft() if run.results else None
                if result is not None:
                    window.handed_on()
                    self._moved.notify_all()
                elif run.failure is not None:
                    raise run.failure
                elif window.ended:
                    return
            if result is not None:
                yield result
                continue
            known = self._taken(source)
            if known is not None:
                yield known

    def _due(self) -> bool:
        """Whether the caller's thread has anything to do."""
        run, window = self._run, self._run.window
        if run.failure is not None or run.results:
            return True
        if window.ended:
            return run.work() is None and window.over
        return window.room > 0

    def _taken(self, source: Iterator[Any]) -> Result | None:
        journey = next(source, _END)
        with self._moved:
            window, known = self._run.window, None
            alone = window.idle
            if journey is _END:
                window.ended = True
            else:
                known = window.take(journey)
            if alone or window.ready() == 0 or window.ended:
                self._moved.notify_all()
            return known

    def _work(self) -> None:
        run = self._run
        while True:
            letter = self._next()
            if letter is None:
                return
            try:
                note = partial(run.outbox.posting, letter)
                result = run.driver.drive(run.steps(letter), self._rest, note)
                with self._moved:
                    run.window.done(result)
            except _Stopped:
                return
            except BaseException as error:
                with self._moved:
                    run.failure = run.failure or error
                    run.stopped = True
                    self._moved.notify_all()
                return
            with self._moved:
                run.results.append(result)
                self._moved.notify_all()

    def _next(self) -> Letter | None:
        """Wait for a journey that may be sent; ``None`` at the end."""
        run = self._run
        with self._moved:
            while not run.stopped:
                wait = run.work()
                if wait == 0:
                    return run.window.pop()
                if wait is None and run.window.ended and run.window.idle:
                    return None
                self._moved.wait(wait)
        return None

    def _rest(self, seconds: float) -> None:
        with self._moved:
            self._run.window.warn()
            if self._moved.wait_for(lambda: self._run.stopped, seconds):
                raise _Stopped

    def stop(self) -> None:
        with self._moved:
            self._run.stopped = True
            self._moved.notify_all()
        for thread in self._threads:
            thread.join()
        self._run.outbox.close()


_END: Any = object()


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
    run = _Run(
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
    tasks = _Tasks(run)
    try:
        async for result in tasks.results(journeys):
            yield result
    finally:
        await tasks.stop()


class _Tasks:
    """Tasks that send, and one that takes journeys in."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._moved = asyncio.Condition()
        self._tasks: list[asyncio.Task[None]] = []

    async def results(self, source: AsyncIterable[Any] | Journeys) -> AsyncIterator[Result]:
        run = self._run
        work = [self._take(source), *(self._work() for _ in range(run.concurrency))]
        self._tasks = [asyncio.create_task(self._guarded(one)) for one in work]
        while True:
            async with self._moved:
                await self._moved.wait_for(self._due)
                if not run.results and run.failure is not None:
                    raise run.failure
                if not run.results:
                    return
                result = run.results.popleft()
                run.window.handed_on()
                self._moved.notify_all()
            yield result

    def _due(self) -> bool:
        run = self._run
        over = run.window.ended and run.work() is None and run.window.over
        return bool(run.failure or run.results or over)

    async def _guarded(self, work: Any) -> None:
        try:
            await work
        except Exception as error:
            async with self._moved:
                self._run.failure = self._run.failure or error
                self._moved.notify_all()

    async def _take(self, source: AsyncIterable[Any] | Journeys) -> None:
        run = self._run
        async for journey in _each(source):
            known = run.window.take(journey)
            async with self._moved:
                if known is not None:
                    run.window.keep()
                    run.results.append(known)
                self._moved.notify_all()
                await self._moved.wait_for(lambda: run.window.room > 0)
        async with self._moved:
            run.window.ended = True
            self._moved.notify_all()

    async def _work(self) -> None:
        run = self._run
        while (letter := await self._next()) is not None:
            note = partial(asyncio.to_thread, run.outbox.posting, letter)
            result = await run.driver.drive_async(run.steps(letter), self._rest, note)
            run.window.done(result)
            async with self._moved:
                run.results.append(result)
                self._moved.notify_all()

    async def _next(self) -> Letter | None:
        run = self._run
        async with self._moved:
            while True:
                wait = run.work()
                if wait == 0:
                    return run.window.pop()
                if wait is None and run.window.ended and run.window.idle:
                    return None
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await self._moved.wait()

    async def _rest(self, seconds: float) -> None:
        self._run.window.warn()
        await asyncio.sleep(seconds)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._run.outbox.close()


async def _each(source: AsyncIterable[Any] | Journeys) -> AsyncIterator[Any]:
    if isinstance(source, AsyncIterable):
        async for journey in source:
            yield journey
        return
    for journey in source:
        yield journey
        await asyncio.sleep(0)
