"""What a run found, counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from mobstd.carpool_proof.preflight.judging import Judged
from mobstd.carpool_proof.preflight.verdict import ROWS, VERDICTS, Reason, Verdict

__all__ = ["FORMAT", "Summary"]

FORMAT = 1
_KNOWN = 1 << 12
"""Lists of reasons that are remembered."""

_DAY = 86_400_000
_EPOCH, _LAST = date(1970, 1, 1).toordinal(), date.max.toordinal()

_Kind = tuple[Verdict, Verdict, int | None, str]
"""Verdict, verdict at creation, number of the day, operator."""


@dataclass
class Summary:
    """Counts of verdicts and of rules.

    Attributes:
        facts: what the run was asked and took for granted.
        stages: where each rule bites.
    """

    facts: dict[str, Any]
    stages: dict[str, str] = field(default_factory=dict)
    _rules: Counter[tuple[str, str]] = field(default_factory=Counter, repr=False)
    _tally: dict[_Kind, list[int]] = field(default_factory=dict, repr=False)
    _said: dict[int, tuple[tuple[Reason, ...], list[int]]] = field(default_factory=dict, repr=False)

    def count(self, one: Judged) -> None:
        """Count a journey."""
        _, _, _, operator, _, start, verdict, at_creation, reasons = one
        kind = verdict, at_creation, None if start is None else start // _DAY, operator or ""
        counted = self._tally.get(kind)
        if counted is None:
            counted = self._tally[kind] = [0]
        counted[0] += 1
        if reasons:
            said = self._said.get(id(reasons))
            if said is None or said[0] is not reasons:
                if len(self._said) >= _KNOWN:
                    self._settle()
                said = self._said[id(reasons)] = reasons, [0]
            said[1][0] += 1

    def _settle(self) -> None:
        """Add up what was said: what many journeys share is looked at once."""
        for reasons, (count,) in self._said.values():
            for rule, weight, stage in {(r.rule, r.weight, r.stage) for r in reasons}:
                self._rules[rule, weight] += count
                self.stages[rule] = stage
        self._said.clear()

    @property
    def rules(self) -> Counter[tuple[str, str]]:
        """Journeys by rule and weight; one that breaks a rule twice counts once."""
        self._settle()
        return self._rules

    @property
    def verdicts(self) -> Counter[Verdict]:
        """Journeys by verdict."""
        found: Counter[Verdict] = Counter()
        for (verdict, _, _, _), (count,) in self._tally.items():
            found[verdict] += count
        return found

    @property
    def at_creation(self) -> Counter[Verdict]:
        """Journeys by what the registry answers at once."""
        found: Counter[Verdict] = Counter()
        for (_, verdict, _, _), (count,) in self._tally.items():
            found[verdict] += count
        return found

    @property
    def days(self) -> Mapping[str, Counter[Verdict]]:
        """Journeys by UTC day of the start and verdict."""
        found: defaultdict[str, Counter[Verdict]] = defaultdict(Counter)
        for (verdict, _, day, _), (count,) in self._tally.items():
            found["" if day is None else _of_number(day)][verdict] += count
        return found

    @property
    def operators(self) -> Mapping[str, Counter[Verdict]]:
        """Journeys by operator and verdict."""
        found: defaultdict[str, Counter[Verdict]] = defaultdict(Counter)
        for (verdict, _, _, operator), (count,) in self._tally.items():
            found[operator][verdict] += count
        return found

    @property
    def total(self) -> int:
        """How many journeys were judged."""
        return sum(count for (count,) in self._tally.values())

    def by_rule(self) -> list[tuple[str, str, int]]:
        """Return ``(rule, weight, journeys)``: refusals first, the most frequent first."""
        order = {"refused": 0, "depends": 1, "warning": 2}
        listed = [(rule, weight, count) for (rule, weight), count in self.rules.items()]
        return sorted(listed, key=lambda row: (order[row[1]], -row[2], row[0]))

    def as_json(self) -> dict[str, Any]:
        """Return the summary as it is written to a file."""
        return {
            "format_version": FORMAT,
            **self.facts,
            "journeys": self.total,
            "verdicts": _all(self.verdicts),
            "at_creation": _all(self.at_creation),
            "rules": [
                {
                    "rule": rule,
                    "requirement": ROWS[rule],
                    "weight": weight,
                    "stage": self.stages[rule],
                    "journeys": count,
                }
                for rule, weight, count in self.by_rule()
            ],
            "days": {day: _all(counts) for day, counts in sorted(self.days.items())},
            "operators": {name: _all(counts) for name, counts in sorted(self.operators.items())},
        }


def _of_number(number: int) -> str:
    """Return a UTC day by its number since 1970."""
    return date.fromordinal(min(max(number + _EPOCH, 1), _LAST)).isoformat()


def _all(counts: Mapping[Verdict, int]) -> dict[str, int]:
    return {verdict: counts.get(verdict, 0) for verdict in VERDICTS}
