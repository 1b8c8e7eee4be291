"""What a call brings back: typed where it can be, raw always, its problems as values."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any, Generic, TypeVar

from mobstd.canon.validator import Problem
from mobstd.endpoint import Endpoint
from mobstd.errors import (
    ApiError,
    BadRequest,
    Conflict,
    Forbidden,
    MobstdWarning,
    NotFound,
    RateLimited,
    RefusedDocument,
    ServerError,
    Unauthorized,
    Unreadable,
)
from mobstd.judging.exchange import Pairs, Response
from mobstd.judging.pointer import join
from mobstd.messages import render
from mobstd.models import Model
from mobstd.transport.dialect import Dialect
from mobstd.transport.judge import judge_of
from mobstd.transport.retry import retry_after
from mobstd.transport.translating import Translation, heard

__all__ = ["Answer", "RawResponse"]

T = TypeVar("T")
_MOST = 1000
_WORD = re.compile(r"[0-9A-Za-z_]+")
_ERRORS: dict[int, tuple[type[ApiError], str]] = {
    400: (BadRequest, "api.bad-request"),
    401: (Unauthorized, "api.unauthorized"),
    403: (Forbidden, "api.forbidden"),
    404: (NotFound, "api.not-found"),
    409: (Conflict, "api.conflict"),
    429: (RateLimited, "api.rate-limited"),
}


class Answer(list[T]):
    """The items of an answer that could be read.

    Attributes:
        problems: what the standard does not allow in the answer, by path from its root, at most
            1,000. They never repeat the values, which may be personal.
        response: the response as it came, with the items that could not be read.
        translations: what the partner's dialect has otherwise; nothing without a dialect.
    """

    def __init__(
        self, items: Iterable[T], problems: tuple[Problem, ...], response: RawResponse[Any]
    ) -> None:
        super().__init__(items)
        self.problems = problems
        self.response = response
        self.translations = response.translations

    def __repr__(self) -> str:
        return f"<Answer: {len(self)} items, {len(self.problems)} problems>"


@dataclass(frozen=True)
class RawResponse(Generic[T]):
    """A response as it came, of any status.

    Attributes:
        endpoint: the operation that was called.
        response: status, headers, body.
        strict: whether ``parse`` raises where it would warn.
        dialect: how the partner departs from the standard.
        told: what was sent otherwise than the standard has it.
    """

    endpoint: Endpoint
    response: Response = field(repr=False)
    strict: bool = False
    dialect: Dialect | None = None
    told: tuple[Translation, ...] = field(default=(), repr=False)

    @property
    def status(self) -> int:
        """The HTTP status code."""
        return self.response.status

    @property
    def headers(self) -> Pairs:
        """The headers, in order, as received."""
        return self.response.headers

    @property
    def body(self) -> bytes:
        """The body, decompressed."""
        return self.response.body

    @property
    def translations(self) -> tuple[Translation, ...]:
        """What was sent, and what came, otherwise than the standard has it; a thousand at most."""
        return (*self.told, *self._heard[1])

    @cached_property
    def _heard(self) -> tuple[Any, tuple[Translation, ...]]:
        """The body as the standard has it, and what had to be translated for that."""
        if self.dialect is None or not 200 <= self.status < 300:
            return self.response.json, ()
        return heard(self.dialect, self.response.json)

    def header(self, name: str) -> str | None:
        """Return the first header of that name, in any letter case."""
        return self.response.header(name)

    def parse(self) -> T:
        """Return what the typed method of the client returns.

        Raises:
            ApiError: for any status but 2xx.
            Unreadable: where the body is not the JSON that it should be.
            RefusedDocument: where a single document cannot be read; with ``strict``, where the
                standard does not allow the answer.
        """
        if not 200 <= self.status < 300:
            raise _refusal(self.endpoint, self.response)
        result: Any = None
        if self.endpoint.gives != "nothing":
            try:
                result = self._read(self._json())
            except (Unreadable, RefusedDocument) as error:
                error.body = self.body
                raise
        return result  # type: ignore[no-any-return]

    def _json(self) -> Any:
        response, wrong = self.response, self.response.not_json
        if wrong is not None:
            code = "client.truncated" if response.truncated else "client.not-json"
            media = response.media_type or "?"
            raise Unreadable(code, operation=self.endpoint.id, reason=wrong.reason, media=media)
        return self._heard[0]

    def _read(self, value: Any) -> Any:
        problems = list(islice(_judged(self.endpoint, value), _MOST))
        model = self.endpoint.answer
        if self.endpoint.gives == "many" and not isinstance(value, list):
            raise RefusedDocument("client.not-a-list", tuple(problems), operation=self.endpoint.id)
        if model is None or self.endpoint.gives == "value":
            self._tell(problems)
            return value
        if self.endpoint.gives == "one":
            self._tell(problems)
            return model.read(value)
        items = self._items(model, value, problems)
        known = {(p.path, p.keyword, p.member): p for p in reversed(problems)}
        found = tuple(sorted(known.values(), key=lambda p: [str(step) for step in p.path]))
        self._tell(found)
        return Answer(items, found, self)

    def _items(self, model: type[Model], values: list[Any], problems: list[Problem]) -> list[Model]:
        """Return the items that can be read, and add to the problems why others can't."""
        try:
            return model.read_all(values)
        except RefusedDocument:
            items = []
        for index, item in enumerate(values):
            try:
                items.append(model.read(item))
            except RefusedDocument as error:
                if len(problems) < _MOST:
                    problems += [_at(index, problem) for problem in error.problems]
        return items

    def _tell(self, problems: Iterable[Problem]) -> None:
        found = tuple(problems)
        if not found:
            return
        where = join([*found[0].path, *([found[0].member] if found[0].member else [])])
        params = {
            "operation": self.endpoint.id,
            "standard": self.endpoint.standard,
            "count": len(found),
            "where": where or "/",
            "keyword": found[0].keyword,
        }
        if self.strict:
            raise RefusedDocument("client.answer-refused", found, **params)
        text = render("client.answer-problems", params)
        warnings.warn(text, MobstdWarning, stacklevel=_outside())


def _judged(endpoint: Endpoint, value: Any) -> Iterable[Problem]:
    judge = judge_of(endpoint)
    if judge.answer is not None and not judge.answer.is_valid(value):
        for problem in judge.answer.problems(value):
            yield _discreet(problem)


def _discreet(problem: Problem) -> Problem:
    """Return the problem without the value, which may be personal."""
    text = problem.keyword if problem.member is None else f"{problem.keyword}: {problem.member}"
    path, member = problem.path, problem.member
    return Problem(path, problem.keyword, member, None, problem.expected, text)


def _at(index: int, problem: Problem) -> Problem:
    path = (index, *problem.path)
    return Problem(path, problem.keyword, problem.member, None, None, problem.message)


def _refusal(endpoint: Endpoint, response: Response) -> ApiError:
    kind, code = _ERRORS.get(response.status, (ApiError, "api.error"))
    if response.status >= 500:
        kind, code = ServerError, "api.server-error"
    elif 300 <= response.status < 400:
        code = "api.redirected"
    problem = response.json
    return _named(endpoint, problem, kind)(
        code,
        status=response.status,
        operation=endpoint.id,
        body=response.body,
        problem=problem,
        retry_after=retry_after(response),
    )


def _named(endpoint: Endpoint, problem: Any, kind: type[ApiError]) -> type[ApiError]:
    """Return the class for the code that a body names, alone or among other words."""
    said = problem.values() if isinstance(problem, dict) and endpoint.errors else ()
    words = {word for text in said if isinstance(text, str) for word in _WORD.findall(text)}
    return next((one for code, one in endpoint.errors.items() if code in words), kind)


def _outside() -> int:
    """Return the stack level of the caller's own code, seen from where this is called."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("mobstd."):
        level, frame = level + 1, frame.f_back
    return level
