"""What every renderer says alike: rows of one requirement together, words, the sentence."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mobstd.messages import render

__all__ = [
    "Row",
    "account",
    "by_outcome",
    "callers",
    "checked",
    "clipped",
    "decimal",
    "heading",
    "names",
    "natural_exit",
    "pair",
    "purpose",
    "reason",
    "refused",
    "rows",
    "sentence",
    "shown",
    "title",
    "unlocking",
    "visible",
    "word",
    "written",
]

ORDER = ("failed", "warned", "inconclusive", "passed", "not-run")
"""Outcomes, what needs attention first."""


@dataclass(frozen=True)
class Row:
    """One requirement of a report."""

    entry: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The id of the requirement."""
        return str(self.entry["id"])

    @property
    def level(self) -> str:
        """MUST, SHOULD or MAY."""
        return str(self.entry["level"])

    @property
    def origin(self) -> str:
        """Where the requirement comes from."""
        return str(self.entry["origin"])

    @property
    def outcome(self) -> str:
        """What became of it, over all blocks."""
        return str(self.entry["outcome"])

    @cached_property
    def places(self) -> tuple[tuple[str, str], ...]:
        """Each block that it counts in, with its outcome there."""
        entry = self.entry
        if "blocks" in entry:
            return tuple((block["id"], block["outcome"]) for block in entry["blocks"])
        return ((entry["block"], entry["outcome"]),) if entry["block"] else ()

    @property
    def blocks(self) -> tuple[str, ...]:
        """The blocks that it counts in."""
        return tuple(block for block, _ in self.places)

    @property
    def hit(self) -> tuple[str, ...]:
        """The blocks that have the outcome of the whole."""
        return tuple(block for block, outcome in self.places if outcome == self.outcome)

    @cached_property
    def findings(self) -> tuple[Mapping[str, Any], ...]:
        """The findings, errors first."""
        return tuple(sorted(self.entry["findings"], key=lambda f: f["severity"] != "error"))

    @property
    def because(self) -> tuple[str, ...]:
        """The rows that made an umbrella fail."""
        return tuple(self.entry["because"])

    def title(self, lang: str) -> str:
        """Return the title."""
        return str(self.entry["title"][lang])


def rows(report: Mapping[str, Any]) -> list[Row]:
    """Return the requirements of a report, in its order."""
    return [Row(entry) for entry in report["requirements"]]


def by_outcome(every: Sequence[Row], *outcomes: str) -> list[Row]:
    """Return the rows with one of these outcomes; umbrellas come after what they cover."""
    return sorted((r for r in every if r.outcome in outcomes), key=lambda r: bool(r.because))


def word(kind: str, name: Any, lang: str, /, **params: Any) -> str:
    """Return ``report.<kind>.<name>`` of the catalogue."""
    return render(f"report.{kind}.{name}", params, lang)


def names(report: Mapping[str, Any]) -> str:
    """Return ``standard@version``."""
    return f"{report['standard']['id']}@{report['standard']['version']}"


def title(report: Mapping[str, Any], lang: str) -> str:
    """Return the name of the standard for people."""
    return str(report["standard"].get("title", {}).get(lang, names(report)))


def heading(report: Mapping[str, Any], lang: str) -> str:
    """Return who was judged by what: target, standard, status, role."""
    return word(
        "says",
        "heading-callers" if report.get("side") == "caller" else "heading",
        lang,
        target=visible(report["target"]["name"]),
        standard=names(report),
        status=word("status", report["standard"]["status"], lang),
        role=report["role"],
    )


def callers(report: Mapping[str, Any], lang: str) -> list[tuple[str, ...]]:
    """Return of each caller verdict, name, what tells it apart, requests, and what it broke."""
    return [
        (
            one["verdict"],
            visible(one["name"]),
            word("told", one["told_by"], lang),
            word("says", "caller-requests", lang, count=one["requests"]),
            ", ".join([*one["failed"], *one["warned"]]),
        )
        for one in report.get("callers", ())
    ]


def sentence(report: Mapping[str, Any], lang: str) -> str:
    """Return what the verdict means, in one sentence."""
    return word("sentence", report["verdict"], lang, text=report["standard"]["text"][lang])


def checked(name: str, lang: str) -> str:
    """Return what preflight looked at, in words."""
    return render(f"report.preflight.{name}", {}, lang, default=visible(name))


def purpose(name: str, lang: str) -> str:
    """Return why a request was sent, in words."""
    return render(f"report.purpose.{name}", {}, lang, default=visible(name))


def refused(report: Mapping[str, Any], lang: str) -> list[str]:
    """Return what preflight found wrong, with what to do about it."""
    items = (item for item in report.get("preflight", ()) if item["ok"] is False)
    return [pair(checked(item["check"], lang), item["message"][lang], lang) for item in items]


def natural_exit(report: Mapping[str, Any]) -> int:
    """Return the exit code that the verdict alone would give."""
    by_verdict = {"conforming": 0, "non-conforming": 1, "inconclusive": 3}
    if report["stopped_by"] is not None:
        return int(report["gate"]["exit_code"])
    return by_verdict[report["verdict"]]


UNTOLD = ("unlock.variety", "unlock.stopped")
"""What would unlock more, where the open requirements themselves say as much."""


def unlocking(report: Mapping[str, Any], lang: str) -> list[str]:
    """Return what is missing altogether, each thing once."""
    texts = (
        item["message"][lang]
        for block in report["blocks"]
        for item in block.get("unlock", ())
        if item["message"]["code"] not in UNTOLD
    )
    return list(dict.fromkeys(texts))


def written(report: Mapping[str, Any], lang: str) -> list[tuple[bool, str]]:
    """Return what the run made, and what of it is left; ``True`` beside what needs somebody."""
    writes = report.get("writes") or {"resources": {}, "left": []}
    lines = [
        (False, word("says", "made" if one["undoable"] else "sent", lang, **facts))
        for one in writes["resources"].values()
        for facts in [{"count": one["made"], "thing": one["title"][lang]}]
        if one["made"]
    ]
    if writes["left"]:
        facts = {"count": len(writes["left"]), "file": writes["journal"]}
        lines.append((True, word("says", "left", lang, **facts)))
    return lines


def surveyed(report: Mapping[str, Any], lang: str) -> list[str]:
    """Return a line for each list that was looked over: how many items, how many of which sort."""
    return [
        word(
            "says",
            "surveyed",
            lang,
            title=visible(one["title"][lang]),
            items=one["items"],
            sorts=", ".join(
                f"{sort['count']} {visible(sort['title'][lang])}" for sort in one["sorts"]
            ),
        )
        for one in report.get("survey", ())
        if one["items"]
    ]


def pair(name: str, value: str, lang: str) -> str:
    """Return ``name: value`` with the colon of the language."""
    return word("says", "pair", lang, name=name, value=value)


def account(row: Row, findings: Sequence[Mapping[str, Any]], lang: str) -> str:
    """Return what there is to say of a row that failed or warned, as plain text."""
    parts = []
    if row.because:
        parts.append(word("says", "because", lang, rows=", ".join(row.because)))
    for finding in findings:
        lines = [finding["message"][lang], f"{finding['operation'] or '-'}  {finding['pointer']}"]
        for name in ("expected", "received"):
            if finding[name] is not None:
                lines.append(pair(word("says", name, lang), shown(finding[name], 500), lang))
        key = pair(word("says", "fingerprint", lang), finding["fingerprint"], lang)
        lines += [finding["curl"], key]
        said = (visible(line.rstrip(), lines=True) for line in lines if line.strip())
        parts.append("\n".join(said))
    parts.append(word("says", "explain", lang, id=row.id))
    return "\n\n".join(parts)


def reason(entry: Mapping[str, Any], lang: str) -> str:
    """Return why a row is inconclusive or was not run."""
    note = entry.get("note")
    if note:
        return str(note[lang])
    if entry["because"] and entry["outcome"] in ("failed", "warned"):
        return word("says", "because", lang, rows=", ".join(entry["because"]))
    return word("reason", entry["reason"], lang) if entry["reason"] else ""


def decimal(value: float, lang: str) -> str:
    """Return a number with one decimal, as the language writes it."""
    text = f"{value:.1f}"
    return text.replace(".", ",") if lang == "fr" else text


_UNSEEN = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def visible(text: str, *, lines: bool = False) -> str:
    """Return text from a stranger with every control character made visible.

    No escape sequence reaches a terminal, and nothing can turn the direction of writing.
    """
    if text.isprintable() and not _UNSEEN.search(text):
        return text
    return "".join(
        char
        if (lines and char == "\n") or (char.isprintable() and not _UNSEEN.match(char))
        else _escaped(char)
        for char in text
    )


def _escaped(char: str) -> str:
    known = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
    if char in known:
        return known[char]
    if unicodedata.category(char) == "Zs":
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


def shown(value: Any, limit: int = 200) -> str:
    """Return a JSON value in one line, cut at ``limit`` characters."""
    phrase = isinstance(value, str) and value.strip() == value != ""
    text = str(value) if phrase else json.dumps(value, ensure_ascii=False)
    return clipped(visible(text[: limit + 1]), limit)


def clipped(text: str, limit: int) -> str:
    """Return text of ``limit`` characters at most."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
