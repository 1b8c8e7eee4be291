"""Requests, judged by the canon before a service sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from mobstd.canon.openapi import Operation, Parameter
from mobstd.canon.schemas import documents
from mobstd.canon.standard import Version
from mobstd.canon.validator import Validator, validator
from mobstd.judging.body import NotJson, parse_json
from mobstd.judging.form import FORM, parse_form
from mobstd.judging.parameter import resolved, scalar, type_of
from mobstd.messages import render

__all__ = ["BadInput", "Reader", "Taken"]

Pairs = tuple[tuple[str, str], ...]
MAX_FIELDS = 200
MAX_QUERY = 65_536
_SILENT = {"type", "default", "description", "title", "examples", "example", "deprecated"}


class BadInput(Exception):
    """A request that the canon refuses; ``code`` and ``params`` say why."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = f"serving.{code}"
        self.params = params

    def text(self, lang: str) -> str:
        """Return the reason in words; it never repeats what was sent."""
        return render(self.code, self.params, lang)


@dataclass(frozen=True)
class Taken:
    """What a request says, in the types of the canon.

    Attributes:
        values: the parameters by name, defaults filled in.
        given: the parameters that were sent.
        pairs: the query parameters that the operation knows, as they were written.
        body: the parsed body, or ``None``.
    """

    values: Mapping[str, Any]
    given: Mapping[str, Any] = field(default_factory=dict)
    pairs: Pairs = ()
    body: Any = None


class _Field:
    """Reads one parameter."""

    def __init__(self, version: Version, parameter: Parameter) -> None:
        self.name = parameter.name
        self.required = parameter.required
        known = documents(version)
        schema = resolved(known, parameter.schema)
        self.default = schema.get("default")
        self.type = type_of(schema)
        self.item = type_of(resolved(known, schema.get("items", {})))
        numeric = self.type in ("integer", "number", "boolean")
        said = set(schema) - _SILENT - ({"format"} if numeric else set())
        self.validator: Validator | None = validator(parameter.schema, known) if said else None

    def read(self, texts: list[str]) -> Any:
        """Return the value that stands in ``texts``: one each time that the parameter is given."""
        if self.type == "array":
            words = [word for text in texts for word in text.split(",")]
            value: Any = [self._scalar(self.item, word) for word in words]
        elif len(texts) > 1:
            raise BadInput("repeated-parameter", name=self.name)
        else:
            value = self._scalar(self.type, texts[0])
        if self.validator is not None and not self.validator.is_valid(value):
            problem = next(iter(self.validator.problems(value)))
            expected = problem.expected
            if isinstance(expected, (list, tuple)):
                expected = ", ".join(map(str, expected))
            raise BadInput("bad-value", name=self.name, keyword=problem.keyword, expected=expected)
        return value

    def _scalar(self, kind: str, text: str) -> Any:
        value = scalar(kind, text)
        if value is None:
            raise BadInput(f"not-{kind}", name=self.name)
        return value


class Reader:
    """Reads the requests of one operation."""

    def __init__(self, version: Version, operation: Operation) -> None:
        self.operation = operation
        self._query = [_Field(version, p) for p in operation.parameters if p.where == "query"]
        self._path = [_Field(version, p) for p in operation.parameters if p.where == "path"]
        self._headers = [_Field(version, p) for p in operation.parameters if p.where == "header"]
        self._body = {
            media.lower(): validator(schema, documents(version))
            for media, schema in operation.body.items()
        }
        every = (*self._query, *self._path, *self._headers)
        self._defaults = {f.name: f.default for f in every if f.default is not None}

    @property
    def reads_body(self) -> bool:
        """Whether a body says anything: where one is documented, or can stand in for a query."""
        return bool(self._body) or self._replaced

    @property
    def _replaced(self) -> bool:
        """Whether parameters are also read from a JSON body: of a write that documents none.

        Many clients send what they write in the body, whatever the document says.
        """
        writes = self.operation.method in ("POST", "PUT", "PATCH")
        return writes and bool(self._query) and not self._body

    def read(
        self,
        query: bytes,
        places: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes,
    ) -> Taken:
        """Return what the request says.

        Raises:
            BadInput: where the canon refuses it.
        """
        texts = _pairs(query)
        if self._replaced:
            texts = {**_members(headers, body), **texts}
        given = _values(self._query, texts)
        given.update(_values(self._path, {name: [text] for name, text in places.items()}))
        sent = {
            f.name: [headers[f.name.lower()]] for f in self._headers if f.name.lower() in headers
        }
        given.update(_values(self._headers, sent))
        pairs = tuple((f.name, text) for f in self._query for text in texts.get(f.name, ()))
        read = self._read_body(headers, body) if self._body else None
        return Taken({**self._defaults, **given}, given, pairs, read)

    def _read_body(self, headers: Mapping[str, str], body: bytes) -> Any:
        if not body:
            if self.operation.body_required:
                raise BadInput("missing-body")
            return None
        media = headers.get("content-type", "").partition(";")[0].strip().lower()
        if media not in self._body:
            raise BadInput("bad-media-type", known=", ".join(self._body))
        try:
            value = parse_form(body) if media == FORM else parse_json(body)
        except NotJson as error:
            raise BadInput("not-json", reason=error.reason) from None
        except ValueError:
            raise BadInput("not-form") from None
        problem = next(iter(self._body[media].problems(value)), None)
        if problem is not None:
            where = "/" + "/".join(map(str, problem.path))
            raise BadInput("bad-body", where=where, keyword=problem.keyword)
        return value


def _values(fields: list[_Field], texts: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return what each field reads in its texts."""
    values: dict[str, Any] = {}
    for one in fields:
        if texts.get(one.name):
            values[one.name] = one.read(texts[one.name])
        elif one.required:
            raise BadInput("missing-parameter", name=one.name)
    return values


def _pairs(query: bytes) -> dict[str, list[str]]:
    if len(query) > MAX_QUERY:
        raise BadInput("large-query", limit=MAX_QUERY)
    if query.count(b"&") >= MAX_FIELDS:
        raise BadInput("many-parameters", limit=MAX_FIELDS)
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise BadInput("bad-query") from None
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    return given


def _members(headers: Mapping[str, str], body: bytes) -> dict[str, list[str]]:
    """Return the strings that stand in a JSON object; any other body is ignored."""
    if not body or "json" not in headers.get("content-type", "").lower():
        return {}
    try:
        value = parse_json(body)
    except NotJson:
        return {}
    members = value.items() if isinstance(value, dict) else ()
    return {name: [text] for name, text in members if isinstance(text, str)}
