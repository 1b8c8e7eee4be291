"""Hashes of what was released, and whether they hold: ``releases/<standard>.lock.json``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mobstd.canon.contracts import contract
from mobstd.errors import ConfigError
from mobstd.release.edition.signature import holds

__all__ = ["MANIFEST", "SIGNATURE", "Breach", "breaches", "hashed", "lock_of", "manifest_breaches"]

MANIFEST = "release.json"
SIGNATURE = "release.sig.json"


@dataclass(frozen=True)
class Breach:
    """What is not as it was released: of the ``kind`` changed, missing, added, signature, key."""

    kind: str
    file: str
    version: str


def hashed(raw: bytes) -> str:
    """Return the hash of a file as locks and manifests have it."""
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def lock_of(root: Path, name: str) -> dict[str, Any]:
    """Return the lock of a standard; an empty one where nothing was released.

    Raises:
        ConfigError: where it can't be read.
    """
    path = root / "releases" / f"{name}.lock.json"
    if not path.exists():
        return {"standard": name, "versions": {}}
    return _held(path, "lock")


def _held(path: Path, kind: str) -> dict[str, Any]:
    found = _json(path)
    if not contract(kind).is_valid(found):
        raise ConfigError("edition.bad-lock", file=str(path))
    return dict(found)


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        raise ConfigError("edition.bad-lock", file=str(path)) from None


def breaches(root: Path, name: str, number: str | None = None) -> Iterator[Breach]:
    """Yield what of a standard, or of one version, is not as it was released."""
    for version, entry in sorted(lock_of(root, name)["versions"].items()):
        if number is not None and version != number:
            continue
        shown = f"{name}@{version}"
        files: Mapping[str, str] = entry["files"]
        yield from _compared(root, files, shown)
        for folder in (f"schemas/{name}/{version}", f"releases/{name}/{version}"):
            for path in sorted((root / folder).rglob("*")):
                place = path.relative_to(root).as_posix()
                if path.is_file() and place not in files:
                    yield Breach("added", place, shown)


def _compared(root: Path, files: Mapping[str, str], version: str) -> Iterator[Breach]:
    inside = root.resolve()
    for place, wanted in sorted(files.items()):
        path = root / place
        if not _inside(path, inside):
            yield Breach("missing", place, version)
        elif hashed(path.read_bytes()) != wanted:
            yield Breach("changed", place, version)


def _inside(path: Path, folder: Path) -> bool:
    """Say whether a file is there, below a folder."""
    try:
        return path.resolve().is_relative_to(folder) and path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False


def manifest_breaches(folder: Path, key: str | None) -> Iterator[Breach]:
    """Yield what of a release that somebody received is not as its manifest says.

    Args:
        folder: what was received.
        key: the public key that it must be signed with; ``None``: the one that it names itself.

    Raises:
        ConfigError: where there is no manifest.
    """
    found = _held(folder / MANIFEST, "manifest")
    shown = str(found["standard"])
    yield from _compared(folder, found["files"], shown)
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder).as_posix()
        if path.is_file() and place not in (MANIFEST, SIGNATURE, *found["files"]):
            yield Breach("added", place, shown)
    signature = folder / SIGNATURE
    if not signature.is_file():
        if key is not None:
            yield Breach("unsigned", MANIFEST, shown)
        return
    said = _json(signature)
    if not isinstance(said, dict):
        raise ConfigError("edition.bad-lock", file=str(signature))
    named, written = (str(said.get(one, "")) for one in ("public_key", "signature"))
    if key is not None and key != named:
        yield Breach("key", SIGNATURE, shown)
    elif not holds((folder / MANIFEST).read_bytes(), written, named):
        yield Breach("signature", SIGNATURE, shown)
