"""A report for a person at a terminal: verdicts first, then what failed, then what is open.

Painted with rich where it is installed, plainly otherwise; the words are the same.
"""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any, TextIO

from mobstd.conformance.report import view
from mobstd.conformance.report.view import shown, visible, word

__all__ = [
    "MARKS",
    "render",
    "show",
]

MARKS = {
    "conforming": ("✓", "bold green"),
    "non-conforming": ("✗", "bold red"),
    "inconclusive": ("?", "bold yellow"),
    "failed": ("✗", "bold red"),
    "warned": ("!", "yellow"),
    "not-run": ("·", "dim"),
    "passed": ("✓", "green"),
}
FINDINGS = 3
"""Findings of one requirement that are shown."""
WARNINGS = 12
OPEN = 12
Span = tuple[str, str]


@dataclass(frozen=True)
class Line:
    """One paragraph; ``wrap=False`` for what is to be copied."""

    spans: tuple[Span, ...] = ()
    indent: int = 0
    wrap: bool = True

    @property
    def text(self) -> str:
        """The words without their style."""
        return "".join(text for text, _ in self.spans)


@dataclass(frozen=True)
class Grid:
    """A small table; each cell is a span."""

    rows: tuple[tuple[Span, ...], ...]


def render(
    report: Mapping[str, Any],
    lang: str = "en",
    *,
    colour: bool = False,
    width: int = 80,
    written: Mapping[str, str] | None = None,
    rich: bool = True,
) -> str:
    """Return the report as text.

    Args:
        report: the report.
        lang: ``en`` or ``fr``.
        colour: with colours.
        width: columns of the terminal.
        written: path by format of the files that were written.
        rich: paint with rich where it is there.
    """
    parts = list(_layout(report, lang, written or {}))
    if rich:
        try:
            return _with_rich(parts, colour, width)
        except ImportError:
            pass
    return _plainly(parts, width)


def show(
    report: Mapping[str, Any],
    lang: str = "en",
    *,
    written: Mapping[str, str] | None = None,
    stream: TextIO | None = None,
) -> None:
    """Print the report, with colours where the terminal and ``NO_COLOR`` allow them."""
    out = stream or sys.stdout
    tty = out.isatty()
    colour = tty and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = max(40, min(shutil.get_terminal_size((100, 24)).columns, 120)) if tty else 100
    text = render(report, lang, colour=colour, width=width, written=written)
    encoding = getattr(out, "encoding", None) or "utf-8"
    out.write(text.encode(encoding, "replace").decode(encoding))
    out.flush()


def _layout(
    report: Mapping[str, Any], lang: str, written: Mapping[str, str]
) -> Iterator[Line | Grid]:
    rows = view.rows(report)
    yield Line(((view.heading(report, lang), "bold"),))
    yield from _preflight(report, lang)
    yield Line()
    yield _blocks(report, lang)
    yield from _failed(view.by_outcome(rows, "failed"), _accepted(report), lang)
    yield from _warned(view.by_outcome(rows, "warned"), _accepted(report), lang)
    yield from _open(report, view.by_outcome(rows, "inconclusive"), lang)
    yield Line()
    yield from _end(report, lang)
    if written:
        yield Line(((word("says", "reports", lang), "bold"),))
        yield Grid(tuple(((f"  {k}", "dim"), (path, "")) for k, path in written.items()))


def _accepted(report: Mapping[str, Any]) -> frozenset[str]:
    baseline = report["gate"].get("baseline") or {}
    return frozenset(baseline.get("accepted", ()))


def _preflight(report: Mapping[str, Any], lang: str) -> Iterator[Line]:
    wrong = [item for item in report.get("preflight", ()) if item["ok"] is False]
    if wrong:
        yield Line()
        yield Line(((word("says", "preflight", lang), "bold"),))
    for item in wrong:
        mark, style = MARKS["failed"]
        spans = [(f"{mark} {item['check']}  ", style), (visible(item["message"][lang]), "")]
        if item.get("blame"):
            who = word("blame", item["blame"], lang)
            spans.append((f" ({word('says', 'blame', lang, who=who)})", "dim"))
        yield Line(tuple(spans), 2)


def _blocks(report: Mapping[str, Any], lang: str) -> Grid:
    rows = []
    for block in report["blocks"]:
        mark, style = MARKS[block["verdict"]]
        counts = {"exercised": block["exercised"], "total": block["total"]}
        rows.append(
            (
                (f"  {mark} {visible(block['id'])}", style),
                (word("verdict", block["verdict"], lang), style),
                (word("says", "exercised", lang, **counts), ""),
            )
        )
    return Grid(tuple(rows))


def _title(row: view.Row, lang: str, style: str) -> Line:
    where = f"  {', '.join(row.hit)}" if row.hit else ""
    spans = ((f"{row.id} ", style), (f"{row.level}  ", "dim"), (visible(row.title(lang)), ""))
    return Line((*spans, (where, "dim")), 2)


def _failed(rows: Sequence[view.Row], accepted: frozenset[str], lang: str) -> Iterator[Line]:
    if not rows:
        return
    yield Line()
    yield Line(((word("says", "failed", lang, count=len(rows)), "bold red"),))
    for row in rows:
        yield _title(row, lang, "bold red")
        if row.because:
            yield Line(((word("says", "because", lang, rows=", ".join(row.because)), "dim"),), 4)
        for finding in row.findings[:FINDINGS]:
            yield from _finding(finding, accepted, lang)
        if len(row.findings) > FINDINGS:
            more = word("says", "more", lang, count=len(row.findings) - FINDINGS)
            yield Line(((more, "dim"),), 4)
        yield Line()


def _finding(finding: Mapping[str, Any], accepted: frozenset[str], lang: str) -> Iterator[Line]:
    notes = [finding["operation"] or "-"]
    if finding.get("count", 1) > 1:
        notes.append(word("says", "times", lang, count=finding["count"]))
    if finding["fingerprint"] in accepted:
        notes.append(word("says", "accepted", lang))
    if finding["blame"] != "target":
        who = word("blame", finding["blame"], lang)
        notes.append(word("says", "blame", lang, who=who))
    notes.append(finding["fingerprint"])
    text = visible(finding["message"][lang])
    yield Line(((text, ""), (f"  [{' · '.join(notes)}]", "dim")), 4)
    values = {"expected": finding["expected"], "received": finding["received"]}
    if finding["pointer"]:
        values = {"at": finding["pointer"], **values}
    labels = {name: word("says", name, lang) for name in ("at", "expected", "received")}
    size = max(map(len, labels.values()))
    for name, value in values.items():
        if value is not None:
            label = (f"{labels[name]:<{size}}  ", "dim")
            yield Line((label, (shown(value, 160), "")), 6)
    for line in finding["curl"].splitlines()[:1]:
        yield Line(((visible(line), "cyan"),), 6, wrap=False)


def _warned(rows: Sequence[view.Row], accepted: frozenset[str], lang: str) -> Iterator[Line]:
    if not rows:
        return
    yield Line()
    yield Line(((word("says", "warned", lang, count=len(rows)), "bold yellow"),))
    for row in rows[:WARNINGS]:
        yield _title(row, lang, "yellow")
        for finding in row.findings[:1]:
            count = finding.get("count", 1)
            times = f"  {word('says', 'times', lang, count=count)}" if count > 1 else ""
            received = "" if finding["received"] is None else f"  {shown(finding['received'], 60)}"
            where = f"  [{finding['operation'] or '-'}]{times}"
            yield Line(((visible(finding["message"][lang]) + received, ""), (where, "dim")), 4)
    if len(rows) > WARNINGS:
        more = word("says", "more-rows", lang, count=len(rows) - WARNINGS)
        yield Line(((more, "dim"),), 2)


def _open(report: Mapping[str, Any], rows: Sequence[view.Row], lang: str) -> Iterator[Line]:
    if not rows:
        return
    yield Line()
    yield Line(((word("says", "open", lang, count=len(rows)), "bold"),))
    reasons: dict[str, list[str]] = {}
    for row in rows:
        reasons.setdefault(view.reason(row.entry, lang), []).append(row.id)
    for reason, ids in reasons.items():
        some = ", ".join(ids[:OPEN]) + (" …" if len(ids) > OPEN else "")
        head = view.pair(visible(reason), "", lang)
        yield Line(((head, ""), (some, "dim")), 2)
    unlock: dict[str, list[str]] = {}
    for block in report["blocks"]:
        for item in block.get("unlock", ()):
            unlock.setdefault(item["message"][lang], []).append(block["id"])
    if unlock:
        yield Line(((word("says", "unlock", lang), "bold"),), 2)
        for text, blocks in unlock.items():
            head = view.pair(", ".join(dict.fromkeys(blocks)), "", lang)
            yield Line(((head, "dim"), (visible(text), "")), 4)


def _end(report: Mapping[str, Any], lang: str) -> Iterator[Line]:
    mark, style = MARKS[report["verdict"]]
    yield Line(((f"{mark} {view.sentence(report, lang)}", style),))
    if report["stopped_by"]:
        yield Line(((word("stopped", report["stopped_by"], lang), "yellow"),))
    for reason in report["gate"].get("reasons", ()):
        yield Line(((reason[lang], ""),))
    counts = {name.replace("-", "_"): n for name, n in report["summary"].items()}
    yield Line(((word("says", "counts", lang, **counts), "dim"),))
    seconds = view.decimal(report["duration_seconds"], lang)
    facts = {"requests": report["requests"], "seconds": seconds}
    facts |= {"seed": report["seed"], "now": report["now"]}
    yield Line(((word("says", "requests", lang, **facts), "dim"),))
    digest = report["suite"]["kill_digest"]
    if digest and not digest.get("stale"):
        yield Line(((word("says", "digest", lang, **digest), "dim"),))


def _plainly(parts: Iterable[Line | Grid], width: int) -> str:
    lines: list[str] = []
    for part in parts:
        if isinstance(part, Grid):
            lines += _plain_grid(part)
            continue
        start = " " * part.indent
        if part.wrap and part.text:
            more = start + "  "
            lines += textwrap.wrap(
                part.text,
                width,
                initial_indent=start,
                subsequent_indent=more,
                break_long_words=False,
                break_on_hyphens=False,
            )
        else:
            lines.append((start + part.text).rstrip())
    return _joined(lines)


def _plain_grid(grid: Grid) -> list[str]:
    sizes = [max(len(cell) for cell, _ in column) for column in zip(*grid.rows, strict=True)]
    return [
        "   ".join(cell.ljust(size) for (cell, _), size in zip(row, sizes, strict=True)).rstrip()
        for row in grid.rows
    ]


def _with_rich(parts: Iterable[Line | Grid], colour: bool, width: int) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    out = StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        legacy_windows=False,
        highlight=False,
        emoji=False,
        markup=False,
    )
    for part in parts:
        if isinstance(part, Grid):
            table = Table(box=None, show_header=False, padding=(0, 3, 0, 0))
            for row in part.rows:
                table.add_row(*(Text(text, style) for text, style in row))
            console.print(table)
            continue
        text = Text.assemble(*part.spans)
        if part.wrap:
            for i, line in enumerate(text.wrap(console, width - part.indent - 2)):
                console.print(Text(" " * (part.indent + (2 if i else 0))) + line)
        else:
            console.print(Text(" " * part.indent) + text, soft_wrap=True)
    return _joined(line.rstrip() for line in out.getvalue().splitlines())


def _joined(lines: Iterable[str]) -> str:
    """Join, with never two empty lines in a row."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept) + "\n"
