"""The contracts of ``conformance/*.schema.json``, held to the data of a standard."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from mobstd.canon.files import load
from mobstd.canon.root import Root, packaged
from mobstd.canon.validator import Problem, Validator, validator
from mobstd.canon.wording import worded
from mobstd.errors import CanonError, ConfigError

__all__ = ["PLACES", "contract", "hold"]

PLACES = {
    "source": "schemas/*/*/source.yaml",
    "suite": "conformance/*/suite.yaml",
    "requirement": "conformance/*/requirements.yaml",
    "ambiguity": "conformance/*/ambiguities.yaml",
    "messages": "conformance/*/messages.yaml",
    "lifecycle": "conformance/*/lifecycle.yaml",
    "symmetry": "conformance/*/symmetry.yaml",
    "fault": "conformance/*/faults/*.json",
    "twin": "conformance/*/twins/*.json",
    "vector": "conformance/*/vectors/*.json",
    "dialect": "conformance/*/dialects/*.json",
    "rules": "conformance/*/rules/*.yaml",
    "quirks": "conformance/*/quirks/*.yaml",
    "past": "conformance/*/past.yaml",
    "judgement": "conformance/*/judgements/*.json",
    "overlay": "schemas/*/*/overlays/*/overlay.yaml",
    "waiver": "schemas/*.lint.yaml",
    "sentences": "conformance/*/sentences.json",
}
"""Where the data of each contract stands in a root."""


@cache
def _documents() -> Mapping[str, Mapping[str, Any]]:
    found = (load(path) for path in sorted(packaged().conformance.glob("*.schema.json")))
    return {document["$id"]: document for document in found}


@cache
def contract(name: str, part: str | None = None) -> Validator:
    """Return the validator of one contract, such as ``fault``, or of one of its definitions."""
    schema = load(packaged().conformance / f"{name}.schema.json")
    if part is not None:
        schema = {"$ref": f"{schema['$id']}#/$defs/{part}"}
    return validator(schema, _documents())


def hold(root: Root) -> None:
    """Hold the standards of a root to the contracts.

    What comes with mobstd is held to them by its tests; this is for the roots of users.

    Raises:
        ConfigError: for the first file that breaks its contract, with the place in it.
    """
    for name, pattern in PLACES.items():
        for path in sorted(root.folder.glob(pattern)):
            worst = max(contract(name).problems(_loaded(path)), key=_depth, default=None)
            if worst is not None:
                raise ConfigError(
                    "canon.breaks-contract",
                    file=str(path),
                    pointer="/" + "/".join(map(str, worst.path)),
                    reason=worded(worst),
                    contract=name,
                )


def _loaded(path: Path) -> Any:
    try:
        return load(path)
    except CanonError as error:
        raise ConfigError(error.code, **error.params) from None


def _depth(problem: Problem) -> int:
    return len(problem.path)
