"""Asks who sits at the terminal to act at the target, for as long as they are given time."""

from __future__ import annotations

import select
import sys
import time
from collections.abc import Callable, Mapping

from mobstd.cli.words import tell

__all__ = ["SECONDS", "asking"]

SECONDS = 120.0
"""How long a person is given."""

STEP = 0.2


def asking(lang: str) -> Callable[[Mapping[str, str], str, Callable[[], bool]], None] | None:
    """Return what asks, or ``None`` where nobody sits there."""
    if not sys.stdin.isatty():
        return None

    def ask(texts: Mapping[str, str], key: str, done: Callable[[], bool]) -> None:
        tell("check.person", what=texts[lang].format(key=key), seconds=f"{SECONDS:.0f}")
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline and not done():
            if select.select([sys.stdin], [], [], STEP)[0]:
                sys.stdin.readline()
                return

    return ask
