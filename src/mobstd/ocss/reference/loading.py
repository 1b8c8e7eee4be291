"""Documents of your own in place of the generator, each judged before it is served."""

from __future__ import annotations

from pathlib import Path

from mobstd.canon.schemas import validator_of
from mobstd.errors import RefusedDocument
from mobstd.ocss.editions import ALPHA, edition
from mobstd.ocss.reference.people import Item
from mobstd.serving.documents import documents_of

__all__ = ["kind_of", "load"]

_SHOWN = 20


def kind_of(item: Item) -> str:
    """Return the name of the schema that a document is meant for, judged by its members."""
    side = "passenger" if "passenger" in item and "driver" not in item else "driver"
    return f"{side}-journey" if "passengerPickupDate" in item else f"{side}-regular-trip"


def load(path: Path, wanted: str = ALPHA.number) -> list[tuple[str, Item]]:
    """Return the journeys and trips of a file, with the name of their schema in a version.

    Raises:
        ConfigError: where the file can't be read.
        RefusedDocument: where a schema refuses a document; the first problems are named.
    """
    version = edition(wanted).version
    found: list[tuple[str, Item]] = []
    problems: list[str] = []
    for number, item in documents_of(path):
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
