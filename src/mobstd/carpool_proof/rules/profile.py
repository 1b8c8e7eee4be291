"""What the registry judged by at one time."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from math import inf
from typing import Any

from mobstd.canon.files import load
from mobstd.canon.root import Root, packaged
from mobstd.errors import UnknownName

__all__ = ["Profile", "Rule", "profile", "profiles"]

Test = Callable[[Any], bool]

_SIGNS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.gt,
    "<=": operator.ge,
    ">": operator.lt,
    ">=": operator.le,
}
"""How a bound compares with what is measured where that is refused."""


@dataclass(frozen=True)
class Rule:
    """One rule of a profile.

    Attributes:
        name: as in the profile.
        answer: what is answered at once; empty for what is judged later.
    """

    name: str
    answer: Mapping[str, Any]
    thresholds: Mapping[str, Mapping[str, Any]] = field(repr=False)

    def __getitem__(self, threshold: str) -> Any:
        return self.thresholds[threshold]["value"]

    def bites(self, threshold: str, scale: int = 1) -> Test:
        """Return the test that says of what was measured whether the rule refuses it.

        ``scale`` is how many of the units of what is measured make one of the threshold's.
        """
        row = self.thresholds[threshold]
        return partial(_SIGNS[row["refused"]], row["value"] * scale)

    def spares(self, threshold: str, scale: int = 1) -> tuple[float, float]:
        """Return between what two values, themselves left out, the rule refuses nothing."""
        row = self.thresholds[threshold]
        bound = row["value"] * scale
        return (bound, inf) if row["refused"] in ("<", "<=") else (-inf, bound)


@dataclass(frozen=True)
class Profile:
    """A rule profile, such as ``2026-07``."""

    name: str
    title: Mapping[str, str]
    versions: tuple[str, ...]
    rules: Mapping[str, Rule] = field(repr=False)

    def __getitem__(self, rule: str) -> Rule:
        return self.rules[rule]

    def __hash__(self) -> int:
        return hash(self.name)


def profiles(root: Root | None = None) -> list[str]:
    """Return the names of the profiles, the oldest first."""
    folder = (root or packaged()).conformance / "carpool-proof" / "rules"
    return sorted(path.stem for path in folder.glob("*.yaml"))


@cache
def profile(name: str, root: Root | None = None) -> Profile:
    """Return a profile.

    Raises:
        UnknownName: with the profiles that are there.
    """
    known: Iterable[str] = profiles(root)
    if name not in known:
        raise UnknownName("proof.unknown-rules", wanted=name, known=", ".join(known))
    path = (root or packaged()).conformance / "carpool-proof" / "rules" / f"{name}.yaml"
    loaded = load(path)
    rules = {
        rule: Rule(rule, row.get("answer", {}), row["thresholds"])
        for rule, row in loaded["rules"].items()
    }
    return Profile(name, loaded["title"], tuple(loaded["versions"]), rules)
