"""A command that is run against what is served: started, watched, ended with its children."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import PurePath
from typing import Any

from mobstd.errors import ConfigError

__all__ = ["Command"]

GRACE = 5.0
"""Seconds to end in after being asked to, before it is ended by force."""


class Command:
    """One run of a command, in a session of its own, so that its children can be ended with it.

    Args:
        words: program and arguments.
        environment: variables beside those of this process.

    Raises:
        ConfigError: where it cannot be started.
    """

    def __init__(self, words: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name = PurePath(words[0]).name
        self.stopped = False
        interactive = sys.stdin is not None and sys.stdin.isatty()
        try:
            self._process = subprocess.Popen(
                list(words),
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL if interactive else None,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise ConfigError("traffic.no-command", name=self.name, why=why) from None

    @property
    def done(self) -> bool:
        """Whether it has ended by itself."""
        return self._process.poll() is not None

    @property
    def failed(self) -> bool:
        """Whether it ended by itself, and not well."""
        return self.done and not self.stopped and self._process.returncode != 0

    def end(self) -> None:
        """End it, where it still runs, and whatever it left running."""
        if not self.done:
            self.stopped = True
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            if not self._alive():
                break
            self._signal(number)
            deadline = time.monotonic() + GRACE
            while self._alive() and time.monotonic() < deadline:
                time.sleep(0.02)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE)

    def _alive(self) -> bool:
        """Say whether anything of its session is left."""
        self._process.poll()
        try:
            os.killpg(self._process.pid, 0)
        except (ProcessLookupError, PermissionError):
            return False
        return True

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def said(self) -> dict[str, Any]:
        """Return what the report says of it."""
        code = self._process.returncode
        known = code is not None and code >= 0 and not self.stopped
        return {"name": self.name, "exit_code": code if known else None, "stopped": self.stopped}
