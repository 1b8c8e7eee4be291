"""From a typed query and body to a request: pure, and judged before anything leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mobstd.endpoint import Endpoint
from mobstd.errors import RefusedDocument
from mobstd.judging.exchange import Request
from mobstd.judging.form import FORM, to_form
from mobstd.judging.pointer import join
from mobstd.models import Model
from mobstd.query import Query
from mobstd.transport.judge import judge_of
from mobstd.transport.options import Settings

__all__ = ["Body", "build", "check"]

Body = Model | Sequence[Model]
"""What is sent: a document, or several in an array."""


def build(
    endpoint: Endpoint,
    query: Query | None,
    body: Body | None,
    settings: Settings,
    headers: Mapping[str, str],
) -> Request:
    """Return the request of a call, without credentials.

    Args:
        endpoint: the operation.
        query: its parameters.
        body: its body.
        settings: the base path and the headers of the client.
        headers: those of the call, which win.
    """
    names = {"Accept": "application/json"} if endpoint.gives != "nothing" else {}
    if body is not None:
        names["Content-Type"] = FORM if endpoint.form else "application/json"
    path = endpoint.path if query is None else query.to_path(endpoint.path)
    return Request(
        endpoint.method,
        settings.path + path,
        () if query is None else query.to_pairs(),
        tuple({**names, **settings.headers, **headers}.items()),
        None if body is None else _written(endpoint, body),
    )


def _written(endpoint: Endpoint, body: Body) -> bytes:
    if isinstance(body, Sequence):
        return f"[{','.join(one.to_json() for one in body)}]".encode()
    return to_form(body.dump()) if endpoint.form else body.to_json().encode()


def check(endpoint: Endpoint, query: Query | None, body: Body | None) -> None:
    """Judge what is to be sent.

    Raises:
        RefusedDocument: where the standard does not allow it.
    """
    judge = judge_of(endpoint)
    for judged, document in ((judge.query, query), (judge.body, body)):
        if judged is None or document is None:
            continue
        problems = tuple(judged.problems(_sent(document)))
        if problems:
            first = problems[0]
            where = join([*first.path, *([first.member] if first.member else [])])
            raise RefusedDocument(
                "client.request-refused",
                problems,
                operation=endpoint.id,
                where=where,
                keyword=first.keyword,
            )


def _sent(document: Body) -> Any:
    """Return what leaves of a document: of a query, what is ``None`` stays here."""
    if isinstance(document, Sequence):
        return [one.dump() for one in document]
    dumped = document.dump()
    if isinstance(document, Query):
        return {name: value for name, value in dumped.items() if value is not None}
    return dumped
