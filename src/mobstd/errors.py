"""Every exception that mobstd raises.

The tree, with the exit code of the command line beside each family::

    MobstdError
    ├── UsageError 2                what you asked for cannot be done as asked
    │   ├── UnknownName 2           a standard, version, requirement, fault... that is not there
    │   ├── ConfigError 2           a profile or an option is wrong
    │   └── MissingExtra 2          an optional part of mobstd is not installed
    ├── CanonError 4                the data of a standard is broken
    ├── RefusedDocument 1           a document that its schema refuses
    ├── TransportError 3            no usable answer came back
    │   ├── Unreachable 3           DNS, connection, TLS
    │   ├── Timeout 3               the answer took longer than allowed
    │   ├── Unreadable 3            too large, too deep, wrong encoding, broken HTTP
    │   ├── RedirectRefused 3       the answer points to another host, or in circles
    │   └── OutcomeUnknown 3        a write was sent and its fate is not known
    └── ApiError 1                  the partner answered, with an error status
        ├── BadRequest 400
        ├── Unauthorized 401
        ├── Forbidden 403
        ├── NotFound 404
        ├── Conflict 409
        ├── RateLimited 429
        └── ServerError 5xx

Every message is a code with parameters; its text stands in English and French in
``mobstd/messages/*.json``. ``str(error)`` is English, ``error.text("fr")`` French.
Parameters never hold secrets or personal data. All exceptions survive pickling.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "ApiError",
    "BadRequest",
    "CanonError",
    "ConfigError",
    "Conflict",
    "Forbidden",
    "MissingExtra",
    "MobstdError",
    "MobstdWarning",
    "NotFound",
    "OutcomeUnknown",
    "RateLimited",
    "RedirectRefused",
    "RefusedDocument",
    "ServerError",
    "Timeout",
    "TransportError",
    "Unauthorized",
    "UnknownName",
    "Unreachable",
    "Unreadable",
    "UsageError",
]


class MobstdError(Exception):
    """The root of the tree: a message ``code`` with its ``params``.

    ``<code>`` says what happened and where; ``<code>.next``, where it exists, says what to do.
    """

    exit_code = 4

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(code)

    def text(self, lang: str = "en") -> str:
        """Return the message in ``lang``, followed by the advice where there is one."""
        from mobstd.messages import render

        advice = self.diagnostics(lang)
        message = render(self.code, self.params, lang)
        return f"{message} {advice}" if advice else message

    def diagnostics(self, lang: str = "en") -> str:
        """Return what the reader can do next, or an empty string."""
        from mobstd.messages import render

        return render(f"{self.code}.next", self.params, lang, default="")

    def __str__(self) -> str:
        return self.text()

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive, (type(self), self.args, self.__dict__)


class MobstdWarning(UserWarning):
    """A partner's answer breaks its standard, and could be used all the same."""


def _revive(kind: type[MobstdError], args: tuple[Any, ...], state: dict[str, Any]) -> MobstdError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class UsageError(MobstdError):
    """What was asked for cannot be done as asked."""

    exit_code = 2


class UnknownName(UsageError):
    """A name that is not there; the message lists those that are."""


class ConfigError(UsageError):
    """A profile, an option or an environment variable is wrong."""


class MissingExtra(UsageError):
    """An optional part of mobstd is not installed; the message has the install command."""


class CanonError(MobstdError):
    """The data of a standard (schemas, catalogue, faults...) is broken."""


class RefusedDocument(MobstdError):
    """A document that its schema or rules refuse; ``problems`` says where and why.

    Attributes:
        body: the raw body, where it is the answer to a call.
    """

    exit_code = 1
    body: bytes = b""

    def __init__(self, code: str, problems: tuple[Any, ...] = (), **params: Any) -> None:
        super().__init__(code, **params)
        self.problems = problems


class TransportError(MobstdError):
    """No usable answer came back. ``params["operation"]`` names what was called."""

    exit_code = 3


class Unreachable(TransportError):
    """Name resolution, connection or TLS failed."""


class Timeout(TransportError):
    """The answer took longer than allowed."""


class Unreadable(TransportError):
    """The answer is too large, nested too deeply, wrongly encoded, not JSON or not HTTP.

    Attributes:
        body: the raw body, as far as there is one.
    """

    body: bytes = b""


class RedirectRefused(TransportError):
    """The answer points to another host, or in circles."""


class OutcomeUnknown(TransportError):
    """A write was sent and no answer tells its fate; it is never sent again by itself."""


class ApiError(MobstdError):
    """The partner answered with an error status.

    Attributes:
        status: the HTTP status code.
        operation: the ``operationId`` that was called.
        body: the raw body, as received.
        problem: the parsed body where it is JSON, else ``None``.
        retry_after: seconds that the partner asks to wait, or ``None``.
    """

    exit_code = 1

    def __init__(
        self,
        code: str = "api.error",
        *,
        status: int,
        operation: str,
        body: bytes = b"",
        problem: Any = None,
        retry_after: float | None = None,
        **params: Any,
    ) -> None:
        super().__init__(code, status=status, operation=operation, **params)
        self.status = status
        self.operation = operation
        self.body = body
        self.problem = problem
        self.retry_after = retry_after


class BadRequest(ApiError):
    """400: the request was refused as wrong."""


class Unauthorized(ApiError):
    """401: credentials are missing or refused."""


class Forbidden(ApiError):
    """403: the credentials do not allow this."""


class NotFound(ApiError):
    """404: there is no such thing, or no more."""


class Conflict(ApiError):
    """409: the state does not allow this."""


class RateLimited(ApiError):
    """429: too many requests; ``retry_after`` says how long to wait."""


class ServerError(ApiError):
    """5xx: the partner failed."""
