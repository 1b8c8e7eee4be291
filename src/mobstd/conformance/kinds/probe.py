"""What a probe is, and how its findings are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mobstd.conformance.lab import Lab
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.requirement import Check, Requirement

__all__ = ["Probe", "Tried", "found", "readable", "twice"]

Tried = tuple[int, list[Finding]]
"""How much evidence there was, and what was found."""


@dataclass(frozen=True)
class Probe:
    """One kind of check that sends.

    Attributes:
        cost: how many requests it sends for one operation at most.
        run: sends them.
        phase: ``pairs``, ``negatives``, ``writes``, or ``last`` for what looks back on the run.
        title: what it does, by language, for the plan.
        writes: it makes or changes something.
    """

    cost: Callable[[Check, Requirement, str, Lab], int]
    run: Callable[[Check, Requirement, str, Lab], Result]
    phase: str
    title: Mapping[str, str]
    writes: bool = False


def found(
    row: Requirement,
    code: str,
    exchanges: tuple[Exchange, ...],
    *,
    pointer: str = "",
    expected: Any = None,
    received: Any = None,
    severity: str = "error",
    text: Mapping[str, str] | None = None,
    **params: Any,
) -> Finding:
    """Return a finding about these exchanges, the decisive one first."""
    return Finding(
        row.id,
        code,
        exchanges[0].operation if exchanges else None,
        tuple(exchange.id for exchange in exchanges),
        pointer,
        params,
        expected,
        received,
        severity,
        text=text,
    )


def readable(exchange: Exchange) -> bool:
    """Say whether an answer came whose body is JSON, so that its items are known."""
    return exchange.response is not None and exchange.response.not_json is None


def twice(attempt: Callable[[], Tried]) -> Tried:
    """Try again what seems to be wrong, before anybody is told."""
    evidence, findings = attempt()
    return (evidence, findings) if not findings else attempt()
