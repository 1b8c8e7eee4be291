"""Schemas against their own defaults and examples."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mobstd.canon.schemas import validator_of
from mobstd.errors import MissingExtra
from mobstd.release.lint.document import Document
from mobstd.release.lint.judge import Judge
from mobstd.release.lint.place import Place, step
from mobstd.release.lint.rule import Found, Hit, Rule, at
from mobstd.release.lint.subject import Subject

__all__ = ["RULES", "patched"]


def _defaults(subject: Subject) -> Found:
    judge = Judge(subject)
    for place in subject.places:
        if "default" in place.schema and (no := judge.refusal(place, place.schema["default"])):
            shown = json.dumps(place.schema["default"], ensure_ascii=False)[:80]
            yield at(place, "/default", value=shown, reason=no[1])


def _examples(subject: Subject) -> Found:
    judge = Judge(subject)
    for place in subject.places:
        for pointer, value in _shown(subject, place):
            no = judge.refusal(place, value)
            if no is not None:
                yield Hit(place.document, pointer, {"at": no[0] or "/", "reason": no[1]})


def _shown(subject: Subject, place: Place) -> Iterator[tuple[str, Any]]:
    """Yield each example of a schema, of its parameter and of its body, with its pointer."""
    said = place.schema.get("examples")
    if isinstance(said, list):
        for number, value in enumerate(said):
            yield f"{place.pointer}/examples/{number}", value
    if "example" in place.schema and place.kind not in ("parameter", "body"):
        yield f"{place.pointer}/example", place.schema["example"]
    if place.kind not in ("parameter", "body") or place.above is None:
        return
    if "example" in place.schema:
        yield f"{place.pointer}/example", place.schema["example"]
    holder = place.pointer.rpartition("/")[0]
    if "example" in place.above:
        yield f"{holder}/example", place.above["example"]
    named = place.above.get("examples")
    for name, one in named.items() if isinstance(named, Mapping) else ():
        if isinstance(one, Mapping):
            one = subject.resolved(place.document, one)
            if "value" in one:
                yield f"{holder}/examples{step(name)}", one["value"]


def _files(subject: Subject, kind: str) -> Iterator[tuple[Place, Document]]:
    """Yield the example files of a version, each with its schema."""
    if subject.version is None:
        return
    for place in subject.places:
        if place.document.kind != "schema" or place.pointer:
            continue
        for document in subject.examples(kind, place.name):
            yield place, document


def _valid(subject: Subject) -> Found:
    judge = Judge(subject)
    for place, file in _files(subject, "valid"):
        no = judge.refusal(place, file.content)
        if no is not None:
            yield Hit(file, "", {"at": no[0] or "/", "reason": no[1]})


def patched(document: Any, edits: Any) -> Any:
    """Return a document after a JSON Patch.

    Raises:
        MissingExtra: where mobstd was installed without ``codegen``.
        ValueError: where it is no patch, or not one of that document.
    """
    try:
        from jsonpatch import JsonPatchException, JsonPointerException, apply_patch
    except ImportError:
        raise MissingExtra("codegen.extra") from None
    try:
        return apply_patch(document, edits if isinstance(edits, list) else [edits])
    except (JsonPatchException, JsonPointerException, LookupError, TypeError) as error:
        raise ValueError(str(error)) from None


def _invalid(subject: Subject) -> Found:
    """Hold each invalid example to being refused: an edit of a valid one, for its own reason."""
    for place, file in _files(subject, "invalid"):
        said = file.content
        assert subject.version is not None
        judge = validator_of(subject.version, place.name)
        if not isinstance(said, Mapping) or not {"twin_of", "edit"} <= said.keys():
            if judge.is_valid(said):
                yield Hit(file, "", {"reason": "-"})
            continue
        valid = subject.examples("valid", place.name)
        twin = next((one for one in valid if one.path.name == said["twin_of"]), None)
        if twin is None:
            yield Hit(file, "/twin_of", {"reason": str(said["twin_of"])})
            continue
        if not judge.is_valid(twin.content):  # which is told of that file
            continue
        try:
            problems = judge.problems(patched(twin.content, said["edit"]))
        except ValueError as error:
            yield Hit(file, "/edit", {"reason": str(error)})
            continue
        found = {f"{one.keyword} {''.join(map(step, one.path)) or '/'}" for one in problems}
        wanted = f"{said.get('keyword')} {said.get('pointer') or '/'}"
        if found != {wanted}:
            seen = ", ".join(sorted(found))
            yield Hit(file, "", {"reason": f"{wanted} ≠ {seen or '-'}"})


RULES = (
    Rule("LINT-EXAMPLE-01", "error", _examples),
    Rule("LINT-EXAMPLE-02", "error", _defaults),
    Rule("LINT-EXAMPLE-03", "error", _valid, house=True),
    Rule("LINT-EXAMPLE-04", "error", _invalid, house=True, needs="sound"),
)
