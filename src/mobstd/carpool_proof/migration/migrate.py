"""From one version to any other, step by step over those in between."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from itertools import pairwise
from typing import Any

from mobstd.canon.schemas import schema_names
from mobstd.canon.standard import Version, find
from mobstd.carpool_proof.migration.part import Part
from mobstd.carpool_proof.migration.steps import STEPS
from mobstd.errors import UnknownName
from mobstd.judging.mapping import Loss, Mapped

__all__ = ["VERSIONS", "migrate"]

VERSIONS = ("2.0", "3.0", "3.1", "3.2", "3.3", "3.4")
"""The versions that documents can come from and go to, in their order."""


def migrate(schema: str, document: Any, old: str, new: str) -> Mapped:
    """Return a document as another version has it.

    Args:
        schema: the schema of ``old`` that the document is of, such as ``journey``.
        document: a document that is valid there; it stays as it is.
        old: the version that it comes from, such as ``3.0``.
        new: the version that it is wanted in, older or newer.

    Returns:
        The document, the schema of ``new`` that it is of, and what did not come over as it was.
        Pointers lead into the document that a loss was noticed in: the one that was handed over,
        unless a step before changed its shape.

    Raises:
        UnknownName: for a version that is not there, or a schema that ``old`` has not got.
        MissingExtra: from 2.0, whose persons have names and numbers, without the extra ``sign``.
    """
    path = _path(old, new)
    _of(_version(old), schema)
    part = Part(schema, deepcopy(document))
    losses: list[Loss] = []
    for before, after in path:
        part = STEPS[before, after](part)
        losses += [Loss(n.code, n.kind, n.pointer, str(_version(new))) for n in part.notes]
        part = Part(part.schema, part.document)
        if part.document is None:
            break
        if part.schema not in schema_names(_version(after)):
            losses.append(Loss("migration-no-place", "lost", "", str(_version(new))))
            part = Part(part.schema, None)
            break
    return Mapped(part.schema, part.document, tuple(dict.fromkeys(losses)))


def _path(old: str, new: str) -> Sequence[tuple[str, str]]:
    start, end = (VERSIONS.index(_version(number).version) for number in (old, new))
    way = VERSIONS[start : end + 1] if start <= end else VERSIONS[end : start + 1][::-1]
    return list(pairwise(way))


def _version(number: str) -> Version:
    if number not in VERSIONS:
        known = ", ".join(f"carpool-proof@{one}" for one in VERSIONS)
        raise UnknownName("canon.unknown-version", wanted=f"carpool-proof@{number}", known=known)
    return find(f"carpool-proof@{number}")


def _of(version: Version, schema: str) -> None:
    known = schema_names(version)
    if schema not in known:
        params = {"wanted": schema, "version": str(version), "known": ", ".join(known)}
        raise UnknownName("canon.unknown-schema", **params)
