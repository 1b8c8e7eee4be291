"""Sums that are not fully known: the least and the most that they can be, exactly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from mobstd.mobility_aid.truth import Reason, Truth

__all__ = ["CENT", "NOTHING", "ONCE", "ZERO", "Span", "Sum", "least", "most"]

ZERO = Decimal(0)
CENT = Decimal("0.01")
ONCE = "once"
"""The period of what is given one time."""

High = Decimal | None


def least(one: High, other: High) -> High:
    """Return the smaller; ``None`` is beyond every sum."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def most(one: High, other: High) -> High:
    """Return the greater; ``None`` is beyond every sum."""
    return None if one is None or other is None else max(one, other)


@dataclass(frozen=True, slots=True)
class Sum:
    """What an amount can be, and whether it is a refusal.

    Attributes:
        low: the least.
        high: the most; ``None``: nobody knows.
        refused: whether there is nothing at all rather than a sum.
        reasons: what left it open or lowered it.
        missing: by criterion, how much its answer would tell.
    """

    low: Decimal = ZERO
    high: High = None
    refused: Truth = False
    reasons: tuple[Reason, ...] = ()
    missing: Mapping[str, float] = field(default_factory=dict)

    @property
    def exact(self) -> bool:
        """Whether it is one sum."""
        return self.low == self.high

    @property
    def decided(self) -> bool:
        """Whether no answer can change it any more."""
        return self.exact and self.refused is not None

    def within(self, low: Decimal, high: High) -> Sum:
        """Return it with other bounds."""
        return replace(self, low=low, high=high)

    def capped(self, cap: Sum) -> Sum:
        """Return it with a cap; a refused cap is none."""
        if cap.refused is True:
            return self
        high = self.high if cap.refused is None else least(self.high, cap.high)
        return self.within(min(self.low, cap.low), high)

    def floored(self, floor: Sum) -> Sum:
        """Return it with a floor; a refused floor is none."""
        if floor.refused is True:
            return self
        low = self.low if floor.refused is None else max(self.low, floor.low)
        return self.within(low, most(self.high, floor.high))

    def less(self, low: Decimal, high: High) -> Sum:
        """Return it after what lies between ``low`` and ``high`` is taken off."""
        rest = ZERO if high is None else max(ZERO, self.low - high)
        return self.within(rest, None if self.high is None else max(ZERO, self.high - low))

    def rounded(self) -> Sum:
        """Return it in cents, halves up."""
        high = None if self.high is None else _cents(self.high)
        return self.within(_cents(self.low), high)


def _cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


NOTHING = Sum(ZERO, ZERO, True)
"""A refusal."""


@dataclass(frozen=True, slots=True)
class Span:
    """A sum or what it lies between, with its currency and the time that it is for.

    Attributes:
        low: the least.
        high: the most; ``None``: nobody knows.
    """

    low: Decimal
    high: High
    currency: str
    period: str = ONCE

    @property
    def exact(self) -> Decimal | None:
        """The sum, where it is one."""
        return self.low if self.low == self.high else None

    def to_json(self) -> dict[str, Any]:
        """Return a document of the schema ``span``."""
        high = {} if self.high is None else {"high": format(self.high, "f")}
        return {
            "low": format(self.low, "f"),
            **high,
            "currency": self.currency,
            "period": self.period,
        }

    @classmethod
    def total(cls, sums: Iterable[Sum], currency: str, period: str) -> Span:
        """Return what sums come to together."""
        low, high = ZERO, ZERO
        top: High = high
        for one in sums:
            low += one.low
            top = None if top is None or one.high is None else top + one.high
        return cls(low, top, currency, period)
