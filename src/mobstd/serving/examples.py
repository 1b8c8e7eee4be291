"""A service made of documents, for standards that are only data.

A list answers the documents that the filters of the catalogue (``near``, ``within``...) let
through, cut to the limit that it documents. One document is found by what stands in the path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from mobstd.canon.files import load
from mobstd.canon.openapi import Operation
from mobstd.canon.schemas import SUFFIX, validator_of
from mobstd.canon.standard import Version
from mobstd.errors import ConfigError
from mobstd.judging.catalogue import Catalogue, catalogue
from mobstd.judging.context import Context
from mobstd.judging.kinds.filters import is_filter, limited, match
from mobstd.judging.requirement import Check
from mobstd.serving.answers import Refuse
from mobstd.serving.documents import documents_of
from mobstd.serving.routes import method_name

__all__ = [
    "Examples",
    "example_query",
]


class Examples:
    """A service with a method for each operation of a role.

    Args:
        version: the version.
        role: the role.
        data: a file of documents in place of the valid examples of the schemas.

    Raises:
        ConfigError: where the file can't be read, or a document of it fits no operation.
    """

    def __init__(self, version: Version, role: str, data: Path | None = None) -> None:
        self._catalogue = catalogue(version, role)
        self._context = Context(self._catalogue)
        known = self._catalogue.operations.values()
        schemas = sorted({s for o in known if (s := _answered(o)[0]) is not None})
        self._documents = (
            {name: _examples(version, name) for name in schemas}
            if data is None
            else _sorted(version, schemas, data)
        )
        for operation in known:
            setattr(self, method_name(operation.id), self._method(operation))

    def _method(self, operation: Operation) -> Callable[..., Any]:
        schema, is_list = _answered(operation)
        documents = self._documents.get(schema, []) if schema else []
        checks = [check for _, check in self._catalogue.by_operation[operation.id]]
        filters = [check for check in checks if is_filter(check, self._context)]
        limits = [check for check in checks if check.kind == "at-most"]
        places = [p.name for p in operation.parameters if p.where == "path"]

        async def answer(values: Mapping[str, Any] | None = None, body: Any = None) -> Any:
            if schema is None:
                return None
            if not is_list:
                return self._one(operation, documents, [str((values or {})[p]) for p in places])
            query = _written(operation, values or {})
            found = self._matching(documents, filters, query)
            cuts = [cut for check in limits if (cut := limited(check, query)) is not None]
            return found[: min(cuts)] if cuts else found

        return answer

    def _matching(
        self, documents: Iterable[Any], filters: list[Check], query: Mapping[str, str]
    ) -> list[Any]:
        return [
            document
            for document in documents
            if all(match(check, document, query, self._context) is not False for check in filters)
        ]

    @staticmethod
    def _one(operation: Operation, documents: list[Any], places: list[str]) -> Any:
        for document in documents:
            values = document.values() if isinstance(document, dict) else ()
            if all(place in map(str, values) for place in places):
                return document
        raise Refuse(404 if operation.answer(404) else 400, "There is no such thing.")

    def example_query(self, operation: str) -> dict[str, Any]:
        """Return a query that is accepted, from the examples of the parameters."""
        return example_query(self._catalogue, operation)


def example_query(known: Catalogue, operation: str) -> dict[str, Any]:
    """Return the required parameters of an operation with the examples that they document."""
    return {
        p.name: p.examples[0]
        for p in known.operations[operation].parameters
        if p.required and p.where == "query" and p.examples
    }


def _answered(operation: Operation) -> tuple[str | None, bool]:
    """Return the schema of what an operation answers on success, and whether it is a list."""
    for status in sorted(operation.answers):
        if not status.startswith("2"):
            continue
        for schema in operation.answers[status].content.values():
            if schema is None:
                continue
            is_list = schema.get("type") == "array"
            inner = schema.get("items", {}) if is_list else schema
            reference = str(inner.get("$ref", ""))
            if reference.endswith(SUFFIX):
                return reference.rpartition("/")[2].removesuffix(SUFFIX), is_list
    return None, False


def _written(operation: Operation, values: Mapping[str, Any]) -> dict[str, str]:
    """Return the query as it would stand in a URL with every default written out."""
    return {
        p.name: p.write(values[p.name])
        for p in operation.parameters
        if p.where == "query" and p.name in values
    }


def _examples(version: Version, schema: str) -> list[Any]:
    folder = version.folder / "examples" / "valid" / schema
    return [load(path) for path in sorted(folder.glob("*.json"))]


def _sorted(version: Version, schemas: list[str], data: Path) -> dict[str, list[Any]]:
    """Return the documents of a file by the first schema that accepts each."""
    found: dict[str, list[Any]] = {name: [] for name in schemas}
    for number, document in documents_of(data):
        for name in schemas:
            if validator_of(version, name).is_valid(document):
                found[name].append(document)
                break
        else:
            known = ", ".join(schemas)
            raise ConfigError("serving.fits-nothing", file=str(data), number=number, known=known)
    return found
