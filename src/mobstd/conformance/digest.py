"""What reports say of the power of the suite: read from what was measured and committed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mobstd.canon.files import load
from mobstd.canon.root import packaged
from mobstd.canon.standard import Version
from mobstd.conformance.later import KINDS
from mobstd.judging.catalogue import catalogue

__all__ = ["committed", "digest", "state"]

SENDING = (
    "explore",
    "fuzz",
    "lab",
    "opening",
    "places",
    "preflight",
    "result",
    "run",
    "session",
    "sweep",
    "vicinity",
)
"""The modules of the engine that decide what is sent and what becomes of it."""

TOLD = ("title", "because", "seen", "versions")
"""What is said of a variant; no run reads it."""


def state(version: Version) -> dict[str, str]:
    """Return the hashes of what a result depends on."""
    hashes = {"catalogue": catalogue(version, version.roles[0]).hash}
    for kind in ("faults", "twins"):
        hashes[kind] = _of_variants(version, kind)
    schemas = sorted(
        path
        for path in version.folder.rglob("*")
        if path.suffix in (".json", ".yaml") and path.name != "source.yaml"
    )
    shared = [packaged().conformance / "formats.json", version.conformance / "matrix.yaml"]
    data = [*schemas, *(path for path in shared if path.is_file())]
    hashes["suite"] = _hash([*data, *_code(version)])
    return hashes


def _of_variants(version: Version, kind: str) -> str:
    """Return the hash of the variants of a version, without what only people read of them."""
    every = [v for path in sorted((version.conformance / kind).glob("*.json")) for v in load(path)]
    read = [
        {name: value for name, value in variant.items() if name not in TOLD}
        for variant in every
        if version.version in variant.get("versions", (version.version,))
    ]
    return hashlib.sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()


def _code(version: Version) -> list[Path]:
    """Return the source of what judges: rules, kinds, and what decides which requests are sent."""
    here = Path(__file__).parent
    found = [here / f"{name}.py" for name in SENDING]
    for room in ("kinds", "scenarios"):
        found += sorted((here / room).glob("*.py"))
    found += sorted((here.parent / "judging").rglob("*.py"))
    rules = version.plug.rules.partition(":")[0] if version.plug else ""
    spec = find_spec(rules) if rules else None
    kinds = {check.kind for role in version.roles for _, check in catalogue(version, role).checks}
    if kinds & set(KINDS):
        found += sorted((here / "later").glob("*.py"))
    return found + (sorted(Path(spec.origin).parent.glob("*.py")) if spec and spec.origin else [])


def _hash(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        read = _code_of(content) if path.suffix == ".py" else content
        digest.update(path.name.encode() + b"\0" + read + b"\0")
    return digest.hexdigest()


def _code_of(content: bytes) -> bytes:
    """Return the lines that Python reads: neither blank ones nor comments."""
    lines = content.splitlines()
    return b"\n".join(line for line in lines if line.strip() and line.lstrip()[:1] != b"#")


def committed(version: Version) -> Path:
    """Return where the result of a version is committed: ``kill-matrix/<version>.json``."""
    return version.conformance / "kill-matrix" / f"{version.version}.json"


def digest(version: Version) -> dict[str, Any] | None:
    """Return what reports say about the power of the suite, or ``None`` where nobody measured.

    It is read from the committed result.
    """
    path = committed(version)
    if not path.is_file():
        return None
    result = load(path)
    faults, twins = result["faults"], result["twins"]
    return {
        "hash": result["hash"],
        "faults": faults["seeded"] - faults["equivalent"],
        "killed": faults["killed"],
        "twins": twins["seeded"],
        "clean": twins["clean"],
        "stale": result["state"] != state(version),
    }
