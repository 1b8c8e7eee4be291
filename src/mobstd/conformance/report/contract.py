"""The contract of a report: ``conformance/report.schema.json``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from mobstd.canon.files import load
from mobstd.canon.root import packaged
from mobstd.canon.validator import Problem, Validator, validator
from mobstd.canon.wording import worded
from mobstd.errors import ConfigError

__all__ = ["FORMAT_VERSION", "Report", "problems", "read", "schema", "stable"]

FORMAT_VERSION = 1
"""What ``format_version`` says; it grows when a reader of the old one could be misled."""

CONTRACTS = ("report", "exchange", "baseline")

Report = Mapping[str, Any]
"""A report as a JSON value."""


@cache
def _documents() -> dict[str, Mapping[str, Any]]:
    folder = packaged().conformance
    loaded = [load(folder / f"{name}.schema.json") for name in CONTRACTS]
    return {document["$id"]: document for document in loaded}


@cache
def schema(name: str = "report") -> Mapping[str, Any]:
    """Return the JSON Schema of ``report``, ``exchange`` or ``baseline``."""
    return next(d for uri, d in _documents().items() if uri.endswith(f"/{name}.schema.json"))


@cache
def _validator(name: str) -> Validator:
    return validator(schema(name), _documents())


def problems(document: Any, name: str = "report") -> Iterator[Problem]:
    """Yield what is wrong with a report, an exchange or a baseline."""
    return _validator(name).problems(document)


def read(path: Path | str) -> dict[str, Any]:
    """Return the report in a file.

    Raises:
        ConfigError: where there is none, or it is not a report of this format.
    """
    try:
        report: dict[str, Any] = json.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise ConfigError("report.unreadable", file=str(path), why=str(error.strerror)) from None
    except (ValueError, RecursionError):
        raise ConfigError("report.not-json", file=str(path)) from None
    version = report.get("format_version") if isinstance(report, dict) else None
    if version != FORMAT_VERSION:
        raise ConfigError("report.other-format", file=str(path), version=str(version))
    for problem in problems(report):
        where = "/".join(map(str, problem.path)) or "-"
        raise ConfigError("report.broken", file=str(path), where=where, why=worded(problem))
    return report


def stable(report: Report) -> dict[str, Any]:
    """Return the report without what may differ between two equal runs.

    The schema says what that is: ``x-volatile`` and ``x-volatile-names``.
    """
    root = schema()
    kept = _strip(report, root, str(root["$id"]))
    return dict(kept)


def _resolve(node: Mapping[str, Any], base: str) -> tuple[Mapping[str, Any], str]:
    while "$ref" in node:
        uri, _, fragment = urljoin(base, node["$ref"]).partition("#")
        target: Any = _documents()[uri]
        for step in filter(None, fragment.split("/")):
            target = target[step]
        node, base = {**target, **{k: v for k, v in node.items() if k != "$ref"}}, uri
    return node, base


def _strip(value: Any, node: Mapping[str, Any], base: str) -> Any:
    node, base = _resolve(node, base)
    if isinstance(value, Mapping):
        out = {}
        for name, member in value.items():
            found = node.get("properties", {}).get(name, node.get("additionalProperties"))
            if not isinstance(found, Mapping):
                out[name] = member
            elif not found.get("x-volatile"):
                out[name] = _strip(member, found, base)
        return out
    if isinstance(value, list):
        names = node.get("x-volatile-names")
        if names is not None:
            return [pair for pair in value if pair[0].lower() not in names]
        items = node.get("items")
        if isinstance(items, Mapping):
            return [_strip(item, items, base) for item in value]
    return value
