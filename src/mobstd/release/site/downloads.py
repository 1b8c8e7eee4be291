"""What is handed out of a version: files under their stable places, and an archive of all."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from mobstd.canon.standard import Version
from mobstd.release.edition.files import handed_out
from mobstd.release.edition.lock import hashed

__all__ = ["Download", "downloads", "folder_of"]

GROUPS = ("openapi", "schema", "schemas", "tables", "types")
FIRST = (1980, 1, 1, 0, 0, 0)
"""The only date that every archive may have."""


@dataclass(frozen=True)
class Download:
    """A file that readers take away.

    Attributes:
        name: its place below the folder of the version.
        raw: its bytes.
        digest: its hash, as locks have it.
    """

    name: str
    raw: bytes
    digest: str

    @property
    def group(self) -> str:
        """What it is one of: its folder, ``schema`` for a schema at its ``$id``, or ``other``."""
        folder = "schema" if self.name.endswith(".schema.json") else self.name.partition("/")[0]
        return folder if folder in GROUPS else "other"


def folder_of(version: Version) -> PurePosixPath:
    """Return where a version is handed out: the path that its ``$id`` end with."""
    return PurePosixPath("schemas", version.name, version.version)


def downloads(version: Version) -> list[Download]:
    """Return what is handed out, the archive first; of a release, exactly what was released.

    Raises:
        MissingExtra: where vectors can't be written out.
    """
    files = _released(version) or handed_out(version)
    shown = {name: raw for name, raw in files.items() if not name.startswith("canon/")}
    archive = {f"{version.name}-{version.version}.zip": _archive(files, version)}
    return [Download(name, raw, hashed(raw)) for name, raw in {**archive, **shown}.items()]


def _released(version: Version) -> Mapping[str, bytes]:
    folder = version.root.folder / "releases" / version.name / version.version
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _archive(files: Mapping[str, bytes], version: Version) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for entry, raw in _entries(files, f"{version.name}-{version.version}"):
            archive.writestr(entry, raw, zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()


def _entries(files: Mapping[str, bytes], top: str) -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
    for name, raw in sorted(files.items()):
        entry = zipfile.ZipInfo(f"{top}/{name}", FIRST)
        entry.external_attr = 0o644 << 16
        yield entry, raw
