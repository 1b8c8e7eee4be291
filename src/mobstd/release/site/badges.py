"""Figures of a version as shields.io reads them: static JSON, one file a badge.

``https://img.shields.io/endpoint?url=...`` draws them; the site itself asks nobody.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from mobstd.messages import LANGUAGES, render
from mobstd.release.site.dossier import Dossier

__all__ = ["KINDS", "badges", "kill_rate"]

KINDS = ("status", "requirements", "kill-rate")
STATUS = {"adopted": "brightgreen", "draft": "blue", "proposal": "blue", "legacy": "lightgrey"}


def badges(found: Dossier) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Yield the badges of a version in each language, by their place in the site."""
    folder = PurePosixPath("badges", found.version.name, found.version.version)
    for lang in LANGUAGES:
        for kind in KINDS:
            value = _badge(found, kind, lang)
            if value is not None:
                suffix = "" if lang == "en" else f".{lang}"
                raw = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
                yield folder / f"{kind}{suffix}.json", raw.encode()


def kill_rate(found: Dossier) -> tuple[int, int] | None:
    """Return how many seeded faults were found, and how many can be; ``None``: not measured."""
    if not found.measured:
        return None
    faults = found.measured["faults"]
    return faults["killed"] + faults["killed-collateral"], faults["seeded"] - faults["equivalent"]


def _badge(found: Dossier, kind: str, lang: str) -> dict[str, Any] | None:
    label = str(found.version) if kind == "status" else render(f"site.badge.{kind}", {}, lang)
    if kind == "status":
        status = found.version.status
        message = render(f"cli.standards.status.{status}", {}, lang)
        colour = STATUS[status]
    elif kind == "requirements":
        message, colour = str(len(found.rows)), "blue" if found.rows else "lightgrey"
    else:
        rate = kill_rate(found)
        if rate is None or not rate[1]:
            return None
        # Rounded down, so that 100 % means all.
        percent = 100 * rate[0] // rate[1]
        message = f"{percent}%"
        colour = "brightgreen" if percent == 100 else "green" if percent >= 90 else "orange"
    return {"schemaVersion": 1, "label": label, "message": message, "color": colour}
