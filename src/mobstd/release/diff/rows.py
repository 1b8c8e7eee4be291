"""Two catalogues of requirements: who is bound by more than before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from mobstd.judging.requirement import Check, Requirement
from mobstd.release.diff.change import BREAKING, SAFE, UNKNOWN, Change, Example

__all__ = ["changes_of_rows"]

_LEVELS = ("MAY", "SHOULD", "MUST")


def changes_of_rows(
    old: Mapping[str, Requirement], new: Mapping[str, Requirement]
) -> Iterator[Change]:
    """Yield each change between two catalogues, by the ids of rows."""
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name), new.get(name)
        if before is None and after is not None:
            binding = _binds(after)
            made = _made("DIFF-ROW-01" if binding else "DIFF-ROW-05", name, None, after)
            yield _hurting(made, after) if binding else made
        elif after is None and before is not None:
            binding = _binds(before)
            made = _made("DIFF-ROW-02" if binding else "DIFF-ROW-06", name, before, None)
            yield replace(made, verdict=UNKNOWN) if binding else made
        elif before is not None and after is not None:
            yield from _row(name, before, after)


def _row(name: str, before: Requirement, after: Requirement) -> Iterator[Change]:
    if (before.level, before.origin) != (after.level, after.origin):
        yield _level(name, before, after)
    more, less = set(after.roles) - set(before.roles), set(before.roles) - set(after.roles)
    if more:
        made = _made("DIFF-ROW-08", name, before, after, list(before.roles), list(after.roles))
        yield _hurting(made, after, tuple(sorted(more))) if _binds(after) else made
    if less:
        yield _made("DIFF-ROW-09", name, before, after, list(before.roles), list(after.roles))
    if _tried(before) != _tried(after):
        kinds = [[check.kind for check in _tried(row)[0]] for row in (before, after)]
        made = _made("DIFF-ROW-07", name, before, after, *kinds)
        yield replace(made, verdict=UNKNOWN)
    if before.blocks != after.blocks or before.operations != after.operations:
        where = [[*row.blocks, *row.operations] for row in (before, after)]
        made = _made("DIFF-ROW-10", name, before, after, *where)
        yield replace(made, verdict=UNKNOWN)
    if before.title != after.title:
        words = before.title.get("en"), after.title.get("en")
        yield _made("DIFF-TEXT-01", name, before, after, *words)


def _level(name: str, before: Requirement, after: Requirement) -> Change:
    words = _said(before), _said(after)
    if _binds(after) and not _binds(before):
        return _hurting(_made("DIFF-ROW-03", name, before, after, *words), after)
    if _binds(before) and not _binds(after):
        return replace(_made("DIFF-ROW-04", name, before, after, *words), verdict=UNKNOWN)
    up = _LEVELS.index(after.level) > _LEVELS.index(before.level)
    return _made("DIFF-ROW-11" if up else "DIFF-ROW-12", name, before, after, *words)


def _tried(row: Requirement) -> tuple[tuple[Check, ...], object]:
    """Return how a row is tried, on who serves and on who calls."""
    called = row.calls.checks if row.calls else ()
    return (*row.checks, *called), row.untested


def _binds(row: Requirement) -> bool:
    return row.severity == "error"


def _said(row: Requirement) -> str:
    return f"{row.level} ({row.origin})"


def _hurting(change: Change, row: Requirement, roles: tuple[str, ...] = ()) -> Change:
    shown = {"id": row.id, "level": row.level, "origin": row.origin, "title": dict(row.title)}
    example = Example("requirement", shown, "new")
    return replace(
        change,
        verdict=BREAKING,
        hurt="bound",
        roles=roles or row.roles,
        examples=(example,),
    )


def _made(
    rule: str,
    name: str,
    before: Requirement | None,
    after: Requirement | None,
    was: object = None,
    now: object = None,
) -> Change:
    where = "requirements.yaml"
    return Change(
        rule,
        SAFE,
        old=f"{where}#{name}" if before else "",
        new=f"{where}#{name}" if after else "",
        name=name,
        before=was if was is not None else before and _said(before),
        after=now if now is not None else after and _said(after),
    )
