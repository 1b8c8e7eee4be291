"""The ``filter`` of LoopBack, built from typed parts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

__all__ = ["MAX_LIMIT", "Condition", "filter_of"]

MAX_LIMIT = 499
"""The largest page: the platform wants less than 500, unless it is set up otherwise."""

Operator: TypeAlias = Literal[
    "neq", "gt", "gte", "lt", "lte", "inq", "nin", "between", "like", "nlike", "ilike", "exists"
]
Condition: TypeAlias = str | int | float | bool | Mapping[Operator, Any]
"""A value that a member equals, or operators with what they compare it with."""


def filter_of(
    where: Mapping[str, Condition] | None = None,
    *,
    any_of: Sequence[Mapping[str, Condition]] = (),
    fields: Sequence[str] = (),
    order: Sequence[tuple[str, Literal["ASC", "DESC"]]] = (),
    limit: int | None = None,
    skip: int | None = None,
) -> str:
    """Return a filter as the platform reads it, JSON in one parameter.

    Args:
        where: members and what has to hold of them, all of it.
        any_of: alternatives, of which one has to hold as well.
        fields: the members wanted; all where it is empty.
        order: members to sort by.
        limit: how many at most, 1 to 499.
        skip: how many are left out.

    Raises:
        ValueError: for a limit or a skip that the platform refuses, and for alternatives beside a
            ``where`` that has its own.
    """
    if limit is not None and not 1 <= limit <= MAX_LIMIT:
        raise ValueError(f"limit is 1 to {MAX_LIMIT}")
    if skip is not None and skip < 0:
        raise ValueError("skip is 0 or more")
    wanted: dict[str, Any] = dict(where or {})
    if any_of:
        if "or" in wanted:
            raise ValueError("where has its own alternatives")
        wanted["or"] = [dict(one) for one in any_of]
    parts: dict[str, Any] = {"where": wanted} if wanted else {}
    if fields:
        parts["fields"] = dict.fromkeys(fields, True)
    if order:
        parts["order"] = [f"{member} {way}" for member, way in order]
    if limit is not None:
        parts["limit"] = limit
    if skip is not None:
        parts["skip"] = skip
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
