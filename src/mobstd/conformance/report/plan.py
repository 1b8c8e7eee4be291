"""The plan as text: what would be sent, in which classes, for which rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mobstd.messages import render as text

__all__ = ["render"]


def render(plan: Mapping[str, Any], lang: str = "en") -> str:
    """Return one line per class of requests, the sum, and what can't be taken back."""
    lines = [
        (
            str(found["requests"]),
            found["method"],
            found["operation"] or text("plan.everywhere", {}, lang),
            found["title"][lang],
            ", ".join(found["requirements"][:4]) + (" ..." if found["requirements"][4:] else ""),
        )
        for found in plan["classes"]
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    shown = [
        f"{line[0]:>{widths[0]}}  {line[1]:<{widths[1]}}  {line[2]:<{widths[2]}}  "
        f"{line[3]:<{widths[3]}}  {line[4]}".rstrip()
        for line in lines
    ]
    total = text("plan.title", {"requests": plan["requests"], "writes": plan["writes"]}, lang)
    stays = [text("plan.stays", {"thing": one[lang]}, lang) for one in plan.get("stays", ())]
    return "\n".join([*shown, "", total, *stays])
