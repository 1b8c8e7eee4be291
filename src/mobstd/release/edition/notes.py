"""Changelog and migration notes, written from what ``mobstd schemas diff`` finds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from mobstd.canon.standard import Version
from mobstd.messages import render
from mobstd.release.edition.comparison import Comparison

__all__ = ["changes", "migration"]

SHOWN = 400


def changes(
    version: Version, before: Version | None, found: Comparison | None, day: date, lang: str
) -> str:
    """Return the changelog of a version: what breaks first."""
    lines = [f"# {version}, {day.isoformat()}", ""]
    if before is None:
        return "\n".join([*lines, render("edition.notes.first", {}, lang), ""])
    if found is None:
        return "\n".join([*lines, render("edition.notes.unknown", {"old": str(before)}, lang), ""])
    said = {"old": str(before), "step": render(f"edition.step.{found['calls_for']}", {}, lang)}
    lines += [render("edition.notes.since", said, lang), ""]
    for verdict in ("breaking", "unknown", "safe"):
        listed = [one for one in found["changes"] if one["verdict"] == verdict]
        if listed:
            lines += [f"## {render(f'edition.verdict.{verdict}', {}, lang)}", ""]
            lines += [_line(one, lang) for one in listed]
            lines.append("")
    if not found["changes"]:
        lines += [render("edition.notes.nothing", {}, lang), ""]
    return "\n".join(lines)


def _line(change: Mapping[str, Any], lang: str) -> str:
    where = change["new"] or change["old"]
    name = f" `{change['name']}`" if change["name"] else ""
    return f"- {change['message'][lang]}{name} (`{where}`, {change['rule']})"


def migration(
    version: Version, before: Version | None, found: Comparison | None, lang: str
) -> str | None:
    """Return what who moves to a version has to do; ``None`` where nothing breaks."""
    if before is None or found is None:
        return None
    listed = [one for one in found["changes"] if one["verdict"] != "safe"]
    if not listed:
        return None
    said = {"old": str(before), "new": str(version)}
    lines = [f"# {render('edition.notes.migration', said, lang)}", ""]
    for one in listed:
        hurt = ", ".join(one["roles"]) or render(f"edition.hurt.{one['hurt']}", {}, lang)
        lines += [f"## {one['message'][lang]} {one['name']}".rstrip(), ""]
        lines += [f"- {render('edition.notes.where', {}, lang)} `{one['new'] or one['old']}`"]
        lines += [f"- {render('edition.notes.who', {}, lang)} {hurt}"]
        for key in ("before", "after"):
            if one[key] is not None:
                shown = json.dumps(one[key], ensure_ascii=False)[:SHOWN]
                lines.append(f"- {render(f'edition.notes.{key}', {}, lang)} `{shown}`")
        for example in one["examples"][:1]:
            shown = json.dumps(example["value"], ensure_ascii=False)[:SHOWN]
            lines += [f"- {render('edition.notes.example', {}, lang)} `{shown}`"]
        lines.append("")
    return "\n".join(lines)
