"""What was kept of the past: recordings, HAR files, reports, and folders of documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mobstd.canon.plain import from_json
from mobstd.canon.standard import Version
from mobstd.conformance.report.contract import read as read_report
from mobstd.conformance.report.exchanges import from_json as exchange_of
from mobstd.conformance.traffic.recordings import Har, Recording, opened
from mobstd.errors import CanonError, ConfigError
from mobstd.judging.exchange import Exchange

__all__ = ["Documents", "Exchanges", "called", "evidence"]

_LARGEST = 64 * 1024 * 1024


@dataclass(frozen=True)
class Exchanges:
    """Exchanges of one party.

    Attributes:
        name: the file or folder.
        standard, role: what they are about, where they know it.
        source: a recording or HAR file; ``None`` for a report.
        cited: those that a report cites; persons in them are replaced, long bodies cut.
    """

    name: str
    standard: str | None
    role: str | None
    source: Har | Recording | None = None
    cited: tuple[Exchange, ...] = ()

    @property
    def partial(self) -> bool:
        """Whether these are but those that a report cites."""
        return self.source is None

    def all(self) -> Iterator[tuple[Exchange, str | None]]:
        """Yield each exchange, with where it went if not to the role."""
        if self.source is not None:
            yield from self.source.exchanges()
        else:
            yield from ((exchange, None) for exchange in self.cited)


@dataclass(frozen=True)
class Documents:
    """Documents of one party."""

    name: str
    files: tuple[Path, ...]

    def all(self) -> Iterator[tuple[str, Any]]:
        """Yield each document with its file.

        Raises:
            ConfigError: for a file that is no JSON, or too large.
        """
        for path in self.files:
            if path.stat().st_size > _LARGEST:
                raise ConfigError("impact.too-large", file=str(path), megabytes=_LARGEST >> 20)
            try:
                yield path.name, from_json(path.read_text("utf-8-sig"), str(path))
            except (CanonError, UnicodeDecodeError):
                raise ConfigError("impact.not-json", file=str(path)) from None


def evidence(path: Path, *, schema: str | None = None) -> Exchanges | Documents:
    """Return what is at a path; with ``schema``, documents.

    Raises:
        ConfigError: where there is nothing that can be judged again.
    """
    if not path.exists():
        raise ConfigError("impact.nothing-there", file=str(path))
    if schema is not None:
        files = sorted(path.rglob("*.json")) if path.is_dir() else [path]
        if not files:
            raise ConfigError("impact.no-documents", folder=str(path))
        return Documents(path.name, tuple(files))
    if path.suffix == ".json":
        return _of_report(path)
    source = opened(path)
    return Exchanges(path.name, source.standard, source.role, source)


def called(found: Exchanges, version: Version, role: str) -> str | None:
    """Return where a role is called most in what was kept; ``None`` where it knows that itself.

    Raises:
        ConfigError: where nothing in it asks for an operation of the role.
    """
    urls = found.source.locate(version, role, None) if found.source is not None else ()
    return urls[0] if urls else None


def _of_report(path: Path) -> Exchanges:
    report: Mapping[str, Any] = read_report(str(path))
    standard = f"{report['standard']['id']}@{report['standard']['version']}"
    cited = tuple(exchange_of(value, name) for name, value in report["exchanges"].items())
    return Exchanges(path.name, standard, report["role"], None, cited)
