"""An operator that knows nothing of mobstd: it conforms, in any style, and its faults are found.

``python -m independent.measure`` (in ``tests/``) prints the same as a table, with what was blamed.
"""

from __future__ import annotations

from typing import Any

import pytest

from .faults import FAULTS
from .measure import USUAL, fault_line, idle_core, judged, one, red, umbrellas
from .styles import STYLES

BUNDLES = (
    (),
    ("media_case", "airy", "strangers", "refusal_rich", "nearest_first", "one_domain"),
    ("media_charset", "ascii_only", "refusal_bare", "shuffled", "domains", "full"),
    ("odd_headers", "exponents", "refusal_empty", "random_count", "aggregator", "sparse"),
    ("gzipped", "whole_floats", "bounds_open", "numeric_ids", "types", "utc", "health_text"),
    ("chunked", "big_earth", "driver_time", "long_ids", "currencies", "utc_declared"),
    ("slow", "redirected", "trimmed", "scripts", "split_seconds", "health_json"),
    ("base_path", "next_three", "exact_coordinates", "empty_text"),
    ("throttled", "wide_refused", "way_there_twice"),
    ("meridian", "backwards"),
    ("tight_refused", "trip_pages"),
    ("met_on_the_way",),
    ("met_without_ids", "island"),
    ("moving", "lenient"),
    ("ending",),
    ("bare",),
    ("many",),
    ("few",),
    ("single",),
    ("only_driver_journeys",),
    ("only_passenger_journeys",),
    ("only_driver_regular_trips",),
    ("only_passenger_regular_trips",),
    ("drivers_only",),
    ("keyed",),
    ("keyed_trips",),
)
"""Styles that go together, so that all of them are seen in a short time."""

WIRE = tuple(name for name, style in STYLES.items() if style.wire)

DOZEN = (
    "null_car",
    "radius_degrees",
    "manhattan",
    "radius_metres",
    "delta_only_after",
    "clock_no_wrap",
    "apart",
    "twenty_five_at_most",
    "ids_of_two_tables",
    "second_differs",
    "one_operator",
    "stranger_empty",
)

UNSEEN = {
    "cache_without_dates": "no two queries that differ in dates only come in the right order",
    "seconds_refused": "no query is accepted: inconclusive, exit code 3",
}
ASIDE: dict[str, str] = {}


def faultless(report: dict[str, Any], style: tuple[str, ...]) -> None:
    warned = {*USUAL, *(row for name in style for row in STYLES[name].warns)}
    assert red(report, "error") == {}
    assert set(red(report)) <= warned, red(report)
    assert report["requests"] <= 400
    assert report["stopped_by"] is None
    if not any(STYLES[name].thin for name in style):
        assert idle_core(report) == []
        assert (report["verdict"], report["gate"]["exit_code"]) == ("conforming", 0)


@pytest.mark.parametrize("style", BUNDLES, ids=lambda style: "+".join(style) or "clean")
def test_what_is_legal_brings_no_finding(style: tuple[str, ...]) -> None:
    faultless(judged((), style), style)


def test_every_style_is_tried() -> None:
    assert sorted(name for bundle in BUNDLES for name in bundle) == sorted(set(STYLES) - {*WIRE})


@pytest.mark.slow
@pytest.mark.parametrize("name", STYLES)
def test_each_style_alone(name: str) -> None:
    faultless(judged((), (name,)), (name,))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 9))
def test_other_worlds(seed: int) -> None:
    faultless(judged((), (), seed=seed, world={"seed": seed}, with_fuzz=True), ())


def found(name: str) -> None:
    state, text = fault_line(one(("fault", name, {})), umbrellas())
    if name in UNSEEN:
        assert state == "survived", text
    elif FAULTS[name].equivalent:
        assert state == "equivalent", text
    elif name in ASIDE:
        assert state.startswith("collateral"), text
    else:
        assert state in ("killed", "killed-w"), text


@pytest.mark.parametrize("name", DOZEN)
def test_a_dozen_faults_are_found_under_their_row(name: str) -> None:
    found(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(FAULTS) - {*DOZEN}))
def test_each_fault_is_found_under_its_row(name: str) -> None:
    found(name)
