"""Rules for who calls: known operations, credentials, and waiting when asked to."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import timedelta

from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.requirement import Check, Requirement

__all__ = ["addressed", "credentials", "waits"]

EARLY = timedelta(seconds=0.5)
"""How much too early a request may come: what clocks and the network make of a whole second."""


def addressed(
    check: Check, row: Requirement, exchanges: Sequence[Exchange], context: Context
) -> Result:
    """Judge that each request asks for an operation of the standard."""
    known = [f"{o.method} {o.path}" for o in context.catalogue.operations.values()]
    evidence, findings = 0, []
    for exchange in exchanges:
        if exchange.request.method == "OPTIONS":
            continue
        evidence += 1
        if exchange.operation is not None:
            continue
        asked = f"{exchange.request.method} {exchange.request.path}"
        close = difflib.get_close_matches(asked, known, n=1, cutoff=0.3)
        findings.append(
            Finding(
                row.id,
                "kind.addressed",
                None,
                (exchange.id,),
                "/request/path",
                {},
                close[0] if close else None,
                asked,
            )
        )
    return Result(evidence, tuple(findings))


def credentials(check: Check, row: Requirement, exchange: Exchange, context: Context) -> Result:
    """Judge that a request is not refused for its credentials.

    Where it had none it is an error; where they were refused, a warning, as tokens expire.
    """
    operation = context.catalogue.operations[exchange.operation or ""]
    if exchange.status not in check["expect"]:
        shown = exchange.accepted and exchange.authenticated
        guarded = any(str(status) in operation.answers for status in check["expect"])
        return Result(int(shown and guarded))
    missing = not exchange.authenticated
    found = Finding(
        row.id,
        "kind.credentials.missing" if missing else "kind.credentials.refused",
        exchange.operation,
        (exchange.id,),
        "/request/headers",
        {},
        None,
        None,
        "error" if missing else "warning",
    )
    return Result(1, (found,))


def waits(
    check: Check, row: Requirement, exchanges: Sequence[Exchange], context: Context
) -> Result:
    """Judge that who is told to wait asks nothing before that time is over."""
    evidence, findings = 0, []
    told: tuple[Exchange, int] | None = None
    for exchange in exchanges:
        if told is not None and exchange.at >= told[0].ended:
            refused, seconds = told
            evidence += 1
            waited = exchange.at - refused.ended
            if waited + EARLY < timedelta(seconds=seconds):
                findings.append(
                    Finding(
                        row.id,
                        "kind.waits",
                        exchange.operation,
                        (exchange.id, refused.id),
                        "/request",
                        {"seconds": seconds},
                        f">= {seconds} s",
                        f"{waited.total_seconds():.1f} s",
                    )
                )
            else:
                told = None
        asked = _seconds(check, exchange)
        if asked is not None:
            told = (exchange, asked)
    return Result(evidence, tuple(findings))


def _seconds(check: Check, exchange: Exchange) -> int | None:
    """Return how long an answer asks to wait, where it does so in whole seconds."""
    if exchange.response is None or exchange.status not in check["statuses"]:
        return None
    text = (exchange.response.header(check["header"]) or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
