"""A reconciliation as a table, as lines for a terminal, and as a page without any request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, TextIO

from mobstd.canon.standard import find
from mobstd.carpool_proof.reconcile.judging import Action, Line
from mobstd.carpool_proof.reconcile.summary import Summary, euros
from mobstd.messages import LANGUAGES, render
from mobstd.output.page import Page
from mobstd.output.table import Table
from mobstd.output.terminal import on_one_line

__all__ = ["COLUMNS", "page", "reasons", "tabled", "told"]

COLUMNS = (
    "operator_journey_id",
    "operator_trip_id",
    "start",
    "sent_as",
    "status",
    "labels",
    "conflicts",
    "action",
    "reasons",
    "differences",
    "incentives",
    "campaigns",
    "advice",
)
"""Of the CSV file; money in euros, lists separated by spaces."""

_SHOWN = 20
_STANDARD = "carpool-proof@3.4"


def reasons(line: Line, lang: str) -> str:
    """Return why something is to be done about a journey, in words."""
    named = {"differences": ", ".join(line.differences), "conflicts": ", ".join(line.conflicts)}
    codes = (f"reconcile.reason.{reason}" for reason in line.reasons)
    return " ".join(render(code, named, lang) for code in codes)


def tabled(lines: Iterable[Line], file: TextIO, lang: str) -> Iterator[Line]:
    """Write lines as CSV while they go by."""
    table = Table(file, COLUMNS)
    for line in lines:
        cells = (
            line.id,
            line.trip,
            line.start.isoformat() if line.start else "",
            line.fate,
            line.status,
            " ".join(line.labels),
            " ".join(line.conflicts),
            line.action,
            " ".join(line.reasons),
            " ".join(line.differences),
            euros(line.incentives),
            euros(line.campaigns),
            reasons(line, lang),
        )
        table.row(cells)
        yield line


def told(summary: Summary, lang: str) -> Iterator[str]:
    """Yield the lines that a terminal shows."""
    yield _say("journeys", lang, count=summary.total, now=summary.now.isoformat(timespec="minutes"))
    for action in Action:
        if summary.counts[action]:
            name = _say(f"action.{action}", lang)
            money = amount(summary.cents[action], lang)
            yield f"  {summary.counts[action]:>8}  {money:>14}  {name}"
    yield _say("at-stake", lang, money=amount(summary.at_stake, lang))
    if summary.exported is not None:
        yield _say(
            "exported",
            lang,
            count=summary.exported,
            strangers=len(summary.strangers),
            money=amount(summary.campaigns, lang),
        )
    ordered = summary.ordered
    for line in ordered[:_SHOWN]:
        said = f"{line.id}: {_say(f'action.{line.action}', lang)}. {reasons(line, lang)}"
        yield on_one_line(said)
    more = len(ordered) - _SHOWN + summary.left_out
    if more > 0:
        yield _say("more", lang, count=more)


def amount(cents: int, lang: str) -> str:
    """Return money as people of a language write it."""
    if lang == "fr":
        return f"{euros(cents):,}".replace(",", "\u202f").replace(".", ",") + "\u00a0€"
    return f"€{euros(cents):,}"


def page(summary: Summary, lang: str) -> str:
    """Return the page, in both languages; ``lang`` shows first.

    Raises:
        MissingExtra: without jinja2.
    """
    titles = {one: _say("title", one) for one in LANGUAGES}
    return _page().render(lang, title=titles, summary=summary)


@cache
def _page() -> Page:
    return Page(
        __package__,
        {
            "actions": list(Action),
            "money": lambda cents: {lang: amount(cents, lang) for lang in LANGUAGES},
            "reasons": lambda line: {lang: reasons(line, lang) for lang in LANGUAGES},
            "meaning": _meaning,
        },
    )


def _meaning(word: str) -> Mapping[str, str] | None:
    """Return what a status or a label means, where it is known."""
    if word in ("absent", "unread"):
        return {lang: _say(f"status.{word}", lang) for lang in LANGUAGES}
    texts, name = find(_STANDARD).messages, word.replace("_", "-")
    return texts.get(f"status.{name}") or texts.get(f"label.{name}")


def _say(name: str, lang: str, **params: Any) -> str:
    return render(f"reconcile.{name}", params, lang)
