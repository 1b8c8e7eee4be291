"""What is looked up or taken together for many journeys is what the rules say of each."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from mobstd.canon.formats import table
from mobstd.carpool_proof.preflight import instants
from mobstd.carpool_proof.preflight.alone import Alone
from mobstd.carpool_proof.preflight.groups import Groups
from mobstd.carpool_proof.preflight.instants import Instants
from mobstd.carpool_proof.preflight.sides import START
from mobstd.carpool_proof.preflight.stages import _Heap
from mobstd.carpool_proof.rules.days import Days
from mobstd.carpool_proof.rules.facts import Facts, instant
from mobstd.carpool_proof.rules.profile import profile, profiles

HOURS = ("2026-07-07T03", "2024-02-28t23", "2026-02-30T00", "2026-07-07T24", "0000-01-01T00")
HOURS += ("1969-12-31T23", "9999-12-31T23", "2026-7-07T003", "2026-07-07 03", "0001-01-01T00")
SECONDS = (":00:00", ":59:59", ":59:60", ":6:000", ":02:58")
RESTS = ("Z", "z", ".5Z", ".999999999z", "+01:00", "-00:00", ".1234+23:59", "", "+0100", ".Z")
RESTS += ("-24:00", "Z ", "\n")


def found() -> Any:
    return re.compile(table()["date-time"]["surely"][:-1] + r"\Z").search


@pytest.mark.parametrize("most", [1 << 13, 2])
def test_instants_are_the_sums_of_their_parts(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instants, "_MOST", most)
    search = found()
    read = Instants(search)
    texts = ["".join(parts) for parts in product(HOURS, SECONDS, RESTS)] * 2
    random.Random(3).shuffle(texts)
    right = 0
    for text in texts:
        try:
            expected = instant(text) if search(text) else None
        except ValueError:
            expected = None
        if expected is None:
            with pytest.raises(ValueError, match=r"."):
                read.of(text)
        else:
            assert read.of(text) == expected, text
            right += 1
    assert right > 100


def around(value: float) -> tuple[float, ...]:
    return value - 1, value, value + 1


def singles(name: str) -> Iterator[tuple[Facts, int]]:
    """Yield journeys at the bounds of what each decides by itself, and when they arrive."""
    rules = profile(name)
    delays = around(rules["expired"]["delay"] * 1000)
    lasting = (-1, 0, 1, *around(rules["distance_duration_anomaly"]["duration"] * 1000), 1_200_000)
    distances = (0, *around(rules["distance_too_short"]["distance"]), 12_000)
    distances += around(rules["distance_duration_anomaly"]["distance"])
    ways = (0.0, *around(2.5 * 12_000), 2.5 * 12_000 * 0.9999995)
    for last, kind, far, way in product(lasting, "ABC", distances, ways):
        one = Facts("", "j", "t", "d", "p", "u", "v", 0, int(last), 5.7, kind, far, way)
        for delay in delays:
            for since in (0, one.end):
                yield one, since + int(delay)
        for arrives in (-1, 0, 1, 3_600_000):
            yield one, one.end + arrives


@pytest.mark.parametrize("name", profiles())
def test_what_is_judged_at_once_is_judged_so_by_the_rules(name: str) -> None:
    alone, wide = Alone(profile(name), 0), Alone(profile(name), 1)
    at_once = total = 0
    for one, received in singles(name):
        said = alone.at_once(tuple(one), received)
        total += 1
        if said is not None:
            at_once += 1
            assert alone.judge(one, received, "", False) == (True, *said), (one[7:], received)
        assert wide.at_once(tuple(one), received) is None
    assert 20 < at_once < total


@pytest.mark.parametrize("name", profiles())
def test_what_a_rule_spares_it_does_not_refuse(name: str) -> None:
    for rule, bound in (("expired", "delay"), ("distance_too_short", "distance")):
        low, high = profile(name)[rule].spares(bound, 1000)
        bites = profile(name)[rule].bites(bound, 1000)
        edge = profile(name)[rule][bound] * 1000
        told = [(bites(one), low < one < high) for one in around(edge)]
        assert all(refused != spared for refused, spared in (told[0], told[2]))
        assert not told[1][1]


@pytest.mark.parametrize("name", profiles())
def test_sides_are_in_the_day_of_each(name: str) -> None:
    days, groups, dice = (
        Days.of(profile(name)["too_many_trips_by_day"]),
        Groups(_Heap(), profile(name)),
        random.Random(4),
    )
    turns = ("1911-03-10T23:00:00Z", "1970-01-01T00:00:00Z", "2026-03-29T00:00:00Z")
    for zone in days.zones:
        starts = [-(1 << 61), -(1 << 61) + 1, 1 << 61]
        for turn in (*turns, "2026-10-25T00:00:00Z"):
            starts += [instant(turn) + dice.randrange(-90_000_000, 90_000_000) for _ in range(150)]
        for start in starts[::3]:
            starts += [one + more for one in days.day(start, zone) for more in (-1, 0, 1)]
        own = [(start, *(None,) * 11) for start in sorted(starts)]
        listed = []
        for span, day in groups._by_day(own, zone):
            assert {days.day(side[START], zone) for side in day} == {span}
            listed += day
        assert sorted(listed) == own
        assert len(dict(groups._by_day(own, zone))) == len(
            {days.day(one[START], zone) for one in own}
        )
