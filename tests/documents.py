"""What tests of every standard look for in documents."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from mobstd.canon.schemas import documents, schema_of
from mobstd.canon.standard import Version
from mobstd.canon.validator import Validator, python_validator, validator
from mobstd.judging.pointer import join, steps


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a document."""
    if isinstance(value, dict):
        yield value
        for child in value.values():
            yield from nodes(child)
    elif isinstance(value, list):
        for child in value:
            yield from nodes(child)


def texts(value: Any) -> Iterator[dict[str, str]]:
    """Yield every text in two languages."""
    return (node for node in nodes(value) if "en" in node or "fr" in node)


def refusals(judge: Validator, document: Any) -> set[tuple[str, str]]:
    """Return keyword and place of every refusal."""
    return {(problem.keyword, join(problem.path)) for problem in judge.problems(document)}


def both(version: Version, name: str) -> tuple[Validator, Validator]:
    """Return the two engines for one schema."""
    schema, registry = schema_of(version, name), documents(version)
    return validator(schema, registry), python_validator(schema, registry)


def _place(document: Any, pointer: str) -> tuple[Any, Any]:
    *above, last = steps(pointer)
    for step in above:
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document, int(last) if isinstance(document, list) else last


def patched(document: Any, edits: Sequence[Mapping[str, Any]]) -> Any:
    """Return the document after a JSON Patch of ``add``, ``replace``, ``remove`` and ``move``."""
    document = deepcopy(document)
    for edit in edits:
        value = edit.get("value")
        if not edit["path"]:
            document = value
            continue
        if edit["op"] == "move":
            holder, key = _place(document, edit["from"])
            value = holder.pop(key)
        holder, key = _place(document, edit["path"])
        if edit["op"] == "remove":
            del holder[key]
        elif edit["op"] == "replace":
            assert json.dumps(holder[key]) != json.dumps(value), edit["path"]
            holder[key] = value
        elif isinstance(holder, list):
            holder.insert(key, value)
        else:
            holder[key] = value
    return document
