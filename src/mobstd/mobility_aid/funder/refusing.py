"""Refusals of the funder, as problems (RFC 9457) with what a program needs to go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

from mobstd.mobility_aid.funder.authority import Unstamped
from mobstd.mobility_aid.funder.registering import Outage, TooEarly
from mobstd.serving.answers import Reply
from mobstd.serving.database import Away

__all__ = ["PROBLEMS", "Refused", "problem", "told"]

PROBLEMS = "https://mobstd.github.io/problems/"
_TITLES = {
    400: ("bad-request", "It cannot be read"),
    401: ("unauthorized", "There is no token that is believed"),
    403: ("forbidden", "The token lacks a scope"),
    404: ("not-found", "There is no such thing"),
    405: ("bad-method", "It is not asked so"),
    409: ("conflict", "It is not possible now"),
    413: ("too-large", "It is too large"),
    415: ("unsupported", "Its type is not taken"),
    422: ("refused", "It is refused"),
    500: ("failed", "Something is wrong here"),
    503: ("unavailable", "Something that it needs does not answer; nothing was kept"),
}
_RETRY = "5"


def problem(status: int, code: str, text: str, field: str) -> dict[str, Any]:
    """Return an error as RFC 9457 has it; a place of the body is named by its pointer."""
    name, title = _TITLES.get(status, (code, "It is refused"))
    body: dict[str, Any] = {"type": PROBLEMS + name, "status": status, "title": title}
    if text:
        body["detail"] = text
    if field.startswith("/"):
        body["errors"] = [{"pointer": "" if field == "/" else field, "code": code}]
    return body


class Refused(Exception):
    """What was asked is refused, and nothing of it was done.

    Args:
        status: of HTTP.
        name: the last part of the type of the problem; that of the status where it is empty.
        errors: the places that were refused.
        more: members of the problem beside those of RFC 9457.
    """

    def __init__(
        self,
        status: int,
        name: str = "",
        errors: Sequence[Mapping[str, str]] = (),
        **more: Any,
    ) -> None:
        super().__init__(status, name)
        body = problem(status, "", "", "")
        body["type"] = PROBLEMS + name if name else body["type"]
        self.status = status
        self.body = {**body, **({"errors": list(errors)} if errors else {}), **more}


def told(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method of a service whose refusals are answers."""

    @wraps(method)
    def answered(*args: Any) -> Any:
        try:
            return method(*args)
        except Refused as error:
            return Reply(error.body, error.status)
        except TooEarly as error:
            later = error.at.isoformat().replace("+00:00", "Z")
            return Reply(Refused(409, "too-early", notBefore=later).body, 409)
        except (Away, Outage, Unstamped) as error:
            name = {Outage: "registry-away", Unstamped: "no-time-stamp"}.get(type(error), "")
            return Reply(Refused(503, name).body, 503, {"Retry-After": _RETRY})

    return answered
