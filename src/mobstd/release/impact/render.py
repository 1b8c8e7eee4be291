"""An impact for people: as text, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mobstd.conformance.report.view import visible
from mobstd.messages import render

__all__ = ["markdown", "text"]


def _say(code: str, lang: str, **params: Any) -> str:
    return render(f"impact.{code}", params, lang)


def _rows(made: Mapping[str, Any]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Yield the requirements that fail by the new version and did not by the old one."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for party in made["parties"]:
        for name, row in party["requirements"].items():
            if row["new"]["outcome"] == "failed" and row["old"]["outcome"] != "failed":
                found.setdefault(name, []).append({"party": party["name"], **row})
    yield from sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))


def _verdict(word: str, lang: str) -> str:
    return _say(f"verdict.{word}", lang)


def text(made: Mapping[str, Any], lang: str = "en") -> str:
    """Return an impact as text."""
    lines = [_say("title", lang, old=made["old"], new=made["new"]), ""]
    for party in made["parties"]:
        count = party["judged"]
        kind = _say("kind." + party["kind"], lang, count=count)
        lines.append(f"{visible(party['name'])} ({kind})")
        if party["without_counterpart"]:
            lines.append("  " + _say("strange", lang, count=party["without_counterpart"]))
        for block, pair in party["blocks"].items():
            mark = f"  {_say('lost', lang)}" if pair["lost"] else ""
            words = f"{_verdict(pair['old'], lang)} → {_verdict(pair['new'], lang)}"
            lines.append(f"  {visible(block)}: {words}{mark}")
        if not party["blocks"]:
            lines.append("  " + _say("nothing", lang))
        lines.append("")
    for name, rows in _rows(made):
        exchanges = sum(row["new"]["failed"] for row in rows)
        who = ", ".join(visible(row["party"]) for row in rows)
        lines.append(
            _say("row", lang, row=visible(name), count=len(rows), exchanges=exchanges, who=who)
        )
    lines += ["", _say("sum", lang, lost=made["lost"], count=len(made["parties"]))]
    return "\n".join(lines) + "\n"


def markdown(made: Mapping[str, Any], lang: str = "en") -> str:
    """Return an impact as Markdown: blocks by party, and requirements by how many they hit."""
    blocks = dict.fromkeys(b for party in made["parties"] for b in party["blocks"])
    lines = [f"## {_say('title', lang, old=made['old'], new=made['new'])}", ""]
    lines += [_say("sum", lang, lost=made["lost"], count=len(made["parties"])), ""]
    lines += [f"| {' | '.join((_say('head.party', lang), *blocks))} |"]
    lines += ["|" + " --- |" * (len(blocks) + 1)]
    for party in made["parties"]:
        cells = [_cell(party["blocks"].get(block), lang) for block in blocks]
        lines.append(f"| {' | '.join((_plain(party['name']), *cells))} |")
    rows = list(_rows(made))
    if rows:
        heads = [_say(f"head.{word}", lang) for word in ("row", "parties", "exchanges")]
        lines += ["", f"| {' | '.join(heads)} |", "| --- | --- | --- |"]
        for name, hit in rows:
            who = ", ".join(_plain(row["party"]) for row in hit)
            count = sum(row["new"]["failed"] for row in hit)
            lines.append(f"| {_plain(name)} | {len(hit)}: {who} | {count} |")
    return "\n".join(lines) + "\n"


def _cell(pair: Mapping[str, Any] | None, lang: str) -> str:
    if pair is None:
        return "–"
    words = f"{_verdict(pair['old'], lang)} → {_verdict(pair['new'], lang)}"
    return f"**{words}**" if pair["lost"] else words


def _plain(name: str) -> str:
    return visible(name).replace("|", "\\|")
