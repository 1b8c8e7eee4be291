"""The French registry of carpool proofs: what operators declare to it, and how it judges."""

from __future__ import annotations

from mobstd.canon.plug import Plug

__all__ = ["PLUG"]

PLUG = Plug(
    name="carpool-proof",
    package="mobstd.carpool_proof",
    commands="mobstd.carpool_proof.commands:COMMANDS",
)
