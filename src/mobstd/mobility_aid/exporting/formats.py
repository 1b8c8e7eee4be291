"""The formats that aids are written in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import IO, Any

from mobstd.errors import ConfigError
from mobstd.mobility_aid.exporting.outlines import Outlines
from mobstd.mobility_aid.importing.diagnostics import Diagnostic

__all__ = ["FORMATS", "Format", "beside", "write"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format.

    Attributes:
        name: what it is called on the command line.
        module: the module with ``write(aids, file, format, *, guarded) -> Iterator[Diagnostic]``.
        beside: the end of the name of a second file, whose text the module's ``second()`` returns.
    """

    name: str
    module: str
    beside: str = ""


FORMATS: Mapping[str, Format] = {
    one.name: one
    for one in (
        Format("table-0.1", "mobstd.mobility_aid.exporting.table"),
        Format("table-0.2", "mobstd.mobility_aid.exporting.table"),
        Format("dispositif-aide", "mobstd.mobility_aid.exporting.dispositif_aide"),
        Format("data-inclusion", "mobstd.mobility_aid.exporting.data_inclusion"),
        Format("mob", "mobstd.mob.incentives"),
        Format("aides-velo", "mobstd.mobility_aid.exporting.aides_velo"),
        Format("campaigns", "mobstd.mobility_aid.exporting.campaigns"),
        Format("json-ld", "mobstd.mobility_aid.exporting.json_ld"),
        Format("geojson", "mobstd.mobility_aid.exporting.geojson"),
        Format("frictionless", "mobstd.mobility_aid.exporting.frictionless", ".schema.json"),
    )
}
"""Every format by its name."""

_OUTLINED = ("geojson",)


def _module(format: str) -> Any:
    if format not in FORMATS:
        raise ConfigError("aids.unknown-target", known=", ".join(FORMATS))
    return import_module(FORMATS[format].module)


def write(
    aids: Iterable[Mapping[str, Any]],
    file: IO[str],
    format: str,
    *,
    guarded: bool = False,
    outlines: Outlines | None = None,
) -> Iterator[Diagnostic]:
    """Write aids to a file; yield what the format cannot say of each, while it is written.

    An aid that was imported from this format and not edited comes back as it was. A diagnostic that
    is ``refused`` says that its aid was left out.

    Args:
        aids: aids as documents, which the schema ``aid`` accepts.
        file: where to, opened with ``newline=""``; it is whole when the iterator has ended.
        format: one of :data:`FORMATS`.
        guarded: whether a cell of a table that a spreadsheet would take for a formula gets an
            apostrophe; it is verbatim otherwise.
        outlines: of places, by type and code, for a format that has them.

    Raises:
        ConfigError: where the format is not known, or has no outlines though there are some.
    """
    more: dict[str, Any] = {} if outlines is None else {"outlines": outlines}
    if more and format not in _OUTLINED:
        raise ConfigError("aids.outlines.format", format=format, known=", ".join(_OUTLINED))
    written: Iterator[Diagnostic] = _module(format).write(
        aids, file, format, guarded=guarded, **more
    )
    yield from written


def beside(format: str) -> tuple[str, str] | None:
    """Return the end of the name of a second file and its text, where a format has one.

    Raises:
        ConfigError: where the format is not known.
    """
    module = _module(format)
    return (FORMATS[format].beside, module.second()) if FORMATS[format].beside else None
