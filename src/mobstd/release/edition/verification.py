"""Whether all that was released is as it was: in its repository, or where it was received."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mobstd.errors import ConfigError
from mobstd.release.edition.index import index_of
from mobstd.release.edition.lock import MANIFEST, Breach, breaches, lock_of, manifest_breaches

__all__ = ["Verified", "verified"]


@dataclass(frozen=True)
class Verified:
    """One version: what of it is not as it was released, and what its index says of it."""

    version: str
    files: int
    breaches: tuple[Breach, ...]
    deprecated: str | None = None
    end_of_life: str | None = None
    withdrawn: str | None = None


def verified(folder: Path, wanted: str | None = None, key: str | None = None) -> list[Verified]:
    """Return every version that was released in a folder, verified.

    Args:
        folder: the root of standards, or what somebody received: a folder with ``release.json``.
        wanted: ``name`` or ``name@version``; ``None``: all.
        key: the public key that each has to be signed with.

    Raises:
        ConfigError: where a lock or manifest can't be read, or what is wanted was not released.
    """
    if (folder / MANIFEST).is_file():
        found = tuple(manifest_breaches(folder, key))
        files = sum(path.is_file() for path in folder.rglob("*"))
        return [Verified(str(folder), files, found)]
    every = list(_of_root(folder, wanted, key))
    if wanted is not None and not every:
        raise ConfigError("edition.not-released", version=wanted, known="-")
    return every


def _of_root(folder: Path, wanted: str | None, key: str | None) -> Iterator[Verified]:
    name, _, number = (wanted or "").partition("@")
    for file in sorted((folder / "releases").glob("*.lock.json")):
        standard = file.name.removesuffix(".lock.json")
        if name and name != standard:
            continue
        dates = {one["version"]: one for one in index_of(folder, standard)["versions"]}
        for version, entry in sorted(lock_of(folder, standard)["versions"].items()):
            if number and number != version:
                continue
            found = list(breaches(folder, standard, version))
            received = folder / "releases" / standard / version
            if (received / MANIFEST).is_file():
                found += [
                    one
                    for one in manifest_breaches(received, key)
                    if one.kind in ("signature", "key", "unsigned")
                ]
            said = dates.get(version, {})
            yield Verified(
                f"{standard}@{version}",
                len(entry["files"]),
                tuple(found),
                said.get("deprecated"),
                said.get("end_of_life"),
                (said.get("withdrawn") or {}).get("date"),
            )
