"""The site of all standards with the docs beside it: whole, quick to make, light to load."""

from __future__ import annotations

import gzip
import resource
import time
from collections.abc import Mapping

import pytest

from mobstd.canon.standard import versions
from mobstd.release.site.site import Files, site

from .reader import Seen, broken, seen

pytestmark = pytest.mark.slow

SECONDS = 30
BYTES = 150_000


def spent() -> float:
    own = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + own.ru_utime + own.ru_stime


@pytest.fixture(scope="module")
def made() -> tuple[Files, float]:
    before = spent()
    return site(versions(), versions()), spent() - before


@pytest.fixture(scope="module")
def pages(made: tuple[Files, float]) -> Mapping[str, Seen]:
    files, _ = made
    return {name: seen(raw.decode()) for name, raw in files.items() if name.endswith(".html")}


def test_it_is_made_in_half_a_minute(made: tuple[Files, float]) -> None:
    _, seconds = made
    print(f"site of all standards: {seconds:.1f} s CPU")
    assert seconds < SECONDS


def test_every_link_leads_somewhere(made: tuple[Files, float], pages: Mapping[str, Seen]) -> None:
    files, _ = made
    assert list(broken(files, pages)) == []
    assert {"docs/operator.html", "docs/how-to/site.html"} <= pages.keys()
    assert len(pages) > 200


def test_nothing_is_loaded_from_elsewhere(pages: Mapping[str, Seen]) -> None:
    assert [(name, to) for name, page in pages.items() for to in page.loads if "//" in to] == []


@pytest.mark.parametrize("first", ["index.html", "fr/index.html"])
def test_the_first_page_is_light(
    made: tuple[Files, float], pages: Mapping[str, Seen], first: str
) -> None:
    files, _ = made
    folder = first.removesuffix("index.html")
    loaded = [first, *(folder + to.partition("?")[0] for to in pages[first].loads)]
    size = sum(len(gzip.compress(files[name], 6)) for name in loaded)
    print(f"{first}: {size} bytes in {len(loaded)} files, as a server packs them")
    assert size < BYTES
