"""What data cannot say of RDEX+: whose journeys, how often, and when.

What is plausible of a road and a polyline is judged by the rules of OCSS, told in its terms.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mobstd.judging.context import Context
from mobstd.judging.kinds.filters import read
from mobstd.judging.pointer import MISSING, get
from mobstd.judging.rule import Edit, ItemFilter, Trouble, ValueRule
from mobstd.ocss.rules import RULES as OCSS
from mobstd.rdex_plus.slots import DAYS, WEEK, Slot, apart, clock, slots

__all__ = ["RULES"]

SIDES = ("driver", "passenger")
FORMS = ("punctual", "regular")
INSIDE, OUTSIDE = 0.94, 1.07


def _value(item: Any, pointer: str) -> Any:
    value = get(item, pointer)
    return None if value is MISSING else value


def _is(item: Any, form: str) -> bool:
    """Say whether a journey is made once, or every week; without a word, once."""
    return (_value(item, "/frequency") or "punctual") == form


def _once(item: Any) -> bool:
    return _is(item, "punctual")


def _weekly(item: Any) -> bool:
    return _is(item, "regular")


def _among(name: str, known: tuple[str, str]) -> Any:
    """Return whether an item is of the sort that a parameter asks for, ``both`` being either."""

    def match(item: Any, query: Mapping[str, str], _: Context) -> bool | None:
        own, wanted = _value(item, f"/{name}"), query.get(name)
        own = "punctual" if own is None and name == "frequency" else own
        if own not in (*known, "both") or wanted not in (*known, "both"):
            return None
        return own == wanted or "both" in (own, wanted)

    return match


def _other(name: str, known: tuple[str, str]) -> Any:
    """Return the queries that find an item and its like, and those that find all but it."""

    def edges(item: Any, query: Mapping[str, Any], _: Context) -> Iterator[Edit]:
        own = _value(item, f"/{name}") or known[0]
        if own in known:
            yield Edit({name: known[1 - known.index(own)]}, False)
            yield Edit({name: "both"}, True)

    return edges


def _begins(item: Any) -> float | None:
    at = _value(item, "/outward/departureDate")
    return at if isinstance(at, (int, float)) and not isinstance(at, bool) else None


def _in_window(item: Any, query: Mapping[str, str], _: Context) -> bool | None:
    """Say whether what is made once begins within the margin; what is made weekly has no say."""
    if not _once(item):
        return True
    at, centre, margin = _begins(item), read(query, "departureDate"), read(query, "timeDelta")
    if at is None or centre is None or margin is None or margin < 0:
        return None
    away = abs(at - centre)
    return None if away == margin else away < margin


def _window_edges(item: Any, query: Mapping[str, Any], _: Context) -> Iterator[Edit]:
    at = _begins(item)
    if at is None or not _once(item):
        return
    for margin, side, inside in (
        (1800, -1, True),
        (1800, 1, True),
        (1800, -1, False),
        (1800, 1, False),
        (7200, 1, True),
        (59, -1, True),
        (0, -1, False),
    ):
        reach = int(margin * (INSIDE if inside else OUTSIDE)) or 600
        yield Edit({"departureDate": int(at) + side * reach, "timeDelta": margin}, inside)


def _asked(query: Mapping[str, str]) -> list[Slot] | None:
    """Return the wanted departures, ``None`` where they cannot be read."""
    try:
        value = json.loads(query["regularSchedule"])
    except (KeyError, ValueError):
        return None
    return list(slots(value, read(query, "timeDelta"))) if isinstance(value, list) else None


def _asks_weekly(query: Mapping[str, str]) -> bool:
    return query.get("frequency") == "regular"


def _runs(item: Any, query: Mapping[str, str], _: Context) -> bool | None:
    """Say whether a regular journey runs some time within the wanted dates (A114)."""
    if not _weekly(item) or query.get("frequency", "punctual") == "punctual":
        return True
    since, until = _begins(item), _value(item, "/outward/maxDate")
    low = read(query, "departureDate") if _asks_weekly(query) else None
    high = read(query, "maxDate")
    if since is None or (low is not None and high is not None and low > high):
        return None
    sides = [] if high is None else [high - since]
    if low is not None and isinstance(until, (int, float)):
        sides.append(until - low)
    return None if 0 in sides else all(side > 0 for side in sides)


def _runs_edges(item: Any, query: Mapping[str, Any], _: Context) -> Iterator[Edit]:
    """Yield dates that end or begin just before and just after a journey begins or ends."""
    since, until = _begins(item), _value(item, "/outward/maxDate")
    if not _weekly(item) or since is None:
        return
    yield Edit({"maxDate": int(since) + 3600}, True)
    yield Edit({"departureDate": int(since) - 7200, "maxDate": int(since) - 3600}, False)
    yield Edit({"frequency": "both", "maxDate": int(since) - 3600}, False)
    if isinstance(until, (int, float)):
        yield Edit({"departureDate": int(until) - 3600}, True)
        yield Edit({"departureDate": int(until) + 3600}, False)


def _on_schedule(item: Any, query: Mapping[str, str], _: Context) -> bool | None:
    """Say whether a regular journey is made at every wanted departure (A108)."""
    if not _weekly(item) or "regularSchedule" not in query:
        return True
    wanted = _asked(query)
    if wanted is None or not _asks_weekly(query):
        return None
    schedules = _value(item, "/outward/regularSchedule")
    offered = list(slots(schedules, _value(item, "/outward/timeDelta")))
    states: list[bool | None] = []
    for slot in wanted:
        away = apart(slot.moment, offered)
        widest = slot.margin + max((other.margin for other in offered), default=0)
        states.append(True if away < slot.margin else False if away > widest else None)
    return False if False in states else None if None in states else True


def _schedule_edges(item: Any, query: Mapping[str, Any], _: Context) -> Iterator[Edit]:
    """Yield departures beside the first one of a journey, and one more that it lacks.

    The other one is told in an object of its own, and as another day of the same.
    """
    way = _value(item, "/outward")
    if not isinstance(way, dict):
        return
    offered = list(slots(way.get("regularSchedule"), way.get("timeDelta")))
    if not _weekly(item) or not offered:
        return
    first, beyond = offered[0].moment, max(other.margin for other in offered)
    for margin, side, inside in (
        (1800, -1, True),
        (1800, 1, True),
        (1800, -1, False),
        (1800, 1, False),
        (59, 1, True),
    ):
        reach = margin * INSIDE if inside else (margin + beyond) * OUTSIDE
        moved = _week(first + side * int(reach))
        yield Edit({"regularSchedule": moved, "timeDelta": margin}, inside)
    yield Edit({"regularSchedule": _week(first + 1500, 1800), "timeDelta": 60}, True)
    lacked = _week((first + 3 * 3600) % WEEK)
    both = f"{_week(first)[:-1]},{lacked[1:]}"
    yield Edit({"regularSchedule": both, "timeDelta": 900}, False)
    other = _week(first + 86_400 + 3 * 3600)
    yield Edit({"regularSchedule": f"{_week(first)[:-2]},{other[2:]}", "timeDelta": 900}, False)


def _week(moment: float, margin: int | None = None) -> str:
    """Return one departure as the value of ``regularSchedule``."""
    moment %= WEEK
    name = f"{DAYS[int(moment // 86_400)]}Time"
    week: dict[str, Any] = {name: clock(moment)}
    if margin is not None:
        week[f"{name}Delta"] = margin
    return json.dumps([week], separators=(",", ":"))


def _count(answer: Any, _: Context) -> Iterator[Trouble] | None:
    """Judge that the number which is told is that of the journeys which came."""
    if not isinstance(answer, dict) or not isinstance(answer.get("nbJourneys"), int):
        return None
    came = answer.get("journeys", [])
    if not isinstance(came, list):
        return None
    told = answer["nbJourneys"]
    if told == len(came):
        return iter(())
    return iter((Trouble("other-count", "/nbJourneys", {}, len(came), told),))


def _waypoints(item: Any, _: Context) -> Iterator[Trouble] | None:
    """Judge that as many waypoints are listed as are told."""
    told, listed = _value(item, "/numberOfWaypoints"), _value(item, "/waypoints")
    if not isinstance(told, int) or not isinstance(listed, list):
        return None
    if told == len(listed):
        return iter(())
    return iter((Trouble("other-waypoints", "/numberOfWaypoints", {}, len(listed), told),))


def _as_ocss(name: str) -> ValueRule:
    """Return a rule of OCSS over journeys, with their ends where OCSS has them."""
    rule = OCSS[name]
    assert isinstance(rule, ValueRule)

    def judge(item: Any, context: Context) -> Iterator[Trouble] | None:
        if not isinstance(item, dict):
            return None
        ends = {
            f"{there}{short}": _value(item, f"/{end}/{axis}")
            for end, there in (("from", "passengerPickup"), ("to", "passengerDrop"))
            for axis, short in (("latitude", "Lat"), ("longitude", "Lng"))
        }
        return rule.judge({**item, **ends}, context)

    return ValueRule("/journeys/*", judge)


RULES: Mapping[str, ItemFilter | ValueRule] = {
    "carpooler-type": ItemFilter(
        "other-carpooler",
        ("carpoolerType",),
        _among("carpoolerType", SIDES),
        _other("carpoolerType", SIDES),
        reads=("carpoolerType",),
    ),
    "frequency": ItemFilter(
        "other-frequency",
        ("frequency",),
        _among("frequency", FORMS),
        _other("frequency", FORMS),
        reads=("frequency",),
    ),
    "departure-window": ItemFilter(
        "outside-window",
        ("departureDate", "timeDelta"),
        _in_window,
        _window_edges,
        needs=("departureDate", "timeDelta"),
        reads=("outward", "frequency"),
        about=_once,
    ),
    "validity": ItemFilter(
        "outside-dates",
        ("frequency", "departureDate", "maxDate"),
        _runs,
        _runs_edges,
        reads=("outward", "frequency"),
        about=_weekly,
    ),
    "weekly-schedule": ItemFilter(
        "off-schedule",
        ("frequency", "regularSchedule", "timeDelta"),
        _on_schedule,
        _schedule_edges,
        reads=("outward", "frequency"),
        about=_weekly,
    ),
    "count-told": ValueRule("", _count),
    "waypoints-told": ValueRule("/journeys/*", _waypoints),
    **{name: _as_ocss(name) for name in ("polyline-ends", "distance-plausible", "speed-plausible")},
}
