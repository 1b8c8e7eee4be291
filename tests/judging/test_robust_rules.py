"""Rules end whatever a document holds: each valid example is wronged in one place, and judged."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from mobstd.canon.files import load
from mobstd.canon.openapi import Operation
from mobstd.canon.standard import Version, versions
from mobstd.conformance.session import Session
from mobstd.judging.catalogue import Catalogue, catalogue
from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange, Request, Response
from mobstd.judging.judge import judge_each

WRONG: tuple[Any, ...] = (None, "x", "", -1, 1e300, True, [], [None], {}, {"x": [0]})
MOST = 400
"""Wronged documents of one operation, spread over all there are."""


def _example(version: Version, schema: Any) -> Any:
    """Return the longest valid example of a schema, or ``None`` where it has none."""
    if schema.get("type") == "array":
        item = _example(version, schema.get("items", {}))
        return None if item is None else [item, item]
    name = str(schema.get("$ref", "")).rpartition("/")[2].removesuffix(".schema.json")
    folder = version.folder / "examples" / "valid" / name
    texts = [load(path) for path in sorted(folder.glob("*.json"))] if name else []
    return max(texts, key=lambda value: len(json.dumps(value)), default=None)


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if not isinstance(value, (dict, list)):
        return
    for step, below in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*at, step)
        yield from _places(below, (*at, step))


def _wronged(document: Any) -> Iterator[Any]:
    for place in _places(document):
        for value in (*WRONG, "left out"):
            copied = copy.deepcopy(document)
            above = copied
            for step in place[:-1]:
                above = above[step]
            if value == "left out":
                del above[place[-1]]
            else:
                above[place[-1]] = value
            yield copied


def _samples(catalogue: Catalogue) -> Iterator[tuple[Operation, int, Any]]:
    for operation in catalogue.operations.values():
        for status, answer in operation.answers.items():
            schema = answer.content.get("application/json", {}) if status.isdigit() else {}
            document = _example(catalogue.version, schema)
            if document is not None:
                yield operation, int(status), document


ROLES = [
    (version, role)
    for version in versions()
    for role in version.roles
    if version.rules and next(_samples(catalogue(version, role)), None)
]


@pytest.mark.parametrize(("version", "role"), ROLES, ids=lambda value: str(value))
def test_a_document_wronged_in_one_place_is_judged_to_the_end(version: Version, role: str) -> None:
    known = catalogue(version, role)
    session = Session(sender=None, catalogue=known)  # type: ignore[arg-type]
    for operation, status, document in _samples(known):
        every = list(_wronged(document))
        for wrong in every[:: len(every) // MOST + 1]:
            query = {p.name: 1 for p in operation.parameters if p.where in ("path", "query")}
            request: Request = session.request(operation.id, query)
            body = json.dumps(wrong).encode()
            response = Response(status, (("content-type", "application/json"),), body)
            at = datetime(2030, 1, 1, tzinfo=UTC)
            exchange = Exchange("x1", operation.id, "test", at, request, response)
            tallies = judge_each([exchange], Context(known, frozenset(known.blocks)))
            assert tallies
