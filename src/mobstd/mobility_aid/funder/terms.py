"""What one can subscribe to at the reference funder, and whom its files are encrypted for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from mobstd.canon.schemas import validator_of
from mobstd.canon.standard import find
from mobstd.errors import RefusedDocument
from mobstd.mobility_aid.funder.sealing import FunderKey
from mobstd.serving.documents import documents_of

__all__ = ["published", "terms_of"]


def terms_of(data: str | Path | None) -> list[dict[str, Any]]:
    """Return the terms of a file, a JSON array or one a line; three invented ones without.

    Raises:
        ConfigError: where the file can't be read.
        RefusedDocument: where the schema refuses one.
    """
    if data is not None:
        return _read(Path(data))
    with as_file(files(__package__).joinpath("terms.json")) as path:
        return _read(path)


def _read(path: Path) -> list[dict[str, Any]]:
    judge = validator_of(find("mobility-aid@0.1"), "terms")
    found: list[dict[str, Any]] = []
    for number, terms in documents_of(path):
        problem = next(iter(judge.problems(terms)), None)
        if problem is not None:
            where = "/" + "/".join(map(str, problem.path))
            _refuse(str(path), f"{number}: {where}: {problem.message}"[:300])
        found.append(terms)
    return sorted(found, key=lambda terms: str(terms["aid"]))


def published(
    terms: list[dict[str, Any]], keys: Mapping[str, FunderKey], now: datetime
) -> dict[str, dict[str, Any]]:
    """Return terms by aid.

    Raises:
        RefusedDocument: where an aid stands twice, checks what nobody has to answer, or asks for
            documents that could not be encrypted, since the funder has no key that still serves.
    """
    found: dict[str, dict[str, Any]] = {}
    for one in terms:
        key = keys.get(one["funder"])
        if one["aid"] in found:
            _refuse(one["aid"], f"{one['aid']}: twice")
        if one["documents"] and (key is None or key.ends <= now):
            _refuse(one["aid"], f"{one['aid']}: /documents: no key of {one['funder']}")
        answered = {f["key"] for f in one["fields"] if f["required"] and f["type"] == "text"}
        for place, check in enumerate(one["checks"]):
            if check["kind"] == "carpool-proof" and check["field"] not in answered:
                where = f"/checks/{place}/field: no required text {check['field']}"
                _refuse(one["aid"], f"{one['aid']}: {where}")
        found[one["aid"]] = one
    return found


def _refuse(file: str, shown: str) -> None:
    raise RefusedDocument("serving.refused-data", (shown,), file=file, number=1, first=shown)
