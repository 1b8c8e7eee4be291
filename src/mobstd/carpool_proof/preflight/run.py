"""A run: sources in, verdicts out, counted, told and written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mobstd import __version__
from mobstd.canon.standard import Version
from mobstd.carpool_proof.preflight.arrival import Arrival
from mobstd.carpool_proof.preflight.history import recall, remember
from mobstd.carpool_proof.preflight.judging import Judged, judged
from mobstd.carpool_proof.preflight.loading import Judge, Loaded, load
from mobstd.carpool_proof.preflight.outputs import Outputs
from mobstd.carpool_proof.preflight.piles import Tape
from mobstd.carpool_proof.preflight.sources import Source
from mobstd.carpool_proof.preflight.spill import Spill
from mobstd.carpool_proof.preflight.summary import Summary
from mobstd.carpool_proof.preflight.verdict import Verdict
from mobstd.carpool_proof.rules.profile import Profile

__all__ = ["Change", "Compared", "Plan", "compare", "preflight"]

Tell = Callable[[Judged], None]


@dataclass(frozen=True)
class Plan:
    """What a run is asked.

    Attributes:
        sources: the journeys, in the order in which they are taken to be sent.
        version: of the standard.
        profile: to judge under.
        arrival: when journeys arrive.
        history: journeys of the days before.
        remember: a database that what is kept is added to.
        out: the folder for files.
        table: whether to write journeys as CSV too.
        operator_column: a member that names the operator.
        taken: what a verdict may depend on and is let pass.
        phones: whether to ask anything of phone numbers.
        published: whether to tell what the published text alone refuses.
        spill: the folder for what is put on disk.
        lang: of texts in tables.
        progress: told how many were read; -1 at the end.
    """

    sources: Sequence[Source]
    version: Version
    profile: Profile
    arrival: Arrival
    history: Sequence[Source] = ()
    remember: str | None = None
    out: Path | None = None
    table: bool = False
    operator_column: str = ""
    taken: frozenset[str] = frozenset()
    phones: bool = True
    published: bool = True
    spill: str | None = None
    lang: str = "en"
    progress: Callable[[int], None] = lambda count: None


def preflight(plan: Plan, tell: Tell = lambda one: None) -> tuple[Summary, list[str]]:
    """Judge journeys; return the summary, and the names of the files that were written.

    Args:
        plan: what is asked.
        tell: called with each journey, in order.

    Raises:
        ConfigError: where a source, a history or the folder for files cannot be used.
    """
    with Spill(plan.spill, keep=plan.remember is not None) as spill:
        judge, loaded = _loaded(plan, [plan.profile], spill, keep=plan.out is not None)
        summary = Summary(_facts(plan, judge, loaded))
        verdicts = judged(spill, plan.profile, 0, plan.taken)
        written: list[str] = []
        if plan.out is None:
            for one in verdicts:
                summary.count(one)
                tell(one)
        else:
            files = [source.name for source in plan.sources]
            outputs = Outputs(plan.out, files, spill.lines, plan.lang, plan.table)
            try:
                for one in verdicts:
                    summary.count(one)
                    tell(one)
                    outputs.write(one)
                written = outputs.close()
            except BaseException:
                outputs.abandon()
                raise
        if plan.remember is not None:
            remember(plan.remember, spill, 1)
    return summary, written


def _loaded(
    plan: Plan, profiles: Sequence[Profile], spill: Spill, keep: bool
) -> tuple[Judge, Loaded]:
    judge = Judge(plan.version, plan.published, plan.phones)
    loaded = load(
        plan.sources,
        judge,
        profiles,
        plan.arrival,
        spill,
        operator_column=plan.operator_column,
        keep=keep,
        progress=plan.progress,
    )
    for source in plan.history:
        columns = (plan.operator_column, plan.arrival.column)
        recall(source, judge, spill, loaded, (1 << len(profiles)) - 1, *columns)
    return judge, loaded


def _facts(plan: Plan, judge: Judge, loaded: Loaded) -> dict[str, Any]:
    arrival = plan.arrival
    return {
        "tool": {"name": "mobstd", "version": __version__},
        "made_at": _instant(int(datetime.now(UTC).timestamp() * 1000)),
        "standard": str(plan.version),
        "overlay": judge.overlay,
        "rules_profile": plan.profile.name,
        "files": [source.name for source in plan.sources],
        "reception": {
            "how": arrival.how,
            "now": _instant(arrival.now),
            "column": arrival.column,
            "after": arrival.after // 1000,
            "within": arrival.within // 1000,
            "untimed": loaded.untimed,
        },
        "history": loaded.past,
        "phones": plan.phones,
        "assumed": sorted(plan.taken),
    }


def _instant(at: int) -> str:
    moment = datetime.fromtimestamp(at / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class Change:
    """A journey that two profiles judge differently, or for other reasons.

    Attributes:
        before: the verdict under the first profile, with the rules that speak against it.
        after: those under the second.
    """

    judged: Judged
    before: tuple[Verdict, tuple[str, ...]]
    after: tuple[Verdict, tuple[str, ...]]

    @property
    def sides(self) -> bool:
        """Whether the verdict changes, not only the reasons."""
        return self.before[0] != self.after[0]


@dataclass
class Compared:
    """What changes from one profile to another.

    Attributes:
        journeys: how many were judged.
        sides: how many change from one verdict to another.
        rules: how many other journeys are judged so for other reasons.
    """

    journeys: int = 0
    sides: Counter[tuple[Verdict, Verdict]] = field(default_factory=Counter)
    rules: int = 0


def compare(plan: Plan, other: Profile, tell: Callable[[Change], None]) -> Compared:
    """Judge journeys under the profile of a plan and under another, and tell what changes."""
    compared = Compared()
    with (
        Spill(plan.spill) as spill,
        closing(Tape(Path(spill.file("sides")))) as sides,
    ):
        _loaded(plan, [plan.profile, other], spill, keep=False)
        for one in judged(spill, plan.profile, 0, plan.taken):
            sides.add((one.verdict, *_rules(one)))
        after = judged(spill, other, 1, plan.taken)
        for one, (verdict, *rules) in zip(after, sides, strict=True):
            compared.journeys += 1
            change = Change(one, (verdict, tuple(rules)), (one.verdict, _rules(one)))
            if change.sides:
                compared.sides[verdict, one.verdict] += 1
                tell(change)
            elif change.before != change.after:
                compared.rules += 1
    return compared


def _rules(one: Judged) -> tuple[str, ...]:
    return tuple(dict.fromkeys(r.rule for r in one.reasons if r.weight != "warning"))
