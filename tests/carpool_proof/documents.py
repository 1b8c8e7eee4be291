"""The versions of the canon, their schemas under both engines, and documents by JSON Patch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cache
from typing import Any

from mobstd.canon.schemas import schema_of
from mobstd.canon.standard import find
from mobstd.canon.validator import Validator, python_validator, validator
from mobstd.judging.pointer import join, steps
from mobstd.validation.overlay import documents_under

LIVE = ("3.3", "3.4")
LEGACY = ("3.0", "3.1", "3.2")
VERSIONS = {number: find(f"carpool-proof@{number}") for number in LIVE}


@cache
def both(version: str, name: str, overlay: str | None = None) -> tuple[Validator, Validator]:
    """Return the two engines for one schema."""
    every = documents_under(VERSIONS[version], overlay)
    schema = every[schema_of(VERSIONS[version], name)["$id"]]
    return validator(schema, every), python_validator(schema, every)


def refusals(judge: Validator, document: Any) -> set[tuple[str, str]]:
    """Return keyword and place of every refusal."""
    return {(problem.keyword, join(problem.path)) for problem in judge.problems(document)}


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a document."""
    if isinstance(value, dict):
        yield value
        for child in value.values():
            yield from nodes(child)
    elif isinstance(value, list):
        for child in value:
            yield from nodes(child)


def patched(document: Any, edits: Sequence[Mapping[str, Any]]) -> Any:
    """Return the document after a JSON Patch of ``add``, ``replace`` and ``remove``."""
    document = deepcopy(document)
    for edit in edits:
        *above, last = steps(edit["path"])
        node = document
        for step in above:
            node = node[int(step)] if isinstance(node, list) else node[step]
        key: Any = int(last) if isinstance(node, list) and last != "-" else last
        if edit["op"] == "add" and isinstance(node, list):
            node.insert(len(node) if key == "-" else key, deepcopy(edit["value"]))
            continue
        there = key < len(node) if isinstance(node, list) else key in node
        assert there == (edit["op"] != "add"), edit
        if edit["op"] == "remove":
            del node[key]
        else:
            assert edit["op"] in ("add", "replace")
            node[key] = deepcopy(edit["value"])
    return document
