"""All reasons of each journey, in the order of the sources, under one profile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from mobstd.carpool_proof.preflight.alone import OF_STORED, in_order
from mobstd.carpool_proof.preflight.groups import judge_groups
from mobstd.carpool_proof.preflight.spill import BLOCK, DayOf, Spill
from mobstd.carpool_proof.preflight.verdict import ROWS, Reason, Verdict, unpacked, verdict
from mobstd.carpool_proof.rules.profile import Profile
from mobstd.carpool_proof.rules.terms import Refusal, terms_of

__all__ = ["Judged", "Outcomes", "judged"]


class Judged(NamedTuple):
    """A journey and what was found.

    Attributes:
        seq: its number.
        source: the number of its file.
        line: where it stands there.
        operator: whose it is; ``None`` where it could not be read.
        journey: its id; ``None`` where it has none that is a text.
        start: when it began, in milliseconds; ``None`` where that could not be read.
        verdict: what the reasons add up to.
        at_creation: the verdict on the registry's answer alone.
        reasons: what speaks against it.
    """

    seq: int
    source: int
    line: int
    operator: str | None
    journey: str | None
    start: int | None
    verdict: Verdict
    at_creation: Verdict
    reasons: tuple[Reason, ...]


def judged(
    spill: Spill, profile: Profile, number: int, taken: frozenset[str] = frozenset()
) -> Iterator[Judged]:
    """Yield every journey with its verdict.

    Args:
        spill: what :func:`load` filled.
        profile: to judge under.
        number: which of the profiles of ``load`` it is.
        taken: what a verdict may depend on and is let pass.
    """
    spill.forget()
    judge_groups(spill, profile, number)
    judge = Outcomes(profile, taken)
    alone, made = judge.alone, tuple.__new__
    found: Mapping[int, list[str]] = {}
    days: Mapping[int, DayOf] = {}
    for seq, row in enumerate(spill.journeys()):
        if seq % BLOCK == 0:
            found, days = spill.reasons(seq // BLOCK), spill.days(seq // BLOCK)
        source, line, operator, journey, start, _, _, said = row
        if seq in found or seq in days:
            first = spill.first(seq)
            outcome = judge.among(said[number], found.get(seq, ()), days.get(seq), first)
        else:
            outcome = alone(said[number])
        yield made(Judged, (seq, source, line, operator, journey, start, *outcome))


_RANKS = {rule: rank for rank, rule in enumerate(ROWS)}

_NO_DAY: tuple[int, tuple[str, ...]] = (0, ())
_Persons = tuple[int, int, int] | None
_Outcome = tuple[Verdict, Verdict, tuple[Reason, ...]]


class Outcomes:
    """What journeys come to: the verdict, that at creation, and the reasons."""

    def __init__(self, profile: Profile, taken: frozenset[str]) -> None:
        self._terms = terms_of(profile)
        self._taken = taken
        self.alone = lru_cache(1 << 12)(self._alone)
        self._mixed = lru_cache(1 << 12)(self._together)

    def _alone(self, said: str) -> _Outcome:
        return self.outcome(unpacked(said))

    def among(self, said: str, found: Iterable[str], days: DayOf | None, first: bool) -> _Outcome:
        """Return the outcome of a journey of which others say something too.

        Args:
            said: what it says by itself, packed.
            found: what others say, packed, in any order.
            days: the trips of its persons in its day, if they matter.
            first: whether no other has its id.
        """
        return self._mixed(said, tuple(found), self.persons(days), first)

    def outcome(self, reasons: tuple[Reason, ...]) -> _Outcome:
        """Return what reasons add up to, and at creation, with the reasons."""
        creation = (reason for reason in reasons if reason.stage != "processing")
        return verdict(reasons, self._taken), verdict(creation, self._taken), reasons

    @staticmethod
    def persons(days: DayOf | None) -> _Persons:
        """Return how many trips the persons of a journey have in its day, each and together."""
        if not days:
            return None
        one, other = days.get("driver", _NO_DAY), days.get("passenger", _NO_DAY)
        return one[0], other[0], len({*one[1], *other[1]})

    def _together(
        self, said: str, found: tuple[str, ...], persons: _Persons, first: bool
    ) -> _Outcome:
        return self.outcome(self._reasons(unpacked(said), found, persons, first))

    def _reasons(
        self, alone: tuple[Reason, ...], found: tuple[str, ...], persons: _Persons, first: bool
    ) -> tuple[Reason, ...]:
        """Return all that speaks against a journey.

        Args:
            alone: what it says by itself.
            found: what others say, packed, in any order.
            persons: how many trips its persons have in its day.
            first: whether no other has its id; else the registry does not keep it.
        """
        others = [reason for text in found for reason in unpacked(text)]
        others.sort(key=lambda reason: (_RANKS[reason.rule], reason.pointer))
        if not first:
            return (*(reason for reason in alone if reason.rule not in OF_STORED), *others)
        later = [reason for reason in alone if reason.stage == "processing"]
        at_once = [reason for reason in alone if reason.stage != "processing"]
        many = self._terms.so_many(*persons) if persons else None
        refused = [_of_refusal(many)] if many else []
        return tuple(in_order([*at_once, *others, *refused, *later], self._terms.labels))


def _of_refusal(refusal: Refusal) -> Reason:
    return Reason(refusal.label, "refused", params=refusal.metas)
