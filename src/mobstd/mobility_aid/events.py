"""Whether a feed of events tells what became of subscriptions: all of it, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange
from mobstd.judging.pointer import get
from mobstd.judging.rule import Trouble
from mobstd.mobility_aid.acts import acts
from mobstd.mobility_aid.snapshots import sound

__all__ = ["told"]


@dataclass
class _Course:
    """What became of a subscription: the call that began it, and what was done then.

    Attributes:
        steps: states that it was given, the one that it began in first, each with the number of
            the call.
        changes: calls that were taken, or entries of the history where it has more.
        refused: whether any call was refused.
    """

    began: int
    steps: list[tuple[int, str]] = field(default_factory=list)
    changes: int = 0
    refused: bool = False


@dataclass(frozen=True)
class _Reading:
    """The feed from a number on to its end, page by page, and the call that read the end."""

    since: int
    events: Sequence[Mapping[str, Any]]
    place: int
    exchange: Exchange


def told(
    exchanges: Sequence[Exchange], context: Context
) -> Iterator[tuple[Exchange, Sequence[Trouble]]]:
    """AID-SUB-19: every change of state that was taken is in the feed, and no change that was not.

    Who is late is late for all: what came before a change that is told has to be told as well. A
    feed that tells nothing of the run yet is no evidence.
    """
    latest: list[tuple[int, int]] = []
    for reading in _readings(exchanges, context, latest):
        courses = _courses(exchanges[: reading.place])
        known = {
            key: course
            for key, course in courses.items()
            if reading.since == 0
            or any(at < course.began and number >= reading.since for at, number in latest)
        }
        if any(event["subscription"] in known for event in reading.events):
            yield reading.exchange, [*_missing(reading, known), *_unfounded(reading, known)]


def _readings(
    exchanges: Sequence[Exchange], context: Context, latest: list[tuple[int, int]]
) -> Iterator[_Reading]:
    """Yield each reading to the end; note the number of the latest event as it was told."""
    since, last = 0, -1
    events: list[Mapping[str, Any]] = []
    for place, exchange in enumerate(exchanges):
        if exchange.operation != "listEvents" or exchange.purpose == "traffic":
            continue
        if not sound(exchange, context):
            continue
        found, end = exchange.body["events"], exchange.body["latest"]
        text = exchange.query.get("after", "0")
        after = int(text) if text.isdecimal() else 0
        if after != last:
            since, events = after, []
        events = [*events, *found]
        last = found[-1]["sequence"] if found else after
        if not found or last >= end:
            yield _Reading(since, events, place, exchange)
        latest.append((place, end))


def _courses(exchanges: Sequence[Exchange]) -> dict[str, _Course]:
    found: dict[str, _Course] = {}
    for act in acts(exchanges):
        if act.begins:
            if act.shown is not None and act.key not in found:
                found[act.key] = _Course(act.place, [(act.place, str(act.shown.get("state")))], 1)
            continue
        course = found.get(act.key)
        if course is None:
            continue
        if act.refused:
            course.refused = True
            continue
        course.changes += not act.reads  # also where no answer came: it may be done
        state, history = get(act.shown, "/state"), get(act.shown, "/history")
        if isinstance(history, list):
            course.changes = max(course.changes, len(history))
        if act.steps and isinstance(state, str) and state != course.steps[-1][1]:
            course.steps.append((act.place, state))
    return found


def _missing(reading: _Reading, known: Mapping[str, _Course]) -> Iterator[Trouble]:
    """Yield the states that were given before one that is told, and are not told."""
    given: list[tuple[int, str, bool]] = []
    for key, course in known.items():
        left = _states(reading, key)
        for place, state in course.steps[1:]:
            there = state in left
            given.append((place, state, there))
            left = left[left.index(state) + 1 :] if there else left
    newest = max((place for place, _, there in given if there), default=-1)
    untold = (state for place, state, there in sorted(given) if not there and place < newest)
    for state in dict.fromkeys(untold):
        yield Trouble("change-not-told", "/events", {"state": state}, expected=state)


def _unfounded(reading: _Reading, known: Mapping[str, _Course]) -> Iterator[Trouble]:
    """Yield that more changes are told than were made, of what refused some.

    Who tells more of what refused nothing as well tells a change in parts.
    """
    told_of = {key: _states(reading, key) for key in known}
    more = [key for key, course in known.items() if len(told_of[key]) > course.changes]
    if more and all(known[key].refused for key in more):
        yield Trouble("told-unchanged", "/events", received=told_of[more[0]][-1])


def _states(reading: _Reading, key: str) -> list[str]:
    return [one["state"] for one in reading.events if one["subscription"] == key]
