"""Schemas against their own defaults and examples."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mobstd.canon.files import load
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
        folder = subject.version.folder / "examples" / kind / place.name
        for path in sorted(folder.glob("*.json")):
            name = path.relative_to(subject.version.folder).as_posix()
            yield place, Document(path, name, load(path))


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
    """
    try:
        from jsonpatch import apply_patch
    except ImportError:
        raise MissingExtra("codegen.extra") from None
    return apply_patch(document, edits)


def _invalid(subject: Subject) -> Found:
    """Hold each invalid example to being refused: an edit of a valid one, for its own reason."""
    from mobstd.canon.schemas import validator_of

    for place, file in _files(subject, "invalid"):
        said = file.content
        assert subject.version is not None
        if not isinstance(said, Mapping) or not {"twin_of", "edit"} <= said.keys():
            if validator_of(subject.version, place.name).is_valid(said):
                yield Hit(file, "", {"reason": "-"})
            continue
        twin = file.path.parents[2] / "valid" / place.name / str(said["twin_of"])
        if not twin.is_file():
            yield Hit(file, "/twin_of", {"reason": str(said["twin_of"])})
            continue
        problems = validator_of(subject.version, place.name).problems(
            patched(load(twin), said["edit"])
        )
        found = {(one.keyword, "".join(map(step, one.path))) for one in problems}
        wanted = (said.get("keyword"), said.get("pointer"))
        if found != {wanted}:
            seen = ", ".join(sorted(f"{keyword} {where or '/'}" for keyword, where in found))
            yield Hit(file, "", {"reason": f"{wanted[0]} {wanted[1] or '/'} ≠ {seen or '-'}"})


RULES = (
    Rule("LINT-EXAMPLE-01", "error", _examples),
    Rule("LINT-EXAMPLE-02", "error", _defaults),
    Rule("LINT-EXAMPLE-03", "error", _valid, house=True),
    Rule("LINT-EXAMPLE-04", "error", _invalid, house=True),
)
