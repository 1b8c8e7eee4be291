"""What became of a write that nobody answered: read back, or sent again where that counts once.

Called where ``OutcomeUnknown`` was caught. A booking counts once by its id and a status once by
its name, so that both may be sent again; an event too, by its id. A message may not: it has no id,
can't be read back, and would be read twice.

Clients of any version that has bookings will do; ``..._async`` takes an async one.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar

from mobstd.errors import BadRequest, Conflict, NotFound
from mobstd.ocss.booking import Transition, transition

__all__ = ["booking_after", "booking_after_async", "status_after", "status_after_async"]

Kept = TypeVar("Kept")
Steps = Generator[Any, Any, Kept]
"""Yields what a client returns and is sent what it stands for: the same, or what was awaited."""


def booking_after(client: Any, booking: Kept) -> Kept:
    """Return a booking as the operator keeps it, after a POST of unknown fate.

    Where it is not there it is posted again under its id; should the first POST arrive in between,
    the operator keeps one of them.

    Args:
        client: of the operator that it was posted to.
        booking: as it was posted.

    Raises:
        ApiError: the operator refuses it, as it would have done the first time.
        OutcomeUnknown: again no answer came; call this once more, later.
        TransportError: the operator can't be asked now.
    """
    kept: Kept = _done(_booking(client, booking))
    return kept


async def booking_after_async(client: Any, booking: Kept) -> Kept:
    """As ``booking_after``, awaited."""
    kept: Kept = await _awaited(_booking(client, booking))
    return kept


def status_after(client: Any, booking_id: str, status: str, message: str | None = None) -> str:
    """Return the status that holds, after a PATCH of unknown fate.

    It is read back; where the change did not arrive and still may be made, it is sent again. At a
    MaaS bookings can't be read: there the change is just sent again, and that the status is set
    already is good news.

    Args:
        client: of the side that was called.
        booking_id: the booking.
        status: the status that was wanted.
        message: the message that went with it.

    Returns:
        ``status``, or the one that the operator holds because it was set meanwhile.

    Raises:
        NotFound: there is no such booking.
        Conflict: a MaaS does not make the change, because it holds a later status.
        OutcomeUnknown: again no answer came; call this once more, later.
        TransportError: the other side can't be asked now.
    """
    return _done(_status(client, booking_id, status, message))


async def status_after_async(
    client: Any, booking_id: str, status: str, message: str | None = None
) -> str:
    """As ``status_after``, awaited."""
    return await _awaited(_status(client, booking_id, status, message))


def _booking(client: Any, booking: Any) -> Steps[Any]:
    try:
        return (yield client.get_bookings(booking.id))
    except NotFound:
        pass
    try:
        return (yield client.post_bookings(booking))
    except (Conflict, BadRequest) as refused:  # so a second booking under an id is refused (A22)
        try:
            return (yield client.get_bookings(booking.id))
        except NotFound:
            raise refused from None


def _status(client: Any, booking_id: str, status: str, message: str | None) -> Steps[str]:
    readable = hasattr(client, "get_bookings")
    if readable:
        now = (yield client.get_bookings(booking_id)).status
        if transition(now, status) is not Transition.OK:
            return str(now)
    try:
        yield client.patch_bookings(booking_id, status=status, message=message)
    except Conflict as refused:
        if b"status_already_set" in refused.body:
            return status
        if not readable:
            raise
        return str((yield client.get_bookings(booking_id)).status)
    return status


def _done(steps: Steps[Kept]) -> Kept:
    try:
        said = next(steps)
        while True:
            said = steps.send(said)
    except StopIteration as stopped:
        return stopped.value  # type: ignore[no-any-return]


async def _awaited(steps: Steps[Kept]) -> Kept:
    try:
        said = next(steps)
        while True:
            try:
                value = await said
            except Exception as error:
                said = steps.throw(error)
            else:
                said = steps.send(value)
    except StopIteration as stopped:
        return stopped.value  # type: ignore[no-any-return]
