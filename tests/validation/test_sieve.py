"""A sieve decides speed and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.schemas import schema_names, validator_of
from mobstd.canon.standard import versions
from mobstd.validation.rules import DocumentRules

FORBIDDEN = ("secret_key",)
"""Members that some row forbids where the schema lets them be."""
VALUES = (
    None,
    "",
    "x",
    "é" * 40,
    -1,
    0,
    91,
    1e12,
    2.345,
    True,
    [],
    {},
    "PAYING",
    "EUR",
    "a.b",
    "draft",
)


def _edited(document: Any) -> Iterator[Any]:
    """Yield the document with each of its values removed, replaced or added, one at a time."""
    yield document
    if isinstance(document, dict):
        yield from ({**document, name: "x"} for name in FORBIDDEN)
    for path in _paths(document, ()):
        without = deepcopy(document)
        holder = without
        for step in path[:-1]:
            holder = holder[step]
        del holder[path[-1]]
        yield without
        for value in VALUES:
            other = deepcopy(document)
            holder = other
            for step in path[:-1]:
                holder = holder[step]
            holder[path[-1]] = value
            yield other


def _paths(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, (dict, list)):
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _paths(child, (*path, key))


CASES = [
    pytest.param(version, name, id=f"{version}/{name}")
    for version in versions()
    for name in schema_names(version)
    if DocumentRules(version, name)
]


SILENT = {
    "carpool-proof/journey-reference",
    "mobility-aid/change",
    "mobility-aid/event",
    "mobility-aid/subscription",
    "mobility-aid/terms",
    "mobility-aid/terms-page",
}
"""Whose rules compare it with others in its list, are in the schema as well, or need two edits."""


@pytest.mark.parametrize(("version", "name"), CASES)
def test_with_and_without_a_sieve_the_same(version: Any, name: str) -> None:
    quick, slow = DocumentRules(version, name), DocumentRules(version, name)
    slow._places = tuple(
        replace(
            place,
            sieve=lambda _: False,
            rules=tuple(replace(rule, sieve=lambda _: False) for rule in place.rules),
        )
        for place in slow._places
    )
    judge = validator_of(version, name)
    folder: Path = version.folder / "examples" / "valid" / name
    examples = sorted(folder.glob("*.json"))[:2]
    remarked = 0
    for path in examples:
        for document in _edited(json.loads(path.read_text("utf-8"))):
            if judge.is_valid(document):
                found = list(slow.remarks(document))
                remarked += bool(found)
                assert list(quick.remarks(document)) == found, document
    if examples:
        assert bool(remarked) is (f"{version.name}/{name}" not in SILENT)
