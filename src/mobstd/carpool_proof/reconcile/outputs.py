"""A reconciliation as a table, as lines for a terminal, and as a page without any request."""

from __future__ import annotations

import base64
import csv
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any, TextIO

from mobstd.carpool_proof.reconcile.judging import Action, Line
from mobstd.carpool_proof.reconcile.summary import Summary, euros
from mobstd.errors import ConfigError, MissingExtra
from mobstd.messages import render

__all__ = ["COLUMNS", "page", "put", "reasons", "tabled", "told"]

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


def reasons(line: Line, lang: str) -> str:
    """Return why something is to be done about a journey, in words."""
    named = {"differences": ", ".join(line.differences), "conflicts": ", ".join(line.conflicts)}
    codes = (f"reconcile.reason.{reason}" for reason in line.reasons)
    return " ".join(render(code, named, lang) for code in codes)


def tabled(lines: Iterable[Line], file: TextIO, lang: str) -> Iterator[Line]:
    """Write lines as CSV while they go by."""
    table = csv.writer(file, lineterminator="\n")
    table.writerow(COLUMNS)
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
        table.writerow([_safe(f"{cell}") for cell in cells])
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
        yield f"{line.id}: {_say(f'action.{line.action}', lang)}. {reasons(line, lang)}"
    more = len(ordered) - _SHOWN + summary.left_out
    if more > 0:
        yield _say("more", lang, count=more)


def amount(cents: int, lang: str) -> str:
    """Return money as people of a language write it."""
    if lang == "fr":
        return f"{euros(cents):,}".replace(",", "\u202f").replace(".", ",") + "\u00a0€"
    return f"€{euros(cents):,}"


def page(summary: Summary, lang: str) -> str:
    """Return the page.

    Raises:
        MissingExtra: without jinja2.
    """
    html: str = _template().render(
        summary=summary,
        lang=lang,
        say=partial(_said, lang),
        money=lambda cents: amount(cents, lang),
        reasons=lambda line: reasons(line, lang),
        actions=list(Action),
    )
    return html


@contextmanager
def put(path: Path | str) -> Iterator[TextIO]:
    """Open a file that appears under its name when it is complete, and not before.

    Raises:
        ConfigError: where it can't be written.
    """
    target = Path(path)
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8", newline="") as file:
            yield file
        beside.replace(target)
    except OSError as error:
        raise ConfigError("reconcile.unwritable", file=str(path), why=str(error)) from None
    finally:
        with suppress(OSError):
            beside.unlink()


@cache
def _template() -> Any:
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError:
        raise MissingExtra("report.needs-jinja") from None
    from markupsafe import Markup

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    css = files(__package__).joinpath("page.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    environment.globals |= {"css": Markup(css), "css_hash": digest}
    text = files(__package__).joinpath("page.html.j2").read_text("utf-8")
    return environment.from_string(text)


def _say(name: str, lang: str, **params: Any) -> str:
    return render(f"reconcile.{name}", params, lang)


def _said(lang: str, name: str, /, **params: Any) -> str:
    return _say(name, lang, **params)


def _safe(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell
