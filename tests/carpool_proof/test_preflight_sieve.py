"""The sieve changes no verdict: with it all is judged as by the rules alone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.standard import find
from mobstd.carpool_proof.preflight import spill
from mobstd.carpool_proof.preflight.arrival import Arrival
from mobstd.carpool_proof.preflight.judging import Judged
from mobstd.carpool_proof.preflight.run import Plan, preflight
from mobstd.carpool_proof.preflight.sieve import Sieve, Then
from mobstd.carpool_proof.preflight.sources import named
from mobstd.carpool_proof.rules.facts import at_most, straight
from mobstd.carpool_proof.rules.profile import profile

from .agreement import journeys
from .worlds import write

pytest.importorskip("msgspec")
pytest.importorskip("phonenumbers")

COLUMN = Arrival("column", 0, "received")


def at_boundaries(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield journeys some of which a sieve has to leave to the rules."""
    dice = random.Random(seed)
    for one in journeys(count, seed):
        start, end = one["start"], one["end"]
        driver, passenger = one["driver"]["identity"], one["passenger"]["identity"]
        way = dice.randrange(24)
        if way < 3:
            far = straight(start["lat"], start["lon"], end["lat"], end["lon"])
            one |= {"operator_class": "C", "distance": round(far / 2.5) + way - 1}
        elif way < 6:
            one["incentives"] = [
                {"index": index, "amount": 10, "siret": "13002526500013"}
                for index in (0, way - 4, 2)[: way - 2]
                if index >= 0
            ]
            paid = one["passenger"]["contribution"] + sum(i["amount"] for i in one["incentives"])
            one["driver"]["revenue"] = paid + dice.choice((-1, 0, 1))
        elif way == 6:
            passenger["over_18"] = dice.choice((None, False, True))
        elif way == 7:
            cut = driver.setdefault("phone_trunc", "+336399801")
            driver["phone"] = dice.choice((f"{cut}23", "+33199001234", "06 39 98 01 23", "12"))
        elif way == 8:
            driver["operator_user_id"] = dice.choice((passenger["operator_user_id"], "<b>", "é"))
        elif way == 9:
            driver["identity_key"] = passenger["identity_key"]
        elif way == 10:
            one["operator_trip_id"] = dice.choice(("a>b", "a\nb", "tête", "\ud83d"))
        elif way == 11:
            moment = dice.choice(("2026-02-29T06:00:00Z", "0000-01-01T00:00:00Z", "2026-07-06"))
            start["datetime"] = moment
        elif way == 12:
            one["received"] = dice.choice((None, 5, "soon", one["received"]))
        yield one


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write(tmp_path_factory.mktemp("sieve") / "w.ndjson", at_boundaries(1500, 5))


def judged(path: str, **rest: Any) -> list[Judged]:
    found: list[Judged] = []
    rest.setdefault("operator_column", "operator")
    rest.setdefault("arrival", COLUMN)
    rest.setdefault("profile", profile("2026-07"))
    preflight(Plan([named(path)], find("carpool-proof@3.4"), **rest), found.append)
    return found


def counted(monkeypatch: pytest.MonkeyPatch, through: list[bool]) -> None:
    reader = Sieve.reader

    def counting(self: Sieve, operator: str, then: Then[Any]) -> Any:
        sure = reader(self, operator, then)
        assert sure is not None

        def read(line: bytes) -> Any:
            found = sure(line)
            through.append(found is not None)
            return found

        return read

    monkeypatch.setattr(Sieve, "reader", counting)


@pytest.mark.parametrize(
    "rest",
    [
        {"profile": profile("2025-08")},
        {},
        {"phones": False, "arrival": Arrival("column", 0, "received", within=600_000)},
    ],
    ids=["2025-08", "2026-07", "no phones, within"],
)
def test_rules_behind_a_sieve_judge_as_rules_alone(
    world: str, rest: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    through: list[bool] = []
    with monkeypatch.context() as patch:
        counted(patch, through)
        found = judged(world, **rest)
    monkeypatch.setattr(Sieve, "reader", lambda self, operator, then: None)
    assert found == judged(world, **rest)
    assert 0.3 * len(through) < sum(through) < len(through)
    assert {one.verdict for one in found} == {"refused", "depends", "accepted"}


def test_so_does_what_is_written_and_what_came_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = [
        {name: value for name, value in one.items() if name not in ("received", "operator")}
        for one in at_boundaries(300, 8)
    ]
    past = write(tmp_path / "past.ndjson", listed[:100])
    path = write(tmp_path / "w.ndjson", listed[50:])
    rest = {"operator_column": "", "arrival": Arrival("after", 0, after=7_200_000)}
    outs = []
    for name in ("sieved", "plain"):
        out = tmp_path / name
        found = judged(path, **rest, history=[named(past)], out=out)
        outs.append((found, {p.name: p.read_bytes() for p in out.iterdir()}))
        monkeypatch.setattr(Sieve, "reader", lambda self, operator, then: None)
    assert outs[0] == outs[1]


def test_ids_that_come_twice_are_found_however_many(
    world: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = judged(world, published=False)
    monkeypatch.setattr(spill, "_AGAIN", 0)
    assert judged(world, published=False) == found
    assert any(reason.rule == "duplicate" for one in found for reason in one.reasons)


def test_of_other_documents_nothing_is_said() -> None:
    version = find("carpool-proof@3.4")
    sieve = Sieve(version, "incentive", [None], frozenset(), True, [profile("2026-07")])
    assert sieve.reader("", lambda facts, named, told: facts) is None


def test_the_great_circle_is_not_longer_than_it_is_taken_to_be() -> None:
    dice = random.Random(1)
    for reach in (1e-6, 0.01, 1, 180):
        for _ in range(300):
            lat, lon = dice.uniform(-90, 90), dice.uniform(-180, 180)
            to_lat = max(-90.0, min(90.0, lat + dice.uniform(-reach, reach)))
            to_lon = max(-180.0, min(180.0, lon + dice.uniform(-reach, reach)))
            places = lat, lon, to_lat, to_lon
            assert straight(*places) <= at_most(*places)
