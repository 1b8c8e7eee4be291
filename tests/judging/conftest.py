"""A small standard whose rows each test gives, and exchanges of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import yaml

from mobstd.canon.root import at
from mobstd.canon.standard import find
from mobstd.judging.catalogue import catalogue
from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange, Failure, Request, Response
from mobstd.judging.finding import Result
from mobstd.judging.kinds import EXCHANGE, RUN
from mobstd.judging.requirement import Check, Requirement

NUMBER = {"type": "number"}
THING = {
    "$id": "https://things.example/1.0/thing.schema.json",
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string"},
        "lat": NUMBER,
        "lng": NUMBER,
        "at": {"type": "integer"},
        "price": {"type": "object", "required": ["amount"], "properties": {"amount": NUMBER}},
        "kind": {"enum": ["A", "B"]},
    },
}
REFUSAL = {
    "$id": "https://things.example/1.0/refusal.schema.json",
    "type": "object",
    "properties": {"error": {"type": "string"}},
}


def _json(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


PARAMETERS = [
    {"name": name, "in": "query", "required": name in ("lat", "lng"), "schema": schema}
    for name, schema in {
        "lat": NUMBER,
        "lng": NUMBER,
        "radius": {**NUMBER, "default": 1.0},
        "when": {"type": "integer"},
        "margin": {"type": "integer"},
        "count": {"type": "integer"},
    }.items()
]
LIST = {"type": "array", "items": {"$ref": "../thing.schema.json"}}
PATHS = {
    "/things": {
        "get": {
            "operationId": "getThings",
            "parameters": PARAMETERS,
            "responses": {
                "200": {"description": "x", "content": _json(LIST)},
                "400": {
                    "description": "x",
                    "content": _json({"$ref": "../refusal.schema.json"}),
                },
                "429": {"description": "x"},
            },
        }
    },
    "/health": {
        "get": {"operationId": "getHealth", "responses": {"200": {"description": "x"}}},
    },
}
SUITE = {
    "standard": "things",
    "blocks": {
        "things": {"role": "server", "operations": ["getThings"], "core": ["TOY-A-01"]},
        "health": {"role": "server", "operations": ["getHealth"], "core": ["TOY-A-01"]},
    },
    "collections": {"getThings": {"items": "/*", "identity": ["/id"], "otherwise": ["/lat"]}},
}

Rows = Callable[..., Context]


@pytest.fixture
def things(tmp_path: Path) -> Rows:
    """Return the context of a standard with these rows: ``things(row, row, blocks=...)``."""
    made = 0

    def make(*rows: dict[str, Any], **facts: Any) -> Context:
        nonlocal made
        made += 1
        root = tmp_path / str(made)
        home, conformance = root / "schemas/things/1.0", root / "conformance/things"
        (home / "openapi").mkdir(parents=True)
        conformance.mkdir(parents=True)
        for name, schema in (("thing", THING), ("refusal", REFUSAL)):
            (home / f"{name}.schema.json").write_text(json.dumps(schema))
        document = {"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": PATHS}
        (home / "openapi/server.yaml").write_text(yaml.safe_dump(document))
        (home / "source.yaml").write_text(yaml.safe_dump({"status": "draft"}))
        (conformance / "suite.yaml").write_text(yaml.safe_dump(SUITE))
        (conformance / "requirements.yaml").write_text(yaml.safe_dump([_row(r) for r in rows]))
        found = catalogue(find("things@1.0", [at(root)]), "server")
        return Context(found, **facts)

    return make


def _row(members: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "TOY-A-01",
        "level": "MUST",
        "origin": "text",
        "title": {"en": "x", "fr": "x"},
        "operations": ["getThings"],
        **members,
    }


@pytest.fixture
def exchange() -> Callable[..., Exchange]:
    """Return an exchange: ``exchange([...], "radius=2", status=200, negative=True)``."""
    made = 0

    def make(body: Any = None, query: str = "", **members: Any) -> Exchange:
        nonlocal made
        made += 1
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        status = members.pop("status", 200)
        headers = members.pop("headers", (("Content-Type", "application/json"),))
        truncated = members.pop("truncated", False)
        response: Response | None = Response(status, headers, raw, truncated)
        failure = None
        if status is None:
            response, failure = None, Failure("transport.timeout")
        request = Request("GET", "/things", tuple(parse_qsl(query, keep_blank_values=True)))
        known = {"operation": "getThings", "purpose": "control", "failure": failure, **members}
        return Exchange(
            id=f"x{made}",
            at=datetime(2026, 11, 23, tzinfo=UTC),
            request=request,
            response=response,
            **known,
        )

    return make


@pytest.fixture
def result(things: Rows) -> Callable[..., Result]:
    """Judge exchanges by one check: ``result({"kind": "status"}, exchange, exchange...)``."""

    def judged(
        check: dict[str, Any], *exchanges: Exchange, context: Context | None = None
    ) -> Result:
        context = context or things({"checks": [check]})
        row: Requirement = context.catalogue.rows["TOY-A-01"]
        made: Check = row.checks[0]
        if made.kind in RUN:
            return RUN[made.kind](made, row, exchanges, context)
        found = [EXCHANGE[made.kind](made, row, exchange, context) for exchange in exchanges]
        return Result(
            sum(one.evidence for one in found), tuple(f for one in found for f in one.findings)
        )

    return judged


def codes(found: Sequence[Any]) -> list[str]:
    return [finding.code for finding in found]
