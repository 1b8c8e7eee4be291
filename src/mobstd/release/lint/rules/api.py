"""OpenAPI: whether the document is valid, and says what callers need."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mobstd.canon.files import load
from mobstd.canon.validator import of_rust
from mobstd.canon.wording import worded
from mobstd.errors import MissingExtra
from mobstd.release.lint.document import Document
from mobstd.release.lint.place import step
from mobstd.release.lint.rule import Found, Hit, Rule
from mobstd.release.lint.subject import Subject

__all__ = ["RULES", "Operation", "operations"]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
MOST = 20
"""Refusals of one document that are told of."""


@dataclass(frozen=True, eq=False)
class Operation:
    """An operation of an OpenAPI document, as it is written."""

    document: Document
    pointer: str
    path: str
    method: str
    node: Mapping[str, Any]
    shared: tuple[Any, ...]

    @property
    def name(self) -> str:
        """Method and path."""
        return f"{self.method.upper()} {self.path}"

    def hit(self, below: str = "", **params: Any) -> Hit:
        """Return a hit in it."""
        return Hit(self.document, self.pointer + below, params)

    def references(self) -> Iterator[tuple[str, str]]:
        """Yield each reference that is no schema's: of parameters, bodies and answers."""
        held = self.node.get("parameters")
        for number, one in enumerate(held if isinstance(held, list) else ()):
            if isinstance(one, Mapping) and isinstance(one.get("$ref"), str):
                yield f"{self.pointer}/parameters/{number}", one["$ref"]
        body = self.node.get("requestBody")
        if isinstance(body, Mapping) and isinstance(body.get("$ref"), str):
            yield f"{self.pointer}/requestBody", body["$ref"]
        answers = self.node.get("responses")
        for status, one in answers.items() if isinstance(answers, Mapping) else ():
            if isinstance(one, Mapping) and isinstance(one.get("$ref"), str):
                yield f"{self.pointer}/responses{step(status)}", one["$ref"]

    def parameters(self, subject: Subject) -> list[Mapping[str, Any]]:
        """Return its parameters, those of its path too."""
        own = self.node.get("parameters")
        every = [*self.shared, *(own if isinstance(own, list) else ())]
        found = [subject.resolved(self.document, one) for one in every if isinstance(one, Mapping)]
        return [one for one in found if "$ref" not in one]


def operations(subject: Subject) -> Iterator[Operation]:
    """Yield every operation of every OpenAPI document."""
    for document in subject.apis:
        paths = document.content.get("paths")
        for path, item in paths.items() if isinstance(paths, Mapping) else ():
            if not isinstance(item, Mapping):
                continue
            shared = item.get("parameters")
            common = tuple(shared) if isinstance(shared, list) else ()
            for method in METHODS:
                node = item.get(method)
                if isinstance(node, Mapping):
                    pointer = f"/paths{step(path)}/{method}"
                    yield Operation(document, pointer, path, method, node, common)


@cache
def _shape(version: str) -> Any:
    """Return the validator of the published schema of OpenAPI.

    Raises:
        MissingExtra: where mobstd was installed without ``codegen``.
    """
    import jsonschema_rs

    spec = find_spec("openapi_spec_validator")
    if spec is None or spec.origin is None:
        raise MissingExtra("codegen.extra")
    folder = Path(spec.origin).parent / "resources/schemas" / f"v{version}"
    return jsonschema_rs.validator_for(load(folder / "schema.json"), offline=True)


def _valid(subject: Subject) -> Found:
    for document in subject.apis:
        said = str(document.content.get("openapi", document.content.get("swagger")))
        version = said[:3]
        if version not in ("2.0", "3.0", "3.1", "3.2"):
            yield Hit(document, "/openapi", {"reason": said})
            continue
        for number, error in enumerate(_deepest(_shape(version).iter_errors(document.content))):
            if number == MOST:
                break
            pointer = "".join(map(step, error.instance_path))
            yield Hit(document, pointer, {"reason": worded(of_rust(error))})


def _deepest(errors: Any) -> Iterator[Any]:
    """Yield each refusal, and of variants that all refuse the one that came furthest."""
    for error in errors:
        found = error
        while True:
            context = [one for variant in getattr(found.kind, "context", ()) for one in variant]
            if not context:
                break
            found = max(context, key=lambda one: len(one.instance_path))
        yield found


def _identified(subject: Subject) -> Found:
    for found in operations(subject):
        if not found.node.get("operationId"):
            yield found.hit(name=found.name)


def _unique(subject: Subject) -> Found:
    for document in subject.apis:
        seen: dict[str, str] = {}
        for found in operations(subject):
            name = found.node.get("operationId")
            if found.document is document and isinstance(name, str):
                if name in seen:
                    yield found.hit("/operationId", name=name, other=seen[name])
                seen.setdefault(name, found.name)


def _in_path(subject: Subject) -> Found:
    for found in operations(subject):
        named = set(re.findall(r"{([^{}]+)}", found.path))
        given = {
            str(one.get("name")) for one in found.parameters(subject) if one.get("in") == "path"
        }
        for name in sorted(named ^ given):
            yield found.hit(name=name, path=found.path)


def _body_required(subject: Subject) -> Found:
    for found in operations(subject):
        body = found.node.get("requestBody")
        if isinstance(body, Mapping) and "$ref" in body:
            body = subject.resolved(found.document, body)
        if isinstance(body, Mapping) and "required" not in body and "$ref" not in body:
            yield found.hit("/requestBody", name=found.name)


def _answers(subject: Subject) -> Found:
    for found in operations(subject):
        said = found.node.get("responses")
        statuses = {str(one) for one in said} if isinstance(said, Mapping) else set()
        if not any(one[:1] in "23" for one in statuses):
            yield found.hit("/responses", name=found.name)


def _refusals(subject: Subject) -> Found:
    for found in operations(subject):
        said = found.node.get("responses")
        statuses = {str(one) for one in said} if isinstance(said, Mapping) else set()
        asked = found.parameters(subject) or "requestBody" in found.node
        if asked and not any(one[:1] == "4" or one == "default" for one in statuses):
            yield found.hit("/responses", name=found.name)


def _security(subject: Subject) -> Found:
    """Yield operations that say nothing of it; a document where none does, once."""
    open_: dict[Document, list[Operation]] = {}
    count: Counter[Document] = Counter()
    for found in operations(subject):
        count[found.document] += 1
        if "security" not in found.node and "security" not in found.document.content:
            open_.setdefault(found.document, []).append(found)
    for document, every in open_.items():
        if len(every) == count[document] > 1:
            yield Hit(document, "", {"name": document.name})
        else:
            yield from (found.hit(name=found.name) for found in every)


def _tags(subject: Subject) -> Found:
    told: set[tuple[Document, str]] = set()
    for found in operations(subject):
        declared = found.document.content.get("tags")
        listed = declared if isinstance(declared, list) else ()
        names = {str(one.get("name")) for one in listed if isinstance(one, Mapping)}
        used = found.node.get("tags")
        for name in map(str, used if isinstance(used, list) else ()):
            if name not in names and (found.document, name) not in told:
                told.add((found.document, name))
                yield found.hit("/tags", name=name)


def _body_of_get(subject: Subject) -> Found:
    for found in operations(subject):
        if found.method in ("get", "head", "delete") and "requestBody" in found.node:
            yield found.hit("/requestBody", name=found.name)


def _arrays(subject: Subject) -> Found:
    for place in subject.places:
        holder = place.above
        if place.kind != "parameter" or holder is None or holder.get("in") != "query":
            continue
        schema = subject.resolved(place.document, place.schema)
        if schema.get("type") == "array" and not holder.keys() & {"explode", "style", "content"}:
            yield Hit(place.document, place.pointer, {"name": place.name})


def _blocks(subject: Subject) -> Found:
    blocks = list(subject.version.suite["blocks"]) if subject.version else []
    for found in operations(subject) if blocks else ():
        named = found.node.get("x-block")
        if named not in blocks:
            yield found.hit("/x-block", name=found.name, block=str(named or "-"))


RULES = (
    Rule("LINT-OPENAPI-01", "error", _valid),
    Rule("LINT-OPENAPI-02", "error", _identified),
    Rule("LINT-OPENAPI-03", "error", _unique),
    Rule("LINT-OPENAPI-04", "error", _in_path),
    Rule("LINT-OPENAPI-05", "warning", _body_required, after=("LINT-OPENAPI-10",)),
    Rule("LINT-OPENAPI-06", "warning", _answers, after=("LINT-OPENAPI-01",)),
    Rule(
        "LINT-OPENAPI-07",
        "warning",
        _refusals,
        after=("LINT-OPENAPI-01", "LINT-OPENAPI-06"),
    ),
    Rule("LINT-OPENAPI-08", "warning", _security),
    Rule("LINT-OPENAPI-09", "warning", _tags),
    Rule("LINT-OPENAPI-10", "warning", _body_of_get),
    Rule("LINT-OPENAPI-11", "note", _arrays),
    Rule("LINT-OPENAPI-12", "error", _blocks, house=True, needs="held"),
)
