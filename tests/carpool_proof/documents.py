"""The versions of the canon, their schemas under both engines, and documents by JSON Patch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import cache
from typing import Any

from tests.documents import nodes, refusals

from mobstd.canon.schemas import schema_of
from mobstd.canon.standard import find
from mobstd.canon.validator import Validator, python_validator, validator
from mobstd.judging.pointer import steps
from mobstd.validation.overlay import documents_under

__all__ = ["LEGACY", "LIVE", "VERSIONS", "both", "nodes", "patched", "refusals"]

LIVE = ("3.3", "3.4")
LEGACY = ("2.0", "3.0", "3.1", "3.2")
VERSIONS = {number: find(f"carpool-proof@{number}") for number in LIVE}


@cache
def both(version: str, name: str, overlay: str | None = None) -> tuple[Validator, Validator]:
    """Return the two engines for one schema."""
    every = documents_under(VERSIONS[version], overlay)
    schema = every[schema_of(VERSIONS[version], name)["$id"]]
    return validator(schema, every), python_validator(schema, every)


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
