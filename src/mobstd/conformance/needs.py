"""What data a run needs, as a document for who can make it; and hints at where it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from mobstd.conformance.lab import Lab
from mobstd.conformance.places import place
from mobstd.conformance.profile import Profile
from mobstd.conformance.scenarios.material import SOON
from mobstd.conformance.scenarios.resource import Criterion, Source, resources
from mobstd.errors import UnknownName
from mobstd.judging.catalogue import Catalogue

__all__ = ["WANTED", "needs", "refuse_hints", "set_up_call", "tear_down_call"]

FORMAT = 1

WANTED = 12
"""How many items of each sort serve well: seats are few, and prices differ."""

DAYS = 7
"""How far ahead data is looked for first."""


def refuse_hints(found: Catalogue, hints: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Refuse hints about what the standard does not have: they would find nothing, silently.

    Raises:
        UnknownName: for an operation or a parameter that is not there.
    """
    for operation, queries in hints.items():
        if operation not in found.operations:
            known = ", ".join(found.operations)
            raise UnknownName("engine.unknown-operation", wanted=operation, known=known)
        names = [p.name for p in found.operations[operation].parameters if p.where == "query"]
        for name in dict.fromkeys(name for query in queries for name in query):
            if name not in names:
                raise UnknownName(
                    "engine.unknown-parameter",
                    wanted=name,
                    operation=operation,
                    known=", ".join(names),
                )


def set_up_call(
    lab: Lab,
    profile: Profile,
    run: str,
    now: datetime,
    operations: Sequence[str],
    writable: Sequence[str],
) -> dict[str, Any]:
    """Return what asks for test data (``set_up`` of ``conformance/setup.schema.json``).

    Args:
        lab: of the run.
        profile: of the target.
        run: the id of the run.
        now: the instant of the run.
        operations: what is going to be read.
        writable: what is going to be made.
    """
    catalogue = lab.context.catalogue
    judged = {*operations, *writable}
    circles = [place(area) for area in profile.areas]
    return {
        **_about(lab, "set-up", run),
        "blocks": [b.id for b in catalogue.blocks.values() if judged & set(b.operations)],
        "caller": profile.caller,
        "timezone": profile.timezone,
        "now": int(now.timestamp()),
        "until": int((now + timedelta(days=DAYS)).timestamp()),
        "areas": [{"lat": one.lat, "lng": one.lng, "km": one.km} for one in circles],
        "needs": list(needs(lab, int(now.timestamp()), operations, writable)),
    }


def tear_down_call(lab: Lab, run: str) -> dict[str, Any]:
    """Return what says that a run is over (``tear_down`` of the same contract)."""
    return _about(lab, "tear-down", run)


def _about(lab: Lab, call: str, run: str) -> dict[str, Any]:
    catalogue = lab.context.catalogue
    return {
        "format_version": FORMAT,
        "call": call,
        "run": run,
        "standard": str(catalogue.version),
        "role": catalogue.role,
    }


def needs(
    lab: Lab, now: int, operations: Sequence[str], writable: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Yield a need for each search, and for each source of what is going to be made."""
    catalogue = lab.context.catalogue
    searches = [name for name in operations if name in catalogue.collections]
    for name in searches:
        yield {"operation": name, "count": WANTED, "criteria": []}
    for resource in resources(catalogue.version, catalogue.role).values():
        if resource.create not in writable:
            continue
        for source in (*resource.sources, *resource.apart):
            if source.operation in searches:
                yield {**_need(source, now), "for": resource.id}


def _need(source: Source, now: int) -> dict[str, Any]:
    criteria = [_criterion(one, now) for one in source.only]
    need = {"operation": source.operation, "count": WANTED, "criteria": criteria}
    return need if source.each is None else {**need, "each": source.each}


def _criterion(criterion: Criterion, now: int) -> dict[str, Any]:
    out: dict[str, Any] = {"otherwise": dict(criterion.otherwise)}
    if criterion.name is not None:
        out["name"] = criterion.name
    if criterion.schema is not None:
        out["schema"] = criterion.schema
    if criterion.later is not None:
        out["later"] = {"at": criterion.later, "than": now + SOON}
    return out
