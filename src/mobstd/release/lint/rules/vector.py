"""Vectors: each gets its answer, and what is invalid is refused for its own reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mobstd.canon.schemas import schema_names, schema_of
from mobstd.canon.standard import Version
from mobstd.canon.validator import Validator, validator
from mobstd.release.lint.document import Document
from mobstd.release.lint.place import step
from mobstd.release.lint.rule import Found, Hit, Rule
from mobstd.release.lint.rules.example import patched
from mobstd.release.lint.subject import Subject
from mobstd.validation.overlay import documents_under, overlays

__all__ = ["RULES"]

Vector = Mapping[str, Any]


def _vectors(subject: Subject) -> Iterator[tuple[Document, int, Vector]]:
    """Yield the vectors of documents of this version, each with its file and place."""
    version = subject.version
    if version is None or not _judged(subject, version):
        return
    for document in subject.of("vector"):
        for place, vector in enumerate(document.content):
            if version.version in vector.get("versions", [version.version]):
                yield document, place, vector


def _judged(subject: Subject, version: Version) -> bool:
    """Say whether the catalogue is about this version: some have their schemas alone."""
    rows = subject.named("conformance/requirements.yaml")
    number = version.version
    listed = rows.content if rows is not None else ()
    return not listed or any(number in row.get("versions", [number]) for row in listed)


def _answers(subject: Subject) -> Found:
    version = subject.version
    if version is None:
        return
    every = list(_vectors(subject))
    known = {vector["id"]: vector for _, _, vector in every}
    names = set(schema_names(version))
    judges: dict[tuple[str, str | None], Validator] = {}
    for document, place, vector in every:
        expected = vector["expect"]
        other = vector.get("overlay") not in (None, *overlays(version))
        if "valid" not in expected or other or not _whole(known, vector):
            continue
        if vector.get("schema") not in names:
            yield Hit(document, f"/{place}", _told(vector, str(vector.get("schema"))))
            continue
        key = (vector["schema"], vector.get("overlay"))
        if key not in judges:
            every_schema = documents_under(version, key[1])
            schema = every_schema[schema_of(version, key[0])["$id"]]
            judges[key] = validator(schema, every_schema)
        try:
            whole = _document(known, vector)
        except ValueError as error:
            yield Hit(document, f"/{place}", _told(vector, str(error)))
            continue
        problems = judges[key].problems(whole)
        found = {(one.keyword, "".join(map(step, one.path))) for one in problems}
        if not _right(expected, found):
            seen = ", ".join(sorted(f"{keyword} {at or '/'}" for keyword, at in found))
            yield Hit(document, f"/{place}", _told(vector, seen or "-"))


def _told(vector: Vector, seen: str) -> dict[str, str]:
    wanted = vector["expect"].get("refusal", {})
    expected = "valid" if vector["expect"].get("valid") else "invalid"
    if wanted:
        expected = f"{wanted['keyword']} {wanted['pointer'] or '/'}"
    return {"id": vector["id"], "wanted": expected, "seen": seen[:200]}


def _right(expected: Mapping[str, Any], found: set[tuple[str, str]]) -> bool:
    if expected["valid"]:
        return not found
    if "refusal" not in expected:
        return bool(found)
    reason = (expected["refusal"]["keyword"], expected["refusal"]["pointer"])
    return reason in found and {at for _, at in found} == {reason[1]}


def _whole(known: Mapping[str, Vector], vector: Vector) -> bool:
    """Say whether a vector leads to a document, through those that it is an edit of."""
    seen: set[str] = set()
    while "edit" in vector:
        twin = vector.get("twin_of", "")
        if twin in seen or twin not in known:
            return False
        seen.add(twin)
        vector = known[twin]
    return "document" in vector


def _document(known: Mapping[str, Vector], vector: Vector) -> Any:
    if "edit" not in vector:
        return vector["document"]
    return patched(_document(known, known[vector["twin_of"]]), vector["edit"])


def _owners(subject: Subject) -> Found:
    """Yield vectors of a row that is not there, and those of a twin that is not there."""
    catalogue = subject.named("conformance/requirements.yaml")
    if catalogue is None or not isinstance(catalogue.content, list):
        return
    rows = {row["id"] for row in catalogue.content}
    every = list(_vectors(subject))
    known = {vector["id"] for _, _, vector in every}
    for document, place, vector in every:
        row = vector["id"].partition("/")[0]
        if row.rpartition("-")[2].isdigit() and row not in rows:
            yield Hit(document, f"/{place}/id", {"id": vector["id"], "name": row})
        if "twin_of" in vector and vector["twin_of"] not in known:
            yield Hit(
                document, f"/{place}/twin_of", {"id": vector["id"], "name": vector["twin_of"]}
            )


def _refused(subject: Subject) -> Found:
    """Yield schemas of which nothing shows that they refuse anything."""
    version = subject.version
    if version is None or not _judged(subject, version):
        return
    shown = {vector.get("schema") for _, _, vector in _vectors(subject) if "edit" in vector}
    for document in subject.schemas:
        name = document.path.name.split(".")[0]
        if name not in shown and not subject.examples("invalid", name):
            yield Hit(document, "", {"name": name})


def _reasons(subject: Subject) -> Found:
    """Yield invalid vectors that do not say for what they are refused."""
    for document, place, vector in _vectors(subject):
        if vector["expect"].get("valid") is False and "refusal" not in vector["expect"]:
            yield Hit(document, f"/{place}/expect", {"id": vector["id"]})


RULES = (
    Rule("LINT-VECTOR-01", "error", _answers, house=True, needs="sound"),
    Rule("LINT-VECTOR-02", "error", _owners, house=True, needs="held"),
    Rule("LINT-VECTOR-03", "warning", _refused, house=True, needs="held"),
    Rule("LINT-VECTOR-04", "warning", _reasons, house=True, needs="held"),
)
