"""Documents of one version of the registry's interface as those of another, losses named.

    from mobstd.carpool_proof.migration import migrate

    mapped = migrate("journey-status", status, "3.0", "3.4")
    for loss in mapped.losses:
        print(loss.pointer, loss.text("en"))

steps   what differs between two versions that follow each other, up and down
eldest  what differs between 2.0 and 3.0, which is nearly all

It is pure: JSON values in, JSON values out, under the name of a schema of the version that they
come from. What is handed over has to be valid there; what comes back is valid on the other side, or
there is no document. Nothing is guessed: an id that the other version refuses is not renamed,
because the registry knows the journey by it.
"""

from __future__ import annotations

from mobstd.carpool_proof.migration.migrate import VERSIONS, migrate
from mobstd.judging.mapping import Loss, Mapped

__all__ = ["VERSIONS", "Loss", "Mapped", "migrate"]
