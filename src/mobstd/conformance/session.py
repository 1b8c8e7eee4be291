"""The one place through which every request of a run goes: budget, pace, credentials, record."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol
from urllib.parse import quote

from mobstd.errors import MobstdError, TransportError
from mobstd.judging.catalogue import Catalogue
from mobstd.judging.exchange import Exchange, Failure, Pairs, Request, Response
from mobstd.judging.form import FORM, to_form
from mobstd.judging.pointer import MISSING

__all__ = ["SAFE", "Budget", "Listener", "Pace", "PhaseSpent", "SenderLike", "Session", "Stopped"]

SAFE = ("GET", "HEAD")
LONGEST_WAIT = 75.0
"""Seconds: limits by the minute are usual, and no reason to give up."""

ONE_ANSWER = 8 << 20
ALL_ANSWERS = 64 << 20
"""Bytes of memory that answers may take; one that is too large counts as truncated."""
OBJECT = 256
"""Bytes that an object takes beside its text."""

KEPT = 64 << 10
"""Bytes that are kept of a truncated body, which nothing can judge."""

UNANSWERED, TOO_LARGE = 3, 10
"""Requests in a row after which the run stops: without an answer, with too large a one."""


class SenderLike(Protocol):
    """What the engine sends through; ``mobstd.transport`` has two."""

    def send(self, request: Request) -> Response:
        """Send one request, and return the answer or raise a TransportError."""


class RenewalLike(Protocol):
    """Credentials that end; ``mobstd.conformance.renewal`` has one."""

    def headers(self) -> Pairs:
        """Return what presents its party now."""

    def ended(self, asked: Hashable, status: int) -> bool:
        """Say whether an answer shows that they ended, and there are others now."""


class Stopped(Exception):
    """The run ends here; ``reason`` is what the report says in ``stopped_by``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PhaseSpent(Exception):
    """The share of one phase is used up; the next phase begins."""


@dataclass(frozen=True)
class Budget:
    """How much a run may send: in all, and by phase. What undoes its writes comes on top."""

    requests: int = 400
    explore: int = 60
    probe: int = 256
    seconds: float | None = None
    writes: int = 0

    @classmethod
    def of(cls, requests: int, seconds: float | None = None, *, writing: bool = False) -> Budget:
        """Split ``requests`` as the default of 400 is split, and that of 1,200 with writing."""
        writes = requests * 2 // 3 if writing else 0
        reads = requests - writes
        if reads >= 400:
            return cls(requests, 60, reads - 144, seconds, writes)
        explore, probe = max(4, reads * 3 // 20), max(8, reads * 7 // 10)
        return cls(requests, explore, probe, seconds, writes)

    @property
    def reads(self) -> int:
        """What is left beside the writes."""
        return self.requests - self.writes


@dataclass
class Pace:
    """Keeps requests apart, where a rate is asked for."""

    per_second: float | None = None
    sleep: Callable[[float], None] = time.sleep
    _next: float = 0.0

    def wait(self) -> None:
        """Sleep until the next request may go."""
        if not self.per_second:
            return
        now = time.monotonic()
        if now < self._next:
            self.sleep(self._next - now)
        self._next = max(now, self._next) + 1 / self.per_second


Listener = Callable[[Exchange], None]


@dataclass
class Session:
    """Sends, counts and records.

    Attributes:
        base_path: what stands before every path of the standard.
        credentials: headers that present mobstd to the target.
        other_credentials: headers that present another party, where the profile has one.
        renewals: by party (``own``, ``other``), what keeps its credentials alive.
        exchanges: everything that went over the wire, in order.
        short: phases that had more to ask than they may.
    """

    sender: SenderLike
    catalogue: Catalogue
    budget: Budget = field(default_factory=Budget)
    pace: Pace = field(default_factory=Pace)
    base_path: str = ""
    credentials: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    wrong_credentials: tuple[tuple[str, str], ...] = ()
    other_credentials: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    renewals: Mapping[str, RenewalLike] = field(default_factory=dict, repr=False)
    listeners: list[Listener] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    short: set[str] = field(default_factory=set)
    allow_writes: bool = False
    started: float = field(default_factory=time.monotonic)
    _cleaning: bool = False
    _asked: int = 0
    _left: int | None = None
    _phase: str = ""
    _unanswered: int = 0
    _too_large: int = 0
    _volume: int = 0
    _bodies: dict[str, Response] = field(default_factory=dict, repr=False)

    @contextmanager
    def phase(self, name: str, requests: int | None = None) -> Iterator[None]:
        """Send at most ``requests`` in this phase; what does not fit is left out."""
        self._left, self._phase = requests, name
        try:
            yield
        except PhaseSpent:
            pass
        finally:
            self._left = None

    @property
    def left(self) -> int:
        """How many requests may still be sent in this phase."""
        whole = self.budget.requests - self._asked
        return whole if self._left is None else min(whole, self._left)

    def request(
        self,
        operation: str,
        query: Mapping[str, Any],
        *,
        extra: tuple[tuple[str, str], ...] = (),
        body: Any = MISSING,
        base_path: str | None = None,
    ) -> Request:
        """Return a request of the standard, without credentials.

        Args:
            operation: the ``operationId``.
            query: values by parameter, of the path too, written as the document says.
            extra: more query pairs, as they are.
            body: a JSON value, written as a form where the operation takes forms, or bytes as they
                are; none is sent where it is ``MISSING``.
            base_path: what stands before the path, in place of that of the target.
        """
        described = self.catalogue.operations[operation]
        path, written = described.path, []
        for name, value in query.items():
            parameter = described.parameter(name)
            text = parameter.write(value) if parameter else str(value)
            if parameter is not None and parameter.where == "path":
                path = path.replace(f"{{{name}}}", quote(text, safe=""))
            else:
                written.append((name, text))
        headers: Pairs = (("Accept", "application/json"),)
        sent = None
        if body is not MISSING:
            form = FORM in described.body
            headers += (("Content-Type", FORM if form else "application/json"),)
            sent = body if isinstance(body, bytes) else to_form(body) if form else _json(body)
        there = (self.base_path if base_path is None else base_path) + path
        return Request(described.method, there, tuple(written) + extra, headers, sent)

    def ask(
        self,
        operation: str,
        query: Mapping[str, Any],
        purpose: str,
        *,
        requirement: str | None = None,
        negative: bool = False,
        credentials: str = "own",
        presenting: Pairs | None = None,
        extra: tuple[tuple[str, str], ...] = (),
        body: Any = MISSING,
        base_path: str | None = None,
        before: Callable[[], None] | None = None,
    ) -> Exchange:
        """Send one request of the standard and record it.

        Args:
            operation: the ``operationId``.
            query: values by parameter, written as the document says.
            purpose: why it is sent, see ``Exchange``.
            requirement: the row that asks.
            negative: the request is wrong on purpose.
            credentials: ``own``, ``none``, ``wrong`` or ``other``.
            presenting: headers that stand in place of our own credentials.
            extra: more query pairs, as they are.
            body: a JSON value, or bytes as they are; none is sent where it is ``MISSING``.
            base_path: what stands before the path, in place of that of the target.
            before: called when it is about to be sent, where it may be.

        Raises:
            Stopped: where the run may not send any more, or the target is gone.
            PhaseSpent: where this phase may not.
        """
        request = self.request(operation, query, extra=extra, body=body, base_path=base_path)
        party = credentials if presenting is None else presenting
        own = credentials == "own"
        return self._send(operation, request, purpose, requirement, negative, own, before, party)

    def _headers(self, credentials: str) -> Pairs:
        renewal = self.renewals.get(credentials)
        if renewal is not None:
            headers = renewal.headers()
            if credentials == "own":
                self.credentials = headers
            return headers
        return {
            "own": self.credentials,
            "none": (),
            "wrong": self.wrong_credentials,
            "other": self.other_credentials,
        }[credentials]

    def clean(self, operation: str | None, request: Request, credentials: str = "own") -> Exchange:
        """Send what undoes a write: no budget holds it back, and no fault of the target."""
        self._cleaning = True
        try:
            return self._send(operation, request, "cleanup", None, True, True, None, credentials)
        finally:
            self._cleaning = False

    def _send(
        self,
        operation: str | None,
        request: Request,
        purpose: str,
        requirement: str | None,
        negative: bool,
        authenticated: bool,
        before: Callable[[], None] | None,
        party: str | Pairs,
    ) -> Exchange:
        if request.method not in SAFE and not self.allow_writes:
            raise MobstdError("engine.write-refused", method=request.method)
        for attempt in range(3):
            if not self._cleaning:
                self._may_send()
            self.pace.wait()
            if before is not None and attempt == 0:
                before()
            presented = self._headers(party) if isinstance(party, str) else party
            sent = replace(request, headers=request.headers + presented)
            at = datetime.now(UTC)
            response, failure = self._attempt(sent, operation)
            if response is not None:
                response = self._bounded(response)
            ended = attempt < 2 and self._ended(party, (operation, negative), response)
            exchange = Exchange(
                id=f"x{len(self.exchanges) + 1}",
                operation=operation,
                purpose=purpose,
                at=at,
                request=sent,
                response=response,
                failure=failure,
                requirement=requirement,
                negative=negative or ended,
                authenticated=authenticated,
            )
            self.exchanges.append(exchange)
            for listener in self.listeners:
                listener(exchange)
            if not self._cleaning:
                self._count(exchange)
            if ended:
                continue
            if exchange.status != 429:
                return exchange
            self._wait_for(exchange, attempt)
        raise Stopped("rate-limited")

    def _ended(
        self, party: str | Pairs, asked: tuple[str | None, bool], response: Response | None
    ) -> bool:
        renewal = self.renewals.get(party) if isinstance(party, str) else None
        return (
            renewal is not None and response is not None and renewal.ended(asked, response.status)
        )

    def _attempt(
        self, request: Request, operation: str | None
    ) -> tuple[Response | None, Failure | None]:
        try:
            return self.sender.send(request), None
        except TransportError as error:
            params = {"operation": operation or request.path, **error.params}
            return None, Failure(error.code, params)

    def _bounded(self, response: Response) -> Response:
        """Return the answer, of one that is too large the beginning only."""
        body = response.body
        objects = min(body.count(b"{"), body.count(b",") + 1)
        weight = len(body) + OBJECT * objects
        if response.truncated or weight > ONE_ANSWER:
            response = replace(response, body=body[:KEPT], truncated=True)
            weight = KEPT
        elif weight > KEPT:
            same = self._bodies.get(response.sha256)
            if same is not None:
                return response.sharing(same)
            self._bodies[response.sha256] = response
        self._volume += weight
        return response

    def _may_send(self) -> None:
        if self._left is not None and self._left <= 0:
            self.short.add(self._phase)
            raise PhaseSpent
        if self._asked >= self.budget.requests:
            raise Stopped("requests")
        if self._volume >= ALL_ANSWERS:
            raise Stopped("volume")
        seconds = self.budget.seconds
        if seconds is not None and time.monotonic() - self.started >= seconds:
            raise Stopped("time")
        self._asked += 1
        if self._left is not None:
            self._left -= 1

    def _count(self, exchange: Exchange) -> None:
        """Stop where several requests in a row brought nothing that can be judged."""
        response = exchange.response
        self._unanswered = 0 if response is not None else self._unanswered + 1
        if self._unanswered >= UNANSWERED:
            raise Stopped("unreachable")
        self._too_large = self._too_large + 1 if response and response.truncated else 0
        if self._too_large >= TOO_LARGE:
            raise Stopped("volume")

    def _wait_for(self, exchange: Exchange, attempt: int) -> None:
        asked = _seconds(exchange.response.header("retry-after") if exchange.response else None)
        wait = min(2.0**attempt if asked is None else asked, LONGEST_WAIT)
        if asked is not None and asked > LONGEST_WAIT:
            raise Stopped("rate-limited")
        self.pace.sleep(wait)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _seconds(value: str | None) -> float | None:
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
