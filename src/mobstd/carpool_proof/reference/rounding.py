"""Instants and places as files show them: less exact than they were declared."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_DOWN, Decimal
from zoneinfo import ZoneInfo

from mobstd.carpool_proof.reference.communes import Commune
from mobstd.carpool_proof.rules.profile import Rule

__all__ = ["Rounding"]


class Rounding:
    """What one rule of a profile says on times and places.

    Args:
        rule: ``export`` or ``open_data``.
        zone: of the times.
    """

    def __init__(self, rule: Rule, zone: ZoneInfo) -> None:
        self._step = rule["step"] * 1000
        self._dense = rule.bites("density")
        self._decimals = rule["dense_decimals"], rule["sparse_decimals"]
        self._zone = zone

    def moment(self, at: int) -> datetime:
        """Return an instant in milliseconds rounded up to the step, on the clocks of the zone."""
        up = -(-at // self._step) * self._step
        return datetime.fromtimestamp(up // 1000, UTC).astimezone(self._zone)

    def degrees(self, value: float, where: Commune) -> str:
        """Return a coordinate cut to as many decimals as the density allows."""
        dense, sparse = self._decimals
        places = dense if self._dense(where.density) else sparse
        cut = Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), ROUND_DOWN)
        return format(cut.normalize() + 0, "f")
