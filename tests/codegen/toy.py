"""A toy canon on disk, from schemas given in a test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from mobstd.canon.root import at
from mobstd.canon.standard import Version, find

BASE = "https://toy.example/schemas/"


def canon(
    folder: Path,
    schemas: dict[str, dict[str, Any]],
    paths: dict[str, Any] | None = None,
    models: dict[str, Any] | None = None,
    role: str = "shop",
) -> Version:
    """Write ``schemas/toy/1.0`` and return the version."""
    home = folder / "schemas/toy/1.0"
    (home / "openapi").mkdir(parents=True, exist_ok=True)
    (folder / "conformance").mkdir(exist_ok=True)
    for name, schema in schemas.items():
        document = {"$id": f"{BASE}{name}.schema.json", **schema}
        (home / f"{name}.schema.json").write_text(json.dumps(document), "utf-8")
    source = {"name": "Toy", "status": "draft", "models": models or {}}
    (home / "source.yaml").write_text(yaml.safe_dump(source), "utf-8")
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Toy", "version": "1.0"},
        "paths": paths or {},
    }
    (home / f"openapi/{role}.yaml").write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
    return find("toy@1.0", [at(folder)])


def operation(
    name: str,
    answer: Any = None,
    parameters: list[dict[str, Any]] | None = None,
    body: Any = None,
    status: str = "200",
) -> dict[str, Any]:
    """One operation of an OpenAPI document."""
    found: dict[str, Any] = {
        "operationId": name,
        "summary": f"Call {name}.",
        "parameters": parameters or [],
        "responses": {status: {"description": "Fine."}},
    }
    if answer is not None:
        found["responses"][status]["content"] = {"application/json": {"schema": answer}}
    if body is not None:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return found


def ref(name: str) -> dict[str, str]:
    """Refer to a schema from an OpenAPI document."""
    return {"$ref": f"../{name}.schema.json"}
