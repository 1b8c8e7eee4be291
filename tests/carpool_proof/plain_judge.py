"""The rules of a profile, written once more and plainly, to hold the judgements to the profiles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import pairwise
from operator import ge, gt, le, lt
from typing import Any
from zoneinfo import ZoneInfo

Situation = Mapping[str, Any]
Journey = Mapping[str, Any]
SIGNS: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


def labels(profile: Mapping[str, Any], situation: Situation) -> list[str]:
    """Return the labels that the document gets at the stage that is asked, in their order."""
    rules = {name: Rule(row["thresholds"]) for name, row in profile["rules"].items()}
    stage = CREATION if situation["asks"] == "creation" else PROCESSING
    return [name for name, bites in stage.items() if bites(rules[name], situation)]


class Rule:
    """One rule: its thresholds by name."""

    def __init__(self, thresholds: Mapping[str, Mapping[str, Any]]) -> None:
        self._thresholds = thresholds

    def __getitem__(self, name: str) -> Any:
        return self._thresholds[name]["value"]

    def bites(self, name: str, measured: float) -> bool:
        row = self._thresholds[name]
        return SIGNS[row["refused"]](measured, row["value"])


def instant(journey: Journey, end: str) -> float:
    return datetime.fromisoformat(journey[end]["datetime"]).timestamp()


def person(journey: Journey, role: str) -> str:
    return str(journey[role]["identity"]["identity_key"])


def couple(journey: Journey) -> tuple[str, str]:
    return person(journey, "driver"), person(journey, "passenger")


def own(situation: Situation, left_out: Iterable[str] = ()) -> list[Journey]:
    return [
        one["document"]
        for one in situation["known"]
        if one["sender"] == situation["sender"] and one["status"] not in left_out
    ]


def overlap(one: Journey, other: Journey) -> float:
    starts, ends = instant(one, "start"), instant(one, "end")
    return min(ends, instant(other, "end")) - max(starts, instant(other, "start"))


def expired(rule: Rule, situation: Situation) -> bool:
    received = datetime.fromisoformat(situation["received"]).timestamp()
    late = round(received - instant(situation["document"], rule["measured_from"]), 3)
    return rule.bites("delay", late if rule["signed"] else abs(late))


def too_short(rule: Rule, situation: Situation) -> bool:
    return rule.bites("distance", situation["document"]["distance"])


def too_many(rule: Rule, situation: Situation) -> bool:
    journey = situation["document"]
    zone = ZoneInfo(_zone(rule, journey))
    day = datetime.fromisoformat(journey[rule["day_of"]]["datetime"]).astimezone(zone).date()
    first, last = (
        datetime.fromisoformat(f"{day}T{rule[end]}").replace(tzinfo=zone).timestamp()
        for end in ("day_start", "day_end")
    )
    known = [
        one
        for one in own(situation, rule["statuses_left_out"])
        if first <= instant(one, rule["day_of"]) < last
    ]
    trips = [
        {one[rule["trip"]] for one in known if person(journey, role) in couple(one)}
        for role in ("driver", "passenger")
    ]
    counts = [len(trips[0] | trips[1])] if rule["persons"] == "union" else map(len, trips)
    return rule.bites("trips", max(counts))


def _zone(rule: Rule, journey: Journey) -> str:
    if rule["zone"] != "longitude":
        return str(rule["zone"])
    lon = journey["start"]["lon"]
    fit = (row["zone"] for row in rule["zones"] if row["west"] <= lon <= row["east"])
    return str(next(fit, rule["otherwise"]))


def too_close(rule: Rule, situation: Situation) -> bool:
    journey = situation["document"]
    assert rule["persons"] == "couple"
    assert rule["roles_swapped"]
    assert (rule["before_inclusive"], rule["after_inclusive"]) == (True, False)
    start, end = instant(journey, "start"), instant(journey, "end")
    return any(
        start <= instant(one, "start") < end + rule["gap"]
        or start - rule["gap"] <= instant(one, "end") < end
        for one in own(situation, rule["statuses_left_out"])
        if one[rule["trip"]] != journey[rule["trip"]] and set(couple(one)) == set(couple(journey))
    )


def overlapping(rule: Rule, situation: Situation) -> bool:
    journey = situation["document"]
    whole = instant(journey, "end") - instant(journey, "start")
    shared = [
        overlap(one, journey)
        for one in own(situation)
        if person(one, rule["side"]) == person(journey, rule["side"])
    ]
    return any(rule.bites("overlap", one) and rule.bites("share", one / whole) for one in shared)


def impossible(rule: Rule, situation: Situation) -> bool:
    journey, route = situation["document"], situation["route"]
    if journey["operator_class"] not in rule["classes"]:
        return False
    distance, far = journey["distance"], route["distance"]
    duration, long = int(instant(journey, "end") - instant(journey, "start")), route["duration"]
    measured = {
        **{"distance": distance, "routed_distance": far},
        **{"duration": duration, "routed_duration": long},
        **{"too_fast": long / duration, "too_slow": duration / long},
        **{"too_short": far / distance, "too_long": distance / far},
    }
    return any(rule.bites(name, value) for name, value in measured.items())


def everybody(situation: Situation) -> list[tuple[int, Journey]]:
    """Return sender and journey of all that is known, and of the document itself at the end."""
    known = [(one["sender"], one["document"]) for one in situation["known"]]
    return [*known, (situation["sender"], situation["document"])]


def overlapping_elsewhere(rule: Rule, situation: Situation) -> bool:
    journey = situation["document"]
    group = {
        sender
        for sender, one in everybody(situation)
        if sender not in rule["operators_left_out"]
        and couple(one) == couple(journey)
        and (one is journey or rule.bites("overlap", overlap(one, journey)))
    }
    return rule.bites("operators", len(group))


def too_many_elsewhere(rule: Rule, situation: Situation) -> bool:
    journey = situation["document"]
    day = datetime.fromisoformat(journey["start"]["datetime"]).astimezone(ZoneInfo(rule["zone"]))
    found = []
    for role in ("driver", "passenger"):
        at_start: dict[str, float] = {}
        senders = set()
        for sender, one in everybody(situation):
            start = datetime.fromisoformat(one["start"]["datetime"]).astimezone(day.tzinfo)
            if person(one, role) != person(journey, role) or start.date() != day.date():
                continue
            trip = _trip(rule, one, role)
            at_start[trip] = min(start.timestamp(), at_start.get(trip, start.timestamp()))
            senders.add(sender)
        order = sorted(at_start, key=lambda trip: at_start[trip])
        place = order.index(_trip(rule, journey, role)) + 1
        found.append(rule.bites("operators", len(senders)) and rule.bites("trips", place))
    return any(found)


def _trip(rule: Rule, journey: Journey, role: str) -> str:
    member = rule[f"{role}_trip"]
    return str(journey.get(member) or journey[role]["identity"][member])


def too_close_elsewhere(rule: Rule, situation: Situation) -> bool:
    journey = situation["document"]
    group = [pair for pair in everybody(situation) if couple(pair[1]) == couple(journey)]
    group.sort(key=lambda pair: instant(pair[1], "start"))
    near = [
        after
        for (_, before), (_, after) in pairwise(group)
        if rule.bites("least_gap", gap := abs(instant(before, "end") - instant(after, "start")))
        and rule.bites("gap", gap)
    ]
    several = rule.bites("operators", len({sender for sender, _ in group}))
    return several and rule.bites("gaps", len(near)) and any(one is journey for one in near)


Bites = Callable[[Rule, Situation], bool]
CREATION: dict[str, Bites] = {
    "expired": expired,
    "distance_too_short": too_short,
    "too_many_trips_by_day": too_many,
    "too_close_trips": too_close,
}
PROCESSING: dict[str, Bites] = {
    "temporal_overlap_anomaly": overlapping,
    "distance_duration_anomaly": impossible,
    "interoperator_overlap": overlapping_elsewhere,
    "interoperator_too_many_trips_by_day": too_many_elsewhere,
    "interoperator_too_close_trips": too_close_elsewhere,
}
