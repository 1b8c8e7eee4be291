"""Verdicts on schemas drawn at random, held against an oracle that shares nothing with them.

``MOBSTD_DIFF_PAIRS`` says how many pairs are drawn; a failure names the seed of its pair.
"""

from __future__ import annotations

import json
import os
from random import Random

import pytest
from tests.release.diff.oracle import documents, pair, validator

from mobstd.release.diff.api import Placed
from mobstd.release.diff.library import Library
from mobstd.release.diff.schemas import Decided, Desk

PAIRS = int(os.environ.get("MOBSTD_DIFF_PAIRS", "300"))
INSTANCES = 100
BATCH = 50


def _decided(old: object, new: object) -> list[Decided]:
    libraries = [Library({"s": json.dumps(s)}.__getitem__) for s in (old, new)]
    root = Placed({}, ("s", ()))
    return list(Desk(*libraries, None).compare(root, root))


@pytest.mark.parametrize("first", range(0, PAIRS, BATCH))
def test_no_verdict_is_wrong(first: int) -> None:
    for seed in range(first, min(first + BATCH, PAIRS)):
        random = Random(seed)
        old, new = pair(random)
        decided = _decided(old, new)
        doubt = any(d.difference.meaning == "unknown" for d in decided)
        judges = validator(old), validator(new)
        for back in (False, True):
            (writer, reader), said = (judges, "lost") if not back else (judges[::-1], "won")
            for one in decided:
                shown = one.gain if back else one.loss
                if shown is not None:
                    assert writer.is_valid(shown.document), seed
                    assert not reader.is_valid(shown.document), seed
            if doubt or any(getattr(one, said) != "no" for one in decided):
                continue
            sides = (new, old) if back else (old, new)
            for document in documents(*sides, random, INSTANCES):
                if writer.is_valid(document):
                    assert reader.is_valid(document), (seed, document)


def test_the_oracle_sees_what_is_breaking() -> None:
    """It finds by itself a good part of what is shown to be breaking."""
    found = shown = 0
    for seed in range(100):
        random = Random(seed)
        old, new = pair(random)
        if any(one.lost == "yes" for one in _decided(old, new)):
            shown += 1
            judges = validator(old), validator(new)
            drawn = [d for d in documents(old, new, random, 300) if judges[0].is_valid(d)]
            found += not all(judges[1].is_valid(d) for d in drawn)
    assert shown > 10
    assert found >= shown / 2
