"""Several aids for one person: those that exclude each other, and never more than the price."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from mobstd.mobility_aid.amounts import PRICES
from mobstd.mobility_aid.dependence import in_order
from mobstd.mobility_aid.evaluation import Missing, Outcome, document, evaluated, telling
from mobstd.mobility_aid.facts import Facts, Received
from mobstd.mobility_aid.sums import ONCE, ZERO, Span, least

__all__ = ["Together", "evaluate_all"]

_ENOUGH = 4096
"""How many ways to choose among aids that exclude each other are compared."""


@dataclass(frozen=True, slots=True)
class Together:
    """What several aids mean for a situation.

    Attributes:
        outcomes: what each aid means beside the others, in the order that they were given.
        chosen: the ids of those to ask for: of aids that exclude each other those that give the
            most for sure, eligible ones alone.
        totals: what they come to together, by period and currency; never more than the price.
        missing: what would tell more, the most telling first.
    """

    outcomes: tuple[Outcome, ...]
    chosen: tuple[str, ...]
    totals: tuple[Span, ...]
    missing: tuple[Missing, ...]

    @property
    def eligible(self) -> tuple[Outcome, ...]:
        """Those that the person gets."""
        return tuple(outcome for outcome in self.outcomes if outcome.truth)

    def to_json(self) -> dict[str, Any]:
        """Return a document of the schema ``joint-evaluation``."""
        return {
            "aids": [outcome.to_json() for outcome in self.outcomes],
            "chosen": list(self.chosen),
            "totals": [span.to_json() for span in self.totals],
            "missing": [answer.to_json() for answer in self.missing],
        }


def evaluate_all(aids: Iterable[Any], situation: Any) -> Together:
    """Say what several aids mean for a situation, beside each other.

    An aid that depends on others (it tops one up, takes what they give off, or caps all of them)
    is evaluated after them; of several that depend on all others, in the order given. In a circle
    what stands later is unknown at first; then all are evaluated again with what they came to, as
    long as that narrows anything.

    Args:
        aids: documents that the schema ``aid`` accepts, or their models; ids differ.
        situation: a document that the schema ``situation`` accepts, or its model.
    """
    documents = {aid["id"]: aid for aid in map(document, aids)}
    facts = Facts(document(situation))
    conflicts = _conflicts(documents)
    found = _settled(documents, facts, conflicts)
    outcomes = tuple(found[id_] for id_ in documents)
    sure = [outcome.aid for outcome in outcomes if outcome.truth]
    may = [outcome.aid for outcome in outcomes if outcome.truth is not False]
    chosen = max(
        _choices(sure, conflicts),
        key=lambda ids: (_sum(ids, found, facts, "low"), _sum(ids, found, facts, "high")),
    )
    weights = [{m.criterion: m.weight for m in outcome.missing} for outcome in outcomes]
    return Together(
        outcomes,
        tuple(id_ for id_ in documents if id_ in chosen),
        _totals(list(_choices(sure, conflicts)), list(_choices(may, conflicts)), found, facts),
        telling(weights),
    )


def _settled(
    documents: Mapping[str, Mapping[str, Any]],
    facts: Facts,
    conflicts: Mapping[str, frozenset[str]],
) -> Mapping[str, Outcome]:
    """Return what each aid comes to beside the others."""
    order = in_order(list(documents.values()))
    found: Mapping[str, Outcome] = {}
    for _ in range(len(order) + 1 if any(aid.later for aid in order) else 1):
        now: dict[str, Outcome] = {}
        for aid in order:
            others = {**now, **{other: found.get(other) for other in aid.later}}
            seen = facts.beside(_beside(aid.id, others, conflicts)) if aid.depends else facts
            now[aid.id] = evaluated(documents[aid.id], seen)
        if now == found:
            break
        found = now
    return found


def _conflicts(aids: Mapping[str, Mapping[str, Any]]) -> Mapping[str, frozenset[str]]:
    """Return which aids exclude each other, also where only one of them says so."""
    found: dict[str, set[str]] = {id_: set() for id_ in aids}
    for id_, aid in aids.items():
        for other in aid.get("combination", {}).get("exclusiveWith", ()):
            if other in found and other != id_:
                found[id_].add(other)
                found[other].add(id_)
    return {id_: frozenset(others) for id_, others in found.items()}


def _beside(
    aid: str, found: Mapping[str, Outcome | None], conflicts: Mapping[str, frozenset[str]]
) -> Iterator[Received]:
    """Yield what others come to, as an aid sees it that can be had with them."""
    for other, outcome in found.items():
        if other in conflicts[aid] or (outcome is not None and outcome.truth is False):
            continue
        if outcome is None:
            yield Received(other, sure=None)
            continue
        once = [span for span in outcome.amounts if span.period == ONCE]
        low, high = (once[0].low, once[0].high) if once else (ZERO, ZERO)
        sure = None if conflicts[other] else outcome.truth
        yield Received(other, low, high, sure=sure)


def _choices(
    ids: Sequence[str], conflicts: Mapping[str, frozenset[str]]
) -> Iterator[frozenset[str]]:
    """Yield every greatest set of aids that can be had together."""
    free = frozenset(id_ for id_ in ids if not conflicts[id_] & set(ids))
    tied = [id_ for id_ in ids if id_ not in free]
    for choice in islice(_sets(tied, conflicts), _ENOUGH):
        yield free | choice


def _sets(ids: Sequence[str], conflicts: Mapping[str, frozenset[str]]) -> Iterator[frozenset[str]]:
    """Yield the maximal sets without a conflict, each once."""
    if not ids:
        yield frozenset()
        return
    yield from _grown(frozenset(), list(ids), [], conflicts)


def _grown(
    taken: frozenset[str],
    open_: list[str],
    done: list[str],
    conflicts: Mapping[str, frozenset[str]],
) -> Iterator[frozenset[str]]:
    """Yield the maximal sets that hold ``taken`` and none of ``done`` (Bron and Kerbosch)."""
    if not open_ and not done:
        yield taken
    while open_:
        one = open_.pop(0)
        fits = conflicts[one]
        yield from _grown(
            taken | {one},
            [other for other in open_ if other not in fits],
            [other for other in done if other not in fits],
            conflicts,
        )
        done.append(one)


def _sum(ids: Iterable[str], found: Mapping[str, Outcome], facts: Facts, side: str) -> Decimal:
    """Return what a choice comes to once, in the currency of the situation."""
    total = _value(ids, found, facts, side, ONCE, facts.currency)
    return Decimal("Infinity") if total is None else total


def _value(
    ids: Iterable[str],
    found: Mapping[str, Outcome],
    facts: Facts,
    side: str,
    period: str,
    currency: str,
) -> Decimal | None:
    """Return what a choice comes to, each price a cap on what is given for it."""
    by_price: dict[str, Decimal | None] = {}
    for id_ in ids:
        outcome = found[id_]
        for benefit in outcome.benefits:
            span = benefit.amount
            if span is None or (span.period, span.currency) != (period, currency):
                continue
            value = span.high if side == "high" else span.low if benefit.applies else ZERO
            before = by_price.get(benefit.capped_by, ZERO)
            together = None if before is None or value is None else before + value
            by_price[benefit.capped_by] = together
    total: Decimal | None = ZERO
    for name, value in by_price.items():
        price = facts.money(PRICES[name], currency) if name in PRICES else None
        capped = least(value, price)
        if name in PRICES and price is None and side == "low":
            capped = min(capped or ZERO, ZERO)
        total = None if total is None or capped is None else total + capped
    return total


def _totals(
    sure: Sequence[frozenset[str]],
    may: Sequence[frozenset[str]],
    found: Mapping[str, Outcome],
    facts: Facts,
) -> tuple[Span, ...]:
    """Return the best that can be had for sure and at all, by period and currency."""
    kinds = dict.fromkeys(
        (span.period, span.currency) for outcome in found.values() for span in outcome.amounts
    )
    spans = []
    for period, currency in kinds:
        lows = [_value(ids, found, facts, "low", period, currency) or ZERO for ids in sure]
        highs = [_value(ids, found, facts, "high", period, currency) for ids in may]
        known = [high for high in highs if high is not None]
        high = max(known) if len(known) == len(highs) else None
        spans.append(Span(max(lows), high, currency, period))
    return tuple(spans)
