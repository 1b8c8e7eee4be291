"""The schemas against the catalogue of requirements, and the catalogue against itself."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mobstd.canon.files import load_if_there
from mobstd.canon.openapi import Operation
from mobstd.canon.openapi import operations as operations_of
from mobstd.canon.standard import Version, versions
from mobstd.errors import CanonError, UnknownName
from mobstd.judging.catalogue import catalogue, in_version
from mobstd.release.lint.document import Document
from mobstd.release.lint.place import step
from mobstd.release.lint.rule import Found, Hit, Rule
from mobstd.release.lint.subject import Subject

__all__ = ["RULES"]

Row = Mapping[str, Any]


def _rows(subject: Subject) -> tuple[Document, list[tuple[int, Row]]] | None:
    """Return the catalogue and its rows of this version, each with its place."""
    document = subject.named("conformance/requirements.yaml")
    if document is None or subject.version is None or not isinstance(document.content, list):
        return None
    number = subject.version.version
    return document, [
        (place, in_version(row, number))
        for place, row in enumerate(document.content)
        if number in row.get("versions", [number])
    ]


def _unclaimed(subject: Subject) -> Found:
    """Yield what the OpenAPI documents ask that no row tries.

    Bodies by their schema, the status of answers, parameters that are required.
    """
    version = subject.version
    if version is None or _rows(subject) is None:
        return
    for role in version.roles:
        document = subject.named(f"openapi/{role}.yaml")
        known = catalogue(version, role)
        for operation in known.operations.values() if document else ():
            checks: dict[str, list[Any]] = {}
            for _, check in known.by_operation[operation.id]:
                checks.setdefault(check.kind, []).append(check)
            for what in _asked(operation, checks):
                assert document is not None
                pointer = f"/paths{step(operation.path)}/{operation.method.lower()}"
                yield Hit(document, pointer, {"name": operation.id, "what": what})


def _asked(operation: Operation, checks: Mapping[str, list[Any]]) -> Iterator[str]:
    answered = [one for status, one in operation.answers.items() if status[:1] == "2"]
    if any(any(one.content.values()) for one in answered) and "schema" not in checks:
        yield "schema"
    if "status" not in checks:
        yield "status"
    tried = {name for one in checks.get("required-parameter", ()) for name in one["parameters"]}
    for parameter in operation.parameters:
        if parameter.required and parameter.where != "path" and parameter.name not in tried:
            yield f"required-parameter {parameter.name}"


def _pointing(subject: Subject) -> Found:
    """Yield what a row names that is not there."""
    found = _rows(subject)
    if found is None or subject.version is None:
        return
    document, rows = found
    version = subject.version
    known = _known(version)
    ids = {row["id"] for row in document.content}
    for place, row in rows:
        named = [
            *(("blocks", one) for one in row.get("blocks", ())),
            *(("operations", one) for one in row.get("operations", ())),
            *(("ambiguities", one) for one in row.get("ambiguities", ())),
            *(("versions", one) for one in row.get("versions", ())),
            *(("documents", one["document"]) for one in row.get("source", ()) if "document" in one),
        ]
        for name in row.get("roles", ()):
            close = difflib.get_close_matches(
                name, sorted(known["roles"] - {name}), n=1, cutoff=0.8
            )
            if close and name not in known["roles"]:
                yield Hit(document, f"/{place}/roles", _words(row["id"], name, known["roles"]))
        for kind, name in named:
            if known[kind] and name not in known[kind]:
                yield Hit(document, f"/{place}", _words(row["id"], name, known[kind]))
        for name in row.get("covers", ()):
            if name != "*" and name not in ids:
                yield Hit(document, f"/{place}/covers", _words(row["id"], name, ids))


def _known(version: Version) -> dict[str, set[str]]:
    family = [one for one in versions((version.root,)) if one.name == version.name]
    blocks = load_if_there(version.conformance / "suite.yaml", {}).get("blocks", {})
    roles = {role for one in family for role in one.roles}
    for block in blocks.values():
        role = block.get("role", ())
        roles |= {role} if isinstance(role, str) else set(role)
    return {
        "roles": roles | set(version.suite.get("roles", ())),
        "blocks": set(blocks),
        "operations": {name for one in family for name in _served(one)},
        "ambiguities": {
            one["id"] for one in load_if_there(version.conformance / "ambiguities.yaml", [])
        },
        "versions": {one.version for one in family},
        "documents": {name for one in family for name in _cited(one)},
    }


def _served(version: Version) -> set[str]:
    """Return the operations of a version; of one that is broken, which its own lint says, none."""
    try:
        return {name for role in version.roles for name in operations_of(version, role)}
    except (CanonError, UnknownName):
        return set()


def _cited(version: Version) -> set[str]:
    """Return the short names of the texts that rows of a version may cite."""
    try:
        said = version.source.get("documents", {}) if isinstance(version.source, Mapping) else {}
    except CanonError:
        return set()
    return set(said) if isinstance(said, Mapping) else set()


def _words(row: str, name: str, known: set[str]) -> dict[str, str]:
    close = difflib.get_close_matches(name, sorted(known), n=1)
    return {"row": row, "name": name, "close": close[0] if close else "-"}


def _twice(subject: Subject) -> Found:
    found = _rows(subject)
    seen: set[str] = set()
    for place, row in enumerate(found[0].content) if found else ():
        assert found is not None
        if row["id"] in seen:
            yield Hit(found[0], f"/{place}/id", {"row": row["id"]})
        seen.add(row["id"])


def _listed(folder: Path) -> Iterator[Mapping[str, Any]]:
    """Yield what the files of a folder list."""
    for file in sorted(folder.glob("*.json")):
        yield from load_if_there(file, [])


def _unproven(subject: Subject) -> Found:
    """Yield rows that are tried, and have no fault that shows that the check can fail."""
    found = _rows(subject)
    if found is None or subject.version is None:
        return
    root = subject.version.conformance
    proven = {fault["requirement"] for fault in _listed(root / "faults")}
    broken = {one["id"].partition("/")[0] for one in _listed(root / "calls") if "twin_of" in one}
    for place, row in found[1]:
        tried = row.get("checks") or row.get("calls", {}).get("checks")
        shown = proven if row.get("checks") else proven | broken
        if tried and row["level"] == "MUST" and row["id"] not in shown:
            yield Hit(found[0], f"/{place}", {"row": row["id"]})


def _blocks(subject: Subject) -> Found:
    """Yield blocks that no core row makes green, and operations that no block has."""
    document = subject.named("conformance/suite.yaml")
    version = subject.version
    if document is None or version is None or not version.roles:
        return
    ids = {row["id"] for _, row in (_rows(subject) or (None, ()))[1]}
    for name, block in version.suite["blocks"].items():
        core = [*block.get("core", ()), *block.get("calls", {}).get("core", ())]
        missing = [one for one in core if one not in ids]
        if not core or missing:
            yield Hit(
                document, f"/blocks/{name}", {"name": name, "rows": ", ".join(missing) or "-"}
            )


RULES = (
    Rule("LINT-ROW-01", "error", _unclaimed, house=True, needs="sound"),
    Rule("LINT-ROW-02", "error", _pointing, house=True, needs="held"),
    Rule("LINT-ROW-03", "error", _twice, house=True, needs="held"),
    Rule("LINT-ROW-04", "warning", _unproven, house=True, needs="held"),
    Rule("LINT-ROW-05", "error", _blocks, house=True, needs="held"),
)
