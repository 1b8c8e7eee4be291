"""The formats that aids are read from, and which of them a file is in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import IO

from mobstd.errors import ConfigError
from mobstd.mobility_aid.importing.diagnostics import Imported

__all__ = ["FORMATS", "Format", "detect", "detected", "read"]

_HEAD = 65_536


@dataclass(frozen=True, slots=True)
class Format:
    """A format.

    Attributes:
        name: what it is called on the command line.
        module: the module with ``claims(head: bytes, format: str) -> bool``, which says from the
            first bytes of a file whether it is in this format, and
            ``records(stream: IO[bytes], format: str, at: str) -> Iterator[Imported]``.
    """

    name: str
    module: str

    def claims(self, head: bytes) -> bool:
        """Say whether a file that begins like this is in this format."""
        return bool(import_module(self.module).claims(head, self.name))


FORMATS: Mapping[str, Format] = {
    one.name: one
    for one in (
        Format("table-0.1", "mobstd.mobility_aid.importing.table"),
        Format("table-0.2", "mobstd.mobility_aid.importing.table"),
        Format("aides-velo", "mobstd.mobility_aid.importing.aides_velo"),
        Format("dispositif-aide", "mobstd.mobility_aid.importing.dispositif_aide"),
        Format("data-inclusion", "mobstd.mobility_aid.importing.data_inclusion"),
        Format("campaigns", "mobstd.mobility_aid.importing.campaigns"),
        Format("mob", "mobstd.mob.incentives"),
    )
}
"""Every format by its name."""


def detect(head: bytes) -> str:
    """Return the one format that a file which begins like this can be in.

    Raises:
        ConfigError: where it is none, or more than one.
    """
    found = [one.name for one in FORMATS.values() if one.claims(head)]
    if len(found) != 1:
        code = "aids.ambiguous-format" if found else "aids.unknown-format"
        raise ConfigError(code, known=", ".join(found or FORMATS))
    return found[0]


def detected(stream: IO[bytes]) -> str:
    """Return the format of a file, which is rewound.

    Raises:
        ConfigError: where it is none, or more than one.
    """
    format = detect(stream.read(_HEAD))
    stream.seek(0)
    return format


def read(stream: IO[bytes], format: str | None = None, *, at: str) -> Iterator[Imported]:
    """Yield what becomes of each record of a file, in its order.

    Args:
        stream: the file, which can be rewound where ``format`` is not given.
        format: one of :data:`FORMATS`; found out where it is not given.
        at: when it is read, as a date and time with its offset; ``updatedAt`` of records whose
            format has no such date.

    Raises:
        ConfigError: where the format is not known, or the file is not in it.
    """
    if format is None:
        format = detected(stream)
    if format not in FORMATS:
        raise ConfigError("aids.unknown-format", known=", ".join(FORMATS))
    records: Iterator[Imported] = import_module(FORMATS[format].module).records(stream, format, at)
    yield from records
