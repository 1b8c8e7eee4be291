"""Every fault of bookings shows where it says, and nowhere else; twins differ and stay lawful.

A fault is served beside the right reference, a fixed script of requests is sent to both, and what
differs is compared with ``booking_faults.json``: the whole promise of each fault, exchange by
exchange. ``PROMISES=write`` writes that file anew; read the difference before it is kept.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from mobstd.canon.files import load
from mobstd.canon.openapi import operations
from mobstd.canon.schemas import documents, validator_of
from mobstd.canon.standard import find
from mobstd.canon.validator import validator
from mobstd.judging.call_edit import Outgoing
from mobstd.judging.exchange import Response
from mobstd.judging.fault import Fault, Variant
from mobstd.ocss import booking as bookings
from mobstd.ocss.reference import feed
from mobstd.serving.faults import behaviours, load_faults, load_twins
from mobstd.serving.opening import implementation
from mobstd.transport.asgi import AsgiSender

from . import scripts
from .bookings import NOW, operator
from .scripts import Ear, Step, different, play

VERSION = find("ocss@1.0-alpha")
WRITES = {"postBookings", "patchBookings", "getBookings", "postMessages", "postBookingEvents"}
KEYS = ["one", "two"]
PATH = Path(__file__).with_name("booking_faults.json")
PROMISES: dict[str, list[str]] = load(PATH) if PATH.is_file() else {}

SCRIPTS: dict[tuple[str, str], Sequence[Step]] = {
    ("operator", "postBookings"): scripts.TAKING,
    ("operator", "getBookings"): scripts.READING,
    ("operator", "patchBookings"): scripts.CHANGING,
    ("operator", "postMessages"): scripts.WRITING,
    ("maas", "patchBookings"): scripts.MAAS_CHANGING,
    ("maas", "postMessages"): scripts.MAAS_WRITING,
    ("maas", "postBookingEvents"): scripts.NEWS,
}

EVERY = {
    variant.id + ("" if role == "operator" else f"@{role}"): (variant, role)
    for variant in (*load_faults(VERSION), *load_twins(VERSION))
    if WRITES & set(variant.operations)
    for role in variant.roles or ("operator",)
}
CASES = {
    name: (variant, role)
    for name, (variant, role) in EVERY.items()
    if not variant.setting.issuer and not (role == "maas" and variant.setting.partner)
}
"""Those that a script of requests shows; ``test_front`` has the others."""

SENT = {name: variant for name, (variant, _) in CASES.items() if variant.setting.partner}
SERVED = {name: case for name, case in CASES.items() if name not in SENT}


@cache
def _script(role: str, behaviour: str | None, touched: tuple[str, ...]) -> tuple[Step, ...]:
    """Return what shows a behaviour, or edits of these operations; each request once."""
    if behaviour is not None and behaviour.startswith(("allows-", "refuses-")):
        return tuple(scripts.TABLE if role == "operator" else scripts.MAAS_TABLE)
    steps = [step for operation in touched for step in SCRIPTS[role, operation]]
    return tuple({id(step): step for step in steps}.values())


def _served(role: str, variants: Sequence[Variant] = ()) -> Any:
    options = {"now": NOW, "count": 900} if role == "operator" else {}
    return implementation(VERSION, role, variants=variants, api_keys=KEYS, **options)


@cache
def _right(role: str, behaviour: str | None, touched: tuple[str, ...]) -> Any:
    return play(_served(role), _script(role, behaviour, touched))


def _both(variant: Variant, role: str) -> tuple[Sequence[Step], Any, Any]:
    """Return a script, and what is said to it without and with a variant."""
    touched = tuple(sorted(set(variant.operations) & WRITES))
    moves = (
        variant.behaviour if (variant.behaviour or "").startswith(("allows-", "refuses-")) else None
    )
    about = (role, moves and "allows-", touched)
    script = _script(*about)
    return script, _right(*about), play(_served(role, [variant]), script)


def _kept(name: str, found: list[str]) -> None:
    if os.environ.get("PROMISES") == "write":
        PROMISES[name] = found
        text = json.dumps(dict(sorted(PROMISES.items())), ensure_ascii=False, indent=1)
        PATH.write_text(text + "\n", "utf-8")
    assert found == PROMISES.get(name)
    assert found


@pytest.mark.parametrize("name", SERVED)
def test_a_variant_shows_where_it_says(name: str) -> None:
    variant, role = SERVED[name]
    script, right, wrong = _both(variant, role)
    _kept(name, different(right, wrong))
    if not isinstance(variant, Fault):
        for step, (_, answer) in zip(script, wrong, strict=True):
            assert lawful(role, step, answer), step.name


@cache
def _described(role: str) -> Any:
    return operations(VERSION, role)


TOLERATED = {("operator", "postBookings"): (200, 404, 409)}
"""A booking that is not to be had, or is there already (A22, A23, A24)."""


def lawful(role: str, step: Step, answer: Response) -> bool:
    """Say whether the status is documented, and a body that is described obeys its schema."""
    found = next(
        one
        for one in _described(role).values()
        if one.method == step.method and one.path_pattern.search(step.path)
    )
    described = found.answer(answer.status)
    if described is None:
        return answer.status in TOLERATED.get((role, found.id), ())
    schema = described.content.get("application/json")
    if schema is None or not answer.body:
        return True
    return validator(schema, documents(VERSION)).is_valid(answer.json)


@pytest.fixture
def _counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give events the same ids each time, and wait no longer than needed."""
    numbers = iter(range(1, 1000))
    monkeypatch.setattr(bookings, "uuid4", lambda: UUID(int=next(numbers), version=4))
    monkeypatch.setattr(feed, "FIRST_WAIT", 0.001)


def _heard(variants: Sequence[Variant]) -> list[Any]:
    ear, edits = Ear(), [variant for variant in variants if variant.call]
    app = operator(
        count=900,
        partner="http://maas.test",
        partner_sender=ear,
        outgoing=Outgoing(edits) if edits else None,
        behaviours=behaviours(variants),
        check_answers=False,
    )
    with AsgiSender(app) as sender:
        for step in scripts.TOLD:
            sender.send(scripts.request(step))
            _settle(app.service.ledger)
    return ear.heard


def _settle(ledger: Any) -> None:
    for _ in range(2000):
        if ledger.first_news() is None:
            return
        time.sleep(0.001)
    raise AssertionError("an event waits for ever")


@pytest.mark.usefixtures("_counted")
@pytest.mark.parametrize("name", SENT)
def test_what_is_sent_differs_where_it_says(name: str, right_events: list[Any]) -> None:
    heard = _heard([SENT[name]])
    _kept(name, scripts.told_otherwise(right_events, heard))
    if not isinstance(SENT[name], Fault):
        judge = validator_of(VERSION, "carpool-booking-event")
        assert all(judge.is_valid(event) for event in heard)


@pytest.fixture(scope="module")
def right_events() -> list[Any]:
    with pytest.MonkeyPatch.context() as patch:
        numbers = iter(range(1, 1000))
        patch.setattr(bookings, "uuid4", lambda: UUID(int=next(numbers), version=4))
        patch.setattr(feed, "FIRST_WAIT", 0.001)
        return _heard([])


def test_no_promise_is_left_over() -> None:
    assert set(PROMISES) == set(CASES)


def test_half_of_the_faults_are_of_the_field() -> None:
    faults = [variant for variant, _ in EVERY.values() if isinstance(variant, Fault)]
    distinct = {fault.id: fault for fault in faults}.values()
    assert sum(fault.seen is not None for fault in distinct) * 2 >= len(distinct)
