"""The faults and twins as a catalogue: complete over rows and operations, and well named."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from mobstd.canon.standard import find
from mobstd.conformance import matrix
from mobstd.judging.catalogue import catalogue
from mobstd.judging.fault import Fault
from mobstd.judging.requirement import Requirement
from mobstd.serving.faults import load_faults, load_twins, select

VERSION = find("ocss@1.0-alpha")
FOUND = catalogue(VERSION, "operator")
MAAS = catalogue(VERSION, "maas")
ROWS = {**MAAS.rows, **FOUND.rows}
FAULTS = load_faults(VERSION)
TWINS = load_twins(VERSION)

WAIVED = {
    "OCSS-BOOK-16": "it takes somebody who acts at the target",
    "OCSS-PRICE-07": "the reference that takes bookings warns of it: PRICE-08 needs such journeys",
}

WAIVED_OPERATIONS = {
    ("OCSS-GEN-07", "getPassengerJourneys"): "other rows take every member of these items",
    ("OCSS-GEN-07", "postBookings"): "OCSS-BOOK-06 takes what others leave",
    ("OCSS-GEN-07", "getBookings"): "OCSS-BOOK-12 takes what others leave",
    ("OCSS-AUTH-05", "postBookings"): "tests/conformance/test_writes.py has one that is taken over",
}


def tried(row: Requirement) -> list[str]:
    """Return the operations in which a check of the row is tried."""
    checks = [
        c for c in row.checks if c.get("when_block", next(iter(FOUND.blocks))) in FOUND.blocks
    ]
    return sorted({operation for check in checks for operation in FOUND.operations_of(row, check)})


CHECKED = [row for row in FOUND.rows.values() if row.checks and row.level in ("MUST", "SHOULD")]


@pytest.mark.parametrize("row", CHECKED, ids=[row.id for row in CHECKED])
def test_every_checked_row_has_a_fault_in_every_operation(row: Requirement) -> None:
    if row.id in WAIVED:
        return
    seeded: dict[str, int] = defaultdict(int)
    for fault in FAULTS:
        if fault.requirement == row.id and fault.equivalent is None:
            for operation in fault.operations:
                seeded[operation] += 1
    wanted = [o for o in tried(row) if (row.id, o) not in WAIVED_OPERATIONS]
    if row.operations or row.blocks:
        assert [operation for operation in wanted if not seeded[operation]] == []
    else:
        assert seeded


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.id for fault in FAULTS])
def test_a_fault_names_what_is_there(fault: Fault) -> None:
    assert fault.id.startswith(f"{fault.requirement}/")
    row = (MAAS if fault.roles == ("maas",) else FOUND).rows.get(fault.requirement)
    row = row or ROWS[fault.requirement]
    assert row.checks or (row.untested or {}).get("reason") == "needs-write"
    assert set(fault.also) <= set(ROWS)
    assert set(fault.setting.blocks) <= set(FOUND.blocks)
    assert set(fault.operations) <= {*FOUND.operations, *MAAS.operations}
    if fault.setting.partner or fault.behaviour:
        return  # what it does may show in another operation than the one that it is in
    for role in fault.roles or ("operator",):
        about = (FOUND if role == "operator" else MAAS).operations_of(row)
        named = set(fault.operations)
        assert named & set(about) if fault.together else named <= set(about), role


def test_ids_are_unique() -> None:
    names = [variant.id for variant in (*FAULTS, *TWINS)]
    assert len(set(names)) == len(names)


def test_there_are_twins_enough() -> None:
    assert len(TWINS) >= 60
    assert {operation for twin in TWINS for operation in twin.operations} == {
        *FOUND.operations,
        *MAAS.operations,
    }


def test_faults_of_the_field_are_there() -> None:
    """What implementers are known to get wrong: reference/rdex.md, sections 5, 7 and 8."""
    assert sum(fault.seen is not None for fault in FAULTS) >= 12


def test_every_variant_can_be_selected() -> None:
    for variant in (*FAULTS, *TWINS):
        assert select(VERSION, [variant.id]) == [variant]


@pytest.mark.parametrize(
    "behaviour", sorted({v.behaviour for v in (*FAULTS, *TWINS) if v.behaviour is not None})
)
def test_the_reference_knows_the_behaviour(behaviour: str) -> None:
    from mobstd.ocss.reference.behaviours import BEHAVIOURS

    assert behaviour in BEHAVIOURS


def test_one_mutant_for_each_operation() -> None:
    seeded = matrix.mutants(VERSION)
    assert len({mutant.name for mutant in seeded}) == len(seeded)
    assert {mutant.variant.id for mutant in matrix.one_each(seeded)} == {
        mutant.variant.id for mutant in seeded
    }


def test_the_short_tier_visits_every_operation_of_every_row() -> None:
    seen: dict[Any, set[str]] = defaultdict(set)
    full: dict[Any, set[str]] = defaultdict(set)
    seeded = matrix.mutants(VERSION)
    for target, group in ((seen, matrix.one_each(seeded)), (full, seeded)):
        for mutant in group:
            if isinstance(mutant.variant, Fault):
                target[mutant.variant.requirement] |= set(mutant.operations)
    assert seen == full


def test_umbrellas_are_found_however_far_above() -> None:
    assert "OCSS-SEARCH-11" in matrix.umbrellas(VERSION, "OCSS-SEARCH-12")
    assert "OCSS-GEN-02" in matrix.umbrellas(VERSION, "OCSS-PRICE-05")
    assert "OCSS-SEARCH-13" not in matrix.umbrellas(VERSION, "OCSS-SEARCH-12")
