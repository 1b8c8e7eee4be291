"""A report as one web page that asks nobody for anything: no request leaves it.

Texts in it that came from a stranger are escaped by the template and stripped of what could
change the direction of writing; the page forbids every script but its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any
from urllib.parse import urlencode

from mobstd.conformance.report import view
from mobstd.conformance.report.terminal import MARKS
from mobstd.conformance.report.view import visible, word
from mobstd.judging.pointer import MISSING, get, join
from mobstd.messages import LANGUAGES, catalogue
from mobstd.output.page import Page

__all__ = ["render"]

AROUND = 4
"""Lines of a body that an excerpt shows before and after."""

VALUE = 2000
"""Characters of an expected or received value that are shown."""


@cache
def _page() -> Page:
    return Page(
        __package__,
        {
            "word": _word,
            "marks": {name: mark for name, (mark, _) in MARKS.items()},
            "pretty": _pretty,
            "value": _value,
            "target": _target,
            "entries": _entries,
            "statuses": _statuses,
            "reason": view.reason,
            "template": lambda name, lang: catalogue()[f"report.says.{name}"][lang],
        },
        {
            "v": lambda text: visible(str(text)),
            "lines": lambda text: visible(str(text), lines=True),
        },
    )


def _word(kind: str, name: str, lang: str, /, **params: Any) -> str:
    return word(kind, name, lang, **params)


def render(report: Mapping[str, Any], lang: str = "en") -> str:
    """Return the page; both languages are in it, ``lang`` is the one that shows first."""
    rows = view.rows(report)
    order = {outcome: i for i, outcome in enumerate(view.ORDER)}
    rows.sort(key=lambda row: (order[row.outcome], bool(row.because)))
    baseline = report["gate"].get("baseline") or {}
    return _page().render(
        lang,
        title={one: f"{_verdict(report, one)}{view.heading(report, one)}" for one in LANGUAGES},
        report=_filled(report),
        rows=[_RowView(row) for row in rows],
        standard=view.names(report),
        heading=partial(view.heading, report),
        preflight=view.checked,
        purpose=view.purpose,
        sentence=partial(view.sentence, report),
        callers=partial(view.callers, report),
        outcomes=[(o, sum(row.outcome == o for row in rows)) for o in view.ORDER],
        core={row["id"] for block in report["blocks"] for row in block.get("core", ())},
        accepted=frozenset(baseline.get("accepted", ())),
        surveyed=_both(view.surveyed(report, lang) for lang in LANGUAGES),
        made=_made(report),
        troubles=[item for item in report.get("preflight", ()) if item["ok"] is False],
        asked=_cited(report, "/request/body"),
        cited=_cited(report, "/response/body"),
        excerpt=partial(_excerpt, report["exchanges"]),
    )


def _verdict(report: Mapping[str, Any], lang: str) -> str:
    return word("verdict", report["verdict"], lang) + (" : " if lang == "fr" else ": ")


def _made(report: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what the run made, in both languages."""
    return _both([text for _, text in view.written(report, lang)] for lang in LANGUAGES)


def _both(said: Iterable[Sequence[str]]) -> list[dict[str, str]]:
    """Return lines that were said in each language, each with its words by language."""
    return [dict(zip(LANGUAGES, texts, strict=True)) for texts in zip(*said, strict=True)]


OPTIONAL: dict[str, dict[str, Any]] = {
    "report": {"preflight": [], "exploration": {}, "coverage": {}},
    "block": {"title": None, "unlock": []},
    "target": {"software": None},
    "standard": {"title": None},
    "row": {"text": None, "source": []},
    "finding": {"count": 1, "hint": None},
    "covered": {"parameters": None, "fields": None},
    "preflight": {"blame": None},
}
"""Optional members of a report that the template names."""


def _filled(report: Mapping[str, Any]) -> dict[str, Any]:
    out = {**OPTIONAL["report"], **report}
    out["blocks"] = [{**OPTIONAL["block"], **block} for block in report["blocks"]]
    out["target"] = {**OPTIONAL["target"], **report["target"]}
    out["standard"] = {**OPTIONAL["standard"], **report["standard"]}
    out["preflight"] = [{**OPTIONAL["preflight"], **item} for item in out["preflight"]]
    out["coverage"] = {k: {**OPTIONAL["covered"], **v} for k, v in out["coverage"].items()}
    out["exchanges"] = {name: _exchange(e) for name, e in report["exchanges"].items()}
    return out


def _exchange(exchange: Mapping[str, Any]) -> dict[str, Any]:
    out = {"response": None, "failure": None, **exchange}
    for side in ("request", "response"):
        if out[side]:
            out[side] = {"headers": [], "query": [], "truncated": False, **out[side]}
    if out["failure"]:
        out["failure"] = {"en": None, "fr": None, **out["failure"]}
    return out


class _RowView(view.Row):
    """A row whose optional members are there."""

    def __init__(self, row: view.Row) -> None:
        entry = {**OPTIONAL["row"], **row.entry}
        entry["findings"] = [{**OPTIONAL["finding"], **f} for f in row.findings]
        super().__init__(entry)


def _entries(row: view.Row) -> str:
    return json.dumps(row.places)


def _statuses(seen: Mapping[str, Any]) -> str:
    counts = seen.get("statuses", {})
    return ", ".join(f"{status} ×{count}" for status, count in counts.items()) or "-"


def _target(exchange: Mapping[str, Any]) -> str:
    request = exchange["request"]
    query = urlencode([tuple(pair) for pair in request.get("query", ())], errors="replace")
    return visible(request["path"] + (f"?{query}" if query else ""))


def _value(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, str) and value.strip():
        text = value
    else:
        text = json.dumps(value, ensure_ascii=False, indent=2)
    text = visible(text, lines=True)
    return text if len(text) <= VALUE else text[:VALUE] + "…"


def _cited(report: Mapping[str, Any], body: str) -> dict[str, list[str]]:
    """Return the pointers into the bodies of requests or responses by exchange."""
    cited: dict[str, list[str]] = {name: [] for name in report["exchanges"]}
    for row in report["requirements"]:
        for finding in row["findings"]:
            pointer = finding["pointer"]
            for name in finding["exchanges"][:1]:
                if name in cited and pointer.startswith(body):
                    cited[name].append(pointer.removeprefix(body))
    return cited


def _lines(value: Any, at: str, indent: str, before: str, after: str) -> Iterator[tuple[str, str]]:
    """Yield ``(pointer, line)`` of a JSON value written over several lines."""
    if isinstance(value, dict) and value:
        yield at, f"{indent}{before}{{"
        for i, (key, member) in enumerate(value.items()):
            comma = "," if i < len(value) - 1 else ""
            name = json.dumps(key, ensure_ascii=False) + ": "
            yield from _lines(member, at + join([key]), indent + "  ", name, comma)
        yield "", f"{indent}}}{after}"
    elif isinstance(value, list) and value:
        yield at, f"{indent}{before}["
        for i, item in enumerate(value):
            comma = "," if i < len(value) - 1 else ""
            yield from _lines(item, f"{at}/{i}", indent + "  ", "", comma)
        yield "", f"{indent}]{after}"
    else:
        yield at, f"{indent}{before}{json.dumps(value, ensure_ascii=False)}{after}"


def _pretty(side: Mapping[str, Any], marked: Iterable[str]) -> Any:
    """Return a body as HTML, the lines that ``marked`` points at in ``<mark>``."""
    from markupsafe import Markup, escape

    if side["body_as"] not in ("json", "form"):
        return escape(visible(str(side["body"]), lines=True))
    pointers = set(marked) - {""}
    out = []
    for at, line in _lines(side["body"], "", "", "", ""):
        text = escape(visible(line))
        out.append(Markup("<mark>{}</mark>").format(text) if at in pointers else text)
    return Markup("\n").join(out)


def _excerpt(exchanges: Mapping[str, Any], finding: Mapping[str, Any]) -> Any:
    """Return the lines of the body around what a finding points at, or nothing."""
    from markupsafe import Markup, escape

    name = "request" if finding["pointer"].startswith("/request/") else "response"
    pointer = finding["pointer"].removeprefix(f"/{name}/body")
    if not finding["exchanges"] or pointer in ("", finding["pointer"]):
        return ""
    side = exchanges.get(finding["exchanges"][0], {}).get(name, {})
    if side.get("body_as") not in ("json", "form"):
        return ""
    body, at = side["body"], pointer
    while at and get(body, at) is MISSING:
        at = at.rpartition("/")[0]
    if not at:
        return ""
    lines = list(_lines(body, "", "", "", ""))
    place = next((i for i, (where, _) in enumerate(lines) if where == at), None)
    if place is None:
        return ""
    first, last = max(0, place - AROUND), min(len(lines), place + AROUND + 1)
    shown = [line for _, line in lines[first:last]]
    cut = min(len(line) - len(line.lstrip(" ")) for line in shown)
    out = [escape(visible(view.clipped(line[cut:], 200))) for line in shown]
    out[place - first] = Markup("<mark>{}</mark>").format(out[place - first])
    if first:
        out.insert(0, escape("…"))
    if last < len(lines):
        out.append(escape("…"))
    return Markup("\n").join(out)
