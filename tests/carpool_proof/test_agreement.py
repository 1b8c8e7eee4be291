"""Preflight and the sandbox agree on every journey, at creation and later.

``python bench/sandbox.py --agreement 100000`` does the same for as many as one likes.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from .agreement import disagreements, journeys
from .conftest import Anew


@pytest.mark.parametrize("rules", ["2025-08", "2026-07"])
def test_preflight_and_the_sandbox_agree(rules: str, tmp_path: Path, anew: Anew) -> None:
    found, seen = disagreements(list(journeys(1000, seed=11)), rules, tmp_path, anew())
    assert found == []
    everything = " ".join(seen)
    for outcome in (
        *("201", "400", "409", "expired", "distance_too_short"),
        *("too_many_trips_by_day", "too_close_trips", "ok", "anomaly_error", "fraud_error"),
    ):
        assert outcome in everything, seen
