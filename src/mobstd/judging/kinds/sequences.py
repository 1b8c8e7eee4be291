"""Rules over what one caller says of a thing, one request after the other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from mobstd.errors import CanonError
from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.pointer import MISSING, find, get
from mobstd.judging.requirement import Check, Requirement

__all__ = ["Said", "keeps", "said", "sequence"]

Said = tuple[Exchange, str, Any, str]
"""A request, the key of the thing in it, what it says of the thing, and where it says so."""


def said(
    sources: Sequence[dict[str, str]], exchanges: Sequence[Exchange], context: Context
) -> Iterator[Said]:
    """Yield what requests say of things: each source has ``operation``, ``key`` and ``state``.

    What the schema refuses is left out, and so is the same news sent again (``once``).
    """
    news: set[tuple[str, str]] = set()
    for exchange in exchanges:
        for source in sources:
            if exchange.operation != source["operation"]:
                continue
            document, refused = context.document(exchange), context.refused(exchange)
            key, state = get(document, source["key"]), get(document, source["state"])
            if key is MISSING or state is MISSING:
                continue
            if any(refused.touches(source[name], frozenset()) for name in ("key", "state")):
                continue
            mark = get(document, source["once"]) if "once" in source else MISSING
            if mark is not MISSING:
                told = (source["operation"], json.dumps(mark, sort_keys=True))
                if told in news:
                    continue
                news.add(told)
            yield exchange, json.dumps(key), state, source["state"]


def sequence(
    check: Check, row: Requirement, exchanges: Sequence[Exchange], context: Context
) -> Result:
    """Judge that what is said of a thing follows an order.

    The order is a list, each state later in it than the one before, or the life of a resource. With
    ``repeated`` only that nothing is said again that was accepted is judged; with ``after``, only
    what follows these. Where the answer is unknown, or two requests overlap, nobody knows what came
    before.
    """
    following = _following(check, row, context)
    operations = context.catalogue.operations_of(row, check)
    before: dict[str, tuple[Exchange, Any]] = {}
    evidence, findings = 0, []
    for exchange, key, state, at in said(check["of"], exchanges, context):
        known = before.get(key)
        sure = known is not None and exchange.at >= known[0].ended
        if known and sure and exchange.operation in operations and _judged(check, known[1], state):
            evidence += 1
            again, rest = state == known[1], following.get(known[1])
            if again or (rest is not None and state in following and state not in rest):
                findings.append(
                    Finding(
                        row.id,
                        "kind.sequence.repeated" if again else "kind.sequence.backwards",
                        exchange.operation,
                        (exchange.id, known[0].id),
                        f"{context.root}{at}",
                        {"before": known[1]},
                        rest,
                        state,
                        text=check.get("message"),
                    )
                )
        if exchange.accepted:
            before[key] = (exchange, state)
        elif exchange.status is None or exchange.status >= 500:
            before.pop(key, None)
    return Result(evidence, tuple(findings))


def _following(check: Check, row: Requirement, context: Context) -> dict[Any, list[Any]]:
    """Return by state what may follow it."""
    if "repeated" in check.params:
        return {}
    if "order" in check.params:
        order = list(check["order"])
        return {state: order[place + 1 :] for place, state in enumerate(order)}
    version = context.catalogue.version
    resources = version.suite.get("resources", ())
    lives = (
        resource["life"]
        for resource in resources
        if resource["id"] == check["life"]
        and version.version in resource.get("versions", [version.version])
    )
    life = next(lives, None)
    if life is None:
        reason = f"{version} has no resource {check['life']}"
        raise CanonError("canon.broken-row", row=row.id, reason=reason)
    return {
        state: [one for states in ways.values() for one in states]
        for state, ways in life["transitions"].items()
    }


def _judged(check: Check, before: Any, state: Any) -> bool:
    if "repeated" in check.params:
        return True
    return state != before and ("after" not in check.params or before in check["after"])


def keeps(
    check: Check, row: Requirement, exchanges: Sequence[Exchange], context: Context
) -> Result:
    """Judge that what was once said of a thing is not left out later, other than by old news."""
    operations = set(context.catalogue.operations_of(row, check))
    news: set[str] = set()
    whole: dict[str, dict[str, Exchange]] = {}
    evidence, findings = 0, []
    for exchange in exchanges:
        if exchange.operation not in operations:
            continue
        document = context.document(exchange)
        mark = (
            json.dumps(get(document, check["once"]), default=str) if "once" in check.params else ""
        )
        if mark and mark in news:
            continue
        news.add(mark)
        for pointer, value in find(document, check["at"]):
            key = get(value, check["key"])
            if key is MISSING:
                continue
            earlier = whole.setdefault(json.dumps(key), {})
            evidence += bool(earlier)
            findings += [
                Finding(
                    row.id,
                    "kind.keeps",
                    exchange.operation,
                    (exchange.id, earlier[member].id),
                    f"{context.root}{pointer}{member}",
                    {"member": member},
                    None,
                    None,
                )
                for member in check["members"]
                if member in earlier and get(value, member) is MISSING
            ]
            if exchange.accepted:
                there = {m: exchange for m in check["members"] if get(value, m) is not MISSING}
                earlier.update({m: x for m, x in there.items() if m not in earlier})
                if not there:
                    earlier.setdefault("", exchange)
    return Result(evidence, tuple(findings))
