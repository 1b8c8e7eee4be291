"""The conversations of callers: each row that asks something of them, broken and kept."""

from __future__ import annotations

import pytest

from mobstd.canon.standard import find
from mobstd.conformance.matrix.callers import Conversation, conversations
from mobstd.judging.catalogue import callers

ROLES = {
    "ocss@1.0-alpha": ("operator", "maas"),
    "ocss@2.0-proposal": ("operator", "maas"),
    "rdex-plus@2.0": ("operator", "maas"),
    "rdex@1.2": ("operator",),
    "carpool-proof@3.3": ("registry",),
    "carpool-proof@3.4": ("registry",),
    "mobility-aid@0.1": ("publisher", "funder"),
}
EVERY = {name: tuple(conversations(find(name))) for name in ROLES}
CASES = [
    pytest.param(name, one, id=f"{name}-{one.id}") for name, all_ in EVERY.items() for one in all_
]


@pytest.mark.parametrize(("name", "one"), CASES)
def test_a_conversation_brings_its_findings_and_no_other(name: str, one: Conversation) -> None:
    found = [f for findings in one.judged(find(name)).values() for f in findings]
    assert {(f.requirement, f.pointer, f.code) for f in found} == one.expected


@pytest.mark.parametrize("name", ROLES)
def test_every_row_about_callers_has_a_fault_and_evidence(name: str) -> None:
    version = find(name)
    rows = {row for role in ROLES[name] for row in callers(version, role).rows}
    assert {one.row for one in EVERY[name] if one.wrong} == rows
    right = [one for one in EVERY[name] if not one.wrong]
    assert rows - {row for one in right for row in one.judged(version)} == set()
