"""Patterns: whether every engine reads them, and reads them alike.

Engines: Python's ``re``, ECMA 262 with the flag ``u`` (what ajv uses), and those that never go back
(RE2 of Go, ``regex`` of Rust). ``$`` before a last line feed is left aside: Python alone accepts
that, and every pattern that has an end would be named.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

from mobstd.release.lint.place import Place
from mobstd.release.lint.rule import Found, Rule, at
from mobstd.release.lint.subject import Subject

__all__ = ["RULES", "differences", "refusals"]

PYTHON, ECMA, LINEAR = "Python", "ECMAScript (u)", "RE2 (Go), regex (Rust)"

LONGEST = 2000
"""Letters of a pattern that is looked into."""

CLASSES = {"d": "\u0663", "w": "\u00e9", "s": "\ufeff", "b": "\u00e9", "B": "\u00e9"}
"""Escapes that engines read differently, each with a text that shows it."""

SYNTAX = "^$\\.*+?()[]{}|/"
GROUPS = (
    ("(?P", ECMA),
    ("(?<=", LINEAR),
    ("(?<!", LINEAR),
    ("(?=", LINEAR),
    ("(?!", LINEAR),
    ("(?<", PYTHON),
    ("(?>", f"{ECMA}, {LINEAR}"),
    ("(?#", f"{ECMA}, {LINEAR}"),
)
ESCAPE = re.compile(r"\\([pPu]\{[^}]*\}|0[0-7]*|.)", re.DOTALL)
NESTED = re.compile(r"\((\?:)?(\[[^\]]*\]|\\?[^()\\])[+*]\)[+*{]")


def tokens(pattern: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a pattern, each with whether it stands in a class."""
    place, inside = 0, False
    while place < len(pattern):
        escaped = ESCAPE.match(pattern, place)
        size = len(escaped[0]) if escaped else 1
        piece = pattern[place : place + size]
        if piece == "[" and not inside:
            inside = True
            for first in ("^", "]"):
                if pattern[place + size : place + size + 1] == first:
                    size += 1
            yield pattern[place : place + size], False
        elif piece == "]" and inside:
            inside = False
            yield piece, False
        else:
            yield piece, inside
        place += size


def refusals(pattern: str) -> list[tuple[str, str]]:
    """Return the engines that refuse a pattern, each with the piece that they refuse."""
    found: list[tuple[str, str]] = []
    for piece, inside in tokens(pattern):
        if len(piece) > 1 and piece[0] == "\\":
            engine = _escape(piece, inside)
            if engine:
                found.append((engine, piece))
    outside = _outside(pattern)
    for place in (match.start() for match in re.finditer(r"\(\?", outside)):
        named = next((one for one in GROUPS if outside.startswith(one[0], place)), None)
        if named:
            found.append((named[1], named[0]))
        elif not outside.startswith("(?:", place):
            found.append((ECMA, outside[place : place + 4]))
    found += [(f"{ECMA}, {LINEAR}", one) for one in re.findall(r"[*+?}]\+", outside)]
    braces = re.sub(r"\{[0-9]+(,[0-9]*)?\}", "", outside)
    found += [(ECMA, one) for one in re.findall(r"[{}\]]", braces)]
    if not any(PYTHON in engines for engines, _ in found) and not _compiled(pattern):
        found.insert(0, (PYTHON, pattern))
    return list(dict.fromkeys(found))


def _compiled(pattern: str) -> bool:
    """Say whether Python reads a pattern."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    return True


def _escape(piece: str, inside: bool) -> str | None:
    """Return the engines that refuse an escape."""
    letter = piece[1]
    if letter in "pP":
        return PYTHON
    if letter == "0":
        return LINEAR if piece == "\\0" else f"{ECMA}, {LINEAR}"
    if letter == "b" and inside:
        return LINEAR
    if letter in "AZzGQEK":
        return ECMA
    if letter in "123456789" and not inside:
        return LINEAR
    known = letter in "dDwWsSbBtnrfvxu0123456789c" or letter in SYNTAX
    if known or (letter == "-" and inside):
        return None
    return ECMA


def _outside(pattern: str) -> str:
    """Return a pattern without escapes, and with its classes as one letter."""
    pieces: list[str] = []
    opened = _opened(pattern)
    for piece, inside in tokens(pattern):
        if not inside:
            opens = piece[0] == "["
            pieces.append("a" if piece[0] == "\\" or opens else "" if piece == "]" else piece)
            if piece == "]" and not opened:
                pieces.append("]")
    return "".join(pieces)


def _opened(pattern: str) -> bool:
    return any(piece[0] == "[" for piece, inside in tokens(pattern) if not inside)


def differences(pattern: str) -> list[tuple[str, str]]:
    """Return the pieces that engines read differently, each with a text that shows it."""
    found = []
    for piece, inside in tokens(pattern):
        if (
            piece[0] == "\\"
            and len(piece) == 2
            and piece[1].lower() in "dwsb"
            and not (inside and piece[1] in "bB")
        ):
            found.append((piece, CLASSES.get(piece[1], CLASSES[piece[1].lower()])))
        elif inside and piece == "[":
            found.append(("[ in [...]", "["))
        elif piece in ("[]", "[^]"):
            found.append((piece, "]"))
    classes = re.findall(r"\[(?:\\.|[^\]\\])*\]", pattern)
    found += [(two, two) for one in classes for two in ("&&", "--", "~~") if two in one[1:-1]]
    found += [(one, "") for one in re.findall(r"\{,[0-9]+\}", _outside(pattern))]
    return list(dict.fromkeys(found))


def _patterns(subject: Subject) -> Iterator[tuple[Place, str, str]]:
    for place in subject.places:
        said = place.schema.get("pattern")
        if isinstance(said, str) and len(said) <= LONGEST:
            yield place, "/pattern", said
        named = place.schema.get("patternProperties")
        for pattern in named if isinstance(named, dict) else ():
            if len(pattern) <= LONGEST:
                yield place, "/patternProperties", pattern


def _refused(subject: Subject) -> Found:
    for place, below, pattern in _patterns(subject):
        for engines, piece in refusals(pattern):
            yield at(place, below, pattern=pattern, engines=engines, piece=piece)


def _different(subject: Subject) -> Found:
    for place, below, pattern in _patterns(subject):
        for piece, text in differences(pattern):
            shown = text.encode("unicode_escape").decode()
            yield at(place, below, pattern=pattern, piece=piece, text=shown)


def _loose(subject: Subject) -> Found:
    for place, below, pattern in _patterns(subject):
        if below == "/patternProperties":
            continue
        begins, ends = pattern.startswith("^"), pattern.endswith("$")
        alternatives = _branches(pattern)
        half = any(one.startswith("^") != one.endswith("$") for one in alternatives)
        if not (begins or ends) or (len(alternatives) > 1 and half):
            yield at(place, below, pattern=pattern)


def _branches(pattern: str) -> list[str]:
    """Return the alternatives of a pattern that stand in no group."""
    found, depth, current = [], 0, ""
    for piece, inside in tokens(pattern):
        depth += (piece == "(") - (piece == ")") if not inside else 0
        if piece == "|" and depth == 0 and not inside:
            found.append(current)
            current = ""
        else:
            current += piece
    return [*found, current]


def _slow(subject: Subject) -> Found:
    for place, below, pattern in _patterns(subject):
        if NESTED.search(pattern):
            yield at(place, below, pattern=pattern)


def _delimited(subject: Subject) -> Found:
    for place, below, pattern in _patterns(subject):
        if re.fullmatch(r"/.+/[a-z]*", pattern) and re.search(r"^/\^|\$/[a-z]*$", pattern):
            yield at(place, below, pattern=pattern)


def _long(subject: Subject) -> Found:
    for place in subject.places:
        said = place.schema.get("pattern")
        if isinstance(said, str) and len(said) > LONGEST:
            yield at(place, "/pattern", length=len(said), most=LONGEST)


RULES = (
    Rule("LINT-PATTERN-01", "error", _refused),
    Rule("LINT-PATTERN-02", "error", _different),
    Rule("LINT-PATTERN-03", "warning", _loose, after=("LINT-PATTERN-05",)),
    Rule("LINT-PATTERN-04", "warning", _slow),
    Rule("LINT-PATTERN-05", "error", _delimited),
    Rule("LINT-PATTERN-06", "warning", _long),
)
