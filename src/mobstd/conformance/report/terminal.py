"""A report for a person at a terminal: verdicts first, then what failed, then what is open."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TextIO

from mobstd.conformance.report import view
from mobstd.conformance.report.paint import Grid, Line, paint
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
TOLD = 6
"""Open requirements that are named with their titles, where there are no more."""

COMMANDS = 2
"""Lines of curl: a comparison takes two."""

NEVER_BEGUN = ("preflight", "unreachable")


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
    return paint(_layout(report, lang, written or {}), width, colour=colour, rich=rich)


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
    for said in view.surveyed(report, lang):
        yield Line()
        yield Line(((said, ""),), 2)
    yield from _callers(report, lang)
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
        name = view.checked(item["check"], lang)
        spans = [(f"{mark} {name}  ", style), (visible(item["message"][lang]), "")]
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


def _callers(report: Mapping[str, Any], lang: str) -> Iterator[Line | Grid]:
    rows = []
    for verdict, name, told, requests, broken in view.callers(report, lang):
        mark, style = MARKS[verdict]
        spans = ((told, "dim"), (requests, "dim"), (view.clipped(broken, 60), ""))
        rows.append(((f"  {mark} {name}", style), *spans))
    if rows:
        yield Line()
        yield Line(((word("says", "callers", lang), "bold"),))
        yield Grid(tuple(rows))


def _title(row: view.Row, lang: str, style: str) -> Line:
    where = f"  {', '.join(row.hit)}" if row.hit else ""
    level = row.level
    if row.outcome == "warned" and row.origin == "reading":
        level = f"{level}, {word('says', 'reading', lang)}"
    spans = ((f"{row.id} ", style), (f"{level}  ", "dim"), (visible(row.title(lang)), ""))
    return Line((*spans, (where, "dim")), 2)


def _failed(rows: Sequence[view.Row], accepted: frozenset[str], lang: str) -> Iterator[Line]:
    if not rows:
        return
    yield Line()
    yield Line(((word("says", "failed", lang, count=len(rows)), "bold red"),))
    for row in rows:
        yield _title(row, lang, "bold red")
        yield from _because(row, lang)
        for finding in row.findings[:FINDINGS]:
            yield from _finding(finding, accepted, lang)
        if len(row.findings) > FINDINGS:
            more = word("says", "more", lang, count=len(row.findings) - FINDINGS)
            yield Line(((more, "dim"),), 4)
        yield Line()


def _because(row: view.Row, lang: str) -> Iterator[Line]:
    if row.because:
        yield Line(((word("says", "because", lang, rows=", ".join(row.because)), "dim"),), 4)


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
    for line in finding["curl"].splitlines()[:COMMANDS]:
        yield Line(((visible(line), "cyan"),), 6, wrap=False)


def _warned(rows: Sequence[view.Row], accepted: frozenset[str], lang: str) -> Iterator[Line]:
    if not rows:
        return
    yield Line()
    yield Line(((word("says", "warned", lang, count=len(rows)), "bold yellow"),))
    for row in rows[:WARNINGS]:
        yield _title(row, lang, "yellow")
        yield from _because(row, lang)
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
    if not rows or report["stopped_by"] in NEVER_BEGUN:
        return
    yield Line()
    yield Line(((word("says", "open", lang, count=len(rows)), "bold"),))
    reasons: dict[str, list[view.Row]] = {}
    for row in rows:
        reasons.setdefault(view.reason(row.entry, lang), []).append(row)
    for reason, some in reasons.items():
        head = view.pair(visible(reason), "", lang).rstrip()
        if len(rows) <= TOLD:
            yield Line(((head, ""),), 2)
            for row in some:
                yield Line(((f"{row.id}  ", ""), (visible(row.title(lang)), "dim")), 4)
            continue
        ids = ", ".join(row.id for row in some[:OPEN]) + (" …" if len(some) > OPEN else "")
        yield Line(((f"{head} ", ""), (ids, "dim")), 2)
    yield from _unlock(report, lang)


def _unlock(report: Mapping[str, Any], lang: str) -> Iterator[Line]:
    texts = view.unlocking(report, lang)
    if texts:
        yield Line(((word("says", "unlock", lang), "bold"),), 2)
    for text in texts:
        yield Line(((visible(text), ""),), 4)


def _writes(report: Mapping[str, Any], lang: str) -> Iterator[Line]:
    """What the run made, so that nobody has to look for it."""
    for pressing, said in view.written(report, lang):
        yield Line(((said, "bold red" if pressing else "dim"),))


def _end(report: Mapping[str, Any], lang: str) -> Iterator[Line]:
    mark, style = MARKS[report["verdict"]]
    yield Line(((f"{mark} {view.sentence(report, lang)}", style),))
    if report["stopped_by"]:
        yield Line(((word("stopped", report["stopped_by"], lang), "yellow"),))
    for reason in report["gate"].get("reasons", ()):
        yield Line(((reason[lang], ""),))
    if report["gate"]["exit_code"] != view.natural_exit(report):
        code = report["gate"]["exit_code"]
        name = "gate-open" if code == 0 else "gate-closed"
        yield Line(((word("says", name, lang, code=code), "bold"),))
    counts = {name.replace("-", "_"): n for name, n in report["summary"].items()}
    yield Line(((word("says", "counts", lang, **counts), "dim"),))
    seconds = view.decimal(report["duration_seconds"], lang)
    facts = {"requests": report["requests"], "seconds": seconds}
    facts |= {"seed": report["seed"], "now": report["now"]}
    yield Line(((word("says", "requests", lang, **facts), "dim"),))
    yield from _writes(report, lang)
    digest = report["suite"]["kill_digest"]
    if digest and not digest.get("stale"):
        yield Line(((word("says", "digest", lang, **digest), "dim"),))
