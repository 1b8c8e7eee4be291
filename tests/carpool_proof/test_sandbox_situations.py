"""The judgements of the canon: the sandbox gives them, from its own database."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from mobstd.carpool_proof.reference import build
from mobstd.carpool_proof.reference.clock import Clock
from mobstd.carpool_proof.reference.counter import Request
from mobstd.carpool_proof.reference.door import Registry
from mobstd.carpool_proof.reference.refusals import Refused
from mobstd.carpool_proof.reference.routing import Table, Way
from mobstd.carpool_proof.rules.anomalies import Route
from mobstd.carpool_proof.rules.facts import instant
from mobstd.carpool_proof.rules.profile import profile

from .conftest import Anew
from .test_judgements import situation
from .test_situations import CREATION, PROCESSING

HOUR = 3_600_000


async def created(app: Registry, document: Any, operator: int) -> list[str]:
    """Return the labels that a journey is refused for."""
    try:
        await app.counter.serve(Request("createJourney", {}, "", document), operator)
    except Refused as error:
        data = error.error.get("data")
        if not isinstance(data, dict):
            return [f"{error.status} {data}"]
        labels: list[str] = data["terms_violation_labels"]
        return labels
    return []


async def answered(told: Any, rules: str, db: str | None) -> tuple[list[str], list[str]]:
    """Return what a situation brings at creation, and what is found later."""
    clock = Clock(stands=0, movable=True)
    start, end = told["document"]["start"], told["document"]["end"]
    way = Way(start["lat"], start["lon"], end["lat"], end["lon"])
    router = Table({way: Route(**told["route"])} if "route" in told else {})
    app = build(clock=clock, rules=rules, db=db, router=router)
    try:
        return await _answered(app, clock, told)
    finally:
        await app.shutdown()


async def _answered(app: Registry, clock: Clock, told: Any) -> tuple[list[str], list[str]]:
    for one in told["known"]:
        clock.stands = instant(one["document"]["end"]["datetime"])
        await created(app, one["document"], one["sender"])
    clock.stands = instant(told["received"])
    at_once = await created(app, told["document"], told["sender"])
    clock.stands += 60 * HOUR
    read = Request("getJourney", {}, told["document"]["operator_journey_id"], {})
    if at_once and at_once[0].startswith("400"):
        return at_once, []
    body = json.loads((await app.counter.serve(read, told["sender"])).body)
    anomalies = [one["label"] for one in body["anomaly_error_details"]]
    return at_once, [*anomalies, *body["fraud_error_labels"]]


@CREATION
def test_terms_of_use(judgement: dict[str, Any], anew: Anew) -> None:
    told = situation(judgement)
    for name, labels in judgement["expect"].items():
        found, _ = asyncio.run(answered(told, name, anew()))
        nothing = told["document"]["distance"] == 0
        assert found == (["400 ['/distance: must be > 0']"] if nothing else labels)


@PROCESSING
def test_what_is_found_later(judgement: dict[str, Any], anew: Anew) -> None:
    told = situation(judgement)
    for name, labels in judgement["expect"].items():
        at_once, found = asyncio.run(answered(told, name, anew()))
        located = not at_once or profile(name)["processing"]["clobbers"]
        wanted = {one for one in labels if located or one != "distance_duration_anomaly"}
        assert set(found) == wanted
        assert len(found) == len(wanted)
