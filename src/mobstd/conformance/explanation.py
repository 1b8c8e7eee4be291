"""What an id means, in words: a requirement, an ambiguity, a fault, a finding code, a verdict."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from mobstd.canon.files import load
from mobstd.canon.root import Root, packaged
from mobstd.canon.standard import Version, versions
from mobstd.conformance.book import Book, Explanation, Section
from mobstd.errors import UnknownName
from mobstd.messages import catalogue, render

__all__ = ["Explanation", "Section", "explain", "listing"]

_FINGERPRINT = re.compile("[0-9a-f]{16}")
_OWN = ("argparse.", "cli.", "explain.", "profile.starter.")
"""Messages that no report shows."""


def explain(wanted: str, lang: str = "en", roots: Iterable[Root] = ()) -> list[Explanation]:
    """Return what ``wanted`` means; in each standard, for what several number alike.

    Raises:
        UnknownName: with the closest ids that are there.
    """
    books = [Book(version, lang) for version in _one_per_standard(roots)]
    found = [one for book in books if (one := book.explain(wanted)) is not None]
    if found:
        return found
    word = _word(wanted, lang)
    if word is not None:
        return [word]
    if _FINGERPRINT.fullmatch(wanted):
        raise UnknownName("explain.fingerprint", wanted=wanted)
    for book in books:
        if wanted in book.messages:
            return [_message(wanted, book.messages[wanted][lang], lang)]
    if wanted in catalogue():
        return [_message(wanted, catalogue()[wanted][lang], lang)]
    known = [*_words(), *_finding_codes(), *(one for book in books for one in book.ids)]
    close = [one for one in known if one.endswith(f"-{wanted.upper()}")]
    close += difflib.get_close_matches(wanted, known, n=4, cutoff=0.5)
    close += difflib.get_close_matches(wanted.upper(), known, n=4, cutoff=0.6)
    close = list(dict.fromkeys(close))
    code = "explain.unknown-close" if close else "explain.unknown"
    raise UnknownName(code, wanted=wanted, close=", ".join(close[:4]))


def listing(lang: str = "en", roots: Iterable[Root] = ()) -> list[Explanation]:
    """Return every requirement and ambiguity with its title, by standard."""
    return [Book(version, lang).listing() for version in _one_per_standard(roots)]


def _one_per_standard(roots: Iterable[Root]) -> list[Version]:
    found: dict[tuple[str, Root], Version] = {}
    for version in versions(roots):
        found[(version.name, version.root)] = version
    return list(found.values())


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
            short = word[lang] if word[lang] != wanted.lower() else ""
            lines = (short, render(key, {}, lang, default=""))
            title = render(f"explain.{name}", {"word": wanted.lower()}, lang)
            return Explanation(title, (Section("", tuple(filter(None, lines))),))
    return None


def _message(code: str, text: str, lang: str) -> Explanation:
    advice = catalogue().get(f"{code}.next", {}).get(lang)
    lines = (text, advice) if advice else (text,)
    title = render("explain.message", {"code": code}, lang)
    return Explanation(title, (Section("", lines),))
