"""The verbs that the registry of carpool proofs contributes to the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mobstd.carpool_proof.preflight import command as preflight
from mobstd.carpool_proof.reconcile import command as reconcile
from mobstd.carpool_proof.reference import command as registry

__all__ = ["COMMANDS"]

COMMANDS: Mapping[str, Callable[[Any], None]] = {
    **preflight.COMMANDS,
    **reconcile.COMMANDS,
    **registry.COMMANDS,
}
"""Each verb with what adds it to the parser."""
