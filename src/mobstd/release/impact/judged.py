"""The same evidence, judged by two versions: per block and requirement, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from mobstd.canon.schemas import schema_names, validator_of
from mobstd.canon.standard import Version
from mobstd.conformance.traffic.account import About, account
from mobstd.conformance.traffic.hearing import Hearing
from mobstd.errors import ConfigError
from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange
from mobstd.judging.judge import judge_each, settle
from mobstd.release.impact.evidence import Documents, Exchanges

__all__ = ["LOST", "of_documents", "of_exchanges"]

LOST = ("non-conforming", "gone")
"""What a block is where the version is not spoken any more."""


def of_exchanges(
    found: Exchanges, old: Version, new: Version, role: str, side: str, base: str | None = None
) -> dict[str, Any]:
    """Return what one party keeps and loses, as a JSON value.

    Raises:
        ConfigError: where the role is in one of the versions alone.
        UnknownName: the same, for a role without a document.
    """
    if found.source is not None:
        found.source.locate(old, role, base)
    exchanges = [
        (exchange, elsewhere)
        for exchange, elsewhere in found.all()
        if exchange.operation is not None
    ]
    sides = [_heard(exchanges, version, role, side, found.name) for version in (old, new)]
    before, after = sides
    blocks = {
        name: {
            "old": before.blocks.get(name, "absent"),
            "new": after.blocks.get(name, "gone" if name in before.seen else "absent"),
        }
        for name in dict.fromkeys((*before.blocks, *after.blocks))
    }
    return {
        "name": found.name,
        "side": side,
        "kind": "report" if found.partial else "exchanges",
        "judged": len(exchanges),
        "without_counterpart": after.strange,
        "blocks": {name: {**pair, "lost": _lost(pair)} for name, pair in blocks.items()},
        "requirements": {
            name: {
                "old": before.rows.get(name, {"outcome": None, "failed": 0}),
                "new": after.rows.get(name, {"outcome": None, "failed": 0}),
            }
            for name in sorted({*before.rows, *after.rows})
            if _told(before.rows.get(name), after.rows.get(name))
        },
    }


def _lost(pair: Mapping[str, str]) -> bool:
    return pair["new"] in LOST and pair["old"] not in (*LOST, "absent")


def _told(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> bool:
    return any(row and row["outcome"] in ("passed", "warned", "failed") for row in (before, after))


class _Heard:
    """What a version says of the exchanges.

    ``blocks``: the verdict of each that was met; ``seen``: those that an exchange was of;
    ``strange``: how many exchanges are of an operation that the version does not have.
    """

    def __init__(self) -> None:
        self.blocks: dict[str, str] = {}
        self.seen: set[str] = set()
        self.rows: dict[str, dict[str, Any]] = {}
        self.strange = 0


def _heard(
    exchanges: list[tuple[Exchange, str | None]], version: Version, role: str, side: str, name: str
) -> _Heard:
    hearing = Hearing(version, role, side)
    known = hearing.catalogue.operations
    out = _Heard()
    failed: Counter[str] = Counter()
    for exchange, elsewhere in exchanges:
        if exchange.operation not in known:
            out.strange += 1
            hearing.hear(replace(exchange, operation=None), elsewhere)
            continue
        block = hearing.catalogue.block_of.get(exchange.operation or "")
        out.seen |= {block} if block else set()
        hearing.hear(exchange, elsewhere)
        failed.update(_failing(exchange, hearing))
    report = account(hearing, About(name, "recording"))
    out.blocks = {
        block["id"]: block["verdict"] for block in report["blocks"] if block["id"] in out.seen
    }
    for row in report["requirements"]:
        count = max(failed[row["id"]], 1 if row["outcome"] == "failed" else 0)
        out.rows[row["id"]] = {"outcome": row["outcome"], "failed": count}
    return out


def _failing(exchange: Exchange, hearing: Hearing) -> Iterator[str]:
    """Yield the rows that one exchange alone breaks."""
    settled = settle(judge_each([exchange], Context(hearing.catalogue)))
    for row, tallies in settled.items():
        if any(f.severity == "error" for tally in tallies for f in tally.findings):
            yield row


def of_documents(found: Documents, old: Version, new: Version, schema: str) -> dict[str, Any]:
    """Return which documents a schema of each version refuses, and by what, as a JSON value.

    Raises:
        ConfigError: where one of the versions has no such schema, or a file is no JSON.
    """
    for version in (old, new):
        if schema not in schema_names(version):
            known = ", ".join(schema_names(version))
            raise ConfigError(
                "canon.unknown-schema", wanted=schema, version=str(version), known=known
            )
    judges = [validator_of(version, schema) for version in (old, new)]
    counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    refused = [0, 0]
    judged = 0
    for _, document in found.all():
        judged += 1
        for place, judge in enumerate(judges):
            reasons = {_reason(problem) for problem in judge.problems(document)}
            refused[place] += bool(reasons)
            counts[place].update(reasons)
    words = ["non-conforming" if count else "conforming" for count in refused]
    pair = {"old": words[0], "new": words[1]}
    return {
        "name": found.name,
        "side": "documents",
        "kind": "documents",
        "judged": judged,
        "without_counterpart": 0,
        "blocks": {schema: {**pair, "lost": _lost(pair)}},
        "requirements": {
            reason: {
                side: {
                    "outcome": "failed" if counts[place][reason] else "passed",
                    "failed": counts[place][reason],
                }
                for place, side in enumerate(("old", "new"))
            }
            for reason in sorted({*counts[0], *counts[1]})
        },
    }


def _reason(problem: Any) -> str:
    steps = "/".join("*" if isinstance(step, int) else str(step) for step in problem.path)
    member = f" {problem.member}" if problem.member else ""
    return f"/{steps} {problem.keyword}{member}"
