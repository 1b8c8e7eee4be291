"""The kill matrix: what the suite finds, measured with every known fault and legal twin.

Each fault makes the reference implementation wrong in one operation of a role; the check has to
report it under its own row, and under no other but its umbrellas. Each twin makes it different and
still right; the check has to report nothing. A run that writes, for faults of what writes, has an
implementation of its own and, where it takes one, a second key.
``python -m mobstd.conformance.matrix --help``.

What becomes of a seeded fault::

    killed             its own row failed (or warned, where that is all the row can), no other did
    killed-collateral  another row failed too, or instead
    survived           nobody noticed
    unreached          no request or answer was touched by it
    equivalent         nobody could notice, for the reason that is given
"""

from __future__ import annotations

from mobstd.conformance.digest import committed, digest, state
from mobstd.conformance.matrix.measure import Cell, Need, held, measure, needed, needs
from mobstd.conformance.matrix.mutant import Mutant, mutants, one_each, sampled, umbrellas
from mobstd.conformance.matrix.result import summary

__all__ = [
    "Cell",
    "Mutant",
    "Need",
    "committed",
    "digest",
    "held",
    "measure",
    "mutants",
    "needed",
    "needs",
    "one_each",
    "sampled",
    "state",
    "summary",
    "umbrellas",
]
