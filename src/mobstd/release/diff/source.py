"""What ``A`` and ``B`` of ``mobstd schemas diff A B`` are: versions, files, folders, revisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from errno import EFBIG, EINVAL
from pathlib import Path
from typing import Any

from mobstd.canon.contracts import contract
from mobstd.canon.files import load_if_there
from mobstd.canon.root import Root
from mobstd.canon.standard import NAME, Version, find
from mobstd.errors import ConfigError
from mobstd.judging.catalogue import requirement
from mobstd.judging.requirement import Requirement
from mobstd.release.diff.api import is_api
from mobstd.release.diff.library import Library
from mobstd.release.revision import around, whole

__all__ = ["Source", "source"]

_SUFFIXES = (".json", ".yaml", ".yml")
_SCHEMA = ".schema.json"
_LARGE = 64 << 20


@dataclass(frozen=True)
class Source:
    """One side of a comparison.

    Attributes:
        label: as it was asked for.
        version: what it declares itself to be, such as ``1.2``; empty where it doesn't.
        library: its documents.
        apis: the path of the API document of each role.
        schemas: the paths of its other schemas, by their name.
        rows: its requirements, as they stand in the catalogue.
    """

    label: str
    version: str
    library: Library
    apis: Mapping[str, str]
    schemas: Mapping[str, str]
    rows: Mapping[str, Requirement] = field(default_factory=dict)

    @property
    def several(self) -> bool:
        """Whether it has more than one document."""
        return len(self.apis) + len(self.schemas) > 1


def source(asked: str, roots: Sequence[Root] = ()) -> Source:
    """Return what was asked for: ``name@version``, a file, a folder, or ``REVISION:`` any of them.

    Raises:
        ConfigError: where it is not there, or neither an API nor a schema.
        UnknownName: for a version that is not there; the message lists those that are.
    """
    if "://" in asked:
        raise ConfigError("diff.web", asked=asked)
    path = Path(asked)
    if "\0" not in asked and path.exists():
        return _of_path(asked, path)
    revision, colon, below = asked.partition(":")
    if colon and below:
        return _of_revision(asked, revision, below)
    match = NAME.match(asked)
    if match is not None and "/" not in asked and "." not in match["name"]:
        return _of_version(asked, find(asked, roots))
    raise ConfigError("diff.nothing-there", asked=asked)


def _text(path: Path) -> str:
    if not path.is_file():
        path.stat()  # says why, where it is not there at all
        raise OSError(EINVAL, "no file")
    if path.stat().st_size > _LARGE:
        raise OSError(EFBIG, f"larger than {_LARGE >> 20} MiB")
    return path.read_text("utf-8")


def _of_version(label: str, version: Version) -> Source:
    folder = version.folder
    library = Library(lambda path: _text(folder / path))
    schemas = {p.name.removesuffix(_SCHEMA): p.name for p in sorted(folder.glob(f"*{_SCHEMA}"))}
    for name in schemas.values():
        library.document(name)
    raw = load_if_there(version.conformance / "requirements.yaml", [])
    here = (row for row in raw if version.version in row.get("versions", [version.version]))
    return Source(
        label,
        version.version,
        library,
        {role: f"openapi/{role}.yaml" for role in version.roles},
        schemas,
        {row["id"]: requirement(row, version.version) for row in here},
    )


def _of_path(label: str, path: Path) -> Source:
    if path.is_dir():
        return _of_folder(label, path)
    folder = path.resolve().parent
    library = Library(lambda name: _text(folder / name))
    document = library.document(path.name)
    if is_api(document):
        return Source(label, _version(document), library, {"server": path.name}, {}, {})
    if not isinstance(document, (Mapping, bool)):
        raise ConfigError("diff.neither", file=label)
    return Source(label, "", library, {}, {"schema": path.name}, {})


def _version(document: Mapping[str, Any]) -> str:
    info = document.get("info")
    return str(info.get("version", "")) if isinstance(info, Mapping) else ""


def _of_folder(label: str, folder: Path) -> Source:
    library = Library(lambda name: _text(folder / name))
    apis: dict[str, str] = {}
    schemas: dict[str, str] = {}
    version = ""
    named = {place: role for role, place in _layout(folder).get("roles", {}).items()}
    for path in sorted(p for p in folder.rglob("*") if p.suffix in _SUFFIXES and p.is_file()):
        name = path.relative_to(folder).as_posix()
        if set(path.relative_to(folder).parts[:-1]) & {"examples", "overlays", "node_modules"}:
            continue
        document = library.document(name)
        if is_api(document):
            apis[named.get(name, path.stem)] = name
            version = version or _version(document)
        elif name.endswith(_SCHEMA) or (isinstance(document, dict) and "$schema" in document):
            schemas[name.removesuffix(path.suffix).removesuffix(".schema")] = name
    if not apis and not schemas:
        raise ConfigError("diff.empty-folder", folder=label)
    return Source(label, version, library, apis, schemas, {})


def _layout(folder: Path) -> Mapping[str, Any]:
    """Return what the group itself says of its files, where it does."""
    said = load_if_there(folder / "mobstd.yaml", {})
    return said if isinstance(said, dict) and contract("layout").is_valid(said) else {}


def _of_revision(label: str, revision: str, below: str) -> Source:
    """Return what stood at a revision of the Git repository around the working folder."""
    match = NAME.match(below)
    if match is not None and match["version"]:
        wanted = (f"schemas/{match['name']}", f"conformance/{match['name']}")
        return _of_version(label, find(below, (Root(whole(revision, *wanted)),)))
    kept = around(revision, below)
    path = kept / below
    if not path.exists():
        raise ConfigError("diff.not-in-revision", asked=label)
    return _of_path(label, path)
