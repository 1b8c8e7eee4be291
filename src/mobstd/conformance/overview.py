"""What standards are there: for ``mobstd standards``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mobstd.canon.files import load_if_there
from mobstd.canon.root import Root
from mobstd.canon.schemas import schema_names
from mobstd.canon.standard import Version, versions

__all__ = ["overview"]


def overview(roots: Iterable[Root] = ()) -> list[dict[str, Any]]:
    """Return one entry per version, by name and number."""
    return [_entry(version) for version in versions(roots)]


def _entry(version: Version) -> dict[str, Any]:
    source = version.source
    name = {"en": version.name, "fr": version.name}
    return {
        "id": str(version),
        "name": version.name,
        "version": version.version,
        "status": version.status,
        "title": _both(source.get("title", name)),
        "meaning": _both(source.get("meaning", name)),
        "roles": list(version.roles),
        "blocks": list(version.suite.get("blocks", {})),
        "schemas": schema_names(version),
        "requirements": sum(1 for row in _rows(version) if _in(row, version)),
    }


def _both(texts: Any) -> dict[str, str]:
    if isinstance(texts, str):
        return {"en": texts, "fr": texts}
    return {"en": texts["en"], "fr": texts.get("fr", texts["en"])}


def _rows(version: Version) -> list[Mapping[str, Any]]:
    rows: list[Mapping[str, Any]] = load_if_there(version.conformance / "requirements.yaml", [])
    return rows


def _in(row: Mapping[str, Any], version: Version) -> bool:
    return version.version in row.get("versions", [version.version])
