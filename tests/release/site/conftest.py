from __future__ import annotations

from pathlib import Path

import pytest

from mobstd.canon.root import Root
from mobstd.canon.standard import versions
from mobstd.release.site.site import Files, chosen, site

from .standards import HOSTILE, NAME, benches

ADDRESS = "https://example.org/standards/"


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    return benches(tmp_path_factory.mktemp("benches") / "hostile", HOSTILE)


@pytest.fixture(scope="session")
def files(root: Root) -> Files:
    return made(root)


def made(root: Root) -> Files:
    """Make a small site of a foreign standard, with no page beside it."""
    return site(chosen([NAME], (root,)), versions((root,)), ADDRESS, [])


@pytest.fixture(scope="session")
def folder(files: Files, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from mobstd.release.site.site import write_site

    place = tmp_path_factory.mktemp("site") / "made"
    write_site(files, place)
    return place
