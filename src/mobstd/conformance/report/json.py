"""A report as it is: JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

__all__ = ["render"]


def render(report: Mapping[str, Any], lang: str = "en") -> str:
    """Return the report as JSON; both languages are in it already."""
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"
