"""What one aid means for a person: whether they get it, how much, why, and what else to ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mobstd.mobility_aid.amounts import Ground
from mobstd.mobility_aid.benefits import Granted, Weighed, weighed
from mobstd.mobility_aid.conditions import kinds
from mobstd.mobility_aid.facts import Facts
from mobstd.mobility_aid.standing import standing
from mobstd.mobility_aid.sums import ONCE, ZERO, Span, Sum
from mobstd.mobility_aid.territory import inside
from mobstd.mobility_aid.truth import VERDICTS, Judged, Reason, Truth, every, shared, some

__all__ = ["Missing", "Outcome", "document", "evaluate", "evaluated", "telling"]

_LESS = 0.1
"""What an answer about the amount counts beside one about the conditions."""

_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Missing:
    """An answer that would tell more.

    Attributes:
        criterion: what to ask; ``received``: which aids the person gets.
        weight: how much it tells, beside the others.
    """

    criterion: str
    weight: float

    def to_json(self) -> dict[str, Any]:
        """Return a document of the schema ``missing-answer``."""
        return {"criterion": self.criterion, "weight": self.weight}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an aid means for a situation.

    Attributes:
        aid: its id.
        truth: whether the person gets it; ``None``: not enough is known.
        amounts: what it comes to where the person gets it, by period; empty where they do not.
        benefits: what each benefit that may apply comes to.
        reasons: why, with pointers into the aid.
        missing: what would tell more, the most telling first.
    """

    aid: str
    truth: Truth
    amounts: tuple[Span, ...] = ()
    benefits: tuple[Granted, ...] = ()
    reasons: tuple[Reason, ...] = ()
    missing: tuple[Missing, ...] = ()

    @property
    def verdict(self) -> str:
        """``eligible``, ``not-eligible`` or ``unknown``."""
        return VERDICTS[self.truth]

    @property
    def amount(self) -> Span | None:
        """What is given once, or else the one amount that there is."""
        once = [span for span in self.amounts if span.period == ONCE]
        return once[0] if once else self.amounts[0] if len(self.amounts) == 1 else None

    def to_json(self) -> dict[str, Any]:
        """Return a document of the schema ``evaluation``."""
        return {
            "aid": self.aid,
            "verdict": self.verdict,
            "amounts": [span.to_json() for span in self.amounts],
            "benefits": [benefit.to_json() for benefit in self.benefits],
            "reasons": [reason.to_json() for reason in self.reasons],
            "missing": [answer.to_json() for answer in self.missing],
        }


def document(value: Any) -> Mapping[str, Any]:
    """Return the document of a model, or the mapping itself."""
    found: Mapping[str, Any] = value if isinstance(value, Mapping) else value.dump()
    return found


def evaluate(aid: Any, situation: Any) -> Outcome:
    """Say what an aid means for a situation.

    Three values: what nobody answered is unknown, and nobody is eligible by default. More answers
    narrow the amount and decide what was unknown; they never turn what was decided.

    Args:
        aid: a document that the schema ``aid`` accepts, or its model.
        situation: a document that the schema ``situation`` accepts, or its model.
    """
    return evaluated(document(aid), Facts(document(situation)))


def evaluated(aid: Mapping[str, Any], facts: Facts) -> Outcome:
    """Say what an aid means for facts that may tell of other aids beside."""
    ground = Ground(facts, aid["currency"], kinds(aid), aid["id"])
    there = inside(aid["territory"], facts)
    if there.truth is False:
        return _refused(aid, there)
    general = every([there, standing(aid, facts), _rule(aid, ground)])
    if general.truth is False:
        return _refused(aid, general)
    beside = aid.get("combination", {})
    found = [weighed(b, ground, f"/benefits/{n}", beside) for n, b in enumerate(aid["benefits"])]
    judged = every([general, some([one.applies for one in found])])
    if judged.truth is False:
        return _refused(aid, judged)
    may = [one for one in found if one.applies.truth is not False]
    reasons = (*judged.reasons, *(reason for one in may for reason in one.sum.reasons))
    return Outcome(
        aid["id"],
        judged.truth,
        _by_period(may, aid["currency"]),
        tuple(one.granted for one in may),
        tuple(dict.fromkeys(reasons)),
        telling([judged.missing, _narrowing(may)]),
    )


def _refused(aid: Mapping[str, Any], judged: Judged) -> Outcome:
    against = (reason for reason in judged.reasons if reason.effect == "against")
    return Outcome(aid["id"], False, reasons=tuple(dict.fromkeys(against)))


def _rule(aid: Mapping[str, Any], ground: Ground) -> Judged:
    """Judge the rule: one that says a part of the text can refuse, and never admit."""
    eligibility = aid["eligibility"]
    judged = ground.judged(eligibility.get("rule"), "/eligibility/rule")
    if eligibility["coverage"] == "complete":
        return judged
    return every([judged, Judged.of(None, "coverage", "/eligibility/coverage")])


def _narrowing(may: Sequence[Weighed]) -> Mapping[str, float]:
    """Return what would narrow the amount: by its formula, or by whether a benefit applies."""
    open_ = [one.applies.missing for one in may] if len(may) > 1 else []
    weights = [each for each in (*(one.sum.missing for one in may), *open_) if each]
    return {name: _LESS * weight for name, weight in shared(weights).items()}


def telling(weights: Sequence[Mapping[str, float]]) -> tuple[Missing, ...]:
    """Return missing answers by what they tell in all, the most telling first."""
    total: dict[str, float] = {}
    for each in weights:
        for criterion, weight in each.items():
            total[criterion] = total.get(criterion, 0.0) + weight
    rows = sorted((-round(weight, _DIGITS), name) for name, weight in total.items())
    return tuple(Missing(name, -weight) for weight, name in rows)


def _by_period(may: Sequence[Weighed], currency: str) -> tuple[Span, ...]:
    sums: dict[str, list[Sum]] = {}
    for one in may:
        given = one.granted.amount
        if given is not None:
            low = given.low if one.granted.applies else ZERO
            sums.setdefault(given.period, []).append(Sum(low, given.high))
    return tuple(Span.total(each, currency, period) for period, each in sums.items())
