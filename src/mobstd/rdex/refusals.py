"""Refusals by the names that RDEX gives them, as exceptions beside those of their status.

``except SignatureMismatch`` catches one of them, ``except Unauthorized`` all of status 401, and
``except ApiError`` every refusal, also of a partner that answers in another shape.
"""

from __future__ import annotations

from typing import Any

from mobstd.errors import (
    ApiError,
    BadRequest,
    Conflict,
    Forbidden,
    NotFound,
    RateLimited,
    Unauthorized,
)

__all__ = [
    "AccessDenied",
    "AlreadyExists",
    "InvalidInput",
    "InvalidUuid",
    "Named",
    "OriginMismatch",
    "ResourceNotFound",
    "SignatureMismatch",
    "TimestampTooSkewed",
    "TooLate",
    "TooManyPosts",
    "TooManyQueries",
    "UnknownUser",
    "name_of",
    "typed",
]


class Named:
    """What the body of a refusal says.

    Attributes:
        name: its name, such as ``signature_mismatch``.
        field: the parameter or member that is wrong, where it is told.
    """

    name: str = ""
    field: str = ""


class InvalidInput(Named, BadRequest):
    """``invalid_input``: a value is wrong."""


class InvalidUuid(Named, BadRequest):
    """``invalid_uuid``: there is no such ad or person."""


class UnknownUser(Named, BadRequest):
    """``unknown_user``: the person is not there, or no more."""


class TooLate(Named, BadRequest):
    """``too_late``: the journey has begun."""


class AccessDenied(Named, Unauthorized):
    """``access_denied``: the public key is missing or not known."""


class SignatureMismatch(Named, Unauthorized):
    """``signature_mismatch``: the operator computes another signature over this URL."""


class TimestampTooSkewed(Named, Unauthorized):
    """``timestamp_too_skewed``: the clocks of both sides are too far apart."""


class OriginMismatch(Named, Forbidden):
    """``origin_mismatch``: the key belongs to another site."""


class ResourceNotFound(Named, NotFound):
    """``resource_not_found``: there is nothing at this path."""


class AlreadyExists(Named, Conflict):
    """``already_exists``: it was sent before."""


class TooManyQueries(Named, RateLimited):
    """``too_many_queries``: too many searches."""


class TooManyPosts(Named, RateLimited):
    """``too_many_post``: too many messages."""


_KINDS: dict[tuple[int, str], type[ApiError]] = {
    (400, "invalid_input"): InvalidInput,
    (400, "invalid_uuid"): InvalidUuid,
    (400, "unknown_user"): UnknownUser,
    (400, "too_late"): TooLate,
    (401, "access_denied"): AccessDenied,
    (401, "signature_mismatch"): SignatureMismatch,
    (401, "timestamp_too_skewed"): TimestampTooSkewed,
    (403, "origin_mismatch"): OriginMismatch,
    (404, "resource_not_found"): ResourceNotFound,
    (409, "already_exists"): AlreadyExists,
    (429, "too_many_queries"): TooManyQueries,
    (429, "too_many_post"): TooManyPosts,
}


def _member(problem: Any, member: str) -> str:
    inner = problem.get("error") if isinstance(problem, dict) else None
    value = inner.get(member) if isinstance(inner, dict) else None
    return value[:80] if isinstance(value, str) else ""


def name_of(problem: Any) -> str:
    """Return the name in the parsed body of a refusal, empty where there is none."""
    return _member(problem, "name")


def typed(error: ApiError) -> ApiError:
    """Return the exception of its name for a refusal, or the same where it has none of its own."""
    kind = _KINDS.get((error.status, name_of(error.problem)))
    if kind is None:
        return error
    found = kind(
        error.code,
        status=error.status,
        operation=error.operation,
        body=error.body,
        problem=error.problem,
        retry_after=error.retry_after,
    )
    found.name, found.field = name_of(error.problem), _member(error.problem, "field")  # type: ignore[attr-defined]
    return found
