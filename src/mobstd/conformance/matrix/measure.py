"""One mutant against the whole suite: is it found, under its own row and no other?"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from mobstd.canon.files import load_if_there
from mobstd.canon.plug import resolve
from mobstd.canon.standard import Version
from mobstd.conformance.matrix.mutant import Mutant, the_catalogue, umbrellas
from mobstd.conformance.profile import Profile
from mobstd.conformance.run import Options, check, the_role
from mobstd.errors import CanonError
from mobstd.judging.fault import Fault, Setting
from mobstd.serving.faults import FaultMiddleware, behaviours, load_faults, load_twins
from mobstd.transport.asgi import AsgiSender

__all__ = [
    "AMBER",
    "ENDS",
    "RED",
    "TWIN_ENDS",
    "Cell",
    "checked",
    "measure",
    "mutated",
    "verify_reference",
]

RED, AMBER = "failed", "warned"
ENDS = ("killed", "killed-collateral", "survived", "unreached", "equivalent")
TWIN_ENDS = ("clean", "flagged", "unreached")


@dataclass(frozen=True)
class Cell:
    """What became of one mutant.

    Attributes:
        outcome: of its own row (or one that it violates as well); ``None`` for a twin.
        others: rows that failed beside it and are no umbrellas of it; for a twin, every row that
            failed or warned.
        verdict: of the run.
        touched: requests and answers that it changed; ``None`` for a behaviour, which is not seen.
    """

    name: str
    requirement: str | None
    operation: str
    end: str
    outcome: str | None = None
    others: tuple[str, ...] = ()
    verdict: str = ""
    exit_code: int = 0
    requests: int = 0
    touched: int | None = None
    seconds: float = field(default=0.0, compare=False)


@cache
def _plan(version: Version) -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = load_if_there(version.conformance / "matrix.yaml", {})
    return loaded


@cache
def _reference(version: Version, wrong: tuple[str, ...], key: bool) -> Any:
    plug = version.plug
    places = plug.references if plug and plug.references else {}
    if version.version not in places:
        raise CanonError("matrix.no-reference", version=str(version))
    plan = _plan(version)
    options: dict[str, Any] = dict(plan.get("reference", {}))
    if key:
        options[plan["key"]["parameter"]] = [plan["key"]["value"]]
    if wrong:
        options["behaviours"] = list(wrong)
    return resolve(places[version.version])(**options)


def _options(version: Version, setting: Setting, blocks: tuple[str, ...], fuzz: bool) -> Options:
    plan = _plan(version)
    now = plan.get("reference", {}).get("now")
    key = plan.get("key", {})
    return Options(
        blocks=blocks,
        now=datetime.fromtimestamp(now, UTC) if now is not None else None,
        with_fuzz=fuzz,
        credentials=((key["header"], key["value"]),) if setting.key else (),
        sleep=lambda _: None,
    )


def _profile(version: Version, setting: Setting) -> Profile:
    said = dict(_plan(version).get("profile", {}))
    blocks = said.pop("blocks", None)
    if blocks is not None and not setting.undeclared:
        said["blocks"] = setting.declared or (*blocks, *setting.blocks)
    if setting.domains:
        said["operator_domains"] = setting.domains
    settled: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in said.items()
    }
    return Profile(target="http://app.localhost", standard=str(version), **settled)


def mutated(version: Version, mutant: Mutant | None, *, key: bool = False) -> FaultMiddleware:
    """Return the reference implementation with a mutant seeded; ``key``: it asks for one."""
    variants = [mutant.seeded] if mutant else []
    wrong = tuple(
        f"{name}@{','.join(where)}" if where else name
        for name, where in behaviours(variants).items()
    )
    inner = _reference(version, wrong, key)
    return FaultMiddleware(inner, variants, version, the_role(version, None))


def checked(
    version: Version, mutant: Mutant | None, setting: Setting, *, whole: bool, fuzz: bool
) -> tuple[Mapping[str, Any], int]:
    """Return the report on a mutant (or on nothing but the reference), and how often it acted.

    Where everything is checked, a twin is seeded in all its operations: a name that is another one
    in one search only would be no legal variant.
    """
    if mutant and whole and not isinstance(mutant.variant, Fault):
        mutant = replace(mutant, operations=mutant.variant.operations)
    app = mutated(version, mutant, key=setting.key)
    blocks: tuple[str, ...] = ()
    if mutant and not whole and not setting.declared and len(mutant.operations) == 1:
        block = the_catalogue(version).block_of[mutant.operations[0]]
        blocks = (block, *setting.blocks)
    with AsgiSender(app) as sender:
        report = check(sender, _profile(version, setting), _options(version, setting, blocks, fuzz))
    return report, app.touched


def _rows(report: Mapping[str, Any], *outcomes: str) -> list[str]:
    return [row["id"] for row in report["requirements"] if row["outcome"] in outcomes]


def measure(version: Version, mutant: Mutant, *, whole: bool = False, fuzz: bool = False) -> Cell:
    """Return what becomes of a mutant.

    Args:
        version: the version whose reference implementation is made wrong.
        mutant: what is seeded.
        whole: check every block, within one budget, instead of the block of the operation.
        fuzz: send generated requests as well.
    """
    began = time.monotonic()
    variant = mutant.variant
    report, touched = checked(version, mutant, variant.setting, whole=whole, fuzz=fuzz)
    common: dict[str, Any] = {
        "name": mutant.name,
        "operation": ",".join(mutant.operations),
        "verdict": report["verdict"],
        "exit_code": report["gate"]["exit_code"],
        "requests": report["requests"],
        "touched": None if variant.behaviour else touched,
        "seconds": round(time.monotonic() - began, 3),
    }
    unreached = not variant.behaviour and not touched
    if not isinstance(variant, Fault):
        flagged = tuple(_rows(report, RED, AMBER))
        if report["verdict"] != "conforming":
            flagged = (*flagged, f"verdict: {report['verdict']}")
        end = "flagged" if flagged else "unreached" if unreached else "clean"
        return Cell(requirement=None, end=end, others=flagged, **common)
    row = variant.requirement
    own = {r["id"]: r["outcome"] for r in report["requirements"]}
    seen = [own.get(name) for name in (row, *variant.also)]
    outcome = next((o for o in (RED, AMBER) if o in seen), seen[0])
    others = _others(version, report, (row, *variant.also))
    end = _end(variant, outcome, others, unreached)
    return Cell(requirement=row, end=end, outcome=outcome, others=others, **common)


def _others(version: Version, report: Mapping[str, Any], rows: tuple[str, ...]) -> tuple[str, ...]:
    """Return the rows that failed beside ``rows``, without umbrellas that failed with another."""
    red = {r["id"]: r for r in report["requirements"] if r["outcome"] == RED}
    above = frozenset().union(*(umbrellas(version, row) for row in red))
    return tuple(
        name
        for name, r in red.items()
        if name not in rows and not (name in above and not r["findings"])
    )


def _end(fault: Fault, outcome: str | None, others: tuple[str, ...], unreached: bool) -> str:
    if others:
        return "killed-collateral"
    if outcome in (RED, AMBER):
        return "killed"
    if fault.equivalent is not None:
        return "equivalent"
    return "unreached" if unreached else "survived"


def verify_reference(version: Version, *, fuzz: bool = False) -> list[tuple[Setting, list[str]]]:
    """Return, for each setting that a variant wants, what is held against the reference."""
    settings = dict.fromkeys(
        [Setting(), *(v.setting for v in (*load_faults(version), *load_twins(version)))]
    )
    found = []
    for setting in settings:
        if setting.domains:
            continue
        report, _ = checked(version, None, setting, whole=True, fuzz=fuzz)
        troubles = _rows(report, RED, AMBER)
        if report["verdict"] != "conforming":
            troubles.append(f"verdict: {report['verdict']}")
        found.append((setting, troubles))
    return found
