"""Reports on what comes in: every few seconds, and at the end."""

from __future__ import annotations

import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from mobstd.conformance.record import Recorder
from mobstd.conformance.report.write import write
from mobstd.conformance.traffic.account import About, account
from mobstd.conformance.traffic.command import Command
from mobstd.conformance.traffic.hearing import Hearing
from mobstd.errors import ConfigError
from mobstd.judging.exchange import Exchange

__all__ = ["EVERY", "Live", "Output", "follow"]

EVERY = 5.0
"""Seconds between two reports."""

LONGEST = 600.0
"""Seconds that a command may run where nothing else is said."""

TICK = 0.1
WAITING = 20_000
"""Exchanges that wait to be judged; more than that are counted only."""


@dataclass(frozen=True)
class Output:
    """One side to judge, and the files that its report goes to, by format."""

    hearing: Hearing
    files: Mapping[str, str] = field(default_factory=dict)


class Live:
    """Takes exchanges from any thread, judges them, and writes reports while they come.

    Args:
        outputs: what to judge, and where to report it.
        about: what the reports say beside.
        lang: of the reports.
        recorder: keeps every exchange, where one is wanted.
    """

    def __init__(
        self,
        outputs: Sequence[Output],
        about: About,
        lang: str,
        recorder: Recorder | None = None,
    ) -> None:
        self._outputs = outputs
        self.about = about
        self._lang = lang
        self._recorder = recorder
        self._waiting: queue.Queue[Exchange] = queue.Queue(WAITING)
        self._written = time.monotonic()
        self._news = True
        self.lost = 0

    def heard(self, exchange: Exchange) -> None:
        """Take one exchange; from any thread, and without delay."""
        try:
            self._waiting.put_nowait(exchange)
        except queue.Full:
            self.lost += 1

    def run(self, done: Callable[[], bool]) -> None:
        """Judge and report until ``done`` says so, or somebody interrupts."""
        while not done():
            self._judge()
            if self._news and time.monotonic() - self._written >= EVERY:
                self._report(self.about)
            time.sleep(TICK)

    def finish(self, **said: Any) -> list[dict[str, Any]]:
        """Judge what is left, write the last reports and return them.

        Args:
            said: what became known of ``About`` meanwhile.
        """
        time.sleep(TICK)
        self._judge()
        self.about = replace(self.about, **said)
        for output in self._outputs:
            output.hearing.ended = datetime.now(UTC)
        record = self._recorder.close() if self._recorder else None
        return self._report(self.about, record)

    def _judge(self) -> None:
        until = time.monotonic() + EVERY
        while time.monotonic() < until:
            try:
                exchange = self._waiting.get_nowait()
            except queue.Empty:
                return
            self._news = True
            if self._recorder is not None:
                self._recorder(exchange)
            for output in self._outputs:
                output.hearing.hear(exchange)

    def _report(
        self, about: About, record: Mapping[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        self._news, self._written = False, time.monotonic()
        reports, failed = [], None
        for output in self._outputs:
            report = {**account(output.hearing, about), "record": record}
            report["traffic"]["lost"] = self.lost
            reports.append(report)
            try:
                write(report, output.files, self._lang)
            except ConfigError as error:
                failed = failed or error
        if failed is not None:
            raise failed
        return reports


@contextmanager
def _terminated() -> Iterator[None]:
    """Let a SIGTERM end the run as Ctrl-C does, so that the last report is written."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def follow(
    live: Live, start: Callable[[], Command | None], budget: float | None
) -> list[dict[str, Any]]:
    """Judge until the command ends, its time is over or somebody interrupts; return the reports."""
    command: Command | None = None
    stopped: str | None = None
    with _terminated():
        try:
            command = start()
            limit = budget or (LONGEST if command else None)
            deadline = time.monotonic() + limit if limit else None

            def done() -> bool:
                nonlocal stopped
                if command is not None and command.done:
                    return True
                if deadline is not None and time.monotonic() > deadline:
                    stopped = "time"
                    return True
                return False

            live.run(done)
        except KeyboardInterrupt:
            stopped = "interrupted" if command is not None else None
        finally:
            if command is not None:
                command.end()
    if command is not None and command.failed:
        stopped = stopped or "command"
    said = command.said() if command else None
    return live.finish(stopped=stopped, command=said)
