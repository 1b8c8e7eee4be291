"""The texts of one standard, to look up: requirements, ambiguities, blocks, faults, twins."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mobstd.canon.files import load, load_if_there
from mobstd.canon.standard import Version
from mobstd.messages import render

__all__ = ["Book", "Explanation", "Section"]


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


class Book:
    """The texts of one standard, in one language."""

    def __init__(self, version: Version, lang: str) -> None:
        """Read the texts of ``version``."""
        self.lang = lang
        self.standard = version.name
        self.messages = version.messages
        folder = version.conformance
        self.rows = _by_id(load_if_there(folder / "requirements.yaml", []))
        self.ambiguities = _by_id(load_if_there(folder / "ambiguities.yaml", []))
        self.blocks: Mapping[str, Any] = version.suite.get("blocks", {})
        self.faults = _by_id(_edits(version, "faults"))
        self.twins = _by_id(_edits(version, "twins"))

    @property
    def ids(self) -> list[str]:
        """What can be explained."""
        return [*self.rows, *self.ambiguities, *self.blocks, *self.faults, *self.twins]

    def explain(self, wanted: str) -> Explanation | None:
        """Return what an id means here."""
        if wanted.upper() in self.rows:
            return self._row(self.rows[wanted.upper()])
        if wanted.upper() in self.ambiguities:
            return self._ambiguity(self.ambiguities[wanted.upper()])
        if wanted in self.blocks:
            return self._block(wanted, self.blocks[wanted])
        if wanted in self.faults:
            return self._edit(self.faults[wanted])
        if wanted in self.twins:
            return self._edit(self.twins[wanted])
        return None

    def listing(self) -> Explanation:
        """Return every requirement and ambiguity with its title."""
        sections = [
            Section(self._say(name), tuple(self._line(one) for one in found.values()))
            for name, found in (("rows", self.rows), ("questions", self.ambiguities))
            if found
        ]
        return Explanation(self.standard, tuple(sections))

    def _line(self, one: Mapping[str, Any]) -> str:
        return f"{one['id']}  {self._text(one['title'])}"

    def _block(self, name: str, block: Mapping[str, Any]) -> Explanation:
        title = self._text(block["title"]) if "title" in block else ""
        core = tuple(self._line(self.rows[row]) for row in block.get("core", ()))
        others = [
            self._line(row)
            for row in self.rows.values()
            if name in row.get("blocks", ()) and row["id"] not in block.get("core", ())
        ]
        sections = (
            Section("", (self._say("block"),)),
            Section(self._say("operations"), (", ".join(block.get("operations", ())),)),
            Section(self._say("core"), core),
            Section(self._say("others"), tuple(others)),
        )
        kept = tuple(section for section in sections if any(section.lines))
        return Explanation(f"{name}  {title}".rstrip(), kept)

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
        sections += self._versions(row)
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
        whose = "settled-by-the-group" if "decided" in ambiguity else "settlement"
        lines.append(self._say(whose, text=self._text(ambiguity["settlement"])))
        for version, text in ambiguity.get("settlements", {}).items():
            lines.append(self._say("settled-in", version=version, text=self._text(text)))
        if "decided" in ambiguity:
            said = ambiguity["decided"]
            lines.append(self._say("decided", day=said["date"], by=", ".join(said["by"])))
            if "minutes" in said:
                lines.append(self._say("minutes", url=said["minutes"]))
        else:
            lines.append(self._say("our-reading"))
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
            yield Section(self._say("checked"), self._kinds(row["checks"]))
        if row.get("covers"):
            yield Section(self._say("covers"), (", ".join(row["covers"]),))
        if row.get("untested"):
            untested = row["untested"]
            lines = [self._say(f"untested.{untested['reason']}")]
            if "because" in untested:
                lines.append(self._text(untested["because"]))
            yield Section(self._say("untested"), tuple(lines))
        if row.get("calls"):
            calls = row["calls"]
            title = (self._text(calls["title"]),) if "title" in calls else ()
            yield Section(self._say("calls"), (*title, *self._kinds(calls["checks"])))

    def _kinds(self, checks: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
        lines = []
        for check in checks:
            lines.append(self._say(f"kind.{check['kind']}"))
            lines += [f"    {name}: {_plain(value)}" for name, value in _params(check)]
        return tuple(lines)

    def _versions(self, row: Mapping[str, Any]) -> Iterator[Section]:
        """Yield what is otherwise in a version, and why one has not got the row."""
        for version, changed in row.get("changes", {}).items():
            lines = [self._text(changed[name]) for name in ("title", "text") if name in changed]
            for name in ("level", "origin"):
                if name in changed:
                    lines.append(self._say(f"{name}.{changed[name]}"))
            for section in self._checks(changed):
                lines += [section.heading, *(f"  {line}" for line in section.lines)]
            yield Section(self._say("in-version", version=version), tuple(lines))
        for version, absent in row.get("absent", {}).items():
            lines = [self._text(absent["because"])]
            if "instead" in absent:
                lines.append(self._say("instead", rows=", ".join(absent["instead"])))
            yield Section(self._say("not-in-version", version=version), tuple(lines))

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
