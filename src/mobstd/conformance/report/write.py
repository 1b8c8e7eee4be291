"""Puts reports on disk: each file whole or not at all, also when somebody presses Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from mobstd.errors import ConfigError, UnknownName

__all__ = ["FORMATS", "check_writable", "render", "replace_file", "write"]

FORMATS = ("json", "junit", "sarif", "markdown", "html", "github", "gitlab")

STDOUT = "-"


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


def check_writable(wanted: Mapping[str, str]) -> None:
    """Refuse, before a run, what could not be written after it.

    Raises:
        ConfigError: for the first path that cannot be written.
    """
    for path in wanted.values():
        if path == STDOUT:
            continue
        target = Path(path)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=target.parent):
                pass
        except OSError as error:
            raise ConfigError("report.unwritable", file=path, why=str(error.strerror)) from None
        if target.is_dir():
            raise ConfigError("report.unwritable", file=path, why=os.strerror(21))


def replace_file(path: Path | str, text: str) -> None:
    """Write ``text`` to a file beside, then move it into place.

    Raises:
        ConfigError: where that is not possible.
    """
    target = Path(path)
    made: str | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, made = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8", "backslashreplace"))
            file.flush()
            os.fsync(file.fileno())
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        Path(made).chmod(mode)
        Path(made).replace(target)
        made = None
    except OSError as error:
        raise ConfigError("report.unwritable", file=str(path), why=str(error.strerror)) from None
    finally:
        if made is not None:
            with suppress(OSError):
                Path(made).unlink()


def _umask() -> int:
    """Return the mask for new files, which can be read only by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


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
            if path == STDOUT:
                sys.stdout.write(text.encode("utf-8", "backslashreplace").decode("utf-8"))
                continue
            try:
                replace_file(path, text)
                written[name] = path
            except ConfigError as error:
                failed = failed or error
    if failed is not None:
        raise failed
    return written
