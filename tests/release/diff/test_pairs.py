"""At least 150 labelled pairs, in both directions, as requests and as responses."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.release.diff.oracle import documents, validator

from mobstd.canon.files import load
from mobstd.release.diff.api import Placed
from mobstd.release.diff.change import BREAKING, UNKNOWN, Change
from mobstd.release.diff.library import Library
from mobstd.release.diff.operations import Comparer
from mobstd.release.diff.sampling import sample
from mobstd.release.diff.verdicts import Apis
from mobstd.release.diff.witness import pruned

PAIRS: list[dict[str, Any]] = load(Path(__file__).parent / "pairs.yaml")
TURNED = {"sender": "reader", "reader": "sender"}
INSTANCES = 200


def _document(schemas: list[Any]) -> dict[str, Any]:
    """One API, with an operation for each schema that takes it in and gives it back."""
    media = [
        {"application/json": {"schema": {"$ref": f"#/components/schemas/s{n}"}}}
        for n in range(len(schemas))
    ]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Pairs", "version": "1.0"},
        "paths": {
            f"/pairs/{n}": {
                "post": {
                    "operationId": f"pair{n}",
                    "requestBody": {"required": True, "content": content},
                    "responses": {"200": {"description": "Given back.", "content": content}},
                }
            }
            for n, content in enumerate(media)
        },
        "components": {"schemas": {f"s{n}": s for n, s in enumerate(schemas)}},
    }


def _absolute(schema: Any, number: int) -> Any:
    """Rewrite references of a schema to where it stands in the API."""
    if isinstance(schema, dict):
        out = {key: _absolute(value, number) for key, value in schema.items()}
        if str(out.get("$ref", "")).startswith("#/"):
            out["$ref"] = f"#/components/schemas/s{number}{out['$ref'][1:]}"
        if "$anchor" in out:
            out["$anchor"] = f"{out['$anchor']}{number}"
        elif str(out.get("$ref", "#/")).startswith("#") and "/" not in str(out.get("$ref", "/")):
            out["$ref"] = f"{out['$ref']}{number}"
        return out
    if isinstance(schema, list):
        return [_absolute(item, number) for item in schema]
    return schema


@cache
def _compared(back: bool) -> tuple[Comparer, dict[tuple[int, str], list[Change]]]:

    sides = [[_absolute(pair[side], n) for n, pair in enumerate(PAIRS)] for side in ("old", "new")]
    texts = [json.dumps(_document(schemas)) for schemas in (reversed(sides) if back else sides)]
    libraries = [Library({"api.json": text}.__getitem__) for text in texts]
    comparer = Comparer(Apis((libraries[0], "api.json"), (libraries[1], "api.json"), "server"))
    found: dict[tuple[int, str], list[Change]] = {}
    for change in comparer.changes():
        number = int(change.uses[0].split()[1].rpartition("/")[2])
        found.setdefault((number, change.direction or ""), []).append(change)
    return comparer, found


def _hurt(changes: list[Change]) -> str:
    hurt = {c.hurt for c in changes if c.verdict == BREAKING}
    if hurt:
        return hurt.pop() if len(hurt) == 1 else "both"
    return "unknown" if any(c.verdict == UNKNOWN for c in changes) else "nobody"


def _expected(pair: dict[str, Any], back: bool) -> str:
    if not back:
        return str(pair["hurt"])
    return str(pair.get("back", TURNED.get(pair["hurt"], pair["hurt"])))


CASES = [
    pytest.param(n, back, way, id=f"{n}-{pair['about']}-{'back' if back else 'forth'}-{way}")
    for n, pair in enumerate(PAIRS)
    for back in (False, True)
    for way in ("request", "response")
]


@pytest.mark.parametrize(("number", "back", "way"), CASES)
def test_no_verdict_is_wrong(number: int, back: bool, way: str) -> None:
    """An unknown is not wrong; how many there are is held below."""
    _, found = _compared(back)
    changes = found.get((number, way), [])
    expected, hurt = _expected(PAIRS[number], back), _hurt(changes)
    assert hurt in (expected, "unknown")
    for change in changes:
        assert change.verdict != BREAKING or change.examples


def test_at_most_one_in_twenty_is_unknown() -> None:
    judged = [
        (_hurt(_compared(back)[1].get((n, way), [])), _expected(pair, back))
        for n, pair in enumerate(PAIRS)
        for back in (False, True)
        for way in ("request", "response")
    ]
    unknown = [pair for pair in judged if pair[0] == "unknown"]
    assert len(PAIRS) >= 290
    assert len(unknown) <= len(judged) / 20


SAFE_ONES = [
    pytest.param(n, back, id=f"{n}-{pair['about']}-{'back' if back else 'forth'}")
    for n, pair in enumerate(PAIRS)
    for back in (False, True)
    if _expected(pair, back) in ("nobody", "reader", "sender")
]


@pytest.mark.parametrize(("number", "back"), SAFE_ONES)
def test_who_is_not_hurt_is_not_by_any_of_200_documents(number: int, back: bool) -> None:
    """Whatever the side writes that is said not to be hurt, the other side accepts."""
    comparer, found = _compared(back)
    changes = found.get((number, "request"), [])
    if any(change.verdict == UNKNOWN for change in changes):
        pytest.skip("nothing is claimed")
    desk = comparer.desks["request"]
    at = ("components", "schemas", f"s{number}")
    old, new = (desk.node(Placed({}, ("api.json", at)), new=new) for new in (False, True))
    hurt = _hurt(changes)
    for writer, reader, safe in ((old, new, hurt != "sender"), (new, old, hurt != "reader")):
        if not safe:
            continue
        random = Random(number)
        for written in sample(desk.builder, writer, reader, random, INSTANCES):
            document = pruned(writer, reader, written)
            if desk.judge.accepts(writer, document):
                assert desk.judge.accepts(reader, document), document


def test_a_wrong_verdict_would_be_seen() -> None:
    """The 200 documents find what a comparison that calls everything safe would miss."""
    comparer, _ = _compared(False)
    desk = comparer.desks["request"]
    missed = []
    for number, pair in enumerate(PAIRS):
        if pair["hurt"] != "sender":
            continue
        at = ("components", "schemas", f"s{number}")
        old, new = (desk.node(Placed({}, ("api.json", at)), new=new) for new in (False, True))
        drawn = sample(desk.builder, old, new, Random(number), INSTANCES)
        if not all(desk.judge.accepts(new, document) for document in drawn):
            continue
        validators = [validator(pair[side]) for side in ("old", "new")]
        drawn = documents(pair["old"], pair["new"], Random(number), INSTANCES)
        if all(validators[1].is_valid(d) for d in drawn if validators[0].is_valid(d)):
            missed.append(pair["about"])
    losing = [pair for pair in PAIRS if pair["hurt"] == "sender"]
    assert len(missed) <= len(losing) / 10, missed
