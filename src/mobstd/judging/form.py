"""Bodies that are forms: pairs of text, in which brackets stand for members of members.

``driver[uuid]=7&driver[state]=sender`` is ``{"driver": {"uuid": "7", "state": "sender"}}``. All
values of a form are text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

__all__ = ["FORM", "parse_form", "to_form"]

FORM = "application/x-www-form-urlencoded"

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]+\])*)")
_DEEPEST = 8
_MOST = 200


def to_form(document: Mapping[str, Any]) -> bytes:
    """Return a document as a form, percent-encoded; what is ``None`` is left out."""
    return urlencode(list(_pairs(document, ""))).encode("ascii")


def _pairs(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _pairs(inner, f"{name}[{key}]" if name else key)
    elif value is not None:
        yield name, {True: "1", False: "0"}[value] if isinstance(value, bool) else str(value)


def parse_form(body: bytes) -> dict[str, Any]:
    """Return the document of a form.

    Raises:
        ValueError: for what is no form, is nested too deeply, has too many fields, or says of one
            member two different things.
    """
    document: dict[str, Any] = {}
    text = body.decode("ascii")
    pairs = parse_qsl(
        text,
        keep_blank_values=True,
        strict_parsing=bool(text),
        errors="strict",
        max_num_fields=_MOST,
    )
    for name, value in pairs:
        match = _NAME.fullmatch(name)
        steps = [match[1], *re.findall(r"\[([^\]]+)\]", match[2])] if match else []
        if not 0 < len(steps) <= _DEEPEST:
            raise ValueError("name")
        place = document
        for step in steps[:-1]:
            place = place.setdefault(step, {})
            if not isinstance(place, dict):
                raise ValueError("member")
        if steps[-1] in place:
            raise ValueError("twice")
        place[steps[-1]] = value
    return document
