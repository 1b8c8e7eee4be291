"""Queries around what a target has: of one item, of its neighbours, of a crowd."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mobstd.conformance.lab import Anchor, Lab, Query
from mobstd.judging.pointer import MISSING, find, get
from mobstd.judging.requirement import Requirement

__all__ = ["around", "crowd", "generous", "neighbourhood", "panorama", "query_of"]

PANORAMA_KM = 100.0
PANORAMA_SECONDS = 2 * 86_400

NEIGHBOURHOOD_KM = 12.5
NEIGHBOURHOOD_SECONDS = 5400

CROWD, WIDER = 25, 3
"""How many items make a crowd, and how many times wider a query is asked to find it."""


def panorama(lab: Lab, operation: str) -> Query | None:
    """Return a query that finds many items, without a limit, around where there is data."""
    how = lab.role_of(operation)
    start = lab.wide.get(operation) or lab.controls.get(operation)
    if start is None:
        return None
    anchor = next(iter(lab.anchors.get(operation, ())), None)
    query = dict(start if anchor is None else {**start, **anchor.query})
    query.pop(how.get("limit", ""), None)
    query.pop(how.get("weekdays", ""), None)
    for radius in how.get("radii", ()):
        query[radius] = min(float(start.get(radius, PANORAMA_KM)), PANORAMA_KM)
    if "instant" in how and anchor is not None:
        query[how["margin"]] = PANORAMA_SECONDS
    elif how.get("margin") in start:
        query[how["margin"]] = start[how["margin"]]
    return query


def query_of(lab: Lab, operation: str, item: Any, query: Query) -> Query:
    """Return a query for exactly this item: required parameters only, taken from it."""
    described = lab.context.catalogue.operations[operation]
    out = {k: v for k, v in query.items() if (p := described.parameter(k)) and p.required}
    for name, pattern in lab.role_of(operation).get("from_item", {}).items():
        value = get(item, pattern)
        if value is MISSING:
            value = next((v for _, v in find(item, pattern)), MISSING)
        if value is not MISSING and value is not None and not isinstance(value, (dict, list)):
            parameter = described.parameter(name)
            listed = parameter is not None and parameter.schema.get("type") == "array"
            out[name] = [value] if listed else value
    return out


def around(lab: Lab, anchor: Anchor, km: float, seconds: int, *, any_day: bool = True) -> Query:
    """Return the query of an item with other margins, on its weekday or on any."""
    how = lab.role_of(anchor.operation)
    query = dict(anchor.query)
    query.update(dict.fromkeys(how.get("radii", ()), km))
    if "margin" in how:
        query[how["margin"]] = seconds
    if any_day:
        query.pop(how.get("weekdays", ""), None)
    return query


def neighbourhood(lab: Lab, anchor: Anchor) -> Query:
    """Return a query that finds an item and others around it."""
    return around(lab, anchor, NEIGHBOURHOOD_KM, NEIGHBOURHOOD_SECONDS)


def crowd(lab: Lab, operation: str, row: Requirement | None = None) -> Query | None:
    """Return a query without a limit that finds many items, wider where the panorama does not.

    No wider than what was seen to be accepted.
    """
    if operation in lab.crowds:
        return lab.crowds[operation]
    query, how = panorama(lab, operation), lab.role_of(operation)
    if query is None:
        return None
    widest = lab.wide.get(operation, {})
    margins = [m for m in (*how.get("radii", ()), how.get("margin", "")) if m in query]
    limits = {m: max(query[m], widest.get(m, 0)) for m in margins}
    wider = {m: type(query[m])(min(query[m] * WIDER, limits[m])) for m in margins}
    came = lab.keys(lab.ask(operation, query, "control", row))
    if len(came) < CROWD and any(wider[m] > query[m] for m in margins):
        exchange = lab.ask(operation, {**query, **wider}, "control", row)
        if lab.readable(exchange) and len(lab.keys(exchange)) > len(came):
            query = {**query, **wider}
    lab.crowds[operation] = query
    return query


def generous(lab: Lab, operation: str, query: Mapping[str, Any]) -> Query:
    """Return the query without optional parameters."""
    described = lab.context.catalogue.operations[operation]
    return {
        name: value
        for name, value in query.items()
        if (parameter := described.parameter(name)) is not None and parameter.required
    }
