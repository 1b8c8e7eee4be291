"""The JSON Schemas of a version, and the frozen, offline registry that their ``$ref`` need."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from mobstd.canon.files import load
from mobstd.canon.standard import Version
from mobstd.canon.validator import Validator, validator
from mobstd.errors import CanonError, UnknownName

__all__ = ["SUFFIX", "documents", "schema_names", "schema_of", "validator_of"]

SUFFIX = ".schema.json"


@cache
def documents(version: Version) -> Mapping[str, Mapping[str, Any]]:
    """Return every schema of the version by its ``$id``.

    Raises:
        CanonError: for a schema without one.
    """
    found = {}
    for path in sorted(version.folder.glob(f"*{SUFFIX}")):
        document = load(path)
        if not isinstance(document, Mapping) or not isinstance(document.get("$id"), str):
            raise CanonError("canon.no-id", file=str(path))
        found[document["$id"]] = document
    return found


def schema_names(version: Version) -> list[str]:
    """Return the names of its schemas, such as ``driver-journey``."""
    return sorted(path.name.removesuffix(SUFFIX) for path in version.folder.glob(f"*{SUFFIX}"))


def schema_of(version: Version, name: str) -> Mapping[str, Any]:
    """Return one schema.

    Raises:
        UnknownName: with the names that are there.
    """
    path = version.folder / f"{name}{SUFFIX}"
    if not path.is_file():
        known = ", ".join(schema_names(version))
        raise UnknownName("canon.unknown-schema", wanted=name, version=str(version), known=known)
    document: Mapping[str, Any] = load(path)
    return document


@cache
def validator_of(version: Version, name: str) -> Validator:
    """Return the validator of one schema, made once."""
    return validator(schema_of(version, name), documents(version))
