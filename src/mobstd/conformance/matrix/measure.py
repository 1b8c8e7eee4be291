"""One mutant against the whole suite: is it found, under its own row and no other?"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mobstd.canon.plug import resolve
from mobstd.canon.standard import Version
from mobstd.conformance.matrix.around import LISTENER, Around, client, surroundings
from mobstd.conformance.matrix.mutant import (
    Mutant,
    mutants,
    partner,
    plan,
    the_catalogue,
    umbrellas,
)
from mobstd.conformance.profile import Callbacks, Profile
from mobstd.conformance.run import Options, check, the_role
from mobstd.conformance.session import SAFE
from mobstd.conformance.setup import Hook
from mobstd.errors import CanonError
from mobstd.judging.exchange import Request
from mobstd.judging.fault import Fault, Setting
from mobstd.judging.pointer import get
from mobstd.serving.faults import FaultMiddleware, behaviours
from mobstd.transport.asgi import AsgiSender

__all__ = [
    "AMBER",
    "ENDS",
    "RED",
    "TWIN_ENDS",
    "Cell",
    "Need",
    "checked",
    "held",
    "measure",
    "mutated",
    "needed",
    "needs",
]

RED, AMBER = "failed", "warned"
ENDS = ("killed", "killed-collateral", "survived", "unreached", "equivalent")
TWIN_ENDS = ("clean", "flagged", "unreached")


@dataclass(frozen=True)
class Need:
    """What it takes to see a mutant: a setting, a run that writes, a role but the main one."""

    setting: Setting = field(default_factory=Setting)
    writes: bool = False
    role: str = ""


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
def _read_only(version: Version, wrong: tuple[str, ...], keys: tuple[str, ...], role: str) -> Any:
    return _reference(version, wrong, keys, role)


def _reference(
    version: Version, wrong: tuple[str, ...], keys: tuple[str, ...], role: str = "", **more: Any
) -> Any:
    plug = version.plug
    places = plug.references if plug and plug.references else {}
    name = f"{version.version}/{role}" if role else version.version
    if name not in places:
        raise CanonError("matrix.no-reference", version=str(version))
    options: dict[str, Any] = dict({} if role else plan(version).get("reference", {}))
    if keys:
        options[plan(version)["key"]["parameter"]] = list(keys)
    if wrong:
        options["behaviours"] = list(wrong)
    return resolve(places[name])(**options, **more)


def _keys(version: Version, setting: Setting) -> tuple[str, ...]:
    key = plan(version).get("key", {})
    names = [
        name for name, wanted in (("value", setting.key), ("second", setting.second)) if wanted
    ]
    return tuple(key[name] for name in names)


def _options(
    version: Version,
    need: Need,
    blocks: tuple[str, ...],
    fuzz: bool,
    folder: Path,
    around: Around,
    sender: AsgiSender,
    tokens: tuple[str, ...] = (),
) -> Options:
    known = plan(version)
    now = known.get("now", known.get("reference", {}).get("now"))
    header = need.setting.key_header or known.get("key", {}).get("header")
    presented = tuple((header, key) for key in _keys(version, need.setting))
    if tokens:
        presented = tuple(("Authorization", f"Bearer {token}") for token in tokens)
    grants = client(version, sender) if need.setting.scopes else None
    if grants is not None:
        presented = grants.own()
    return Options(
        blocks=blocks,
        now=datetime.fromtimestamp(now, UTC) if now is not None else None,
        with_fuzz=fuzz,
        credentials=presented[:1],
        second=presented[1:],
        keys=dict(known["token"]["sends"][0]) if tokens else {},
        grants=grants,
        allow_writes=need.writes,
        journal=str(folder / "writes"),
        receiver=around.receiver,
        issuer=around.issuer,
        trigger=around.trigger,
        hook=_hook(version, around.hook, sender) if around.hook else None,
        sleep=lambda _: None,
    )


def _hook(version: Version, path: str, sender: AsgiSender) -> Hook:
    headers = tuple(plan(version).get("hook", {}).items())
    return Hook(f"http://app.localhost{path}", sender, headers)


def _tokens(version: Version, setting: Setting, app: FaultMiddleware, sender: AsgiSender) -> Any:
    """Return the tokens that the reference gives for keys, before anything is wrong with it."""
    asked = plan(version).get("token")
    if asked is None:
        return ()
    app.awake = False
    named = (("Accept", "application/json"), ("Content-Type", "application/json"))
    answers = [
        sender.send(Request("POST", asked["path"], (), named, json.dumps(sent).encode()))
        for sent in asked["sends"][: 2 if setting.second else 1]
    ]
    app.awake = True
    if any(answer.status >= 300 for answer in answers):
        raise CanonError("matrix.no-token", version=str(version))
    return tuple(get(answer.json, asked["at"]) for answer in answers)


def _profile(version: Version, need: Need) -> Profile:
    said = dict(plan(version).get("profile", {}))
    setting, blocks = need.setting, said.pop("blocks", None)
    calls = partner(version, need.role) if setting.partner else None
    if calls is not None:
        blocks = calls["blocks"]
    elif need.role:
        blocks = plan(version)["roles"][need.role]["blocks"]
    elif need.writes:
        blocks = plan(version)["writes"]["blocks"]
    if blocks is not None and not setting.undeclared:
        said["blocks"] = setting.declared or (*blocks, *setting.blocks)
    if setting.domains:
        said["operator_domains"] = setting.domains
    settled: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in said.items()
    }
    if calls is not None:
        settled["callbacks"] = Callbacks("127.0.0.1:1", LISTENER, calls["wait"])
    role = need.role or None
    return Profile(target="http://app.localhost", standard=str(version), role=role, **settled)


def mutated(
    version: Version, mutant: Mutant | None, need: Need | None = None, **calls: Any
) -> FaultMiddleware:
    """Return the reference implementation with a mutant seeded; ``calls``: whom it calls."""
    need = need or Need()
    variants = [mutant.seeded] if mutant else []
    wrong = tuple(
        f"{name}@{','.join(where)}" if where else name
        for name, where in behaviours(variants).items()
    )
    keys = _keys(version, need.setting)
    if need.writes or "token" in plan(version):
        inner = _reference(version, wrong, keys, need.role, **calls)
    else:
        inner = _read_only(version, wrong, keys, need.role)
    return FaultMiddleware(inner, variants, version, the_role(version, need.role or None))


def needed(version: Version, mutant: Mutant) -> Need:
    """Return what a mutant takes to be seen."""
    known = the_catalogue(version, mutant.role).operations
    reads = all(
        known[name].method in SAFE and all(p.where != "path" for p in known[name].parameters)
        for name in mutant.operations
        if name in known
    )
    setting = mutant.variant.setting
    writes = not reads or setting.partner or setting.issuer or setting.clock or _always(version)
    return Need(setting, writes, mutant.role)


def _always(version: Version) -> bool:
    """Say whether nothing can be judged of a version without writing."""
    return bool(plan(version).get("writes", {}).get("always"))


def checked(
    version: Version, mutant: Mutant | None, need: Need, *, whole: bool, fuzz: bool
) -> tuple[Mapping[str, Any], int]:
    """Return the report on a mutant (or on nothing but the reference), and how often it acted.

    Where everything is checked, a twin is seeded in all its operations: a name that is another one
    in one search only would be no legal variant.
    """
    setting = need.setting
    if mutant and whole and not isinstance(mutant.variant, Fault):
        mutant = replace(mutant, operations=mutant.variant.operations)
    around = surroundings(version, mutant, need.role, setting)
    app = mutated(version, mutant, need, **around.calls)
    blocks: tuple[str, ...] = ()
    alone = mutant is not None and len(mutant.operations) == 1 and not need.writes
    if mutant and alone and not whole and not setting.declared:
        block = the_catalogue(version, need.role).block_of[mutant.operations[0]]
        blocks = (block, *setting.blocks)
    with TemporaryDirectory() as folder, AsgiSender(app) as sender:
        around.target = sender
        tokens = _tokens(version, setting, app, sender)
        options = _options(version, need, blocks, fuzz, Path(folder), around, sender, tokens)
        report = check(sender, _profile(version, need), options)
    return report, app.touched + (around.edits.touched if around.edits else 0)


def _against(version: Version, need: Need, report: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the rows that are held against it, without those that the plan foresees."""
    foreseen = plan(version)["writes"].get("warns", ()) if need.writes else ()
    amber = (row for row in _rows(report, AMBER) if row not in foreseen)
    return (*_rows(report, RED), *amber)


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
    need = needed(version, mutant)
    report, touched = checked(version, mutant, need, whole=whole, fuzz=fuzz)
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
        flagged = _against(version, need, report)
        if report["verdict"] != "conforming":
            flagged = (*flagged, f"verdict: {report['verdict']}")
        end = "flagged" if flagged else "unreached" if unreached else "clean"
        return Cell(requirement=None, end=end, others=flagged, **common)
    row = variant.requirement
    own = {r["id"]: r["outcome"] for r in report["requirements"]}
    seen = [own.get(name) for name in (row, *variant.also)]
    outcome = next((o for o in (RED, AMBER) if o in seen), seen[0])
    others = _others(version, report, (row, *variant.also), mutant.role)
    end = _end(variant, outcome, others, unreached)
    return Cell(requirement=row, end=end, outcome=outcome, others=others, **common)


def _others(
    version: Version, report: Mapping[str, Any], rows: tuple[str, ...], role: str
) -> tuple[str, ...]:
    """Return the rows that failed beside ``rows``, without umbrellas that failed with another."""
    red = {r["id"]: r for r in report["requirements"] if r["outcome"] == RED}
    above = frozenset().union(*(umbrellas(version, row, role) for row in red))
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


def needs(version: Version) -> list[Need]:
    """Return every need that a mutant of a version has and the reference can have by itself."""
    every = [Need(writes=_always(version)), *(needed(version, m) for m in mutants(version))]
    kept = [n for n in every if not n.setting.domains and not n.setting.key_header]
    return list(dict.fromkeys(kept))


def held(version: Version, need: Need, *, fuzz: bool = False) -> list[str]:
    """Return what is held against the reference in a need; nothing has to be."""
    report, _ = checked(version, None, need, whole=True, fuzz=fuzz)
    troubles = list(_against(version, need, report))
    if report["verdict"] != "conforming":
        troubles.append(f"verdict: {report['verdict']}")
    return troubles
