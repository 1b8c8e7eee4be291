"""The hashes of what rows were read from: ``conformance/<standard>/sentences.json``."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mobstd.canon.files import load_if_there
from mobstd.canon.standard import Version
from mobstd.errors import ConfigError, UnknownName
from mobstd.judging.catalogue import in_version
from mobstd.release.sentences.place import hashed, said

__all__ = ["LEDGER", "Place", "accepted", "compared", "ledger_of"]

LEDGER = "sentences.json"


@dataclass(frozen=True)
class Place:
    """A place in a published text, and how it is beside the hash that was kept.

    Attributes:
        text: the short name of the text, and its ``file``.
        where: the place in it.
        rows: what was read from it.
        state: ``same``, ``changed``, ``gone`` (there is no such place any more), ``new`` (no hash
            was kept) or ``nowhere`` (neither a hash nor such a place).
        now: the hash of what stands there.
    """

    text: str
    file: str
    where: str
    rows: tuple[str, ...]
    state: str
    now: str | None

    @property
    def red(self) -> bool:
        """Whether the rows have to be read again."""
        return self.state in ("changed", "gone")


def ledger_of(version: Version) -> dict[str, Any]:
    """Return the ledger of a standard; an empty one where there is none."""
    found = load_if_there(version.conformance / LEDGER, {"standard": version.name, "versions": {}})
    return dict(found)


def compared(version: Version, home: Path, files: Mapping[str, str]) -> Iterator[Place]:
    """Yield each place that rows of a version were read from, of the texts that are there.

    Args:
        version: whose rows.
        home: the repository of those who keep the standard.
        files: by text, its file below ``home``; those that the ledger has are known.

    Raises:
        ConfigError: where a file can't be read, or is outside of ``home``.
    """
    kept = ledger_of(version)["versions"].get(version.version, {"files": {}, "sentences": {}})
    known = {**kept["files"], **files}
    inside = home.resolve()
    for (text, where), rows in _cited(version).items():
        if text not in known:
            continue
        path = (home / known[text]).resolve()
        if not path.is_relative_to(inside):
            raise ConfigError("sentences.outside", file=known[text], folder=str(home))
        if not path.is_file():
            continue
        before, found = kept["sentences"].get(text, {}).get(where), said(path, where)
        now = None if found is None else hashed(found)
        yield Place(text, known[text], where, tuple(rows), _state(before, now), now)


def _state(before: str | None, now: str | None) -> str:
    if before is None:
        return "nowhere" if now is None else "new"
    if now is None:
        return "gone"
    return "same" if now == before else "changed"


def _cited(version: Version) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    number = version.version
    for name in ("requirements", "ambiguities"):
        for raw in load_if_there(version.conformance / f"{name}.yaml", []):
            if number not in raw.get("versions", [number]):
                continue
            row = in_version(raw, number)
            for source in row.get("source", ()):
                if "where" in source:
                    found.setdefault((source["document"], source["where"]), []).append(row["id"])
    return found


def accepted(version: Version, places: Collection[Place], rows: Collection[str]) -> dict[str, Any]:
    """Return the ledger with what stands there now.

    Args:
        version: whose rows.
        places: as ``compared`` has them.
        rows: those that were read again; none: all.

    Raises:
        UnknownName: for a row that no place is of.
    """
    every = {row for place in places for row in place.rows}
    for row in rows:
        if row not in every:
            known = ", ".join(sorted(every)) or "-"
            raise UnknownName("sentences.no-row", wanted=row, known=known)
    ledger = ledger_of(version)
    kept = ledger["versions"].get(version.version, {"files": {}, "sentences": {}})
    files, sentences = dict(kept["files"]), {k: dict(v) for k, v in kept["sentences"].items()}
    for place in places:
        if rows and not set(place.rows) & set(rows):
            continue
        files[place.text] = place.file
        below = sentences.setdefault(place.text, {})
        below.pop(place.where, None)
        if place.now is not None:
            below[place.where] = place.now
    entry = {
        "files": dict(sorted(files.items())),
        "sentences": {text: dict(sorted(sentences[text].items())) for text in sorted(sentences)},
    }
    return {
        **ledger,
        "versions": dict(sorted({**ledger["versions"], version.version: entry}.items())),
    }
