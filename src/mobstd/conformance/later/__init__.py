"""What shows only later: tried where the clock of a target can be moved."""

from __future__ import annotations

from mobstd.conformance.later.watch import KINDS, kept, unmoved, watch

__all__ = ["KINDS", "kept", "unmoved", "watch"]
