"""An open question as a page of Markdown, for an issue of the group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mobstd.messages import render
from mobstd.release.ballot.met import Party
from mobstd.release.ballot.question import Question
from mobstd.release.markdown import cell, code, plain, value

__all__ = ["page"]

MOST = 40
"""Lines of a list; what is more is counted."""


def page(question: Question, met: Sequence[Party], lang: str) -> str:
    """Return a ballot: places, readings, what is met, what would change, who breaks, the vote."""
    return "\n".join(_lines(question, met, lang)).rstrip() + "\n"


def _say(word: str, lang: str, **params: Any) -> str:
    return render(f"ballot.{word}", params, lang)


def _lines(question: Question, met: Sequence[Party], lang: str) -> Iterator[str]:
    yield f"# {question.id}. {plain(question.title[lang])}"
    yield ""
    yield _say("about", lang, version=str(question.version))
    if question.text is not None:
        yield from ("", plain(question.text[lang]))
    yield from _headed("places", (_place(*one) for one in question.places), lang)
    yield from _readings(question, lang)
    yield from _settled(question, lang)
    rows = (f"{row} – {plain(title[lang])}" for row, title in question.rows.items())
    yield from _headed("rows", rows, lang)
    yield from _met(question, met, lang)
    yield from _change(question, lang)
    yield from _broken(question, met, lang)
    yield from ("", f"## {_say('vote', lang)}", "")
    for reading in question.readings:
        yield f"- [ ] {_say('for', lang, id=reading.id)} {plain(reading.text[lang])}"
    yield f"- [ ] {_say('other', lang)}"
    yield from ("", _say("afterwards", lang, id=question.id))


def _headed(word: str, items: Iterator[str], lang: str) -> Iterator[str]:
    listed = list(items)
    if not listed:
        return
    yield from ("", f"## {_say(word, lang)}", "")
    yield from (f"- {item}" for item in listed[:MOST])
    if len(listed) > MOST:
        yield f"- {_say('more', lang, count=len(listed) - MOST)}"


def _place(text: str, where: str) -> str:
    return f"{plain(text)} – {code(where)}" if where else plain(text)


def _readings(question: Question, lang: str) -> Iterator[str]:
    yield from ("", f"## {_say('readings', lang)}", "")
    for one in question.readings:
        ours = f" ({_say('ours', lang)})" if one.ours and question.decided is None else ""
        yield f"- **{one.id}**: {plain(one.text[lang])}{ours}"
    if len(question.readings) == 1:
        yield f"- {_say('no-other', lang)}"


def _settled(question: Question, lang: str) -> Iterator[str]:
    yield ""
    yield f"## {_say('settlement', lang)}"
    yield ""
    yield plain(question.settlement[lang])
    yield ""
    if question.decided is None:
        yield _say("undecided", lang)
        return
    said = {"day": question.decided["date"], "by": plain(", ".join(question.decided["by"]))}
    minutes = question.decided.get("minutes")
    yield _say("decided", lang, **said) + (f" <{minutes}>" if minutes else "")


def _met(question: Question, met: Sequence[Party], lang: str) -> Iterator[str]:
    seen = [f"{plain(title[lang])} – {plain(where)}" for title, where in question.seen]
    yield from _headed("met", iter(seen), lang)
    rows = [row for row in question.rows if any(row in party.outcomes for party in met)]
    if not met:
        if not seen:
            yield from ("", f"## {_say('met', lang)}", "", _say("nobody", lang))
        return
    yield from (() if seen else ("", f"## {_say('met', lang)}"))
    if not rows:
        yield from ("", _say("silent", lang, count=len(met)))
        return
    yield from ("", f"| {_say('row', lang)} | " + " | ".join(one.name for one in met) + " |")
    yield "|" + " --- |" * (len(met) + 1)
    for row in rows:
        cells = [_outcome(party.outcomes.get(row, (None, None))[0], lang) for party in met]
        yield f"| {row} | {' | '.join(cells)} |"


def _outcome(word: str | None, lang: str) -> str:
    return _say(f"outcome.{word}", lang) if word in ("passed", "failed", "warned") else "–"


def _change(question: Question, lang: str) -> Iterator[str]:
    wanted = [one for one in question.readings if one.change is not None]
    if not (wanted or question.deviations or question.proposed):
        yield from ("", f"## {_say('change', lang)}", "", _say("no-change", lang))
        return
    yield from ("", f"## {_say('change', lang)}", "")
    for one in wanted:
        assert one.change is not None
        yield f"- **{one.id}**: {plain(one.change[lang])}"
    for deviation in question.deviations:
        where = code(deviation["where"])
        yield f"- {_say('deviation', lang, version=str(question.version))} {where} –"
        yield f"  {plain(deviation['published'])} → {plain(deviation['ours'])}"
    for change in question.proposed:
        where = ", ".join(code(place) for place in change["where"])
        yield f"- {_say('proposed', lang, version=str(question.successor))} {where} –"
        yield f"  {plain(change['before'])} → {plain(change['now'])}"


def _broken(question: Question, met: Sequence[Party], lang: str) -> Iterator[str]:
    yield from ("", f"## {_say('broken', lang)}", "")
    if question.changes:
        heads = [_say(f"head.{word}", lang) for word in ("change", "who", "where", "example")]
        yield f"| {' | '.join(heads)} |"
        yield "| --- | --- | --- | --- |"
        for change in question.changes[:MOST]:
            yield _row(change, lang)
        yield ""
    lost = sorted({
        party.name
        for party in met
        for old, new in party.outcomes.values()
        if new == "failed" and old != "failed"
    })  # fmt: skip
    failing = [
        party.name for party in met if "failed" in (old for old, _ in party.outcomes.values())
    ]
    if question.successor is not None and met:
        said = {"count": len(lost), "all": len(met), "who": ", ".join(lost) or "–"}
        yield _say("lost", lang, version=str(question.successor), **said)
    elif met:
        said = {"count": len(failing), "all": len(met), "who": ", ".join(failing) or "–"}
        yield _say("failing", lang, **said)
    else:
        yield _say("not-known", lang)


def _row(change: Any, lang: str) -> str:
    name = f" {code(change['name'])}" if change["name"] else ""
    verdict = render(f"diff.verdict.{change['verdict']}", {}, lang)
    what = f"{verdict} – {plain(change['message'][lang])}"
    roles = f" ({plain(', '.join(change['roles']))})" if change["roles"] else ""
    who = f"{render('diff.hurt.' + change['hurt'], {}, lang)}{roles}"
    example = value(change["examples"][0]["value"]) if change["examples"] else "–"
    cells = (f"{what}{name}", who, code(change["new"] or change["old"]), example)
    return "| " + " | ".join(map(cell, cells)) + " |"
