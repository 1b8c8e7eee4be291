"""Every rule over subjects, with what is waived."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from mobstd.canon.standard import versions
from mobstd.conformance.report.view import visible
from mobstd.errors import MobstdError, UnknownName
from mobstd.messages import Words, render
from mobstd.release.lint.document import Document
from mobstd.release.lint.rule import SEVERITIES, Hit, Rule
from mobstd.release.lint.rules import rules
from mobstd.release.lint.subject import Subject
from mobstd.release.lint.waiver import OWN, Waiver, expired, waivers

__all__ = ["Finding", "Result", "every_rule", "lint", "shown"]

LONGEST = 400
"""Letters of a name or a reason that are shown."""


@dataclass(frozen=True, eq=False)
class Finding:
    """A rule that is broken at a place; ``waiver``: why that is left as it is."""

    rule: Rule
    hit: Hit
    subject: str
    waiver: Waiver | None = None

    @property
    def document(self) -> Document:
        """The file."""
        return self.hit.document

    @property
    def line(self) -> int:
        """The line in the file, from 1."""
        return self.document.line(self.hit.pointer)

    def text(self, lang: str = "en") -> str:
        """Return what it says."""
        params = dict(self.hit.params)
        if isinstance(error := params.pop("error", None), MobstdError):
            params["reason"] = error.text(lang)
        said = {
            name: shown(one.said(lang) if isinstance(one, Words) else one)
            for name, one in params.items()
        }
        return render(self.rule.code, said, lang)


@dataclass(frozen=True)
class Result:
    """What was found: ``findings`` count, ``waived`` do not."""

    subjects: tuple[str, ...]
    findings: tuple[Finding, ...]
    waived: tuple[Finding, ...] = field(default=())

    def count(self, severity: str) -> int:
        """Return how many findings have a severity."""
        return sum(one.rule.severity == severity for one in self.findings)

    def failed(self, severity: str = "error") -> bool:
        """Say whether something of a severity, or worse, was found."""
        worse = SEVERITIES[: SEVERITIES.index(severity) + 1]
        return any(one.rule.severity in worse for one in self.findings)


def every_rule() -> dict[str, Rule]:
    """Return every rule by its id, those about waivers too."""
    return {**rules(), **{rule.id: rule for rule in OWN}}


def _chosen(only: Iterable[str]) -> list[Rule]:
    known = every_rule()
    wanted = [one.upper() for one in only]
    for name in wanted:
        if not any(id_ == name or id_.startswith(f"{name}-") for id_ in known):
            raise UnknownName("lint.unknown-rule", wanted=name, known=", ".join(known))
    return [
        rule
        for id_, rule in known.items()
        if not wanted or any(id_ == name or id_.startswith(f"{name}-") for name in wanted)
    ]


def lint(
    subjects: Iterable[Subject],
    *,
    today: date,
    only: Iterable[str] = (),
    waived_in: Path | None = None,
) -> Result:
    """Run the rules over subjects.

    Args:
        subjects: what is linted.
        today: the day by which waivers end.
        only: ids of rules, or topics such as ``LINT-DOC``; none: all.
        waived_in: a file of waivers instead of those that stand beside.

    Raises:
        ConfigError: for a file of waivers that breaks its contract.
        UnknownName: for a rule that is not there.
    """
    chosen = _chosen(only)
    done: list[Subject] = list(subjects)
    found: list[Finding] = []
    waived: list[Finding] = []
    kept: dict[tuple[Path, int], Waiver] = {}
    used: set[tuple[Path, int]] = set()
    for subject in done:
        every = waivers(subject, waived_in)
        for number, waiver in ((one.number, one) for one in every):
            kept.setdefault((waiver.hit.document.path, number), waiver)
        version = subject.version.version if subject.version else None
        live = [one for one in every if not one.over(today)]
        asked = _Asked(subject)
        for rule in chosen:
            for hit in asked.told(rule):
                by = next((one for one in live if one.takes(rule.id, hit, version)), None)
                if by is not None:
                    used.add((by.hit.document.path, by.number))
                (waived if by else found).append(Finding(rule, hit, subject.name, by))
    if not only:
        found += _of_waivers(done, kept, used, today)
    found.sort(key=_order)
    return Result(tuple(one.name for one in done), tuple(found), tuple(waived))


def shown(value: Any) -> Any:
    """Return a value as a line can show it: printable, and not endless."""
    if not isinstance(value, str):
        return value
    return visible(value if len(value) <= LONGEST else value[:LONGEST] + "…")


class _Asked:
    """The rules over one subject, each asked once."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._known: dict[str, tuple[Hit, ...]] = {}

    def _hits(self, rule: Rule) -> tuple[Hit, ...]:
        if rule.id not in self._known:
            apart = rule.house and self._subject.version is None
            ready = not rule.needs or getattr(self._subject, rule.needs)
            found = rule.find(self._subject) if ready and not apart else ()
            self._known[rule.id] = tuple(found)
        return self._known[rule.id]

    def told(self, rule: Rule) -> Iterator[Hit]:
        """Yield what a rule finds and no rule before it has told of."""
        before = (hit for id_ in rule.after for hit in self._hits(rules()[id_]))
        places = {(hit.document, hit.pointer) for hit in before}
        return (hit for hit in self._hits(rule) if (hit.document, hit.pointer) not in places)


def _order(finding: Finding) -> tuple[str, str, int, str, str]:
    hit = finding.hit
    return finding.subject, finding.document.name, finding.line, finding.rule.id, hit.pointer


def _of_waivers(
    subjects: list[Subject],
    kept: dict[tuple[Path, int], Waiver],
    used: set[tuple[Path, int]],
    today: date,
) -> list[Finding]:
    """Return the waivers that are over, and those that waive nothing in any version."""
    stale, over = OWN
    found = [Finding(over, hit, hit.document.name) for hit in expired(tuple(kept.values()), today)]
    for key, waiver in kept.items():
        if key not in used and not waiver.over(today) and _all_seen(subjects, waiver, key[0]):
            found.append(Finding(stale, waiver.hit, waiver.hit.document.name))
    return found


def _all_seen(subjects: list[Subject], waiver: Waiver, file: Path) -> bool:
    """Say whether all versions were linted that a waiver may be for."""
    around = [one for one in subjects if one.version is None or one.waivers == file]
    first = next((one.version for one in around if one.version is not None), None)
    if first is None:
        return True
    every = {one.version for one in versions((first.root,)) if one.name == first.name}
    wanted = set(waiver.versions) & every or every
    return wanted <= {one.version.version for one in around if one.version is not None}
