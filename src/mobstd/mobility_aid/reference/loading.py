"""The aids that a catalogue begins with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from mobstd.canon.schemas import validator_of
from mobstd.canon.standard import find
from mobstd.errors import RefusedDocument
from mobstd.serving.documents import documents_of

__all__ = ["aids_of", "as_of"]

_SHOWN = 20


def aids_of(data: str | Path | None) -> list[dict[str, Any]]:
    """Return the aids of a file, a JSON array or one a line; ten invented ones without a file.

    Raises:
        ConfigError: where the file can't be read.
        RefusedDocument: where the schema refuses an aid; the first problems are named.
    """
    if data is not None:
        return _aids(Path(data))
    with as_file(files(__package__).joinpath("aids.json")) as path:
        return [_verified(aid, datetime.now(UTC)) for aid in _aids(path)]


def as_of(aid: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    """Return an aid as it is at an instant: closed where it has ended (AID-DAT-11)."""
    end = aid.get("validity", {}).get("end")
    if aid["status"] != "active" or end is None or end >= now.date().isoformat():
        return aid
    over = f"{date.fromisoformat(end) + timedelta(days=1)}T00:00:00Z"
    known = aid["provenance"]["updatedAt"]
    updated = max(known, over, key=datetime.fromisoformat)
    return {**aid, "status": "closed", "provenance": {**aid["provenance"], "updatedAt": updated}}


def _verified(aid: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return an invented aid as verified in the last year, so that it never gets stale."""
    last = date.fromisoformat(aid["provenance"]["lastVerified"])
    years = max(0, (now.date() - last) // timedelta(days=366))
    later = {
        name: f"{int(aid['provenance'][name][:4]) + years}{aid['provenance'][name][4:]}"
        for name in ("lastVerified", "updatedAt")
    }
    return {**aid, "provenance": {**aid["provenance"], **later}}


def _aids(path: Path) -> list[dict[str, Any]]:
    judge = validator_of(find("mobility-aid@0.1"), "aid")
    found: list[dict[str, Any]] = []
    problems: list[str] = []
    for number, aid in documents_of(path):
        for problem in judge.problems(aid):
            where = "/" + "/".join(map(str, problem.path))
            problems.append(f"{number}: {where}: {problem.message}"[:200])
        found.append(aid)
        if len(problems) >= _SHOWN:
            break
    if problems:
        shown = tuple(problems[:_SHOWN])
        raise RefusedDocument(
            "serving.refused-data",
            shown,
            file=str(path),
            number=len(problems),
            first="\n".join(shown),
        )
    return found
