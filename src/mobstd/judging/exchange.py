"""What went over the wire: one request with its response, or with the reason why none came."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from mobstd.judging.body import NotJson, parse_json

__all__ = ["Exchange", "Failure", "Pairs", "Request", "Response"]

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Request:
    """A request as it is sent. ``path`` has the base path of the target in front of it.

    ``truncated``: the body was longer than what was kept.
    """

    method: str
    path: str
    query: Pairs = ()
    headers: Pairs = field(default=(), repr=False)
    body: bytes | None = field(default=None, repr=False)
    truncated: bool = False

    @property
    def target(self) -> str:
        """Path and query as they stand in the request line."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path

    def with_query(self, query: Pairs) -> Request:
        """Return the same request with another query."""
        return Request(self.method, self.path, query, self.headers, self.body, self.truncated)


@dataclass(frozen=True)
class Response:
    """A response as it came. ``truncated``: the body was longer than what was read."""

    status: int
    headers: Pairs = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    truncated: bool = False
    elapsed: float = 0.0

    def header(self, name: str) -> str | None:
        """Return the first header of that name, in any letter case."""
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)

    @property
    def media_type(self) -> str | None:
        """Type and subtype in lower case, without parameters."""
        value = self.header("content-type")
        return None if value is None else value.partition(";")[0].strip().lower()

    @cached_property
    def _parsed(self) -> tuple[Any, NotJson | None]:
        if self.truncated:
            return None, NotJson("truncated", len(self.body))
        try:
            return parse_json(self.body), None
        except NotJson as error:
            return None, error

    @property
    def json(self) -> Any:
        """The body as a JSON value, ``None`` where ``not_json`` says why there is none."""
        return self._parsed[0]

    @property
    def not_json(self) -> NotJson | None:
        """Why the body is not JSON, or ``None`` where it is."""
        return self._parsed[1]

    @cached_property
    def sha256(self) -> str:
        """The hash of the body as received."""
        return hashlib.sha256(self.body).hexdigest()

    def sharing(self, same: Response) -> Response:
        """Return this answer with the body of another one, which is the same byte for byte.

        What was read of it is shared as well, so that no memory is taken twice.
        """
        shared = replace(self, body=same.body)
        shared.__dict__.update(_parsed=same._parsed, sha256=same.sha256)
        return shared


@dataclass(frozen=True)
class Failure:
    """Why no response came: the ``code`` of a TransportError with its parameters."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Exchange:
    """One recorded request and what came back.

    Attributes:
        id: ``x1``, ``x2``... in the order of sending.
        operation: the ``operationId``, or ``None`` where the path is not of the standard.
        purpose: what it was sent for: ``preflight``, ``explore``, ``control``, ``twin``,
            ``negative``, ``fuzz``, or ``traffic`` (somebody else's).
        at: when it was sent.
        negative: the request is wrong on purpose; its answer is judged by the row that sent it
            (``requirement``) and not as the answer to a good request.
        caller: a name for who sent it, where somebody else did; never a key.
    """

    id: str
    operation: str | None
    purpose: str
    at: datetime
    request: Request
    response: Response | None = None
    failure: Failure | None = None
    requirement: str | None = None
    negative: bool = False
    authenticated: bool = True
    caller: str | None = None

    @cached_property
    def query(self) -> dict[str, str]:
        """The query as a mapping; of a repeated parameter the values joined by commas."""
        values: dict[str, str] = {}
        for name, value in self.request.query:
            values[name] = f"{values[name]},{value}" if name in values else value
        return values

    @property
    def status(self) -> int | None:
        """The status code, where a response came."""
        return None if self.response is None else self.response.status

    @property
    def ended(self) -> datetime:
        """When the answer was there, as far as that is known."""
        elapsed = self.response.elapsed if self.response is not None else 0.0
        return self.at + timedelta(seconds=elapsed)

    @property
    def accepted(self) -> bool:
        """Whether a 2xx answer with a readable body came."""
        return self.response is not None and 200 <= self.response.status < 300

    @property
    def body(self) -> Any:
        """The JSON body of the response, or ``None``."""
        return None if self.response is None else self.response.json
