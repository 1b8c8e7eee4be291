"""Errors in the registry's words: the envelope of JSON-RPC, and what it says for each reason."""

from __future__ import annotations

from typing import Any

from mobstd.serving.asgi import Response
from mobstd.serving.writing import to_json

__all__ = ["Refused", "forbidden", "invalid", "missing", "shown", "unauthorized"]

_NOTHING = object()


class Refused(Exception):
    """A request is refused; what is raised inside the store undoes what it did.

    Args:
        status: of the answer.
        code: of the error; ``None``: it has none.
        message: of the error.
        data: what exactly is wrong, where that is said.

    Attributes:
        error: what the envelope holds.
    """

    def __init__(self, status: int, code: int | None, message: str, data: Any = _NOTHING) -> None:
        super().__init__(status, code, message, *(() if data is _NOTHING else (data,)))
        self.status = status
        self.error: dict[str, Any] = {} if code is None else {"code": code}
        self.error["message"] = message
        if data is not _NOTHING:
            self.error["data"] = data

    @property
    def body(self) -> dict[str, Any]:
        """The envelope."""
        return {"jsonrpc": "2.0", "id": 1, "error": self.error}


def invalid(problems: list[str]) -> Refused:
    """Refuse what a schema does not take, with every problem."""
    return Refused(400, -32602, "Invalid params", problems)


def unauthorized(data: Any = _NOTHING) -> Refused:
    """Refuse who is not known."""
    return Refused(401, -32501, "Unauthorized Error", data)


def forbidden(data: str = "Invalid permissions") -> Refused:
    """Refuse what a caller may not do."""
    return Refused(403, -32503, "Forbidden Error", data)


def missing(data: Any = _NOTHING) -> Refused:
    """Say that the operator has nothing of this id."""
    return Refused(404, -32504, "Not found", data)


def shown(status: int, body: Any = None, headers: tuple[tuple[str, str], ...] = ()) -> Response:
    """Return an answer in JSON, or without a body."""
    if body is None:
        return Response(status, headers=headers)
    return Response(status, to_json(body), "application/json; charset=utf-8", headers)
