"""Databases that hold personal data are made for their owner alone."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mobstd.carpool_proof.reference import build
from mobstd.carpool_proof.sending.outbox import Outbox
from mobstd.cli import main
from mobstd.ocss.reference.ledger import Ledger
from mobstd.ocss.reference.store import Store as Items

from .worlds import journey


@pytest.fixture(autouse=True)
def _open_mask() -> Iterator[None]:
    mask = os.umask(0)
    yield
    os.umask(mask)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_journal(tmp_path: Path) -> None:
    with closing(Outbox(tmp_path / "o", "https://registry.example.org")):
        assert mode(tmp_path / "o") == 0o600


def test_a_history(tmp_path: Path) -> None:
    (tmp_path / "j.json").write_text(json.dumps([journey()]))
    history = tmp_path / "h.sqlite3"
    command = ["preflight", str(tmp_path / "j.json"), "--sent-after", "1h"]
    main([*command, "--remember", str(history)])
    assert mode(history) == 0o600


def test_a_sandbox(tmp_path: Path) -> None:
    build(db=f"sqlite:///{tmp_path / 's'}")
    assert mode(tmp_path / "s") == 0o600


@pytest.mark.parametrize("made", [Ledger, Items])
def test_a_reference_operator(made: type[Ledger] | type[Items], tmp_path: Path) -> None:
    made(str(tmp_path / "s"))
    assert mode(tmp_path / "s") == 0o600
