"""A group's standard as a version that everything here takes."""

from __future__ import annotations

import atexit
import json
from collections.abc import Sequence
from pathlib import Path
from shutil import copytree, ignore_patterns, rmtree
from tempfile import mkdtemp
from typing import Any

from mobstd.canon.contracts import hold
from mobstd.canon.root import Root, at
from mobstd.canon.schemas import schema_names, validator_of
from mobstd.canon.standard import Version, find, versions
from mobstd.errors import CanonError, ConfigError
from mobstd.release.adoption.catalogue import rows, suite
from mobstd.release.adoption.convert import Converter
from mobstd.release.adoption.layout import LAYOUT, Layout, layout

__all__ = ["TEXT", "adopted", "is_place", "is_root", "root_of", "version_in", "version_of"]

BASE = "https://example.org/schemas"
TEXT = "API"
"""The short name of the document, by which rows of the document alone cite it."""


def is_root(folder: Path) -> bool:
    """Say whether a folder is in our layout: ``schemas/<standard>/<version>/source.yaml``."""
    return any((folder / "schemas").glob("*/*/source.yaml"))


def root_of(place: Path, *, held: bool = True) -> Root:
    """Return the root at a folder: as it stands where it is one, else what it is adopted as.

    Raises:
        ConfigError: where there is no standard in it, or it breaks its contracts.
    """
    if not is_root(place) and place.exists():
        try:
            return adopted(place).root
        except ConfigError as error:
            empty = error.code in ("adopt.nothing", "lint.nothing-there")
            if not (empty and (place / "schemas").is_dir()):
                raise
    root = at(place)
    if held:
        hold(root)
    return root


def version_in(place: Path) -> Version:
    """Return the one version that a folder or a file is.

    Raises:
        ConfigError: where there is none, or more than one.
    """
    root = root_of(place)
    found = [one for one in versions((root,)) if one.root == root]
    if len(found) != 1:
        known = ", ".join(map(str, found)) or "-"
        raise ConfigError("adopt.which", place=str(place), known=known)
    return found[0]


def is_place(asked: str) -> bool:
    """Say whether a word that stands for a version is a folder or a file that is there."""
    return ("/" in asked or "." in asked) and "@" not in asked and Path(asked).exists()


def version_of(asked: str, roots: Sequence[Root]) -> Version:
    """Return the version that a word means: ``name@version``, a folder or an OpenAPI document.

    Raises:
        ConfigError: as ``version_in`` has it.
        UnknownName: for a version that is not there.
    """
    return version_in(Path(asked)) if is_place(asked) else find(asked, roots)


def adopted(place: Path) -> Version:
    """Return the version that a folder of any layout, or an OpenAPI document, is read as.

    It stands in a folder of its own, which is gone when the program ends.

    Raises:
        ConfigError: where nothing is there that can be read as one, with the file and the reason.
    """
    found = layout(place)
    kept = Path(mkdtemp(prefix="mobstd-adopted-"))
    atexit.register(rmtree, kept, ignore_errors=True)
    version = Version(found.name, found.version, Root(kept))
    converter = Converter(found.subject, f"{BASE}/{found.name}/{found.version}")
    apis = {role: converter.api(document) for role, document in found.roles.items()}
    for role, api in apis.items():
        _write(version.folder / "openapi" / f"{role}.yaml", api)
    for name, schema in converter.schemas.items():
        _write(version.folder / f"{name}.schema.json", schema)
    _write(version.folder / "source.yaml", _source(found))
    if found.catalogue is not None:
        copytree(found.catalogue, version.conformance, ignore=ignore_patterns(".*", LAYOUT))
    own = version.conformance
    if not (own / "suite.yaml").is_file():
        _write(own / "suite.yaml", suite(found.name, apis))
    if not (own / "requirements.yaml").is_file():
        _write(own / "requirements.yaml", rows(found.name, apis, TEXT))
    _tried(version, found)
    return version


def _tried(version: Version, found: Layout) -> None:
    """Hold what was made to the contracts, and its schemas to being schemas."""
    if not any(json.loads(p.read_text("utf-8"))["paths"] for p in version.folder.glob("openapi/*")):
        raise ConfigError("adopt.no-operations", place=str(found.folder))
    hold(version.root)
    for name in schema_names(version):
        try:
            validator_of(version, name)
        except CanonError as error:
            raise ConfigError("adopt.bad-schema", name=name, why=error.text()) from None


def _source(found: Layout) -> dict[str, Any]:
    first = next(iter(found.roles.values()))
    info = first.content.get("info")
    info = info if isinstance(info, dict) else {}
    shown = str(info.get("title") or found.name)
    licence = info.get("license")
    licence = licence if isinstance(licence, dict) else {}
    file = first.path.resolve().relative_to(found.folder.resolve()).as_posix()
    said = found.said
    words = f"{shown} {info.get('version', found.version)}".strip()
    return {
        "title": said.get("title", {"en": shown, "fr": shown}),
        "status": said.get("status", "draft"),
        "meaning": {"en": f"{words}, as {file} has it", "fr": f"{words}, selon {file}"},
        "origin": {
            "file": file,
            "licence": said.get("licence")
            or str(licence.get("identifier") or licence.get("name") or "-"),
        },
        "documents": {TEXT: file, **said.get("documents", {})},
    }


def _write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), "utf-8")
