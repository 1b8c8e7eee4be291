"""The life cycle of bookings, by version: a table with reasons, and nothing beside it."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobstd.canon.files import load
from mobstd.canon.schemas import schema_of
from mobstd.canon.standard import find
from mobstd.conformance.scenarios.resource import resources
from mobstd.ocss.booking import LADDER, transition
from mobstd.ocss.editions import edition
from mobstd.ocss.lifecycle import Transition, lifecycle

NUMBERS = ("1.0-alpha", "2.0-proposal")
RANKS = {
    "1.0-alpha": {status: place for place, status in enumerate(LADDER)},
    "2.0-proposal": {
        "INITIATED": 0,
        "WAITING_DRIVER_CONFIRMATION": 1,
        "WAITING_PASSENGER_CONFIRMATION": 1,
        "CONFIRMED": 2,
        "COMPLETED_PENDING_VALIDATION": 3,
        "VALIDATED": 4,
        "CANCELLED": 5,
    },
}


def rows() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = load(find("ocss@2.0-proposal").conformance / "lifecycle.yaml")
    return found


@pytest.mark.parametrize("number", NUMBERS)
def test_the_statuses_are_those_of_the_schema(number: str) -> None:
    life = lifecycle(f"ocss@{number}")
    assert set(life.statuses) == set(schema_of(find(f"ocss@{number}"), "booking-status")["enum"])
    assert set(life.statuses) == set(RANKS[number])
    assert not set(life.aliases) & set(life.statuses)
    assert set(life.aliases.values()) <= set(life.statuses)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_status_leads_to_every_later_one_and_no_other(number: str) -> None:
    ranks = RANKS[number]
    for now, wanted in product(ranks, ranks):
        expected = Transition.OK if ranks[wanted] > ranks[now] else Transition.DISMISSED
        assert transition(now, wanted, number) is (Transition.SAME if now == wanted else expected)


@pytest.mark.parametrize("number", NUMBERS)
def test_what_a_booking_begins_as(number: str) -> None:
    life = lifecycle(f"ocss@{number}")
    for status in life.statuses:
        begins = transition(None, status, number) is Transition.OK
        assert begins == (status in life.first)
        assert begins == (RANKS[number][status] <= (0 if number == "1.0-alpha" else 1))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["version"])
def test_each_pair_has_one_reason_and_rows_that_are_there(row: dict[str, Any]) -> None:
    catalogue = {
        one["id"]: one
        for one in load(find(f"ocss@{row['version']}").conformance / "requirements.yaml")
    }
    pairs = [pair for move in row["moves"] for pair in product(move["from"], move["to"])]
    assert len(pairs) == len(set(pairs))
    assert {status for pair in pairs for status in pair} <= set(row["statuses"])
    for step in (*row["first"], *row["moves"]):
        assert set(step["by"]) <= {"driver", "passenger"}
        assert all(row["version"] in catalogue[id_]["versions"] for id_ in step["requirements"])


@pytest.mark.parametrize("number", NUMBERS)
def test_the_engine_walks_the_same_table(number: str) -> None:
    walked = resources(find(f"ocss@{number}"), "operator")["booking"].life
    assert walked is not None
    life = lifecycle(f"ocss@{number}")
    assert set(walked.first) == set(life.first)
    pairs = {(now, to) for now, ways in walked.pairs.items() for to in ways}
    assert pairs == {pair for pair in life.moves if pair[0] is not None}


def test_who_is_waited_for_confirms_in_production() -> None:
    life = lifecycle("ocss@2.0-proposal")
    for side in ("driver", "passenger"):
        waiting = f"WAITING_{side.upper()}_CONFIRMATION"
        assert edition("2.0-proposal").waiting_for(side) == waiting
        assert life.moves[waiting, "CONFIRMED"].by == (side,)
        assert side not in life.moves[None, waiting].by
        assert set(life.moves[waiting, "CANCELLED"].by) == {"driver", "passenger"}
    assert edition("1.0-alpha").waiting_for("driver") == "WAITING_CONFIRMATION"


def test_another_word_is_read_for_a_status() -> None:
    number = "2.0-proposal"
    assert transition("COMPLETED", "VALIDATED", number) is Transition.SAME
    assert transition("CONFIRMED", "COMPLETED", number) is Transition.OK
    assert transition("CONFIRMED", "COMPLETED") is Transition.DISMISSED


@given(st.text(max_size=12), st.sampled_from(NUMBERS))
def test_what_is_no_status_changes_nothing(word: str, number: str) -> None:
    life = lifecycle(f"ocss@{number}")
    if word in {*life.statuses, *life.aliases}:
        return
    for status in (None, *life.statuses):
        assert transition(status, word, number) is Transition.DISMISSED
        assert status is None or transition(word, status, number) is Transition.DISMISSED
