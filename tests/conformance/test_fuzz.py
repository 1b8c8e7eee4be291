"""Generated requests: reproducible, within their budget, made of what is known to work."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from mobstd.conformance.fuzz import LONGEST, cases, fuzz, nothing_kept
from mobstd.conformance.lab import Anchor

OPERATION = "getDriverJourneys"
QUERY = {
    "departureLat": 45.19,
    "departureLng": 5.72,
    "arrivalLat": 45.2,
    "arrivalLng": 5.73,
    "departureDate": 1_795_500_000,
    "timeDelta": 3600,
}


@pytest.fixture
def fuzzing(lab: Any, operator: Any, journeys: Any) -> Any:
    made = lab(operator(journeys()), requests=400)
    made.anchors[OPERATION] = [Anchor(OPERATION, {}, ("x",), QUERY)]
    return made


def test_the_same_seed_makes_the_same_requests(fuzzing: Any) -> None:
    first, again, other = (cases(fuzzing, OPERATION, 20, seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_two_in_three_are_meant_well_and_one_uses_what_is_known(fuzzing: Any) -> None:
    made = cases(fuzzing, OPERATION, 30, 0)
    modes = Counter(mode for mode, _ in made)
    assert modes["positive"] >= modes["negative"] >= 1
    known = [dict(pairs) for mode, pairs in made if dict(pairs).get("departureLat") == "45.19"]
    assert len(known) >= 8
    assert {query["departureDate"] for query in known} == {"1795500000"}
    assert len({tuple(sorted(query.items())) for query in known}) >= 5


@pytest.mark.parametrize("budget", [1, 7, 25])
def test_the_budget_is_kept(fuzzing: Any, budget: int) -> None:
    with fuzzing.session.phase("fuzz", budget):
        fuzz(fuzzing, [OPERATION, "getPassengerJourneys"], 3)
    assert len(fuzzing.session.exchanges) <= budget
    assert len(fuzzing.session.exchanges) >= min(budget, 5)
    if budget > 5:
        assert {x.operation for x in fuzzing.session.exchanges} == {
            OPERATION,
            "getPassengerJourneys",
        }


def test_what_is_sent_can_be_sent_and_is_marked(fuzzing: Any) -> None:
    with fuzzing.session.phase("fuzz", 60):
        fuzz(fuzzing, [OPERATION], 5)
    for exchange in fuzzing.session.exchanges:
        exchange.request.target.encode("ascii")
        assert sum(len(k) + len(v) for k, v in exchange.request.query) <= LONGEST
        assert exchange.purpose == "fuzz"
    assert {exchange.negative for exchange in fuzzing.session.exchanges} == {True, False}


def test_without_anything_known_it_still_generates(lab: Any, operator: Any) -> None:
    made = lab(operator([]), requests=400)
    assert len(cases(made, OPERATION, 6, 0)) >= 3


def test_a_whole_run_with_generated_requests_is_reproducible(
    judged: Any, operator: Any, journeys: Any
) -> None:
    def run() -> list[dict[str, str]]:
        sender = operator(journeys())
        blocks = {"areas": ("Grenoble",), "max_requests": 150}
        report = judged(sender, blocks, with_fuzz=True, seed=7, blocks=("driver-journeys",))
        assert report["requests"] <= 150
        return list(sender.asked)

    assert run() == run()


def test_hypothesis_leaves_nothing_with_the_user(fuzzing: Any, tmp_path: Path) -> None:
    from hypothesis.configuration import set_hypothesis_home_dir, storage_directory

    def home() -> Path:
        return storage_directory(intent_to_write=False).path

    before, theirs = home(), tmp_path / ".hypothesis"
    set_hypothesis_home_dir(theirs)
    try:
        with nothing_kept():
            ours = home()
            (ours / "charmap").touch()
            assert ours != theirs
        assert (home(), ours.exists()) == (theirs, False)
        assert cases(fuzzing, OPERATION, 6, 0)
        assert not theirs.exists()
    finally:
        set_hypothesis_home_dir(before)
