"""What an id means, in words: a requirement, an ambiguity, a fault, a finding code, a verdict."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mobstd.canon.files import load, load_if_there
from mobstd.canon.root import Root, packaged
from mobstd.canon.standard import Version, versions
from mobstd.errors import UnknownName
from mobstd.messages import catalogue, render

__all__ = ["Explanation", "Section", "explain"]

_OWN = ("argparse.", "cli.", "explain.", "profile.starter.")
"""Messages that no report shows."""


@dataclass(frozen=True)
class Section:
    """Lines under a heading; the heading may be empty."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """What an id means."""

    title: str
    sections: tuple[Section, ...]


def explain(wanted: str, lang: str = "en", roots: Iterable[Root] = ()) -> list[Explanation]:
    """Return what ``wanted`` means; in each standard, for what several number alike.

    Raises:
        UnknownName: with the closest ids that are there.
    """
    books = [_Book(version, lang) for version in _one_per_standard(roots)]
    found = [one for book in books if (one := book.explain(wanted)) is not None]
    if found:
        return found
    word = _word(wanted, lang)
    if word is not None:
        return [word]
    for book in books:
        if wanted in book.messages:
            return [_message(wanted, book.messages[wanted][lang], lang)]
    if wanted in catalogue():
        return [_message(wanted, catalogue()[wanted][lang], lang)]
    known = [*_words(), *_finding_codes(), *(one for book in books for one in book.ids)]
    close = difflib.get_close_matches(wanted, known, n=4, cutoff=0.5)
    close += difflib.get_close_matches(wanted.upper(), known, n=4, cutoff=0.6)
    close = list(dict.fromkeys(close))
    code = "explain.unknown-close" if close else "explain.unknown"
    raise UnknownName(code, wanted=wanted, close=", ".join(close[:4]))


def _one_per_standard(roots: Iterable[Root]) -> list[Version]:
    found: dict[tuple[str, Root], Version] = {}
    for version in versions(roots):
        found[(version.name, version.root)] = version
    return list(found.values())


class _Book:
    """The texts of one standard, in one language."""

    def __init__(self, version: Version, lang: str) -> None:
        self.lang = lang
        self.standard = version.name
        self.messages = version.messages
        folder = version.conformance
        self.rows = _by_id(load_if_there(folder / "requirements.yaml", []))
        self.ambiguities = _by_id(load_if_there(folder / "ambiguities.yaml", []))
        self.faults = _by_id(_edits(version, "faults"))
        self.twins = _by_id(_edits(version, "twins"))

    @property
    def ids(self) -> list[str]:
        return [*self.rows, *self.ambiguities, *self.faults, *self.twins]

    def explain(self, wanted: str) -> Explanation | None:
        if wanted.upper() in self.rows:
            return self._row(self.rows[wanted.upper()])
        if wanted.upper() in self.ambiguities:
            return self._ambiguity(self.ambiguities[wanted.upper()])
        if wanted in self.faults:
            return self._edit(self.faults[wanted])
        if wanted in self.twins:
            return self._edit(self.twins[wanted])
        return None

    def _text(self, texts: Mapping[str, str]) -> str:
        return texts.get(self.lang) or texts["en"]

    def _say(self, code: str, **params: Any) -> str:
        return render(f"explain.{code}", params, self.lang)

    def _row(self, row: Mapping[str, Any]) -> Explanation:
        sections = [
            Section("", (self._say(f"level.{row['level']}"), self._say(f"origin.{row['origin']}"))),
        ]
        if "text" in row:
            sections.append(Section("", (self._text(row["text"]),)))
        sections += self._facts(row)
        for name in row.get("ambiguities", ()):
            if name in self.ambiguities:
                sections.append(self._settlement(self.ambiguities[name]))
        sections += self._checks(row)
        sections += self._faults(row["id"])
        return Explanation(f"{row['id']}  {self._text(row['title'])}", tuple(sections))

    def _facts(self, row: Mapping[str, Any]) -> Iterator[Section]:
        for name in ("roles", "blocks", "operations", "versions"):
            if row.get(name):
                yield Section(self._say(name), (", ".join(row[name]),))
        sources = tuple(self._source(source) for source in row.get("source", ()))
        if sources:
            yield Section(self._say("source"), sources)

    def _source(self, source: Mapping[str, Any]) -> str:
        return " ".join(str(value) for value in source.values() if not isinstance(value, Mapping))

    def _settlement(self, ambiguity: Mapping[str, Any]) -> Section:
        lines = [self._text(ambiguity["title"])]
        if "text" in ambiguity:
            lines.append(self._text(ambiguity["text"]))
        lines.append(self._say("settlement", text=self._text(ambiguity["settlement"])))
        if ambiguity.get("status") == "open":
            lines.append(self._say("open"))
        return Section(ambiguity["id"], tuple(lines))

    def _ambiguity(self, ambiguity: Mapping[str, Any]) -> Explanation:
        resting = [
            f"{row['id']}  {self._text(row['title'])}"
            for row in self.rows.values()
            if ambiguity["id"] in row.get("ambiguities", ())
        ]
        section = self._settlement(ambiguity)
        sections = [Section("", section.lines[1:])]
        if resting:
            sections.append(Section(self._say("resting"), tuple(resting)))
        title = f"{self.standard} {ambiguity['id']}  {section.lines[0]}"
        return Explanation(title, tuple(sections))

    def _checks(self, row: Mapping[str, Any]) -> Iterator[Section]:
        if row.get("checks"):
            lines = []
            for check in row["checks"]:
                lines.append(self._say(f"kind.{check['kind']}"))
                lines += [f"    {name}: {_plain(value)}" for name, value in _params(check)]
            yield Section(self._say("checked"), tuple(lines))
        if row.get("covers"):
            yield Section(self._say("covers"), (", ".join(row["covers"]),))
        if row.get("untested"):
            untested = row["untested"]
            lines = [self._say(f"untested.{untested['reason']}")]
            if "because" in untested:
                lines.append(self._text(untested["because"]))
            yield Section(self._say("untested"), tuple(lines))

    def _faults(self, requirement: str) -> Iterator[Section]:
        faults = [f for f in self.faults.values() if f.get("requirement") == requirement]
        if faults:
            lines = tuple(f"{f['id']}  {self._text(f['title'])}" for f in faults)
            yield Section(self._say("faults"), lines)

    def _edit(self, edit: Mapping[str, Any]) -> Explanation:
        sections = []
        if "requirement" in edit:
            row = self.rows.get(edit["requirement"])
            title = self._text(row["title"]) if row else ""
            sections.append(Section(self._say("breaks"), (f"{edit['requirement']}  {title}",)))
        if "because" in edit:
            sections.append(Section(self._say("legal"), (self._text(edit["because"]),)))
        if edit.get("operations"):
            sections.append(Section(self._say("operations"), (", ".join(edit["operations"]),)))
        return Explanation(f"{edit['id']}  {self._text(edit['title'])}", tuple(sections))


def _by_id(rows: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {row["id"]: row for row in rows}


def _edits(version: Version, kind: str) -> Iterator[Mapping[str, Any]]:
    for path in sorted((version.conformance / kind).glob("*.json")):
        loaded = load(path)
        yield from loaded if isinstance(loaded, list) else (loaded,)


def _params(check: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(k, v) for k, v in check.items() if k not in ("kind", "message")]


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _tables() -> Mapping[str, Any]:
    tables: Mapping[str, Any] = load(packaged().conformance / "verdicts.json")
    return tables


def _words() -> list[str]:
    tables = _tables()
    names = ("verdicts", "outcomes", "reasons", "exit_codes")
    return [word for name in names for word in tables[name]]


def _finding_codes() -> list[str]:
    return [code for code in catalogue() if not code.startswith(_OWN) and code[-5:] != ".next"]


def _word(wanted: str, lang: str) -> Explanation | None:
    tables = _tables()
    for name in ("verdicts", "outcomes", "reasons", "exit_codes"):
        words = tables[name]
        if wanted.lower() in words:
            word = words[wanted.lower()]
            key = f"explain.more.{wanted.lower()}"
            lines = (word[lang], render(key, {}, lang, default=""))
            title = render(f"explain.{name}", {"word": wanted.lower()}, lang)
            return Explanation(title, (Section("", tuple(filter(None, lines))),))
    return None


def _message(code: str, text: str, lang: str) -> Explanation:
    advice = catalogue().get(f"{code}.next", {}).get(lang)
    lines = (text, advice) if advice else (text,)
    title = render("explain.message", {"code": code}, lang)
    return Explanation(title, (Section("", lines),))
