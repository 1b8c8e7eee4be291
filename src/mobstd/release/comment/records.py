"""Which recordings a folder has, each of one operator."""

from __future__ import annotations

from pathlib import Path

from mobstd.errors import ConfigError

__all__ = ["records_in"]

SUFFIXES = (".har", ".json", ".ndjson")


def records_in(folder: Path) -> list[Path]:
    """Return what a folder has: recordings, HAR files, reports, and folders that ``--record`` made.

    Raises:
        ConfigError: where it is none, or nothing is in it.
    """
    if not folder.is_dir():
        raise ConfigError("impact.nothing-there", file=str(folder))
    found = [
        path
        for path in sorted(folder.iterdir())
        if not path.name.startswith(".")
        and (path.is_dir() or (path.is_file() and path.suffix in SUFFIXES))
    ]
    if not found:
        raise ConfigError("comment.no-records", folder=str(folder))
    return found
