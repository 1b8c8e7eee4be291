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
from mobstd.release.diff.source import Source, source
from mobstd.release.edition.draft import NUMBER
from mobstd.release.edition.lock import Breach
from mobstd.release.edition.verification import verified
from mobstd.release.impact.evidence import Documents, called, evidence
from mobstd.release.impact.judged import of_exchanges
from mobstd.release.impact.table import impact
from mobstd.release.lint.files import of_version, subjects
from mobstd.release.lint.run import Finding, lint
from mobstd.release.lint.subject import Subject
from mobstd.release.revision import top, whole
from mobstd.serving.opening import role_of

__all__ = ["Review", "Side", "Standard", "review", "side"]


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


def side(revision: str | None, below: str, *, begins: bool = False) -> Side:
    """Return the repository at a revision; without one, the working folder as it is.

    Args:
        revision: as Git names it.
        below: the folder of the standard in the repository.
        begins: nothing needs to be there yet.

    Raises:
        ConfigError: without Git, for what is not there, and for a folder without a standard.
    """
    folder = (top() if revision is None else whole(revision)) / below
    label = revision or "."
    if not folder.is_dir():
        if begins:
            return Side(label, folder, None, {})
        raise ConfigError("diff.not-in-revision", asked=f"{label}:{below}")
    if is_root(folder):
        root = Root(folder.resolve())
        every = {str(one): one for one in versions((root,)) if one.root == root}
        return Side(label, folder, root, every)
    try:
        return Side(label, folder, None, {below: adopted(folder)})
    except ConfigError as error:
        if error.code == "adopt.nothing" or (error.code == "lint.nothing-there" and begins):
            return Side(label, folder, None, {})
        raise


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
    found = (
        _versions(base, head, records) if head.root is not None else _theirs(base, head, records)
    )
    new = _new(_lint(base, today), _lint(head, today))
    breaches = tuple(b for one in verified(head.folder) for b in one.breaches)
    gone = tuple(name for name in base.standards if head.root and name not in head.standards)
    return Review(base.label, head.label, tuple(found), tuple(new), breaches, gone)


def _versions(base: Side, head: Side, records: Sequence[Path]) -> Iterator[Standard]:
    """Yield what is different of each version in our layout."""
    for name, version in head.standards.items():
        before = base.standards.get(name)
        if before is not None and _alike(before, version):
            continue
        released = _predecessor(version, head)
        old = before or released
        if old is None:
            yield Standard(name, None)
            continue
        difference = _difference(_source(old), _source(version))
        since = None
        if released is not None and released != old:
            since = _difference(_source(released), _source(version))
        if difference["changes"] or since is not None:
            parties = _parties(records, old, version, several=True)
            yield Standard(name, difference, since, parties)


def _theirs(base: Side, head: Side, records: Sequence[Path]) -> Iterator[Standard]:
    """Yield what is different in a layout of somebody else's, as one."""
    old, new = (next(iter(one.standards.values()), None) for one in (base, head))
    name = str(new) if new is not None else head.folder.resolve().name
    try:
        before = source(str(base.folder))
    except ConfigError as error:
        if error.code not in ("diff.empty-folder", "diff.nothing-there"):
            raise
        yield Standard(name, None)
        return
    difference = _difference(before, source(str(head.folder)))
    if difference["changes"]:
        parties = None
        if old is not None and new is not None:
            parties = _parties(records, old, new, several=False)
        yield Standard(name, difference, None, parties)


def _source(version: Version) -> Source:
    return source(str(version), (version.root,))


def _difference(old: Source, new: Source) -> Mapping[str, Any]:
    return report(old, new, compare(old, new))


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


def _lint(one: Side, today: date) -> list[Finding]:
    if not one.folder.is_dir():
        return []
    if one.root is not None:
        found: list[Subject] = [of_version(version) for version in one.standards.values()]
    else:
        try:
            found = subjects(str(one.folder), ())
        except ConfigError as error:
            if error.code != "lint.nothing-there":
                raise
            return []
    return list(lint(found, today=today).findings)


def _new(before: Sequence[Finding], after: Sequence[Finding]) -> Iterator[Finding]:
    """Yield findings that were not there before, wherever in the file they stand now."""
    known = {_mark(finding) for finding in before}
    yield from (finding for finding in after if _mark(finding) not in known)


def _mark(finding: Finding) -> tuple[str, ...]:
    return finding.rule.id, finding.document.name, finding.hit.pointer, finding.text()


def _parties(
    records: Sequence[Path], old: Version, new: Version, *, several: bool
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
        judged.append(of_exchanges(seen, old, new, role, "server", called(seen, old, role)))
    return impact(str(old), str(new), judged) if judged else None
