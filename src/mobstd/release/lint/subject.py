"""What is linted together: a version of a standard, or files of somebody else's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin

from mobstd.canon.contracts import contract
from mobstd.canon.schemas import schema_names, validator_of
from mobstd.canon.standard import Version
from mobstd.canon.validator import Problem
from mobstd.errors import CanonError, UnknownName
from mobstd.judging.catalogue import catalogue
from mobstd.release.lint.document import Document
from mobstd.release.lint.place import Place, places
from mobstd.validation.overlay import overlays, validator_under

__all__ = ["EXAMPLE", "Subject"]

PLACE = re.compile(r"[0-9]{1,9}")
EXAMPLE = "data"
"""What stands for a contract in files that have none, only a schema."""


@dataclass(frozen=True, eq=False)
class Subject:
    """Documents that refer to each other.

    Attributes:
        name: ``name@version``, or the path of a file.
        documents: its files.
        version: the version of a standard; ``None`` for a stranger's file.
        waivers: where its waivers are written, whether the file is there or not.
        home: the repository of the texts that its rows were read from; its root where left out.
    """

    name: str
    documents: tuple[Document, ...]
    version: Version | None
    waivers: Path
    home: Path | None = None

    @property
    def texts(self) -> Path:
        """Where the texts are that rows were read from."""
        return self.home or (self.version.root.folder if self.version else self.waivers.parent)

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Every schema of every document."""
        return tuple(place for document in self.documents for place in places(document))

    @cached_property
    def breaches(self) -> tuple[tuple[Document, Problem], ...]:
        """Where files of a standard break their contracts."""
        return tuple(
            (document, problem)
            for document in self.documents
            if document.contract not in (None, EXAMPLE) and not document.broken
            for problem in contract(str(document.contract)).problems(document.content)
        )

    @cached_property
    def held(self) -> bool:
        """Whether all files of a standard can be read and keep their contracts."""
        return not self.breaches and not any(one.broken for one in self.documents)

    @cached_property
    def unsound(self) -> CanonError | UnknownName | None:
        """Why the schemas and OpenAPI documents of a standard can't be used, if they can't."""
        version = self.version
        if version is None or not self.held:
            return None
        try:
            for name in schema_names(version):
                validator_of(version, name)
                for overlay in overlays(version):
                    validator_under(version, name, overlay)
            for role in version.roles:
                catalogue(version, role)
        except (CanonError, UnknownName) as error:
            return error
        except (KeyError, TypeError) as error:  # an overlay of no schemas, a row of no block
            return CanonError("canon.broken-row", row="-", reason=repr(error))
        return None

    @property
    def sound(self) -> bool:
        """Whether a standard can be used: its data, its schemas and its OpenAPI documents."""
        return self.held and self.unsound is None

    def of(self, kind: str) -> tuple[Document, ...]:
        """Return the files of a standard that have to keep a contract, such as ``vector``."""
        return tuple(one for one in self.documents if one.contract == kind and not one.broken)

    def examples(self, kind: str, schema: str) -> list[Document]:
        """Return the files of examples of a schema, ``valid`` or ``invalid``."""
        return self._examples.get((kind, schema), [])

    @cached_property
    def _examples(self) -> Mapping[tuple[str, str], list[Document]]:
        found: dict[tuple[str, str], list[Document]] = {}
        for document in self.of(EXAMPLE):
            _, kind, schema, *_ = document.name.split("/")
            found.setdefault((kind, schema), []).append(document)
        return found

    @cached_property
    def vectors(self) -> Mapping[str, list[Any]]:
        """The valid documents among the vectors, by schema."""
        found: dict[str, list[Any]] = {}
        for document in self.of("vector") if self.held else ():
            for vector in document.content:
                if "document" in vector and vector["expect"].get("valid"):
                    found.setdefault(vector.get("schema", ""), []).append(vector["document"])
        return found

    @cached_property
    def apis(self) -> tuple[Document, ...]:
        """The OpenAPI documents."""
        return tuple(one for one in self.documents if one.kind == "openapi")

    @cached_property
    def schemas(self) -> tuple[Document, ...]:
        """The files of JSON Schema."""
        return tuple(one for one in self.documents if one.kind == "schema")

    def named(self, name: str) -> Document | None:
        """Return the document of that name."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> Mapping[str, Document]:
        return {document.name: document for document in self.documents}

    @cached_property
    def _by_uri(self) -> Mapping[str, Document]:
        found: dict[str, Document] = {}
        for document in self.documents:
            found[document.path.resolve().as_uri()] = document
            if isinstance(document.content, Mapping):
                name = document.content.get("$id", document.content.get("id"))
                if isinstance(name, str):
                    found[name.removesuffix("#")] = document
        return found

    def base(self, document: Document) -> str:
        """Return the URI that references of a document start from."""
        said = document.content.get("$id") if isinstance(document.content, Mapping) else None
        here = document.path.resolve().as_uri()
        return joined(here, said) if isinstance(said, str) else here

    def follow(self, document: Document, reference: str) -> tuple[Document, str, Any] | None:
        """Return the document, pointer and value that a reference leads to; nothing is fetched."""
        file, _, fragment = reference.partition("#")
        target: Document | None = document
        if file:
            here = document.path.resolve().as_uri()
            target = self._by_uri.get(joined(self.base(document), file)) or self._by_uri.get(
                joined(here, file)
            )
        if target is None:
            return None
        if fragment and not fragment.startswith("/"):
            return self._anchored(target, fragment)
        value: Any = target.content
        pointer = unquote(fragment)
        for part in pointer.split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            if isinstance(value, Mapping) and name in value:
                value = value[name]
            elif isinstance(value, list) and PLACE.fullmatch(name) and int(name) < len(value):
                value = value[int(name)]
            else:
                return None
        return target, pointer, value

    def _anchored(self, document: Document, name: str) -> tuple[Document, str, Any] | None:
        for place in self.places:
            said = (place.schema.get("$anchor"), place.schema.get("$dynamicAnchor"))
            if place.document is document and name in said:
                return document, place.pointer, place.schema
        return None

    def resolved(self, document: Document, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the schema that a schema refers to, through other references; else itself."""
        for _ in range(20):
            reference = schema.get("$ref")
            if not isinstance(reference, str):
                return schema
            found = self.follow(document, reference)
            if found is None or not isinstance(found[2], Mapping):
                return schema
            document, _, schema = found
        return schema


def joined(base: str, reference: str) -> str:
    """Return the address that a reference means; itself where it is none."""
    try:
        return urljoin(base, reference)
    except ValueError:
        return reference
