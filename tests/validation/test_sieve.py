"""A sieve decides speed and nothing else.

Twice: what documents that the schema accepts are told with the sieves and without; and, sieve by
sieve, that none lets a body through in which its check finds something, whatever the schema says of
it, alone and among others in a list.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.schemas import schema_names, validator_of
from mobstd.canon.standard import versions
from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange, Request
from mobstd.judging.kinds import EXCHANGE
from mobstd.judging.pointer import join, star, steps
from mobstd.validation import rules
from mobstd.validation.rules import DocumentRules

FORBIDDEN = ("secret_key",)
"""Members that some row forbids where the schema lets them be."""
VALUES: tuple[Any, ...] = (
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
    "mobstd-past-counted-00000000-1",
    "mobstd-past-counted-00000000-2",
)
"""Each is tried at each place; in lists, two that follow each other here meet."""
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError)
"""What a rule in Python may raise for what its schema refuses, which it is never asked about."""


def _edited(document: Any) -> Iterator[Any]:
    """Yield the document with each value removed, replaced, added or, in lists, doubled."""
    yield document
    if isinstance(document, dict):
        yield from ({**document, name: "x"} for name in FORBIDDEN)
        lists = {name: value for name, value in document.items() if isinstance(value, list)}
        yield from ({**document, name: [*items, *items]} for name, items in lists.items())
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


def _examples(version: Any, name: str) -> list[Any]:
    """Return the valid examples that show a member which none before has."""
    folder: Path = version.folder / "examples" / "valid" / name
    found: list[Any] = []
    seen: set[str] = set()
    for path in sorted(folder.glob("*.json")):
        document = json.loads(path.read_text("utf-8"))
        shown = {star(join(place)) for place in _paths(document, ())}
        if not found or shown - seen:
            found.append(document)
            seen |= shown
    return found


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
    for example in _examples(version, name):
        for document in _edited(example):
            if judge.is_valid(document):
                assert list(quick.remarks(document)) == list(slow.remarks(document)), document


@pytest.mark.parametrize(("version", "name"), CASES)
def test_no_sieve_lets_through_what_its_check_refuses(version: Any, name: str) -> None:
    examples, refused = _examples(version, name), False
    for place in DocumentRules(version, name)._places:
        for body in _bodies(version, place, examples):
            passed = place.sieve(body)
            for rule in place.rules:
                if (rule.plain and passed) or _passes(rule, body):
                    assert not _found(place, rule, body), (rule.row.id, body)
                else:
                    refused = refused or _found(place, rule, body)
    assert refused or not examples


def _bodies(version: Any, place: Any, examples: list[Any]) -> Iterator[Any]:
    """Yield answers with one edited document, and with two where they hold a list of them."""
    frame = _frame(version, place)
    for example in examples:
        for document in _edited(example):
            yield _framed(frame, steps(place.items), [document])
    for one, other in pairwise(_edited(examples[0])) if "*" in place.items and examples else ():
        yield _framed(frame, steps(place.items), [other, one])


def _frame(version: Any, place: Any) -> Any:
    """Return an example of the answer that a list stands in, for what else such an answer says."""
    content = place.catalogue.operations[place.operation].answer(200).content
    references = [str(one.get("$ref", "")) for one in content.values()]
    names = {reference.rpartition("/")[2].partition(".")[0] for reference in references}
    found = [one for name in sorted(names) for one in _examples(version, name)]
    return found[0] if found and isinstance(found[0], dict) else {}


def _framed(frame: Any, way: tuple[str, ...], documents: list[Any]) -> Any:
    if not way:
        return documents[0]
    assert way[-1] == "*"
    assert len(way) <= 2
    return documents if len(way) == 1 else {**frame, way[0]: documents}


def _passes(rule: Any, body: Any) -> bool:
    """Say whether the sieve of a check lets a body through."""
    try:
        return bool(rule.sieve(body))
    except UNREADABLE:
        return False


def _found(place: Any, rule: Any, body: Any) -> bool:
    """Say whether a check finds something, as if the schema accepted all."""
    response = rules._Held(200, value=body)
    exchange = Exchange(
        "x1", place.operation, "traffic", rules._WHEN, Request("GET", "/"), response
    )
    context = Context(place.catalogue)
    context._problems["x1"] = []
    try:
        return bool(EXCHANGE[rule.check.kind](rule.check, rule.row, exchange, context).findings)
    except UNREADABLE:
        return False
