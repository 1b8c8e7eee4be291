"""CSV of which no cell is a formula."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest

from mobstd.output.table import Table, cell

FORMULAS = ["=1+1", "+33", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＠A"]
PLAIN = ["", "j-1", "a=b", " =1", -5, -0.5, Decimal("-1.00"), True, None]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_text(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("value", PLAIN, ids=repr)
def test_the_rest_is_as_it_was(value: Any) -> None:
    assert cell(value) is value


def test_a_table_is_read_back() -> None:
    file = io.StringIO(newline="")
    table = Table(file, ("a", "b"))
    table.row(["=1", 'x "y",\nz'])
    table.row([-5, None])
    rows = list(csv.reader(io.StringIO(file.getvalue(), newline="")))
    assert rows == [["a", "b"], ["'=1", 'x "y",\nz'], ["-5", ""]]
