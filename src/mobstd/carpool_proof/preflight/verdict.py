"""Reasons, and the verdict that they add up to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Literal

from mobstd.messages import LANGUAGES, render

__all__ = [
    "DEPENDS_ON",
    "ROWS",
    "VERDICTS",
    "On",
    "Reason",
    "Stage",
    "Verdict",
    "Weight",
    "packed",
    "plainly",
    "unpacked",
    "verdict",
]

Weight = Literal["refused", "depends", "warning"]
"""``refused``: for certain; ``depends``: on what ``on`` says; ``warning``: refuses nothing."""

Verdict = Literal["refused", "depends", "accepted"]
VERDICTS: tuple[Verdict, ...] = ("refused", "depends", "accepted")
"""Refused for certain, not decided by what is known, accepted for certain."""

Stage = Literal["reading", "creation", "processing"]
"""Where it bites: the file cannot be read; the registry answers so; it finds it days later."""

On = Literal["", "arrival", "order", "route", "token", "window"]
DEPENDS_ON: tuple[On, ...] = ("arrival", "order", "route", "token", "window")
"""The instant of reception; which of two the registry lists first; the route that its router finds;
whose token it is sent with; the hours that its run across operators looks at."""


ROWS: Mapping[str, str] = {
    "unreadable": "PROOF-GEN-01",
    "schema": "PROOF-GEN-03",
    "published": "PROOF-GEN-03",
    "operator_id": "PROOF-JRN-02",
    "instant": "PROOF-JRN-09",
    "markup": "PROOF-JRN-03",
    "date_order": "PROOF-JRN-13",
    "duplicate": "PROOF-JRN-14",
    "duplicate_past": "PROOF-JRN-14",
    "incentive_index": "PROOF-JRN-18",
    "trip_split": "PROOF-JRN-19",
    "same_person": "PROOF-JRN-20",
    "same_user": "PROOF-JRN-20",
    "phone_differs": "PROOF-JRN-23",
    "person_split": "PROOF-JRN-25",
    "user_shared": "PROOF-JRN-25",
    "age_unknown": "PROOF-JRN-28",
    "revenue": "PROOF-JRN-29",
    "expired": "PROOF-TERM-01",
    "distance_too_short": "PROOF-TERM-02",
    "too_many_trips_by_day": "PROOF-TERM-03",
    "too_close_trips": "PROOF-TERM-04",
    "temporal_overlap_anomaly": "PROOF-ANOM-01",
    "distance_duration_anomaly": "PROOF-ANOM-02",
    "distance_duration_route": "PROOF-ANOM-02",
    "interoperator_overlap": "PROOF-FRAUD-01",
    "interoperator_too_many_trips_by_day": "PROOF-FRAUD-02",
    "interoperator_too_close_trips": "PROOF-FRAUD-03",
}
"""The row of the catalogue that each rule belongs to; ``mobstd explain ID`` tells more."""


@dataclass(frozen=True)
class Reason:
    """One thing that speaks against a journey. It holds no personal data.

    Attributes:
        rule: the name of the rule, that of the profile where it is the registry's.
        weight: what it decides.
        stage: where it bites.
        on: what it depends on, where it does.
        pointer: into the journey.
        params: of the message.
        text: the words in each language, where they are not those of the rule.
    """

    rule: str
    weight: Weight
    stage: Stage = "creation"
    on: On = ""
    pointer: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    text: Mapping[str, str] | None = None

    def message(self, lang: str) -> str:
        """Return the reason in words."""
        if self.text:
            return self.text[lang]
        return render(f"proof.rule.{self.rule.replace('_', '-')}", dict(self.params), lang)

    def as_json(self) -> dict[str, Any]:
        """Return the reason as it is written to files."""
        found: dict[str, Any] = {"rule": self.rule, "requirement": ROWS[self.rule]}
        found |= {"weight": self.weight, "stage": self.stage}
        found |= {"on": self.on} if self.on else {}
        found |= {"pointer": self.pointer} if self.pointer else {}
        found["message"] = {lang: self.message(lang) for lang in LANGUAGES}
        return found

    def packed(self) -> str:
        """Return the reason as a text of one line that :func:`unpacked` reads."""
        return self._packed

    @cached_property
    def _packed(self) -> str:
        parts = [self.rule, self.weight, self.stage, self.on, self.pointer]
        return json.dumps([*parts, dict(self.params), self.text and dict(self.text)])


@lru_cache(1 << 12)
def plainly(rule: str, weight: Weight, pointer: str = "") -> Reason:
    """Return the reason that says no more than where, made once."""
    return Reason(rule, weight, pointer=pointer)


def packed(reasons: Iterable[Reason]) -> str:
    """Return reasons as a text that :func:`unpacked` reads; the empty text: none."""
    return "\n".join([reason.packed() for reason in reasons])


@lru_cache(1 << 12)
def unpacked(text: str) -> tuple[Reason, ...]:
    """Return the reasons that a text holds."""
    return tuple(Reason(*json.loads(line)) for line in text.split("\n")) if text else ()


def verdict(reasons: Iterable[Reason], taken: frozenset[str] = frozenset()) -> Verdict:
    """Return what reasons add up to; what depends on something in ``taken`` is let pass."""
    found: Verdict = "accepted"
    for reason in reasons:
        if reason.weight == "refused":
            return "refused"
        if reason.weight == "depends" and reason.on not in taken:
            found = "depends"
    return found
