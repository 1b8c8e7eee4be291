"""What of a rule profile the sending of journeys goes by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

__all__ = ["LATEST", "Limits", "limits"]

LATEST = "2026-07"
"""The profile that is meant where none is named."""


@dataclass(frozen=True)
class Limits:
    """Thresholds of a rule profile, each as ``conformance/carpool-proof/rules`` has it.

    Attributes:
        rules: the name of the profile.
        token_requests: how many tokens may be asked for in a ``token_window``.
        token_life: how long a token lives that does not say it itself.
        expiry: how long after ``expiry_from`` (``start`` or ``end``) a journey may be declared.
        least_distance: of a journey, in metres.
        checks: after its start a journey is checked not before this, and for ``checks_take``.
    """

    rules: str
    token_requests: int
    token_window: timedelta
    token_life: timedelta
    expiry: timedelta
    expiry_from: str
    least_distance: int
    checks: timedelta
    checks_take: timedelta


@cache
def limits(rules: str = LATEST) -> Limits:
    """Return the limits of a rule profile.

    Raises:
        UnknownName: with the profiles that are there.
    """
    from mobstd.carpool_proof.rules.profile import profile

    rows = profile(rules)

    def value(rule: str, name: str) -> Any:
        return rows[rule][name]

    def seconds(rule: str, name: str) -> timedelta:
        return timedelta(seconds=value(rule, name))

    return Limits(
        rules=rules,
        token_requests=value("limits", "token"),
        token_window=seconds("limits", "window"),
        token_life=seconds("token", "life"),
        expiry=seconds("expired", "delay"),
        expiry_from=value("expired", "measured_from"),
        least_distance=value("distance_too_short", "distance"),
        checks=seconds("processing", "delay"),
        checks_take=seconds("processing", "frame"),
    )
