"""How long a search by place takes among many aids: median and 95th percentile of a page.

python bench/aid_search.py [AIDS]
"""

from __future__ import annotations

import copy
import random
import statistics
import sys
import time

from mobstd.mobility_aid.reference.loading import aids_of
from mobstd.mobility_aid.reference.service import Publisher
from mobstd.mobility_aid.reference.shelf import Shelf
from mobstd.mobility_aid.registry import region_of
from mobstd.serving.database import opened

SHARES = (
    ("commune", 0.5),
    ("epci", 0.3),
    ("department", 0.15),
    ("region", 0.045),
    ("country", 0.005),
)
SEARCHES = 500


def places(rng: random.Random) -> tuple[list[str], list[str]]:
    """Return invented codes of communes and EPCI: as many as there are in France."""
    departments = [code for code in region_of() if len(code) == 2]
    communes = [f"{rng.choice(departments)}{rng.randrange(1, 400):03}" for _ in range(35_000)]
    return communes, [f"2{rng.randrange(10**8):08}" for _ in range(1_250)]


def main(count: int) -> None:
    """Fill a catalogue in memory, and search it."""
    rng = random.Random(0)
    communes, epcis = places(rng)
    codes = {
        "commune": communes,
        "epci": epcis,
        "department": list(region_of()),
        "region": sorted(set(region_of().values())),
        "country": ["FR"],
    }
    models = aids_of(None)
    kinds = rng.choices([k for k, _ in SHARES], [share for _, share in SHARES], k=count)
    shelf = Shelf(opened(None))

    def aids():
        for number, kind in enumerate(kinds):
            aid = copy.deepcopy(models[number % len(models)])
            aid["id"] = f"aid-{number:06}"
            aid["territory"] = {
                "basis": ["residence"],
                "include": [{"type": kind, "code": rng.choice(codes[kind])}],
            }
            yield aid

    began = time.perf_counter()
    shelf.put_all(aids())
    print(f"{count} aids kept in {time.perf_counter() - began:.1f} s")
    publisher = Publisher(shelf)
    for title, more in (("place", {}), ("place and mode", {"mode": ["e-bike"]})):
        took, found = [], []
        for _ in range(SEARCHES):
            asked = {"place": f"commune:{rng.choice(communes)}", "limit": 100, **more}
            began = time.perf_counter()
            body = publisher.list_aids(asked)
            took.append((time.perf_counter() - began) * 1000)
            found.append(body.count(b'"schemaVersion"'))
        took.sort()
        print(
            f"{title}: median {statistics.median(took):.2f} ms, 95th percentile "
            f"{took[int(len(took) * 0.95)]:.2f} ms, {statistics.mean(found):.0f} aids a page"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
