"""What a real server does beyond the text: schemas that stand in for those of a version.

``schemas/<standard>/<version>/overlays/<name>/`` holds whole schemas; each takes the place of the
one with the same name. Nothing reads them unless asked by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from mobstd.canon.files import load
from mobstd.canon.formats import table
from mobstd.canon.schemas import SUFFIX, documents, schema_of
from mobstd.canon.standard import Version
from mobstd.canon.surely import surely
from mobstd.canon.validator import Validator, validator
from mobstd.errors import UnknownName

__all__ = ["documents_under", "overlays", "schemas_under", "surely_under", "validator_under"]


def overlays(version: Version) -> list[str]:
    """Return the names of the overlays of a version."""
    folder = version.folder / "overlays"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


@cache
def documents_under(version: Version, overlay: str | None) -> Mapping[str, Mapping[str, Any]]:
    """Return every schema of a version by its ``$id``, as an overlay has it.

    Raises:
        UnknownName: with the overlays that are there.
    """
    if overlay is None:
        return documents(version)
    if overlay not in overlays(version):
        known = ", ".join(overlays(version)) or "-"
        raise UnknownName(
            "validation.unknown-overlay", wanted=overlay, version=str(version), known=known
        )
    folder = version.folder / "overlays" / overlay
    found = (load(path) for path in sorted(folder.glob(f"*{SUFFIX}")))
    return {**documents(version), **{document["$id"]: document for document in found}}


@cache
def schemas_under(
    version: Version, name: str, overlay: str | None, without: frozenset[str] = frozenset()
) -> tuple[Mapping[str, Any], Mapping[str, Mapping[str, Any]]]:
    """Return a schema and what it refers to, by ``$id``, some formats left out.

    Raises:
        UnknownName: for a format that no table has.
    """
    every = documents_under(version, overlay)
    for unknown in sorted(without - set(table())):
        known = ", ".join(sorted(table()))
        raise UnknownName("validation.unknown-format", wanted=unknown, known=known)
    if without:
        every = {uri: _without(document, without) for uri, document in every.items()}
    return every[schema_of(version, name)["$id"]], every


def _without(node: Any, names: frozenset[str]) -> Any:
    if isinstance(node, list):
        return [_without(item, names) for item in node]
    if not isinstance(node, Mapping):
        return node
    return {
        key: _without(value, names)
        for key, value in node.items()
        if key != "format" or not isinstance(value, str) or value not in names
    }


@cache
def validator_under(
    version: Version, name: str, overlay: str | None, without: frozenset[str] = frozenset()
) -> Validator:
    """Return the validator of one schema as an overlay has it, made once.

    ``without`` names formats that are not checked.

    Raises:
        UnknownName: for an overlay that is not there, and for a format that no table has.
    """
    return validator(*schemas_under(version, name, overlay, without))


@cache
def surely_under(
    version: Version, name: str, overlay: str | None, without: frozenset[str] = frozenset()
) -> Callable[[Any], bool] | None:
    """Return what says quickly of most good documents that they are; see :mod:`canon.surely`."""
    return surely(*schemas_under(version, name, overlay, without))
