"""``--record DIR``: every exchange as it was, one JSON value a line, for this machine only.

The first line says what was recorded, each further line is an exchange as
``conformance/exchange.schema.json`` has it, with raw bodies. Persons are in it; secrets are not,
since nobody needs them to judge again. What an interrupted run leaves can be read.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mobstd.conformance.redaction import Redactor
from mobstd.conformance.report.exchanges import from_json, to_json
from mobstd.errors import ConfigError
from mobstd.judging.exchange import Exchange

__all__ = ["Recorder", "header", "read", "sha256"]

FORMAT = 1


class Recorder:
    """Writes exchanges as they come; call it with each, then ``close`` it."""

    def __init__(
        self, folder: Path | str, about: Mapping[str, Any], redactor: Redactor | None = None
    ) -> None:
        """Open a new file in ``folder``.

        Args:
            folder: made where it is not there.
            about: what to remember: standard, role, target, seed, now.
            redactor: knows the secrets to mask.

        Raises:
            ConfigError: where nothing can be written there.
        """
        self.count = 0
        self._secrets = Redactor(secrets=_by_name(redactor), headers=_headers(redactor))
        self._digest = hashlib.sha256()
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        self.path = Path(folder) / f"exchanges-{moment}.ndjson"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            why = str(error.strerror)
            raise ConfigError("output.unwritable", file=str(self.path), why=why) from None
        self._file = os.fdopen(handle, "wb")
        self._write({"mobstd_record": FORMAT, **about})

    def __call__(self, exchange: Exchange) -> None:
        """Write one exchange."""
        self._write(self._secrets.mask(to_json(exchange, raw=True)))
        self.count += 1

    def conceal(self, name: str, value: str) -> None:
        """Mask one more secret from now on."""
        self._secrets.conceal(name, value)

    def _write(self, value: Mapping[str, Any]) -> None:
        line = json.dumps(value, separators=(",", ":"), default=str).encode() + b"\n"
        self._digest.update(line)
        self._file.write(line)
        self._file.flush()

    def close(self) -> dict[str, Any]:
        """Close the file and return what the report says of it."""
        self._file.close()
        digest = self._digest.hexdigest()
        return {"file": str(self.path), "sha256": digest, "exchanges": self.count}


def _by_name(redactor: Redactor | None) -> dict[str, str]:
    return {name: value for value, name in redactor.secrets.items()} if redactor else {}


def _headers(redactor: Redactor | None) -> frozenset[str]:
    return redactor.secret_headers if redactor else frozenset()


def _lines(path: Path | str) -> Iterator[dict[str, Any]]:
    try:
        with Path(path).open("rb") as file:
            for line in file:
                with suppress(ValueError):
                    value = json.loads(line)
                    if isinstance(value, dict):
                        yield value
    except OSError as error:
        raise ConfigError("report.unreadable", file=str(path), why=str(error.strerror)) from None


def header(path: Path | str) -> dict[str, Any]:
    """Return the first line of a recording.

    Raises:
        ConfigError: where the file is missing or no recording.
    """
    first = next(_lines(path), {})
    if first.get("mobstd_record") != FORMAT:
        raise ConfigError("record.not-a-record", file=str(path))
    return first


def read(path: Path | str) -> Iterator[Exchange]:
    """Yield the exchanges of a recording; a line that was cut off is left out.

    Raises:
        ConfigError: where the file is missing or no recording.
    """
    header(path)
    for value in _lines(path):
        if "request" in value:
            yield from_json(value)


def sha256(path: Path | str) -> str:
    """Return the hash of a recording, to compare with the one in its report.

    Raises:
        ConfigError: where it cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ConfigError("report.unreadable", file=str(path), why=str(error.strerror)) from None
