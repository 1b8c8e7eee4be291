"""What preflight costs beyond validation alone, in one run, and how both grow.

    python bench/preflight.py [JOURNEYS] [--no-phones]

Writes invented journeys (of a hundredth as many persons, over sixty days) to a temporary folder,
validates them with the overlay ``server`` in one process, and preflights them with a history of a
tenth of them; each in a process of its own. Prints journeys a second, the ratio of CPU seconds,
and peak memory; then the same for a third of them, so that growth shows.
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


def compared(folder: Path, count: int, more: list[str]) -> None:
    """Measure validation and preflight of so many journeys."""
    file, past = folder / f"{count}.ndjson", folder / f"{count}.past.ndjson"
    write(file, count, 1)
    write(past, count // 10, 2)
    size = file.stat().st_size / 1e6
    schema = f"{STANDARD}/journey"
    validation, its_peak = measured(
        "validate", str(file), "--schema", schema, "--overlay", "server", "--jobs", "1"
    )
    told = ["--sent-after", "1h", "--limit", "1", "--history", str(past), *more]
    preflight, peak = measured("preflight", str(file), *told)
    written, peak_written = measured("preflight", str(file), *told, "--out", str(folder / "out"))
    print(f"{count:>9,} journeys, {size:,.0f} MB")
    for name, cost, most in (
        ("validate, one process", validation, its_peak),
        ("preflight", preflight, peak),
        ("preflight, with files", written, peak_written),
    ):
        rate, ratio = count / cost, cost / validation
        print(f"  {name:<24}{rate:>10,.0f}/s{ratio:>7.2f} x{most:>8.0f} MB")


def main() -> None:
    """Measure."""
    more = [word for word in sys.argv[1:] if word.startswith("--")]
    counts = [int(word) for word in sys.argv[1:] if not word.startswith("--")]
    count = counts[0] if counts else 200_000
    with tempfile.TemporaryDirectory() as folder:
        for one in (count // 3, count):
            compared(Path(folder), one, more)


if __name__ == "__main__":
    main()
