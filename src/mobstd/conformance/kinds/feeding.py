"""A feed read from where it ended before the run made anything: its rules judge what is in it."""

from __future__ import annotations

from mobstd.conformance.kinds.making import shop
from mobstd.conformance.kinds.probe import Probe
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.answers import answered
from mobstd.conformance.scenarios.table import table
from mobstd.judging.finding import Result
from mobstd.judging.pointer import find, get
from mobstd.judging.requirement import Check, Requirement

__all__ = ["FEED"]

MOST = 12
"""Pages that are read at most."""


def _feed(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Take things through their life, and read the feed to its end from before that."""
    opened = shop(lab, operation)
    if opened is None:
        return Result(reason="not-permitted")
    last = _ended(check, operation, lab)
    if last is None:
        return Result(reason="no-data")
    table(*opened, row)
    for _ in range(MOST):
        query = {**check.get("with", {}), check["after"]: last}
        page = lab.ask(operation, query, "scenario", row, fresh=True)
        numbers = [n for _, n in find(answered(page), check["at"]) if isinstance(n, int)]
        end = get(answered(page), check["latest"])
        if not numbers or max(numbers) <= last or not isinstance(end, int) or max(numbers) >= end:
            break
        last = max(numbers)
    return Result()


def _ended(check: Check, operation: str, lab: Lab) -> int | None:
    """Return the number of the latest item when the feed was asked first in this run."""
    for exchange in lab.session.exchanges:
        if exchange.operation == operation and exchange.accepted:
            number = get(answered(exchange), check["latest"])
            return number if isinstance(number, int) else None
    return None


FEED = Probe(
    lambda check, row, operation, lab: MOST,
    _feed,
    "writes",
    {"en": "read what a feed tells of the run", "fr": "lire ce qu'un flux dit de l'exécution"},
    writes=True,
)
