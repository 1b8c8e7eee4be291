"""What is shared of an impact, counts without exchanges, and how the shares of many are merged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mobstd import __version__
from mobstd.canon.contracts import contract
from mobstd.canon.plain import from_json
from mobstd.errors import CanonError, ConfigError

__all__ = ["impact", "merged", "read", "shared"]

FORMAT = 1


def impact(old: str, new: str, parties: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the whole as a JSON value (``conformance/impact.schema.json``)."""
    found = list(parties)
    return {
        "format_version": FORMAT,
        "tool": {"name": "mobstd", "version": __version__},
        "old": old,
        "new": new,
        "parties": found,
        "lost": sum(any(b["lost"] for b in party["blocks"].values()) for party in found),
    }


def shared(made: Mapping[str, Any], name: str | None) -> dict[str, Any]:
    """Return an impact as it may be given away: no file names, and only rows that count.

    ``name`` is what the party wants to be called; without it, it has no name.
    """
    parties = [
        {**party, "name": name or "", "requirements": _telling(party["requirements"])}
        for party in made["parties"]
    ]
    return {**made, "parties": parties}


def _telling(rows: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: {side: {"outcome": row[side]["outcome"], "failed": row[side]["failed"]}
               for side in ("old", "new")}
        for name, row in rows.items()
    }  # fmt: skip


def read(path: Path) -> dict[str, Any]:
    """Return a shared impact.

    Raises:
        ConfigError: where it is missing, or none.
    """
    try:
        value: dict[str, Any] = from_json(path.read_text("utf-8-sig"), str(path))
    except OSError as error:
        raise ConfigError("diff.unreadable", file=str(path), why=str(error.strerror)) from None
    except (CanonError, UnicodeDecodeError):
        raise ConfigError("impact.not-json", file=str(path)) from None
    problem = next(iter(contract("impact").problems(value)), None)
    if problem is not None:
        pointer = "/" + "/".join(map(str, problem.path))
        raise ConfigError("impact.not-shared", file=str(path), pointer=pointer)
    return value


def merged(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return several impacts as one; a party without a name gets a number.

    Raises:
        ConfigError: where they are about different versions.
    """
    about = {(one["old"], one["new"]) for one in found}
    if len(about) != 1:
        pairs = ", ".join(f"{old} -> {new}" for old, new in sorted(about))
        raise ConfigError("impact.several", pairs=pairs)
    parties = [party for one in found for party in one["parties"]]
    named = [
        {**party, "name": party["name"] or f"#{number}"} for number, party in enumerate(parties, 1)
    ]
    return impact(*about.pop(), named)
