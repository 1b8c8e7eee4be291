"""One row of the table of the directory, as an aid."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Any

from mobstd.mobility_aid.importing.columns import LEVELS, MODES, REQUIRED, Layout
from mobstd.mobility_aid.importing.diagnostics import Diagnostic, Imported
from mobstd.mobility_aid.importing.places import plain, resolve

__all__ = ["FORMAT", "Row"]

FORMAT = "referentiel-aides-mobilite"

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:~-]{0,100}")
_LINK = re.compile(r"https?://[A-Za-z0-9.-]+\.[A-Za-z]{2,}(:[0-9]+)?([/?#][!-;=?-\[\]_a-z~]*)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_QUOTED = re.compile(r"'([^'\\]*)'")
_PYTHON = re.compile(r"\[\s*'[^'\\]*'\s*(,\s*'[^'\\]*'\s*)*\]")
_TITLE = 250


class Row:
    """A row while it is read."""

    def __init__(
        self, layout: Layout, columns: Sequence[str], cells: Sequence[str], line: int
    ) -> None:
        self._layout, self._columns, self._line = layout, list(columns), line
        self._record = dict(zip(columns, cells, strict=True))
        self._found: list[Diagnostic] = []

    def read(self, seen: set[str], at: str) -> Imported:
        """Return what became of it; ``seen`` are the ids of the rows before, and gets this one."""
        for part in REQUIRED:
            if not self._text(part):
                self._tell(part, "absent", refused=True)
        key = self._text("id")
        level = LEVELS.get(self._text("level").rstrip(". "))
        if key and not _ID.fullmatch(key):
            self._tell("id", "bad-identifier", key[:100], refused=True)
        elif key in seen:
            self._tell("id", "repeated-identifier", key, refused=True)
        if level is None and self._text("level"):
            self._tell("level", "unknown-value", self._text("level")[:100], refused=True)
        if any(one.refused for one in self._found):
            return Imported(None, tuple(self._found))
        seen.add(key)
        aid = {
            "schemaVersion": "0.1",
            "id": f"{FORMAT}:{key}",
            "identifiers": [{"scheme": FORMAT, "value": key}],
            "title": self._title(),
            "description": self._text("description"),
            "language": "fr",
            "level": level,
            "status": "unknown",
            "currency": "EUR",
            "funders": [{"name": self._text("funder"), "roles": ["funder"]}],
            "territory": self._territory(),
            "modes": self._modes(),
            "benefits": [self._benefit()],
            "eligibility": {"text": self._text("conditions"), "coverage": "text-only"},
            **self._rest(),
            "provenance": self._provenance(at),
        }
        return Imported(aid, tuple(self._found))

    def _tell(self, part: str, code: str, detail: str = "", refused: bool = False) -> None:
        record = self._record[self._layout.columns["id"]].strip()[:100] or str(self._line)
        column = self._layout.columns[part]
        self._found.append(Diagnostic(record, column, code, detail, refused, self._line))

    def _text(self, part: str) -> str:
        """Return a cell as text to read: its line breaks real, no blanks around it, NFC."""
        cell = self._record.get(self._layout.columns.get(part, ""), "")
        return unicodedata.normalize("NFC", cell.replace("\\n", "\n").strip())

    def _title(self) -> str:
        title = self._text("title")
        if len(title) <= _TITLE:
            return title
        self._tell("title", "cut")
        return title[: _TITLE - 1] + "…"

    def _territory(self) -> dict[str, Any]:
        code, name = self._text("code"), self._text("place")
        area = resolve(code, name)
        if area["type"] == "unresolved":
            part = "code" if "code" in self._layout.columns else "place"
            self._tell(part, "unresolved-place", f"{code} {name}".strip()[:100])
        return {"include": [area], "text": name}

    def _modes(self) -> list[str]:
        found: dict[str, None] = {}
        for word in self._list("modes"):
            known = MODES.get(plain(word))
            if known is None:
                self._tell("modes", "unknown-mode", word[:100])
            found[known or "other"] = None
        return list(found)

    def _list(self, part: str) -> list[str]:
        """Return the items of a cell: JSON, or told: a list of Python, or one of semicolons."""
        text = self._text(part)
        if not text:
            return []
        try:
            items = json.loads(text)
        except (ValueError, RecursionError):
            items = None
        if isinstance(items, list) and all(map(_is_text, items)):
            return [one.strip() for one in items if one.strip()]
        if _PYTHON.fullmatch(text):
            self._tell(part, "not-a-list", "Python")
            return [one.strip() for one in _QUOTED.findall(text) if one.strip()]
        self._tell(part, "not-a-list", ";")
        return [one.strip() for one in text.split(";") if one.strip()]

    def _benefit(self) -> dict[str, Any]:
        text, least = self._text("amount"), self._text("minimum")
        benefit = {"kind": "other", "amount": {"type": "text", "text": text}, "text": text}
        return {**benefit, **({"minimumText": least} if least else {})}

    def _rest(self) -> dict[str, Any]:
        parts: dict[str, Any] = {}
        if documents := self._list("documents"):
            parts["documents"] = [{"label": one} for one in documents]
        if validity := self._validity():
            parts["validity"] = validity
        if link := self._text("link"):
            parts["application"] = (
                {"channels": [{"type": "online", "url": link}]}
                if self._is_link("link", link)
                else {"text": link}
            )
        if method := self._text("method"):
            parts["payment"] = {"text": method}
        else:
            self._tell("method", "absent")
        if info := self._text("info"):
            parts["additionalInfo"] = info
        if contact := self._text("contact"):
            parts["contact"] = {"text": contact}
        return parts

    def _validity(self) -> dict[str, str]:
        end, words = self._text("end"), [self._text("duration")]
        found: dict[str, str] = {}
        if end and _is_day(end):
            found["end"] = end
        elif end:
            self._tell("end", "not-a-date", end[:100])
            words.append(end)
        if text := "\n".join(filter(None, words)):
            found["text"] = text
        return found

    def _is_link(self, part: str, text: str) -> bool:
        if _LINK.fullmatch(text):
            return True
        self._tell(part, "not-a-link", text[:100])
        return False

    def _provenance(self, at: str) -> dict[str, Any]:
        source = self._text("source")
        original = {
            "format": FORMAT,
            "version": self._layout.version,
            "record": self._record,
            "columns": self._columns,
        }
        if not source:
            return {"updatedAt": at, "original": original}
        kind = "url" if self._is_link("source", source) else "label"
        return {"updatedAt": at, "source": {kind: source}, "original": original}


def _is_day(text: str) -> bool:
    try:
        return bool(_DAY.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False


def _is_text(value: Any) -> bool:
    """Say whether it is a text without half characters, which JSON can escape."""
    return isinstance(value, str) and not any("\ud800" <= one <= "\udfff" for one in value)
