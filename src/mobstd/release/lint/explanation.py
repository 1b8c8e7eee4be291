"""What a rule means: for ``mobstd explain LINT-...``."""

from __future__ import annotations

import difflib

from mobstd.conformance.book import Explanation, Section
from mobstd.errors import UnknownName
from mobstd.messages import render
from mobstd.release.lint.run import every_rule

__all__ = ["explain"]


def explain(wanted: str, lang: str = "en") -> list[Explanation]:
    """Return what a rule asks, why, how bad it is, and how it is waived; ``LINT`` lists all.

    Raises:
        UnknownName: with the closest rules that are there.
    """
    known = every_rule()
    name = wanted.upper()
    if name == "LINT":
        lines = tuple(f"{id_}  {rule.text('title', lang)}" for id_, rule in known.items())
        return [Explanation(render("lint.explain.all", {}, lang), (Section("", lines),))]
    if name not in known:
        close = difflib.get_close_matches(name, known, n=4, cutoff=0.5)
        code = "explain.unknown-close" if close else "explain.unknown"
        raise UnknownName(code, wanted=wanted, close=", ".join(close))
    rule = known[name]
    severity = render(f"lint.severity.{rule.severity}", {}, lang)
    scope = render("lint.explain.house" if rule.house else "lint.explain.any", {}, lang)
    return [
        Explanation(
            f"{rule.id}  {rule.text('title', lang)}",
            (
                Section("", (rule.text("why", lang),)),
                Section("", (f"{severity.capitalize()}. {scope}",)),
                Section(render("lint.explain.waive", {}, lang), _sample(rule.id)),
            ),
        )
    ]


def _sample(id_: str) -> tuple[str, ...]:
    return (
        "waivers:",
        f"  - rule: {id_}",
        '    where: "name.schema.json#/properties/*"',
        '    reason: "..."',
        '    date: "2026-01-31"',
    )
