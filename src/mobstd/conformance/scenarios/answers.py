"""What answers show: a state, a body, the code of a refusal."""

from __future__ import annotations

import json
from typing import Any

from mobstd.conformance.scenarios.resource import Resource
from mobstd.judging.exchange import Exchange
from mobstd.judging.pointer import MISSING, get

__all__ = [
    "NOT_FOUND",
    "NOT_THERE",
    "NO_ANSWER",
    "REFUSED",
    "answered",
    "named",
    "shown",
    "spoke",
    "whole",
]

NOT_FOUND = 404
TOO_MANY = 429
REFUSED = range(400, 500)

NOT_THERE = (NOT_FOUND, 405, 501)
"""Answers of who has no such operation; the first also of who has no such thing."""

NO_ANSWER = (401, 403, NOT_FOUND, 405)
"""Refusals that say nothing of what was sent: of who sends, or of the operation."""


def shown(read: Exchange | None, resource: Resource) -> str | None:
    """Return the state that an answer shows, where it is one of the standard's."""
    if read is None or not read.accepted or resource.life is None:
        return None
    state = get(answered(read), resource.life.at)
    return state if isinstance(state, str) and state in resource.life.pairs else None


def spoke(exchange: Exchange) -> bool:
    """Say whether an answer came that is about what was sent: no failure, no 429."""
    return exchange.status is not None and exchange.status < 500 and exchange.status != TOO_MANY


def answered(exchange: Exchange) -> Any:
    """Return the JSON body of an answer, ``None`` where there is none."""
    return None if exchange.response is None or exchange.response.not_json else exchange.body


def whole(exchange: Exchange) -> bool:
    """Say whether an answer shows a document."""
    return exchange.accepted and isinstance(answered(exchange), dict)


def named(exchange: Exchange, at: str) -> str:
    """Return the text of a refusal's body that codes are looked for in: what stands at ``at``."""
    response = exchange.response
    if response is None:
        return ""
    if response.not_json is not None:
        return response.body[:2000].decode("utf-8", "replace")
    error = get(response.json, at) if isinstance(response.json, dict) else response.json
    error = "" if error is MISSING else error
    return error if isinstance(error, str) else json.dumps(error, ensure_ascii=False)
