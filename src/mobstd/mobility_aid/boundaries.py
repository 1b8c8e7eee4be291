"""Situations at the bounds of what aids state: who gets them, and who just does not.

From the conditions of an aid follows a person who gets it, by each way to get it. Then one answer
at a time is another one, or missing: what an evaluator makes of that shows how it reads the aid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import islice, zip_longest
from typing import Any

from mobstd.judging.rule import SURPRISED
from mobstd.mobility_aid.conditions import judge, kinds
from mobstd.mobility_aid.dependence import in_order
from mobstd.mobility_aid.evaluation import evaluate
from mobstd.mobility_aid.facts import Facts
from mobstd.mobility_aid.registry import criteria
from mobstd.mobility_aid.variables import DATE, Options, leaves, options, territory, variable_of

__all__ = ["DERIVATIONS", "Bound", "bounds"]

Given = Mapping[str, tuple[Mapping[str, Any], ...]]

_WAYS, _STEPS = 12, 5_000
"""How many ways to get an aid are looked at, and how many comparisons that may take."""

_TOGETHER = 100
"""Aids that one request names."""


@dataclass(frozen=True)
class Bound:
    """A situation that tells how an aid is read.

    Attributes:
        aid: its id.
        situation: a document of the schema ``situation``.
        features: what it tries, alike for aids that state alike.
    """

    aid: str
    situation: Mapping[str, Any]
    features: frozenset[tuple[str, ...]]


class _Enough(Exception):
    """The search took too long."""


@dataclass
class _Reader:
    """An aid, with what it turns on."""

    aid: Mapping[str, Any]
    options: Options
    steps: int = 0
    own: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.own = kinds(self.aid)

    def ways(
        self, condition: Mapping[str, Any] | None, want: bool, given: Given
    ) -> Iterator[Given]:
        """Yield what variables may be for a condition to hold, or not to, within what is given."""
        if condition is None:
            if want:
                yield given
        elif "not" in condition:
            yield from self.ways(condition["not"], not want, given)
        elif "criterion" in condition:
            yield from self._leaf(condition, want, given)
        else:
            parts = condition["allOf"] if "allOf" in condition else condition["anyOf"]
            if ("allOf" in condition) == want:
                yield from self.every(parts, want, given)
            else:
                for part in parts:
                    yield from self.ways(part, want, given)

    def every(self, parts: Sequence[Any], want: bool, given: Given) -> Iterator[Given]:
        """Yield the same for several conditions at once."""
        if not parts:
            yield given
            return
        for one in self.ways(parts[0], want, given):
            yield from self.every(parts[1:], want, one)

    def _leaf(self, leaf: Mapping[str, Any], want: bool, given: Given) -> Iterator[Given]:
        name = self.variable(leaf)
        open_ = given.get(name, self.options.get(name, ({},)))
        kept = tuple(one for one in open_ if self.truth(leaf, one) is want)
        if kept:
            yield {**given, name: kept}

    def variable(self, leaf: Mapping[str, Any]) -> str:
        """Return the variable of a comparison."""
        name = leaf["criterion"]
        known = criteria().get(name)
        return variable_of(name, known.type if known else self.own.get(name, ""))

    def truth(self, leaf: Mapping[str, Any], answers: Mapping[str, Any]) -> bool | None:
        """Say whether a comparison holds for the answers of its variable."""
        self.steps += 1
        if self.steps > _STEPS:
            raise _Enough
        facts = Facts({"date": "2000-01-01", "answers": answers, "received": []})
        return judge(leaf, facts, "", self.aid["currency"], self.own).truth

    def situation(self, chosen: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Return a situation of what was chosen for each variable."""
        said = {k: v for one in chosen.values() for k, v in one.items()}
        day = said.pop(DATE)
        answers = {name: _listed(name, value) for name, value in said.items()}
        takers = self.aid["eligibility"].get("beneficiaries", ("natural-person",))
        other = {} if "natural-person" in takers else {"beneficiary": takers[0]}
        return {"date": day, **other, "answers": answers, "received": []}


def _listed(name: str, value: Any) -> Any:
    known = criteria().get(name)
    return [value] if known is not None and known.multiple else value


def _cases(formula: Mapping[str, Any]) -> Iterator[list[tuple[Any, bool]]]:
    """Yield, for each way through the cases of a formula, the conditions with their truth."""
    if "cases" in formula:
        before: list[tuple[Any, bool]] = []
        for case in formula["cases"]:
            for way in _cases(case["amount"]):
                yield [*before, (case.get("when"), True), *way]
            before = [*before, (case.get("when"), False)]
        return
    parts = [formula[name] for name in ("cap", "floor") if "cases" in formula.get(name, {})]
    parts += [part for part in formula.get("parts", ()) if "cases" in part]
    yield from (way for part in parts for way in _cases(part))
    if not parts:
        yield []


def _conditions(aid: Mapping[str, Any]) -> list[Any]:
    found = [territory(aid), aid["eligibility"].get("rule")]
    for benefit in aid["benefits"]:
        found.append(benefit.get("when"))
        found += [when for way in _cases(benefit["amount"]) for when, _ in way]
    return found


def bounds(aid: Mapping[str, Any], today: date) -> Iterator[Bound]:
    """Yield situations at the bounds of an aid; none where nobody surely gets it.

    Args:
        aid: a document of the schema ``aid``.
        today: what is asked about where the day is not at stake.
    """
    conditions = _conditions(aid)
    reader = _Reader(aid, options(aid, conditions, today))
    seen: list[Mapping[str, Any]] = []
    for benefit in aid["benefits"]:
        for way in _cases(benefit["amount"]):
            chosen = _witness(reader, [*((one, True) for one in conditions[:2]),
                                       (benefit.get("when"), True), *way])  # fmt: skip
            for one in _around(reader, chosen, conditions) if chosen else ():
                if one.situation not in seen:
                    seen.append(one.situation)
                    yield one


def _witness(
    reader: _Reader, wanted: Sequence[tuple[Any, bool]]
) -> dict[str, Mapping[str, Any]] | None:
    """Return what somebody answers who surely gets the aid in this way."""

    def ways(left: Sequence[tuple[Any, bool]], given: Given) -> Iterator[Given]:
        if not left:
            yield given
            return
        for one in reader.ways(*left[0], given):
            yield from ways(left[1:], one)

    reader.steps = 0
    try:
        for given in islice(ways(wanted, {}), _WAYS):
            open_ = {**reader.options, **given}
            for day in open_[DATE]:
                chosen = {name: each[0] for name, each in open_.items()} | {DATE: day}
                if evaluate(reader.aid, reader.situation(chosen)).truth is True:
                    return chosen
    except _Enough:
        pass
    return None


def _around(
    reader: _Reader, chosen: Mapping[str, Mapping[str, Any]], conditions: Sequence[Any]
) -> Iterator[Bound]:
    """Yield a situation, and those that are another in one variable, or lack it."""
    aid = reader.aid
    types = sorted({node["type"] for node in _typed(aid["benefits"])})
    yield Bound(aid["id"], reader.situation(chosen), frozenset(("amount", one) for one in types))
    told: dict[str, list[Mapping[str, Any]]] = {}
    for leaf in (leaf for one in conditions for leaf in leaves(one)):
        told.setdefault(reader.variable(leaf), []).append(leaf)
    for name, every in reader.options.items():
        missing: list[Mapping[str, Any]] = [] if name == DATE else [{}]
        for one in (*every, *missing):
            if one != chosen[name]:
                features = _features(reader, name, one, told.get(name, ()))
                situation = reader.situation({**chosen, name: one})
                yield Bound(aid["id"], situation, frozenset(features))


def _features(
    reader: _Reader, name: str, answers: Mapping[str, Any], told: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[str, ...]]:
    """Yield what a value tries: how it stands to each comparison of its variable."""
    if not told or not answers:
        yield (name, "in sums" if not told else "missing", str(len(answers)))
    for leaf in told if answers else ():
        facts = Facts({"date": "2000-01-01", "answers": answers, "received": []})
        at = {"criterion": leaf["criterion"], "operator": "eq",
              "value": leaf.get("value", leaf.get("values"))}  # fmt: skip
        own, currency = reader.own, reader.aid["currency"]
        same = "value" in leaf and judge(at, facts, "", currency, own).truth is True
        holds = judge(leaf, facts, "", currency, own).truth
        yield (leaf["criterion"], leaf["operator"], "at" if same else "beside", str(holds))


def _typed(value: Any) -> Iterator[Mapping[str, Any]]:
    for one in value.values() if isinstance(value, Mapping) else value:
        if isinstance(one, Mapping | list):
            yield from _typed(one)
    if isinstance(value, Mapping) and "type" in value:
        yield value


def _requests(items: Sequence[Any], now: int) -> Iterator[Mapping[str, Any]]:
    """Yield requests for evaluations: what is new first, then of each aid in turn."""
    today = datetime.fromtimestamp(now, UTC).date()
    aids = [aid for aid in items if aid["status"] == "active"]
    alone = {one.id for one in in_order(aids) if one.depends}
    alone |= {aid["id"] for aid in aids if "combination" in aid}
    each = [list(_sure(aid, today)) for aid in aids]
    turns = [one for turn in zip_longest(*each) for one in turn if one is not None]
    tried: set[tuple[str, ...]] = set()
    later: list[Bound] = []
    near = _neighbours(aids, alone)
    for one in turns:
        if one.features <= tried:
            later.append(one)
            continue
        tried |= one.features
        yield {"/situation": one.situation, "/aids": near[one.aid]}
    yield from ({"/situation": one.situation, "/aids": near[one.aid]} for one in later)


def _sure(aid: Mapping[str, Any], today: date) -> Iterator[Bound]:
    try:
        yield from bounds(aid, today)
    except SURPRISED:
        return


def _neighbours(aids: Sequence[Any], alone: set[str]) -> Mapping[str, list[str]]:
    """Return which aids are asked about with each: those of its areas that stand by themselves."""
    areas = {aid["id"]: {(a["type"], a.get("code")) for a in aid["territory"]["include"]}
             for aid in aids}  # fmt: skip
    free = [id_ for id_ in areas if id_ not in alone]
    found = {}
    for id_, own in areas.items():
        beside = [o for o in free if o != id_ and areas[o] & own] if id_ in free else []
        found[id_] = [id_, *beside][:_TOGETHER]
    return found


DERIVATIONS = {"boundaries": _requests}
"""The checks of kind ``derived`` name it."""
