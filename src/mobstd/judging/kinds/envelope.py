"""Status, media type and headers."""

from __future__ import annotations

from typing import Any

from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange, Response
from mobstd.judging.finding import Finding, Result
from mobstd.judging.requirement import Check, Requirement

__all__ = ["header", "media_type", "never", "status"]

TOO_MANY = 429
REDIRECTS = (
    "transport.redirect-elsewhere",
    "transport.redirect-loop",
    "transport.redirects",
)
"""Redirects that are not followed: an answer that no document of ours has."""

NOT_THERE = (404, 405, 501)
"""How a server says that it does not have an operation."""


def _finding(
    row: Requirement, exchange: Exchange, code: str, pointer: str, expected: Any, received: Any
) -> Finding:
    return Finding(
        row.id,
        code,
        exchange.operation,
        (exchange.id,),
        pointer,
        {},
        expected,
        received,
    )


def _not_there(exchange: Exchange) -> bool:
    """Say whether all that was learnt is that the operation is absent, which is allowed."""
    return exchange.purpose == "preflight" and exchange.status in NOT_THERE


def _redirected(exchange: Exchange) -> bool:
    """Say whether an answer points away; where all do, the base path is wrong, not the answer."""
    failure = exchange.failure
    return failure is not None and failure.code in REDIRECTS and exchange.purpose != "preflight"


def status(check: Check, row: Requirement, exchange: Exchange, context: Context) -> Result:
    """Judge the status of a good request: documented, and with ``expect`` one of these."""
    response = exchange.response
    if exchange.negative or exchange.operation is None or _not_there(exchange):
        return Result()
    if _redirected(exchange):
        to = exchange.failure.params.get("to", "in circles") if exchange.failure else ""
        found = _finding(row, exchange, "kind.status.redirect", "/failure", "an answer", to)
        return Result(1, (found,))
    if response is None:
        return Result()
    if response.status == TOO_MANY or 500 <= response.status < 600:
        return Result()
    operation = context.catalogue.operations[exchange.operation]
    if check.get("of_success") and not exchange.accepted:
        return Result()
    if response.status in check.get("tolerated", {}).get(exchange.operation, ()):
        return Result(1)
    if "expect" in check.params:
        if response.status in check["expect"]:
            return Result(1)
        code, expected = "kind.status.expected", check["expect"]
    elif operation.answer(response.status) is not None:
        return Result(1)
    else:
        code, expected = "kind.status", sorted(operation.answers)
    found = _finding(row, exchange, code, "/response/status", expected, response.status)
    return Result(1, (found,))


def _may_fail(exchange: Exchange, context: Context) -> bool:
    """Say whether the row that asked lets the target fail: a text that draws a 500 as a refusal."""
    asking = context.catalogue.rows.get(exchange.requirement or "")
    return asking is not None and any(check.get("may_fail") for check in asking.checks)


def never(check: Check, row: Requirement, exchange: Exchange, context: Context) -> Result:
    """Judge that the status is outside a range, whatever was asked."""
    if exchange.response is None or _not_there(exchange) or _may_fail(exchange, context):
        return Result()
    low, high = check["statuses"]
    if not low <= exchange.response.status <= high:
        return Result(1)
    expected = f"not {low}..{high}"
    found = _finding(
        row, exchange, "kind.never", "/response/status", expected, exchange.response.status
    )
    return Result(1, (found,))


def _described(context: Context, exchange: Exchange, response: Response) -> bool:
    answer = context.catalogue.operations[exchange.operation or ""].answer(response.status)
    return answer is not None and bool(answer.content)


def media_type(check: Check, row: Requirement, exchange: Exchange, context: Context) -> Result:
    """Judge media type and parsing of a body that the document describes."""
    response = exchange.response
    if response is None or exchange.operation is None or response.truncated:
        return Result()
    if "statuses" in check.params and response.status not in check["statuses"]:
        return Result()
    if not _described(context, exchange, response):
        return Result()
    if not response.body and response.status >= 400 and not check.get("required"):
        return Result()
    wanted = check.get("type", "application/json")
    findings = []
    if response.media_type != wanted:
        findings.append(
            _finding(
                row,
                exchange,
                "kind.media-type",
                "/response/headers/content-type",
                wanted,
                response.header("content-type"),
            )
        )
    elif response.not_json is not None:
        findings.append(
            _finding(
                row,
                exchange,
                f"kind.not-json.{response.not_json.reason}",
                "/response/body",
                "JSON",
                response.not_json.reason,
            )
        )
    return Result(1, tuple(findings))


def header(check: Check, row: Requirement, exchange: Exchange, context: Context) -> Result:
    """Judge a header, read as a string, against a schema."""
    response = exchange.response
    if response is None or response.status not in check["statuses"]:
        return Result()
    name = check["name"]
    value = response.header(name)
    if value is None and not check.get("required", False):
        return Result()
    if value is not None and context.validator(check["then"]).is_valid(value.strip()):
        return Result(1)
    found = _finding(
        row,
        exchange,
        "kind.header" if value is not None else "kind.header.missing",
        f"/response/headers/{name.lower()}",
        check["then"],
        value,
    )
    return Result(1, (found,))
