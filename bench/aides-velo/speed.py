"""What all bike aids cost for many people, beside the engine that they come from, as a ratio.

    python bench/aides-velo/speed.py package --people 1000 --seed 1

CPU seconds of one process each, after both have started; the package as for ``agreement.py``.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from pathlib import Path
from random import Random
from typing import Any

from agreement import answers, places, read, situation

from mobstd.mobility_aid import evaluate_all


def _theirs(folder: Path, asked: list[dict[str, Any]]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    answers(folder, asked)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("package", type=Path)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--date", default="2024-06-01")
    options = parser.parse_args()
    aids, names = read(options.package)
    communes, random = list(places(options.package).values()), Random(options.seed)
    people = [situation(random, random.choice(communes), names, ()) for _ in range(options.people)]
    wanted = [aid["identifiers"][0]["value"] for aid in aids]
    start = _theirs(options.package, [])
    original = _theirs(options.package, [{"inputs": p, "aids": wanted} for p, _ in people]) - start
    began = time.process_time()
    for _, ours in people:
        evaluate_all(aids, {"date": options.date, "answers": ours})
    spent = time.process_time() - began
    figures = {
        "aids": len(aids),
        "people": options.people,
        "original_seconds": round(original, 2),
        "seconds": round(spent, 2),
        "ratio": round(spent / original, 2),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
