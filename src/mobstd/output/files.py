"""Files that are there whole or not at all, and those that only their owner may read."""

from __future__ import annotations

import io
import os
import re
import secrets
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from mobstd.errors import ConfigError

__all__ = ["STDOUT", "check_writable", "private", "replace_file", "replacing", "talk"]

STDOUT = "-"
_STDOUT = (STDOUT, "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")

_DESCRIPTOR = re.compile(r"/dev/(?:stdout|stderr|fd/([0-9]+))|/proc/self/fd/([0-9]+)")


@contextmanager
def replacing(path: Path | str) -> Iterator[TextIO]:
    """Open a file that appears under its name once it is complete; a folder is made for it.

    What is there keeps its permissions, and a link goes on pointing to it. ``-`` is stdout. To what
    is no file, such as a pipe or ``/dev/stdout``, what is written goes as it comes.

    Raises:
        ConfigError: where it can't be written; what was there is as it was.
    """
    if str(path) == STDOUT:
        yield sys.stdout
        sys.stdout.flush()
        return
    try:
        with _stream(path) if _is_stream(path) else _beside(path) as file:
            yield file
    except OSError as error:
        raise _unwritable(path, error) from None


def replace_file(path: Path | str, text: str) -> None:
    """Write a text to its place at once, as :func:`replacing` does.

    Raises:
        ConfigError: where that is not possible.
    """
    with replacing(path) as file:
        if file is sys.stdout:
            text = text.encode("utf-8", "backslashreplace").decode("utf-8")
        file.write(text)


def check_writable(paths: Iterable[Path | str]) -> None:
    """Refuse, before a run, what could not be written after it.

    Raises:
        ConfigError: for the first path that cannot be written.
    """
    for path in paths:
        if str(path) == STDOUT or _is_stream(path):
            continue
        target = Path(os.path.realpath(path))
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_dir():
                raise IsADirectoryError(21, os.strerror(21))
            trial = _name_beside(target)
            trial.touch(exist_ok=False)
            trial.unlink()
        except OSError as error:
            raise _unwritable(path, error) from None


def talk(results: Iterable[Path | str | None]) -> TextIO:
    """Return where to say what is no result: stdout, unless one of the results goes there."""
    return sys.stderr if any(str(path) in _STDOUT for path in results) else sys.stdout


def private(path: Path | str) -> str:
    """Return the path of a database, which is made for its owner alone where it is not there.

    One that is there keeps the permissions that it was given. Where it can't be made, whoever opens
    it says so.
    """
    if str(path) not in ("", ":memory:"):
        with suppress(OSError):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return str(path)


def _unwritable(path: Path | str, error: OSError) -> ConfigError:
    return ConfigError("output.unwritable", file=str(path), why=error.strerror or str(error))


def _is_stream(path: Path | str) -> bool:
    """Say whether there is something that can't be replaced, such as a pipe or a device."""
    if _DESCRIPTOR.fullmatch(str(path)):
        return True
    there = Path(path)
    with suppress(OSError):  # such as a name that is too long: whoever opens it says so
        return there.exists() and not there.is_file() and not there.is_dir()
    return False


@contextmanager
def _stream(path: Path | str) -> Iterator[TextIO]:
    found = _DESCRIPTOR.fullmatch(str(path))
    if found is None:
        with _written(path, "w") as file:
            yield file
        return
    # Opened by its name, a redirected stdout would be written from its beginning again.
    number = int(found[1] or found[2] or (2 if str(path).endswith("stderr") else 1))
    for standard in (sys.stdout, sys.stderr):
        standard.flush()
    with _written(os.dup(number), "w") as file:
        yield file


@contextmanager
def _beside(path: Path | str) -> Iterator[TextIO]:
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = _name_beside(target)
    try:
        with _written(beside, "x") as file:
            if target.exists():
                beside.chmod(target.stat().st_mode & 0o777)
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    finally:
        with suppress(OSError):
            beside.unlink()


def _written(where: Path | str | int, mode: str) -> TextIO:
    raw = io.BufferedWriter(io.FileIO(where, mode))
    return io.TextIOWrapper(raw, "utf-8", "backslashreplace", newline="")


def _name_beside(target: Path) -> Path:
    return target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}")
