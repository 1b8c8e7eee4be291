"""All of a release, before anything is written: what is checked, made and moved."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mobstd.canon.schemas import schema_names, schema_of
from mobstd.canon.standard import Version, versions
from mobstd.errors import ConfigError, MobstdError, UnknownName
from mobstd.messages import LANGUAGES
from mobstd.release.edition.comparison import Comparison, compared
from mobstd.release.edition.draft import NUMBER, raised, staged
from mobstd.release.edition.files import Bytes, handed_out, written
from mobstd.release.edition.index import entered, index_of, retired
from mobstd.release.edition.lock import MANIFEST, SIGNATURE, breaches, hashed, lock_of
from mobstd.release.edition.notes import changes, migration
from mobstd.release.edition.signature import signed
from mobstd.release.edition.stage import standing
from mobstd.release.lint.files import of_version
from mobstd.release.lint.run import Result, lint

__all__ = ["Options", "Plan", "carry_out", "planned"]


@dataclass(frozen=True)
class Options:
    """What the maintainer decides.

    Attributes:
        day: the date of the release.
        number: the version, such as ``1.0``; that of the draft without its label where left out.
        after: the version that it is compared with; the latest before it where left out.
        key: a private Ed25519 key to sign with.
        typescript: with TypeScript types, which needs Node.
        end_of_life: the last day of the version that this one follows, which is deprecated by it.
    """

    day: date
    number: str | None = None
    after: str | None = None
    key: Path | None = None
    typescript: bool = False
    end_of_life: date | None = None


@dataclass(frozen=True)
class Plan:
    """What a release is going to be; ``refusals``: why it can't be.

    Attributes:
        files: what is written, by its place below the root.
        released: those of them that are frozen.
        removed: the folder of the draft, which the version takes the place of.
    """

    draft: Version
    number: str
    before: Version | None
    comparison: Comparison | None
    lint: Result
    files: Bytes
    released: tuple[str, ...]
    removed: Path
    refusals: tuple[MobstdError, ...]

    @property
    def name(self) -> str:
        """``name@version``."""
        return f"{self.draft.name}@{self.number}"


def planned(draft: Version, options: Options) -> Plan:
    """Return the plan of a release; nothing is written but in a temporary folder.

    Raises:
        ConfigError: where the draft is none, or the version is there already as another.
        MissingExtra: without the extra ``codegen``, or ``sign`` where a key is given.
    """
    number = raised(draft, options.number)
    root = draft.root.folder
    before = _before(draft, number, options.after)
    with _folder() as folder:
        version = staged(draft, number, folder)
        released = number in lock_of(root, draft.name)["versions"]
        _taken(draft.root.schemas / draft.name / number, version, released)
        result = lint([of_version(version)], today=options.day)
        if result.failed():  # what is broken can't be compared, nor handed out
            why = (_unlinted(draft, result), *_unapproved(draft), *_unlocked(draft))
            return Plan(draft, number, before, None, result, {}, (), draft.folder, why)
        found = compared(before, version) if before is not None else None
        refusals = (*_unapproved(draft), *_too_small(found, number), *_unlocked(draft))
        handed = handed_out(version, options.typescript)
        for lang, suffix in zip(LANGUAGES, ("", ".fr"), strict=True):
            handed[f"CHANGES{suffix}.md"] = changes(
                version, before, found, options.day, lang
            ).encode()
            steps = migration(version, before, found, lang)
            if steps is not None:
                handed[f"MIGRATION{suffix}.md"] = steps.encode()
        manifest = written(_manifest(version, before, found, options.day, handed))
        handed[MANIFEST] = manifest
        if options.key is not None:
            signature, key = signed(manifest, options.key)
            handed[SIGNATURE] = written({"public_key": key, "signature": signature})
        place = f"releases/{draft.name}/{number}"
        frozen = {f"{place}/{name}": raw for name, raw in sorted(handed.items())}
        for path in sorted(version.folder.rglob("*")):
            if path.is_file():
                frozen[path.relative_to(folder).as_posix()] = path.read_bytes()
        catalogue = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(version.conformance.rglob("*"))
            if path.is_file()
        }
        waivers = Path("schemas", f"{draft.name}.lint.yaml")
        if (folder / waivers).is_file():
            said = (folder / waivers).read_bytes()
            if said != (root / waivers).read_bytes():
                catalogue[waivers.as_posix()] = said
        tables = _tables(root, version, before, options, frozen)
    files = {**frozen, **catalogue, **tables}
    return Plan(draft, number, before, found, result, files, tuple(frozen), draft.folder, refusals)


def _taken(there: Path, version: Version, released: bool) -> None:
    """Refuse a number that is taken; not what a release wrote that was stopped halfway."""
    for path in sorted(there.rglob("*")):
        wanted = version.folder / path.relative_to(there)
        same = wanted.is_file() and path.is_file() and wanted.read_bytes() == path.read_bytes()
        if path.is_file() and (released or not same):
            raise ConfigError("edition.taken", version=str(version))


@contextmanager
def _folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="mobstd-release-") as name:
        yield Path(name)


def _before(draft: Version, number: str, wanted: str | None) -> Version | None:
    """Return the version to compare with: the one that is named, or the latest before.

    Raises:
        UnknownName: for one that is not there.
    """
    there = [
        one
        for one in versions((draft.root,))
        if one.root == draft.root and one.name == draft.name and one.version != draft.version
    ]
    if wanted is not None:
        short = wanted.rpartition("@")[2]
        for one in there:
            if one.version == short:
                return one
        known = ", ".join(map(str, there)) or "-"
        raise UnknownName("canon.unknown-version", wanted=wanted, known=known)
    stable = [one for one in there if NUMBER.fullmatch(one.version) and _older(one, number)]
    return stable[-1] if stable else None


def _older(version: Version, number: str) -> bool:
    one, other = (tuple(map(int, text.split("."))) for text in (version.version, number))
    return one < other


def _unlinted(draft: Version, result: Result) -> MobstdError:
    return ConfigError("edition.refused-lint", version=str(draft), count=result.count("error"))


def _unapproved(draft: Version) -> Iterator[MobstdError]:
    last = standing(draft)
    if last.stage != "approved" or not last.by:
        yield ConfigError("edition.refused-stage", version=str(draft), stage=last.stage or "-")


def _too_small(found: Comparison | None, number: str) -> Iterator[MobstdError]:
    if found is not None and found["enough"] is False:
        said = {name: str(found[name]) for name in ("calls_for", "declared")}
        yield ConfigError("edition.refused-number", number=number, **said)


def _unlocked(draft: Version) -> Iterator[MobstdError]:
    """Yield the first thing that was released and is not as it was."""
    for breach in breaches(draft.root.folder, draft.name):
        yield ConfigError("edition.refused-lock", file=breach.file, version=breach.version)
        return


def _base(version: Version) -> str:
    """Return the URL under which the versions of a standard are published."""
    for name in schema_names(version):
        uri = str(schema_of(version, name)["$id"])
        end = f"/{version.version}/"
        if end in uri:
            return uri.partition(end)[0]
    return ""


def _manifest(
    version: Version, before: Version | None, found: Comparison | None, day: date, handed: Bytes
) -> dict[str, Any]:
    base = _base(version)
    return {
        "standard": str(version),
        "title": dict(version.source.get("title", {})),
        "status": version.status,
        "date": day.isoformat(),
        "licence": version.source.get("origin", {}).get("licence"),
        "url": f"{base}/{version.version}/" if base else None,
        "follows": str(before) if before else None,
        "calls_for": found["calls_for"] if found else None,
        "approved": _approved(version),
        "files": {name: hashed(raw) for name, raw in sorted(handed.items())},
    }


def _approved(version: Version) -> dict[str, Any] | None:
    last = standing(version)
    if last.stage != "approved":
        return None
    said = {"date": last.day, "by": list(last.by)}
    return {**said, "minutes": last.minutes} if last.minutes else said


def _tables(
    root: Path, version: Version, before: Version | None, options: Options, frozen: Bytes
) -> Bytes:
    """Return the lock and the index as they are after the release."""
    name, number = version.name, version.version
    lock = lock_of(root, name)
    hashes = {place: hashed(raw) for place, raw in sorted(frozen.items())}
    entry = {"date": options.day.isoformat(), "files": hashes}
    lock["versions"] = dict(sorted({**lock["versions"], number: entry}.items()))
    base = _base(version)
    row = {
        "version": number,
        "date": options.day.isoformat(),
        "url": f"{base}/{number}/" if base else None,
        "manifest": f"{number}/{MANIFEST}",
        "approved": _approved(version),
        "deprecated": None,
        "end_of_life": None,
        "replaced_by": None,
        "withdrawn": None,
    }
    index = entered(index_of(root, name), row)
    if before is not None and options.end_of_life is not None:
        index = retired(index, before.version, options.day, options.end_of_life, number)
    return {
        f"releases/{name}/index.json": written(index),
        f"releases/{name}.lock.json": written(lock),
    }


def carry_out(plan: Plan) -> None:
    """Write a plan below its root; the lock comes last, and the draft goes.

    Where that stops halfway, the same release again writes what is missing.

    Raises:
        MobstdError: the first refusal, where there is one.
        ConfigError: where something can't be written.
    """
    if plan.refusals:
        raise plan.refusals[0]
    root = plan.draft.root.folder
    try:
        for place, raw in plan.files.items():
            path = root / place
            if path.is_file() and path.read_bytes() == raw:
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(raw)
        with TemporaryDirectory(prefix=".mobstd-", dir=root) as gone:
            shutil.move(plan.removed, gone)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError("codegen.not-written", folder=str(root), reason=reason) from None
