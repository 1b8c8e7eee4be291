"""What is seeded where: every fault and every twin, in each operation that has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from mobstd.canon.standard import Version
from mobstd.conformance.run import the_role
from mobstd.judging.catalogue import Catalogue, catalogue
from mobstd.judging.fault import Fault, Variant
from mobstd.serving.faults import load_faults, load_twins, select

__all__ = ["Mutant", "mutants", "one_each", "the_catalogue", "umbrellas"]


@dataclass(frozen=True)
class Mutant:
    """A variant, as it is seeded in one operation, or in several together."""

    variant: Variant
    operations: tuple[str, ...]

    @property
    def name(self) -> str:
        """The id, with the operation where it is one of several."""
        where = "" if self._together else f"@{self.operations[0]}"
        return f"{self.variant.id}{where}"

    @property
    def _together(self) -> bool:
        return self.variant.together or len(self.operations) != 1

    @property
    def seeded(self) -> Variant:
        """The variant, narrowed to its operations."""
        return replace(self.variant, operations=self.operations)


def mutants(version: Version, names: Sequence[str] = ()) -> list[Mutant]:
    """Return every fault and twin in every operation that has it, or those that are named."""
    found: list[Variant]
    found = [*load_faults(version), *load_twins(version)]
    if names:
        wanted = set(names)
        rows = {v.requirement for v in found if isinstance(v, Fault)} & wanted
        found = [v for v in found if isinstance(v, Fault) and v.requirement in rows]
        found += [v for v in select(version, sorted(wanted - rows)) if v not in found]
    every = tuple(the_catalogue(version).operations)
    seeded: list[Mutant] = []
    for variant in found:
        there = variant.operations or every
        groups = [there] if variant.together else [(operation,) for operation in there]
        seeded += [Mutant(variant, group) for group in groups]
    return seeded


def one_each(seeded: Iterable[Mutant]) -> list[Mutant]:
    """Return a part of the mutants: every variant once, every row in each of its operations."""
    every = list(seeded)
    grouped: dict[str, list[Mutant]] = {}
    for mutant in every:
        grouped.setdefault(mutant.variant.id, []).append(mutant)
    chosen: set[str] = set()
    turns: Counter[tuple[str, str]] = Counter()
    for group in sorted(grouped.values(), key=len):
        least = min(group, key=lambda mutant: turns[_place(mutant)])
        turns[_place(least)] += 1
        chosen.add(least.name)
    for mutant in every:
        if isinstance(mutant.variant, Fault) and not turns[_place(mutant)]:
            turns[_place(mutant)] += 1
            chosen.add(mutant.name)
    return [mutant for mutant in every if mutant.name in chosen]


def _place(mutant: Mutant) -> tuple[str, str]:
    variant = mutant.variant
    row = variant.requirement if isinstance(variant, Fault) else "TWIN"
    return row, ",".join(mutant.operations)


@cache
def the_catalogue(version: Version) -> Catalogue:
    """Return the catalogue of the only role that serves."""
    return catalogue(version, the_role(version, None))


@cache
def umbrellas(version: Version, row: str) -> frozenset[str]:
    """Return the rows that fail because of ``row``, however far above it."""
    rows = the_catalogue(version).rows
    found: set[str] = set()
    below = {row}
    while below:
        above = {
            r.id
            for r in rows.values()
            if r.id not in found and r.id != row and ("*" in r.covers or below & set(r.covers))
        }
        found |= above
        below = above
    return frozenset(found)
