"""What is left as it is, for a written reason: ``schemas/<standard>.lint.yaml``.

Its contract is ``conformance/waiver.schema.json``. A waiver that waives nothing, or whose last day
is over, is a finding itself: ``LINT-WAIVER-01`` and ``LINT-WAIVER-02``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from mobstd.canon.contracts import contract
from mobstd.canon.wording import worded
from mobstd.errors import ConfigError
from mobstd.release.lint.document import Document, read
from mobstd.release.lint.place import step
from mobstd.release.lint.rule import Found, Hit, Rule
from mobstd.release.lint.subject import Subject

__all__ = ["OWN", "Waiver", "declared", "expired", "waivers"]


@dataclass(frozen=True, eq=False)
class Waiver:
    """One waiver, and where it is written.

    Attributes:
        rule: the rule that is waived.
        where: a pattern over ``file#pointer``: ``*`` within a step, ``**`` over any.
        versions: those that it is for; none: all.
        reason: why it is left as it is.
        day: the day on which that was decided.
        until: its last day, where it has one.
        number: its place in the file.
    """

    rule: str
    where: str
    versions: tuple[str, ...]
    reason: str
    day: str
    until: str | None
    number: int
    hit: Hit

    def over(self, today: date) -> bool:
        """Say whether its last day is before ``today``."""
        return self.until is not None and date.fromisoformat(self.until) < today

    def takes(self, rule: str, hit: Hit, version: str | None) -> bool:
        """Say whether a finding is waived."""
        if rule != self.rule or (self.versions and version not in self.versions):
            return False
        where = self.where if "#" in self.where else f"{self.where}#**"
        return _fits(where, f"{hit.document.name}#{hit.pointer}")


@cache
def _pieces(where: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\*\*+|\*|[^*]", where))


def _fits(where: str, text: str) -> bool:
    """Say whether a text fits a pattern: a step for each letter and piece, whatever they are."""
    pieces = _pieces(where)
    alive = _reached(pieces, {0})
    for letter in text:
        kept = {place for place in alive if place < len(pieces) and _stays(pieces[place], letter)}
        after = {
            place + 1 for place in alive if place < len(pieces) and pieces[place] == letter != "*"
        }
        alive = _reached(pieces, kept | after)
        if not alive:
            return False
    return len(pieces) in alive


def _stays(piece: str, letter: str) -> bool:
    return piece.startswith("**") or (piece == "*" and letter not in "/#")


def _reached(pieces: tuple[str, ...], places: set[int]) -> set[int]:
    """Return places in a pattern, with those that its wildcards can be left out for."""
    found = set(places)
    for place in places:
        while place < len(pieces) and pieces[place].startswith("*"):
            place += 1
            found.add(place)
    return found


def _file(subject: Subject, path: Path | None) -> Document | None:
    """Return the file of waivers of a subject.

    Raises:
        ConfigError: where it breaks its contract, or one was named that is not there.
    """
    place = path or subject.waivers
    if path is None and not place.is_file():
        return None
    document = read(place, place.name)
    worst = max(
        contract("waiver").problems(document.content),
        key=lambda problem: len(problem.path),
        default=None,
    )
    if worst is not None:
        raise ConfigError(
            "canon.breaks-contract",
            file=str(place),
            pointer="".join(map(step, worst.path)) or "/",
            reason=worded(worst),
            contract="waiver",
        )
    return document


def waivers(subject: Subject, path: Path | None = None) -> tuple[Waiver, ...]:
    """Return the waivers of a subject that may take something of it.

    Raises:
        ConfigError: where the file breaks its contract, or one was named that is not there.
    """
    document = _file(subject, path)
    if document is None:
        return ()
    version = subject.version.version if subject.version else None
    found = []
    for number, one in enumerate(document.content.get("waivers", ())):
        named = tuple(one.get("versions", ()))
        if named and version is not None and version not in named:
            continue
        found.append(
            Waiver(
                one["rule"],
                one["where"],
                named,
                one["reason"],
                one["date"],
                one.get("until"),
                number,
                Hit(document, f"/waivers/{number}", {"rule": one["rule"], "where": one["where"]}),
            )
        )
    return tuple(found)


def declared(subject: Subject, name: str) -> Mapping[str, Any] | None:
    """Return what a standard declares of itself as a whole, such as that its enums are closed."""
    document = _file(subject, None)
    said = document.content.get("declares", {}).get(name) if document else None
    return said if isinstance(said, Mapping) else None


def expired(every: tuple[Waiver, ...], today: date) -> Iterator[Hit]:
    """Yield the waivers whose last day is over."""
    for waiver in every:
        if waiver.over(today):
            params = {**waiver.hit.params, "until": waiver.until}
            yield Hit(waiver.hit.document, waiver.hit.pointer, params)


def _nothing(subject: Subject) -> Found:
    """Yield nothing: what these two find is known once all others have run."""
    return iter(())


OWN = (
    Rule("LINT-WAIVER-01", "error", _nothing),
    Rule("LINT-WAIVER-02", "error", _nothing),
)
