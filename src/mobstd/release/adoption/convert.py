"""An OpenAPI document of anybody's as the canon has it: 3.1, and each schema a file of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mobstd.canon.formats import table
from mobstd.errors import ConfigError
from mobstd.release.adoption.layout import slug
from mobstd.release.diff.dialect import LISTS, MAPS, SINGLE, dialect_of, modern
from mobstd.release.lint.document import Document
from mobstd.release.lint.subject import Subject

__all__ = ["METHODS", "Converter"]

METHODS = ("get", "head", "post", "put", "patch", "delete")
DEEPEST = 100
MOST = 300_000
"""Steps through documents; more come of references and aliases that multiply."""
DRAFT = "https://json-schema.org/draft/2020-12/schema"
UNSAID = ("xml", "externalDocs", "discriminator", "nullable", "x-nullable")
DATA = ("example", "examples", "default", "enum", "const")


class Converter:
    """Takes documents over, and keeps the schemas that they refer to in ``schemas``, by name."""

    def __init__(self, subject: Subject, base: str) -> None:
        """Take over from ``subject``; the ``$id`` of schemas begin with ``base``."""
        self.subject = subject
        self.base = base
        self.schemas: dict[str, Any] = {}
        self._names: dict[tuple[str, str], str] = {}
        self._known = set(table())
        self._steps = 0

    def api(self, document: Document) -> dict[str, Any]:
        """Return an OpenAPI document.

        Raises:
            ConfigError: where it is Swagger 2, or refers to what is not there.
        """
        content = document.content
        if "swagger" in content:
            raise ConfigError("adopt.swagger", file=str(document.path))
        paths = content.get("paths")
        paths = paths if isinstance(paths, Mapping) else {}
        out: dict[str, Any] = {"openapi": "3.1.0"}
        for key in ("info", "servers", "security", "tags"):
            if key in content:
                out[key] = content[key]
        out["paths"] = self._paths(document, paths)
        schemes = (content.get("components") or {}).get("securitySchemes")
        if isinstance(schemes, Mapping):
            out["components"] = {"securitySchemes": self._copied(document, schemes, 0)}
        return out

    def _paths(self, document: Document, paths: Mapping[str, Any]) -> dict[str, Any]:
        out: dict[str, Any] = {}
        taken: set[str] = set()
        for path, raw in paths.items():
            item = self._copied(document, raw, 0)
            if not isinstance(item, dict):
                continue
            for method, node in item.items():
                if method in METHODS and isinstance(node, dict):
                    node["operationId"] = _id(node, method, path, taken)
                    node["x-block"] = _block(node, path)
            out[path] = item
        return out

    def _copied(self, document: Document, node: Any, depth: int) -> Any:
        """Return what is no schema, with what it refers to in its place."""
        self._stepped(document, depth)
        if isinstance(node, list):
            return [self._copied(document, item, depth + 1) for item in node]
        if not isinstance(node, Mapping):
            return node
        if isinstance(node.get("$ref"), str):
            where, _, value = self._followed(document, node["$ref"])
            return self._copied(where, value, depth + 1)
        out = {}
        for key, value in node.items():
            if key == "schema" and isinstance(value, (Mapping, bool)):
                out[key] = self._schema(document, value, "../", 0)
            elif key in DATA or key.startswith("x-"):
                out[key] = value
            else:
                out[key] = self._copied(document, value, depth + 1)
        return out

    def _stepped(self, document: Document, depth: int) -> None:
        self._steps += 1
        if depth > DEEPEST:
            raise ConfigError("canon.too-deep", file=str(document.path), count=DEEPEST)
        if self._steps > MOST:
            raise ConfigError("canon.too-many", file=str(document.path), count=MOST)

    def _followed(self, document: Document, reference: str) -> tuple[Document, str, Any]:
        found = self.subject.follow(document, reference)
        if found is None:
            raise ConfigError("adopt.reference", file=str(document.path), reference=reference)
        return found

    def _schema(self, document: Document, node: Any, up: str, depth: int) -> Any:
        """Return a schema as 2020-12 has it; ``up`` leads from where it stands to the schemas."""
        self._stepped(document, depth)
        if not isinstance(node, Mapping):
            return node
        nullable = node.get("nullable") is True and isinstance(node.get("type"), str)
        out = modern(node, dialect_of(document.content), None)
        if isinstance(out.get("$ref"), str):
            out["$ref"] = f"{up}{self._named(document, out['$ref'])}.schema.json"
        if nullable and isinstance(out.get("enum"), list) and None not in out["enum"]:
            out["enum"] = [*out["enum"], None]
        if out.get("format") not in self._known:
            out.pop("format", None)
        for key in (*UNSAID, "$id", "$schema"):
            out.pop(key, None)
        for key, value in out.items():
            if key in SINGLE:
                out[key] = self._schema(document, value, up, depth + 1)
            elif key in LISTS and isinstance(value, list):
                out[key] = [self._schema(document, one, up, depth + 1) for one in value]
            elif key in (*MAPS, "$defs", "definitions") and isinstance(value, Mapping):
                out[key] = {n: self._schema(document, s, up, depth + 1) for n, s in value.items()}
        return out

    def _named(self, document: Document, reference: str) -> str:
        """Return the name of the schema that a reference leads to, and keep it."""
        where, pointer, value = self._followed(document, reference)
        key = (where.name, pointer)
        if key not in self._names:
            last = pointer.rpartition("/")[2] or where.path.name.partition(".")[0]
            name = slug(last) or "schema"
            number = 1
            while name in self.schemas:
                number += 1
                name = f"{slug(last) or 'schema'}-{number}"
            self._names[key] = name
            self.schemas[name] = None
            made = self._schema(where, value, "", 0)
            if isinstance(made, bool):
                made = {} if made else {"not": {}}
            uri = f"{self.base}/{name}.schema.json"
            self.schemas[name] = {"$schema": DRAFT, "$id": uri, **made}
        return self._names[key]


def _id(node: Mapping[str, Any], method: str, path: str, taken: set[str]) -> str:
    said = str(node.get("operationId") or f"{method} {path}")
    words = [word for word in re.split(r"[^A-Za-z0-9_]+", said) if word]
    name = re.sub(r"^[^A-Za-z]+", "", words[0] + "".join(w[:1].upper() + w[1:] for w in words[1:]))
    name = name or method
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def _block(node: Mapping[str, Any], path: str) -> str:
    tags = node.get("tags")
    said = node.get("x-block") or (tags[0] if isinstance(tags, list) and tags else "")
    steps = [step for step in path.split("/") if step and not step.startswith("{")]
    return slug(str(said)) or slug(steps[0] if steps else "") or "all"
