"""What is known of a situation: answers as Python values, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from mobstd.mobility_aid.places import LEVELS, above, codes_of
from mobstd.mobility_aid.registry import criteria
from mobstd.mobility_aid.truth import Truth

__all__ = ["EURO", "RECEIVED", "Facts", "Received", "decimal", "valued"]

EURO = "EUR"
RECEIVED = "received"
"""What stands among missing answers where nobody said which aids a person gets."""


@lru_cache(maxsize=4096)
def _decimal(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def decimal(value: Any) -> Decimal | None:
    """Return a number or a decimal text exactly; ``None`` for anything else."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    return _decimal(str(value))


def valued(kind: str, value: Any) -> Any:
    """Return an answer or what it is compared with as Python compares it; ``None``: unreadable."""
    if kind in ("money", "number"):
        return decimal(value)
    if kind == "boolean":
        return value if isinstance(value, bool) else None
    return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Received:
    """An aid that a person gets, got, or may get beside.

    Attributes:
        aid: its id.
        low: the least that it is.
        high: the most that it is; ``None``: nobody knows.
        day: the day that it was granted, where it is known.
        sure: whether the person gets it.
    """

    aid: str
    low: Decimal = Decimal(0)
    high: Decimal | None = None
    day: str | None = None
    sure: Truth = True


class Facts:
    """Answers by criterion, with what follows from them; unknown is ``None``.

    Args:
        situation: a document of the schema ``situation``.
    """

    def __init__(self, situation: Mapping[str, Any]) -> None:
        self.day: str = situation["date"]
        self.currency: str = situation.get("currency", EURO)
        self.beneficiary: str = situation.get("beneficiary", "natural-person")
        self.answers: Mapping[str, Any] = situation["answers"]
        told = situation.get("received")
        self.all_told = told is not None
        self.received: tuple[Received, ...] = tuple(map(_received, told or ()))
        self._known: dict[str, tuple[Any, ...] | None] = {}

    def beside(self, others: Iterable[Received]) -> Facts:
        """Return the same with aids that the person gets, or may get, beside."""
        made = Facts.__new__(Facts)
        made.__dict__.update(self.__dict__)
        made.received = (*self.received, *others)
        made._known = {k: v for k, v in self._known.items() if k != "aid.received"}
        return made

    def all_of(self, criterion: str, kind: str) -> tuple[Any, ...] | None:
        """Return every answer that is true at once, or ``None`` where it is unknown."""
        if criterion not in self._known:
            self._known[criterion] = self._told(criterion, kind)
        return self._known[criterion]

    def money(self, criterion: str, currency: str) -> Decimal | None:
        """Return a sum, unknown where it is in another currency, or below nothing."""
        found = self.all_of(criterion, "money") if currency == self.currency else None
        return found[0] if found and found[0] >= 0 else None

    def number(self, criterion: str) -> Decimal | None:
        """Return a number of things, unknown where it is below none."""
        found = self.all_of(criterion, "number")
        return found[0] if found and found[0] >= 0 else None

    def gets(self, aid: str) -> Truth:
        """Say whether the person gets an aid."""
        sure = [one.sure for one in self.received if one.aid == aid]
        if True in sure:
            return True
        return False if self.all_told and None not in sure else None

    def others(self, named: str | None, but: str) -> tuple[Decimal, Decimal | None]:
        """Return what the least and the most is that another aid, or all others, come to."""
        low, high = Decimal(0), None if not self.all_told else Decimal(0)
        for one in self.received:
            if one.aid == but or named not in (None, one.aid) or one.sure is False:
                continue
            low += one.low if one.sure else 0
            high = None if high is None or one.high is None else high + one.high
        if named is not None and any(one.aid == named and one.sure for one in self.received):
            tops = [one.high for one in self.received if one.aid == named]
            high = None if None in tops else sum((top for top in tops if top), Decimal(0))
        return low, high

    def _told(self, criterion: str, kind: str) -> tuple[Any, ...] | None:
        if criterion in self.answers:
            said = self.answers[criterion]
            read = [valued(kind, one) for one in (said if isinstance(said, list) else [said])]
            if None in read:
                return None
            return codes_of(read[0]) if criterion.endswith(".commune") and read else tuple(read)
        if kind == "area":
            return self._place(criterion)
        known = criteria().get(criterion)
        if known is None or known.quotient is None:
            return None
        whole, parts = (decimal(self.answers.get(name)) for name in known.quotient)
        return (whole / parts,) if whole is not None and parts else None

    def _place(self, criterion: str) -> tuple[str, ...] | None:
        place, _, level = criterion.partition(".")
        near = {name: valued("area", self.answers.get(f"{place}.{name}")) for name in LEVELS}
        found = above(level, near["commune"], near["department"])
        return None if found is None else (found,)


def _received(row: Mapping[str, Any]) -> Received:
    amount = decimal(row.get("amount"))
    return Received(row["aid"], amount or Decimal(0), amount, row.get("date"))
