"""Puts reports on disk: each file whole or not at all, also when somebody presses Ctrl-C."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from mobstd.errors import ConfigError, UnknownName
from mobstd.output.files import STDOUT, replace_file

__all__ = ["FORMATS", "render", "write"]

FORMATS = ("json", "junit", "sarif", "markdown", "html", "github", "gitlab")


def render(report: Mapping[str, Any], name: str, lang: str = "en") -> str:
    """Return a report in one of ``FORMATS``.

    Raises:
        UnknownName: for another format.
    """
    if name not in FORMATS:
        raise UnknownName("report.unknown-format", wanted=name, known=", ".join(FORMATS))
    module = import_module(f"mobstd.conformance.report.{name}")
    text: str = module.render(report, lang)
    return text


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold a Ctrl-C back until the end; a second one comes through."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed = 0
    before: Callable[..., Any] | int | None = signal.getsignal(signal.SIGINT)

    def note(number: int, frame: Any) -> None:
        nonlocal pressed
        pressed += 1
        if pressed > 1:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt


def write(report: Mapping[str, Any], wanted: Mapping[str, str], lang: str = "en") -> dict[str, str]:
    """Write a report in several formats, and return the path of each.

    A path that fails does not keep the others from being written.

    Args:
        report: the report.
        wanted: path by format; ``-`` is stdout.
        lang: of the texts.

    Raises:
        ConfigError: for the first path that could not be written, after all others were.
        UnknownName: for a format that is not there.
    """
    written: dict[str, str] = {}
    failed: ConfigError | None = None
    with _undisturbed():
        for name, path in wanted.items():
            text = render(report, name, lang)
            try:
                replace_file(path, text)
                if path != STDOUT:
                    written[name] = path
            except ConfigError as error:
                failed = failed or error
    if failed is not None:
        raise failed
    return written
