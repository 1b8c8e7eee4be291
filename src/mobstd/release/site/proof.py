"""Which seeded faults show that the check of a row works: read from what was measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mobstd.canon.files import load
from mobstd.canon.standard import Version

__all__ = ["Mutation", "ends", "mutations", "twins"]


@dataclass(frozen=True)
class Mutation:
    """A fault or a twin, with what became of it wherever it was seeded.

    Attributes:
        id: its id, which ``mobstd serve --fault`` takes.
        requirement: the row that it breaks; empty for a twin.
        title: what it does, by language.
        because: why it is legal, or why nobody could notice; by language, may be empty.
        ends: how often it ended how, as the kill matrix has it; empty where nobody measured.
    """

    id: str
    requirement: str
    title: Mapping[str, str]
    because: Mapping[str, str]
    ends: Mapping[str, int]

    @property
    def seeded(self) -> int:
        """In how many places it was seeded."""
        return sum(self.ends.values())


def mutations(version: Version, result: Mapping[str, Any]) -> Mapping[str, Sequence[Mutation]]:
    """Return the faults of a version by the row that they break.

    Args:
        version: whose faults.
        result: the committed result of measuring it; empty where there is none.
    """
    found: dict[str, list[Mutation]] = {}
    for one in _variants(version, "faults", result):
        found.setdefault(one.requirement, []).append(one)
    return found


def twins(version: Version, result: Mapping[str, Any]) -> Sequence[Mutation]:
    """Return the twins of a version: odd, legal, and to be left alone."""
    return list(_variants(version, "twins", result))


def ends(every: Iterable[Mutation]) -> Mapping[str, int]:
    """Return how often several ended how."""
    total: Counter[str] = Counter()
    for one in every:
        total.update(one.ends)
    return total


def _variants(version: Version, kind: str, result: Mapping[str, Any]) -> Iterable[Mutation]:
    measured: dict[str, Counter[str]] = {}
    for cell in result.get("cells", ()):
        measured.setdefault(cell["name"].partition("@")[0], Counter())[cell["end"]] += 1
    for path in sorted((version.conformance / kind).glob("*.json")):
        for variant in load(path):
            if version.version in variant.get("versions", (version.version,)):
                because = variant.get("because") or variant.get("equivalent") or {}
                yield Mutation(
                    variant["id"],
                    variant.get("requirement", ""),
                    variant["title"],
                    because,
                    measured.get(variant["id"], {}),
                )
