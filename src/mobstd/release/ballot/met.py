"""What real operators do: the outcome of some requirements in reports and recordings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mobstd.canon.standard import Version
from mobstd.errors import ConfigError
from mobstd.release.impact.evidence import Documents, called, evidence
from mobstd.release.impact.judged import of_exchanges
from mobstd.serving.opening import role_of

__all__ = ["Party", "parties"]


@dataclass(frozen=True)
class Party:
    """One operator: by requirement, the outcome, and the outcome by the version that is proposed.

    ``name`` is the number of the file in the order given, since a ballot is published.
    """

    name: str
    outcomes: Mapping[str, tuple[str | None, str | None]]


def parties(
    files: Sequence[Path], version: Version, proposed: Version | None, rows: Collection[str]
) -> list[Party]:
    """Return what each file shows of some rows.

    Args:
        files: reports, recordings or HAR files of one operator each.
        version: the version that was spoken.
        proposed: the version that they are judged by as well.
        rows: the requirements.

    Raises:
        ConfigError: for what can't be judged again.
    """
    found = []
    for number, path in enumerate(files, 1):
        seen = evidence(path)
        if isinstance(seen, Documents):
            raise ConfigError("impact.nothing-there", file=str(path))
        role = role_of(version, seen.role)
        base = called(seen, version, role)
        judged = of_exchanges(seen, version, proposed or version, role, "server", base)
        outcomes = {
            row: (sides["old"]["outcome"], sides["new"]["outcome"] if proposed else None)
            for row, sides in judged["requirements"].items()
            if row in rows
        }
        found.append(Party(f"#{number}", outcomes))
    return found
