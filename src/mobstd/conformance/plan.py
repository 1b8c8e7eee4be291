"""What a run would send: classes of requests, how many, for which rows, before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mobstd.conformance.kinds import PROBES
from mobstd.conformance.lab import Lab
from mobstd.conformance.later import EACH, KINDS
from mobstd.conformance.preflight import first_operations
from mobstd.conformance.scenarios.resource import resources
from mobstd.conformance.sweep import SWEEP
from mobstd.judging.requirement import Requirement

__all__ = ["plan"]

_TITLES: Mapping[str, Mapping[str, str]] = {
    "preflight": {"en": "see whether the target answers", "fr": "voir si la cible répond"},
    "setup": {
        "en": "have test data made, and taken away again:",
        "fr": "faire créer des données d'essai, puis les faire retirer :",
    },
    "explore": {"en": "find where there is data", "fr": "trouver où il y a des données"},
    "sweep": {
        "en": "look closely where there is data",
        "fr": "regarder de près là où il y a des données",
    },
    "later": {
        "en": "see what becomes of it, where the set-up hook moves the clock",
        "fr": "voir ce qu'il en advient, si le point de préparation avance l'horloge",
    },
    "fuzz": {"en": "generated requests", "fr": "requêtes générées"},
}

HOOK_CALLS = 2
"""Before and after; they are not of the budget, which is about the target itself."""


def _class(
    phase: str,
    operation: str | None,
    title: Mapping[str, str],
    requests: int,
    rows: list[str],
    method: str = "GET",
    *,
    writes: bool = False,
) -> dict[str, Any]:
    return {
        "phase": phase,
        "operation": operation,
        "method": method,
        "title": dict(title),
        "requests": requests,
        "writes": writes,
        "requirements": rows,
    }


def plan(
    lab: Lab,
    operations: list[str],
    rows: Mapping[str, Requirement],
    *,
    with_fuzz: bool,
    writable: Sequence[str] = (),
    hook: str | None = None,
) -> dict[str, Any]:
    """Return the plan as a report has it; numbers are upper bounds.

    Args:
        lab: of the run.
        operations: what is read.
        rows: what is judged.
        with_fuzz: whether generated requests are sent.
        writable: what is made, read again and changed.
        hook: the URL of the set-up hook that is called.
    """
    budget = lab.session.budget
    searches = set(operations) & set(lab.context.catalogue.collections)
    looks = sum(1 for _ in first_operations(lab))
    explored = budget.explore if searches else 0
    classes = [_class("preflight", None, _TITLES["preflight"], looks, [])]
    calls = 0 if hook is None else HOOK_CALLS
    if hook is not None:
        title = {lang: f"{text} {hook}" for lang, text in _TITLES["setup"].items()}
        classes.append(_class("setup", None, title, calls, [], "POST", writes=True))
    if searches:
        classes.append(_class("explore", None, _TITLES["explore"], explored, []))
    probed = 0
    for operation in operations:
        found = _probes(lab, operation, rows, writes=False)
        classes += found
        probed += sum(one["requests"] for one in found)
    made = [one for op in writable for one in _probes(lab, op, rows, writes=True)]
    writing = min(sum(one["requests"] for one in made), budget.writes)
    before = looks + explored + min(probed, budget.probe)
    rest = max(0, budget.reads - before) if searches else 0
    around = min(SWEEP, rest * 3 // 4)
    if around:
        classes.append(_class("sweep", None, _TITLES["sweep"], around, []))
    classes += made
    before += around + writing
    rest -= around
    if with_fuzz and rest:
        classes.append(_class("fuzz", None, _TITLES["fuzz"], rest, []))
    later = _later(lab, rows) if writable and hook is not None else []
    if later:
        waits = EACH * len(later)
        classes.append(_class("later", None, _TITLES["later"], waits, later, writes=True))
        before += waits
        rest -= min(rest, waits)
    total = min(budget.requests, before + (rest if with_fuzz else 0))
    stays = _stays(lab, made)
    return {
        "requests": total + calls,
        "writes": writing + calls,
        "stays": stays,
        "classes": classes,
    }


def _later(lab: Lab, rows: Mapping[str, Requirement]) -> list[str]:
    """Return the rows that wait for a moved clock."""
    checks = lab.context.catalogue.checks
    found = (row.id for row, check in checks if check.kind in KINDS and row.id in rows)
    return list(dict.fromkeys(found))


def _stays(lab: Lab, made: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return what is made by these classes and can't be taken back."""
    catalogue, asked = lab.context.catalogue, {one["operation"] for one in made}
    found = resources(catalogue.version, catalogue.role).values()
    return [dict(one.title) for one in found if not one.undoable and one.create in asked]


def _probes(
    lab: Lab, operation: str, rows: Mapping[str, Requirement], *, writes: bool
) -> list[dict[str, Any]]:
    """Return one class for each kind of probe that asks an operation something."""
    catalogue = lab.context.catalogue
    by_kind: dict[str, tuple[int, list[str]]] = {}
    for row, check in catalogue.by_operation[operation]:
        if row.id in rows and check.kind in PROBES and PROBES[check.kind].writes is writes:
            cost, ids = by_kind.get(check.kind, (0, []))
            more = PROBES[check.kind].cost(check, row, operation, lab)
            by_kind[check.kind] = (cost + more, [*ids, row.id])
    method = catalogue.operations[operation].method
    return [
        _class(
            PROBES[kind].phase,
            operation,
            PROBES[kind].title,
            cost,
            list(dict.fromkeys(ids)),
            method,
            writes=writes,
        )
        for kind, (cost, ids) in by_kind.items()
        if cost
    ]
