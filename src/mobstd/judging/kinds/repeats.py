"""Rules over the same thing in two requests: booked twice, or known from an answer before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.kinds.sequences import said
from mobstd.judging.pointer import MISSING, find, get
from mobstd.judging.requirement import Check, Requirement

__all__ = ["once", "repeats"]


def _face(document: Any, pointers: Sequence[str]) -> str | None:
    """Return the values at these pointers, or ``None`` where one is missing."""
    values = [get(document, pointer) for pointer in pointers]
    return None if MISSING in values else json.dumps(values, sort_keys=True)


def once(check: Check, row: Requirement, exchanges: Sequence[Exchange], context: Context) -> Result:
    """Judge that the same thing is not sent under another key while the first one lives.

    What was refused never lived; ``ended`` says which requests end a thing.
    """
    operations = set(context.catalogue.operations_of(row, check))
    end: Mapping[str, Any] = check.get("ended", {"of": (), "states": ()})
    ended: dict[str, list[Exchange]] = {}
    for exchange, key, state, _ in said(end["of"], exchanges, context):
        if state in end["states"] and exchange.accepted:
            ended.setdefault(key, []).append(exchange)
    evidence, findings = 0, []
    living: dict[str, dict[str, Exchange]] = {}
    for exchange in exchanges:
        if exchange.operation not in operations:
            continue
        document = context.document(exchange)
        face, key = _face(document, check["same"]), get(document, check["key"])
        if face is None or key is MISSING:
            continue
        evidence += 1
        name = json.dumps(key)
        others = living.setdefault(face, {})
        for other, first in others.items():
            over = any(end.at <= exchange.at for end in ended.get(other, ()))
            if other == name or over:
                continue
            findings.append(
                Finding(
                    row.id,
                    "kind.once",
                    exchange.operation,
                    (exchange.id, first.id),
                    f"{context.root}{check['key']}",
                    {},
                    json.loads(other),
                    key,
                )
            )
            break
        if exchange.status is None or not 400 <= exchange.status < 500:
            others.setdefault(name, exchange)
    return Result(evidence, tuple(findings))


def repeats(
    check: Check, row: Requirement, exchanges: Sequence[Exchange], context: Context
) -> Result:
    """Judge that a request repeats what an earlier answer called the same thing."""
    operations = set(context.catalogue.operations_of(row, check))
    found = check["found"]
    names: dict[str, dict[str, Exchange]] = {}
    evidence, findings = 0, []
    for exchange in exchanges:
        if exchange.operation in found["operations"] and exchange.accepted:
            for _, item in find(exchange.body, found["at"]):
                face, name = _face(item, list(check["match"].values())), get(item, found["value"])
                if face is not None and name is not MISSING:
                    names.setdefault(face, {}).setdefault(json.dumps(name), exchange)
        if exchange.operation not in operations:
            continue
        document = context.document(exchange)
        known = names.get(_face(document, list(check["match"])) or "")
        if not known:
            continue
        evidence += 1
        value = get(document, check["at"])
        if value is MISSING or json.dumps(value) not in known:
            first = next(iter(known.values()))
            findings.append(
                Finding(
                    row.id,
                    "kind.repeats",
                    exchange.operation,
                    (exchange.id, first.id),
                    f"{context.root}{check['at']}",
                    {},
                    [json.loads(name) for name in known][:3],
                    None if value is MISSING else value,
                )
            )
    return Result(evidence, tuple(findings))
