"""What is known of an open question: places, readings, faults that were met, changes, decision."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mobstd.canon.files import load, load_if_there
from mobstd.canon.standard import Version, versions
from mobstd.errors import UnknownName
from mobstd.judging.catalogue import in_version
from mobstd.release.diff.diff import compare, report
from mobstd.release.diff.source import source

__all__ = ["Question", "Reading", "questions"]

Text = Mapping[str, str]
FROM = "mobstd, from "


@dataclass(frozen=True)
class Reading:
    """What it may mean; ``change``: what the schemas would say then; ``ours``: it is settled so."""

    id: str
    text: Text
    change: Text | None = None
    ours: bool = False


@dataclass(frozen=True)
class Question:
    """An ambiguity.

    Attributes:
        version: the version that leaves it open.
        places: where it says so: the text, and the place in it.
        rows: the requirements that rest on it, by id, with their titles.
        seen: faults of these rows that were met in the field: the title, and where.
        deviations: what our schemas have instead of what was published, because of it.
        successor: the version that changes a schema because of it, where there is one.
        proposed: what that version changes: before, now, because.
        changes: the same as ``mobstd schemas diff`` has it.
        decided: what the group decided: ``date``, ``by``, ``minutes``.
    """

    version: Version
    id: str
    title: Text
    text: Text | None
    settlement: Text
    readings: tuple[Reading, ...]
    places: tuple[tuple[str, str], ...]
    rows: Mapping[str, Text]
    seen: tuple[tuple[Text, str], ...]
    deviations: tuple[Mapping[str, Any], ...]
    successor: Version | None
    proposed: tuple[Mapping[str, Any], ...]
    changes: tuple[Mapping[str, Any], ...]
    decided: Mapping[str, Any] | None


def questions(version: Version, wanted: Collection[str] = ()) -> list[Question]:
    """Return the ambiguities of a version; none named: all.

    Raises:
        UnknownName: for one that it has not.
    """
    number = version.version
    every = {
        one["id"]: one
        for one in load_if_there(version.conformance / "ambiguities.yaml", [])
        if number in one.get("versions", [number])
    }
    names = [name.upper() for name in wanted] or list(every)
    for name in names:
        if name not in every:
            known = ", ".join(every) or "-"
            raise UnknownName("ballot.unknown", wanted=name, version=str(version), known=known)
    rows = {
        raw["id"]: in_version(raw, number)
        for raw in load_if_there(version.conformance / "requirements.yaml", [])
        if number in raw.get("versions", [number])
    }
    following = _successor(version)
    found = [_question(version, every[name], rows, following) for name in names]
    if following is None or not any(one.proposed for one in found):
        return found
    changes = _compared(version, following)
    return [_with_changes(one, changes) for one in found]


def _question(
    version: Version,
    ambiguity: Mapping[str, Any],
    every: Mapping[str, Mapping[str, Any]],
    following: Version | None,
) -> Question:
    name = ambiguity["id"]
    rows = {
        row["id"]: row["title"]
        for row in every.values()
        if name in row.get("ambiguities", ()) or row["id"] in ambiguity.get("requirements", ())
    }
    proposed = tuple(_proposed(following, name)) if following is not None else ()
    return Question(
        version=version,
        id=name,
        title=ambiguity["title"],
        text=ambiguity.get("text"),
        settlement=ambiguity.get("settlements", {}).get(version.version, ambiguity["settlement"]),
        readings=tuple(_readings(ambiguity, version.version)),
        places=tuple(dict.fromkeys(_places(version, ambiguity, [every[row] for row in rows]))),
        rows=rows,
        seen=tuple(_seen(version, rows)),
        deviations=tuple(
            one for one in version.source.get("deviations", ()) if one.get("ambiguity") == name
        ),
        successor=following if proposed else None,
        proposed=proposed,
        changes=(),
        decided=ambiguity.get("decided"),
    )


def _readings(ambiguity: Mapping[str, Any], number: str) -> Iterator[Reading]:
    if "readings" in ambiguity:
        for one in ambiguity["readings"]:
            yield Reading(one["id"], one["text"], one.get("change"), bool(one.get("ours")))
        return
    settled = {number: ambiguity["settlement"], **ambiguity.get("settlements", {})}
    for letter, (version, text) in zip("abcdefgh", settled.items(), strict=False):
        yield Reading(letter, text, None, version == number)


def _places(
    version: Version, ambiguity: Mapping[str, Any], rows: Collection[Mapping[str, Any]]
) -> Iterator[tuple[str, str]]:
    texts = version.source.get("documents", {})
    for row in (ambiguity, *rows):
        for one in row.get("source", ()):
            name = one["document"]
            said = f"{name}, {texts[name]}" if name in texts else name
            yield said, one.get("where", "")


def _seen(version: Version, rows: Collection[str]) -> Iterator[tuple[Text, str]]:
    for path in sorted((version.conformance / "faults").glob("*.json")):
        for fault in load(path):
            here = version.version in fault.get("versions", (version.version,))
            if here and fault.get("requirement") in rows and "seen" in fault:
                yield fault["title"], fault["seen"]


def _successor(version: Version) -> Version | None:
    others = [one for one in versions((version.root,)) if one.name == version.name]
    return next((one for one in others if one.source.get("succeeds") == version.version), None)


def _proposed(following: Version, name: str) -> Iterator[Mapping[str, Any]]:
    for one in following.source.get("changes", ()):
        if f"{FROM}{name}" in one["proposals"]:
            yield one


def _compared(old: Version, new: Version) -> list[Mapping[str, Any]]:
    one, two = (source(str(version), (version.root,)) for version in (old, new))
    found: list[Mapping[str, Any]] = report(one, two, compare(one, two))["changes"]
    return found


def _with_changes(question: Question, changes: list[Mapping[str, Any]]) -> Question:
    where = [place for one in question.proposed for place in one["where"]]
    kept = [
        change
        for change in changes
        if change["calls_for"] != "patch"
        and any(_below(change[side], place) for side in ("old", "new") for place in where)
    ]
    return replace(question, changes=tuple(kept))


def _below(pointer: str, place: str) -> bool:
    start = place.rstrip("#")
    return pointer == start or pointer.startswith((f"{start}/", f"{start}#"))
