"""Operations of a role, read from its OpenAPI document; and the bundle that is shipped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlsplit

from mobstd.canon.files import load
from mobstd.canon.schemas import SUFFIX, documents
from mobstd.canon.standard import Version
from mobstd.errors import CanonError, UnknownName

__all__ = [
    "Answer",
    "Operation",
    "Parameter",
    "bundle",
    "component",
    "credential_names",
    "key_header",
    "operations",
]


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operation; ``schema`` is inline."""

    name: str
    where: str
    required: bool
    schema: Mapping[str, Any]
    description: str = ""
    explode: bool = True
    examples: tuple[Any, ...] = ()

    @property
    def default(self) -> Any:
        """The default of its schema, or ``None``."""
        return self.schema.get("default")

    def write(self, value: Any) -> str:
        """Return ``value`` as it stands in a query."""
        if isinstance(value, (list, tuple)):
            return ",".join(self.write(item) for item in value)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
            return repr(value) if self.schema.get("type") == "number" else str(int(value))
        return str(value)


@dataclass(frozen=True)
class Answer:
    """What one status documents: media types with their schema, headers, and codes of errors.

    ``codes`` (``x-codes``) are the words by which the body of an error says what is wrong.
    """

    description: str
    content: Mapping[str, Mapping[str, Any] | None] = field(default_factory=dict)
    headers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Operation:
    """A method and a path, with what goes in and what may come out.

    Schemas in it refer to the canon by absolute ``$id``.
    """

    id: str
    method: str
    path: str
    block: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    body: Mapping[str, Mapping[str, Any]]
    body_required: bool
    answers: Mapping[str, Answer]

    def parameter(self, name: str) -> Parameter | None:
        """Return the parameter of that name."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> Mapping[str, Parameter]:
        return {p.name: p for p in reversed(self.parameters)}

    def answer(self, status: int) -> Answer | None:
        """Return what is documented for a status: itself, its class (``4XX``), or the default."""
        keys = (str(status), f"{status // 100}XX", "default")
        return next((self.answers[key] for key in keys if key in self.answers), None)

    @cached_property
    def path_pattern(self) -> re.Pattern[str]:
        """Matches paths of this operation at the end of a URL path."""
        template = re.sub(r"\\\{[^/]+?\\\}", "[^/]+", re.escape(self.path))
        return re.compile(template + "$")


def _document(version: Version, role: str) -> Mapping[str, Any]:
    path = version.folder / "openapi" / f"{role}.yaml"
    if not path.is_file():
        known = ", ".join(version.roles)
        raise UnknownName("canon.unknown-role", wanted=role, version=str(version), known=known)
    document: Mapping[str, Any] = load(path)
    return document


def key_header(version: Version, role: str) -> str:
    """Return the header that carries a key: as the document has it, else ``X-API-Key``."""
    schemes = _document(version, role).get("components", {}).get("securitySchemes", {})
    for scheme in schemes.values():
        if (scheme.get("type"), scheme.get("in")) == ("apiKey", "header"):
            return str(scheme["name"])
    return "X-API-Key"


@cache
def credential_names(version: Version, role: str) -> frozenset[tuple[str, str]]:
    """Return where credentials may stand: ``header``, ``query`` or ``cookie``, with the name.

    ``Authorization`` is always one of them; names of headers are in lower case.
    """
    schemes = _document(version, role).get("components", {}).get("securitySchemes", {})
    named = {
        (str(s["in"]), str(s["name"]).lower() if s["in"] == "header" else str(s["name"]))
        for s in schemes.values()
        if s.get("type") == "apiKey"
    }
    usual = {("header", "authorization"), ("header", key_header(version, role).lower())}
    return frozenset(named | usual)


def _local(document: Mapping[str, Any], node: Any) -> Any:
    """Follow ``#/...`` references to parameters, responses and headers."""
    seen: list[str] = []
    while isinstance(node, Mapping) and str(node.get("$ref", "")).startswith("#/"):
        if node["$ref"] in seen:
            raise KeyError(node["$ref"])
        seen.append(node["$ref"])
        target: Any = document
        for step in node["$ref"][2:].split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def _absolute(version: Version, node: Any) -> Any:
    """Return the schema with file references replaced by the ``$id`` they lead to."""
    if isinstance(node, Mapping):
        out = {key: _absolute(version, value) for key, value in node.items()}
        reference = out.get("$ref")
        if isinstance(reference, str) and SUFFIX in reference and "://" not in reference:
            name, _, fragment = reference.rpartition("/")[2].partition("#")
            out["$ref"] = _id(version, name) + (f"#{fragment}" if fragment else "")
        return out
    if isinstance(node, list):
        return [_absolute(version, item) for item in node]
    return node


@cache
def _ids(version: Version) -> Mapping[str, str]:
    return {urlsplit(uri).path.rpartition("/")[2]: uri for uri in documents(version)}


def _id(version: Version, file: str) -> str:
    ids = _ids(version)
    if file not in ids:
        raise UnknownName(
            "canon.unknown-schema", wanted=file, version=str(version), known=", ".join(ids)
        )
    return ids[file]


def _parameter(version: Version, document: Mapping[str, Any], node: Any) -> Parameter:
    node = _local(document, node)
    schema = _absolute(version, _local(document, node.get("schema", {})))
    examples = [e.get("value") for e in node.get("examples", {}).values()]
    if "example" in node:
        examples.insert(0, node["example"])
    examples += schema.get("examples", [])
    return Parameter(
        node["name"],
        node["in"],
        bool(node.get("required", False)),
        schema,
        node.get("description", schema.get("description", "")).strip(),
        bool(node.get("explode", True)),
        tuple(examples),
    )


def _answer(version: Version, document: Mapping[str, Any], node: Any) -> Answer:
    node = _local(document, node)
    content = {
        media: _absolute(version, _local(document, body["schema"])) if "schema" in body else None
        for media, body in node.get("content", {}).items()
    }
    headers = {
        name: _absolute(version, _local(document, header).get("schema", {}))
        for name, header in node.get("headers", {}).items()
    }
    codes = tuple(node.get("x-codes", ()))
    return Answer(node.get("description", "").strip(), content, headers, codes)


@cache
def operations(version: Version, role: str) -> Mapping[str, Operation]:
    """Return the operations of a role by ``operationId``, in the order of the document.

    Raises:
        CanonError: where the document is no OpenAPI, or refers to what is not there.
        UnknownName: where the role has no document; the message lists those that have.
    """
    document = _document(version, role)
    try:
        return _operations(version, document)
    except (AttributeError, KeyError, TypeError) as error:
        file = str(version.folder / "openapi" / f"{role}.yaml")
        raise CanonError("canon.broken-api", file=file, reason=repr(error)) from None


def _operations(version: Version, document: Mapping[str, Any]) -> Mapping[str, Operation]:
    found = {}
    for path, item in document.get("paths", {}).items():
        shared = item.get("parameters", [])
        for method, node in item.items():
            if method not in ("get", "head", "post", "put", "patch", "delete"):
                continue
            body = _local(document, node.get("requestBody", {}))
            found[node["operationId"]] = Operation(
                id=node["operationId"],
                method=method.upper(),
                path=path,
                block=node.get("x-block", ""),
                summary=node.get("summary", "").strip(),
                description=node.get("description", "").strip(),
                parameters=tuple(
                    _parameter(version, document, p) for p in [*shared, *node.get("parameters", [])]
                ),
                body={
                    media: _absolute(version, content.get("schema", {}))
                    for media, content in body.get("content", {}).items()
                },
                body_required=bool(body.get("required", False)),
                answers={
                    str(status): _answer(version, document, answer)
                    for status, answer in node.get("responses", {}).items()
                },
            )
    return found


def component(uri: str) -> str:
    """Return the component name of a schema: ``driver-journey`` becomes ``DriverJourney``."""
    name = urlsplit(uri).path.rpartition("/")[2].removesuffix(SUFFIX)
    return "".join(part[:1].upper() + part[1:] for part in name.split("-"))


def _bundled(version: Version, node: Any, used: set[str]) -> Any:
    if isinstance(node, Mapping):
        kept = {k: v for k, v in node.items() if k not in ("$id", "$schema")}
        out = {k: _bundled(version, v, used) for k, v in kept.items()}
        reference = node.get("$ref")
        if isinstance(reference, str) and SUFFIX in reference:
            file, _, fragment = reference.rpartition("/")[2].partition("#")
            uri = _id(version, file)
            used.add(uri)
            out["$ref"] = f"#/components/schemas/{component(uri)}{fragment}"
        return out
    if isinstance(node, list):
        return [_bundled(version, item, used) for item in node]
    return node


def bundle(version: Version, role: str) -> dict[str, Any]:
    """Return the OpenAPI document of a role as one self-contained document.

    Schemas become components, in alphabetical order; ``x-block`` stays.
    """
    used: set[str] = set()
    out: dict[str, Any] = _bundled(version, deepcopy(dict(_document(version, role))), used)
    schemas: dict[str, Any] = {}
    while pending := {uri for uri in used if component(uri) not in schemas}:
        for uri in sorted(pending):
            schemas[component(uri)] = _bundled(version, documents(version)[uri], used)
    components = out.setdefault("components", {})
    merged = {**components.get("schemas", {}), **schemas}
    components["schemas"] = dict(sorted(merged.items()))
    return out
