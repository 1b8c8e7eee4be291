"""What is linted together: a version of a standard, or files of somebody else's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin

from mobstd.canon.files import load
from mobstd.canon.root import Root
from mobstd.canon.standard import Version, find, versions
from mobstd.errors import ConfigError
from mobstd.release.lint.document import Document, is_readable, read
from mobstd.release.lint.place import Place, places

__all__ = ["Subject", "of_version", "stranger", "subjects"]

MOST_FILES = 2000
SKIPPED = ("node_modules", "__pycache__", "vendor", "dist", "build")
CATALOGUE = ("suite", "requirements", "ambiguities", "messages")


@dataclass(frozen=True, eq=False)
class Subject:
    """Documents that refer to each other.

    Attributes:
        name: ``name@version``, or the path of a file.
        documents: its files.
        version: the version of a standard; ``None`` for a stranger's file.
        waivers: where its waivers are written, whether the file is there or not.
        home: the repository of the texts that its rows were read from; its root where left out.
    """

    name: str
    documents: tuple[Document, ...]
    version: Version | None
    waivers: Path
    home: Path | None = None

    @property
    def texts(self) -> Path:
        """Where the texts are that rows were read from."""
        return self.home or (self.version.root.folder if self.version else self.waivers.parent)

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Every schema of every document."""
        return tuple(place for document in self.documents for place in places(document))

    @cached_property
    def vectors(self) -> Mapping[str, list[Any]]:
        """The valid documents among the vectors, by schema."""
        found: dict[str, list[Any]] = {}
        folder = self.version.conformance / "vectors" if self.version else None
        for path in sorted(folder.glob("*.json")) if folder else ():
            for vector in load(path):
                if "document" in vector and vector["expect"].get("valid"):
                    found.setdefault(vector.get("schema", ""), []).append(vector["document"])
        return found

    @cached_property
    def apis(self) -> tuple[Document, ...]:
        """The OpenAPI documents."""
        return tuple(one for one in self.documents if one.kind == "openapi")

    @cached_property
    def schemas(self) -> tuple[Document, ...]:
        """The files of JSON Schema."""
        return tuple(one for one in self.documents if one.kind == "schema")

    def named(self, name: str) -> Document | None:
        """Return the document of that name."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> Mapping[str, Document]:
        return {document.name: document for document in self.documents}

    @cached_property
    def _by_uri(self) -> Mapping[str, Document]:
        found: dict[str, Document] = {}
        for document in self.documents:
            found[document.path.resolve().as_uri()] = document
            if isinstance(document.content, Mapping):
                name = document.content.get("$id", document.content.get("id"))
                if isinstance(name, str):
                    found[name.removesuffix("#")] = document
        return found

    def base(self, document: Document) -> str:
        """Return the URI that references of a document start from."""
        said = document.content.get("$id") if isinstance(document.content, Mapping) else None
        here = document.path.resolve().as_uri()
        return urljoin(here, said) if isinstance(said, str) else here

    def follow(self, document: Document, reference: str) -> tuple[Document, str, Any] | None:
        """Return the document, pointer and value that a reference leads to; nothing is fetched."""
        file, _, fragment = reference.partition("#")
        target: Document | None = document
        if file:
            here = document.path.resolve().as_uri()
            target = self._by_uri.get(urljoin(self.base(document), file)) or self._by_uri.get(
                urljoin(here, file)
            )
        if target is None:
            return None
        if fragment and not fragment.startswith("/"):
            return self._anchored(target, fragment)
        value: Any = target.content
        pointer = unquote(fragment)
        for part in pointer.split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            if isinstance(value, Mapping) and name in value:
                value = value[name]
            elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
                value = value[int(name)]
            else:
                return None
        return target, pointer, value

    def _anchored(self, document: Document, name: str) -> tuple[Document, str, Any] | None:
        for place in self.places:
            said = (place.schema.get("$anchor"), place.schema.get("$dynamicAnchor"))
            if place.document is document and name in said:
                return document, place.pointer, place.schema
        return None

    def resolved(self, document: Document, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the schema that a schema refers to, through other references; else itself."""
        for _ in range(20):
            reference = schema.get("$ref")
            if not isinstance(reference, str):
                return schema
            found = self.follow(document, reference)
            if found is None or not isinstance(found[2], Mapping):
                return schema
            document, _, schema = found
        return schema


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
    if folder is not None:
        files = [folder / f"{name}.yaml" for name in CATALOGUE]
        found = [read(one, f"conformance/{one.name}") for one in files if one.is_file()]
        yield Subject(str(folder), tuple(found), adopted(path), path / "lint.yaml", path)


def of_version(version: Version) -> Subject:
    """Return a version of a standard: schemas, OpenAPI documents, source and catalogue."""
    folder = version.folder
    files = [*folder.glob("*.json"), *folder.glob("openapi/*.yaml"), folder / "source.yaml"]
    found = [read(path, path.relative_to(folder).as_posix()) for path in sorted(files)]
    for name in CATALOGUE:
        path = version.conformance / f"{name}.yaml"
        if path.is_file():
            found.append(read(path, f"conformance/{path.name}"))
    waivers = version.root.schemas / f"{version.name}.lint.yaml"
    return Subject(str(version), tuple(found), version, waivers)


def _of_file(path: Path) -> Subject:
    document = read(path, path.name)
    if document.kind == "data":
        raise ConfigError("lint.neither", file=str(path))
    around = [read(one, str(one.relative_to(path.parent))) for one in _referred(document)]
    waivers = path.with_name(f"{path.name.split('.')[0]}.lint.yaml")
    return Subject(str(path), (document, *around), None, waivers)


def _referred(document: Document) -> Iterator[Path]:
    """Yield the files beside a document that it refers to, and that they refer to."""
    inside = document.path.resolve().parent
    seen, pending = {document.path.resolve()}, [document]
    while pending and len(seen) < MOST_FILES:
        here = pending.pop()
        for reference in sorted(set(_references(here.content, set()))):
            file = unquote(reference.partition("#")[0])
            if not file or "://" in file or not is_readable(Path(file)):
                continue
            path = (here.path.parent / file).resolve()
            if path in seen or not path.is_relative_to(inside) or not path.is_file():
                continue
            seen.add(path)
            pending.append(read(path, path.name))
            yield document.path.parent / path.relative_to(inside)


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
    every: dict[Path, Document] = {}
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        try:
            every[path.resolve()] = read(path, name)
        except ConfigError as error:
            every[path.resolve()] = Document(path, name, None, broken=error)
    kept = [one for one in every.values() if one.kind != "data" or one.broken]
    for document in kept:  # it grows: what is referred to is kept as well, whatever it is
        for reference in sorted(set(_references(document.content, set()))):
            target = (document.path.parent / unquote(reference.partition("#")[0])).resolve()
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
