"""Documents made from others by a JSON Patch, and the exchange that carries one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from mobstd.canon.files import load
from mobstd.canon.standard import find
from mobstd.judging.exchange import Exchange, Request, Response
from mobstd.judging.pointer import steps

VERSION = find("rdex-plus@2.0")


def example(schema: str, name: str = "full") -> Any:
    """Return a valid example, free to be changed."""
    return deepcopy(load(VERSION.folder / "examples/valid" / schema / f"{name}.json"))


def patched(document: Any, edits: Sequence[Mapping[str, Any]]) -> Any:
    """Return the document after a JSON Patch of ``add``, ``replace`` and ``remove``."""
    document = deepcopy(document)
    for edit in edits:
        *above, last = steps(edit["path"])
        holder = document
        for step in above:
            holder = holder[int(step)] if isinstance(holder, list) else holder[step]
        key: Any = int(last) if isinstance(holder, list) else last
        if edit["op"] == "remove":
            del holder[key]
        else:
            assert edit["op"] == "add" or json.dumps(holder[key]) != json.dumps(edit["value"])
            holder[key] = edit["value"]
    return document


def answered(schema: str, document: Any) -> Exchange:
    """Return the exchange in which a journey is the only one, an error the refusal."""
    refusal = schema == "error"
    body = document if refusal else {"journeys": [document], "nbJourneys": 1}
    return Exchange(
        id="x1",
        operation="getJourneys",
        purpose="negative" if refusal else "explore",
        at=datetime(2026, 1, 1, tzinfo=UTC),
        request=Request("GET", "/"),
        response=Response(
            400 if refusal else 200,
            (("Content-Type", "application/json"),),
            json.dumps(body).encode(),
        ),
        negative=refusal,
    )
