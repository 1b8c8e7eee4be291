"""Documents of your own in place of the generator, each judged before it is served."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mobstd.canon.schemas import validator_of
from mobstd.canon.standard import find
from mobstd.errors import ConfigError, RefusedDocument
from mobstd.judging.body import NotJson, parse_json
from mobstd.ocss.reference.people import Item

__all__ = ["kind_of", "load"]

_SHOWN = 20


def kind_of(item: Item) -> str:
    """Return the name of the schema that a document is meant for, judged by its members."""
    side = "passenger" if "passenger" in item and "driver" not in item else "driver"
    return f"{side}-journey" if "passengerPickupDate" in item else f"{side}-regular-trip"


def documents(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield the documents of a file with their line: NDJSON, or one JSON array or object.

    Raises:
        ConfigError: where the file can't be read or is neither.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError("serving.unreadable-data", file=str(path), reason=reason) from None
    try:
        whole = parse_json(raw)
    except NotJson:
        lines = raw.splitlines()
    else:
        yield from enumerate(whole if isinstance(whole, list) else [whole], 1)
        return
    for number, text in enumerate(lines, 1):
        if text.strip():
            try:
                yield number, parse_json(text)
            except NotJson as error:
                raise ConfigError(
                    "serving.data-not-json", file=str(path), line=number, reason=error.reason
                ) from None


def load(path: Path) -> list[tuple[str, Item]]:
    """Return the journeys and trips of a file, with the name of their schema.

    Raises:
        ConfigError: where the file can't be read.
        RefusedDocument: where a schema refuses a document; the first problems are named.
    """
    version = find("ocss@1.0-alpha")
    found: list[tuple[str, Item]] = []
    problems: list[str] = []
    for number, item in documents(path):
        kind = kind_of(item) if isinstance(item, dict) else "driver-journey"
        for problem in validator_of(version, kind).problems(item):
            where = "/" + "/".join(map(str, problem.path))
            problems.append(f"{number}: {kind} {where}: {problem.message}"[:200])
        found.append((kind, item))
        if len(problems) >= _SHOWN:
            break
    if problems:
        raise RefusedDocument(
            "serving.refused-data",
            tuple(problems[:_SHOWN]),
            file=str(path),
            number=len(problems),
            first="\n".join(problems[:_SHOWN]),
        )
    return found
