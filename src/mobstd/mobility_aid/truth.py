"""Truth with a third value, and why: Kleene's logic, with reasons and with what is missing.

``None`` is unknown. What is decided stays decided, whatever else is learnt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

__all__ = ["VERDICTS", "Judged", "Reason", "Truth", "every", "negated", "shared", "some"]

Truth = bool | None

VERDICTS: Mapping[Truth, str] = {True: "eligible", False: "not-eligible", None: "unknown"}
"""The word for each truth of an aid or a benefit."""

_OPPOSITE = {"for": "against", "against": "for"}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an answer is what it is.

    Attributes:
        code: what kind of reason it is, a code of the schema ``reason``.
        pointer: the place in the aid that says so.
        effect: ``for``, ``against``, ``open`` or ``reduces``.
        criterion: what was compared, where it is a condition.
    """

    code: str
    pointer: str
    effect: str
    criterion: str = ""

    def to_json(self) -> dict[str, str]:
        """Return a document of the schema ``reason``."""
        shown = {"code": self.code, "pointer": self.pointer, "effect": self.effect}
        return {**shown, "criterion": self.criterion} if self.criterion else shown


@dataclass(frozen=True, slots=True)
class Judged:
    """A truth with its reasons, and with what would decide it where it is unknown.

    Attributes:
        missing: by criterion, how much its answer would tell; the weights of one truth sum up to
            one at most.
    """

    truth: Truth
    reasons: tuple[Reason, ...] = ()
    missing: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, truth: Truth, code: str, pointer: str, *asked: str) -> Judged:
        """Return a truth with one reason; ``asked`` would decide it where it is unknown."""
        effect = "open" if truth is None else "for" if truth else "against"
        missing = dict.fromkeys(asked, 1 / len(asked)) if truth is None and asked else {}
        return cls(truth, (Reason(code, pointer, effect),), missing)


def shared(weights: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the weights of several that count alike, so that they sum up to one at most."""
    found: dict[str, float] = {}
    for each in weights:
        for criterion, weight in each.items():
            found[criterion] = found.get(criterion, 0.0) + weight / len(weights)
    return found


def every(parts: Sequence[Judged]) -> Judged:
    """Return whether all are true: false as soon as one is false."""
    return _decided(parts, by=False)


def some(parts: Sequence[Judged]) -> Judged:
    """Return whether one is true: true as soon as one is true."""
    return _decided(parts, by=True)


def _decided(parts: Sequence[Judged], *, by: bool) -> Judged:
    deciding = [part for part in parts if part.truth is by]
    if deciding:
        return Judged(by, _reasons(deciding))
    unknown = [part for part in parts if part.truth is None]
    if unknown:
        return Judged(None, _reasons(unknown), shared([part.missing for part in unknown]))
    return Judged(not by, _reasons(parts))


def _reasons(parts: Sequence[Judged]) -> tuple[Reason, ...]:
    return tuple(reason for part in parts for reason in part.reasons)


def negated(part: Judged) -> Judged:
    """Return the opposite; what spoke against speaks for."""
    reasons = tuple(replace(r, effect=_OPPOSITE.get(r.effect, r.effect)) for r in part.reasons)
    return Judged(None if part.truth is None else not part.truth, reasons, part.missing)
