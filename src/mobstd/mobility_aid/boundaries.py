"""Situations at the bounds of what aids state: who gets them, and who just does not.

From the conditions of an aid follows somebody who gets it, by each way to get it. Then one answer
at a time is another one, or missing: what an evaluator makes of that shows how it reads the aid.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice, zip_longest
from typing import Any

from mobstd.canon.schemas import validator_of
from mobstd.canon.standard import find
from mobstd.judging.rule import SURPRISED
from mobstd.mobility_aid.dependence import in_order
from mobstd.mobility_aid.evaluation import evaluate
from mobstd.mobility_aid.registry import VERSION
from mobstd.mobility_aid.solver import Chosen, Solver, Wanted
from mobstd.mobility_aid.variables import DATE, leaves, options, territory

__all__ = ["DERIVATIONS", "Bound", "bounds"]

_EACH, _TOGETHER = 120, 100
"""How many situations one aid gives rise to at most, and how many aids one request names."""


@dataclass(frozen=True)
class Bound:
    """A situation that tells how an aid is read.

    Attributes:
        aid: its id.
        situation: a document of the schema ``situation``.
        features: what it tries and what comes of it, alike for aids that state alike.
    """

    aid: str
    situation: Mapping[str, Any]
    features: frozenset[tuple[str, ...]]


def bounds(aid: Mapping[str, Any], today: date) -> Iterator[Bound]:
    """Yield situations at the bounds of an aid; none where nobody surely gets it.

    Args:
        aid: a document of the schema ``aid``.
        today: what is asked about where the day is not at stake.
    """
    general = [territory(aid), aid["eligibility"].get("rule")]
    ways = [way for benefit in aid["benefits"] for way in _benefit(benefit)]
    stated = [*general, *(condition for way in ways for condition, _ in way)]
    solver = Solver(aid, options(aid, stated, today))
    told: dict[str, list[Mapping[str, Any]]] = {}
    for leaf in (leaf for one in stated for leaf in leaves(one)):
        told.setdefault(solver.variable(leaf), []).append(leaf)
    seen: set[str] = set()
    sure = [(one, True) for one in general]
    every = tuple(solver.options)
    tries = [([*sure, *way], every) for way in ways]
    for way in _alone(stated):
        turning = {solver.variable(leaf) for leaf in leaves(way[0][0])}
        tries.append(([*sure, *ways[0], *way], tuple(sorted(turning))))
    for wanted, names in tries:
        chosen = solver.witness(wanted)
        if chosen is not None:
            yield from _around(solver, chosen, told, names, seen)


def _alone(conditions: Iterable[Any]) -> Iterator[list[tuple[Any, bool]]]:
    """Yield each of several ways to meet a condition, without the others: there it decides."""
    for condition in conditions:
        if condition is None or "criterion" in condition:
            continue
        parts = condition.get("anyOf", ())
        for part in parts if len(parts) > 1 else ():
            yield [(part, True), *((other, False) for other in parts if other is not part)]
        below = [*parts, *condition.get("allOf", ()), condition.get("not")]
        yield from _alone(below)


def _benefit(benefit: Mapping[str, Any]) -> Iterator[Wanted]:
    """Yield, for each way to get a benefit, what has to hold and what not."""
    yield from ([(benefit.get("when"), True), *way] for way in _formula(benefit["amount"]))


def _formula(formula: Mapping[str, Any]) -> Iterator[list[tuple[Any, bool]]]:
    """Yield the same for each way through the cases of an amount."""
    before: list[tuple[Any, bool]] = []
    for case in formula.get("cases", ()):
        for way in _formula(case["amount"]):
            yield [*before, (case.get("when"), True), *way]
        before = [*before, (case.get("when"), False)]
    bounds_ = [formula[name] for name in ("cap", "floor") if name in formula]
    parts = [way for one in (*formula.get("parts", ()), *bounds_) for way in _formula(one) if way]
    yield from parts
    if not before and not parts:
        yield []


def _around(
    solver: Solver,
    chosen: Chosen,
    told: Mapping[str, Sequence[Mapping[str, Any]]],
    names: Sequence[str],
    seen: set[str],
) -> Iterator[Bound]:
    """Yield a situation, then those that are another in one variable, and those that lack it.

    What was ``seen`` is not yielded again.
    """
    aid = solver.aid
    types = sorted({node["type"] for node in _typed(aid["benefits"])})
    first = solver.situation(chosen)
    if _new(first, seen):
        yield Bound(aid["id"], first, frozenset(("amount", one) for one in types))
    before = evaluate(aid, first)
    for name in names:
        missing: list[Mapping[str, Any]] = [] if name == DATE else [{}]
        for place, one in enumerate((*solver.options.get(name, ()), *missing)):
            situation = solver.situation({**chosen, name: one})
            if _new(situation, seen):
                after = evaluate(aid, situation)
                effect = [after.verdict, str(after.amounts == before.amounts)]
                effect += [] if told.get(name) else [str(place), *types]
                tried = _features(solver, name, one, told.get(name, ()))
                yield Bound(aid["id"], situation, frozenset((*each, *effect) for each in tried))


def _new(situation: Mapping[str, Any], seen: set[str]) -> bool:
    """Note a situation, and say whether it is new."""
    text = json.dumps(situation, sort_keys=True)
    known = text in seen
    seen.add(text)
    return not known


def _typed(value: Any) -> Iterator[Mapping[str, Any]]:
    for one in value.values() if isinstance(value, Mapping) else value:
        if isinstance(one, Mapping | list):
            yield from _typed(one)
    if isinstance(value, Mapping) and "type" in value:
        yield value


def _features(
    solver: Solver,
    name: str,
    answers: Mapping[str, Any],
    told: Sequence[Mapping[str, Any]],
) -> Iterator[tuple[str, ...]]:
    """Yield what a value tries: how it stands to each comparison of its variable."""
    if not answers or not told:
        yield (name, "of amounts" if answers else "missing")
        return
    for leaf in told:
        exact = {"criterion": leaf["criterion"], "operator": "eq", "value": leaf.get("value")}
        where = "at" if "value" in leaf and solver.truth(exact, answers) else "beside"
        said = answers.get(leaf["criterion"])
        where = f"{where}, several" if isinstance(said, list) and len(said) > 1 else where
        yield (leaf["criterion"], leaf["operator"], where, str(solver.truth(leaf, answers)))


def _requests(items: Sequence[Any], now: int) -> Iterator[Mapping[str, Any]]:
    """Yield requests for evaluations: what tries something new first, then of each aid in turn."""
    today = datetime.fromtimestamp(now, UTC).date()
    whole = validator_of(find(VERSION), "aid")
    sound = [item for item in items if not any(True for _ in whole.problems(item))]
    aids = [aid for aid in sound if aid["status"] == "active"]
    near = _neighbours(aids)
    each = [list(islice(_readable(aid, today), _EACH)) for aid in aids]
    turns = [one for turn in zip_longest(*each) for one in turn if one is not None]
    tried: set[tuple[str, ...]] = set()
    again: list[Bound] = []
    for one in turns:
        if one.features <= tried:
            again.append(one)
        else:
            tried |= one.features
            yield {"/situation": one.situation, "/aids": near[one.aid]}
    yield from ({"/situation": one.situation, "/aids": near[one.aid]} for one in again)


def _readable(aid: Mapping[str, Any], today: date) -> Iterator[Bound]:
    """Yield the bounds of an aid, as far as it can be read."""
    try:
        yield from bounds(aid, today)
    except SURPRISED:
        return


def _neighbours(aids: Sequence[Any]) -> Mapping[str, list[str]]:
    """Return which aids are asked about with each: those of its areas that stand by themselves."""
    beside = {one.id for one in in_order(aids) if one.depends}
    beside |= {aid["id"] for aid in aids if "combination" in aid}
    areas = {
        aid["id"]: {(area["type"], area.get("code")) for area in aid["territory"]["include"]}
        for aid in aids
    }
    found = {}
    for id_, own in areas.items():
        others = () if id_ in beside else (o for o in areas if o not in beside and areas[o] & own)
        found[id_] = list(dict.fromkeys((id_, *others)))[:_TOGETHER]
    return found


DERIVATIONS = {"boundaries": _requests}
"""The checks of kind ``derived`` name it."""
