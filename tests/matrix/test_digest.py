"""What a result of the matrix hangs on: what is read, and not how it is laid out."""

from __future__ import annotations

from pathlib import Path

import pytest

from mobstd.conformance import digest

CODE = 'LIMIT = 3\n"""How many."""\n\n\ndef most(n: int) -> int:\n    return min(n, LIMIT)\n'


def hashed(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text, "utf-8")
    return digest._hash([path])


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        (CODE.replace("\n\n\n", "\n"), True),
        (CODE.replace("    return", "    # no more than that\n    return"), True),
        (CODE.replace("LIMIT = 3", "LIMIT = 4"), False),
        (CODE.replace("    return", "        return"), False),
        (CODE + "# 4\n", True),
    ],
)
def test_blanks_and_comments_make_no_result_stale(tmp_path: Path, changed: str, same: bool) -> None:
    assert (hashed(tmp_path, "a.py", CODE) == hashed(tmp_path, "a.py", changed)) is same


def test_of_data_each_byte_counts(tmp_path: Path) -> None:
    assert hashed(tmp_path, "a.yaml", "a: 1\n") != hashed(tmp_path, "a.yaml", "a: 1\n# 2\n")
