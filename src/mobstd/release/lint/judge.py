"""Judges values of a document by its own schemas: defaults, examples."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from mobstd.canon import formats
from mobstd.canon.validator import of_rust
from mobstd.canon.wording import worded
from mobstd.messages import Words
from mobstd.release.lint.document import HOME, Document
from mobstd.release.lint.place import Place, step
from mobstd.release.lint.subject import Subject

__all__ = ["Judge"]


class Judge:
    """Asks the schemas of a subject about values; what they refer to is never fetched."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject

    @cached_property
    def _registry(self) -> Any:
        import jsonschema_rs

        documents = [one for one in self.subject.documents if one.kind != "data"]
        resources = [(self.subject.base(one), _modern(one)) for one in documents]
        return jsonschema_rs.Registry(resources, retriever=_nothing)

    def refusal(self, place: Place, value: Any) -> tuple[str, Words] | None:
        """Return pointer and reason of the first refusal of a value; a broken schema has none."""
        import jsonschema_rs

        uri = self.subject.base(place.document)
        try:
            judge = jsonschema_rs.validator_for(
                {"$ref": f"{uri}#{place.pointer}"},
                registry=self._registry,
                offline=True,
                validate_formats=True,
                ignore_unknown_formats=True,
                formats=formats.checkers(),
            )
            error = next(iter(judge.iter_errors(value)), None)
        except (ValueError, jsonschema_rs.ReferencingError):
            return None
        if error is None:
            return None
        return "".join(map(step, error.instance_path)), worded(of_rust(error))


def _nothing(_uri: str) -> dict[str, Any]:
    """Return what stands for a schema that is elsewhere: it refuses nothing."""
    return {}


def _modern(document: Document) -> Any:
    content = document.content
    if document.dialect in ("2.0", "3.0"):
        return _rewritten(content, {})
    if document.kind == "openapi":
        return content
    foreign = () if HOME in str(content.get("$schema", "")) else ("$schema",)
    return {key: value for key, value in content.items() if key not in ("$id", *foreign)}


def _rewritten(node: Any, seen: dict[int, Any]) -> Any:
    """Return OpenAPI 3.0 in the words of JSON Schema 2020-12."""
    if not isinstance(node, (dict, list)):
        return node
    if id(node) not in seen:
        if isinstance(node, list):
            seen[id(node)] = [_rewritten(item, seen) for item in node]
        else:
            made = {key: _rewritten(value, seen) for key, value in node.items()}
            seen[id(node)] = _schema(made)
    return seen[id(node)]


def _schema(node: dict[str, Any]) -> dict[str, Any]:
    if isinstance(node.get("$ref"), str):
        return {"$ref": node["$ref"]}
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if node.get(exclusive) is True and bound in node:
            node[exclusive] = node.pop(bound)
        elif isinstance(node.get(exclusive), bool):
            del node[exclusive]
    if node.get("nullable") is True and isinstance(node.get("type"), str):
        node["type"] = [node["type"], "null"]
        if isinstance(node.get("enum"), list) and None not in node["enum"]:
            node["enum"] = [*node["enum"], None]
    return node
