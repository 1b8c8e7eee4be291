"""The list of journeys: what it may be asked for, and what is in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from mobstd.canon.standard import Version
from mobstd.carpool_proof.reference.clock import written
from mobstd.carpool_proof.reference.quirks import Quirks
from mobstd.carpool_proof.reference.refusals import Refused, invalid
from mobstd.carpool_proof.reference.status import SHOWN
from mobstd.carpool_proof.rules.facts import instant
from mobstd.carpool_proof.rules.profile import Profile
from mobstd.serving.database import Connection
from mobstd.validation.overlay import documents_under

__all__ = ["Asked", "Listing"]

_KNOWN = ("status", "limit", "offset", "start", "end")
_OFFSET = re.compile(r"[+-][0-9]{2}:[0-9]{2}$")
_DAY = 86_400_000
_INT = 2**31

_SERVER = (
    *("acquisition_error", "validation_error", "normalization_error", "fraud_error"),
    *("anomaly_error", "ok", "expired", "canceled", "pending"),
)
"""The words that the real server takes: one of its own, and two fewer than the text."""

_LOOSE = {
    "ok": "acquisition = 'processed' AND fraud = 'passed' AND anomaly = 'passed'",
    "pending": "(acquisition IN ('received', 'updated') OR fraud = 'pending'"
    " OR anomaly = 'pending')",
    "canceled": "acquisition = 'canceled'",
    "acquisition_error": "acquisition = 'failed'",
    "fraud_error": "fraud = 'failed'",
    "anomaly_error": "anomaly = 'failed'",
}
"""The real server's conditions, which are not those of the status that it shows."""

_HIDDEN = {
    "canceled-are-unlisted": "canceled",
    "refused-are-unlisted": "terms_violation_error",
}
"""What stands in no list, with these behaviours."""


@dataclass(frozen=True)
class Asked:
    """What a list is asked for; instants in milliseconds, the second exclusive."""

    status: str
    limit: int
    offset: int
    start: int
    end: int


class Listing:
    """Reads what is asked, and finds it.

    Args:
        version: which says what statuses there are.
        profile: which says how far a list reaches.
        quirks: of the real server.
    """

    def __init__(self, version: Version, profile: Profile, quirks: Quirks) -> None:
        rule = profile["listing"]
        status = next(
            document
            for uri, document in documents_under(version, None).items()
            if uri.endswith("/journey-status.schema.json")
        )
        text: list[str] = status["properties"]["status"]["enum"]
        self._statuses = _SERVER if "list-statuses" in quirks else tuple(text)
        self._quirks = quirks
        self._too_old = rule.bites("earliest", _DAY)
        self._earliest, self._week = rule["earliest"] * _DAY, rule["default_start"] * _DAY
        self._default = int(rule["default_limit"])
        self._midnight = rule["default_end"] == "today"
        self._zone = ZoneInfo(rule["zone"])

    def read(self, query: Mapping[str, str], now: int) -> Asked:
        """Return what a query asks for.

        Raises:
            Refused: 400 with everything that is wrong.
        """
        wrong = [": must NOT have additional properties"] if set(query) - set(_KNOWN) else []
        status = query.get("status")
        if status is None:
            wrong.append(": must have required property 'status'")
        elif status not in self._statuses:
            wrong.append("/status: must be equal to one of the allowed values")
        limit = _integer(query, "limit", self._default, wrong)
        offset = _integer(query, "offset", 0, wrong)
        today = now // _DAY * _DAY
        ends = self._ends(now)
        if "list-offsets-are-unread" in self._quirks:
            query = {name: _OFFSET.sub("Z", text) for name, text in query.items()}
        start = _instant(query, "start", today - self._week, wrong)
        end = _instant(query, "end", ends, wrong)
        crashes = "list-has-no-limit" in self._quirks
        for name, value in (("limit", limit), ("offset", offset)):
            if value < 0 and not crashes:
                wrong.append(f"/{name}: must be >= 0")
        if wrong:
            raise invalid(wrong)
        if self._too_old(today - start):
            raise invalid([f"Start should be after {written(today - self._earliest)}"])
        if "list-ends-at-midnight" in self._quirks and end > ends:
            raise invalid(["End should be before now"])
        if status == "expired":
            raise Refused(500, None, "unknown status: expired")
        if crashes:
            if limit < 0 or offset < 0:
                word = "LIMIT" if limit < 0 else "OFFSET"
                raise Refused(500, None, f"{word} must not be negative")
            limit = limit or self._default
        assert status is not None
        return Asked(status, limit, offset, start, end)

    def _ends(self, now: int) -> int:
        if not self._midnight:
            return now
        day = datetime.fromtimestamp(now // 1000, UTC).date()
        midnight = datetime.combine(day, time(), self._zone)
        return round(midnight.timestamp() * 1000)

    def find(self, db: Connection, operator: int, asked: Asked) -> list[dict[str, str]]:
        """Return the journeys of an operator, by its own ids."""
        loose = "list-pending-is-loose" in self._quirks
        condition = (_LOOSE if loose else {}).get(asked.status)
        bound: tuple[Any, ...] = ()
        if condition is None:
            condition, bound = f"{SHOWN} = ?", (asked.status,)
        whose = "?" if "others-are-listed" not in self._quirks else "coalesce(operator, ?)"
        hidden = [state for name, state in _HIDDEN.items() if name in self._quirks]
        condition += "".join(f" AND acquisition <> '{state}'" for state in hidden)
        if "others-canceled-are-listed" in self._quirks and asked.status == "canceled":
            whose = "coalesce(operator, ?)"
        start = '"end"' if "list-goes-by-end" in self._quirks else "start"
        order = "" if "list-has-no-order" in self._quirks else "start DESC, "
        if "list-forgets-start" in self._quirks:
            asked = replace(asked, start=0)
        if "list-forgets-end" in self._quirks:
            asked = replace(asked, end=1 << 60)
        if "list-takes-end" in self._quirks:
            asked = replace(asked, end=asked.end + 1)
        if "list-skips-start" in self._quirks:
            asked = replace(asked, start=asked.start + 1)
        if "list-forgets-offset" in self._quirks:
            asked = replace(asked, offset=0)
        rows = db.execute(
            f"SELECT journey FROM journeys WHERE operator = {whose}"
            f" AND {start} >= ? AND {start} < ? AND {condition}"
            f" ORDER BY {order}id LIMIT ? OFFSET ?",
            (operator, asked.start, asked.end, *bound, asked.limit, asked.offset),
        )
        listed = [{"operator_journey_id": journey} for (journey,) in rows]
        return listed[:-1] if "list-lacks-one" in self._quirks and len(listed) > 1 else listed


def _integer(query: Mapping[str, str], name: str, otherwise: int, wrong: list[str]) -> int:
    text = query.get(name)
    if text is None:
        return otherwise
    digits = text.removeprefix("-")
    if digits.isascii() and digits.isdecimal() and len(digits) < 11 and abs(int(text)) < _INT:
        return int(text)
    wrong.append(f"/{name}: must be integer")
    return otherwise


def _instant(query: Mapping[str, str], name: str, otherwise: int, wrong: list[str]) -> int:
    text = query.get(name)
    if text is None:
        return otherwise
    try:
        if len(text) > len("2026-07-06T"):
            return instant(text)
    except ValueError:
        pass
    wrong.append(f'/{name}: must match format "date-time"')
    return otherwise
