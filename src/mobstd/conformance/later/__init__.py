"""What shows only later: tried where the clock of a target can be moved."""

from __future__ import annotations

from mobstd.conformance.later.watch import EACH, KINDS, kept, unmoved, watch

__all__ = ["EACH", "KINDS", "kept", "unmoved", "watch"]
