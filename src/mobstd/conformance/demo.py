"""The demonstration: a right implementation, then the same with faults, both judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mobstd.canon.plug import plugs, resolve
from mobstd.canon.standard import Version, find, versions
from mobstd.conformance.profile import Profile
from mobstd.conformance.report.write import write
from mobstd.conformance.run import Options, Progress, check, the_role
from mobstd.conformance.target import served
from mobstd.errors import UnknownName
from mobstd.judging.fault import Fault
from mobstd.output.files import check_writable
from mobstd.serving.faults import FaultMiddleware, behaviours, select
from mobstd.transport.http import Sender

__all__ = ["Shown", "demonstrable", "demonstrate"]


@dataclass(frozen=True)
class Shown:
    """One target of the demonstration: its report, where it stands, and the faults it has."""

    report: dict[str, Any]
    file: str
    faults: tuple[Fault, ...] = ()

    def found(self, fault: Fault) -> bool:
        """Say whether the fault is reported under its own row."""
        return any(
            row["id"] == fault.requirement and row["findings"]
            for row in self.report["requirements"]
        )


def demonstrable(wanted: str | None) -> Version:
    """Return the version to demonstrate: the wanted one, or the first that has a demonstration.

    Raises:
        UnknownName: where there is none.
    """
    if wanted is not None:
        return find(wanted)
    for version in versions():
        plug = plugs().get(version.name)
        if plug and version.version in (plug.references or {}) and version.suite.get("demo"):
            return version
    raise UnknownName("demo.no-standard")


def demonstrate(
    version: Version, folder: Path, lang: str, progress: Progress | None = None
) -> Iterator[Shown]:
    """Serve, check and report, first without faults and then with those of ``suite.yaml``."""
    check_writable(folder / f"conforming.{form}" for form in ("html", "json"))
    role = the_role(version, None)
    chosen = [f for f in select(version, version.suite["demo"]) if isinstance(f, Fault)]
    for name, faults in (("conforming", ()), ("faulty", tuple(chosen))):
        plug = plugs()[version.name]
        build = resolve((plug.references or {})[version.version])
        app = FaultMiddleware(build(behaviours=behaviours(faults)), faults, version, role)
        with served(app) as url, Sender(url) as sender:
            report = check(sender, Profile(url, str(version)), Options(progress=progress))
        written = write(
            report,
            {form: str(folder / f"{name}.{form}") for form in ("html", "json")},
            lang,
        )
        yield Shown(report, written["html"], faults)
