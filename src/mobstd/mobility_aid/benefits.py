"""What one benefit of an aid comes to, and whether it applies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mobstd.mobility_aid.amounts import Ground, amount, is_price
from mobstd.mobility_aid.ceilings import lowered, price_of
from mobstd.mobility_aid.conditions import HOLDS
from mobstd.mobility_aid.sums import ONCE, Span, Sum
from mobstd.mobility_aid.truth import VERDICTS, Judged, Reason, Truth, every, negated

__all__ = ["Granted", "Weighed", "weighed"]


@dataclass(frozen=True, slots=True)
class Granted:
    """What one benefit comes to.

    Attributes:
        pointer: the benefit in the aid.
        kind: what is given.
        applies: whether it applies, where the aid does.
        amount: what is given; ``None`` for a fare.
        price: what a person pays, of a fare.
        capped_by: the price that it never exceeds: ``purchase``, ``subscription``, ``fare``,
            ``expense`` or ``none``.
    """

    pointer: str
    kind: str
    applies: Truth
    amount: Span | None
    price: Span | None
    capped_by: str

    def to_json(self) -> dict[str, Any]:
        """Return a document of the schema ``granted``."""
        spans = {"amount": self.amount, "price": self.price}
        return {
            "pointer": self.pointer,
            "kind": self.kind,
            "verdict": VERDICTS[self.applies],
            **{name: span.to_json() for name, span in spans.items() if span is not None},
        }


@dataclass(frozen=True, slots=True)
class Weighed:
    """A benefit with what was found on the way.

    Attributes:
        granted: what it comes to.
        applies: whether it applies, and why.
        sum: its amount, with what would narrow it.
    """

    granted: Granted
    applies: Judged
    sum: Sum


def weighed(
    benefit: Mapping[str, Any], ground: Ground, at: str, beside: Mapping[str, Any]
) -> Weighed:
    """Say what a benefit comes to.

    Args:
        benefit: a document of the schema ``benefit``.
        ground: what it is computed from.
        at: where it stands in the aid.
        beside: the ``combination`` of the aid; empty where it has none.
    """
    found = amount(benefit["amount"], ground, f"{at}/amount")
    parts = [_role(benefit, ground, at), ground.judged(benefit.get("when"), f"{at}/when")]
    applies = every([*parts, _something(found, f"{at}/amount")])
    found, paid = found.rounded(), is_price(benefit["amount"])
    if not paid:
        found = lowered(found, benefit, beside, ground, at)
    if found.exact:
        found = replace(found, missing={})
    span = Span(found.low, found.high, ground.currency, benefit.get("period", ONCE))
    given, price = (None, span) if paid else (span, None)
    granted = Granted(at, benefit["kind"], applies.truth, given, price, price_of(benefit))
    return Weighed(granted, applies, found)


def _something(found: Sum, at: str) -> Judged:
    """Judge whether an amount is no refusal."""
    if found.refused is False:
        return HOLDS
    effect = "open" if found.refused is None else "for"
    refusal = Judged(found.refused, (Reason("benefit", at, effect),), found.missing)
    return negated(refusal)


def _role(benefit: Mapping[str, Any], ground: Ground, at: str) -> Judged:
    if "role" not in benefit:
        return HOLDS
    wanted = {"criterion": "trip.role", "operator": "eq", "value": benefit["role"]}
    return ground.judged(wanted, f"{at}/role")
