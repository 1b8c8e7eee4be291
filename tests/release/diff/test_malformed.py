"""Documents with one wrong value: a comparison says what it can not read, and never breaks."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

from mobstd.canon.files import load
from mobstd.errors import MobstdError
from mobstd.release.diff.api import Placed
from mobstd.release.diff.library import Library
from mobstd.release.diff.operations import Comparer
from mobstd.release.diff.verdicts import Apis

HERE = Path(__file__).parent
PAIRS = [*load(HERE / "pairs.yaml"), *load(HERE / "pairs-older.yaml")]
WRONG: list[Any] = [
    None,
    True,
    1,
    -1.5,
    "x",
    "",
    [],
    {},
    [1],
    {"a": 1},
    [None],
    {"a": None},
    [[]],
    1e300,
]
TRIES = int(os.environ.get("MOBSTD_DIFF_MALFORMED", "1500"))
"""More of them: about 300 a second."""

ERROR = {"description": "No.", "content": {"application/json": {"schema": {"type": "object"}}}}
OWN = {"$ref": "#/components/schemas/own"}
QUERY = {"name": "q", "in": "query", "schema": {"type": "array", "items": {"type": "integer"}}}
FORM = {"name": "f", "in": "query", "style": "form", "explode": False,
        "content": {"application/json": {"schema": {"type": "object"}}}}  # fmt: skip
GIVEN = {
    "description": "Yes.",
    "headers": {"X": {"required": True, "schema": {"type": "integer"}}},
    "content": {"application/json": {"schema": OWN, "examples": {"e": {"value": 1}}}},
    "links": {"l": {"operationId": "get"}},
}
DONE = {"responses": {"200": {"description": "Done."}}}
SCOPED = {"clientCredentials": {"tokenUrl": "https://example.org/t", "scopes": {"a": "A"}}}
API: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Things", "version": "1"},
    "servers": [{"url": "https://example.org/{v}", "variables": {"v": {"default": "1"}}}],
    "security": [{"key": []}],
    "paths": {
        "/things/{id}": {
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
            ],
            "get": {
                "operationId": "get",
                "parameters": [{"$ref": "#/components/parameters/q"}, FORM],
                "responses": {"200": GIVEN, "4XX": {"$ref": "#/components/responses/no"}},
                "security": [{"scoped": ["a"]}, {}],
                "deprecated": True,
            },
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": OWN}, "text/*": {}},
                },
                "responses": {"default": {"description": "Done."}},
                "callbacks": {"c": {"{$request.body#/u}": {"post": DONE}}},
            },
        }
    },
    "webhooks": {"w": {"post": {"requestBody": {"content": {"text/plain": {}}}, **DONE}}},
    "components": {
        "parameters": {"q": QUERY},
        "responses": {"no": ERROR},
        "schemas": {
            "own": {
                "type": "object",
                "required": ["a"],
                "properties": {
                    "a": {"type": "string"},
                    "b": {
                        "oneOf": [OWN, {"type": "null"}],
                        "discriminator": {"propertyName": "a", "mapping": {"x": OWN["$ref"]}},
                    },
                },
            }
        },
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "K"},
            "scoped": {"type": "oauth2", "flows": SCOPED},
        },
    },
}
SWAGGER: dict[str, Any] = {
    "swagger": "2.0",
    "info": {"title": "Things", "version": "1"},
    "host": "example.org",
    "schemes": ["https"],
    "consumes": ["application/json"],
    "produces": ["application/json"],
    "securityDefinitions": {"key": {"type": "basic"}},
    "paths": {
        "/things": {
            "post": {
                "parameters": [
                    {"name": "b", "in": "body", "schema": {"$ref": "#/definitions/own"}},
                    {"name": "q", "in": "query", "type": "array", "items": {"type": "string"},
                     "collectionFormat": "csv"},
                    {"name": "f", "in": "formData", "type": "file"},
                ],
                "responses": {
                    "200": {
                        "description": "Yes.",
                        "schema": {"$ref": "#/definitions/own"},
                        "headers": {"X": {"type": "string"}},
                    }
                },
            }
        }
    },
    "definitions": {"own": {"type": "object", "properties": {"a": {"type": "string"}}}},
}  # fmt: skip


def _places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    items: Any = ()
    if isinstance(node, (dict, list)):
        items = node.items() if isinstance(node, dict) else enumerate(node)
    for step, value in items:
        yield from _places(value, (*path, step))


def _wronged(document: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    out = deepcopy(document)
    node: Any = out
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return out


def _library(document: dict[str, Any]) -> Library:
    def read(name: str) -> str:
        if name != "file.json":
            raise MobstdError("canon.no-file", file=name)
        return json.dumps(document)

    return Library(read)


def _compared(old: dict[str, Any], new: dict[str, Any]) -> None:
    one, two = _library(old), _library(new)
    comparer = Comparer(Apis((one, "file.json"), (two, "file.json"), "server"))
    if "openapi" in old or "swagger" in old:
        list(comparer.changes())
    else:
        place = Placed({}, ("file.json", ()))
        list(comparer.desks["request"].compare(place, place))


def test_one_wrong_value_breaks_nothing() -> None:
    dice = Random(7)
    schemas = [side for pair in PAIRS for side in (pair["old"], pair["new"]) if side]
    schemas = [schema for schema in schemas if isinstance(schema, dict)]
    told: list[str] = []
    for turn in range(TRIES):
        document = (API, SWAGGER, dice.choice(schemas))[turn % 3]
        wrong = _wronged(document, dice.choice(list(_places(document))), dice.choice(WRONG))
        for pair in ((document, wrong), (wrong, document)):
            try:
                _compared(*pair)
            except MobstdError as error:
                told.append(error.text("fr"))
    assert all(told)
    assert 0 < len(told) < TRIES
