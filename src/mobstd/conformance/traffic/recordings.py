"""Traffic that somebody recorded, as exchanges with a role."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from errno import ENOENT
from os import strerror
from pathlib import Path
from urllib.parse import urlsplit

from mobstd.canon.openapi import Operation, credential_names, operations
from mobstd.canon.standard import Version
from mobstd.conformance.record import header, read
from mobstd.conformance.traffic.har import Entry, entries
from mobstd.errors import ConfigError
from mobstd.judging.addressing import bases, operation_at
from mobstd.judging.caller import identify, without_secrets
from mobstd.judging.exchange import Exchange
from mobstd.serving.recording import needed_headers

__all__ = ["Found", "Har", "Recording", "locate", "opened", "recorded"]

Base = tuple[str, str]
"""Origin and base path."""


@dataclass(frozen=True)
class Found:
    """Where in a HAR file of so many entries the role is called.

    ``given``: because somebody said so.
    """

    bases: tuple[Base, ...]
    entries: int
    given: bool = False

    @property
    def urls(self) -> tuple[str, ...]:
        """The same as URLs."""
        return tuple(origin + base for origin, base in self.bases)


def locate(file: Path, version: Version, role: str, given: str | None = None) -> Found:
    """Return where in a HAR file the role is called.

    Without ``given``, each origin and base path counts under which an operation is asked for that
    has parameters or a body: what has neither, such as ``/status``, is met everywhere.

    Raises:
        ConfigError: where the file is broken, or nothing in it asks for an operation.
    """
    known = operations(version, role)
    origins: Counter[str] = Counter()
    telling: Counter[Base] = Counter()
    other: Counter[Base] = Counter()
    for entry in entries(file):
        origins[entry.origin] += 1
        if entry.request.method == "OPTIONS":
            continue
        for base, operation in bases(known, entry.request.method, entry.request.path):
            tells = operation.parameters or operation.body
            (telling if tells else other)[entry.origin, base] += 1
    if given is not None:
        return Found((_parted(given),), origins.total(), given=True)
    places = telling or other
    if not places:
        urls = ", ".join(f"{o} ({n})" for o, n in origins.most_common(5)) or "-"
        params = {"file": str(file), "version": str(version), "role": role, "urls": urls}
        raise ConfigError("traffic.no-match", **params)
    return Found(tuple(base for base, _ in places.most_common()), origins.total())


def _parted(url: str) -> Base:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")


def recorded(
    file: Path, version: Version, role: str, found: Found
) -> Iterator[tuple[Exchange, str | None]]:
    """Yield the entries of a HAR file as exchanges, with the origin of what is elsewhere."""
    known = operations(version, role)
    places = credential_names(version, role)
    needed = needed_headers(version, role)
    for entry in entries(file):
        own = [base for origin, base in found.bases if origin == entry.origin]
        caller = identify(entry.request, places)
        request = replace(entry.request, headers=without_secrets(entry.request.headers, needed))
        response = entry.response and replace(
            entry.response, headers=without_secrets(entry.response.headers)
        )
        below = any(f"{entry.request.path}/".startswith(f"{base}/") for base in own)
        exchange = Exchange(
            id=f"x{entry.place + 1}",
            operation=_meant(known, entry, own),
            purpose="traffic",
            at=entry.at,
            request=request,
            response=response,
            failure=entry.failure,
            authenticated=caller.known,
            caller=caller.name,
        )
        yield exchange, None if found.given and below else entry.origin


def _meant(known: Mapping[str, Operation], entry: Entry, own: list[str]) -> str | None:
    asked = entry.request
    found = (operation_at(known, asked.method, asked.path, base) for base in own)
    return next((operation for operation in found if operation is not None), None)


def _records(path: Path) -> list[Path]:
    """Return the recordings in a folder, oldest first, or the one that a file is."""
    if not path.is_dir():
        return [path]
    found = sorted(path.glob("*.ndjson"))
    if not found:
        raise ConfigError("traffic.no-records", folder=str(path))
    return found


class Recording:
    """Recordings of mobstd's own, which know what they are about."""

    def __init__(self, files: list[Path]) -> None:
        self._files = files
        self.entries = 0
        said = header(files[0])
        self.standard: str | None = said.get("standard")
        self.role: str | None = said.get("role")

    def locate(self, version: Version, role: str, given: str | None) -> tuple[str, ...]:
        """Return no place: the exchanges know their operations."""
        return ()

    def exchanges(self) -> Iterator[tuple[Exchange, str | None]]:
        """Yield the exchanges, numbered through."""
        number = 0
        for file in self._files:
            for exchange in read(file):
                number += 1
                yield replace(exchange, id=f"x{number}"), None


class Har:
    """A HAR file, which has to be told what is spoken in it."""

    standard: str | None = None
    role: str | None = None

    def __init__(self, file: Path) -> None:
        self._file = file
        self.entries = 0
        self._told: tuple[Version, str, Found] | None = None

    def locate(self, version: Version, role: str, given: str | None) -> tuple[str, ...]:
        """Return where the role is called; to be asked before the exchanges.

        Raises:
            ConfigError: where the file is broken, or nothing in it asks for an operation.
        """
        found = locate(self._file, version, role, given)
        self._told, self.entries = (version, role, found), found.entries
        return found.urls

    def exchanges(self) -> Iterator[tuple[Exchange, str | None]]:
        """Yield the entries as exchanges, with the origin of what is elsewhere."""
        if self._told is not None:
            yield from recorded(self._file, *self._told)


def opened(path: Path) -> Har | Recording:
    """Return the traffic in a HAR file, a recording, or a folder of recordings.

    Raises:
        ConfigError: where there is none.
    """
    if not path.exists():
        raise ConfigError("traffic.unreadable", file=str(path), why=strerror(ENOENT))
    if path.is_dir() or path.suffix == ".ndjson":
        return Recording(_records(path))
    return Har(path)
