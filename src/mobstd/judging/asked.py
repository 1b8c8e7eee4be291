"""What a request says, as one JSON value, and what the document of its operation holds against it.

The value is ``{"path": {...}, "query": {...}, "headers": {...}, "body": ...}``: parameters by
name, in the types of their schemas; of the headers those that the operation knows; ``body`` where
one came that could be read. Patterns and pointers of checks on requests are over this value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote

from mobstd.canon.openapi import Operation, Parameter, credential_names, operations
from mobstd.canon.schemas import documents
from mobstd.canon.standard import Version
from mobstd.canon.validator import Problem, Validator, validator
from mobstd.judging.body import NotJson, parse_json
from mobstd.judging.exchange import Request
from mobstd.judging.form import FORM, parse_form
from mobstd.judging.parameter import read
from mobstd.judging.pointer import MISSING

__all__ = ["OWN_KEYWORDS", "Asked", "asked"]

OWN_KEYWORDS = ("unknown", "repeated", "mediaType", "notJson", "unexpected")
"""Keywords of problems that no schema has.

A parameter that the operation lacks, one that is given twice, a body of another media type, one
that can't be parsed, and one where none is documented.
"""

MEDIA = "content-type"


@dataclass(frozen=True)
class Asked:
    """A request as a JSON value, with every reason to refuse it."""

    value: Mapping[str, Any]
    problems: tuple[Problem, ...]


class _Places:
    """The parameters of an operation at one place, such as its query."""

    def __init__(
        self,
        version: Version,
        operation: Operation,
        where: str,
        also: frozenset[str] = frozenset(),
    ) -> None:
        self._known = documents(version)
        self._parameters = {
            (p.name.lower() if where == "header" else p.name): p
            for p in operation.parameters
            if p.where == where
        }
        self._where = {"header": "headers"}.get(where, where)
        self._closed = where == "query"
        self._also = also
        self._validators = {
            name: validator(p.schema, self._known) for name, p in self._parameters.items()
        }

    def read(self, given: Mapping[str, Sequence[str]]) -> tuple[dict[str, Any], list[Problem]]:
        """Return the values by name, and what is wrong with them."""
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for name, texts in given.items():
            parameter = self._parameters.get(name)
            if parameter is not None:
                values[name] = read(parameter, texts, self._known)
                problems += self._judged(parameter, name, values[name], len(texts))
            elif self._closed and name not in self._also:
                values[name] = texts[0]
                problems.append(_problem((self._where, name), "unknown", name, None))
        for name, parameter in self._parameters.items():
            if parameter.required and name not in given:
                problems.append(_problem((self._where,), "required", {}, name, member=name))
        return values, problems

    def _judged(self, parameter: Parameter, name: str, value: Any, times: int) -> Iterator[Problem]:
        if times > 1 and not isinstance(value, list):
            yield _problem((self._where, name), "repeated", times, 1)
        for problem in self._validators[name].problems(value):
            yield _below((self._where, name), problem)


class _Reader:
    """Reads requests of one operation."""

    def __init__(self, version: Version, role: str, operation: Operation) -> None:
        self._operation = operation
        signed = (name for where, name in credential_names(version, role) if where == "query")
        self._path = _Places(version, operation, "path")
        self._query = _Places(version, operation, "query", frozenset(signed))
        self._headers = _Places(version, operation, "header")
        self._bodies: dict[str, Validator] = {
            media.lower(): validator(schema, documents(version))
            for media, schema in operation.body.items()
        }
        template = re.sub(r"\\\{([^/{}]+)\\\}", "([^/]+)", re.escape(operation.path))
        self._template = re.compile(template + "$")
        self._names = re.findall(r"\{([^/{}]+)\}", operation.path)

    def read(self, request: Request) -> Asked:
        found = self._template.search(request.path)
        steps = [unquote(step) for step in found.groups()] if found else []
        headers: dict[str, list[str]] = {}
        for name, text in request.headers:
            headers.setdefault(name.lower(), []).append(text)
        query: dict[str, list[str]] = {}
        for name, text in request.query:
            query.setdefault(name, []).append(text)
        value: dict[str, Any] = {}
        problems: list[Problem] = []
        for where, places, given in (
            ("path", self._path, {n: [s] for n, s in zip(self._names, steps, strict=False)}),
            ("query", self._query, query),
            ("headers", self._headers, headers),
        ):
            value[where], wrong = places.read(given)
            problems += wrong
        if not request.truncated:
            body, wrong = self._body(request.body or b"", headers.get(MEDIA, [""])[0])
            problems += wrong
            if body is not MISSING:
                value["body"] = body
        return Asked(value, tuple(problems))

    def _body(self, body: bytes, media: str) -> tuple[Any, list[Problem]]:
        if not body:
            if self._operation.body_required:
                return MISSING, [_problem((), "required", {}, "body", member="body")]
            return MISSING, []
        if not self._bodies:
            return MISSING, [_problem(("body",), "unexpected", "a body", None)]
        said = media.partition(";")[0].strip().lower()
        problems = []
        if said not in self._bodies:
            known = ", ".join(self._bodies)
            problems.append(_problem(("headers", MEDIA), "mediaType", media, known))
            said = next(iter(self._bodies))
        try:
            value = parse_form(body) if said == FORM else parse_json(body)
        except (NotJson, ValueError) as error:
            why = error.reason if isinstance(error, NotJson) else "form"
            return MISSING, [*problems, _problem(("body",), "notJson", why, said)]
        for problem in self._bodies[said].problems(value):
            problems += (_below(("body",), one) for one in _explained(problem))
        return value, problems


def _problem(
    path: tuple[str | int, ...],
    keyword: str,
    value: Any,
    expected: Any,
    member: str | None = None,
) -> Problem:
    return Problem(path, keyword, member, value, expected, keyword)


def _below(path: tuple[str | int, ...], problem: Problem) -> Problem:
    return Problem(
        (*path, *problem.path),
        problem.keyword,
        problem.member,
        problem.value,
        problem.expected,
        problem.message,
    )


def _explained(problem: Problem) -> Iterator[Problem]:
    """Yield what is wrong with the variant that fits best, where a value fits none of several."""
    variants = problem.variants
    if not variants:
        yield problem
    elif not all(variants):
        yield _problem(problem.path, problem.keyword, problem.value, "one variant")
    else:

        def misfit(variant: tuple[Problem, ...]) -> tuple[int, int]:
            missing = [p for p in variant if p.keyword == "required" and p.path == problem.path]
            return len(missing), len(variant)

        for below in min(variants, key=misfit):
            yield from _explained(below)


@cache
def _reader(version: Version, role: str, name: str) -> _Reader:
    return _Reader(version, role, operations(version, role)[name])


def asked(version: Version, role: str, operation: str, request: Request) -> Asked:
    """Return what a request to an operation of ``role`` says, and what is wrong with it."""
    return _reader(version, role, operation).read(request)
