"""Where a standard comes from, and under which licence; and files as files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from mobstd.canon.wording import worded
from mobstd.release.lint.document import Document
from mobstd.release.lint.place import step
from mobstd.release.lint.rule import Found, Hit, Rule
from mobstd.release.lint.subject import Subject

__all__ = ["RULES"]

GROUND = (
    *("LINT-FILE-05", "LINT-SCHEMA-01", "LINT-OPENAPI-01", "LINT-OPENAPI-02", "LINT-REF-03"),
    *("LINT-REF-05", "LINT-REF-09", "LINT-PATTERN-01", "LINT-FORMAT-01", "LINT-ROW-02"),
)
"""Rules of what makes a standard unusable."""

PLACED = {"openapi": "OpenAPI", "schema": "JSON Schema"}

MOST = 20
"""Breaches of one file that are told of."""


def _source(subject: Subject) -> Mapping[str, Any]:
    document = subject.named("source.yaml")
    return _mapping(document.content if document else None)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _licence(subject: Subject) -> Found:
    document = subject.named("source.yaml")
    if document is not None and not _mapping(_source(subject).get("origin")).get("licence"):
        yield Hit(document, "/origin", {})


def _licence_of_api(subject: Subject) -> Found:
    for document in subject.apis:
        info = document.content.get("info")
        licence = info.get("license") if isinstance(info, Mapping) else None
        if not (isinstance(licence, Mapping) and licence.get("name")):
            yield Hit(document, "/info", {})


def _origin(subject: Subject) -> Found:
    document = subject.named("source.yaml")
    origin = _mapping(_source(subject).get("origin"))
    named = origin.keys() & {"repository", "file"} or _source(subject).get("documents")
    if document is not None and not named:
        yield Hit(document, "/origin", {})


def _meaning(subject: Subject) -> Found:
    document = subject.named("source.yaml")
    for name in ("title", "meaning") if document else ():
        if not _source(subject).get(name):
            assert document is not None
            yield Hit(document, "", {"name": name})


def _deviations(subject: Subject) -> Found:
    """Yield deviations that name a place which is not there."""
    document = subject.named("source.yaml")
    for number, one in enumerate(_source(subject).get("deviations", ())):
        file, _, pointer = one["where"].partition("#")
        target = subject.named(file)
        assert document is not None
        if target is None or subject.follow(target, f"#{pointer}") is None:
            yield Hit(document, f"/deviations/{number}/where", {"where": one["where"]})


def _sources_of_rows(subject: Subject) -> Found:
    document = subject.named("conformance/requirements.yaml")
    rows = document.content if document else None
    for number, row in enumerate(rows) if isinstance(rows, list) else ():
        if not row.get("source"):
            assert document is not None
            yield Hit(document, f"/{number}", {"row": row["id"]})


def _placed(subject: Subject) -> Found:
    """Yield files that are not what their place in a standard says."""
    for document in subject.documents:
        if document.contract is None and document.broken is None:
            wanted = "openapi" if document.name.startswith("openapi/") else "schema"
            if document.kind != wanted:
                yield Hit(document, "", {"kind": PLACED[wanted]})


def _contracts(subject: Subject) -> Found:
    counts: Counter[Document] = Counter()
    for document, problem in subject.breaches:
        counts[document] += 1
        if counts[document] <= MOST:
            pointer = "".join(map(step, problem.path))
            params = {"reason": worded(problem), "contract": document.contract}
            yield Hit(document, pointer, params)


def _unusable(subject: Subject) -> Found:
    """Yield that a standard can't be used, where no other rule says why."""
    from mobstd.release.lint.rules import rules

    document = subject.named("source.yaml")
    if subject.unsound is None or document is None:
        return
    if not any(True for id_ in GROUND for _ in rules()[id_].find(subject)):
        yield Hit(document, "", {"error": subject.unsound})


def _doubled(subject: Subject) -> Found:
    for document in subject.documents:
        for pointer in document.doubled:
            yield Hit(document, pointer, {"key": pointer.rpartition("/")[2]})


def _broken(subject: Subject) -> Found:
    for document in subject.documents:
        if document.broken is not None:
            yield Hit(document, "", {"error": document.broken})


def _sentences(subject: Subject) -> Found:
    """Yield rows whose sentence is not what it was, where the published texts are at hand."""
    document = subject.named("conformance/requirements.yaml")
    if subject.version is None or document is None or not isinstance(document.content, list):
        return
    from mobstd.release.sentences.ledger import compared

    places = {row.get("id"): number for number, row in enumerate(document.content)}
    for place in compared(subject.version, subject.texts, {}):
        if place.red:
            number = next((places[row] for row in place.rows if row in places), None)
            at = "" if number is None else f"/{number}"
            said = {"rows": ", ".join(place.rows), "file": place.file, "where": place.where}
            yield Hit(document, at, said)


def _stages(subject: Subject) -> Found:
    """Yield decisions that come before the one that they follow."""
    document = subject.named("source.yaml")
    stages = _source(subject).get("stages")
    last = ""
    for number, one in enumerate(stages if isinstance(stages, list) else ()):
        day = str(one.get("date", "")) if isinstance(one, Mapping) else ""
        if day < last and document is not None:
            yield Hit(document, f"/stages/{number}/date", {"day": day, "last": last})
        last = max(last, day)


RULES = (
    Rule("LINT-SOURCE-01", "error", _licence, house=True),
    Rule("LINT-SOURCE-02", "warning", _licence_of_api),
    Rule("LINT-SOURCE-03", "error", _origin, house=True),
    Rule("LINT-SOURCE-04", "error", _meaning, house=True),
    Rule("LINT-SOURCE-05", "error", _deviations, house=True, needs="held"),
    Rule("LINT-SOURCE-06", "warning", _sources_of_rows, house=True, needs="held"),
    Rule("LINT-SOURCE-07", "error", _sentences, house=True, needs="held"),
    Rule("LINT-SOURCE-08", "error", _stages, house=True, needs="held"),
    Rule("LINT-FILE-01", "error", _doubled),
    Rule("LINT-FILE-02", "error", _broken),
    Rule(
        "LINT-FILE-03",
        "error",
        _contracts,
        house=True,
        after=("LINT-LANG-01", "LINT-SOURCE-01", "LINT-SOURCE-03"),
    ),
    Rule("LINT-FILE-04", "error", _unusable, house=True),
    Rule("LINT-FILE-05", "error", _placed, house=True),
)
