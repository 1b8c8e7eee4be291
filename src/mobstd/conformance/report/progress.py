"""A bar on stderr that shows how far a run is, for a person only."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from mobstd.messages import render

__all__ = ["Progress", "progress"]

PATIENCE = 1.0
"""Seconds before a bar shows: what is quicker needs none."""

PAUSE = 0.1
WIDTH = 24


class Progress:
    """Hears of phases and steps, and draws them in one line that it wipes at the end."""

    def __init__(self, lang: str = "en", stream: TextIO | None = None) -> None:
        """Draw on ``stream``, stderr by default, if that is a terminal."""
        self._lang = lang
        self._stream = stream or sys.stderr
        self._shows = self._stream.isatty() and os.environ.get("TERM") != "dumb"
        self._name, self._total, self._done, self._all = "", 0, 0, 0
        self._started = time.monotonic()
        self._drawn = 0.0

    def phase(self, name: str, total: int) -> None:
        """A phase of at most ``total`` steps begins."""
        self._name, self._total, self._done = name, total, 0
        self._draw(force=True)

    def advance(self) -> None:
        """One step is done."""
        self._done += 1
        self._all += 1
        self._draw()

    def close(self) -> None:
        """Wipe the line."""
        if self._drawn:
            self._stream.write("\r\x1b[2K")
            self._stream.flush()
            self._drawn = 0.0

    def _draw(self, *, force: bool = False) -> None:
        now = time.monotonic()
        if not self._shows or now - self._started < PATIENCE:
            return
        if not force and now - self._drawn < PAUSE:
            return
        self._drawn = now
        self._stream.write("\r\x1b[2K" + self.line(shutil.get_terminal_size().columns - 1))
        self._stream.flush()

    def line(self, width: int = 79) -> str:
        """Return what is drawn, at most ``width`` characters."""
        share = min(1.0, self._done / self._total) if self._total else 0.0
        full = round(share * WIDTH)
        what = render(f"report.phase.{self._name}", {}, self._lang, default=self._name)
        count = {"count": self._all}
        total = render("report.says.so-far", count, self._lang)
        return f"{'█' * full}{'░' * (WIDTH - full)} {what} {self._done}/{self._total}, {total}"[
            : max(0, width)
        ]


@contextmanager
def progress(lang: str = "en", stream: TextIO | None = None) -> Iterator[Progress]:
    """Give a progress bar that is wiped whatever happens."""
    bar = Progress(lang, stream)
    try:
        yield bar
    finally:
        bar.close()
