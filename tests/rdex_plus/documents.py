"""Documents made from others by a JSON Patch, and the exchange that carries one."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from tests.documents import patched

from mobstd.canon.files import load
from mobstd.canon.standard import find
from mobstd.judging.exchange import Exchange, Request, Response

__all__ = ["VERSION", "answered", "example", "patched"]

VERSION = find("rdex-plus@2.0")


def example(schema: str, name: str = "full") -> Any:
    """Return a valid example, free to be changed."""
    return deepcopy(load(VERSION.folder / "examples/valid" / schema / f"{name}.json"))


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
