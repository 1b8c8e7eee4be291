"""Between a dialect and its standard: pure functions that say each thing that they changed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mobstd.endpoint import Endpoint
from mobstd.judging.exchange import Request
from mobstd.judging.pointer import join
from mobstd.messages import render
from mobstd.transport.dialect import Dialect

__all__ = ["MOST", "Translation", "heard", "spoken"]

MOST = 1000
"""How many translations of one body are told."""

Path = tuple[str | int, ...]
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,17})?")
_EXACT = 2**53


@dataclass(frozen=True)
class Translation:
    """One thing that a partner says, or is told, in another way than the standard has it.

    Attributes:
        code: of the message.
        path: where it is in the exchange, from ``request`` or ``response``, by their names.
        params: of the message; no values of persons.
    """

    code: str
    path: Path
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def pointer(self) -> str:
        """The JSON Pointer into the exchange, such as ``/response/body/0/driver/grade``."""
        return join(self.path)

    def message(self, lang: str = "en") -> str:
        """Return it in words."""
        return render(self.code, dict(self.params), lang)


class _Told(list[Translation]):
    """What was translated, the first thousand of it."""

    def tell(self, code: str, path: Path, **params: str) -> None:
        if len(self) < MOST:
            self.append(Translation(f"dialect.{code}", path, params))


def heard(dialect: Dialect, body: Any) -> tuple[Any, tuple[Translation, ...]]:
    """Return the body of an answer in the form of the standard, and what was translated.

    A member that is there under both names, or a value that fits nothing, stays as it is.
    """
    told = _Told()
    return _read(dialect, body, ("response", "body"), told), tuple(told)


def _read(dialect: Dialect, value: Any, path: Path, told: _Told) -> Any:
    if isinstance(value, list):
        return [_read(dialect, item, (*path, index), told) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    out: dict[str, Any] = {}
    for theirs, inner in value.items():
        at = (*path, theirs)
        if inner is None and dialect.nulls == "absent":
            told.tell("null", at)
            continue
        name = dialect.read_members.get(theirs, theirs)
        if name != theirs and name in value:
            name = theirs
        if name != theirs:
            told.tell("member", at, ours=name, theirs=theirs)
        out[name] = _read(dialect, _value(dialect, name, inner, at, told), at, told)
    return out


def _value(dialect: Dialect, name: str, value: Any, path: Path, told: _Told) -> Any:
    if isinstance(value, list):
        return [_value(dialect, name, v, (*path, i), told) for i, v in enumerate(value)]
    ours = dialect.read_values.get((name, value)) if isinstance(value, str) else None
    if ours is not None:
        told.tell("value", path, ours=ours, theirs=value)
        return ours
    if name in dialect.numbers:
        number = _number(value)
        if number is not None:
            told.tell("number", path)
            return number
    return value


def _number(value: Any) -> int | float | None:
    """Return the number that a text, or a whole number with a point, stands for."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value) if "." in value else int(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return int(value)
    return None


def spoken(
    dialect: Dialect, endpoint: Endpoint, request: Request
) -> tuple[Request, tuple[Translation, ...]]:
    """Return a request of the standard as the partner takes it, and what was translated."""
    told = _Told()
    request = replace(request, query=_query(dialect, endpoint, request, told))
    if request.body and not endpoint.form:
        body = _sent(dialect, json.loads(request.body), ("request", "body"), told)
        if told:
            request = replace(request, body=_written(body))
    if endpoint.id in dialect.query_in_body and request.query and request.body is None:
        told.tell("query-in-body", ("request", "body"), operation=endpoint.id)
        headers = (*request.headers, ("Content-Type", "application/json"))
        body = _written(dict(request.query))
        request = replace(request, query=(), headers=headers, body=body)
    return request, tuple(told)


def _query(
    dialect: Dialect, endpoint: Endpoint, request: Request, told: _Told
) -> tuple[tuple[str, str], ...]:
    own = {one.name: one for one in dialect.parameters if one.concerns(endpoint.id)}
    said = {name for name, _ in request.query}
    constants = [
        (one.name, one.value)
        for one in own.values()
        if one.value is not None and one.name not in said
    ]
    for name, _ in constants:
        told.tell("constant", ("request", "query", name), ours=name)
    out = []
    for name, text in (*request.query, *constants):
        value = dialect.sent_values.get((name, text), text)
        if value != text:
            told.tell("sent-value", ("request", "query", name), ours=text, theirs=value)
        theirs = own[name].sent_as or name if name in own else name
        if theirs != name:
            told.tell("sent-parameter", ("request", "query", theirs), ours=name, theirs=theirs)
        out.append((theirs, value))
    return tuple(out)


def _sent(dialect: Dialect, value: Any, path: Path, told: _Told, name: str = "") -> Any:
    if isinstance(value, list):
        return [_sent(dialect, v, (*path, i), told, name) for i, v in enumerate(value)]
    if isinstance(value, str):
        theirs = dialect.sent_values.get((name, value), value)
        if theirs != value:
            told.tell("sent-value", path, ours=value, theirs=theirs)
        return theirs
    if not isinstance(value, dict):
        return value
    out: dict[str, Any] = {}
    for ours, inner in value.items():
        theirs = dialect.sent_members.get(ours, ours)
        if theirs != ours and theirs in value:
            theirs = ours
        at = (*path, theirs)
        if theirs != ours:
            told.tell("sent-member", at, ours=ours, theirs=theirs)
        out[theirs] = _sent(dialect, inner, at, told, ours)
    return out


def _written(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
