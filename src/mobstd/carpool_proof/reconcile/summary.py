"""The totals of a reconciliation, taken in one pass, with the lines that ask for something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from mobstd.carpool_proof.reconcile.judging import Action, Line

__all__ = ["AT_STAKE", "Summary", "euros", "summed"]

AT_STAKE = (Action.SEND, Action.CORRECT, Action.CONTEST, Action.READ)
"""What can still be brought to count."""

MOST = 1000
"""Lines that ask for something and are kept; the others are in the CSV file."""


@dataclass
class Summary:
    """What a reconciliation found.

    Attributes:
        now: the instant that ages are counted to.
        rules: the rule profile.
        exported: journeys in the export, ``None`` where there was none.
        strangers: ids in the export that are not among what was sent.
        counts: journeys by action.
        cents: their incentives by action.
        statuses: journeys by status.
        labels: journeys by label.
        campaigns: what campaigns pay by the export, in euro cents.
        lines: the lines that ask for something, at most ``MOST``.
        left_out: how many more there were.
    """

    now: datetime
    rules: str
    exported: int | None = None
    strangers: tuple[str, ...] = ()
    counts: Counter[Action] = field(default_factory=Counter)
    cents: Counter[Action] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    campaigns: int = 0
    lines: list[Line] = field(default_factory=list)
    left_out: int = 0

    @property
    def total(self) -> int:
        """How many journeys there were."""
        return self.counts.total()

    @property
    def at_stake(self) -> int:
        """Cents of incentives that do not count and still may."""
        return sum(self.cents[action] for action in AT_STAKE)

    def add(self, line: Line) -> None:
        """Count a line."""
        self.counts[line.action] += 1
        self.cents[line.action] += line.incentives
        self.statuses[line.status] += 1
        self.labels.update(line.labels)
        self.campaigns += line.campaigns
        if line.action in (*AT_STAKE, Action.LOST):
            if len(self.lines) < MOST:
                self.lines.append(line)
            else:
                self.left_out += 1

    @property
    def ordered(self) -> list[Line]:
        """The lines that ask for something: the most urgent action first, then the most money."""
        order = list(Action)
        return sorted(self.lines, key=lambda one: (order.index(one.action), -one.incentives))

    @property
    def exit_code(self) -> int:
        """1 where something is to be done or lost, 3 where statuses could not be read, else 0."""
        if any(self.counts[action] for action in (*AT_STAKE[:3], Action.LOST)):
            return 1
        return 3 if self.counts[Action.READ] else 0


def summed(summary: Summary, lines: Iterable[Line]) -> Iterator[Line]:
    """Count lines while they go by."""
    for line in lines:
        summary.add(line)
        yield line


def euros(cents: int) -> Decimal:
    """Return cents as euros, exactly, with two decimals."""
    return Decimal(cents).scaleb(-2).quantize(Decimal("0.01"))
