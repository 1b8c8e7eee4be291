"""Finds who gets an aid: answers for which conditions hold, and others do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from mobstd.mobility_aid.conditions import judge, kinds
from mobstd.mobility_aid.evaluation import evaluate
from mobstd.mobility_aid.facts import Facts
from mobstd.mobility_aid.registry import criteria
from mobstd.mobility_aid.variables import DATE, Options, variable_of

__all__ = ["Chosen", "Solver", "Wanted"]

Answers = Mapping[str, Any]

Chosen = Mapping[str, Answers]
"""What was chosen for each variable."""

Wanted = Sequence[tuple[Mapping[str, Any] | None, bool]]
"""Conditions, each with whether it has to hold."""

_WAYS, _STEPS = 12, 5_000
"""How many ways to get an aid are looked at, and how many comparisons that may take."""


_NOTHING: tuple[Answers, ...] = ({},)


class _Enough(Exception):
    """The search took too long."""


class Solver:
    """An aid, with what it turns on.

    Args:
        aid: a document of the schema ``aid``.
        options: what each variable may be.
    """

    def __init__(self, aid: Mapping[str, Any], options: Options) -> None:
        self.aid, self.options = aid, options
        self._own = kinds(aid)
        self._steps = 0
        self._truths: dict[int, Mapping[int, bool | None]] = {}

    def witness(self, wanted: Wanted) -> Chosen | None:
        """Return what somebody answers who surely gets the aid, and for whom all of it is so."""
        self._steps = 0
        try:
            for given in islice(self._all(wanted, {}), _WAYS):
                open_ = {**self.options, **given}
                for day in open_[DATE]:
                    chosen = {name: each[0] for name, each in open_.items()} | {DATE: day}
                    if evaluate(self.aid, self.situation(chosen)).truth is True:
                        return chosen
        except _Enough:
            pass
        return None

    def situation(self, chosen: Chosen) -> dict[str, Any]:
        """Return the situation of what was chosen: no other aid, and who may ask asks."""
        said = {name: value for one in chosen.values() for name, value in one.items()}
        day = said.pop(DATE)
        takers = self.aid["eligibility"].get("beneficiaries", ("natural-person",))
        other = {} if "natural-person" in takers else {"beneficiary": takers[0]}
        return {"date": day, **other, "answers": said, "received": []}

    def variable(self, leaf: Mapping[str, Any]) -> str:
        """Return the variable of a comparison."""
        known = criteria().get(leaf["criterion"])
        kind = known.type if known else self._own.get(leaf["criterion"], "")
        return variable_of(leaf["criterion"], kind)

    def truth(self, leaf: Mapping[str, Any], answers: Answers) -> bool | None:
        """Say whether a comparison holds for the answers of its variable."""
        facts = Facts({"date": "2000-01-01", "answers": answers, "received": []})
        return judge(leaf, facts, "", self.aid["currency"], self._own).truth

    def _all(self, wanted: Wanted, given: Options) -> Iterator[Options]:
        """Yield what is left of the options of each variable where all of it is so."""
        if not wanted:
            yield given
            return
        for one in self._ways(*wanted[0], given):
            yield from self._all(wanted[1:], one)

    def _ways(
        self, condition: Mapping[str, Any] | None, want: bool, given: Options
    ) -> Iterator[Options]:
        if condition is None:
            yield from (given,) if want else ()
        elif "not" in condition:
            yield from self._ways(condition["not"], not want, given)
        elif "criterion" in condition:
            yield from self._leaf(condition, want, given)
        elif ("allOf" in condition) == want:
            parts = condition["allOf"] if want else condition["anyOf"]
            yield from self._all([(part, want) for part in parts], given)
        else:
            for part in condition["anyOf"] if want else condition["allOf"]:
                yield from self._ways(part, want, given)

    def _open(self, name: str) -> tuple[Answers, ...]:
        """Return what a variable may be; what nothing says is nothing."""
        return self.options.get(name, _NOTHING)

    def _leaf(self, leaf: Mapping[str, Any], want: bool, given: Options) -> Iterator[Options]:
        name = self.variable(leaf)
        open_ = given.get(name) or self._open(name)
        self._steps += len(open_)
        if self._steps > _STEPS:
            raise _Enough
        if id(leaf) not in self._truths:
            self._truths[id(leaf)] = {id(one): self.truth(leaf, one) for one in self._open(name)}
        truths = self._truths[id(leaf)]
        kept = tuple(one for one in open_ if truths[id(one)] is want)
        if kept:
            yield {**given, name: kept}
