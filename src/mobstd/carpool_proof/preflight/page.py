"""The summary as a web page that asks nobody for anything, in both languages."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from mobstd.carpool_proof.preflight.verdict import VERDICTS
from mobstd.carpool_proof.preflight.words import sentences
from mobstd.errors import MissingExtra
from mobstd.messages import LANGUAGES, render

__all__ = ["page"]

_WIDE = 400
_DAYS = 92
"""How many days are shown one by one; more are put together by month."""

_KIND = {"refused": "refused", "depends": "depends", "warning": "accepted"}


@cache
def _template() -> Any:
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError:
        raise MissingExtra("report.needs-jinja") from None
    from markupsafe import Markup

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True
    )
    css, js = _file("page.css"), _file("page.js")
    environment.globals |= {
        "css": Markup(css),
        "js": Markup(js),
        "css_hash": _hash(css),
        "js_hash": _hash(js),
        "verdicts": VERDICTS,
        "kind": _KIND,
        "text": lambda code, lang, params: render(code, params, lang),
        "parts": _parts,
        "largest": _largest,
        "counted": lambda counts: {name: counts[name] for name in VERDICTS},
    }
    return environment.from_string(_file("page.html.j2"))


def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def page(summary: Mapping[str, Any], lang: str = "en") -> str:
    """Return the page of a summary, as ``Summary.as_json`` gives it; ``lang`` shows first.

    Raises:
        MissingExtra: without the extra ``conformance``.
    """
    written: str = _template().render(
        summary=summary,
        lang=lang if lang in LANGUAGES else "en",
        sentences=sentences(summary),
        days=_days(summary["days"]),
        operators=list(summary["operators"].items()),
        most=max((row["journeys"] for row in summary["rules"]), default=1),
    )
    return written


def _days(days: Mapping[str, Mapping[str, int]]) -> list[tuple[str, Mapping[str, int]]]:
    if len(days) <= _DAYS:
        return list(days.items())
    months: dict[str, dict[str, int]] = {}
    for day, counts in days.items():
        month = months.setdefault(day[:7], dict.fromkeys(VERDICTS, 0))
        for verdict, count in counts.items():
            month[verdict] += count
    return list(months.items())


def _largest(rows: list[tuple[str, Mapping[str, int]]]) -> int:
    return max((sum(counts.values()) for _, counts in rows), default=1)


def _parts(counts: Mapping[str, int], largest: int) -> Iterator[dict[str, Any]]:
    """Yield the parts of a bar, as long as their share of the longest."""
    x = 0.0
    for verdict in VERDICTS:
        width = _WIDE * counts.get(verdict, 0) / max(largest, 1)
        if width:
            yield {"verdict": verdict, "x": f"{x:.2f}", "width": f"{width:.2f}"}
        x += width
