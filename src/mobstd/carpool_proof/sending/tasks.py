"""Tasks of asyncio that send, and one that takes journeys in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import suppress
from functools import partial
from typing import Any

from mobstd.carpool_proof.sending.outbox import Letter
from mobstd.carpool_proof.sending.result import Result
from mobstd.carpool_proof.sending.run import PAGE, Journeys, Run

__all__ = ["Tasks"]


class Tasks:
    """Tasks that send, and one that takes journeys in."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._moved = asyncio.Condition()
        self._tasks: list[asyncio.Task[None]] = []

    async def results(self, source: AsyncIterable[Any] | Journeys) -> AsyncIterator[Result]:
        """Yield what becomes of the journeys of a source, and of those that were left."""
        run = self._run
        work = [self._take(source), *(self._work() for _ in range(run.concurrency))]
        self._tasks = [asyncio.create_task(self._guarded(one)) for one in work]
        while untold := run.outbox.untold(PAGE):
            for late in untold:
                yield late
                run.outbox.told(late)
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
            run.outbox.told(result)

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
        """End the tasks, with the requests that are under way, and close the journal."""
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
