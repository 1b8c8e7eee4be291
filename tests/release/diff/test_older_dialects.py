"""Labelled pairs in older dialects: what they write or mean otherwise is judged as they mean it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.files import load
from mobstd.release.diff.api import Placed
from mobstd.release.diff.change import BREAKING, UNKNOWN
from mobstd.release.diff.library import Library
from mobstd.release.diff.operations import Comparer
from mobstd.release.diff.verdicts import Apis, changed

PAIRS: list[dict[str, Any]] = load(Path(__file__).parent / "pairs-older.yaml")
TURNED = {"sender": "reader", "reader": "sender"}
CASES: list[tuple[dict[str, Any], bool, str]] = [
    (pair, back, way)
    for pair in PAIRS
    for back in (False, True)
    for way in ("request", "response")
    if way == pair.get("way", way)
]


def _document(schema: Any, dialect: str) -> dict[str, Any]:
    if dialect.startswith("draft"):
        return {"$schema": f"http://json-schema.org/{dialect}/schema#", **schema}
    given: dict[str, Any] = {"description": "Given back."}
    operation: dict[str, Any] = {"operationId": "pair", "responses": {"200": given}}
    info = {"title": "A pair", "version": "1.0"}
    paths = {"/pair": {"post": operation}}
    if dialect == "swagger-2":
        reference = {"$ref": "#/definitions/s"}
        operation["parameters"] = [
            {"name": "b", "in": "body", "required": True, "schema": reference}
        ]
        given["schema"] = reference
        return {"swagger": "2.0", "info": info, "consumes": ["application/json"],
                "produces": ["application/json"], "paths": paths,
                "definitions": {"s": schema}}  # fmt: skip
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/s"}}}
    operation["requestBody"] = {"required": True, "content": content}
    given["content"] = content
    return {"openapi": "3.0.3", "info": info, "paths": paths,
            "components": {"schemas": {"s": schema}}}  # fmt: skip


def _hurt(pair: dict[str, Any], back: bool, way: str) -> str:
    sides = [_document(pair[name], pair["dialect"]) for name in ("old", "new")]
    texts = [json.dumps(side) for side in (reversed(sides) if back else sides)]
    old, new = (Library({"file.json": text}.__getitem__) for text in texts)
    apis = Apis((old, "file.json"), (new, "file.json"), "server")
    comparer = Comparer(apis)
    if pair["dialect"].startswith("draft"):
        place = Placed({}, ("file.json", ()))
        decided = comparer.desks[way].compare(place, place)
        found = [changed(one, way, apis, "", "document") for one in decided]
    else:
        found = [change for change in comparer.changes() if change.direction == way]
    hurt = {change.hurt for change in found if change.verdict == BREAKING}
    if hurt:
        return hurt.pop() if len(hurt) == 1 else "both"
    return "unknown" if any(change.verdict == UNKNOWN for change in found) else "nobody"


@pytest.mark.parametrize(("pair", "back", "way"), CASES)
def test_no_verdict_is_wrong(pair: dict[str, Any], back: bool, way: str) -> None:
    expected = TURNED.get(pair["hurt"], pair["hurt"]) if back else pair["hurt"]
    assert _hurt(pair, back, way) in (expected, "unknown")


def test_few_are_unknown() -> None:
    """Those with ``nullable`` without a type, of which some think that it matters, and a few."""
    said = [_hurt(*case) for case in CASES]
    assert len(said) > 100
    assert said.count("unknown") <= len(said) / 16
