"""Operations of an OpenAPI 3 or Swagger 2 document, in one form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mobstd.release.diff.credentials import demanded
from mobstd.release.diff.library import Address, Library
from mobstd.release.diff.media import normal

__all__ = ["Answer", "Field", "Operation", "Placed", "is_api", "operations", "servers"]

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
_NESTED = 40
_COLLECTED = {
    "ssv": ("spaceDelimited", False),
    "tsv": ("tabDelimited", False),
    "pipes": ("pipeDelimited", False),
    "multi": ("form", True),
}
"""Style and explode of what Swagger 2 calls a collection format."""
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
    links: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """A method and a path, with what goes in and what comes out.

    ``security`` has the alternatives, each with what it demands; empty: anybody may call.
    ``turned``: a webhook or a callback, which the caller serves and the role calls.
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
    servers: tuple[Any, ...] = ()
    encoding: Mapping[str, Any] = field(default_factory=dict)
    turned: bool = False

    @property
    def key(self) -> Key:
        """The method, and the path whatever its parameters are called."""
        return self.method, re.sub(r"\{[^{}/]+\}", "{}", self.path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def is_api(document: Any) -> bool:
    """Say whether a document is an OpenAPI or Swagger document."""
    return isinstance(document, Mapping) and ("openapi" in document or "swagger" in document)


def servers(node: Any) -> list[Any]:
    """Return where an API, a path or an operation says that it is reached."""
    node = _mapping(node)
    if "swagger" in node:
        place = f"{node.get('host', '')}{node.get('basePath', '')}"
        return [f"{scheme}://{place}" for scheme in _listed(node.get("schemes"))] or [place]
    found = []
    for server in filter(None, map(_mapping, _listed(node.get("servers")))):
        variables = {
            name: {k: v for k, v in _mapping(said).items() if k != "description"}
            for name, said in _mapping(server.get("variables")).items()
        }
        url = str(server.get("url", ""))
        found.append({"url": url, "variables": variables} if variables else url)
    return found


def operations(library: Library, path: str) -> list[Operation]:
    """Return the operations of a document, in its order; its webhooks and callbacks too.

    Raises:
        ConfigError: for a reference that leads nowhere.
    """
    document = _mapping(library.document(path))
    found: list[Operation] = []
    for key, name in (("paths", "{}"), ("webhooks", "webhook {}")):
        for template, item in _mapping(document.get(key)).items():
            node, (file, steps) = library.target(path, item, (key, template))
            reader = _Reader(library, file, document, key != "paths")
            found += reader.item(name.replace("{}", str(template), 1), _mapping(node), steps)
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


@dataclass
class _Reader:
    library: Library
    path: str
    document: Mapping[str, Any]
    turned: bool = False

    def item(
        self, template: str, node: Mapping[str, Any], steps: tuple[str, ...]
    ) -> Iterator[Operation]:
        """Yield the operations of a path, and what they call back."""
        for method, operation in node.items():
            if method in _METHODS and isinstance(operation, Mapping):
                below = (*steps, method)
                yield self.operation(template, node, method, operation, below)
                called = f"{method.upper()} {template}"
                yield from self._callbacks(called, operation, (*below, "callbacks"))

    def _callbacks(
        self, called: str, node: Mapping[str, Any], steps: tuple[str, ...]
    ) -> Iterator[Operation]:
        for name, callback in _mapping(node.get("callbacks")).items():
            found, (file, at) = self.library.target(self.path, callback, (*steps, name))
            for expression, item in _mapping(found).items():
                below, (path, place) = self.library.target(file, item, (*at, expression))
                reader = _Reader(self.library, path, self.document, not self.turned)
                if len(place) < _NESTED:
                    said = f"callback {name} {expression} of {called}"
                    yield from reader.item(said, _mapping(below), place)

    def operation(
        self,
        template: str,
        item: Mapping[str, Any],
        method: str,
        node: Mapping[str, Any],
        steps: tuple[str, ...],
    ) -> Operation:
        raw = list(self._parameters(item.get("parameters"), (*steps[:-1], "parameters")))
        raw += list(self._parameters(node.get("parameters"), (*steps, "parameters")))
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
            security=demanded(node, self.document),
            deprecated=bool(node.get("deprecated", False)),
            address=(self.path, steps),
            body_address=at,
            servers=tuple(servers(node) or servers(item)),
            encoding=self._encoding(node, steps),
            turned=self.turned,
        )

    def _encoding(self, node: Mapping[str, Any], steps: tuple[str, ...]) -> dict[str, Any]:
        found, _ = self.library.target(
            self.path, _mapping(node.get("requestBody")), (*steps, "requestBody")
        )
        content = _mapping(_mapping(found).get("content"))
        return {
            normal(media): said["encoding"]
            for media, said in content.items()
            if "encoding" in _mapping(said)
        }

    def _parameters(
        self, nodes: Any, steps: tuple[str, ...]
    ) -> Iterator[tuple[Mapping[str, Any], Address]]:
        for place, node in enumerate(_listed(nodes)):
            found, address = self.library.target(self.path, node, (*steps, str(place)))
            yield _mapping(found), address

    def _inputs(
        self,
        node: Mapping[str, Any],
        raw: list[tuple[Mapping[str, Any], Address]],
        steps: tuple[str, ...],
    ) -> tuple[dict[Key, Field], dict[str, Placed | None], bool, Address]:
        fields: dict[Key, Field] = {}
        form: dict[str, Any] = {"type": "object", "properties": {}, "required": []}
        body: dict[str, Placed | None] = {}
        required, at = False, (self.path, steps)
        takes = self._types(node, "consumes")
        for parameter, address in raw:
            where = parameter.get("in")
            if where == "body":
                below = Placed(parameter.get("schema", {}), (address[0], (*address[1], "schema")))
                body = dict.fromkeys(takes, below)
                required, at = bool(parameter.get("required")), address
            elif where == "formData":
                name = str(parameter.get("name", ""))
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
            body = self._content(_mapping(found_body), at)
            required = bool(_mapping(found_body).get("required", False))
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
        usual = {"query": "form", "cookie": "form"}.get(where, "simple")
        style = node.get("style", usual)
        explode = node.get("explode", style == "form")
        if schema is not None and schema.made:
            style, explode = _COLLECTED.get(str(node.get("collectionFormat")), (usual, False))
        allowed = [word for word in ("allowEmptyValue", "allowReserved") if node.get(word) is True]
        content = sorted(map(normal, _mapping(node.get("content"))))
        written = (style, explode, allowed, content)
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
            normal(media): Placed(content["schema"], (path, (*steps, "content", media, "schema")))
            if "schema" in _mapping(content)
            else None
            for media, content in _mapping(node.get("content")).items()
        }

    def _answer(
        self, status: str, node: Any, operation: Mapping[str, Any], steps: tuple[str, ...]
    ) -> Answer:
        found, address = self.library.target(self.path, node, steps)
        node = _mapping(found)
        content = self._content(node, address)
        if "schema" in node:
            media = self._types(operation, "produces")
            below = Placed(node["schema"], (address[0], (*address[1], "schema")))
            content = dict.fromkeys(media, below)
        headers = {}
        for name, header in _mapping(node.get("headers")).items():
            found, at = self.library.target(address[0], header, (*address[1], "headers", name))
            headers[name.lower()] = self._field({**_mapping(found), "in": "header"}, at, name)
        links = {
            name: self.library.target(address[0], link, (*address[1], "links", name))[0]
            for name, link in _mapping(node.get("links")).items()
        }
        status = status.upper() if status != "default" else status
        return Answer(status, content, headers, address, links)

    def _types(self, node: Mapping[str, Any], word: str) -> list[str]:
        """Return the media types that Swagger 2 has for an operation or for all of them."""
        said = _listed(node.get(word, self.document.get(word)))
        return [normal(str(media)) for media in said] or [_JSON]


def _inline(node: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in node.items() if key not in _NOT_SCHEMA}
