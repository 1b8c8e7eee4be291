"""What mirrors each other in a standard does so, or there is a written reason: ``symmetry.yaml``.

Held both ways: a difference without a reason fails, and so does a reason without a difference.
Versions are held against each other by ``absent`` in each row and ``changes`` in ``source.yaml``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from mobstd.canon.files import load, load_if_there
from mobstd.canon.openapi import Operation, operations
from mobstd.canon.schemas import schema_names, schema_of
from mobstd.canon.standard import Version, versions
from mobstd.judging.catalogue import in_version

Pair = Mapping[str, Any]
KINDS = ("operation", "parameter", "answer", "row", "check", "member", "required")


def pairs() -> list[Any]:
    return [
        pytest.param(version, pair, id=f"{version}-{pair['id']}")
        for version in versions()
        for pair in load_if_there(version.conformance / "symmetry.yaml", [])
    ]


def rows(version: Version) -> list[Mapping[str, Any]]:
    found = load_if_there(version.conformance / "requirements.yaml", [])
    number = version.version
    return [in_version(row, number) for row in found if number in row.get("versions", [number])]


def served(version: Version) -> dict[str, Operation]:
    return {name: op for role in version.roles for name, op in operations(version, role).items()}


def differences(version: Version, pair: Pair) -> set[str]:
    """Return whatever one side of a pair has and the other has not."""
    words, known = pair.get("words", {}), served(version)
    couples = [(one, other) for one, other in pair.get("operations", ())]
    found: set[str] = set()
    for one, other in couples:
        if (one in known) != (other in known):
            found.add(f"operation {one if one in known else other}")
        elif one in known:
            found |= set(asked(known[one], known[other], words))
    found |= set(judged(rows(version), couples, pair.get("rows", ())))
    names = schema_names(version)
    for one, other in pair.get("schemas", ()):
        if one in names and other in names:
            found |= set(held(version, one, other, words))
    return {one for one in found if one.partition(" ")[0] in pair.get("holds", KINDS)}


def asked(one: Operation, other: Operation, words: Mapping[str, str]) -> Iterator[str]:
    ours = {words.get(p.name, p.name): p.name for p in one.parameters}
    theirs = {p.name for p in other.parameters}
    yield from (
        f"parameter {one.id}/{name}" for called, name in ours.items() if called not in theirs
    )
    yield from (f"parameter {other.id}/{name}" for name in theirs - ours.keys())
    yield from (f"answer {one.id}/{status}" for status in one.answers.keys() - other.answers)
    yield from (f"answer {other.id}/{status}" for status in other.answers.keys() - one.answers)


def judged(
    catalogue: list[Mapping[str, Any]], couples: list[tuple[str, str]], same: Any
) -> Iterator[str]:
    mirror = {**dict(couples), **{other: one for one, other in couples}}
    told = {id_ for couple in same for id_ in couple}
    for row in catalogue:
        named = set(row.get("operations", ()))
        if any(name in mirror and mirror[name] not in named for name in named):
            if row["id"] not in told:
                yield f"row {row['id']}"
            continue
        seen = Counter(
            (check["kind"], name)
            for check in row.get("checks", ())
            for name in check.get("operations", named)
        )
        for (kind, name), times in seen.items():
            if name in mirror and seen[kind, mirror[name]] != times:
                yield f"check {row['id']}/{kind}"


def held(version: Version, one: str, other: str, words: Mapping[str, str]) -> Iterator[str]:
    (ours, needed), (theirs, wanted) = (flattened(version, name) for name in (one, other))
    called = {words.get(name, name): name for name in ours}
    yield from (f"member {one}/{name}" for mirror, name in called.items() if mirror not in theirs)
    yield from (f"member {other}/{name}" for name in theirs - called.keys())
    for mirror, name in called.items():
        if mirror in theirs and (name in needed) != (mirror in wanted):
            side, member = (one, name) if name in needed else (other, mirror)
            yield f"required {side}/{member}"


def flattened(version: Version, name: str) -> tuple[set[str], set[str]]:
    """Return the members of a schema and those that it requires, with what it inherits."""
    schema = schema_of(version, name)
    members, needed = set(schema.get("properties", ())), set(schema.get("required", ()))
    for part in schema.get("allOf", ()):
        if "$ref" in part:
            more, wanted = flattened(version, part["$ref"].removesuffix(".schema.json"))
            members |= more
            needed |= wanted
    return members, needed


def excused(version: Version, pair: Pair) -> list[str]:
    return [
        what
        for one in pair["exceptions"]
        if version.version in one.get("versions", [version.version])
        for what in one["what"]
    ]


@pytest.mark.parametrize(("version", "pair"), pairs())
def test_a_mirror_is_there_or_a_reason_is(version: Version, pair: Pair) -> None:
    found, reasons = differences(version, pair), excused(version, pair)
    assert len(reasons) == len(set(reasons))
    assert found - set(reasons) == set(), "these need a reason"
    assert set(reasons) - found == set(), "these have mirrors, and need no reason"


@pytest.mark.parametrize(("version", "pair"), pairs())
def test_rows_that_say_the_same_are_of_the_two_sides(version: Version, pair: Pair) -> None:
    known = {row["id"]: set(row.get("operations", ())) for row in rows(version)}
    for one, other in pair.get("rows", ()):
        sides = [{couple[place] for couple in pair["operations"]} for place in (0, 1)]
        assert known[one] & sides[0]
        assert known[other] & sides[1]


def test_there_is_something_to_hold() -> None:
    assert len(pairs()) >= 8


def test_a_missing_mirror_is_found() -> None:
    version = next(v for v in versions() if str(v) == "ocss@2.0-proposal")
    pair = load(version.conformance / "symmetry.yaml")[0]
    assert "row OCSS-PRICE-01" in differences(version, pair)
    assert "member driver-journey/price" in differences(version, pair)
    lonely = {**pair, "operations": [["getDriverJourneys", "getNobody"]]}
    assert "operation getDriverJourneys" in differences(version, lonely)
