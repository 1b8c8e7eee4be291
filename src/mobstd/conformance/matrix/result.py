"""What is committed of a measurement, and the hashes of what it depends on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from mobstd.canon.standard import Version
from mobstd.conformance.digest import state
from mobstd.conformance.matrix.callers import counted
from mobstd.conformance.matrix.measure import ENDS, RED, TWIN_ENDS, Cell
from mobstd.conformance.matrix.mutant import the_catalogue

__all__ = ["summary"]


def summary(version: Version, cells: Sequence[Cell], tier: str = "") -> dict[str, Any]:
    """Return the result as JSON: counts, counts by row, and every cell.

    ``tier`` says how it was measured.
    """
    faults = [cell for cell in cells if cell.requirement is not None]
    twins = [cell for cell in cells if cell.requirement is None]
    rows: dict[str, dict[str, int]] = {}
    for cell in faults:
        row = rows.setdefault(str(cell.requirement), dict.fromkeys(("seeded", *ENDS), 0))
        row["seeded"] += 1
        row[cell.end] += 1
    counts = the_catalogue(version).rows
    checked = [r.id for r in counts.values() if r.checks and r.level in ("MUST", "SHOULD")]
    requests = sum(cell.requests for cell in faults)
    found = sum(cell.end == "killed" for cell in faults)
    result: dict[str, Any] = {
        "standard": str(version),
        "tier": tier,
        "state": state(version),
        "faults": {"seeded": len(faults), **{e: _count(faults, e) for e in ENDS}},
        "twins": {"seeded": len(twins), **{e: _count(twins, e) for e in TWIN_ENDS}},
        "callers": counted(version),
        "exit_codes": {
            "wrong": sum(c.outcome == RED and c.exit_code != 1 for c in faults)
            + sum(c.end == "clean" and c.exit_code != 0 for c in twins)
        },
        "requests": {"all": requests, "found_per_1000": round(1000 * found / max(1, requests), 1)},
        "rows": dict(sorted(rows.items())),
        "rows_without_fault": [row for row in checked if row not in rows],
        "cells": [
            {k: v for k, v in asdict(cell).items() if k != "seconds" and v not in (None, (), 0, "")}
            for cell in sorted(cells, key=lambda c: c.name)
        ],
    }
    stable = json.dumps(result, sort_keys=True).encode()
    return {"hash": hashlib.sha256(stable).hexdigest(), **result}


def _count(cells: Sequence[Cell], end: str) -> int:
    return sum(cell.end == end for cell in cells)
