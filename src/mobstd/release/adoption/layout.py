"""Which files a group's standard is made of: what ``mobstd.yaml`` says, else what is found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mobstd.canon.contracts import contract
from mobstd.canon.files import load
from mobstd.canon.wording import worded
from mobstd.errors import CanonError, ConfigError
from mobstd.release.lint.document import Document
from mobstd.release.lint.files import stranger
from mobstd.release.lint.subject import Subject

__all__ = ["LAYOUT", "Layout", "layout", "slug"]

LAYOUT = "mobstd.yaml"
UNNAMED = ("openapi", "swagger", "api", "index")
"""File names that say nothing of a role."""


@dataclass(frozen=True)
class Layout:
    """A group's standard.

    Attributes:
        folder: where ``mobstd.yaml`` is, or would be.
        name, version: as the command line has them.
        roles: the OpenAPI document of each.
        subject: these documents and all that they refer to.
        said: the rest of ``mobstd.yaml``.
    """

    folder: Path
    name: str
    version: str
    roles: Mapping[str, Document]
    subject: Subject
    said: Mapping[str, Any] = field(default_factory=dict)

    @property
    def catalogue(self) -> Path | None:
        """The group's own rows and blocks."""
        return self.folder / self.said["catalogue"] if "catalogue" in self.said else None


def layout(place: Path) -> Layout:
    """Return what a folder, or a single OpenAPI document, holds.

    Raises:
        ConfigError: where there is no OpenAPI document, or ``mobstd.yaml`` is wrong.
    """
    folder = place if place.is_dir() else place.parent
    said = _said(folder) if place.is_dir() else {}
    subject = stranger(place)
    documents = _named(folder, said, subject) if "roles" in said else _found(place, subject)
    first = next(iter(documents.values()))
    info: Any = first.content.get("info")
    info = info if isinstance(info, Mapping) else {}
    name = said.get("name") or slug(str(info.get("title") or "")) or slug(folder.resolve().name)
    version = said.get("version") or _number(str(info.get("version", "")))
    return Layout(folder, name or "standard", version, documents, subject, said)


def _said(folder: Path) -> Mapping[str, Any]:
    file = folder / LAYOUT
    if not file.is_file():
        return {}
    try:
        found = load(file) or {}
        worst = max(contract("layout").problems(found), key=lambda p: len(p.path), default=None)
    except CanonError as error:
        raise ConfigError(error.code, **error.params) from None
    if worst is not None:
        pointer = "/" + "/".join(map(str, worst.path))
        raise ConfigError(
            "canon.breaks-contract",
            file=str(file),
            pointer=pointer,
            reason=worded(worst),
            contract="layout",
        )
    places = [*found.get("roles", {}).values(), *found.get("documents", {}).values()]
    for place in [*places, found.get("catalogue", ".")]:
        path = (folder / place).resolve()
        if not path.exists() or not path.is_relative_to(folder.resolve()):
            raise ConfigError("adopt.nothing-there", file=str(file), place=place)
    return dict(found)


def _named(folder: Path, said: Mapping[str, Any], subject: Subject) -> dict[str, Document]:
    found = {}
    for role, place in said["roles"].items():
        path = (folder / place).resolve()
        document = next((one for one in subject.documents if one.path.resolve() == path), None)
        if document is None or document.broken is not None or document.kind != "openapi":
            why = document.broken.text() if document and document.broken else place
            raise ConfigError("adopt.no-api", place=str(folder / place), why=why)
        found[role] = document
    return found


def _found(place: Path, subject: Subject) -> dict[str, Document]:
    apis = [one for one in subject.apis if one.broken is None]
    if place.is_file():
        apis = [one for one in apis if one.path == place]
    if not apis:
        broken = next((one.broken for one in subject.documents if one.broken), None)
        if broken is not None:
            raise broken
        raise ConfigError("adopt.nothing", place=str(place))
    stems = [slug(one.path.stem.partition(".")[0]) for one in apis]
    names = [stem if stem and stem not in UNNAMED else "server" for stem in stems]
    if len(apis) == 1:
        return {"server": apis[0]}
    if len(set(names)) < len(names):
        listed = ", ".join(one.name for one in apis)
        raise ConfigError("adopt.several", place=str(place), files=listed)
    return dict(zip(names, apis, strict=True))


def slug(text: str) -> str:
    """Return a text as a name: small letters, digits, single hyphens; empty where none is left."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", text)
    return re.sub(r"^[^a-z]+", "", re.sub(r"[^a-z0-9]+", "-", spaced.lower())).strip("-")


def _number(text: str) -> str:
    """Return a version of three numbers, or whatever stands there, as the canon has it."""
    match = re.match(r"v?([0-9]+)(?:\.([0-9]+))?(?:\.[0-9]+)*[-.]?(.*)", text.strip())
    if match is None:
        return "0.0"
    label = re.sub(r"[^a-z0-9]+", "-", match[3].lower()).strip("-")
    number = f"{int(match[1])}.{int(match[2] or 0)}"
    return f"{number}-{label}" if label else number
