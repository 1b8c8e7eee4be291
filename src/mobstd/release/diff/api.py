"""Operations of an OpenAPI 3 or Swagger 2 document, in one form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mobstd.release.diff.library import Address, Library

__all__ = ["Answer", "Field", "Operation", "Placed", "is_api", "operations", "servers"]

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
_NOT_SCHEMA = ("name", "in", "required", "description", "collectionFormat", "allowEmptyValue")

Key = tuple[str, str]


@dataclass(frozen=True)
class Placed:
    """A schema and where it is written; ``made`` where Swagger 2 writes it otherwise."""

    schema: Any
    address: Address
    made: bool = False


@dataclass(frozen=True)
class Field:
    """A parameter or a header."""

    name: str
    where: str
    required: bool
    schema: Placed | None
    address: Address
    written: tuple[Any, ...] = ()
    deprecated: bool = False


@dataclass(frozen=True)
class Answer:
    """What a status documents."""

    status: str
    content: Mapping[str, Placed | None]
    headers: Mapping[str, Field]
    address: Address


@dataclass(frozen=True)
class Operation:
    """A method and a path, with what goes in and what comes out.

    ``security`` has the alternatives, each with what it demands; empty: anybody may call.
    """

    method: str
    path: str
    id: str
    fields: Mapping[Key, Field]
    body: Mapping[str, Placed | None]
    body_required: bool
    answers: Mapping[str, Answer]
    security: frozenset[frozenset[str]]
    deprecated: bool
    address: Address
    body_address: Address = ("", ())
    others: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """The method, and the path whatever its parameters are called."""
        return self.method, re.sub(r"\{[^{}/]+\}", "{}", self.path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def is_api(document: Any) -> bool:
    """Say whether a document is an OpenAPI or Swagger document."""
    return isinstance(document, Mapping) and ("openapi" in document or "swagger" in document)


def servers(document: Mapping[str, Any]) -> list[str]:
    """Return where an API says that it is reached."""
    if "swagger" in document:
        return [f"{document.get('host', '')}{document.get('basePath', '')}"]
    return [str(s.get("url", "")) for s in document.get("servers", ()) if isinstance(s, Mapping)]


def operations(library: Library, path: str) -> list[Operation]:
    """Return the operations of a document, in its order.

    Raises:
        ConfigError: for a reference that leads nowhere.
    """
    document = library.document(path)
    reader = _Reader(library, path, document)
    found = []
    for template, item in _mapping(document.get("paths")).items():
        node, (_, steps) = library.target(path, item, ("paths", template))
        for method, operation in _mapping(node).items():
            if method in _METHODS and isinstance(operation, Mapping):
                found.append(reader.operation(template, node, method, operation, (*steps, method)))
    return found


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


@dataclass
class _Reader:
    library: Library
    path: str
    document: Mapping[str, Any]

    def operation(
        self,
        template: str,
        item: Mapping[str, Any],
        method: str,
        node: Mapping[str, Any],
        steps: tuple[str, ...],
    ) -> Operation:
        raw = list(self._listed(item.get("parameters"), (*steps[:-1], "parameters")))
        raw += list(self._listed(node.get("parameters"), (*steps, "parameters")))
        fields, body, required, at = self._inputs(node, raw, steps)
        return Operation(
            method=method.upper(),
            path=template,
            id=str(node.get("operationId", "")),
            fields=fields,
            body=body,
            body_required=required,
            answers={
                str(status): self._answer(str(status), answer, node, (*steps, "responses", status))
                for status, answer in _mapping(node.get("responses")).items()
                if not str(status).startswith("x-")
            },
            security=self._security(node),
            deprecated=bool(node.get("deprecated", False)),
            address=(self.path, steps),
            body_address=at,
            others={k: node[k] for k in ("callbacks", "servers") if k in node},
        )

    def _listed(self, nodes: Any, steps: tuple[str, ...]) -> Iterator[tuple[Any, Address]]:
        for place, node in enumerate(nodes if isinstance(nodes, list) else ()):
            yield self.library.target(self.path, node, (*steps, str(place)))

    def _inputs(
        self, node: Mapping[str, Any], raw: list[tuple[Any, Address]], steps: tuple[str, ...]
    ) -> tuple[dict[Key, Field], dict[str, Placed | None], bool, Address]:
        fields: dict[Key, Field] = {}
        form: dict[str, Any] = {"type": "object", "properties": {}, "required": []}
        body: dict[str, Placed | None] = {}
        required, at = False, (self.path, steps)
        takes = node.get("consumes", self.document.get("consumes")) or [_JSON]
        for parameter, address in raw:
            where = parameter.get("in")
            if where == "body":
                below = Placed(parameter.get("schema", {}), (address[0], (*address[1], "schema")))
                body = dict.fromkeys(takes, below)
                required, at = bool(parameter.get("required")), address
            elif where == "formData":
                name = parameter["name"]
                form["properties"][name] = _inline(parameter)
                form["required"] += [name] if parameter.get("required") else []
                body, at = {_FORM: Placed(form, address, made=True)}, address
                required = required or bool(parameter.get("required"))
            else:
                found = self._field(parameter, address)
                fields[found.where, found.name] = found
        if "requestBody" in node:
            found_body, at = self.library.target(
                self.path, node["requestBody"], (*steps, "requestBody")
            )
            body = self._content(found_body, at)
            required = bool(found_body.get("required", False))
        return fields, body, required, at

    def _field(self, node: Mapping[str, Any], address: Address, name: str = "") -> Field:
        path, steps = address
        where = str(node.get("in", "header"))
        named = name or str(node.get("name", ""))
        schema: Placed | None = None
        if "schema" in node:
            schema = Placed(node["schema"], (path, (*steps, "schema")))
        elif "content" in node:
            schema = next(iter(self._content(node, address).values()), None)
        elif "type" in node:
            schema = Placed(_inline(node), address, made=True)
        style = node.get("style", {"query": "form", "cookie": "form"}.get(where, "simple"))
        explode = node.get("explode", style == "form")
        written = (style, explode, node.get("collectionFormat"), sorted(node.get("content", ())))
        return Field(
            named.lower() if where == "header" else named,
            where,
            bool(node.get("required", False)) or where == "path",
            schema,
            address,
            written,
            bool(node.get("deprecated", False)),
        )

    def _content(self, node: Mapping[str, Any], address: Address) -> dict[str, Placed | None]:
        path, steps = address
        return {
            media.lower().replace(" ", ""): Placed(
                content["schema"], (path, (*steps, "content", media, "schema"))
            )
            if "schema" in _mapping(content)
            else None
            for media, content in _mapping(node.get("content")).items()
        }

    def _answer(
        self, status: str, node: Any, operation: Mapping[str, Any], steps: tuple[str, ...]
    ) -> Answer:
        node, address = self.library.target(self.path, node, steps)
        content = self._content(node, address)
        if "schema" in node:
            media = operation.get("produces", self.document.get("produces")) or [_JSON]
            below = Placed(node["schema"], (address[0], (*address[1], "schema")))
            content = dict.fromkeys(media, below)
        headers = {}
        for name, header in _mapping(node.get("headers")).items():
            found, at = self.library.target(address[0], header, (*address[1], "headers", name))
            headers[name.lower()] = self._field({**found, "in": "header"}, at, name)
        return Answer(status.upper() if status != "default" else status, content, headers, address)

    def _security(self, node: Mapping[str, Any]) -> frozenset[frozenset[str]]:
        demanded = node.get("security", self.document.get("security")) or []
        return frozenset(
            frozenset(
                f"{self._scheme(name)}{' ' + ','.join(sorted(scopes)) if scopes else ''}"
                for name, scopes in _mapping(alternative).items()
            )
            for alternative in demanded
        )

    def _scheme(self, name: str) -> str:
        known = _mapping(_mapping(self.document.get("components")).get("securitySchemes"))
        known = {**known, **_mapping(self.document.get("securityDefinitions"))}
        scheme = known.get(name)
        if not isinstance(scheme, Mapping):
            return name
        kind = str(scheme.get("type", ""))
        if kind == "apiKey":
            return f"apiKey in {scheme.get('in')} {str(scheme.get('name')).lower()}"
        if kind == "basic" or kind == "http":
            return f"http {str(scheme.get('scheme', 'basic')).lower()}"
        return kind or name


def _inline(node: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in node.items() if key not in _NOT_SCHEMA}
