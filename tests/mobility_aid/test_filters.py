"""Filters say nothing of items that are not what their schema says."""

from __future__ import annotations

from typing import Any

import pytest

from mobstd.judging.context import Context
from mobstd.judging.rule import ItemFilter
from mobstd.mobility_aid.rules import RULES

from .documents import aid
from .test_catalogue import BOOK

FILTERS = {name: rule for name, rule in RULES.items() if isinstance(rule, ItemFilter)}
ASKED = {"place": "commune:33063", "subscription": "x", "after": "3", "updatedSince": "2026-01-01"}


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize(
    "wrong",
    [
        {},
        [],
        "x",
        None,
        {**aid(), "territory": {"include": [{"code": "33063"}]}},
        {"sequence": "x", "territory": 1, "modes": None, "status": [], "provenance": "x"},
    ],
    ids=str,
)
def test_what_is_wrong_breaks_no_filter(name: str, wrong: Any) -> None:
    found = FILTERS[name]
    query = {one: ASKED.get(one, "active") for one in found.parameters}
    assert found.match(wrong, query, Context(BOOK)) in (None, True, False)
