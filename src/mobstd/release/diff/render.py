"""A comparison for people: as text, and as Markdown for a merge request."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mobstd.messages import render

__all__ = ["markdown", "text"]

_SHOWN = 400
_USES = 3
_MOST = 200


def text(report: Mapping[str, Any], lang: str = "en", *, everything: bool = False) -> str:
    """Return a report as text.

    Args:
        report: as ``conformance/diff.schema.json`` has it.
        lang: ``en`` or ``fr``.
        everything: changes of words too.
    """
    lines = [_say("from-to", lang, **_labels(report)), ""]
    listed, words = _parted(report, everything)
    for change in listed:
        lines += [*_change(change, report, lang), ""]
    if words:
        lines += [_say("word.texts", lang, count=words), ""]
    return "\n".join([*lines, *_summary(report, lang)]) + "\n"


def markdown(report: Mapping[str, Any], lang: str = "en", *, everything: bool = False) -> str:
    """Return a report as Markdown."""
    lines = [f"## {_say('head.title', lang, **_labels(report))}", ""]
    lines += [" ".join(_summary(report, lang)), ""]
    listed, words = _parted(report, everything)
    for verdict in ("breaking", "unknown", "safe"):
        rows = [change for change in listed if change["verdict"] == verdict]
        if not rows:
            continue
        lines += [f"### {_say(f'verdict.{verdict}', lang).capitalize()}", ""]
        heads = [_say(f"head.{word}", lang) for word in ("change", "who", "where", "example")]
        lines += [f"| {' | '.join(heads)} |", "| --- | --- | --- | --- |"]
        lines += [_row(change, report, lang) for change in rows] + [""]
    if words:
        lines += [_say("word.texts", lang, count=words), ""]
    return "\n".join(lines)


def _say(code: str, lang: str, **params: Any) -> str:
    return render(f"diff.{code}", params, lang)


def _labels(report: Mapping[str, Any]) -> dict[str, str]:
    return {side: report[side]["label"] for side in ("old", "new")}


def _parted(report: Mapping[str, Any], everything: bool) -> tuple[list[Mapping[str, Any]], int]:
    words = [change for change in report["changes"] if change["calls_for"] == "patch"]
    if everything:
        return report["changes"], 0
    return [change for change in report["changes"] if change["calls_for"] != "patch"], len(words)


def _summary(report: Mapping[str, Any], lang: str) -> list[str]:
    if not report["changes"]:
        return [_say("none", lang)]
    counts = _say("counts", lang, **report["counts"])
    step = report["declared"]
    if step is None:
        said = _say("declared.unsaid", lang)
    else:
        code = "declared.enough" if report["enough"] else "declared.too-small"
        said = _say(code, lang, declared=_say(f"step.{step}", lang))
    return [f"{counts}.", _say(f"calls-for.{report['calls_for']}", lang), said]


def _change(change: Mapping[str, Any], report: Mapping[str, Any], lang: str) -> Iterator[str]:
    verdict = _say(f"verdict.{change['verdict']}", lang)
    name = f" ({change['name']})" if change["name"] else ""
    yield f"{verdict}  {change['rule']}  {change['message'][lang]}{name}"
    yield f"    {_who(change, lang)}"
    places = dict.fromkeys(filter(None, (change["old"], change["new"])))
    yield f"    {_say('word.at', lang)} {' → '.join(places)}"
    if change["uses"]:
        yield f"    {_say('word.in', lang)} {_uses(change, lang)}"
    if change["before"] is not None or change["after"] is not None:
        yield f"    {_value(change['before'])} → {_value(change['after'])}"
    for example in change["examples"]:
        yield f"    {_shown(example, report, lang)}:"
        yield f"      {_value(example['value'], _SHOWN)}"
        if example["because"]:
            where = f"{example['pointer']}: " if example["pointer"] else ""
            yield f"      {where}{example['because'][lang][:_MOST]}"


def _who(change: Mapping[str, Any], lang: str) -> str:
    hurt = _say(f"hurt.{change['hurt']}", lang)
    roles = f": {', '.join(change['roles'])}" if change["roles"] else ""
    way = change["direction"]
    return f"{hurt}{roles}" + (f" ({_say(f'direction.{way}', lang)})" if way else "")


def _uses(change: Mapping[str, Any], lang: str) -> str:
    uses = change["uses"]
    more = len(uses) - _USES
    tail = [_say("word.and-more", lang, count=more)] if more > 0 else []
    return ", ".join([*uses[:_USES], *tail])


def _shown(example: Mapping[str, Any], report: Mapping[str, Any], lang: str) -> str:
    word = "bound" if example["kind"] == "requirement" else example["accepted_by"]
    return _say(f"shown.{word}", lang, **_labels(report))


def _value(value: Any, most: int = 120) -> str:
    if value is None:
        return "–"
    said = json.dumps(value, ensure_ascii=False)
    return said if len(said) <= most else f"{said[: most - 1]}…"


def _row(change: Mapping[str, Any], report: Mapping[str, Any], lang: str) -> str:
    name = f" `{change['name']}`" if change["name"] else ""
    what = f"{change['message'][lang]}{name} ({change['rule']})"
    if change["before"] is not None or change["after"] is not None:
        what += f": {_code(change['before'])} → {_code(change['after'])}"
    where = f"`{change['new'] or change['old']}`"
    if change["uses"]:
        where += f" {_say('word.in', lang)} {_uses(change, lang)}"
    shown = ""
    if change["examples"]:
        example = change["examples"][0]
        shown = f"{_code(example['value'])} {_shown(example, report, lang)}"
    cells = (what, _who(change, lang), where, shown)
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _code(value: Any) -> str:
    return "–" if value is None else f"`{_value(value, 160)}`"
