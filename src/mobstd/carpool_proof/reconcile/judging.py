"""What the status of a journey asks of its operator: pure, by the thresholds of a rule profile.

The registry checks journeys from 48 h after their start on, for 6 h; by then a status is final
but for what the operator corrects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from mobstd.carpool_proof.limits import Limits
from mobstd.carpool_proof.reconcile.export import Row, differences
from mobstd.carpool_proof.sending.entries import Entry
from mobstd.carpool_proof.sending.result import Fate
from mobstd.carpool_proof.sending.standing import Standing, instant

__all__ = ["Action", "Found", "Line", "cents_of", "judge"]

Found = Standing | str | None
"""A status; ``None`` where the registry has no such journey; why it could not be read."""


class Action(StrEnum):
    """What is to be done about a journey, the most urgent first."""

    SEND = "send"
    """The registry has not got it, and may still take it."""
    CORRECT = "correct"
    """It does not count as it was declared: PATCH it, where it was declared wrongly."""
    CONTEST = "contest"
    """What the registry says does not agree with what is known here, or with itself."""
    READ = "read"
    """Its status could not be read."""
    WAIT = "wait"
    """Its checks are not over."""
    LOST = "lost"
    """It does not count, and nothing can be done about that."""
    CANCELED = "canceled"
    """It was taken back."""
    COUNTS = "counts"
    """It counts."""


@dataclass(frozen=True)
class Line:
    """One journey, reconciled.

    Attributes:
        id: its ``operator_journey_id``.
        trip: its ``operator_trip_id``.
        start: when it started.
        fate: what became of it when it was sent; ``unknown`` where no journal says it.
        status: what the registry says now; ``absent`` or ``unread`` where it says nothing.
        labels: what the registry found.
        conflicts: ids of journeys that it clashes with.
        action: what is to be done.
        reasons: why, as codes below ``reconcile.reason``.
        differences: columns of the export that are not what was sent.
        incentives: the sum of the incentives that were declared, in euro cents.
        campaigns: the sum that campaigns pay for it by the export, in euro cents.
    """

    id: str
    trip: str
    start: datetime | None
    fate: Fate
    status: str
    labels: tuple[str, ...]
    conflicts: tuple[str, ...]
    action: Action
    reasons: tuple[str, ...]
    differences: tuple[str, ...]
    incentives: int
    campaigns: int


def judge(
    entry: Entry, found: Found, now: datetime, limits: Limits, row: Row | None, expected: bool
) -> Line:
    """Return what is to be done about a journey.

    Args:
        entry: what was sent.
        found: what the registry says of it.
        now: the instant that ages are counted to.
        limits: the thresholds.
        row: what the export says of it, where it does.
        expected: whether an export was given whose days are those of this journey.
    """
    document = entry.document
    start = _start(document, "start")
    action, reasons = _asked(entry, found, now, limits)
    differing = () if row is None else differences(document, row)
    said = found if isinstance(found, Standing) else None
    status = said.status if said else "absent" if found is None else "unread"
    if row is not None and said is not None and row.status != said.status:
        differing = ("status", *differing)
    if action is Action.COUNTS:
        if row is None and expected:
            action, reasons = Action.CONTEST, ("not-exported",)
        elif differing:
            action, reasons = Action.CONTEST, ("exported-otherwise",)
    return Line(
        id=_text(document.get("operator_journey_id")),
        trip=_text(document.get("operator_trip_id")),
        start=start,
        fate=entry.result.fate,
        status=status,
        labels=said.labels if said else entry.result.labels,
        conflicts=said.conflicts if said else (),
        action=action,
        reasons=tuple(dict.fromkeys(reasons)),
        differences=differing,
        incentives=cents_of(document),
        campaigns=row.campaigns if row else 0,
    )


def cents_of(document: Mapping[str, Any]) -> int:
    """Return the sum of a journey's incentives, in euro cents."""
    incentives = document.get("incentives")
    total = 0
    for one in incentives if isinstance(incentives, list) else ():
        amount = one.get("amount") if isinstance(one, Mapping) else None
        if not isinstance(amount, (int, float)) or isinstance(amount, bool):
            continue
        if 0 <= amount <= _MOST_CENTS:
            total += int(amount)
    return total


_MOST_CENTS = 100_000_000
"""No incentive is a million euros."""


Asked = tuple[Action, tuple[str, ...]]


def _asked(entry: Entry, found: Found, now: datetime, limits: Limits) -> Asked:
    start = _start(entry.document, "start")
    due = _start(entry.document, limits.expiry_from)
    in_time = due is not None and now <= due + limits.expiry
    if entry.result.fate is Fate.INVALID:
        return (Action.SEND, ("refused-document",)) if in_time else (Action.LOST, ("not-declared",))
    if isinstance(found, str):
        return Action.READ, ("unread",)
    if found is None:
        if in_time:
            return Action.SEND, ("absent",)
        known = entry.result.stored
        return (Action.CONTEST, ("vanished",)) if known else (Action.LOST, ("not-declared",))
    if found.status == "ok":
        return Action.COUNTS, ()
    if found.status == "canceled":
        return Action.CANCELED, ("canceled",)
    if found.status == "pending":
        return _pending(start, now, limits)
    if found.status == "terms_violation_error":
        return _terms(entry.document, found, due, limits)
    if found.status == "anomaly_error":
        return _labelled(found.anomalies, _ANOMALIES)
    if found.status == "fraud_error":
        return _labelled(found.frauds, _FRAUDS)
    if found.status in ("acquisition_error", "validation_error", "normalization_error"):
        return Action.CORRECT, ("data",)
    return Action.CONTEST, ("unknown-status",)


def _pending(start: datetime | None, now: datetime, limits: Limits) -> Asked:
    age = now - start if start else timedelta()
    if age < limits.checks:
        return Action.WAIT, ("too-early",)
    if age <= limits.checks + limits.checks_take:
        return Action.WAIT, ("being-checked",)
    return Action.CONTEST, ("overdue",)


def _terms(
    document: Mapping[str, Any], found: Standing, due: datetime | None, limits: Limits
) -> Asked:
    each = [_term(label, document, found, due, limits) for label in found.terms]
    return _worst(each or [(Action.CONTEST, "no-label")])


def _term(
    label: str, document: Mapping[str, Any], found: Standing, due: datetime | None, limits: Limits
) -> tuple[Action, str]:
    if label == "expired":
        taken = found.created_at
        late = taken is None or due is None or taken - due > limits.expiry
        return (Action.LOST, "expired") if late else (Action.CONTEST, "expired-in-time")
    if label == "distance_too_short":
        distance = document.get("distance")
        short = isinstance(distance, (int, float)) and distance < limits.least_distance
        return (Action.LOST, "distance-short") if short else (Action.CONTEST, "distance-enough")
    if label in ("too_many_trips_by_day", "too_close_trips"):
        return Action.CORRECT, label.replace("_", "-")
    return Action.CONTEST, "unknown-label"


_ANOMALIES = {
    "temporal_overlap_anomaly": (Action.CORRECT, "overlap"),
    "distance_duration_anomaly": (Action.CORRECT, "distance-duration"),
}
_FRAUDS = {
    "interoperator_overlap": (Action.CONTEST, "fraud-overlap"),
    "interoperator_overlap_trip": (Action.CONTEST, "fraud-overlap"),
    "interoperator_too_many_trips_by_day": (Action.CONTEST, "fraud-too-many-trips"),
    "interoperator_too_close_trips": (Action.CONTEST, "fraud-too-close-trips"),
}
_UNKNOWN = (Action.CONTEST, "unknown-label")


def _labelled(labels: tuple[str, ...], known: Mapping[str, tuple[Action, str]]) -> Asked:
    each = [known.get(label, _UNKNOWN) for label in labels]
    return _worst(each or [(Action.CONTEST, "no-label")])


def _worst(each: list[tuple[Action, str]]) -> Asked:
    """Return one action for several findings: one that nothing can be done about decides."""
    order = (Action.LOST, Action.CORRECT, Action.CONTEST)
    action = min((action for action, _ in each), key=order.index)
    return action, tuple(reason for _, reason in each)


def _start(document: Mapping[str, Any], name: str) -> datetime | None:
    place = document.get(name)
    return instant(place.get("datetime")) if isinstance(place, Mapping) else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
