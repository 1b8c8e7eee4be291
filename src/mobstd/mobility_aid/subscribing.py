"""Subscriptions that survive a lost answer: each act is sent again, and counts once.

    from mobstd.mobility_aid.subscribing import begin, new_id, step
    from mobstd.mobility_aid.v0_1 import (
        Consent, FunderClient, SubscriptionRequest, SubscriptionStep,
    )

    consent = Consent(given=True, version="2026-01")
    request = SubscriptionRequest(id=new_id(), aid="...", consent=consent)
    with FunderClient("https://funder.example.org/0", auth=tokens) as client:
        begun = begin(client, request)
        submitted = step(client, begun.id, SubscriptionStep(to="submitted"))

What is begun or uploaded counts once by its id, a change of a draft since it is a merge patch, and
a step by its state, which is read back. Keep the id before the first attempt: whoever dies in
between goes on with it. ``..._async`` takes an async client.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Awaitable, Callable, Generator
from typing import Any, TypeVar

import anyio

from mobstd.errors import ApiError, Conflict, MobstdError, ServerError, TransportError
from mobstd.mobility_aid.generated.v0_1.models import (
    DocumentUpload,
    HeldDocument,
    Subscription,
    SubscriptionRequest,
    SubscriptionStep,
    SubscriptionUpdate,
)
from mobstd.mobility_aid.generated.v0_1.queries import (
    StepSubscriptionQuery,
    UpdateSubscriptionQuery,
)

__all__ = [
    "Taken",
    "begin",
    "begin_async",
    "change",
    "change_async",
    "new_id",
    "step",
    "step_async",
    "upload",
    "upload_async",
]

Kept = TypeVar("Kept")
Steps = Generator[Callable[[], Any] | float, Any, Kept]
"""Yields what is to be called, or for how many seconds to wait."""

TRIES = 5
_FIRST, _LONGEST = 0.5, 30.0


class Taken(MobstdError):
    """The id is at the funder with other content: it is another subscription, or somebody's."""

    exit_code = 1


def new_id() -> str:
    """Return an id that nobody used: a UUID of version 4, in small letters."""
    return str(uuid.uuid4())


def begin(client: Any, request: SubscriptionRequest, *, tries: int = TRIES) -> Subscription:
    """Begin a subscription, or find it begun by the same request.

    Args:
        client: of the funder.
        request: with an id that was kept.
        tries: how often it is sent at most.

    Raises:
        Taken: the funder knows the id with other content.
        Conflict: the limit of the aid is reached; ``problem["existing"]`` is what the person has.
        ApiError: the funder refuses it.
        TransportError: no answer came to any try; it may have been begun: call this again later.
    """
    found: Subscription = _done(_once(client.create_subscription, request, tries))
    return found


async def begin_async(
    client: Any, request: SubscriptionRequest, *, tries: int = TRIES
) -> Subscription:
    """As ``begin``, awaited."""
    found: Subscription = await _awaited(_once(client.create_subscription, request, tries))
    return found


def upload(client: Any, document: DocumentUpload, *, tries: int = TRIES) -> HeldDocument:
    """Upload a document, or find it uploaded; raises as ``begin`` does."""
    found: HeldDocument = _done(_once(client.create_document, document, tries))
    return found


async def upload_async(
    client: Any, document: DocumentUpload, *, tries: int = TRIES
) -> HeldDocument:
    """As ``upload``, awaited."""
    found: HeldDocument = await _awaited(_once(client.create_document, document, tries))
    return found


def change(
    client: Any, id_: str, update: SubscriptionUpdate, *, tries: int = TRIES
) -> Subscription:
    """Change a draft; a change that arrives twice is the same change.

    Raises:
        ApiError: the funder refuses it.
        TransportError: no answer came to any try.
    """
    found: Subscription = _done(_changed(client, id_, update, tries))
    return found


async def change_async(
    client: Any, id_: str, update: SubscriptionUpdate, *, tries: int = TRIES
) -> Subscription:
    """As ``change``, awaited."""
    found: Subscription = await _awaited(_changed(client, id_, update, tries))
    return found


def step(client: Any, id_: str, wanted: SubscriptionStep, *, tries: int = TRIES) -> Subscription:
    """Have a subscription take a state, or find that it took it.

    After an answer that was lost the state is read: where it is the one that was asked for, the
    step arrived; a decision that followed since stands for the submission.

    Raises:
        Conflict: the state does not allow it; ``problem["state"]`` is where it is.
        ApiError: the funder refuses it.
        TransportError: no answer came to any try.
    """
    found: Subscription = _done(_stepped(client, id_, wanted, tries))
    return found


async def step_async(
    client: Any, id_: str, wanted: SubscriptionStep, *, tries: int = TRIES
) -> Subscription:
    """As ``step``, awaited."""
    found: Subscription = await _awaited(_stepped(client, id_, wanted, tries))
    return found


def _once(send: Callable[[Any], Any], document: Any, tries: int) -> Steps[Any]:
    for number in range(tries):
        try:
            return (yield lambda: send(document))
        except Conflict as refused:
            if _named(refused, "id-taken"):
                raise Taken("funder.taken", id=document.id) from None
            raise
        except (TransportError, ServerError) as lost:
            yield _pause(lost, number, tries)
    raise AssertionError


def _changed(client: Any, id_: str, update: SubscriptionUpdate, tries: int) -> Steps[Any]:
    query = UpdateSubscriptionQuery(id=id_)
    for number in range(tries):
        try:
            return (yield lambda: client.update_subscription(query, update))
        except (TransportError, ServerError) as lost:
            yield _pause(lost, number, tries)
    raise AssertionError


def _stepped(client: Any, id_: str, wanted: SubscriptionStep, tries: int) -> Steps[Any]:
    query, unsure = StepSubscriptionQuery(id=id_), False
    for number in range(tries):
        try:
            return (yield lambda: client.step_subscription(query, wanted))
        except Conflict:
            if not unsure:
                raise
            now = yield lambda: client.get_subscription(id_)
            if not _arrived(now, str(wanted.to)):
                raise
            return now
        except (TransportError, ServerError) as lost:
            unsure = True
            yield _pause(lost, number, tries)
    raise AssertionError


def _arrived(now: Subscription, to: str) -> bool:
    """Say whether a state is the last that was asked for; a decision may have followed since."""
    return any(str(entry.state) == to for entry in now.history[-2:])


def _named(refused: ApiError, name: str) -> bool:
    kind = refused.problem.get("type") if isinstance(refused.problem, dict) else None
    return str(kind).endswith(f"/{name}")


def _pause(lost: MobstdError, number: int, tries: int) -> float:
    """Return for how many seconds to wait; raise what was lost where it was the last try."""
    if number + 1 >= tries:
        raise lost
    asked = getattr(lost, "retry_after", None)
    return float(min(asked if asked is not None else _FIRST * 2**number, _LONGEST))


def _done(steps: Steps[Kept]) -> Kept:
    try:
        asked = next(steps)
        while True:
            if isinstance(asked, float):
                time.sleep(asked)
                asked = steps.send(None)
                continue
            try:
                said = asked()
            except MobstdError as error:
                asked = steps.throw(error)
            else:
                asked = steps.send(said)
    except StopIteration as stopped:
        return stopped.value  # type: ignore[no-any-return]


async def _awaited(steps: Steps[Kept]) -> Kept:
    try:
        asked = next(steps)
        while True:
            if isinstance(asked, float):
                await anyio.sleep(asked)
                asked = steps.send(None)
                continue
            try:
                waited: Awaitable[Any] = asked()
                said = await waited
            except MobstdError as error:
                asked = steps.throw(error)
            else:
                asked = steps.send(said)
    except StopIteration as stopped:
        return stopped.value  # type: ignore[no-any-return]
