"""Whether an aid can be had at all on a day, and by whom: status, dates, budget, quota."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from mobstd.mobility_aid.facts import RECEIVED, Facts, Received
from mobstd.mobility_aid.truth import Judged, Truth, every, negated

__all__ = ["standing"]

_STATUS: Mapping[str, Truth] = {"active": True, "unknown": None}
_DURATION = re.compile(r"^P(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)W)?(?:([0-9]+)D)?$")
_PURCHASE = "purchase.date"
_PERSON = "natural-person"


def standing(aid: Mapping[str, Any], facts: Facts) -> Judged:
    """Judge whether the aid can be had on the day of the situation, by who asks."""
    return every(list(_parts(aid, facts)))


def _parts(aid: Mapping[str, Any], facts: Facts) -> Iterator[Judged]:
    yield Judged.of(_STATUS.get(aid["status"], False), "status", "/status")
    validity: Mapping[str, Any] = aid.get("validity", {})
    if "start" in validity:
        yield Judged.of(validity["start"] <= facts.day, "validity", "/validity/start")
    if "end" in validity:
        yield Judged.of(facts.day <= validity["end"], "validity", "/validity/end")
    yield from _purchase(validity, facts)
    if aid.get("budget", {}).get("state") == "exhausted":
        yield Judged.of(False, "budget", "/budget/state")
    takers = aid["eligibility"].get("beneficiaries", (_PERSON,))
    if facts.beneficiary not in takers:
        yield Judged.of(False, "beneficiary", "/eligibility/beneficiaries")
    combination: Mapping[str, Any] = aid.get("combination", {})
    for n, other in enumerate(combination.get("exclusiveWith", ())):
        at = f"/combination/exclusiveWith/{n}"
        yield Judged.of(negated(Judged(facts.gets(other))).truth, "exclusive", at, RECEIVED)
    if "perBeneficiary" in combination:
        quota = combination["perBeneficiary"]
        truth = _left(aid["id"], quota, facts)
        yield Judged.of(truth, "quota", "/combination/perBeneficiary", RECEIVED)


def _purchase(validity: Mapping[str, Any], facts: Facts) -> Iterator[Judged]:
    bought = facts.all_of(_PURCHASE, "date")
    for name in ("purchaseFrom", "purchaseUntil"):
        if name not in validity:
            continue
        truth: Truth = None
        if bought is not None:
            early = name == "purchaseFrom"
            truth = bool(validity[name] <= bought[0] if early else bought[0] <= validity[name])
        yield Judged.of(truth, "purchase-window", f"/validity/{name}", _PURCHASE)


def _left(aid: str, quota: Mapping[str, Any], facts: Facts) -> Truth:
    """Say whether the person can get the aid once more."""
    own = [_counts(one, quota, facts.day) for one in facts.received if one.aid == aid]
    if sum(count is True for count in own) >= quota["count"]:
        return False
    may = sum(count is not False for count in own)
    return True if facts.all_told and may < quota["count"] else None


def _counts(one: Received, quota: Mapping[str, Any], day: str) -> Truth:
    """Say whether an aid that was had stands in the time of a quota."""
    if "within" not in quota:
        return True
    if one.day is None:
        return None
    since = _before(day, quota["within"])
    return since is None or one.day > since


def _before(day: str, duration: str) -> str | None:
    """Return the day so long before; ``None`` where no calendar has it."""
    match = _DURATION.match(duration)
    if match is None:
        return None
    years, months, weeks, days = (int(part or 0) for part in match.groups())
    start = date.fromisoformat(day)
    month = start.year * 12 + start.month - 1 - years * 12 - months
    try:
        first = date(month // 12, month % 12 + 1, 1)
        last = date((month + 1) // 12, (month + 1) % 12 + 1, 1).toordinal() - first.toordinal()
        moved = first.replace(day=min(start.day, last)).toordinal() - weeks * 7 - days
        return date.fromordinal(moved).isoformat()
    except (ValueError, OverflowError):
        return None
