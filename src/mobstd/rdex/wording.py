"""The bodies of refusals, as a legacy server writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mobstd.serving.answers import Reply

__all__ = ["refusal", "refused"]

_BY_CODE = {
    "missing-parameter": "missing_required_query_parameter",
    "missing-body": "no_post_data",
    "bad-query": "invalid_uri",
}
_BY_STATUS = {
    401: "access_denied",
    403: "insufficient_permissions",
    404: "resource_not_found",
    405: "unsupported_http_verb",
    409: "already_exists",
    429: "too_many_queries",
    501: "not_implemented",
}


def refusal(status: int, code: str, text: str, field: str = "") -> dict[str, Any]:
    """Return the body for what the server kit refuses.

    Args:
        status: the HTTP status.
        code: why, in a word of the kit.
        text: why, in words.
        field: the parameter that is wrong, where it is one.
    """
    otherwise = "internal_error" if status >= 500 else "invalid_input"
    name = _BY_CODE.get(code) or _BY_STATUS.get(status, otherwise)
    return _body(name, text, field)


def refused(
    status: int,
    name: str,
    text: str = "",
    field: str = "",
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """Return the answer of a service that refuses by a name."""
    return Reply(_body(name, text, field), status, headers or {})


def _body(name: str, text: str, field: str) -> dict[str, Any]:
    return {
        "error": {"name": name, "message_debug": text, "message_user": "", "field": field},
    }
