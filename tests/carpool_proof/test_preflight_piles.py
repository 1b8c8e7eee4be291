"""Rows on disk come back as they were put down, in the order of their pile."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mobstd.carpool_proof.preflight import piles
from mobstd.carpool_proof.preflight.piles import Marks

ROWS: list[tuple[Any, ...]] = [
    (0, -1, 2**62, -(2**62), 5.7145, -21, "", "a", None),
    (1, "é\n\ufffd", "x" * 300, ("t1", "t2"), True),
    (2,),
]


@pytest.fixture(params=["bulk", "without"])
def module(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Return the module as it is with the extra, and as it is without."""
    if request.param == "bulk":
        pytest.importorskip("msgspec")
        yield piles
        return
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "msgspec.msgpack", None)
        spec = importlib.util.spec_from_file_location("piles_without", str(piles.__file__))
        assert spec is not None
        assert spec.loader is not None
        bare = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(bare)
    assert bare._written((1,)) != b"\x91\x01"
    yield bare


def test_piles(module: ModuleType, tmp_path: Path) -> None:
    with closing(module.Piles(tmp_path / "p")) as heap:
        for around in range(40):
            for row in ROWS:
                heap.put(row[0] * 3, (around, *row))
        for number, row in enumerate(ROWS):
            taken = [one for some in heap.take(number * 3) for one in some]
            assert [one[:2] for one in taken] == [(around, number) for around in range(40)]
            assert all([*map(_plain, one[1:])] == [*map(_plain, row)] for one in taken)
            assert all(isinstance(one, tuple) for one in taken)
        assert [len(heap), [*heap.take(1)], [*heap.take(99)]] == [7, [], []]
        heap.clear()
        heap.put(0, ("after",))
        assert [*heap.take(0)] == [[("after",)]]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def test_marks(tmp_path: Path) -> None:
    with closing(Marks(tmp_path / "m")) as marks:
        for number in (*range(-3000, 600_000, 64), 64, 7, 7, -3000 + 64, 64):
            marks.add([number])
        assert marks.twice(3) == {7, 64, -2936}
        assert marks.twice(2) is None
        for number in (8, 8):
            marks.add([number])
        assert marks.twice(4) == {7, 8, 64, -2936}
