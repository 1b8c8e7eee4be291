"""What waits to be sent: a bounded look ahead, the closest deadline first."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from mobstd.canon.standard import find
from mobstd.canon.validator import Validator
from mobstd.carpool_proof.limits import LATEST, Limits, limits
from mobstd.carpool_proof.sending.outbox import Letter, Outbox
from mobstd.carpool_proof.sending.result import Expiring, Fate, Refusal, Result
from mobstd.carpool_proof.sending.standing import instant
from mobstd.endpoint import Endpoint
from mobstd.errors import ConfigError
from mobstd.judging.pointer import join
from mobstd.models import Model
from mobstd.transport.judge import judge_of
from mobstd.transport.log import logger
from mobstd.validation.overlay import validator_under

__all__ = ["Window"]

_MOST_PROBLEMS = 50


class Window:
    """Takes journeys in, judged and written down, and hands them out; it never waits itself.

    What calls it from several threads holds a lock.

    Args:
        outbox: the journal.
        create: the operation that declares a journey, whose schema judges it.
        look_ahead: journeys that are held at once: waiting, under way, or done and not handed on.
        gather: seconds that the first of them waits for others, whose deadline may be closer.
        rules: the rule profile whose expiry holds.
        overlay: one whose schema has to accept a journey too.
        within: how long after its start (or end) a journey may be declared.
        warn: how long before its deadline a journey that is not sent yet is told of.
        tell: is told.
        clock: seconds of a clock that never goes back.
        wall: seconds since 1970.
    """

    def __init__(
        self,
        outbox: Outbox,
        create: Endpoint,
        *,
        look_ahead: int = 1000,
        gather: float = 0.2,
        within: timedelta | None = None,
        rules: str = LATEST,
        overlay: str | None = None,
        warn: timedelta = timedelta(hours=2),
        tell: Callable[[Expiring], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        if look_ahead < 1:
            raise ConfigError("sending.bad-number", name="look_ahead", value=look_ahead)
        bounds: Limits = limits(rules)
        self._outbox, self._judges = outbox, _judges(create, overlay)
        self._look_ahead, self._gather = look_ahead, gather
        self._within, self._from = within or bounds.expiry, bounds.expiry_from
        self._warn, self._tell = warn.total_seconds(), tell or _Log()
        self._clock, self._wall = clock, wall
        self._heap: list[tuple[float, int, Letter]] = []
        self._order = count()
        self._under_way: dict[str, Letter] = {}
        self._finished = 0
        self._opens: float | None = None
        self.ended = False

    @property
    def room(self) -> int:
        """How many journeys may be taken in."""
        return self._look_ahead - len(self._heap) - len(self._under_way) - self._finished

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is under way."""
        return not self._heap and not self._under_way

    @property
    def over(self) -> bool:
        """Whether all was taken in, sent and handed on."""
        return self.ended and self.idle and not self._finished

    def left_over(self) -> bool:
        """Take in what earlier runs left, as far as there is room, and say whether to ask again."""
        room = self.room
        letters = self._outbox.waiting(room)
        self._add(letters)
        return len(letters) == room

    def take(self, journey: Model | Mapping[str, Any]) -> Result | None:
        """Take a journey in, or return what is known of it without sending."""
        try:
            document = journey.dump() if isinstance(journey, Model) else journey
            problems = self._problems(document)
            if problems:
                name = document.get("operator_journey_id") if isinstance(document, Mapping) else ""
                name = name if isinstance(name, str) else ""
                result = Result(name, Fate.INVALID, problems=problems, by="schema")
                self._outbox.refuse(document, result)
                return result
            known = self._outbox.take(document, self._deadline(document))
        except (TypeError, ValueError):
            return Result("", Fate.INVALID, problems=(Refusal("", "json"),), by="schema")
        if isinstance(known, Letter):
            self._add([known])
            return None
        return known

    def _problems(self, document: Any) -> tuple[Refusal, ...]:
        found = (
            Refusal(join([*p.path, *([p.member] if p.member else [])]), p.keyword)
            for judge in self._judges
            if not judge.is_valid(document)
            for p in judge.problems(document)
        )
        return tuple(dict.fromkeys(found))[:_MOST_PROBLEMS]

    def _deadline(self, document: Mapping[str, Any]) -> float:
        moment = instant(document[self._from]["datetime"].upper())
        return (moment + self._within).timestamp() if moment else 0.0

    def _add(self, letters: Iterable[Letter]) -> None:
        for letter in letters:
            heapq.heappush(self._heap, (letter.deadline, next(self._order), letter))
            if self._opens is None:
                self._opens = self._clock() + self._gather
        if self._heap:
            self.warn()

    def ready(self) -> float | None:
        """Return the seconds until a journey may be handed out, ``None`` where there is none."""
        if not self._heap:
            self._opens = None if not self._under_way else self._opens
            return None
        if self.ended or self.room <= 0 or self._opens is None:
            self._opens = 0.0
        return max(0.0, self._opens - self._clock())

    def pop(self) -> Letter:
        """Hand the journey out whose deadline is closest."""
        self.warn()
        letter = heapq.heappop(self._heap)[2]
        self._under_way[letter.id] = letter
        return letter

    def done(self, result: Result) -> None:
        """Note a result of what was handed out, which takes its place until it is handed on."""
        self._outbox.settle(result)
        self._under_way.pop(result.id, None)
        self.keep()

    def keep(self) -> None:
        """Note a result that waits to be handed on."""
        self._finished += 1

    def handed_on(self) -> None:
        """Note that a result was handed on."""
        self._finished -= 1

    def warn(self) -> None:
        """Tell of journeys that are about to expire, of each once."""
        now = self._wall()
        soon = now + self._warn
        letters = list(self._under_way.values())
        if self._heap and self._heap[0][0] <= soon:
            letters += [letter for _, _, letter in self._heap]
        due = [one for one in letters if one.deadline <= soon and not one.warned]
        for letter in sorted(due, key=lambda one: one.deadline):
            letter.warned = True
            deadline = datetime.fromtimestamp(letter.deadline, UTC)
            self._tell(Expiring(letter.id, deadline, timedelta(seconds=letter.deadline - now)))


def _judges(create: Endpoint, overlay: str | None) -> list[Validator]:
    text = judge_of(create).body
    found = [] if text is None else [text]
    if overlay is not None:
        found.append(validator_under(find(create.standard), "journey", overlay))
    return found


class _Log:
    """Says how many journeys are about to expire: the first, the tenth, the hundredth..."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, expiring: Expiring) -> None:
        self._count += 1
        if f"{self._count}".strip("0") == "1":
            logger.warning(
                "%d journeys are about to expire, such as %s at %s",
                *(self._count, expiring.id, expiring.deadline.isoformat()),
            )
