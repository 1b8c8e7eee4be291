"""What a group decides about a version, written where it belongs.

Of a draft it stands in ``source.yaml``, of what was released in the index of versions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mobstd.canon.root import Root
from mobstd.canon.standard import Version
from mobstd.errors import ConfigError
from mobstd.output.files import replace_file
from mobstd.release.edition.files import written
from mobstd.release.edition.index import index_of, retired, withdrawn
from mobstd.release.edition.lock import lock_of
from mobstd.release.edition.stage import Decision, decided

__all__ = ["Dates", "decide", "retire"]


@dataclass(frozen=True)
class Dates:
    """From when a version should not be used, its last day, and what is used instead."""

    deprecated: date
    end_of_life: date | None = None
    replaced_by: str | None = None


def decide(version: Version, decision: Decision, roots: Sequence[Root]) -> Path:
    """Write a decision about a version, and return the file that has it now.

    Raises:
        ConfigError: where the version is in no root of the user's, or was released and is not
            withdrawn; or as ``decided`` has it.
    """
    root = _own(version, roots)
    if not _released(version):
        file = version.folder / "source.yaml"
        replace_file(str(file), decided(file.read_text("utf-8"), decision))
        return file
    if decision.stage != "withdrawn":
        raise ConfigError("edition.decided-late", version=str(version), stage=decision.stage)
    decided("", decision)
    index = index_of(root, version.name)
    return _write(root, version, withdrawn(index, version.version, decision.record()))


def retire(version: Version, dates: Dates, roots: Sequence[Root]) -> Path:
    """Write the dates of a version that was released, and return the file that has them now.

    Raises:
        ConfigError: where it is in no root of the user's, was not released, or the days are in the
            wrong order.
    """
    root = _own(version, roots)
    index = index_of(root, version.name)
    known = [one["version"] for one in index["versions"]]
    if dates.replaced_by is not None and dates.replaced_by not in known:
        listed = ", ".join(known) or "-"
        raise ConfigError("edition.not-released", version=dates.replaced_by, known=listed)
    made = retired(index, version.version, dates.deprecated, dates.end_of_life, dates.replaced_by)
    return _write(root, version, made)


def _own(version: Version, roots: Sequence[Root]) -> Path:
    if version.root not in roots:
        raise ConfigError("edition.no-root")
    return version.root.folder


def _released(version: Version) -> bool:
    return version.version in lock_of(version.root.folder, version.name)["versions"]


def _write(root: Path, version: Version, index: dict[str, object]) -> Path:
    file = root / "releases" / version.name / "index.json"
    replace_file(str(file), written(index).decode())
    return file
