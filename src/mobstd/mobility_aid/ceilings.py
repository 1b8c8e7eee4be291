"""What keeps an amount down: its limits, the price, and what other aids leave of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from typing import Any

from mobstd.mobility_aid.amounts import PRICES, Ground
from mobstd.mobility_aid.facts import RECEIVED, decimal
from mobstd.mobility_aid.sums import CENT, ONCE, ZERO, Sum
from mobstd.mobility_aid.truth import Reason, shared

__all__ = ["lowered", "price_of"]

_BOUGHT = frozenset({"grant", "reimbursement", "price-reduction", "voucher", "loan"})
_TOGETHER = ("deductsOtherAids", "totalCap", "totalCapRate")


def price_of(benefit: Mapping[str, Any]) -> str:
    """Return which price a benefit never exceeds, or ``none``."""
    once = benefit.get("period", ONCE) == ONCE and benefit["kind"] in _BOUGHT
    found: str = benefit.get("price", "purchase" if once else "none")
    return found


def lowered(
    found: Sum,
    benefit: Mapping[str, Any],
    combination: Mapping[str, Any],
    ground: Ground,
    at: str,
) -> Sum:
    """Return what a benefit comes to under all that keeps it down.

    Args:
        found: what its formula comes to.
        benefit: a document of the schema ``benefit``.
        combination: how the aid goes with others; empty where it does not say.
        ground: what it is computed from.
        at: where the benefit stands in the aid.
    """
    period = benefit.get("period", ONCE)
    for n, limit in enumerate(benefit.get("limits", ())):
        if limit["period"] == period and "money" in limit:
            top = decimal(limit["money"]) or ZERO
            found = _capped(found, Sum(top, top), Reason("limit", f"{at}/limits/{n}", "reduces"))
    price = PRICES.get(price_of(benefit))
    if price is not None:
        found = _capped(found, _price(price, ground), Reason("price-cap", at, "reduces"))
    return _beside(found, combination, ground) if period == ONCE else found


def _price(criterion: str, ground: Ground) -> Sum:
    known = ground.facts.money(criterion, ground.currency)
    return Sum(missing={criterion: 1.0}) if known is None else Sum(known, known)


def _capped(found: Sum, cap: Sum, reason: Reason) -> Sum:
    """Return a sum under a cap, with the reason where the cap is known and lowers it."""
    after = found.capped(cap)
    told = cap.exact and (after.low < found.low or after.high != found.high)
    return _after(after, found, cap.missing, reason if told else None)


def _after(after: Sum, before: Sum, missing: Mapping[str, float], reason: Reason | None) -> Sum:
    weights = [each for each in (before.missing, missing) if each]
    reasons = before.reasons if reason is None else (*before.reasons, reason)
    return replace(after, reasons=reasons, missing=shared(weights))


def _beside(found: Sum, combination: Mapping[str, Any], ground: Ground) -> Sum:
    """Return a sum after other aids: taken off, or under a cap on all of them together."""
    if not any(combination.get(name) for name in _TOGETHER):
        return found
    low, high = ground.others(None)
    missing = {} if low == high else {RECEIVED: 1.0}
    if combination.get("deductsOtherAids"):
        after = found.less(low, high)
        reason = Reason("other-aids", "/combination/deductsOtherAids", "reduces")
        found = _after(after, found, missing, None if after.high == found.high else reason)
    for name in _TOGETHER[1:]:
        if name in combination:
            cap = _total(name, combination[name], ground)
            left = replace(cap.less(low, high), missing=_missing(cap.missing, missing))
            found = _capped(found, left, Reason("total-cap", f"/combination/{name}", "reduces"))
    return found


def _missing(*weights: Mapping[str, float]) -> Mapping[str, float]:
    return shared([each for each in weights if each])


def _total(name: str, value: str, ground: Ground) -> Sum:
    """Return the most that all aids together may be."""
    stated = decimal(value) or ZERO
    if name == "totalCap":
        return Sum(stated, stated)
    price = _price(PRICES["purchase"], ground)
    if price.high is None:
        return price
    top = (price.high * stated / Decimal(100)).quantize(CENT, ROUND_DOWN)
    return Sum(top, top)
