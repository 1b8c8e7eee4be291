"""What is seeded where: every fault and every twin, in each operation that has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from mobstd.canon.files import load_if_there
from mobstd.canon.standard import Version
from mobstd.conformance.run import the_role
from mobstd.judging.catalogue import Catalogue, catalogue
from mobstd.judging.fault import Fault, Variant
from mobstd.serving.faults import load_faults, load_twins, select

__all__ = [
    "Mutant",
    "mutants",
    "one_each",
    "partner",
    "plan",
    "sampled",
    "the_catalogue",
    "umbrellas",
]


@dataclass(frozen=True)
class Mutant:
    """A variant, as it is seeded in one operation of a role, or in several together."""

    variant: Variant
    operations: tuple[str, ...]
    role: str = ""

    @property
    def name(self) -> str:
        """The id, with the operation where it is one of several, and any role but the main one."""
        where = "" if self._together else f"@{self.operations[0]}"
        return f"{self.variant.id}{where}" + (f"@{self.role}" if self.role else "")

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
    seeded: list[Mutant] = []
    for variant in found:
        for role in variant.roles or (the_role(version, None),):
            seeded += _seeded(version, variant, role)
    return seeded


def _seeded(version: Version, variant: Variant, role: str) -> list[Mutant]:
    """Return the mutants of a variant in one role, if they are measured."""
    main = the_role(version, None)
    known_roles = (main, *plan(version).get("roles", {}))
    if role not in known_roles:
        return []
    if variant.setting.partner and partner(version, "" if role == main else role) is None:
        return []
    if isinstance(variant, Fault) and not _checked(version, variant, role):
        return []
    known = the_catalogue(version, role).operations
    there = variant.operations or tuple(known)
    if not variant.call and not variant.setting.partner:
        there = tuple(operation for operation in there if operation in known)
    groups = [there] if variant.together else [(operation,) for operation in there]
    return [Mutant(variant, group, "" if role == main else role) for group in groups if group]


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


def sampled(seeded: Sequence[Mutant], number: int) -> list[Mutant]:
    """Return the first mutant of each row and role, and one in so many of the others."""
    if number <= 1:
        return list(seeded)
    first: dict[tuple[str, str], Mutant] = {}
    for mutant in seeded:
        first.setdefault((getattr(mutant.variant, "requirement", ""), mutant.role), mutant)
    kept = {mutant.name for mutant in first.values()}
    others = [mutant for mutant in seeded if mutant.name not in kept]
    kept |= {mutant.name for mutant in others[::number]}
    return [mutant for mutant in seeded if mutant.name in kept]


def _place(mutant: Mutant) -> tuple[str, str]:
    variant = mutant.variant
    row = variant.requirement if isinstance(variant, Fault) else "TWIN"
    return row, ",".join(mutant.operations)


def _checked(version: Version, fault: Fault, role: str) -> bool:
    """Say whether the row that a fault violates is tried in a role."""
    rows = the_catalogue(version, role).rows
    return fault.requirement in rows and bool(rows[fault.requirement].checks)


@cache
def plan(version: Version) -> Mapping[str, Any]:
    """Return how a version is measured: ``matrix.yaml`` beside its faults."""
    loaded: Mapping[str, Any] = load_if_there(version.conformance / "matrix.yaml", {})
    return loaded


def partner(version: Version, role: str = "") -> Mapping[str, Any] | None:
    """Return who is called by the reference of a role, the main one where none is named."""
    known = plan(version)
    found: Mapping[str, Any] | None = (known["roles"][role] if role else known).get("partner")
    return found


@cache
def the_catalogue(version: Version, role: str = "") -> Catalogue:
    """Return the catalogue of a role, the main one where none is named."""
    return catalogue(version, role or the_role(version, None))


@cache
def umbrellas(version: Version, row: str, role: str = "") -> frozenset[str]:
    """Return the rows that fail because of ``row``, however far above it."""
    rows = the_catalogue(version, role).rows
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
