"""What a real server does beyond the text: schemas that stand in for those of a version.

``schemas/<standard>/<version>/overlays/<name>/`` holds whole schemas; each takes the place of the
one with the same name. Nothing reads them unless asked by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from mobstd.canon.files import load
from mobstd.canon.schemas import SUFFIX, documents, schema_of
from mobstd.canon.standard import Version
from mobstd.canon.validator import Validator, validator
from mobstd.errors import UnknownName

__all__ = ["documents_under", "overlays", "validator_under"]


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
def validator_under(version: Version, name: str, overlay: str | None) -> Validator:
    """Return the validator of one schema as an overlay has it, made once."""
    every = documents_under(version, overlay)
    return validator(every[schema_of(version, name)["$id"]], every)
