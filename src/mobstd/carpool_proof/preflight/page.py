"""The summary as a web page that asks nobody for anything, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from mobstd.carpool_proof.preflight.verdict import VERDICTS
from mobstd.carpool_proof.preflight.words import sentences, titles
from mobstd.messages import LANGUAGES, render
from mobstd.output.page import Page

__all__ = ["page"]

_WIDE = 400
_DAYS = 92
"""How many days are shown one by one; more are put together by month."""

_KIND = {"refused": "refused", "depends": "depends", "warning": "accepted"}


@cache
def _page() -> Page:
    return Page(
        __package__,
        {
            "verdicts": VERDICTS,
            "kind": _KIND,
            "titles": titles,
            "parts": _parts,
            "largest": _largest,
            "counted": lambda counts: {name: counts[name] for name in VERDICTS},
        },
    )


def page(summary: Mapping[str, Any], lang: str = "en") -> str:
    """Return the page of a summary, as ``Summary.as_json`` gives it; ``lang`` shows first.

    Raises:
        MissingExtra: without the extra ``conformance``.
    """
    return _page().render(
        lang,
        title={one: render("proof.page.title", {}, one) for one in LANGUAGES},
        summary=summary,
        sentences=sentences(summary),
        days=_days(summary["days"]),
        operators=list(summary["operators"].items()),
        most=max((row["journeys"] for row in summary["rules"]), default=1),
    )


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
