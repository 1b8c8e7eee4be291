"""Standards and their versions: ``name@X.Y[-label]`` to a folder of schemas."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from mobstd.canon.files import load, load_if_there
from mobstd.canon.plug import Plug, plugs, resolve
from mobstd.canon.root import Root, packaged
from mobstd.errors import ConfigError, UnknownName

__all__ = ["NAME", "Version", "find", "versions"]

NAME = re.compile(r"^(?P<name>[a-z][a-z0-9-]*)(@(?P<version>[0-9]+\.[0-9]+(-[a-z0-9-]+)?))?$")


@dataclass(frozen=True)
class Version:
    """One version of one standard, and where its data is."""

    name: str
    version: str
    root: Root

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def folder(self) -> Path:
        """``schemas/<standard>/<version>``."""
        return self.root.schemas / self.name / self.version

    @property
    def conformance(self) -> Path:
        """``conformance/<standard>``."""
        return self.root.conformance / self.name

    @cached_property
    def source(self) -> Mapping[str, Any]:
        """``source.yaml``: origin, licence, status, deviations."""
        loaded: Mapping[str, Any] = load(self.folder / "source.yaml")
        return loaded

    @property
    def status(self) -> str:
        """``adopted``, ``draft``, ``proposal`` or ``legacy``."""
        return str(self.source["status"])

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that have an OpenAPI document, the main one first."""
        found = sorted(path.stem for path in (self.folder / "openapi").glob("*.yaml"))
        return tuple(sorted(found, key=lambda role: role != self.suite.get("role")))

    @property
    def role(self) -> str | None:
        """The role that is meant where none is named: the main one, else of the first block."""
        if len(self.roles) == 1:
            return self.roles[0]
        blocks: Mapping[str, Mapping[str, Any]] = self.suite.get("blocks", {})
        named = [self.suite.get("role")]
        for block in blocks.values():
            role = block.get("role", ())
            named += [role] if isinstance(role, str) else role
        return next((role for role in named if role in self.roles), None)

    @property
    def plug(self) -> Plug | None:
        """What the standard adds in Python, where it does."""
        return plugs().get(self.name)

    @cached_property
    def rules(self) -> Mapping[str, Any]:
        """The Python rules of the standard, by name."""
        plug = self.plug
        return resolve(plug.rules) if plug and plug.rules else {}

    @cached_property
    def suite(self) -> Mapping[str, Any]:
        """``suite.yaml``: the blocks of this version, collections, exploration."""
        loaded: Mapping[str, Any] = load_if_there(
            self.conformance / "suite.yaml", {"standard": self.name, "blocks": {}}
        )
        blocks = {
            name: block
            for name, block in loaded["blocks"].items()
            if self.version in block.get("versions", [self.version])
        }
        return {**loaded, "blocks": blocks}

    @cached_property
    def messages(self) -> Mapping[str, Mapping[str, str]]:
        """Message texts of the standard's own rules, by code and language."""
        loaded: Mapping[str, Mapping[str, str]] = load_if_there(
            self.conformance / "messages.yaml", {}
        )
        return loaded


def _order(version: str) -> tuple[int, int, bool, str]:
    number, _, label = version.partition("-")
    major, minor = number.split(".")
    return int(major), int(minor), not label, label


def roots(extra: Iterable[Root] = ()) -> list[Root]:
    """Return every root: the user's first, then the packaged one, then those of plugs."""
    found = [*extra, packaged(), *(plug.data for plug in plugs().values())]
    return list(dict.fromkeys(found))


def versions(extra: Iterable[Root] = ()) -> list[Version]:
    """Return every version that is there, by name and number; a user's root comes first.

    Raises:
        ConfigError: for a folder that is named like no version.
    """
    seen: dict[tuple[str, str], Version] = {}
    for root in roots(extra):
        for file in root.schemas.glob("*/*/source.yaml"):
            key = (file.parts[-3], file.parts[-2])
            if not NAME.match("@".join(key)):
                raise ConfigError("canon.no-version", folder=str(file.parent))
            seen.setdefault(key, Version(*key, root))
    return sorted(seen.values(), key=lambda v: (v.name, _order(v.version)))


def find(wanted: str, extra: Iterable[Root] = ()) -> Version:
    """Return the version that ``wanted`` (``name@version``) names.

    Raises:
        UnknownName: with the list of what is there, also where the version is missing.
    """
    every = versions(extra)
    match = NAME.match(wanted)
    names = sorted({v.name for v in every})
    if match is None or match["name"] not in names:
        close = difflib.get_close_matches(wanted.partition("@")[0], names, n=1)
        raise UnknownName(
            "canon.unknown-standard",
            wanted=wanted,
            known=", ".join(str(v) for v in every),
            close=close[0] if close else "",
        )
    candidates = [v for v in every if v.name == match["name"]]
    for candidate in candidates:
        if candidate.version == match["version"]:
            return candidate
    known = ", ".join(str(v) for v in candidates)
    code = "canon.unknown-version" if match["version"] else "canon.missing-version"
    raise UnknownName(code, wanted=wanted, known=known)
