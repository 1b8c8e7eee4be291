"""What a run was asked and took for granted, and what its rules are about, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mobstd.messages import LANGUAGES, render

__all__ = ["sentences", "titles"]


def sentences(summary: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the sentences about a run, each in every language."""
    return [
        {lang: render(code, params, lang) for lang in LANGUAGES} for code, params in _said(summary)
    ]


def titles(rule: str) -> dict[str, str]:
    """Return what a rule finds, whatever the journey, in every language."""
    name = rule.replace("_", "-")
    found = {}
    for lang in LANGUAGES:
        words = render(f"proof.rule.{name}", {}, lang)
        found[lang] = render(f"proof.title.{name}", {}, lang, default=words)
    return found


def _said(summary: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "proof.said.rules", {"rules": summary["rules_profile"], "standard": summary["standard"]}
    yield (
        "proof.said.overlay" if summary["overlay"] else "proof.said.no-overlay",
        {"overlay": summary["overlay"] or ""},
    )
    if not summary["phones"]:
        yield "proof.said.no-phones", {}
    arrival = summary["reception"]
    yield f"proof.said.reception-{arrival['how']}", dict(arrival)
    if arrival["within"]:
        yield "proof.said.within", dict(arrival)
    if arrival["untimed"]:
        yield "proof.said.untimed", dict(arrival)
    past = summary["history"]
    yield ("proof.said.history" if past else "proof.said.no-history"), {"count": past}
    several = len(summary["operators"]) > 1
    yield ("proof.said.operators" if several else "proof.said.one-operator"), {}
    if summary["assumed"]:
        yield "proof.said.assumed", {"names": ", ".join(summary["assumed"])}
