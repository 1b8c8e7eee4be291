"""Evaluations of a catalogue beside ours: of the aids that it lists, for the same answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange
from mobstd.judging.rule import SURPRISED, RunRule, Trouble
from mobstd.mobility_aid.dependence import in_order
from mobstd.mobility_aid.evaluation import Outcome, evaluate
from mobstd.mobility_aid.snapshots import sound
from mobstd.mobility_aid.sums import CENT

__all__ = ["RULES"]

Judged = Iterator[tuple[Exchange, Sequence[Trouble]]]


def _known(exchanges: Sequence[Exchange], context: Context) -> dict[str, Any]:
    """Return the aids that were listed, by id; none that was not the same each time."""
    found: dict[str, Any] = {}
    for exchange in exchanges:
        if exchange.operation == "listAids" and sound(exchange, context):
            for aid in exchange.body["aids"]:
                same = found.setdefault(aid["id"], aid) == aid
                found[aid["id"]] = aid if same else None
    return {name: aid for name, aid in found.items() if aid is not None}


def _situation(exchange: Exchange) -> Any:
    try:
        asked = json.loads(exchange.request.body or b"")
        return asked["situation"] if exchange.operation == "evaluateAids" else asked
    except (ValueError, LookupError, TypeError):
        return None


def _judge(exchanges: Sequence[Exchange], context: Context) -> Judged:
    """AID-CAT-18: who is surely eligible here is there, with the same amount, and the reverse.

    Nobody is refused either who is eligible once more is known: an answer that is missing refuses
    nobody, whatever else an evaluator knows.
    """
    told = list(_told(exchanges, context))
    surely: dict[str, list[Mapping[str, Any]]] = {}
    for one in told:
        if one.ours.truth is True:
            surely.setdefault(one.theirs["aid"], []).append(one.situation)
    for one in told:
        troubles = list(_apart(one.theirs, one.ours, one.pointer))
        open_ = one.ours.truth is None and one.theirs["verdict"] == "not-eligible"
        known = surely.get(one.theirs["aid"], ()) if open_ else ()
        if any(_more(one.situation, more) for more in known):
            where = f"{one.pointer}/verdict"
            troubles.append(Trouble("refused-unasked", where, {}, "unknown", "not-eligible"))
        yield one.exchange, troubles


@dataclass(frozen=True)
class _Told:
    """What a catalogue says of an aid for a situation, and what we say."""

    exchange: Exchange
    pointer: str
    situation: Mapping[str, Any]
    theirs: Mapping[str, Any]
    ours: Outcome


def _told(exchanges: Sequence[Exchange], context: Context) -> Iterator[_Told]:
    """Yield what can be compared: aids that nothing else was said beside, or that stand alone."""
    aids = _known(exchanges, context)
    beside = {one.id for one in in_order(list(aids.values())) if one.depends}
    beside |= {name for name, aid in aids.items() if "combination" in aid}
    for exchange in exchanges:
        single = exchange.operation == "evaluateAid"
        if not (single or exchange.operation == "evaluateAids") or not sound(exchange, context):
            continue
        situation = _situation(exchange)
        told = [("", exchange.body)] if single else _listed(exchange.body)
        for pointer, one in told:
            aid = aids.get(one["aid"])
            if aid is None or situation is None or (len(told) > 1 and one["aid"] in beside):
                continue
            try:
                ours = evaluate(aid, situation)
            except SURPRISED:
                continue
            yield _Told(exchange, pointer, situation, one, ours)


def _more(less: Mapping[str, Any], more: Mapping[str, Any]) -> bool:
    """Say whether a situation says all that another says, and more answers."""
    rest = {name: value for name, value in less.items() if name != "answers"}
    same = rest == {name: value for name, value in more.items() if name != "answers"}
    return same and less["answers"].items() <= more["answers"].items()


def _listed(body: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(f"/aids/{place}", one) for place, one in enumerate(body["aids"])]


def _apart(theirs: Mapping[str, Any], ours: Outcome, pointer: str) -> Iterator[Trouble]:
    verdict = theirs["verdict"]
    given = verdict == "eligible"
    if (given and ours.truth is not True) or (ours.truth is True and verdict == "not-eligible"):
        yield Trouble(
            "other-verdict", f"{pointer}/verdict", {}, expected=ours.verdict, received=verdict
        )
        return
    if not given:
        return
    sums = {one["period"]: one for one in theirs["amounts"]}
    for span in (one.to_json() for one in ours.amounts):
        there = sums.get(span["period"])
        if there is not None and _contradict(span, there):
            yield Trouble("other-amount", f"{pointer}/amounts", {}, expected=span, received=there)


def _contradict(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    """Say whether two ranges share nothing, or one sum that is known is told as another.

    How a part of a cent is rounded, nothing says: one cent is no difference.
    """
    low, high = (_decimal(ours.get(end)) for end in ("low", "high"))
    least, most = (_decimal(theirs.get(end)) for end in ("low", "high"))
    if low is not None and low == high:
        return any(end is None or abs(end - low) > CENT for end in (least, most))
    above = high is not None and least is not None and least > high + CENT
    below = low is not None and most is not None and most < low - CENT
    return above or below


def _decimal(text: Any) -> Decimal | None:
    if text is None:
        return None
    try:
        return Decimal(str(text))
    except InvalidOperation:
        return None


RULES: Mapping[str, RunRule] = {"evaluation-truth": RunRule(_judge)}
"""The checks of kind ``rule`` name it."""
