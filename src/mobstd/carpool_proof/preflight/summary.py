"""What a run found, counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from mobstd.carpool_proof.preflight.judging import Judged
from mobstd.carpool_proof.preflight.verdict import ROWS, VERDICTS, Verdict

__all__ = ["FORMAT", "Summary"]

FORMAT = 1
_DAY = 86_400_000
_EPOCH, _LAST = date(1970, 1, 1).toordinal(), date.max.toordinal()


@dataclass
class Summary:
    """Counts of verdicts and of rules.

    Attributes:
        facts: what the run was asked and took for granted.
        verdicts: journeys by verdict.
        at_creation: journeys by what the registry answers at once.
        rules: journeys by rule and weight; one that breaks a rule twice counts once.
        days: journeys by UTC day of the start and verdict.
        operators: journeys by operator and verdict.
        stages: where each rule bites.
    """

    facts: dict[str, Any]
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    at_creation: Counter[Verdict] = field(default_factory=Counter)
    rules: Counter[tuple[str, str]] = field(default_factory=Counter)
    stages: dict[str, str] = field(default_factory=dict)
    days: defaultdict[str, Counter[Verdict]] = field(default_factory=lambda: defaultdict(Counter))
    operators: defaultdict[str, Counter[Verdict]] = field(
        default_factory=lambda: defaultdict(Counter)
    )

    def count(self, one: Judged) -> None:
        """Count a journey."""
        self.verdicts[one.verdict] += 1
        self.at_creation[one.at_creation] += 1
        for rule, weight, stage in {(r.rule, r.weight, r.stage) for r in one.reasons}:
            self.rules[rule, weight] += 1
            self.stages[rule] = stage
        day = "" if one.start is None else _day(one.start)
        self.days[day][one.verdict] += 1
        self.operators[one.operator or ""][one.verdict] += 1

    @property
    def total(self) -> int:
        """How many journeys were judged."""
        return sum(self.verdicts.values())

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


@lru_cache(1 << 12)
def _of_number(number: int) -> str:
    return date.fromordinal(min(max(number + _EPOCH, 1), _LAST)).isoformat()


def _day(start: int) -> str:
    """Return the UTC day of an instant."""
    return _of_number(start // _DAY)


def _all(counts: Mapping[Verdict, int]) -> dict[str, int]:
    return {verdict: counts.get(verdict, 0) for verdict in VERDICTS}
