"""What a run asked of subscriptions, one act after the other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from mobstd.judging.exchange import Exchange
from mobstd.judging.pointer import get

__all__ = ["Act", "acts"]

_PATH = re.compile(r"/subscriptions/([0-9a-f-]{36})(?:/steps)?$")


@dataclass(frozen=True)
class Act:
    """A call about one subscription.

    Attributes:
        key: its id.
        place: the number of the call in the run.
        sent: the body that was sent, ``None`` where it is no JSON.
    """

    exchange: Exchange
    key: str
    place: int
    sent: Any

    @property
    def begins(self) -> bool:
        """Whether it begins the subscription."""
        return self.exchange.operation == "createSubscription"

    @property
    def updates(self) -> bool:
        """Whether it changes a draft."""
        return self.exchange.operation == "updateSubscription"

    @property
    def steps(self) -> bool:
        """Whether it asks for another state."""
        return self.exchange.operation == "stepSubscription"

    @property
    def reads(self) -> bool:
        """Whether it reads the subscription, and does nothing to it."""
        return self.exchange.operation == "getSubscription"

    @property
    def refused(self) -> bool:
        """Whether it was refused; who fails (5xx) may have done it all the same."""
        return self.exchange.status is not None and 400 <= self.exchange.status < 500

    @property
    def answer(self) -> Any:
        """The JSON of the answer, ``None`` where there is none."""
        response = self.exchange.response
        return None if response is None or response.not_json is not None else response.json

    @property
    def shown(self) -> Any:
        """The subscription that the answer shows, ``None`` where it shows none."""
        answer = self.answer
        return answer if self.exchange.accepted and isinstance(answer, dict) else None


def acts(exchanges: Iterable[Exchange]) -> Iterator[Act]:
    """Yield the calls of a run, in their order; traffic of others is not seen as a whole."""
    for place, exchange in enumerate(exchanges):
        if exchange.purpose == "traffic":
            continue
        sent = _sent(exchange)
        found = _PATH.search(exchange.request.path)
        key = get(sent, "/id") if exchange.operation == "createSubscription" else None
        key = found[1] if found is not None else key
        if isinstance(key, str):
            yield Act(exchange, key, place, sent)


def _sent(exchange: Exchange) -> Any:
    try:
        return json.loads(exchange.request.body or b"null")
    except ValueError:
        return None
