"""How fast the reference operator answers among 100,000 journeys, in process.

    python bench/reference.py [--count 100000] [--queries 400] [--json FILE]

The mix is what MaaS platforms ask: mostly the default kilometre and quarter of an hour around a
person, then wider circles for the country and wider windows for planning. Each query starts from
a random item of the kind that is searched, moved by up to a kilometre, so that there is something
to find; "found" is how many items an answer has on average. A request goes through the whole app:
query read and judged, index, exact filter, walks, JSON. Times are wall clock, after a warm-up of
20 requests.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import time
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

from mobstd.ocss.reference import build
from mobstd.ocss.reference.stores import store_of
from mobstd.ocss.reference.world import KINDS, Recipe

NOW = 1_760_000_000
PATHS = dict(
    zip(
        KINDS,
        (
            "/driver_journeys",
            "/passenger_journeys",
            "/driver_regular_trips",
            "/passenger_regular_trips",
        ),
        strict=True,
    )
)
SHARES = (0.5, 0.2, 0.2, 0.1)
"""How often each search is asked, in the order of ``KINDS``."""


def _within(km: float) -> dict[str, Any]:
    return {"departureRadius": km, "arrivalRadius": km}


MIX: list[tuple[float, str, dict[str, Any]]] = [
    (0.40, "default: 1 km, 15 min", {}),
    (0.15, "1 km, 1 h", {"timeDelta": 3600}),
    (0.15, "5 km, 30 min", {**_within(5), "timeDelta": 1800}),
    (0.10, "10 km, 1 h, first 20", {**_within(10), "timeDelta": 3600, "count": 20}),
    (0.10, "20 km, 2 h", {**_within(20), "timeDelta": 7200}),
    (0.05, "50 km, 12 h, first 50", {**_within(50), "timeDelta": 43200, "count": 50}),
    (0.05, "nothing there", {"departureLat": 0.0, "departureLng": -30.0}),
]


def _query(random: Random, kind: str, item: dict[str, Any], changes: dict[str, Any]) -> str:
    query = {
        "departureLat": item["passengerPickupLat"] + random.uniform(-0.006, 0.006),
        "departureLng": item["passengerPickupLng"] + random.uniform(-0.006, 0.006),
        "arrivalLat": item["passengerDropLat"] + random.uniform(-0.006, 0.006),
        "arrivalLng": item["passengerDropLng"] + random.uniform(-0.006, 0.006),
    }
    if kind.endswith("journey"):
        query["departureDate"] = item["passengerPickupDate"] + random.randrange(-600, 600)
    else:
        query["departureTimeOfDay"] = item["schedules"][0]["passengerPickupTimeOfDay"]
    return f"{PATHS[kind]}?{urlencode({**query, **changes})}"


async def _ask(app: Any, target: str) -> tuple[int, bytes]:
    path, _, query = target.partition("?")
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [],
    }
    await app(scope, receive, send)
    return sent[0]["status"], sent[1]["body"]


def _percentile(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def _row(values: list[float]) -> str:
    figures = (statistics.median(values), _percentile(values, 0.9), _percentile(values, 0.99))
    return f"{len(values):6}" + "".join(f"{figure:11.2f}" for figure in figures)


def main() -> int:
    """Run the mix and print it with its percentiles."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=400)
    parser.add_argument("--json", metavar="FILE")
    args = parser.parse_args()
    random = Random(0)
    started = time.perf_counter()
    app = build(now=NOW, count=args.count)
    filled = time.perf_counter() - started
    store = store_of(Recipe(now=NOW, count=args.count))
    pools = {
        kind: store.some(kind, store.count(kind))[:: max(1, args.count // 4000)] for kind in KINDS
    }
    store.item.cache_clear()
    asked = []
    for _ in range(args.queries):
        kind = random.choices(KINDS, SHARES)[0]
        _, name, changes = random.choices(MIX, [share for share, _, _ in MIX])[0]
        asked.append((name, _query(random, kind, random.choice(pools[kind]), changes)))
    times: dict[str, list[float]] = {}
    found: dict[str, list[int]] = {}

    async def run() -> None:
        for _, target in asked[:20]:
            await _ask(app, target)
        store.item.cache_clear()
        for name, target in asked:
            before = time.perf_counter()
            status, body = await _ask(app, target)
            times.setdefault(name, []).append((time.perf_counter() - before) * 1000)
            if status != 200:
                raise SystemExit(f"{status} for {target}")
            found.setdefault(name, []).append(len(json.loads(body)))

    asyncio.run(run())
    every = [value for values in times.values() for value in values]
    print(f"{args.count} journeys and trips, filled in {filled:.1f} s; {len(every)} requests")
    head = ("median ms", "p90 ms", "p99 ms", "found")
    print(f"{'query':28}{'share':>7}{'n':>6}" + "".join(f"{name:>11}" for name in head))
    for share, name, _ in MIX:
        values, came = times.get(name, [0.0]), statistics.mean(found.get(name, [0]))
        print(f"{name:28}{share:7.0%}{_row(values)}{came:11.1f}")
    median = statistics.median(every)
    print(f"{'all':28}{'100%':>7}{_row(every)}")
    print(f"median {median:.2f} ms, to be under 10 ms: {'yes' if median < 10 else 'NO'}")
    if args.json:
        figures = {"count": args.count, "median_ms": median, "p90_ms": _percentile(every, 0.9)}
        Path(args.json).write_text(json.dumps(figures) + "\n")
    return 0 if median < 10 else 1


if __name__ == "__main__":
    sys.exit(main())
