"""Text that strangers wrote, on a terminal."""

from __future__ import annotations

__all__ = ["on_one_line"]


def on_one_line(text: str) -> str:
    """Return a text on one line; what a terminal would act on is escaped as Python does."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
