"""Rows and blocks that an OpenAPI document gives without a person who reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mobstd.messages import LANGUAGES, render
from mobstd.release.adoption.convert import METHODS

__all__ = ["rows", "suite"]

Apis = Mapping[str, Mapping[str, Any]]
PARAMETER = re.compile(r"[A-Za-z][A-Za-z0-9_.\[\]-]*")


def _operations(apis: Apis) -> Iterator[tuple[str, str, Mapping[str, Any], Mapping[str, Any]]]:
    """Yield role, path, what stands at the path, and each operation there."""
    for role, api in apis.items():
        for path, item in api["paths"].items():
            for method, node in item.items():
                if method in METHODS and isinstance(node, Mapping):
                    yield role, path, item, node


def suite(name: str, apis: Apis) -> dict[str, Any]:
    """Return the blocks, one for each tag or first step of a path, and what lists there are."""
    blocks: dict[str, dict[str, Any]] = {}
    prefix = _prefix(name)
    health = None
    for role, path, _, node in _operations(apis):
        block = node["x-block"]
        if blocks.get(block, {}).get("role", role) != role:
            block = f"{block}-{role}"
        found = blocks.setdefault(block, {"role": role, "operations": [], "core": []})
        found["operations"].append(node["operationId"])
        row = f"{prefix}-GEN-0{2 if _answers_json(node) else 1}"
        if row not in found["core"]:
            found["core"].append(row)
        if path.rstrip("/").endswith(("/status", "/health")) and health is None:
            health = node["operationId"]
    made = {"standard": name, "role": next(iter(apis)), "blocks": blocks}
    return {**made, "health": health} if health else made


def rows(name: str, apis: Apis, text: str) -> list[dict[str, Any]]:
    """Return the rows: documented statuses, bodies by their schema, JSON, required parameters.

    Args:
        name: of the standard; ids begin with its letters.
        apis: the OpenAPI document of each role.
        text: the short name of the text that they rest on.
    """
    prefix, roles = _prefix(name), list(apis)
    made = [
        _row(f"{prefix}-GEN-01", roles, "status", [{"kind": "status"}], text, "#/paths"),
        _row(f"{prefix}-GEN-02", roles, "schema", [{"kind": "schema"}], text, "#/paths"),
    ]
    if any(_answers_json(node) for _, _, _, node in _operations(apis)):
        kind = {"kind": "media-type", "type": "application/json"}
        made.append(_row(f"{prefix}-GEN-03", roles, "json", [kind], text, "#/paths"))
    number = 0
    for role, path, item, node in _operations(apis):
        needed = _required(item, node)
        refused = [int(s) for s in node.get("responses", {}) if s in ("400", "422")]
        if not needed or not refused:
            continue
        number += 1
        check = {"kind": "required-parameter", "parameters": needed, "expect": refused}
        step = path.replace("~", "~0").replace("/", "~1")
        row = _row(f"{prefix}-PARAM-{number:02}", [role], "parameter", [check], text,
                   f"#/paths/{step}", names=", ".join(needed))  # fmt: skip
        made.append({**row, "blocks": [], "operations": [node["operationId"]]})
    return made


def _row(
    id_: str, roles: list[str], what: str, checks: list[Any], text: str, where: str, **said: str
) -> dict[str, Any]:
    return {
        "id": id_,
        "level": "MUST",
        "origin": "http" if what == "json" else "schema",
        "roles": roles,
        "blocks": [],
        "operations": [],
        "title": {lang: render(f"adopt.row.{what}", said, lang) for lang in LANGUAGES},
        "source": [{"document": text, "where": where}],
        "checks": checks,
    }


def _required(item: Mapping[str, Any], node: Mapping[str, Any]) -> list[str]:
    every = [*_list(item.get("parameters")), *_list(node.get("parameters"))]
    return [
        one["name"]
        for one in every
        if one.get("required") is True
        and one.get("in") == "query"
        and PARAMETER.fullmatch(str(one.get("name", "")))
    ]


def _list(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _answers_json(node: Mapping[str, Any]) -> bool:
    for status, answer in (node.get("responses") or {}).items():
        content = answer.get("content") if isinstance(answer, Mapping) else None
        if status[:1] == "2" and isinstance(content, Mapping) and "application/json" in content:
            return True
    return False


def _prefix(name: str) -> str:
    return re.sub(r"[^A-Z]", "", name.upper())
