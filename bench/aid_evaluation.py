"""How long it takes to evaluate the aids of a place for a person: median, in CPU milliseconds.

python bench/aid_evaluation.py [AIDS.ndjson]

The ten invented aids, all of them together; with a file of aids, all of that file as well.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from mobstd.mobility_aid import evaluate_all
from mobstd.mobility_aid.reference.loading import aids_of
from mobstd.mobility_aid.situations import home

SITUATION = {
    "date": "2026-11-28",
    "answers": {
        **home("33063"),
        "person.age": 30,
        "vehicle.category": "e-bike",
        "vehicle.condition": "new",
        "vehicle.priceInclTax": "1500",
        "household.referenceTaxIncomePerShare": "8000",
    },
    "received": [],
}
OPEN = {"date": "2026-11-28", "answers": {**home("33063"), "vehicle.category": "e-bike"}}
TIMES = 200


def measured(aids: list[dict[str, Any]], situation: dict[str, Any], times: int) -> float:
    """Return the median of several evaluations, in milliseconds of CPU."""
    evaluate_all(aids, situation)
    found = []
    for _ in range(times):
        began = time.process_time()
        evaluate_all(aids, situation)
        found.append(time.process_time() - began)
    return statistics.median(found) * 1000


def main() -> None:
    """Measure and print."""
    sets = {"ten invented aids": (aids_of(None), TIMES)}
    if len(sys.argv) > 1:
        lines = Path(sys.argv[1]).read_text("utf-8").splitlines()
        sets[sys.argv[1]] = ([json.loads(line) for line in lines if line], TIMES // 10)
    for name, (aids, times) in sets.items():
        for said, situation in (("all answered", SITUATION), ("most open", OPEN)):
            print(f"{name}: {len(aids)} aids, {said}: {measured(aids, situation, times):.2f} ms")


if __name__ == "__main__":
    main()
