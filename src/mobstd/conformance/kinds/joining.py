"""What is found of one sort is found too where all sorts are asked for at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mobstd.conformance.kinds.probe import Probe
from mobstd.conformance.kinds.relations import lacking, missing_from
from mobstd.conformance.lab import Lab, Query
from mobstd.conformance.vicinity import crowd
from mobstd.judging.finding import Finding, Result
from mobstd.judging.requirement import Check, Requirement

__all__ = ["UNION"]


def _with(query: Query, edit: Mapping[str, Any]) -> Query:
    """Return a query with other parameters; ``None`` leaves one out."""
    return {name: value for name, value in {**query, **edit}.items() if value is not None}


def _run(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    base = crowd(lab, operation, row) if lab.anchors.get(operation) else None
    if base is None:
        return Result()
    evidence: int = 0
    findings: list[Finding] = []
    for part in check["parts"]:
        result = missing_from(lab, row, operation, _with(base, part), _with(base, check["whole"]))
        if result is None:
            continue
        evidence += 1
        lost = result[2] if isinstance(result, tuple) else 0
        findings += lacking(
            row, "probe.union", "what is asked for alone", result, check.get("message"), lost=lost,
            part=", ".join(f"{name}={value}" for name, value in part.items()),
        )  # fmt: skip
    return Result(evidence, tuple(findings))


UNION = Probe(
    lambda check, row, operation, lab: len(check["parts"]) + 1,
    _run,
    "pairs",
    {
        "en": "ask for each sort alone, and for all of them",
        "fr": "demander chaque sorte seule, puis toutes ensemble",
    },
)
