"""Operations as the templates need them: names, classes, and words."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mobstd.canon.openapi import Operation, component, operations
from mobstd.canon.schemas import SUFFIX, documents
from mobstd.canon.standard import Version
from mobstd.codegen.names import attributes, class_name, query_name, snake

__all__ = ["Method", "Role", "Word", "roles"]

_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Word:
    """A parameter as an argument of its own: its name on the wire, here, and its type."""

    wire: str
    name: str
    type: str
    required: bool
    placed: bool


_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Method:
    """One operation as a method.

    Attributes:
        id: the ``operationId``.
        http: the HTTP method.
        path: the path template.
        name: the method's name.
        summary: the first line of its docstring.
        description: the rest of it.
        query: the class of its parameters, or ``None``.
        body: the class of its request body or of the items in it, or ``None``.
        several: whether that body is an array of those.
        form: whether that body is written as a form.
        answer: the class of its answer or of the items in it, or ``None``.
        gives: ``nothing``, ``one``, ``many`` or ``value``.
        words: the parameters as arguments of a client, where they are few and plain: those of an
            operation on one thing, which stands in the path. Elsewhere they are a query.
    """

    id: str
    http: str
    path: str
    name: str
    summary: str
    description: str
    query: str | None
    body: str | None
    answer: str | None
    gives: str
    form: bool = False
    several: bool = False
    words: tuple[Word, ...] = ()

    @property
    def called(self) -> str:
        """The arguments of a client, each after a comma."""
        if not self.words:
            return self.arguments
        placed = "".join(f", {word.name}: {word.type}" for word in self.words if word.placed)
        named = "".join(
            f", {word.name}: {word.type}" + ("" if word.required else " | None = None")
            for word in self.words
            if not word.placed
        )
        return placed + (f", *{named}" if named else "")

    @property
    def handed(self) -> str:
        """The arguments of a client as they are handed on."""
        if not self.words:
            return self.passed
        return "".join(f"{word.name}={word.name}, " for word in self.words)

    @property
    def collected(self) -> str:
        """The line that makes a query of the words, or nothing."""
        if not self.words:
            return ""
        pairs = ", ".join(f'"{word.wire}": {word.name}' for word in self.words)
        return f"query = {self.query}.read({{{pairs}}})"

    @property
    def arguments(self) -> str:
        """The typed arguments, each after a comma."""
        query = f", query: {self.query}" if self.query else ""
        kind = f"list[{self.body}]" if self.several else self.body
        return query + (f", body: {kind}" if self.body else "")

    @property
    def passed(self) -> str:
        """The arguments as they are handed on."""
        return ("query=query, " if self.query else "") + ("body=body, " if self.body else "")

    @property
    def returned(self) -> str:
        """What a client returns."""
        if self.gives == "many":
            return f"Answer[{self.answer}]"
        return {"nothing": "None", "value": "Any"}.get(self.gives, self.answer or "Any")

    @property
    def served(self) -> str:
        """What a service returns."""
        return f"list[{self.answer}]" if self.gives == "many" else self.returned

    @property
    def doc(self) -> str:
        """The docstring of the service's method, indented."""
        return _docstring(self.summary, self.description)

    @property
    def client_doc(self) -> str:
        """The docstring of the client's method, indented."""
        refused = ""
        if self.query or self.body:
            refused = "RefusedDocument: the standard does not allow what was to be sent.\n"
        fate = "" if self.http in _SAFE else ", ``OutcomeUnknown`` once it may have been taken"
        errors = (
            f"Raises:\n    {refused}"
            f"{'    ' if refused else ''}TransportError: no usable answer came{fate}.\n"
            "    ApiError: the partner answered with an error status."
        )
        return _docstring(self.summary, self.description, errors)


@dataclass(frozen=True)
class Role:
    """A role that serves, with its operations in the order of its document."""

    name: str
    prefix: str
    table: str
    methods: tuple[Method, ...]


def roles(version: Version) -> tuple[Role, ...]:
    """Return the roles of a version that can be called."""
    return tuple(
        Role(
            name,
            class_name(name),
            f"{snake(name).upper()}_OPERATIONS",
            tuple(_method(version, one) for one in operations(version, name).values()),
        )
        for name in version.roles
    )


def _method(version: Version, operation: Operation) -> Method:
    good = sorted(status for status in operation.answers if status.startswith("2"))
    content = operation.answers[good[0]].content if good else {}
    gives, answer = _content(version, content)
    taken, body = _content(version, operation.body)
    asked = any(p.where in ("path", "query") for p in operation.parameters)
    return Method(
        id=operation.id,
        http=operation.method,
        path=operation.path,
        name=snake(operation.id),
        summary=operation.summary.rstrip(".") + "." if operation.summary else f"{operation.id}.",
        description=operation.description,
        query=query_name(operation.id) if asked else None,
        body=body or _model(version, operation.body.get(_FORM)),
        several=taken == "many",
        answer=answer,
        gives=gives,
        form=_FORM in operation.body and _json_schema(operation.body) is None,
        words=_words(version, operation),
    )


def _words(version: Version, operation: Operation) -> tuple[Word, ...]:
    """Return the parameters as arguments, or none where one is not plain or there is a body."""
    asked = [p for p in operation.parameters if p.where in ("path", "query")]
    if operation.body or all(p.where != "path" for p in asked):
        return ()
    names = attributes(p.name for p in asked)
    words = []
    for parameter in asked:
        schema = _followed(version, parameter.schema)
        kind = _PLAIN.get(str(schema.get("type")))
        if kind is None or schema.get("format") in ("unix-time", "partial-time", "date-time"):
            return ()
        placed = parameter.where == "path"
        words.append(Word(parameter.name, names[parameter.name], kind, parameter.required, placed))
    return tuple(words)


def _content(
    version: Version, content: Mapping[str, Mapping[str, Any] | None]
) -> tuple[str, str | None]:
    schema = _json_schema(content)
    if schema is None:
        return "nothing", None
    model = _model(version, schema)
    if model is not None:
        return "one", model
    schema = _followed(version, schema)
    items = _model(version, schema.get("items")) if schema.get("type") == "array" else None
    return ("many", items) if items else ("value", None)


def _json_schema(content: Mapping[str, Mapping[str, Any] | None]) -> Mapping[str, Any] | None:
    return next((schema for media, schema in content.items() if schema and "json" in media), None)


def _model(version: Version, schema: Mapping[str, Any] | None) -> str | None:
    """Return the class of a schema, where it refers to an object of the canon."""
    if schema is None or not str(schema.get("$ref", "")).endswith(SUFFIX):
        return None
    target = documents(version)[schema["$ref"]]
    is_object = target.get("type") == "object" or "properties" in target
    return class_name(component(schema["$ref"])) if is_object else None


def _followed(version: Version, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    return documents(version).get(str(schema.get("$ref", "")), schema)


def _docstring(summary: str, *rest: str) -> str:
    """Return a docstring for a method, with its quotes."""
    parts = [summary]
    for part in filter(None, rest):
        wrapped = textwrap.wrap(" ".join(part.split()), 90, break_long_words=False)
        parts.append(part if part.startswith("Raises:") else "\n".join(wrapped))
    text = textwrap.indent("\n\n".join(parts), " " * 8).strip().replace("\\", "\\\\")
    return f'"""{text}"""' if len(parts) == 1 else f'"""{text}\n        """'
