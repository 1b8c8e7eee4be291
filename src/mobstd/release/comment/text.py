"""A review as a comment in Markdown: what changes, who is hurt, which version, what shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mobstd.messages import render
from mobstd.release.comment.review import Review, Standard
from mobstd.release.markdown import cell, code, plain, value

__all__ = ["LONGEST", "MARK", "comment"]

LONGEST = 65_536
"""Characters that GitHub takes in a comment."""

MARK = "<!-- mobstd schemas comment -->"
"""By which a later run finds the comment that it is to replace."""

LISTED = 30


def comment(review: Review, lang: str) -> str:
    """Return the comment; what is too long for GitHub is cut between lines, and says so."""
    text = "\n".join([MARK, *_lines(review, lang)]).rstrip() + "\n"
    if len(text) <= LONGEST:
        return text
    end = f"\n\n{_say('cut', lang)}\n"
    kept: list[str] = []
    left = LONGEST - len(end)
    for line in text.splitlines():
        left -= len(line) + 1
        if left < 0:
            break
        kept.append(line)
    return "\n".join(kept) + end


def _say(word: str, lang: str, **params: Any) -> str:
    return render(f"comment.{word}", params, lang)


def _lines(review: Review, lang: str) -> Iterator[str]:
    yield f"## {_say('title', lang)}"
    yield ""
    yield _say("from-to", lang, base=code(review.base), head=code(review.head))
    yield ""
    if not (review.standards or review.findings or review.breaches or review.gone):
        yield _say("nothing", lang)
        return
    yield _say("refused" if review.refused else "fine", lang)
    for breach in review.breaches[:LISTED]:
        said = render(f"edition.breach.{breach.kind}",
                      {"file": breach.file, "version": breach.version}, lang)  # fmt: skip
        yield f"- {plain(said)}"
    for name in review.gone:
        yield f"- {_say('gone', lang, name=code(name))}"
    for one in review.standards:
        yield from _standard(one, lang)
    yield from _findings(review, lang)


def _standard(one: Standard, lang: str) -> Iterator[str]:
    yield from ("", f"### {plain(one.name)}", "")
    if one.difference is None:
        yield _say("first", lang)
    else:
        yield from _difference(one.difference, lang)
    if one.since is not None:
        yield from ("", _step(one.since, lang))
    if one.parties is not None:
        yield from _parties(one.parties, lang)


def _step(report: Mapping[str, Any], lang: str) -> str:
    """Say which version the changes call for, and whether the number says so."""
    calls = render(f"diff.calls-for.{report['calls_for']}", {}, lang)
    step = report["declared"]
    if step is None:
        said = render("diff.declared.unsaid", {}, lang)
    else:
        shown = {"declared": render(f"diff.step.{step}", {}, lang)}
        word = "enough" if report["enough"] else "too-small"
        said = render(f"diff.declared.{word}", shown, lang)
    labels = {side: plain(report[side]["label"]) for side in ("old", "new")}
    return f"{_say('since', lang, old=labels['old'])} {calls} {said}"


def _difference(report: Mapping[str, Any], lang: str) -> Iterator[str]:
    changes = report["changes"]
    counts = render("diff.counts", report["counts"], lang)
    yield f"**{counts}.** {render('diff.calls-for.' + report['calls_for'], {}, lang)}"
    listed = [one for one in changes if one["calls_for"] != "patch"]
    words = len(changes) - len(listed)
    for verdict in ("breaking", "unknown", "safe"):
        rows = [one for one in listed if one["verdict"] == verdict]
        if not rows:
            continue
        yield from ("", f"#### {render('diff.verdict.' + verdict, {}, lang).capitalize()}", "")
        heads = [render(f"diff.head.{word}", {}, lang) for word in ("change", "who", "where")]
        yield f"| {' | '.join((*heads, render('diff.head.example', {}, lang)))} |"
        yield "| --- | --- | --- | --- |"
        yield from (_row(one, lang) for one in rows[:LISTED])
        if len(rows) > LISTED:
            yield from ("", _say("more", lang, count=len(rows) - LISTED))
    if words:
        yield from ("", render("diff.word.texts", {"count": words}, lang))


def _row(change: Mapping[str, Any], lang: str) -> str:
    name = f" {code(change['name'], 80)}" if change["name"] else ""
    what = f"{plain(change['message'][lang])}{name} ({change['rule']})"
    if change["before"] is not None or change["after"] is not None:
        what += f" – {value(change['before'], 100)} → {value(change['after'], 100)}"
    roles = f" ({plain(', '.join(change['roles']))})" if change["roles"] else ""
    hurt = f"{render('diff.hurt.' + change['hurt'], {}, lang)}{roles}"
    where = code(change["new"] or change["old"], 160)
    cells = (what, hurt, where, _example(change, lang))
    return "| " + " | ".join(map(cell, cells)) + " |"


def _example(change: Mapping[str, Any], lang: str) -> str:
    if not change["examples"]:
        return ""
    one = change["examples"][0]
    refused = one["refused_by"]
    shown = value(one["value"], 300)
    if refused is None:
        return shown
    said = {"shown": shown, "why": plain(one["because"][lang][:160])}
    return _say(f"refused-by.{refused}", lang, **said)


def _parties(made: Mapping[str, Any], lang: str) -> Iterator[str]:
    parties = made["parties"]
    yield from ("", f"#### {_say('parties', lang)}", "")
    yield render("impact.sum", {"lost": made["lost"], "count": len(parties)}, lang)
    for number, party in enumerate(parties, 1):
        lost = [name for name, pair in party["blocks"].items() if pair["lost"]]
        rows = [
            name
            for name, row in party["requirements"].items()
            if row["new"]["outcome"] == "failed" and row["old"]["outcome"] != "failed"
        ]
        if lost or rows:
            failed = sum(party["requirements"][row]["new"]["failed"] for row in rows)
            said = {"number": number, "blocks": ", ".join(lost) or "–", "count": failed}
            yield f"- {_say('party', lang, **said)} {', '.join(map(plain, rows[:LISTED]))}"


def _findings(review: Review, lang: str) -> Iterator[str]:
    if not review.findings:
        return
    yield from ("", f"### {_say('findings', lang, count=len(review.findings))}", "")
    order = ("error", "warning", "note")
    for one in sorted(review.findings, key=lambda f: order.index(f.rule.severity))[:LISTED]:
        severity = render(f"lint.severity.{one.rule.severity}", {}, lang)
        place = code(f"{one.document.name}:{one.line}", 120)
        yield f"- {severity} {one.rule.id} {place} – {plain(one.text(lang)[:400])}"
    if len(review.findings) > LISTED:
        yield f"- {_say('more', lang, count=len(review.findings) - LISTED)}"
