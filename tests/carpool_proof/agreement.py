"""Preflight's verdicts against what the sandbox answers: the rules are one, the data access is not.

Preflight sorts a file on disk; the sandbox asks its database about each journey as it comes, and
finds the rest by its clock. ``disagreements`` names every journey on which they differ.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter as Count
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mobstd.canon.standard import find
from mobstd.carpool_proof.preflight.arrival import Arrival
from mobstd.carpool_proof.preflight.judging import Judged
from mobstd.carpool_proof.preflight.run import Plan, preflight
from mobstd.carpool_proof.preflight.sources import named
from mobstd.carpool_proof.reference import build
from mobstd.carpool_proof.reference.clock import Clock
from mobstd.carpool_proof.reference.counter import Request
from mobstd.carpool_proof.reference.refusals import Refused
from mobstd.carpool_proof.rules.facts import instant
from mobstd.carpool_proof.rules.profile import profile

from .worlds import NOON, world, write
from .worlds import instant as written

__all__ = ["disagreements", "journeys"]

TERMS = ("expired", "distance_too_short", "too_many_trips_by_day", "too_close_trips")
STATUS = {
    "schema": {400},
    "instant": {400},
    "incentive_index": {400, 409},
    "date_order": {422},
    "duplicate": {409},
}
LATER = 90 * 3_600_000


def journeys(count: int, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Yield journeys of three operators at the boundaries of the rules, one in eight spoilt."""
    dice = random.Random(seed)
    for one in world(count, seed, people=max(12, count // 25)):
        one["operator"] = dice.choice((1, 1, 1, 2, 3))
        one["operator_class"] = dice.choice("ABC")
        if dice.random() < 0.125:
            _spoil(one, dice)
        yield one


def _spoil(one: dict[str, Any], dice: random.Random) -> None:
    ends = datetime.fromisoformat(one["end"]["datetime"])
    way = dice.randrange(12)
    if way < 3:
        arrives = ends + timedelta(milliseconds=(-1, 0, 1)[way])
        one["received"] = written(arrives.astimezone(UTC))
    elif way < 6:
        starts = ends + timedelta(milliseconds=(-1, 0, 1)[way - 3])
        one["start"]["datetime"] = written(starts)
    elif way == 6:
        index = dice.choice((0, 1))
        siret = "13002526500013"
        one["incentives"] = [{"index": i, "amount": 1, "siret": siret} for i in (0, index)]
    elif way == 7:
        one["passenger"]["seats"] = dice.choice((0, 1, 8, 9))
    elif way == 8:
        one["distance"] = dice.choice((0, 1, 1_000_000, 1_000_001, 10.5, 2000.0))
    elif way == 9:
        one["driver"]["identity"]["phone_trunc"] = dice.choice(("06010203", "+3360102030", "x"))
    elif way == 10:
        one["licence_plate"] = "x" * dice.choice((32, 33))
    else:
        del one[dice.choice(("distance", "operator_trip_id"))]


def disagreements(
    listed: list[dict[str, Any]], rules: str, folder: Path, db: str | None = None
) -> tuple[list[str], Count[str]]:
    """Return where the two differ, and how often each outcome came."""
    judged = _preflight(listed, rules, folder)
    answers, later = asyncio.run(_sandbox(listed, rules, db))
    found: list[str] = []
    seen: Count[str] = Count()
    for number, (verdict, answer) in enumerate(zip(judged, answers, strict=True)):
        status, labels = answer
        seen[f"{status} {','.join(labels)}".strip()] += 1
        statuses, foretold = _creation(verdict)
        if status not in statuses or labels != foretold:
            found.append(f"{number}: preflight {statuses} {foretold}, sandbox {answer}")
        elif status == 201:
            became, told = later[listed[number]["operator"], listed[number]["operator_journey_id"]]
            seen[became] += 1
            found += [f"{number}: {text}" for text in _processing(verdict, became, told)]
    return found, seen


def _preflight(listed: list[dict[str, Any]], rules: str, folder: Path) -> list[Judged]:
    path = write(folder / f"{rules}.ndjson", listed)
    found: list[Judged] = []
    version = find("carpool-proof@3.4")
    arrival = Arrival("column", 0, "received")
    plan = Plan(
        [named(path)], version, profile(rules), arrival, operator_column="operator", published=False
    )
    preflight(plan, found.append)
    return found


def _creation(one: Judged) -> tuple[set[int], list[str]]:
    """Return the statuses that preflight foretells, and the labels."""
    assert one.at_creation != "depends"
    rules = [r.rule for r in one.reasons if r.weight == "refused" and r.stage == "creation"]
    first = next((rule for rule in rules if rule not in TERMS), None)
    if first is not None:
        return STATUS[first], []
    return {422 if rules else 201}, rules


ROUTE = "distance_duration_route"
"""That it depends on the route."""


def _processing(one: Judged, became: str, told: list[str]) -> Iterator[str]:
    """Yield where what was found later is not what preflight foretold."""
    later = [r for r in one.reasons if r.stage == "processing"]
    certain = {r.rule for r in later if r.weight == "refused"}
    possible = {"distance_duration_anomaly" if r.rule == ROUTE else r.rule for r in later}
    if not certain <= set(told):
        yield f"preflight is certain of {certain}, sandbox found {told}"
    if not set(told) <= possible:
        yield f"sandbox found {told}, preflight knows {possible}"
    wanted = "ok" if not told else "fraud_error" if _fraud(told) else "anomaly_error"
    if became != wanted:
        yield f"status {became}, found {told}"


def _fraud(told: list[str]) -> bool:
    return any(label.startswith("interoperator") for label in told)


async def _sandbox(
    listed: list[dict[str, Any]], rules: str, db: str | None
) -> tuple[list[tuple[int, list[str]]], dict[tuple[int, str], tuple[str, list[str]]]]:
    """Return what was answered to each, and what each became."""
    order = sorted(range(len(listed)), key=lambda n: (instant(listed[n]["received"]), n))
    clock = Clock(stands=instant(listed[order[0]]["received"]), movable=True)
    app = build(clock=clock, rules=rules, db=db)
    answers: list[tuple[int, list[str]]] = [(0, [])] * len(listed)
    for number in order:
        document = json.loads(json.dumps(listed[number]))
        clock.move(instant(document.pop("received")))
        operator = document.pop("operator")
        answers[number] = await _asked(app, Request("createJourney", {}, "", document), operator)
    clock.move(max(clock.now(), instant(written(NOON)) + 4 * 86_400_000) + LATER)
    later = {}
    for one, (status, _) in zip(listed, answers, strict=True):
        if status == 201:
            key = one["operator"], one["operator_journey_id"]
            asked = Request("getJourney", {}, key[1], {})
            body = json.loads((await app.counter.serve(asked, key[0])).body)
            details = [detail["label"] for detail in body["anomaly_error_details"]]
            later[key] = body["status"], [*body["fraud_error_labels"], *details]
    await app.shutdown()
    return answers, later


async def _asked(app: Any, asked: Request, operator: int) -> tuple[int, list[str]]:
    try:
        return (await app.counter.serve(asked, operator)).status, []
    except Refused as error:
        data = error.error.get("data")
        labels = data["terms_violation_labels"] if isinstance(data, dict) else []
        return error.status, labels
