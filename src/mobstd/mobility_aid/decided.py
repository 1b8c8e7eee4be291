"""What was decided and what happened, as it was said: kept in all that is shown afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange
from mobstd.judging.pointer import MISSING, get
from mobstd.judging.rule import RunRule, Trouble
from mobstd.mobility_aid.acts import Act, acts

__all__ = ["RULES"]

Judged = Iterator[tuple[Exchange, Sequence[Trouble]]]

DECISIONS = ("granted", "rejected", "revoked")
SAID = ("/code", "/payment/type", "/payment/amount", "/payment/currency", "/payment/last")
"""What a step says of a decision and the decision repeats; its words are the funder's own."""


def _decisions(exchanges: Sequence[Exchange], context: Context) -> Judged:
    """AID-SUB-13: a decision that was taken is shown with the code and the payment it was sent."""
    decided: dict[str, Any] = {}
    for act in acts(exchanges):
        if act.refused:
            continue
        if not act.reads:
            decided.pop(act.key, None)
        if act.steps and get(act.sent, "/to") in DECISIONS:
            decided[act.key] = act.sent
        sent = decided.get(act.key)
        if sent is not None and get(act.shown, "/state") == get(sent, "/to"):
            yield act.exchange, list(_otherwise(act, sent, context))


def _otherwise(act: Act, sent: Any, context: Context) -> Iterator[Trouble]:
    wrong = context.refused(act.exchange)
    if not isinstance(get(act.shown, "/decision"), dict):
        return
    for name in SAID:
        at = f"/decision{name}"
        said, shown = get(sent, name), get(act.shown, at)
        if said is MISSING or shown is MISSING or wrong.touches(at, frozenset()):
            continue
        if not _alike(said, shown):
            yield Trouble("decided-otherwise", at, expected=said, received=shown)


def _alike(said: Any, shown: Any) -> bool:
    """Say whether two texts are one, or one amount."""
    try:
        return bool(said == shown or Decimal(said) == Decimal(shown))
    except (InvalidOperation, TypeError, ValueError):
        return False


def _histories(exchanges: Sequence[Exchange], context: Context) -> Judged:
    """AID-SUB-14: what was once told of a history is told of it ever after.

    Of a shorter one, an older copy say, the entries that it has are compared.
    """
    known: dict[str, list[Any]] = {}
    for act in acts(exchanges):
        history = get(act.shown, "/history")
        if not isinstance(history, list) or context.problems(act.exchange):
            continue
        before, now = known.get(act.key, []), [_happened(entry) for entry in history]
        if before:
            yield act.exchange, list(_rewritten(before, now))
        known[act.key] = max(before, now, key=len)


def _happened(entry: Mapping[str, Any]) -> tuple[str, str]:
    return entry["event"], entry["state"]


def _rewritten(before: Sequence[Any], now: Sequence[Any]) -> Iterator[Trouble]:
    for place, (old, new) in enumerate(zip(before, now, strict=False)):
        if old != new:
            yield Trouble(
                "history-rewritten", f"/history/{place}", expected=old[0], received=new[0]
            )
            return


RULES: Mapping[str, RunRule] = {
    "decisions-kept": RunRule(_decisions),
    "history-kept": RunRule(_histories),
}
"""Rules of what was decided, by name."""
