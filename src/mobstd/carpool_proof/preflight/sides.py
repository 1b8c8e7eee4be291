"""A journey as each of its persons has it: what is asked of several journeys reads only this."""

from __future__ import annotations

from typing import Any

__all__ = [
    "AT",
    "END",
    "LON",
    "OPERATOR",
    "OTHER",
    "PERSON",
    "RECEIVED",
    "RIDES_AS",
    "START",
    "STORED",
    "TRIP",
    "USER",
    "Side",
    "sides",
]

Side = tuple[Any, ...]
"""Sides sort by start, and those of one start in the order of arrival.

``AT`` is twice the number of the journey, and 1 where the person drives. ``RIDES_AS`` is the user
id as passenger of a person who drives himself, who has one side only; else ``None``.
"""

START, RECEIVED, AT, END, PERSON, OTHER, OPERATOR, TRIP, USER, LON, STORED, RIDES_AS = range(12)


def sides(seq: int, received: int, stored: int, facts: tuple[Any, ...]) -> tuple[Side, ...]:
    """Return the sides of a journey that the registry keeps."""
    operator, _, trip, one, other, drives_as, rides_as, start, end, lon, _, _, _ = facts
    at = 2 * seq
    if one == other:
        times, rest = (start, received, at + 1, end), (lon, stored, rides_as)
        return ((*times, one, one, operator, trip, drives_as, *rest),)
    return (
        (start, received, at + 1, end, one, other, operator, trip, drives_as, lon, stored, None),
        (start, received, at, end, other, one, operator, trip, rides_as, lon, stored, None),
    )
