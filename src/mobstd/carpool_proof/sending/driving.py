"""Goes the steps of deliveries with a client, in the pace that the registry sets."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Generator, Mapping
from typing import Any, TypeVar

from mobstd.carpool_proof import v3_3, v3_4
from mobstd.carpool_proof.sending.delivery import Heard, Post, Read, Step, Wait
from mobstd.carpool_proof.sending.pace import Pace
from mobstd.endpoint import Endpoint
from mobstd.errors import TransportError
from mobstd.judging.exchange import Response
from mobstd.models import Model
from mobstd.query import Query
from mobstd.transport.answer import RawResponse
from mobstd.transport.client import AsyncClientBase, ClientBase
from mobstd.transport.retry import NEVER

__all__ = ["Driver", "endpoint_of"]

Done = TypeVar("Done")


def endpoint_of(client: Any, operation: str) -> Endpoint:
    """Return an operation in the version that a client speaks, the latest where it is neither."""
    old = isinstance(client, (v3_3.Client, v3_3.AsyncClient))
    operations = v3_3.REGISTRY_OPERATIONS if old else v3_4.REGISTRY_OPERATIONS
    return operations[operation]


class Driver:
    """Sends what steps ask for; no request is repeated but by them.

    To be shared between threads, or between the tasks of one event loop.

    Args:
        client: of either version. What it sends was judged before.
        clock: of the paces.
        wall: of the paces.
    """

    def __init__(
        self,
        client: ClientBase | AsyncClientBase,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._client: Any = client.with_options(retry=NEVER, validate=False)
        self._create = endpoint_of(client, "createJourney")
        self._get = endpoint_of(client, "getJourney")
        self._paces = {kind: Pace(clock, wall) for kind in (Post, Read)}

    def drive(
        self,
        steps: Generator[Step, Heard, Done],
        rest: Callable[[float], None],
        posting: Callable[[], None] = lambda: None,
    ) -> Done:
        """Return what comes of the steps.

        Args:
            steps: of one journey.
            rest: waits so many seconds, or raises to give up.
            posting: is called before each POST.
        """
        heard: Heard = None
        while True:
            try:
                step = steps.send(heard)
            except StopIteration as stopped:
                return stopped.value  # type: ignore[no-any-return]
            if isinstance(step, Wait):
                rest(step.seconds)
                heard = None
                continue
            pace = self._paces[type(step)]
            while seconds := pace.ask():
                rest(seconds)
            if isinstance(step, Post):
                posting()
            response: Response | None = None
            try:
                answered: RawResponse[Any] = self._client.call(*self._call(step))
                heard, response = answered, answered.response
            except TransportError as error:
                heard = error
            finally:
                pace.heard(response)

    async def drive_async(
        self,
        steps: Generator[Step, Heard, Done],
        rest: Callable[[float], Awaitable[None]],
        posting: Callable[[], Awaitable[None]],
    ) -> Done:
        """As ``drive``, awaited."""
        heard: Heard = None
        while True:
            try:
                step = steps.send(heard)
            except StopIteration as stopped:
                return stopped.value  # type: ignore[no-any-return]
            if isinstance(step, Wait):
                await rest(step.seconds)
                heard = None
                continue
            pace = self._paces[type(step)]
            while seconds := pace.ask():
                await rest(seconds)
            if isinstance(step, Post):
                await posting()
            response: Response | None = None
            try:
                answered: RawResponse[Any] = await self._client.call(*self._call(step))
                heard, response = answered, answered.response
            except TransportError as error:
                heard = error
            finally:
                pace.heard(response)

    def _call(self, step: Post | Read) -> tuple[Endpoint, Query | None, Model | None]:
        if isinstance(step, Post):
            return self._create, None, _model(self._create.body, step.document)
        query = self._get.query
        assert query is not None
        return self._get, query.read({"operator_journey_id": step.id}), None


def _model(kind: type[Model] | None, document: Mapping[str, Any]) -> Model:
    assert kind is not None
    return kind.read(document)
