"""The last step of a run: cited exchanges, curl lines, counts; persons and secrets taken out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mobstd.conformance.redaction import MASK, Redactor
from mobstd.conformance.report.curl import curl
from mobstd.conformance.report.exchanges import cut, to_json
from mobstd.judging.exchange import Exchange

__all__ = ["OUTCOMES", "finish", "summary"]

OUTCOMES = ("passed", "failed", "warned", "inconclusive", "not-run")
SECRET = "MOBSTD_SECRET"
"""The variable that stands for a secret that nobody named."""

CITED = 4
"""Exchanges of one finding that have a curl line."""


def summary(requirements: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return how many rows have each outcome."""
    counts = dict.fromkeys(OUTCOMES, 0)
    for row in requirements:
        counts[row["outcome"]] += 1
    return counts


def finish(
    report: Mapping[str, Any],
    exchanges: Iterable[Exchange],
    redactor: Redactor,
    base: str = "",
    called: str = "",
) -> dict[str, Any]:
    """Return the report with ``exchanges`` and ``summary`` filled in, ready for strangers.

    Args:
        report: all the rest; findings without ``curl``, exchanges named by id.
        exchanges: everything that was recorded; only what a finding cites is kept.
        redactor: knows persons and secrets.
        base: what stands before the path of a request: scheme, host and port.
        called: the same of what the target called.
    """
    findings = [f for row in report["requirements"] for f in row["findings"]]
    pointers: dict[str, list[str]] = {name: [] for f in findings for name in f["exchanges"]}
    for finding in findings:
        if finding["exchanges"]:
            pointers[finding["exchanges"][0]].append(finding["pointer"])
    cited, lines = {}, {}
    for exchange in exchanges:
        if exchange.id not in pointers:
            continue
        anonymous = redactor.persons(to_json(exchange))
        secrets = {**_sent(anonymous, redactor), **redactor.secrets}
        where = called if exchange.purpose == "callback" else base
        lines[exchange.id] = curl(anonymous, where, secrets)
        cited[exchange.id] = _sized(redactor.mask(anonymous), pointers[exchange.id])
    out = dict(report)
    out["requirements"] = [
        {**row, "findings": [_finding(f, lines, redactor) for f in row["findings"]]}
        for row in report["requirements"]
    ]
    out["exchanges"] = {name: redactor.known(shown) for name, shown in cited.items()}
    out["summary"] = summary(out["requirements"])
    for name in ("target", "preflight", "exploration", "gate"):
        if name in out:
            out[name] = redactor.anywhere(out[name])
    return out


def _sent(exchange: Mapping[str, Any], redactor: Redactor) -> dict[str, str]:
    """Return what is secret in an exchange though nobody configured it, such as a token."""
    masked = redactor.mask(exchange)["request"]
    found = {}
    for part in ("headers", "query"):
        pairs = zip(exchange["request"].get(part, ()), masked[part], strict=True)
        for (_, sent), (_, shown) in pairs:
            if sent == MASK:
                found[MASK] = SECRET
            elif shown.endswith(MASK) and sent != shown:
                value = sent if shown == MASK else sent.partition(" ")[2]
                if value:
                    found[value] = SECRET
    return found


def _finding(
    finding: Mapping[str, Any], lines: Mapping[str, str], redactor: Redactor
) -> dict[str, Any]:
    shown = [lines[name] for name in finding["exchanges"][:CITED] if name in lines]
    return redactor.finding({**finding, "curl": "\n".join(shown)})


def _sized(exchange: dict[str, Any], pointers: Iterable[str]) -> dict[str, Any]:
    exchange.pop("id", None)
    for side in ("request", "response"):
        if side in exchange:
            start = f"/{side}/body"
            cited = [p.removeprefix(start) for p in pointers if p.startswith(start)]
            exchange[side] = cut(exchange[side], cited)
    return exchange
