"""The French registry of carpool proofs: what operators declare to it, and how it judges.

identity   keys and truncated numbers and names of persons, ids of journeys
cee_token  the token of an application for energy savings certificates
classes    proof classes, and the evidence that each needs
booking    a booking that was carried out, as a journey
rules      what the registry refuses and finds, as pure functions
preflight  journeys judged before they are sent
reference  the sandbox registry
past       what checks find in lists that was declared days ago
"""

from __future__ import annotations

from mobstd.canon.plug import Plug

__all__ = ["PLUG"]

PLUG = Plug(
    name="carpool-proof",
    package="mobstd.carpool_proof",
    rules="mobstd.carpool_proof.past:RULES",
    references={
        "3.3": "mobstd.carpool_proof.reference:build_3_3",
        "3.4": "mobstd.carpool_proof.reference:build",
    },
    commands="mobstd.carpool_proof.commands:COMMANDS",
)
