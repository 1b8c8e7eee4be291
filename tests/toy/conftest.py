from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mobstd.canon.root import Root, at
from mobstd.canon.standard import Version, find

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    """The toy standard in a folder of its own: data only, three operations, ten requirements."""
    folder = tmp_path_factory.mktemp("toy")
    for name in ("schemas", "conformance"):
        shutil.copytree(HERE / name, folder / name)
    return at(folder)


@pytest.fixture(scope="module")
def bikes(root: Root) -> Version:
    return find("bikes@1.0", (root,))
