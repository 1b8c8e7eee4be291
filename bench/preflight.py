"""What preflight costs beyond validation alone, in one run, and how both grow.

    python bench/preflight.py [JOURNEYS]

Writes invented journeys (of a hundredth as many persons, over sixty days) to a temporary folder,
validates them with the overlay ``server`` in one process, and preflights them with a history of a
tenth of them; each in a process of its own, once with all that is asked of phone numbers and once
without any of it (``--no-format phone``, ``--no-phones``). Prints journeys a second, the ratio of
CPU seconds to validation without phone numbers, and peak memory; then the share of numbers that
are distinct; then the same for a third of the journeys, so that growth shows.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mobstd.canon.files import load
from mobstd.canon.standard import find

STANDARD = "carpool-proof@3.4"
DAY = datetime(2026, 7, 1, tzinfo=UTC)
RUN = """
import sys
from mobstd.cli import main
code = main(sys.argv[1:])
sys.exit(0 if code in (0, 1) else code)
"""


def write(path: Path, count: int, seed: int) -> None:
    """Write journeys, one a line."""
    example = load(find(STANDARD).folder / "journey.schema.json")["examples"][0]
    text = json.dumps(example)
    dice = random.Random(seed)
    people = max(20, count // 100)
    keys = [hashlib.sha256(str(n).encode()).hexdigest() for n in range(people)]
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            one = json.loads(text)
            driver, passenger = dice.sample(range(people), 2)
            if dice.random() < 0.6:
                passenger = driver ^ 1 if driver ^ 1 < people else passenger
            at = DAY + timedelta(seconds=dice.randrange(60 * 86_400))
            one["operator_journey_id"] = f"j{seed}-{number}"
            one["operator_trip_id"] = f"t{seed}-{number // 2}"
            one["start"]["datetime"] = at.isoformat().replace("+00:00", "Z")
            end = at + timedelta(minutes=dice.randrange(10, 50))
            one["end"]["datetime"] = end.isoformat().replace("+00:00", "Z")
            for role, person in (("driver", driver), ("passenger", passenger)):
                identity = one[role]["identity"]
                identity |= {"identity_key": keys[person], "operator_user_id": f"u{person}"}
                identity["phone_trunc"] = f"+3363998{person % 100:02}"
                identity["phone"] = f"+3363998{person % 100:02}{person % 97:02}"
            file.write(json.dumps(one) + "\n")


def measured(*arguments: str) -> tuple[float, float]:
    """Return CPU seconds and peak megabytes of a run of mobstd, less what starting takes."""
    seconds, megabytes = [], 0.0
    for words in (["standards"], list(arguments)):
        process = subprocess.Popen(
            [sys.executable, "-c", RUN, *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        _, status, usage = os.wait4(process.pid, 0)
        assert process.stderr is not None
        told = process.stderr.read().decode()
        process.stderr.close()
        process.returncode = status
        assert status == 0, told
        seconds.append(usage.ru_utime + usage.ru_stime)
        megabytes = usage.ru_maxrss / 1024
    return seconds[1] - seconds[0], megabytes


def numbers(file: Path) -> tuple[int, int]:
    """Return how many phone numbers a file has, whole and truncated, and how many distinct ones."""
    total, distinct = 0, set()
    with file.open("rb") as lines:
        for line in lines:
            journey = json.loads(line)
            for role in ("driver", "passenger"):
                found = [journey[role]["identity"].get(name) for name in ("phone", "phone_trunc")]
                total += sum(one is not None for one in found)
                distinct |= set(found)
    return total, len(distinct - {None})


def compared(folder: Path, count: int) -> None:
    """Measure validation and preflight of so many journeys."""
    file, past = folder / f"{count}.ndjson", folder / f"{count}.past.ndjson"
    write(file, count, 1)
    write(past, count // 10, 2)
    total, distinct = numbers(file)
    print(f"{count:>9,} journeys, {file.stat().st_size / 1e6:,.0f} MB; {total:,} phone numbers,")
    print(f"          {distinct:,} distinct ({distinct / total:.1%}), all of the French plan")
    validate = ["validate", str(file), "--schema", f"{STANDARD}/journey", "--overlay", "server"]
    validate += ["--jobs", "1"]
    dropped = ["--no-format", "phone", "--no-format", "phone-truncated"]
    told = ["preflight", str(file), "--sent-after", "1h", "--limit", "1", "--history", str(past)]
    alone = 0.0
    for name, words in (
        ("validate, no phones", [*validate, *dropped]),
        ("preflight, no phones", [*told, "--no-phones"]),
        ("validate", validate),
        ("preflight", told),
        ("preflight, with files", [*told, "--out", str(folder / "out")]),
    ):
        cost, most = measured(*words)
        alone = alone or cost
        print(f"  {name:<24}{count / cost:>10,.0f}/s{cost / alone:>7.2f} x{most:>8.0f} MB")


def main() -> None:
    """Measure."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory() as folder:
        for one in (count // 3, count):
            compared(Path(folder), one)


if __name__ == "__main__":
    main()
