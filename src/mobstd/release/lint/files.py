"""The files of a subject: of a version, of a folder in any layout, of a file and its neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from mobstd.canon.contracts import PLACES
from mobstd.canon.root import Root
from mobstd.canon.standard import Version, find, versions
from mobstd.errors import ConfigError
from mobstd.release.lint.document import Document, is_readable, read, read_or_broken
from mobstd.release.lint.place import places
from mobstd.release.lint.subject import EXAMPLE, Subject

__all__ = ["of_version", "stranger", "subjects"]

MOST_FILES = 2000
SKIPPED = ("node_modules", "__pycache__", "vendor", "dist", "build")


def subjects(wanted: str | None, roots: tuple[Root, ...]) -> list[Subject]:
    """Return what a word on the command line means.

    Args:
        wanted: ``name@version``, ``name`` (all its versions), a folder (a root, or any files) or a
            file; nothing: every version of the root that was given, or of those that came along.
        roots: where else standards are.

    Raises:
        ConfigError: for a file or a folder with nothing in it to lint.
        UnknownName: for a standard that is not there.
    """
    if wanted is None:
        every = [one for one in versions(roots) if not roots or one.root in roots]
        return [of_version(version) for version in every]
    path = Path(wanted)
    if path.is_dir() and any(path.glob("schemas/*/*/source.yaml")):
        root = Root(path.resolve())
        return [of_version(one) for one in versions((root,)) if one.root == root]
    if path.exists():
        return [stranger(path), *_own_rows(path)]
    if "@" not in wanted:
        named = [one for one in versions(roots) if one.name == wanted]
        if named:
            return [of_version(version) for version in named]
        if "/" in wanted or "." in wanted:
            raise ConfigError("lint.no-such-file", file=wanted)
    return [of_version(find(wanted, roots))]


def stranger(path: Path) -> Subject:
    """Return a file of somebody else's, or a folder in whatever layout.

    Raises:
        ConfigError: where there is nothing in it to lint.
    """
    if path.is_file():
        return _of_file(path)
    found = _of_folder(path)
    if not found.documents:
        raise ConfigError("lint.nothing-there", folder=str(path))
    return found


def _own_rows(path: Path) -> Iterator[Subject]:
    """Yield the catalogue of a group that has one in a layout of its own."""
    if not (path / "mobstd.yaml").is_file():
        return
    from mobstd.release.adoption.adopted import adopted
    from mobstd.release.adoption.layout import layout

    folder = layout(path).catalogue
    if folder is None:
        return
    version = adopted(path)
    found = []
    for copied, kind in _data(version):
        if copied.is_relative_to(version.conformance):
            place = copied.relative_to(version.conformance)
            if (folder / place).is_file():
                name = f"conformance/{place.as_posix()}"
                found.append(read_or_broken(folder / place, name, kind))
    yield Subject(str(folder), tuple(found), version, path / "lint.yaml", path)


def of_version(version: Version) -> Subject:
    """Return a version of a standard: schemas, OpenAPI documents, and all its data."""
    folder = version.folder
    files = sorted([*folder.glob("*.json"), *folder.glob("openapi/*.yaml")])
    found = [_read_with_care(path, path.relative_to(folder).as_posix()) for path in files]
    for path, kind in _data(version):
        above = folder if path.is_relative_to(folder) else version.root.conformance
        name = path.relative_to(above).as_posix()
        if above is not folder:
            name = name.replace(version.name, "conformance", 1)
        found.append(read_or_broken(path, name, kind))
    waivers = version.root.schemas / f"{version.name}.lint.yaml"
    return Subject(str(version), tuple(found), version, waivers)


def _data(version: Version) -> Iterator[tuple[Path, str]]:
    """Yield the data files of a version, each with its contract."""
    for kind, pattern in PLACES.items():
        own = pattern.replace("schemas/*/*/", f"schemas/{version.name}/{version.version}/")
        own = own.replace("conformance/*/", f"conformance/{version.name}/")
        if own != pattern:
            yield from ((path, kind) for path in sorted(version.root.folder.glob(own)))
    for path in sorted(version.folder.glob("examples/*/*/*.json")):
        yield path, EXAMPLE


def _read_with_care(path: Path, name: str) -> Document:
    """Return a file; one that can't be read, or that is more than can be walked, says why."""
    document = read_or_broken(path, name)
    try:
        places(document)
    except ConfigError as error:
        return Document(path, name, None, broken=error)
    return document


def _of_file(path: Path) -> Subject:
    document = read(path, path.name)
    if document.kind == "data":
        raise ConfigError("lint.neither", file=str(path))
    places(document)
    around = [
        _read_with_care(one, one.relative_to(path.parent).as_posix()) for one in _referred(document)
    ]
    waivers = path.with_name(f"{path.name.split('.')[0]}.lint.yaml")
    return Subject(str(path), (document, *around), None, waivers)


def _referred(document: Document) -> Iterator[Path]:
    """Yield the files beside a document that it refers to, and that they refer to."""
    inside = document.path.resolve().parent
    seen, pending = {document.path.resolve()}, [document]
    while pending and len(seen) < MOST_FILES:
        here = pending.pop()
        for reference in sorted(set(_references(here.content, set()))):
            path = _file(here.path.parent, unquote(reference.partition("#")[0]))
            if path is None or path in seen or not path.is_relative_to(inside):
                continue
            seen.add(path)
            pending.append(read_or_broken(path, path.name))
            yield document.path.parent / path.relative_to(inside)


def _file(folder: Path, named: str) -> Path | None:
    """Return the file of a reference, where it names one that is there."""
    if not named or "://" in named:
        return None
    try:
        path = (folder / named).resolve()
        return path if is_readable(path) and path.is_file() else None
    except (OSError, ValueError):  # a name that is too long, or holds a null byte
        return None


def _references(node: Any, seen: set[int]) -> Iterator[str]:
    if not isinstance(node, (dict, list)) or id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, list):
        for item in node:
            yield from _references(item, seen)
        return
    for key, value in node.items():
        if key == "$ref" and isinstance(value, str):
            yield value
        else:
            yield from _references(value, seen)


def _of_folder(folder: Path) -> Subject:
    """Return the schemas and OpenAPI documents of a folder, in whatever layout."""
    every = {
        path.resolve(): _read_with_care(path, path.relative_to(folder).as_posix())
        for path in _files(folder)
    }
    kept = [one for one in every.values() if one.kind != "data" or one.broken]
    for document in kept:  # it grows: what is referred to is kept as well, whatever it is
        for reference in sorted(set(_references(document.content, set()))):
            target = _file(document.path.resolve().parent, unquote(reference.partition("#")[0]))
            if target in every and every[target] not in kept:
                kept.append(every[target])
    return Subject(str(folder), tuple(kept), None, folder / "lint.yaml")


def _files(folder: Path) -> Iterator[Path]:
    seen = 0
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if any(part in SKIPPED or part.startswith(".") for part in parts):
            continue
        if path.is_file() and is_readable(path) and not path.name.endswith("lint.yaml"):
            seen += 1
            if seen > MOST_FILES:
                raise ConfigError("lint.too-many-files", folder=str(folder), count=MOST_FILES)
            yield path
