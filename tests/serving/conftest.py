"""A toy standard and a way to ask an app in process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from mobstd.canon.root import Root
from mobstd.canon.standard import Version

SCHEMAS = {
    "thing": {
        "type": "object",
        "required": ["id", "size"],
        "properties": {
            "id": {"type": "string", "minLength": 1},
            "size": {"type": "number", "minimum": 0},
            "colour": {"$ref": "colour.schema.json"},
        },
    },
    "colour": {"type": "string", "enum": ["red", "green", "blue"]},
    "problem": {
        "type": "object",
        "required": ["kind", "status", "details"],
        "properties": {
            "kind": {"const": "problem"},
            "status": {"type": "integer"},
            "details": {
                "type": "object",
                "required": ["text"],
                "properties": {"text": {"type": "string"}},
            },
        },
    },
}
PROBLEM = {
    "description": "wrong",
    "content": {"application/problem+json": {"schema": {"$ref": "../problem.schema.json"}}},
}
THING = {
    "description": "a thing",
    "content": {"application/json": {"schema": {"$ref": "../thing.schema.json"}}},
}
THINGS = {
    "description": "things",
    "content": {
        "application/json": {"schema": {"type": "array", "items": {"$ref": "../thing.schema.json"}}}
    },
}
BODY = {
    "required": True,
    "content": {"application/json": {"schema": {"$ref": "../thing.schema.json"}}},
}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Toy", "version": "1.0"},
    "paths": {
        "/things": {
            "get": {
                "operationId": "listThings",
                "parameters": [
                    {"name": "near", "in": "query", "required": True, "schema": {"type": "number"}},
                    {
                        "name": "limit", "in": "query",
                        "schema": {"type": "integer", "minimum": 1, "default": 10},
                    },
                    {"name": "new", "in": "query", "schema": {"type": "boolean"}},
                    {
                        "name": "colours", "in": "query", "style": "form", "explode": False,
                        "schema": {"type": "array", "items": {"$ref": "../colour.schema.json"}},
                    },
                    {"name": "paint", "in": "query", "schema": {"$ref": "../colour.schema.json"}},
                    {"name": "X-Trace", "in": "header", "schema": {"type": "integer"}},
                ],
                "responses": {
                    "200": THINGS,
                    "400": PROBLEM,
                    "401": {"description": "no"},
                    "429": {"description": "slow"},
                },
            },
            "post": {
                "operationId": "createThing",
                "requestBody": BODY,
                "responses": {"201": THING, "400": PROBLEM, "409": PROBLEM},
            },
        },
        "/things/{id}": {
            "get": {
                "operationId": "getThing",
                "parameters": [
                    {
                        "name": "id", "in": "path", "required": True,
                        "schema": {"type": "string", "maxLength": 5},
                    },
                ],
                "responses": {"200": THING, "400": PROBLEM, "404": PROBLEM},
            },
        },
        "/ping": {"get": {"operationId": "ping", "responses": {"204": {"description": "up"}}}},
    },
}  # fmt: skip


def write_toy(root: Path) -> Version:
    """Write the toy standard below ``root``."""
    folder = root / "schemas" / "toy" / "1.0"
    (folder / "openapi").mkdir(parents=True)
    (root / "conformance" / "toy").mkdir(parents=True)
    (folder / "source.yaml").write_text("name: toy\nstatus: proposal\n")
    for name, schema in SCHEMAS.items():
        whole = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"https://example.org/toy/1.0/{name}.schema.json",
            **schema,
        }
        (folder / f"{name}.schema.json").write_text(json.dumps(whole))
    (folder / "openapi" / "server.yaml").write_text(json.dumps(DOCUMENT))
    return Version("toy", "1.0", Root(root))


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return write_toy(tmp_path_factory.mktemp("toy"))


Ask = Callable[..., httpx.Response]


@pytest.fixture(scope="session")
def ask() -> Ask:
    """Send one request to an app: ``ask(app, "/path?query", method="GET", **httpx options)``."""

    def send(app: Any, target: str, method: str = "GET", **options: Any) -> httpx.Response:
        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                return await client.request(method, target, **options)

        return asyncio.run(go())

    return send
