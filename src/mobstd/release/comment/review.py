"""A proposed change, reviewed: differences, new findings, broken locks, who would break."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from mobstd.canon.root import Root
from mobstd.canon.standard import Version, versions
from mobstd.errors import ConfigError
from mobstd.release.adoption.adopted import adopted, is_root
from mobstd.release.diff.diff import compare, report
from mobstd.release.diff.source import source
from mobstd.release.edition.draft import NUMBER
from mobstd.release.edition.lock import Breach
from mobstd.release.edition.verification import verified
from mobstd.release.impact.evidence import Documents, evidence
from mobstd.release.impact.judged import of_exchanges
from mobstd.release.impact.table import impact
from mobstd.release.lint.run import Finding, lint
from mobstd.release.lint.subject import Subject, of_version, subjects
from mobstd.release.revision import whole
from mobstd.serving.opening import role_of

__all__ = ["Review", "Side", "review", "side"]


@dataclass(frozen=True)
class Side:
    """A repository as it was, or as it would be; ``standards`` by what each side calls them."""

    label: str
    folder: Path
    root: Root | None
    standards: Mapping[str, Version]


@dataclass(frozen=True)
class Standard:
    """What is different of one version or file.

    Attributes:
        name: the version, or the folder.
        difference: as ``mobstd schemas diff`` reports it: what this change does.
        since: the same since the last version that was released; ``None`` where that is the same.
        parties: as ``mobstd schemas impact`` has it.
    """

    name: str
    difference: Mapping[str, Any] | None
    since: Mapping[str, Any] | None = None
    parties: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Review:
    """All that is said of a change; ``findings``: what lint says and did not say before."""

    base: str
    head: str
    standards: tuple[Standard, ...]
    findings: tuple[Finding, ...] = ()
    breaches: tuple[Breach, ...] = ()
    gone: tuple[str, ...] = field(default=())

    @property
    def refused(self) -> bool:
        """Whether a file that was released has changed, lint errs, or a number is too small."""
        reports = [one.since or one.difference for one in self.standards]
        small = any(one is not None and one["enough"] is False for one in reports)
        return (
            small or bool(self.breaches) or any(f.rule.severity == "error" for f in self.findings)
        )


def side(revision: str | None, below: str) -> Side:
    """Return the repository at a revision; without one, the working folder as it is.

    Raises:
        ConfigError: without Git, for what is not there, and for a folder without a standard.
    """
    top = Path() if revision is None else whole(revision)
    folder = top / below
    if not folder.is_dir():
        raise ConfigError("diff.not-in-revision", asked=f"{revision or '.'}:{below}")
    label = revision or "."
    if is_root(folder):
        root = Root(folder.resolve())
        every = {str(one): one for one in versions((root,)) if one.root == root}
        return Side(label, folder, root, every)
    return Side(label, folder, None, {below: adopted(folder)})


def review(base: Side, head: Side, records: Sequence[Path], today: date) -> Review:
    """Return what a change means.

    Args:
        base: how it was.
        head: how it would be.
        records: recordings, HAR files and reports, each of one operator.
        today: the day by which waivers end.

    Raises:
        ConfigError: for a document or a record that can't be read.
    """
    found = []
    for name, version in head.standards.items():
        before = base.standards.get(name) or (None if head.root else _only(base))
        if before is not None and head.root is not None and _alike(before, version):
            continue
        if before is None:
            before = _predecessor(version, head)
        difference = _difference(before, version, base, head) if before is not None else None
        since = None
        released = _predecessor(version, head)
        if released is not None and released != before:
            since = _difference(released, version, head, head)
        if difference is not None and not difference["changes"] and since is None:
            continue
        parties = None
        if records and before is not None:
            parties = _parties(records, before, version, head.root is not None)
        shown = name if head.root is not None else str(version)
        found.append(Standard(shown, difference, since, parties))
    new = _new(_lint(base, today), _lint(head, today))
    breaches = tuple(b for one in verified(head.folder) for b in one.breaches)
    gone = tuple(name for name in base.standards if head.root and name not in head.standards)
    return Review(base.label, head.label, tuple(found), tuple(new), breaches, gone)


def _only(one: Side) -> Version | None:
    return next(iter(one.standards.values()), None)


def _alike(one: Version, other: Version) -> bool:
    """Say whether both have the same files, which is quicker than comparing them."""
    pairs = ((one.folder, other.folder), (one.conformance, other.conformance))
    return all(_files(left) == _files(right) for left, right in pairs)


def _files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def _predecessor(version: Version, head: Side) -> Version | None:
    """Return the latest version that was released before a draft."""
    if head.root is None:
        return None
    number = _number(version.version)
    stable = [
        one
        for one in head.standards.values()
        if one.name == version.name
        and NUMBER.fullmatch(one.version)
        and (_number(one.version) < number)
    ]
    return max(stable, key=lambda one: _number(one.version), default=None)


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.partition("-")[0].split(".")))


def _difference(old: Version, new: Version, base: Side, head: Side) -> Mapping[str, Any]:
    if head.root is None:
        one, two = (source(str(side.folder)) for side in (base, head))
    else:
        one, two = (source(str(version), (version.root,)) for version in (old, new))
    return report(one, two, compare(one, two))


def _lint(one: Side, today: date) -> list[Finding]:
    if one.root is not None:
        found: list[Subject] = [of_version(version) for version in one.standards.values()]
    else:
        found = subjects(str(one.folder), ())
    return list(lint(found, today=today).findings)


def _new(before: Sequence[Finding], after: Sequence[Finding]) -> Iterator[Finding]:
    """Yield findings that were not there before, wherever in the file they stand now."""
    known = {_mark(finding) for finding in before}
    yield from (finding for finding in after if _mark(finding) not in known)


def _mark(finding: Finding) -> tuple[str, ...]:
    return finding.rule.id, finding.document.name, finding.hit.pointer, finding.text()


def _parties(
    records: Sequence[Path], old: Version, new: Version, several: bool
) -> Mapping[str, Any] | None:
    """Judge what was recorded by both versions.

    Where the repository has ``several`` standards, what is of another one is left out.
    """
    judged = []
    for path in records:
        seen = evidence(path)
        if isinstance(seen, Documents):
            continue
        if several and seen.standard and seen.standard.partition("@")[0] != new.name:
            continue
        role = role_of(old, seen.role)
        called = seen.source.locate(old, role, None) if seen.source is not None else ()
        base = called[0] if called else None
        judged.append(of_exchanges(seen, old, new, role, "server", base))
    return impact(str(old), str(new), judged) if judged else None
