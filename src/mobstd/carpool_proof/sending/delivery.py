"""How one journey is delivered once, whatever fails: pure steps, no sending and no waiting.

A generator that yields what is to be done and is sent what came of it. A journey may be posted
only where it is certain that the registry has not got it: it was never posted, or reading it back
gave 404 since. A 409 says that the registry has it, not that it accepts it: its status is read.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mobstd.carpool_proof.sending.result import Fate, Refusal, Result
from mobstd.carpool_proof.sending.standing import Standing, instant, labels_of, standing
from mobstd.errors import TransportError
from mobstd.transport.answer import RawResponse

__all__ = ["Delivery", "Heard", "Patience", "Post", "Read", "Step", "Wait", "deliver", "look"]

_UNSENT = frozenset(
    (
        *("transport.dns", "transport.refused", "transport.certificate", "transport.tls"),
        *("transport.connect-timeout", "sending.no-token", "sending.no-token-soon"),
    )
)
"""After these nothing was sent, so that it may be posted without looking first."""

_DATES = -32700
"""The code of a 422 that stores nothing: the dates are impossible."""

_MOST_WORDS = 200


@dataclass(frozen=True)
class Post:
    """Declare this journey."""

    document: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Read:
    """Read the status of the journey with this id."""

    id: str


@dataclass(frozen=True)
class Wait:
    """Do nothing for so many seconds."""

    seconds: float


Step = Post | Read | Wait
Heard = RawResponse[Any] | TransportError | None
"""What came of a step: a response, or why none came; ``None`` after a ``Wait``."""

Delivery = Generator[Step, Heard, Result]


@dataclass(frozen=True)
class Patience:
    """How often a journey is tried in one run, and what is waited in between.

    Attributes:
        attempts: requests that fail before its fate is left unknown.
        first: longest wait after the first failure, in seconds; it doubles with each.
        most: longest wait, in seconds.
        draw: a number from 0 to 1, by which a wait is multiplied.
    """

    attempts: int = 8
    first: float = 0.5
    most: float = 30.0
    draw: Callable[[], float] = random.random

    def wait(self, failures: int) -> Wait:
        """Return what is waited after so many failures."""
        return Wait(min(self.most, self.first * 2.0 ** min(failures - 1, 60)) * self.draw())


def deliver(
    document: Mapping[str, Any], *, doubtful: bool, own: bool, patience: Patience
) -> Delivery:
    """Yield what is to be done until the fate of a journey is known, or patience ends.

    Args:
        document: the journey; its schema accepts it.
        doubtful: the registry may have it, so that it is read first.
        own: an earlier run posted it; what the registry has is then this, not another's.
        patience: when to stop.

    Raises:
        ApiError: for a refusal that is not about this journey, such as 401, 403 or 404.
    """
    name = document["operator_journey_id"]
    failures, because, prompt = 0, "", True
    while failures < patience.attempts:
        if not prompt:
            yield patience.wait(failures)
        prompt = False
        if doubtful:
            found, missing, because = _read((yield Read(name)))
            if found is not None:
                return _stored(name, found, own)
            doubtful, prompt = not missing, missing
            failures += not missing
            continue
        heard = yield Post(document)
        failures += 1
        if isinstance(heard, RawResponse):
            settled = _answered(name, heard)
            if settled is not None:
                return settled
            because, doubtful = f"HTTP {heard.status}", heard.status != 429
            own = own or (doubtful and heard.status != 409)
            prompt = heard.status in (409, 422)
        elif heard is not None:
            because, doubtful = str(heard.params.get("because", heard.code)), not _unsent(heard)
            own = own or doubtful
    return Result(name, Fate.UNKNOWN, because=because or "sending.not-there")


def look(name: str, *, patience: Patience) -> Generator[Step, Heard, Standing | str | None]:
    """Yield what is to be done to read one status.

    Returns:
        The status; ``None`` where the registry has no such journey; why it can't be read.

    Raises:
        ApiError: for a refusal that is not about this journey, such as 401 or 403.
    """
    failures, because = 0, ""
    while failures < patience.attempts:
        if failures:
            yield patience.wait(failures)
        found, missing, because = _read((yield Read(name)))
        if found is not None or missing:
            return found
        failures += 1
    return because


def _unsent(error: TransportError) -> bool:
    return error.code in _UNSENT


def _read(heard: Heard) -> tuple[Standing | None, bool, str]:
    """Return the status, whether there is no such journey, and why neither is known."""
    if not isinstance(heard, RawResponse):
        return None, False, "" if heard is None else heard.code
    if heard.status == 404:
        return None, True, ""
    if 200 <= heard.status < 300:
        found = standing(heard.response.json)
        return found, False, "" if found else "sending.unreadable-status"
    if heard.status in (401, 403):
        heard.parse()
    return None, False, f"HTTP {heard.status}"


def _stored(name: str, found: Standing, own: bool) -> Result:
    fate = Fate.ALREADY if not own else Fate.REFUSED if _refused(found) else Fate.ACCEPTED
    created = found.created_at
    return Result(name, fate, found.status, found.labels, created_at=created)


def _refused(found: Standing) -> bool:
    return found.status == "terms_violation_error"


def _answered(name: str, heard: RawResponse[Any]) -> Result | None:
    """Return what an answer to a POST settles, ``None`` where it settles nothing."""
    body, status = heard.response.json, heard.status
    if 200 <= status < 300:
        return Result(name, Fate.ACCEPTED, created_at=_created(body))
    if status in (408, 409, 429) or status >= 500:
        return None
    error = body.get("error") if isinstance(body, Mapping) else None
    error = error if isinstance(error, Mapping) else {}
    if status == 422 and error.get("code") != _DATES:
        data = error.get("data")
        said = data.get("terms_violation_labels") if isinstance(data, Mapping) else None
        labels = labels_of(said)
        if not labels:
            return None
        return Result(name, Fate.REFUSED, "terms_violation_error", labels)
    if status in (400, 413, 422):
        data = error.get("data", error.get("message"))
        words = data if isinstance(data, list) else [data]
        problems = tuple(_refusal(word) for word in words if isinstance(word, str))
        problems = problems or (Refusal("", f"HTTP {status}"),)
        return Result(name, Fate.INVALID, problems=problems, by="registry")
    heard.parse()
    return None


def _refusal(text: str) -> Refusal:
    """Return one reason of the registry, such as ``/driver/revenue: must be integer``."""
    pointer, colon, word = text.partition(": ")
    if colon and (pointer == "" or pointer.startswith("/")):
        return Refusal(pointer, word[:_MOST_WORDS])
    return Refusal("", text[:_MOST_WORDS])


def _created(body: Any) -> Any:
    for name in ("result", "data", "created_at"):
        body = body.get(name) if isinstance(body, Mapping) else None
    return instant(body)
