"""Markup that the real server cuts out of ids, so that an id is another one afterwards."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["cut"]

_SCRIPT = re.compile(r"<(script|style)\b[^>]*>.*?(</\1[^>]*>|$)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]*(>|$)")


def cut(journey: dict[str, Any]) -> dict[str, Any]:
    """Return a journey whose ids have no markup; the journey itself stays as it is."""
    found = dict(journey)
    for name in ("operator_journey_id", "operator_trip_id"):
        if isinstance(found.get(name), str) and "<" in found[name]:
            found[name] = _TAG.sub("", _SCRIPT.sub("", found[name]))
    return found
