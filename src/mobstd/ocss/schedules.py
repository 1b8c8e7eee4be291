"""Regular trips: which slots fit a query, the edges of their times, days and dates that agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from mobstd.judging.context import Context
from mobstd.judging.kinds.filters import read
from mobstd.judging.rule import Edit, Trouble

__all__ = ["coherence", "weekday", "window", "window_edges"]

DAY = 86_400
DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


def _clock(text: Any) -> int | None:
    """Return seconds since midnight for ``HH:MM[:SS[.f]]``."""
    if not isinstance(text, str):
        return None
    parts = text.split(":")
    try:
        hour, minute = int(parts[0]), int(parts[1])
        second = int(float(parts[2])) if len(parts) > 2 else 0
    except (ValueError, IndexError):
        return None
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second <= 60):
        return None
    return hour * 3600 + minute * 60 + second


def _spoken(seconds: int) -> str:
    seconds %= DAY
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _apart(one: int, other: int) -> int:
    """Return the distance on the dial, modulo 24 hours (settlement A6)."""
    away = abs(one - other) % DAY
    return min(away, DAY - away)


def _moment(value: Any, zone: tzinfo) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return datetime.fromtimestamp(value, zone)
    except (ValueError, OverflowError, OSError):
        return None


def _pickups(schedule: Mapping[str, Any]) -> list[float]:
    journeys = schedule.get("journeySchedules")
    if not isinstance(journeys, list):
        return []
    found = [j.get("passengerPickupDate") for j in journeys if isinstance(j, dict)]
    return [v for v in found if isinstance(v, (int, float)) and not isinstance(v, bool)]


def _schedules(trip: Any) -> list[dict[str, Any]]:
    schedules = trip.get("schedules") if isinstance(trip, dict) else None
    return [s for s in schedules if isinstance(s, dict)] if isinstance(schedules, list) else []


def _all(states: list[bool | None]) -> bool | None:
    if False in states:
        return False
    return None if None in states else True


def _on_day(schedule: Mapping[str, Any], days: set[str], context: Context) -> bool | None:
    day = schedule.get("passengerPickupDay")
    if day in DAYS:
        return day in days
    zone = ZoneInfo(context.timezone)
    seen = [_moment(value, zone) for value in _pickups(schedule)]
    states = {DAYS[moment.weekday()] in days for moment in seen if moment is not None}
    return states.pop() if len(states) == 1 else None


def _at_time(
    schedule: Mapping[str, Any], wanted: int, delta: float, context: Context
) -> bool | None:
    clocks = {_clock(schedule.get("passengerPickupTimeOfDay"))} - {None}
    if not clocks:
        for zone in (ZoneInfo(context.timezone), UTC):
            for value in _pickups(schedule):
                moment = _moment(value, zone)
                if moment is not None:
                    clocks.add(moment.hour * 3600 + moment.minute * 60 + moment.second)
    states: set[bool | None] = set()
    for clock in clocks:
        away, straight = _apart(clock or 0, wanted), abs((clock or 0) - wanted)
        unsure = away == delta or away < delta <= straight  # only around midnight (A6)
        states.add(None if unsure else away < delta)
    return states.pop() if len(states) == 1 else None


def _in_dates(schedule: Mapping[str, Any], query: Mapping[str, str]) -> bool | None:
    low, high = read(query, "minDepartureDate"), read(query, "maxDepartureDate")
    if low is None and high is None:
        return True
    pickups = _pickups(schedule)
    if not pickups:
        return None
    return any(
        (low is None or low <= value) and (high is None or value <= high) for value in pickups
    )


def _asked_days(query: Mapping[str, str]) -> set[str]:
    text = query.get("departureWeekdays")
    return set(DAYS) if text is None else {token.strip() for token in text.split(",")}


def window(trip: Any, query: Mapping[str, str], context: Context) -> bool | None:
    """OCSS-REG-07: some schedule meets day, time of day and dates together."""
    wanted, delta = _clock(query.get("departureTimeOfDay")), read(query, "timeDelta")
    schedules = _schedules(trip)
    if wanted is None or delta is None or delta < 0 or not schedules:
        return None
    days = _asked_days(query)
    over_midnight = wanted - delta < 0 or wanted + delta >= DAY
    states: list[bool | None] = []
    for schedule in schedules:
        on_day = _on_day(schedule, days, context)
        if over_midnight and delta < DAY // 2 and len(days) < len(DAYS):
            on_day = None
        states.append(
            _all([on_day, _at_time(schedule, wanted, delta, context), _in_dates(schedule, query)])
        )
    if True in states:
        return True
    return None if None in states else False


def window_edges(trip: Any, query: Mapping[str, Any], context: Context) -> Iterator[Edit]:
    """Yield queries around the first slot and the last: day, time of day, dates, midnight."""
    schedules = _schedules(trip)
    if not schedules:
        return
    one, other = schedules[0], schedules[-1]
    every = [value for schedule in schedules for value in _pickups(schedule)]
    yield from _day_edges(trip, one)
    yield from _date_edges(one, max)
    yield from _midnight_edges(one)
    yield from _clock_edges(one, ((1800, -1, True), (59, -1, True), (1800, 1, False)))
    if every:
        yield Edit({"minDepartureDate": int(max(every)) + 60}, False)
    if other is not one:
        yield from (edit for edit in _day_edges(trip, other) if edit.inside)
    yield from _crossed(schedules)
    yield from _date_edges(other, min)
    yield from _clock_edges(other, ((0, 1, False), (1800, 1, True), (1800, -1, False)))
    if every:
        yield Edit({"maxDepartureDate": int(min(every)) - 60}, False)
    yield from _between(sorted(every))
    yield from _crossed_dates(schedules)


def _clock_edges(
    schedule: Mapping[str, Any], margins: tuple[tuple[int, int, bool], ...]
) -> Iterator[Edit]:
    """Yield times of day beside a slot, on its own day: margin, side, whether it is inside."""
    clock = _clock(schedule.get("passengerPickupTimeOfDay"))
    if clock is None:
        return
    for margin, side, inside in margins:
        moved = clock + side * (int(margin * (0.94 if inside else 1.07)) or 600)
        edit = {"departureTimeOfDay": _spoken(moved), "timeDelta": margin}
        yield Edit({**_own_day(schedule), **edit}, inside)


def _date_edges(
    schedule: Mapping[str, Any], which: Callable[[list[float]], float]
) -> Iterator[Edit]:
    """Yield the very instant of a dated journey as both bounds."""
    clock, pickups = _clock(schedule.get("passengerPickupTimeOfDay")), _pickups(schedule)
    if pickups:
        own = {"departureTimeOfDay": _spoken(clock)} if clock is not None else {}
        instant = int(which(pickups))
        bounds = {"minDepartureDate": instant, "maxDepartureDate": instant}
        yield Edit({**_own_day(schedule), **own, **bounds}, True)


def _between(dates: list[float]) -> Iterator[Edit]:
    """Yield the dates between two journeys of a trip, when none of it runs."""
    for one, other in pairwise(dates):
        if other - one > 2 * 3600:
            bounds = {"minDepartureDate": int(one) + 60, "maxDepartureDate": int(other) - 60}
            yield Edit(bounds, False)
            return


def _crossed_dates(schedules: list[dict[str, Any]]) -> Iterator[Edit]:
    """Yield the day of one slot with dates that hold a journey of another one only."""
    for one in schedules:
        for other in schedules:
            day, pickups = _own_day(one), _pickups(other)
            if other is one or not day or not pickups or not _pickups(one):
                continue
            low, high = int(pickups[0]) - 3600, int(pickups[0]) + 3600
            if not any(low <= value <= high for value in _pickups(one)):
                clock = _clock(one.get("passengerPickupTimeOfDay"))
                own = {"departureTimeOfDay": _spoken(clock)} if clock is not None else {}
                bounds = {"minDepartureDate": low, "maxDepartureDate": high}
                yield Edit({**day, **own, **bounds}, False)
                return


def _crossed(schedules: list[dict[str, Any]]) -> Iterator[Edit]:
    """Yield the day of one slot with the time of another."""
    for one, other in pairwise(schedules):
        day, clock = _own_day(one), _clock(other.get("passengerPickupTimeOfDay"))
        mine = _clock(one.get("passengerPickupTimeOfDay"))
        if day and clock is not None and mine is not None and _apart(clock, mine) > 1200:
            yield Edit({**day, "departureTimeOfDay": _spoken(clock), "timeDelta": 900}, False)
            return


def _own_day(schedule: Mapping[str, Any]) -> dict[str, Any]:
    day = schedule.get("passengerPickupDay")
    return {"departureWeekdays": [day]} if day in DAYS else {}


def _midnight_edges(schedule: Mapping[str, Any]) -> Iterator[Edit]:
    """Yield a time of day from the other side of midnight, on every day."""
    clock = _clock(schedule.get("passengerPickupTimeOfDay"))
    if clock is None:
        return
    reach = (clock if clock < DAY // 2 else DAY - clock) + 600
    moved = clock - reach if clock < DAY // 2 else clock + reach
    edit = {"departureTimeOfDay": _spoken(moved), "timeDelta": reach + 1200}
    yield Edit({**edit, "departureWeekdays": list(DAYS)}, True, "warning")


def _day_edges(trip: Any, schedule: Mapping[str, Any]) -> Iterator[Edit]:
    own = [s.get("passengerPickupDay") for s in _schedules(trip)]
    day = schedule.get("passengerPickupDay")
    if day in DAYS:
        yield Edit({"departureWeekdays": [day]}, True)
    others = [d for d in DAYS if d not in own]
    if others and None not in own:
        yield Edit({"departureWeekdays": others}, False)


def weekday(trip: Any, query: Mapping[str, str], context: Context) -> bool | None:
    """OCSS-REG-06: some schedule is on one of the requested weekdays, all where none is asked."""
    days = _asked_days(query)
    states = [_on_day(schedule, days, context) for schedule in _schedules(trip)]
    if not states:
        return None
    if True in states:
        return True
    return None if None in states else False


def _coherent(schedule: Mapping[str, Any], value: float, zone: tzinfo) -> bool:
    moment = _moment(value, zone)
    if moment is None:
        return True
    day = schedule.get("passengerPickupDay")
    clock = _clock(schedule.get("passengerPickupTimeOfDay"))
    same_day = day not in DAYS or DAYS[moment.weekday()] == day
    spoken = moment.hour * 3600 + moment.minute * 60 + moment.second
    return same_day and (clock is None or _apart(clock, spoken) < 60)


def coherence(trip: Any, context: Context) -> Iterator[Trouble] | None:
    """OCSS-REG-17: dates fall on their day at their time, in one zone for the whole trip."""
    pairs = [
        (place, schedule, value)
        for place, schedule in enumerate(_schedules(trip))
        if "passengerPickupDay" in schedule or "passengerPickupTimeOfDay" in schedule
        for value in _pickups(schedule)
    ]
    if not pairs:
        return None
    local = ZoneInfo(context.timezone)
    if all(_coherent(s, v, local) for _, s, v in pairs):
        return iter(())
    place, schedule, value = next(p for p in pairs if not _coherent(p[1], p[2], local))
    code = "schedule-coherence"
    if all(_coherent(s, v, UTC) for _, s, v in pairs):
        code = "schedule-in-utc"
    expected = [schedule.get("passengerPickupDay"), schedule.get("passengerPickupTimeOfDay")]
    trouble = Trouble(
        code,
        f"/schedules/{place}/journeySchedules",
        {"zone": context.timezone},
        expected,
        value,
    )
    return iter((trouble,))
