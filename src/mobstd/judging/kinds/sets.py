"""Rules over all exchanges of a run: identities, and values that stay what they were."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mobstd.judging.context import Context, written
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.pointer import MISSING, find, get, seen_from
from mobstd.judging.requirement import Check, Requirement

__all__ = ["consistent", "constant", "unique"]

_Said = tuple[Exchange, Any]


def _seen(
    check: Check, row: Requirement, exchanges: Sequence[Exchange], context: Context
) -> Iterator[tuple[Exchange, str, Any]]:
    operations = set(context.catalogue.operations_of(row, check))
    patterns = check["at"] if isinstance(check["at"], list) else [check["at"]]
    for exchange in exchanges:
        if exchange.operation not in operations or exchange.negative:
            continue
        if not exchange.accepted and not context.judges_callers:
            continue
        document = context.document(exchange)
        for pattern in patterns:
            for pointer, value in find(document, pattern):
                yield exchange, pointer, value


def _seen_from(document: Any, at: str, value: Any, pointer: str) -> Any:
    """Return what ``pointer`` is at ``at``, where ``value`` lies: mostly something below it."""
    return get(value, pointer) if pointer[:1] == "/" else seen_from(document, at, pointer)


def _key(document: Any, at: str, value: Any, pointers: Sequence[str]) -> tuple[str, ...] | None:
    found = [_seen_from(document, at, value, pointer) for pointer in pointers]
    if any(part is MISSING or part is None for part in found):
        return None
    return tuple(map(written, found))


def _below(check: Check) -> str:
    """Return the last part of the key that lies in the value itself."""
    return next((k for k in reversed(check["key"]) if k.startswith("/")), "")


def unique(
    check: Check, row: Requirement, exchanges: Sequence[Exchange], context: Context
) -> Result:
    """Judge that no key comes twice in one response."""
    evidence, findings = 0, []
    last: str | None = None
    keys: dict[tuple[str, ...], str] = {}
    for exchange, pointer, value in _seen(check, row, exchanges, context):
        if exchange.id != last:
            last, keys = exchange.id, {}
        key = _key(context.document(exchange), pointer, value, check["key"])
        if key is None:
            continue
        evidence += 1
        if key in keys and keys[key] != pointer:
            findings.append(
                Finding(
                    row.id,
                    "kind.unique",
                    exchange.operation,
                    (exchange.id,),
                    f"{context.root}{pointer}{_below(check)}",
                    {"first": keys[key]},
                    "unique",
                    get(value, _below(check)),
                )
            )
        keys.setdefault(key, pointer)
    return Result(evidence, tuple(findings))


def consistent(
    check: Check, row: Requirement, exchanges: Sequence[Exchange], context: Context
) -> Result:
    """Judge that a key always comes with the same values, in the whole run.

    A member that is left out says nothing, unless the two have no member in common at all.
    """
    evidence, findings = 0, []
    first: dict[tuple[tuple[str, ...], str], _Said] = {}
    latest: dict[tuple[str, ...], _Said] = {}
    faces: dict[tuple[str, ...], list[Any]] = {}
    for exchange, pointer, shown in _seen(check, row, exchanges, context):
        document = context.document(exchange)
        key = _key(document, pointer, shown, check["key"])
        if key is None:
            continue
        said = [(p, _seen_from(document, pointer, shown, p)) for p in check["same"]]
        known = [(p, value) for p, value in said if value is not MISSING]
        if context.judges_callers:
            refused = context.refused(exchange)
            known = [k for k in known if not refused.touches(f"{pointer}{k[0]}", frozenset())]
        if not known:
            continue
        compared = [(p, value, first[key, p]) for p, value in known if (key, p) in first]
        if not compared and key in latest:
            compared = [(*known[0], latest[key])]
        evidence += int(key in latest)
        faced = check.get("warns_where_same", ())
        face = [_seen_from(document, pointer, shown, p) for p in faced]
        alike = bool(face) and key in faces and faces[key] == face and key in latest
        faces.setdefault(key, face)
        for at, value, (other, before) in compared:
            if value != before:
                findings.append(
                    Finding(
                        row.id,
                        "kind.consistent",
                        exchange.operation,
                        (exchange.id, other.id),
                        f"{context.root}{pointer}{at if at.startswith('/') else ''}",
                        {"member": at},
                        before,
                        value,
                        "warning" if alike and before is not None else "error",
                    )
                )
        if context.judges_callers and not exchange.accepted:
            continue
        for at, value in known:
            first.setdefault((key, at), (exchange, value))
        latest[key] = (exchange, None)
    return Result(evidence, tuple(findings))


def constant(
    check: Check, row: Requirement, exchanges: Sequence[Exchange], context: Context
) -> Result:
    """Judge that one value, or only those of the profile, are seen in the whole run."""
    allowed = {domain.lower() for domain in context.operator_domains}
    evidence, findings = 0, []
    seen: dict[str, str] = {}
    for exchange, pointer, value in _seen(check, row, exchanges, context):
        if not isinstance(value, str):
            continue
        evidence += 1
        if value in seen:
            continue
        close = next((v for v in seen if v.strip(".").lower() == value.strip(".").lower()), None)
        if (allowed and value.lower() not in allowed) or (not allowed and close is not None):
            findings.append(
                Finding(
                    row.id,
                    "kind.constant",
                    exchange.operation,
                    (exchange.id,),
                    f"{context.root}{pointer}",
                    {},
                    sorted(allowed) or close,
                    value,
                )
            )
        seen[value] = exchange.id
    return Result(evidence, tuple(findings))
