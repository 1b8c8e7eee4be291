"""What is committed of a measurement, and the hashes of what it depends on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mobstd.canon.files import load
from mobstd.canon.root import packaged
from mobstd.canon.standard import Version
from mobstd.conformance.matrix.measure import ENDS, RED, TWIN_ENDS, Cell
from mobstd.conformance.matrix.mutant import the_catalogue

__all__ = ["digest", "state", "summary"]

SENDING = ("explore", "fuzz", "lab", "preflight", "result", "run", "session", "sweep")
"""The modules of the engine that decide what is sent and what becomes of it."""


def state(version: Version) -> dict[str, str]:
    """Return the hashes of what a result depends on."""
    hashes = {"catalogue": the_catalogue(version).hash}
    for kind in ("faults", "twins"):
        hashes[kind] = _hash(sorted((version.conformance / kind).glob("*.json")))
    schemas = sorted(
        path for path in version.folder.rglob("*") if path.suffix in (".json", ".yaml")
    )
    shared = [packaged().conformance / "formats.json", version.conformance / "matrix.yaml"]
    data = [*schemas, *(path for path in shared if path.is_file())]
    hashes["suite"] = _hash([*data, *_code(version)])
    return hashes


def _code(version: Version) -> list[Path]:
    """Return the source of what judges: rules, kinds, and what decides which requests are sent."""
    here = Path(__file__).parents[1]
    found = [here / f"{name}.py" for name in SENDING]
    found += sorted((here / "kinds").glob("*.py"))
    found += sorted((here.parent / "judging").rglob("*.py"))
    rules = version.plug.rules.partition(":")[0] if version.plug else ""
    spec = find_spec(rules) if rules else None
    return found + ([Path(spec.origin)] if spec and spec.origin else [])


def _hash(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def digest(version: Version) -> dict[str, Any] | None:
    """Return what reports say about the power of the suite, or ``None`` where nobody measured.

    It is read from the committed result (``conformance/<standard>/kill-matrix.json``).
    """
    path = version.conformance / "kill-matrix.json"
    if not path.is_file():
        return None
    result = load(path)
    if result.get("standard") != str(version):
        return None
    faults, twins = result["faults"], result["twins"]
    return {
        "hash": result["hash"],
        "faults": faults["seeded"] - faults["equivalent"],
        "killed": faults["killed"],
        "twins": twins["seeded"],
        "clean": twins["clean"],
        "stale": result["state"] != state(version),
    }


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
