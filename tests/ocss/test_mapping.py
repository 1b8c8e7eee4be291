"""Documents of one version as those of the other: what comes over, and what is named as lost."""

from __future__ import annotations

import json
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mobstd.canon.files import load
from mobstd.canon.schemas import schema_names, validator_of
from mobstd.canon.standard import Version, find
from mobstd.errors import UnknownName
from mobstd.judging.pointer import MISSING, get, steps
from mobstd.ocss.mapping import Loss, Mapped, down, status_down, status_up, up
from mobstd.ocss.reference.world import Recipe, items
from mobstd.rdex_plus.mapping import journey_to_ocss

OLD, NEW = find("ocss@1.0-alpha"), find("ocss@2.0-proposal")
SIDES = ("driver", "passenger")


def examples(version: Version) -> list[tuple[str, Any]]:
    paths = sorted((version.folder / "examples/valid").glob("*/*.json"))
    return [(path.parent.name, load(path)) for path in paths]


OLD_EXAMPLES, NEW_EXAMPLES = examples(OLD), examples(NEW)
VALUES: list[Any] = [
    *(None, True, 0, -2.5, 1.5, "", "x", "é" * 500, [], {}, "INITIATED", "PAYING", "FREE"),
    *("UNKNOWN", "WAITING_CONFIRMATION", "CONFIRMED", "MON", "07:30:00", "EUR"),
    {"type": "PAYING", "amount": 2.5, "currency": "EUR"},
    {"type": "PAYING"},
    {"type": "FREE", "amount": 3},
    {"id": "u", "operator": "operator.example.org", "alias": "Zoé"},
    [{"journeySchedules": [{"passengerPickupDate": 1665552600, "type": "LINE"}]}],
]
NAMES = [
    *("message", "price", "availableSeats", "requestedSeats", "driverJourneyId", "id", "driver"),
    *("passenger", "status", "schedules", "error", "amount", "type", "currency", "future"),
]


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return every holder in a document with each of its keys."""
    found: list[tuple[Any, Any]] = []
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in keys:
        found += [(value, key), *places(value[key])]
    return found


@st.composite
def documents(draw: st.DrawFn, version: Version) -> tuple[str, Any]:
    """Valid documents of a version: its examples, with members gone, changed and added."""
    schema, document = draw(st.sampled_from(examples(version)))
    document = deepcopy(document)
    for _ in range(draw(st.integers(0, 3))):
        known = places(document)
        if not known:
            break
        holder, key = draw(st.sampled_from(known))
        if isinstance(holder, dict):
            key = draw(st.sampled_from([key, *NAMES]))
        if draw(st.booleans()) and key in (holder if isinstance(holder, dict) else ()):
            del holder[key]
        else:
            holder[key] = deepcopy(draw(st.sampled_from(VALUES)))
    assume(validator_of(version, schema).is_valid(document))
    return schema, document


def pruned(document: Any, losses: Iterable[Loss]) -> Any:
    """Return the document without what is lost or missing, the last places first."""
    document = deepcopy(document)
    gone = [steps(loss.pointer) for loss in losses if loss.kind != "approximated"]
    order = sorted(
        gone, key=lambda path: [int(s) if s.isdigit() else s for s in path[:6]].__repr__()
    )
    for *above, last in reversed(order):
        holder = document
        for step in above:
            holder = holder[int(step)] if isinstance(holder, list) else holder.get(step, {})
        if isinstance(holder, list):
            del holder[int(last)]
        else:
            holder.pop(last, None)
    return document


def same_but(one: Any, other: Any, pointers: set[str], at: str = "") -> bool:
    """Say whether two documents are equal but at these places."""
    if at in pointers:
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return all(
            same_but(one.get(key, MISSING), other.get(key, MISSING), pointers, f"{at}/{key}")
            for key in {*one, *other}
        )
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return all(same_but(a, b, pointers, f"{at}/{place}") for place, (a, b) in pairs)
    return type(one) is type(other) and bool(one == other)


def named(mapped: Mapped, source: Any, *more: str) -> bool:
    """Say whether a mapped document differs from its source only where a loss is named."""
    near = {loss.pointer for loss in mapped.losses if loss.kind == "approximated"}
    return same_but(mapped.document, pruned(source, mapped.losses), {*near, *more})


STATUS = {"", "/status", "/data/status"}


@given(documents(OLD), st.sampled_from(SIDES))
def test_what_goes_up_is_valid_and_differs_only_where_it_is_said(
    found: tuple[str, Any], initiator: Any
) -> None:
    schema, document = found
    before = json.dumps(document)
    mapped = up(schema, document, initiator=initiator)
    assert json.dumps(document) == before
    if mapped.document is None:
        assert any(loss.kind == "missing" for loss in mapped.losses)
        return
    assert validator_of(NEW, mapped.schema).is_valid(mapped.document)
    more = STATUS if schema != "booking-status" else {""}
    assert named(mapped, document, *(more - {""} if isinstance(document, dict) else more))


@given(documents(OLD), st.sampled_from(SIDES))
def test_up_and_down_again_nothing_changes_but_what_is_said(
    found: tuple[str, Any], initiator: Any
) -> None:
    schema, document = found
    above = up(schema, document, initiator=initiator)
    assume(above.document is not None)
    below = down(schema, above.document)
    assert below.document is not None
    assert below.schema == schema
    assert validator_of(OLD, schema).is_valid(below.document)
    assert named(below, above.document, *({"/error"} if schema == "error" else ()))
    if not above.losses and all(loss.code == "mapping-waited-for" for loss in below.losses):
        assert below.document == document


def test_what_the_world_publishes_goes_up_and_down_unchanged() -> None:
    for schema, item in items(Recipe(now=1_795_424_400, count=200)):
        above = up(schema, item)
        assert above.losses == ()
        assert above.document == item
        assert down(schema, above.document) == Mapped(schema, item)


@given(documents(NEW))
def test_what_goes_down_is_valid_and_names_each_loss(found: tuple[str, Any]) -> None:
    schema, document = found
    mapped = down(schema, document)
    if mapped.document is None:
        assert mapped.losses[-1].kind in ("missing", "lost")
        return
    assert validator_of(OLD, mapped.schema).is_valid(mapped.document)
    more = {"/error"} if schema == "error" else set()
    assert named(mapped, document, *more)


@pytest.mark.parametrize("version", [OLD, NEW])
def test_every_example_and_every_schema_is_mapped(version: Version) -> None:
    mapping = up if version is OLD else down
    seen = set()
    for schema, document in examples(version):
        seen.add(schema)
        for loss in mapping(schema, document).losses:
            assert loss.text("en") != loss.text("fr")
            assert get(document, loss.pointer) is not MISSING or loss.kind == "missing"
    assert sorted(seen) == schema_names(version)


@given(documents(NEW) | documents(OLD), st.none() | st.sampled_from(SIDES))
def test_any_document_is_survived(found: tuple[str, Any], initiator: Any) -> None:
    """Also one that is not of the version, as strangers send."""
    schema, document = found
    if schema in schema_names(OLD):
        up(schema, document, initiator=initiator)
    down(schema, document)


def test_statuses_say_who_is_waited_for() -> None:
    assert status_up("WAITING_CONFIRMATION", "passenger") == "WAITING_DRIVER_CONFIRMATION"
    assert status_up("WAITING_CONFIRMATION", "driver") == "WAITING_PASSENGER_CONFIRMATION"
    assert status_up("WAITING_CONFIRMATION", None) is None
    assert status_up("VALIDATED", None) == "VALIDATED"
    assert status_down("WAITING_PASSENGER_CONFIRMATION") == "WAITING_CONFIRMATION"
    assert status_down("COMPLETED") == "VALIDATED"
    assert status_down("INITIATED") is None
    booking = {"status": "WAITING_CONFIRMATION"}
    unknown = up("booking", booking)
    assert unknown.document is None
    assert unknown.named("mapping-initiator")


def test_a_conversation_is_no_booking_of_the_draft() -> None:
    talking = next(d for s, d in NEW_EXAMPLES if s == "booking" and d["status"] == "INITIATED")
    mapped = down("booking", talking)
    assert mapped.document is None
    assert [(loss.code, loss.pointer) for loss in mapped.losses] == [
        ("mapping-only-talk", "/status")
    ]


PRICES = [
    ({"type": "PAYING", "amount": 2, "currency": "EUR"}, None),
    ({"type": "PAYING", "currency": "EUR"}, {"type": "UNKNOWN", "currency": "EUR"}),
    ({"type": "PAYING", "amount": 2}, {"type": "UNKNOWN"}),
    ({"type": "PAYING", "amount": -2, "currency": "EUR"}, {"type": "UNKNOWN", "currency": "EUR"}),
    ({"type": "FREE", "amount": 0}, None),
    ({"type": "FREE", "amount": 2}, {"type": "FREE"}),
    ({"type": "UNKNOWN", "amount": 0}, {"type": "UNKNOWN"}),
]


@pytest.mark.parametrize(("price", "expected"), PRICES)
def test_prices_say_what_they_mean(price: Any, expected: Any) -> None:
    mapped = up("price", price)
    assert mapped.document == (price if expected is None else expected)
    assert bool(mapped.losses) == (expected is not None)


def test_words_of_a_refusal_stand_behind_the_code() -> None:
    error = {"error": "missing_journey", "message": "The ride is over."}
    assert down("error", error).document == {"error": "missing_journey: The ride is over."}
    assert down("error", {"message": "Too late."}).document == {"error": "Too late."}


def test_rdex_plus_comes_over_in_two_steps() -> None:
    folder = find("rdex-plus@2.0").folder / "examples/valid/journey"
    done = 0
    for path in sorted(folder.glob("*.json")):
        for mapped in journey_to_ocss(load(path)):
            if mapped.document is None:
                continue
            above = up(mapped.schema, mapped.document)
            if above.document is not None:
                assert validator_of(NEW, above.schema).is_valid(above.document)
                done += 1
    assert done


def test_an_unknown_schema_is_named() -> None:
    with pytest.raises(UnknownName, match="booking-request"):
        up("booking-request", {})
    with pytest.raises(UnknownName, match="journeys"):
        down("journeys", {})
