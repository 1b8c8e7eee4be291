"""All who call a role, told apart, or who answers them; each judged by the exchanges seen."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from mobstd.canon.standard import Version
from mobstd.conformance.traffic.ledger import Ledger
from mobstd.errors import ConfigError
from mobstd.judging.catalogue import callers, catalogue
from mobstd.judging.exchange import Exchange

__all__ = ["CALLER", "OTHERS", "SERVER", "Hearing"]

CALLER, SERVER = "caller", "server"

PARTIES = 100
"""Callers that are told apart; whoever comes after them is judged as one of the others."""

OTHERS = "others"


class Hearing:
    """Judges one side of the exchanges with a role.

    Args:
        version: what is spoken.
        role: the role that is called.
        side: ``CALLER`` judges requests, of each caller for itself; ``SERVER`` answers.

    Raises:
        ConfigError: where the standard asks nothing of callers.
    """

    def __init__(self, version: Version, role: str, side: str) -> None:
        self.version, self.role, self.side = version, role, side
        found = callers(version, role) if side == CALLER else catalogue(version, role)
        if side == CALLER and not found.rows:
            raise ConfigError("traffic.no-rows", version=str(version), role=role)
        self.catalogue = found
        self.parties: dict[str, Ledger] = {}
        self.requests = 0
        self.unmatched = 0
        self.elsewhere: Counter[str] = Counter()
        self.began = datetime.now(UTC)
        self.ended: datetime | None = None

    def hear(self, exchange: Exchange, elsewhere: str | None = None) -> None:
        """Judge one exchange; ``elsewhere``: where it went, if not to the role at all."""
        self.requests += 1
        if exchange.operation is None:
            self.unmatched += 1
            if elsewhere is not None:
                self.elsewhere[elsewhere] += 1
        judged = exchange.operation is not None or (elsewhere is None and self.side == CALLER)
        if not judged or (exchange.negative and self.side == CALLER):
            return
        name = (exchange.caller or "unknown") if self.side == CALLER else ""
        if name not in self.parties and len(self.parties) >= PARTIES:
            name = OTHERS
        if name not in self.parties:
            self.parties[name] = Ledger(self.catalogue, _told_by(name, exchange))
        self.parties[name].add(exchange)


def _told_by(name: str, exchange: Exchange) -> str:
    if exchange.caller is None or name == OTHERS:
        return "nothing"
    if not exchange.authenticated:
        return "address"
    return "client" if name.startswith("client ") else "key"
