"""Rejections of a register that are none: a dependency failed, or it was too early."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

__all__ = ["Again", "again"]

Again: TypeAlias = Literal["later", "outage"]

_OUTAGE = re.compile(r"HTTP 5[0-9]{2}\b")
_EARLY = re.compile(r"HTTP 400 - Date should be before")


def again(result: Mapping[str, Any]) -> Again | None:
    """Say why a rejected subscription may be verified again, ``None`` where it is a refusal.

    Args:
        result: a ``verify-result``, or a ``subscription``.

    Returns:
        ``outage`` where the register failed; ``later`` where the journey is less than seven days
        old.
    """
    if result.get("status") != "REJETEE":
        return None
    rejection = result.get("subscriptionRejection") or {}
    comments = result.get("comments") or rejection.get("comments") or ""
    if _OUTAGE.match(comments):
        return "outage"
    return "later" if _EARLY.match(comments) else None
