"""What holds of evaluation whatever the aid and the person: knowing more never contradicts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mobstd.mobility_aid import Outcome, evaluate, evaluate_all
from mobstd.mobility_aid.sums import Span

from .documents import fitting
from .worlds import IDS, aids, knowledge, partly

often = settings(max_examples=40, suppress_health_check=list(HealthCheck))


def narrows(before: tuple[Span, ...], after: tuple[Span, ...]) -> bool:
    """Say whether each amount after lies within the one before."""
    known = {span.period: span for span in before}
    for span in after:
        wider = known[span.period]
        if span.low < wider.low:
            return False
        if wider.high is not None and (span.high is None or span.high > wider.high):
            return False
    return True


def agrees(before: Outcome, after: Outcome) -> bool:
    """Say whether knowing more did not contradict."""
    if before.truth is not None and before.truth is not after.truth:
        return False
    return after.truth is False or narrows(before.amounts, after.amounts)


@often
@given(st.data())
def test_more_answers_never_contradict(data: st.DataObject) -> None:
    aid, full = data.draw(aids()), data.draw(knowledge())
    some = data.draw(partly(full))
    fewer = data.draw(partly(some)) if some["answers"] else some
    assert agrees(evaluate(aid, fewer), evaluate(aid, some))
    assert agrees(evaluate(aid, some), evaluate(aid, full))


@often
@given(aids(), knowledge())
def test_full_knowledge_decides(aid: dict[str, Any], full: dict[str, Any]) -> None:
    outcome = evaluate(aid, full)
    assert outcome.truth is not None
    assert outcome.missing == ()
    assert all(span.exact is not None for span in outcome.amounts)


@often
@given(st.data())
def test_unknown_says_what_is_missing(data: st.DataObject) -> None:
    """Answering what is asked, one after another, reaches what full knowledge gives."""
    aid, full = data.draw(aids()), data.draw(knowledge())
    known: dict[str, Any] = {"date": full["date"], "answers": {}}
    for _ in range(len(full["answers"]) + 2):
        outcome = evaluate(aid, known)
        if not outcome.missing:
            break
        first = outcome.missing[0].criterion
        if first == "received":
            known["received"] = full["received"]
        elif first == "household.referenceTaxIncomePerShare":
            for name in ("household.referenceTaxIncome", "household.taxShares"):
                known["answers"][name] = full["answers"][name]
        else:
            known["answers"][first] = full["answers"][first]
    end = evaluate(aid, full)
    assert (outcome.truth, outcome.amounts) == (end.truth, end.amounts)


@often
@given(st.data())
def test_never_more_than_the_price(data: st.DataObject) -> None:
    aid, full = data.draw(aids()), data.draw(knowledge())
    outcome = evaluate(aid, full)
    price = Decimal(full["answers"]["vehicle.priceInclTax"])
    for benefit in outcome.benefits:
        if benefit.amount is not None and benefit.amount.period == "once":
            assert 0 <= benefit.amount.low <= price


@often
@given(aids(), knowledge())
def test_an_outcome_is_a_document(aid: dict[str, Any], full: dict[str, Any]) -> None:
    fitting("evaluation", evaluate(aid, full).to_json())
    fitting("evaluation", evaluate(aid, {**full, "answers": {}}).to_json())


@often
@given(st.data())
def test_together_more_answers_never_contradict(data: st.DataObject) -> None:
    several = [data.draw(aids(id_)) for id_ in IDS[: data.draw(st.integers(1, 4))]]
    full = data.draw(knowledge())
    before = evaluate_all(several, data.draw(partly(full)))
    after = evaluate_all(several, full)
    for one, other in zip(before.outcomes, after.outcomes, strict=True):
        assert agrees(one, other)
    known = {span.period for span in before.totals}
    assert narrows(before.totals, tuple(s for s in after.totals if s.period in known))
    fitting("joint-evaluation", after.to_json())


@often
@given(st.data())
def test_together_never_more_than_the_price(data: st.DataObject) -> None:
    several = [data.draw(aids(id_)) for id_ in IDS]
    full = data.draw(knowledge())
    found = evaluate_all(several, full)
    price = Decimal(full["answers"]["vehicle.priceInclTax"])
    for span in found.totals:
        if span.period == "once":
            assert 0 <= span.low <= (span.high or 0) <= price
    assert set(found.chosen) <= {outcome.aid for outcome in found.eligible}
