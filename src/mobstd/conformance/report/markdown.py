"""A report as a comment on a pull request: short, with the details folded away."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mobstd.conformance.report import view
from mobstd.conformance.report.terminal import MARKS
from mobstd.conformance.report.view import shown, visible, word

__all__ = ["LIMIT", "render"]

LIMIT = 60_000
"""Characters; a comment on GitHub may have 65,536."""

FINDINGS = 3
SHOWN = 30


def _plain(text: str) -> str:
    """Return a stranger's text so that Markdown shows it as it is, and nobody is mentioned."""
    safe = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _unmentioned(re.sub(r"([\\`*_{}\[\]#|~$])", r"\\\1", safe))


def _unmentioned(text: str) -> str:
    """Keep ``@name`` from calling somebody."""
    return re.sub(r"(?<!\w)@(?=\w)", "@\u2060", text)


def _code(text: str) -> str:
    """Return text as a code span, whatever it contains."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    ticks = "`" * (longest + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{space}{text}{space}{ticks}"


def _fence(text: str, kind: str) -> list[str]:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    ticks = "`" * max(3, longest + 1)
    return [f"{ticks}{kind}", text, ticks]


def _cell(text: str) -> str:
    return _plain(text).replace("\n", " ")


def render(report: Mapping[str, Any], lang: str = "en") -> str:
    """Return the report as GitHub-flavoured Markdown of at most ``LIMIT`` characters."""
    rows = view.rows(report)
    lines = [
        f"### {MARKS[report['verdict']][0]} {_plain(view.sentence(report, lang))}",
        "",
        _plain(view.heading(report, lang)),
        "",
    ]
    if report["stopped_by"]:
        lines += [f"> {word('stopped', report['stopped_by'], lang)}", ""]
    for said in view.refused(report, lang):
        lines += [f"> {_plain(said)}", ""]
    lines += _blocks(report, lang)
    lines += _callers(report, lang)
    lines += [f"- {_plain(reason[lang])}" for reason in report["gate"].get("reasons", ())]
    lines.append("")
    lines += [f"- {_plain(said)}" for said in view.surveyed(report, lang)]
    lines += [f"- {_plain(said)}" for _, said in view.written(report, lang)]
    lines.append("")
    rest = [*_open(report, rows, lang), *_tail(report, lang)]
    kept = _size(lines) + _size(rest)
    bad = view.by_outcome(rows, "failed") + view.by_outcome(rows, "warned")
    for place, row in enumerate(bad):
        part = list(_row(row, lang))
        kept += _size(part)
        if kept > LIMIT - 100:
            lines += [word("says", "more-rows", lang, count=len(bad) - place), ""]
            break
        lines += part
    return "\n".join([*lines, *rest]) + "\n"


def _size(lines: list[str]) -> int:
    return sum(len(line) + 1 for line in lines)


def _blocks(report: Mapping[str, Any], lang: str) -> list[str]:
    heads = [word("says", name, lang) for name in ("block", "verdict", "requirements")]
    lines = [f"| {' | '.join(heads)} |", "| --- | --- | --- |"]
    for block in report["blocks"]:
        counts = {"exercised": block["exercised"], "total": block["total"]}
        mark = MARKS[block["verdict"]][0]
        verdict = word("verdict", block["verdict"], lang)
        lines.append(
            f"| {_cell(block['id'])} | {mark} {verdict} "
            f"| {word('says', 'exercised', lang, **counts)} |"
        )
    return [*lines, ""]


def _callers(report: Mapping[str, Any], lang: str) -> list[str]:
    rows = view.callers(report, lang)
    if not rows:
        return []
    heads = [word("says", name, lang) for name in ("caller", "verdict", "requirements")]
    lines = [f"| {' | '.join(heads)} |", "| --- | --- | --- |"]
    for verdict, name, told, requests, broken in rows[:SHOWN]:
        mark, said = MARKS[verdict][0], word("verdict", verdict, lang)
        lines.append(f"| {_cell(name)} ({told}) | {mark} {said}, {requests} | {broken or '-'} |")
    if len(rows) > SHOWN:
        lines += ["", word("says", "more-rows", lang, count=len(rows) - SHOWN)]
    return [*lines, ""]


def _row(row: view.Row, lang: str) -> Iterator[str]:
    mark = MARKS[row.outcome][0]
    title = _plain(row.title(lang))
    yield "<details>"
    yield f"<summary>{mark} <b>{row.id}</b> {row.level} {_html(row.title(lang))}</summary>"
    yield ""
    if row.because:
        yield word("says", "because", lang, rows=", ".join(row.because))
        yield ""
    for finding in row.findings[:FINDINGS]:
        count = finding.get("count", 1)
        times = f" {word('says', 'times', lang, count=count)}" if count > 1 else ""
        where = f"{finding['operation'] or '-'} {finding['pointer']}".strip()
        yield f"**{_plain(finding['message'][lang]) or title}** {_code(visible(where))}{times}"
        yield ""
        for name in ("expected", "received"):
            if finding[name] is not None:
                value = _code(shown(finding[name], 200))
                yield "- " + view.pair(word("says", name, lang), value, lang)
        yield ""
        if finding["curl"]:
            yield from _fence(visible(finding["curl"], lines=True)[:2000], "sh")
        yield f"<sub>{finding['fingerprint']}</sub>"
        yield ""
    if len(row.findings) > FINDINGS:
        yield word("says", "more", lang, count=len(row.findings) - FINDINGS)
        yield ""
    yield "</details>"
    yield ""


def _html(text: str) -> str:
    safe = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _unmentioned(safe).replace("`", "&#96;")


def _open(report: Mapping[str, Any], rows: list[view.Row], lang: str) -> list[str]:
    waiting = view.by_outcome(rows, "inconclusive")
    if not waiting:
        return []
    head = word("says", "open", lang, count=len(waiting))
    lines = ["<details>", f"<summary>{head}</summary>", ""]
    for row in waiting[:SHOWN]:
        lines.append(
            f"- {row.id} {_plain(row.title(lang))}: {_plain(view.reason(row.entry, lang))}"
        )
    if len(waiting) > SHOWN:
        lines.append("- " + word("says", "more-rows", lang, count=len(waiting) - SHOWN))
    said = view.unlocking(report, lang)
    if said:
        lines += ["", f"**{word('says', 'unlock', lang)}**", ""]
        lines += [f"- {_plain(text)}" for text in said]
    return [*lines, "", "</details>", ""]


def _tail(report: Mapping[str, Any], lang: str) -> list[str]:
    facts = {
        "requests": report["requests"],
        "seconds": view.decimal(report["duration_seconds"], lang),
        "seed": report["seed"],
        "now": report["now"],
    }
    return [
        f"<sub>{word('says', 'requests', lang, **facts)} · mobstd {report['tool']['version']}</sub>"
    ]
