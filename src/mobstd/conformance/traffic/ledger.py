"""What was seen of one party, in bounded memory however long it lasts."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from mobstd.judging.catalogue import Catalogue
from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding
from mobstd.judging.judge import Tally, judge_all, judge_each

__all__ = ["Ledger", "Use"]

REMEMBERED = 4_000
REMEMBERED_BYTES = 16 << 20
"""Exchanges, and bytes of their bodies, that are looked at together."""

COUNTED = 10_000
"""How often one finding is counted at most."""


@dataclass
class Use:
    """How one operation was used."""

    requests: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    parameters: set[str] = field(default_factory=set)


@dataclass
class _Sum:
    """What one check saw on one operation."""

    tally: Tally
    evidence: int = 0
    findings: dict[str, Finding] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, tally: Tally) -> list[Finding]:
        """Count a tally in, and return what is new in it."""
        self.evidence += tally.evidence
        new = [f for f in tally.findings if f.fingerprint not in self.findings]
        for finding in tally.findings:
            self.findings.setdefault(finding.fingerprint, finding)
            self.counts[finding.fingerprint] += 1
        return new

    def whole(self) -> Tally:
        findings = tuple(
            finding
            for name, finding in self.findings.items()
            for _ in range(min(self.counts[name], COUNTED))
        )
        return replace(self.tally, evidence=self.evidence, findings=findings)


_Sums = dict[tuple[str, int, str | None], _Sum]


def _count(sums: _Sums, tallies: Iterable[Tally]) -> list[Finding]:
    new = []
    for tally in tallies:
        key = (tally.requirement.id, id(tally.check), tally.operation)
        new += sums.setdefault(key, _Sum(tally)).add(tally)
    return new


class Ledger:
    """The exchanges of one party, judged as they come.

    What one exchange shows alone is judged at once and kept as sums; what takes several is looked
    for in the last ``REMEMBERED`` of them.

    Args:
        catalogue: of who serves or of who calls.
        told_by: how the party is known.
    """

    def __init__(self, catalogue: Catalogue, told_by: str = "nothing") -> None:
        self.catalogue = catalogue
        self.told_by = told_by
        self.software: str | None = None
        self.requests = 0
        self.forgotten = 0
        self.use: dict[str, Use] = {}
        self._alone: _Sums = {}
        self._together: _Sums = {}
        self._cited: dict[str, Exchange] = {}
        self._recent: deque[Exchange] = deque()
        self._bytes = 0
        self._answers = _read_again(catalogue)

    def add(self, exchange: Exchange) -> None:
        """Judge one more exchange."""
        self.requests += 1
        if self.software is None:
            agents = (v for n, v in exchange.request.headers if n.lower() == "user-agent")
            self.software = next(agents, None)
        self._note(exchange)
        new = _count(self._alone, judge_each([exchange], Context(self.catalogue)))
        if new:
            self._cited[exchange.id] = exchange
        kept = exchange
        if exchange.response is not None and exchange.operation not in self._answers:
            kept = replace(exchange, response=replace(exchange.response, body=b""))
        self._recent.append(kept)
        self._bytes += _weight(kept)
        if len(self._recent) > REMEMBERED or self._bytes > REMEMBERED_BYTES:
            self._forget()

    def _note(self, exchange: Exchange) -> None:
        if exchange.operation is None:
            return
        use = self.use.setdefault(exchange.operation, Use())
        use.requests += 1
        use.statuses[str(exchange.status)] += exchange.status is not None
        use.parameters |= set(exchange.query)

    def _forget(self) -> None:
        """Let go of the oldest three quarters, once they are judged."""
        self._cite(_count(self._together, self._looked_at()))
        last = max(1, len(self._recent) // 4)
        while len(self._recent) > last or (self._recent and self._bytes > REMEMBERED_BYTES // 2):
            self._bytes -= _weight(self._recent.popleft())
            self.forgotten += 1

    def _looked_at(self) -> list[Tally]:
        seen = sorted(self._recent, key=lambda exchange: exchange.at)
        return judge_all(seen, Context(self.catalogue))

    def _cite(self, findings: Iterable[Finding]) -> None:
        wanted = {name for finding in findings for name in finding.exchanges}
        self._cited.update({x.id: x for x in self._recent if x.id in wanted})

    def tallies(self) -> list[Tally]:
        """Return what every check saw so far."""
        together: _Sums = {}
        _count(together, self._looked_at())
        self._cite(f for one in together.values() for f in one.findings.values())
        for key, past in self._together.items():
            now = together.setdefault(key, _Sum(past.tally))
            now.evidence = max(now.evidence, past.evidence)
            for name, finding in past.findings.items():
                now.findings.setdefault(name, finding)
                now.counts[name] = max(now.counts[name], past.counts[name])
        return [one.whole() for sums in (self._alone, together) for one in sums.values()]

    def cited(self) -> list[Exchange]:
        """Return the exchanges that findings name; ask for the tallies first."""
        return list(self._cited.values())


def _weight(exchange: Exchange) -> int:
    answer = exchange.response.body if exchange.response is not None else b""
    return len(exchange.request.body or b"") + len(answer) + 1_000


def _read_again(catalogue: Catalogue) -> frozenset[str]:
    """Return the operations whose answers are looked at again, beside other exchanges."""
    if not catalogue.callers:
        return frozenset(catalogue.operations)
    found: Iterable[Any] = (check.get("found", {}) for _, check in catalogue.checks)
    return frozenset(op for one in found for op in one.get("operations", ()))
