"""Lines of which it is sure, quickly, that nothing is wrong with the document by itself.

What the sieve lets through, the schemas accept, the published one among them, and no rule on one
document has a word against it; only dates, delay, distance and what takes other journeys are left
to be judged. Of any other line the sieve says nothing, and the rules are asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from mobstd.canon.standard import Version
from mobstd.canon.typed import typed
from mobstd.carpool_proof.preflight.instants import Instants
from mobstd.carpool_proof.rules.anomalies import Anomalies
from mobstd.carpool_proof.rules.facts import at_most, straight
from mobstd.carpool_proof.rules.profile import Profile
from mobstd.validation.overlay import schemas_under

__all__ = ["Sieve", "Then"]

try:
    import msgspec
except ImportError:  # then no line is read so
    _ABSENT: Any = None
else:
    _ABSENT = msgspec.UNSET

_RARE = ("operator_journey_id", "operator_trip_id")
"""Members whose texts hardly come twice."""

_LESS, _MORE = b"<>"
"""As numbers, which are looked for in bytes at once; texts raise an error within first."""

_TIMES = ("/start/datetime", "/end/datetime")

_T = TypeVar("_T")

Then = Callable[[tuple[Any, ...], Any, Any], _T]
"""Takes what a line that was let through says.

What :class:`Facts` has, of which ``straight`` is no less than it is where that changes nothing;
what names the operator in the document, if anything; what it says of its reception, if anything.
"""


class Sieve:
    """Lets through most good journeys that stand on a line each.

    Args:
        version: whose documents they are.
        schema: the name of their schema.
        overlays: which all have to accept a document; ``None`` is the published text.
        without: formats that are not checked.
        phones: whether whole and truncated numbers have to agree.
        profiles: under which the journeys will be judged.
        columns: the members that name the operator and tell the reception, or empty texts.
    """

    def __init__(
        self,
        version: Version,
        schema: str,
        overlays: Sequence[str | None],
        without: frozenset[str],
        phones: bool,
        profiles: Sequence[Profile],
        columns: tuple[str, str] = ("", ""),
    ) -> None:
        by_name, by_time = columns
        columns = by_name, "" if by_time == by_name else by_time
        asked = [one for one in columns if one]
        schemas = [schemas_under(version, schema, one, without) for one in overlays]
        self._typed = typed(schemas, asked, _RARE, _TIMES)
        self._places = [asked.index(one) if one else -1 for one in columns]
        self._phones = phones
        self._least = min(Anomalies(profile).least_detour for profile in profiles)
        self._keys = tuple(profiles[0]["duplicate"]["incentive_key"])

    def reader(self, operator: str, then: Then[_T]) -> Callable[[bytes], _T | None] | None:
        """Return what lets lines of an operator's file through; ``None`` where nothing can.

        Args:
            operator: whose file it is.
            then: whose answer is returned of a line that is let through, unless it raises
                ``ValueError``.
        """
        if self._typed is None or any(path not in self._typed.left for path in _TIMES):
            return None
        read, phones, keys, least = self._typed.read, self._phones, self._keys, self._least
        by_pattern = {found: Instants(found).of for found in self._typed.left.values()}
        begun, ended = (by_pattern[self._typed.left[path]] for path in _TIMES)
        absent = _ABSENT
        by_name, by_time = (f"other{place}" if place >= 0 else "" for place in self._places)
        columns = by_name or by_time

        def sure(line: bytes) -> _T | None:
            if _LESS in line or _MORE in line or (record := read(line)) is None:
                return None
            try:
                drives, rides = record.driver, record.passenger
                driver, passenger = drives.identity, rides.identity
                one, other = driver.operator_user_id, passenger.operator_user_id
                key, next_key = driver.identity_key, passenger.identity_key
                if one == other or key == next_key:
                    return None
                if passenger.over_18 is not True and passenger.over_18 is not False:
                    return None
                if phones:
                    for identity in (driver, passenger):
                        whole, cut = identity.phone, identity.phone_trunc
                        if whole is not absent and cut is not absent and whole[:-2] != cut:
                            return None
                paid, incentives = rides.contribution, record.incentives
                if incentives:
                    for incentive in incentives:
                        paid += incentive.amount
                    if len(incentives) > 1 and not _apart(incentives, keys):
                        return None
                if drives.revenue > paid:
                    return None
                start, end, distance = record.start, record.end, record.distance
                lon = start.lon
                way = at_most(start.lat, lon, end.lat, end.lon)
                if way > distance * least:
                    way = straight(start.lat, lon, end.lat, end.lon)
                facts = (
                    operator,
                    record.operator_journey_id,
                    record.operator_trip_id,
                    key,
                    next_key,
                    one,
                    other,
                    begun(start.datetime),
                    ended(end.datetime),
                    lon,
                    record.operator_class,
                    distance,
                    way,
                )
                if not columns:
                    return then(facts, None, None)
                return then(facts, _told(record, by_name), _told(record, by_time))
            except (AttributeError, ValueError):
                return None  # a version whose journeys have no such member; no instant

        return sure


def _told(record: Any, name: str) -> Any:
    told = getattr(record, name) if name else None
    return None if told is _ABSENT else told


def _apart(incentives: Sequence[Any], keys: Sequence[str]) -> bool:
    found = {tuple([getattr(one, key, None) for key in keys]) for one in incentives}
    return len(found) == len(incentives)
