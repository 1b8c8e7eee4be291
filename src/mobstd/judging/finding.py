"""A finding: what is wrong, where, what was expected and what came."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from mobstd.judging.pointer import star

__all__ = ["Finding", "Result"]


@dataclass(frozen=True)
class Finding:
    """One violation, tied to its requirement and to the exchanges that show it.

    Attributes:
        requirement: the id of the row.
        code: the message code; its text is in ``mobstd/messages`` or in the row's check.
        params: what the text needs; never personal data.
        pointer: into the exchange, such as ``/response/body/3/price``.
        expected: JSON value or short phrase.
        received: JSON value or short phrase.
        operation: the ``operationId``.
        exchanges: ids of the exchanges, the decisive one first.
        severity: ``error`` or ``warning``.
        blame: ``target``, ``configuration`` or ``mobstd``.
        text: the message where the check carries its own, by language.
    """

    requirement: str
    code: str
    operation: str | None
    exchanges: tuple[str, ...]
    pointer: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    expected: Any = None
    received: Any = None
    severity: str = "error"
    blame: str = "target"
    text: Mapping[str, str] | None = None

    @cached_property
    def fingerprint(self) -> str:
        """Stable over runs: requirement, operation, pointer with indexes starred, and code."""
        parts = (self.requirement, self.operation or "-", star(self.pointer), self.code)
        return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Result:
    """What one check saw: how many items met its precondition, and what was wrong with them.

    ``reason`` says why there is no evidence, where that is known.
    """

    evidence: int = 0
    findings: tuple[Finding, ...] = ()
    reason: str | None = None
