"""Every example is read and written back as it was, and nobody is named in a repr."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.schemas import schema_names
from mobstd.codegen.names import class_name
from mobstd.models import Model
from mobstd.rdex_plus import v2_0
from mobstd.rdex_plus.v2_0 import Booking, Journey, JourneysQuery

from .documents import VERSION, example

VALID = sorted(VERSION.folder.glob("examples/valid/*/*.json"))


def test_every_schema_has_a_model() -> None:
    for name in schema_names(VERSION):
        assert issubclass(getattr(v2_0, class_name(name)), Model)


@pytest.mark.parametrize("path", VALID, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_examples_are_written_back_as_they_were(path: Path) -> None:
    document = json.loads(path.read_text("utf-8"))
    model: type[Model] = getattr(v2_0, class_name(path.parent.name))
    canonical = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    assert model.read(document).to_json() == canonical


def test_values_are_python_values() -> None:
    once = Journey.read(example("journey"))
    assert once.outward.departure_date == datetime(2022, 10, 12, 5, 30, tzinfo=UTC)
    assert once.price is not None
    assert once.price.amount == Decimal("2.5")
    weekly = Journey.read(example("journey", "regular"))
    assert weekly.outward.regular_schedule is not None
    assert weekly.outward.regular_schedule[0].monday_time == time(6, 30)
    assert weekly.return_ is not None
    assert weekly.from_.city == "Voiron"
    assert Booking.read(example("booking")).price == Decimal("2.5")


@pytest.mark.parametrize(
    ("model", "schema", "words"),
    [
        (v2_0.User, "user", ("Maëlle", "Bérenger", "u-1042")),
        (v2_0.Message, "message", ("Maëlle", "Idriss", "reste-t-il", "u-2071")),
        (v2_0.Booking, "booking", ("Maëlle", "Idriss", "reste-t-il", "u-2071")),
        (v2_0.Journey, "journey", ("Maëlle", "Bérenger", "u-1042")),
    ],
)
def test_a_repr_names_nobody(model: type[Model], schema: str, words: tuple[str, ...]) -> None:
    shown = repr(model.read(example(schema)))
    assert not [word for word in words if word in shown]


def test_a_query_is_written_as_the_standard_says() -> None:
    asked: dict[str, Any] = {
        "departure_lat": 45.19,
        "departure_lng": 5.71,
        "arrival_lat": 45.36,
        "arrival_lng": 5.59,
    }
    plain = JourneysQuery(**asked)
    assert (plain.carpooler_type, plain.frequency, plain.time_delta) == ("driver", "punctual", 900)
    assert len(plain.to_pairs()) == 4
    weekly = JourneysQuery(
        **asked, frequency="regular", regular_schedule='[{"mondayTime":"06:30:00"}]'
    )
    assert ("regularSchedule", '[{"mondayTime":"06:30:00"}]') in weekly.to_pairs()
    with pytest.raises(ValueError, match="carpooler"):
        JourneysQuery(**asked, carpooler_type="rider")
