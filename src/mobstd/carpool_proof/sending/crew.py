"""Threads that send, and the caller's, which takes journeys in and hands results on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

from mobstd.carpool_proof.sending.outbox import Letter
from mobstd.carpool_proof.sending.result import Result
from mobstd.carpool_proof.sending.run import PAGE, Run

__all__ = ["Crew"]

_END: Any = object()


class _Stopped(Exception):
    """The run is over before the fate of a journey is known; the journal keeps it."""


class Crew:
    """Threads that send, and the caller's, which takes journeys in and hands results on."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._moved = threading.Condition()
        self._threads = [
            threading.Thread(target=self._work, name=f"mobstd-send-{n}", daemon=True)
            for n in range(run.concurrency)
        ]
        for thread in self._threads:
            thread.start()

    def results(self, source: Iterator[Any]) -> Iterator[Result]:
        """Yield what becomes of the journeys of a source, and of those that were left."""
        run, window = self._run, self._run.window
        while untold := run.outbox.untold(PAGE):
            for late in untold:
                yield late
                run.outbox.told(late)
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
            result = result or self._taken(source)
            if result is not None:
                yield result
                run.outbox.told(result)

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
        try:
            while (letter := self._next()) is not None:
                note = partial(run.outbox.posting, letter)
                result = run.driver.drive(run.steps(letter), self._rest, note)
                with self._moved:
                    run.window.done(result)
                    run.results.append(result)
                    self._moved.notify_all()
        except _Stopped:
            return
        except BaseException as error:
            with self._moved:
                run.failure = run.failure or error
                run.stopped = True
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
        """End the threads, after the requests that are under way, and close the journal."""
        with self._moved:
            self._run.stopped = True
            self._moved.notify_all()
        for thread in self._threads:
            thread.join()
        self._run.outbox.close()
