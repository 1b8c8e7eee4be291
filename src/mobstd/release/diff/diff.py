"""Compares two sources, and gives the report on it (``conformance/diff.schema.json``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mobstd import __version__
from mobstd.errors import ConfigError
from mobstd.messages import LANGUAGES, render
from mobstd.release.diff.api import Placed, operations
from mobstd.release.diff.change import (
    BREAKING,
    SAFE,
    UNKNOWN,
    Change,
    Example,
    fingerprint,
    level_of,
    merged,
)
from mobstd.release.diff.operations import Comparer
from mobstd.release.diff.rows import changes_of_rows
from mobstd.release.diff.schemas import Desk
from mobstd.release.diff.semver import enough, step
from mobstd.release.diff.source import Source
from mobstd.release.diff.verdicts import CALLER, Apis, changed

__all__ = ["STAYING", "compare", "report"]

FORMAT = 1
MOST = 2_000
"""How many changes are told apart; what is beyond is one unknown change."""
STAYING = ("anyone", "callers", "servers")


def compare(old: Source, new: Source) -> list[Change]:
    """Return every change between two sources, the worst first.

    Raises:
        ConfigError: where one is an API and the other a schema, or a document is broken.
    """
    try:
        found = merged(_changes(old, new), MOST)
    except RecursionError:
        raise ConfigError("diff.too-deep", file=f"{old.label}, {new.label}") from None
    order = {BREAKING: 0, UNKNOWN: 1, SAFE: 2}
    return sorted(found, key=lambda change: (order[change.verdict], change.level == "patch"))


def _changes(old: Source, new: Source) -> Iterator[Change]:
    if bool(old.apis) != bool(new.apis):
        raise ConfigError("diff.not-alike", old=old.label, new=new.label)
    several = old.several or new.several
    reached: tuple[set[str], set[str]] = (set(), set())
    for role, one, two in _roles(old, new):
        if one is None or two is None:
            rule = "DIFF-ROLE-01" if two is None else "DIFF-ROLE-02"
            yield Change(rule, UNKNOWN if two is None else SAFE, old=one or "", new=two or "",
                         name=role)  # fmt: skip
            continue
        comparer = Comparer(Apis((old.library, one), (new.library, two), role, several))
        yield from comparer.changes()
        for desk in comparer.desks.values():
            reached[0].update(desk.reached(new=False))
            reached[1].update(desk.reached(new=True))
    yield from _alone(old, new, reached, several)
    yield from changes_of_rows(old.rows, new.rows)


def _roles(old: Source, new: Source) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield the API documents in pairs: by role, else by what operations they share."""
    left, right = dict(old.apis), dict(new.apis)
    for role in [role for role in left if role in right]:
        yield role, left.pop(role), right.pop(role)
    while left and right:
        scored = [
            (_shared(old, one, new, two), role, other)
            for role, one in left.items()
            for other, two in right.items()
        ]
        score, role, other = max(scored, key=lambda row: row[0])
        if not score and (len(left) > 1 or len(right) > 1):
            break
        yield (other if role == "server" else role), left.pop(role), right.pop(other)
    yield from ((role, path, None) for role, path in left.items())
    yield from ((role, None, path) for role, path in right.items())


def _shared(old: Source, one: str, new: Source, two: str) -> int:
    first = {op.key for op in operations(old.library, one)}
    return len(first & {op.key for op in operations(new.library, two)})


def _alone(
    old: Source, new: Source, reached: tuple[set[str], set[str]], several: bool
) -> Iterator[Change]:
    """Yield the changes of schemas that no operation was compared by."""
    desk = Desk(old.library, new.library, None)
    apis = Apis((old.library, ""), (new.library, ""), "", several)
    for name in dict.fromkeys((*old.schemas, *new.schemas)):
        one, two = old.schemas.get(name), new.schemas.get(name)
        if one is not None and two is not None:
            if one in reached[0] and two in reached[1]:
                continue
            first, second = (Placed({}, (path, ())) for path in (one, two))
            use = name if several else ""
            yield from (changed(d, None, apis, use) for d in desk.compare(first, second))
        else:
            rule = "DIFF-SCHEMA-01" if two is None else "DIFF-SCHEMA-02"
            used = one in reached[0] or two in reached[1]
            verdict = UNKNOWN if two is None and not used else SAFE
            yield Change(rule, verdict, old=one or "", new=two or "", name=name)


def report(
    old: Source,
    new: Source,
    changes: Sequence[Change],
    *,
    staying: str = "anyone",
    declared: str | None = None,
) -> dict[str, Any]:
    """Return the report as a JSON value.

    Args:
        old: what was.
        new: what is to be.
        changes: what ``compare`` found.
        staying: who may stay on the old version while the others move on: who is hurt beside
            them does not count.
        declared: the step that is claimed, where the versions do not say it.
    """
    counted = [_for(change, staying) for change in changes]
    counts = Counter(change.verdict for change in counted)
    calls_for = level_of(counted)
    claimed = declared or step(old.version, new.version)
    verdict = next((v for v in (BREAKING, UNKNOWN, SAFE) if counts[v]), SAFE)
    return {
        "format_version": FORMAT,
        "tool": {"name": "mobstd", "version": __version__},
        "old": {"label": old.label, "version": old.version},
        "new": {"label": new.label, "version": new.version},
        "staying": staying,
        "verdict": verdict,
        "calls_for": calls_for,
        "declared": claimed,
        "enough": enough(claimed, calls_for),
        "counts": {v: counts[v] for v in (BREAKING, UNKNOWN, SAFE)},
        "changes": [_json(change) for change in counted],
    }


def _for(change: Change, staying: str) -> Change:
    """Return a change as those see it who stay on the old version."""
    if staying == "anyone" or change.verdict != BREAKING or not change.roles:
        return change
    if change.hurt == "bound":
        return change
    kept = tuple(r for r in change.roles if (r == CALLER) == (staying == "callers"))
    if kept:
        return replace(change, roles=kept)
    verdict = UNKNOWN if change.unsettled else SAFE
    return replace(change, verdict=verdict, hurt="nobody", roles=())


def _json(change: Change) -> dict[str, Any]:
    return {
        "rule": change.rule,
        "fingerprint": fingerprint(change),
        "verdict": change.verdict,
        "calls_for": change.level,
        "hurt": change.hurt,
        "roles": list(change.roles),
        "direction": change.direction,
        "message": {lang: render(change.rule, {}, lang) for lang in LANGUAGES},
        "name": change.name,
        "old": change.old,
        "new": change.new,
        "before": change.before,
        "after": change.after,
        "uses": list(change.uses),
        "examples": [_example(example) for example in change.examples],
    }


def _example(example: Example) -> Mapping[str, Any]:
    refused = {"old": "new", "new": "old"}.get(example.accepted_by)
    return {
        "kind": example.kind,
        "value": example.value,
        "accepted_by": example.accepted_by,
        "refused_by": refused,
        "pointer": example.pointer,
        "because": {
            lang: "; ".join(words.said(lang) for words in example.because)
            for lang in (LANGUAGES if example.because else ())
        },
    }
