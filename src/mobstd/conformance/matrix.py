"""The kill matrix: what the suite finds, measured with every known fault and legal twin.

Each fault makes the reference implementation wrong in one operation; the check has to report it
under its own row, and under no other but its umbrellas. Each twin makes it different and still
right; the check has to report nothing. ``python -m mobstd.conformance.matrix --help``.

What becomes of a seeded fault::

    killed             its own row failed (or warned, where that is all the row can), no other did
    killed-collateral  another row failed too, or instead
    survived           nobody noticed
    unreached          no request or answer was touched by it
    equivalent         nobody could notice, for the reason that is given
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from mobstd.canon.files import load, load_if_there
from mobstd.canon.plug import resolve
from mobstd.canon.root import packaged
from mobstd.canon.standard import Version, find
from mobstd.conformance.profile import Profile
from mobstd.conformance.run import Options, check, the_role
from mobstd.errors import CanonError, MobstdError
from mobstd.judging.catalogue import Catalogue, catalogue
from mobstd.judging.fault import Fault, Setting, Variant
from mobstd.serving.faults import FaultMiddleware, behaviours, load_faults, load_twins, select
from mobstd.transport.asgi import AsgiSender

__all__ = [
    "Cell",
    "Mutant",
    "digest",
    "measure",
    "mutants",
    "one_each",
    "summary",
    "umbrellas",
    "verify_reference",
]

RED, AMBER = "failed", "warned"
ENDS = ("killed", "killed-collateral", "survived", "unreached", "equivalent")
TWIN_ENDS = ("clean", "flagged", "unreached")


@dataclass(frozen=True)
class Mutant:
    """A variant, as it is seeded in one operation, or in several together."""

    variant: Variant
    operations: tuple[str, ...]

    @property
    def name(self) -> str:
        """The id, with the operation where it is one of several."""
        where = "" if self._together else f"@{self.operations[0]}"
        return f"{self.variant.id}{where}"

    @property
    def _together(self) -> bool:
        return self.variant.together or len(self.operations) != 1

    @property
    def seeded(self) -> Variant:
        """The variant, narrowed to its operations."""
        return replace(self.variant, operations=self.operations)


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


def mutants(version: Version, names: Sequence[str] = ()) -> list[Mutant]:
    """Return every fault and twin in every operation that has it, or those that are named."""
    found: list[Variant]
    found = [*load_faults(version), *load_twins(version)]
    if names:
        wanted = set(names)
        rows = {v.requirement for v in found if isinstance(v, Fault)} & wanted
        found = [v for v in found if isinstance(v, Fault) and v.requirement in rows]
        found += [v for v in select(version, sorted(wanted - rows)) if v not in found]
    every = tuple(_catalogue(version).operations)
    seeded: list[Mutant] = []
    for variant in found:
        there = variant.operations or every
        groups = [there] if variant.together else [(operation,) for operation in there]
        seeded += [Mutant(variant, group) for group in groups]
    return seeded


def one_each(seeded: Iterable[Mutant]) -> list[Mutant]:
    """Return a part of the mutants: every variant once, every row in each of its operations."""
    every = list(seeded)
    grouped: dict[str, list[Mutant]] = {}
    for mutant in every:
        grouped.setdefault(mutant.variant.id, []).append(mutant)
    chosen: set[str] = set()
    turns: Counter[tuple[str, str]] = Counter()
    for group in sorted(grouped.values(), key=len):
        least = min(group, key=lambda mutant: turns[_place(mutant)])
        turns[_place(least)] += 1
        chosen.add(least.name)
    for mutant in every:
        if isinstance(mutant.variant, Fault) and not turns[_place(mutant)]:
            turns[_place(mutant)] += 1
            chosen.add(mutant.name)
    return [mutant for mutant in every if mutant.name in chosen]


def _place(mutant: Mutant) -> tuple[str, str]:
    variant = mutant.variant
    row = variant.requirement if isinstance(variant, Fault) else "TWIN"
    return row, ",".join(mutant.operations)


@cache
def _catalogue(version: Version) -> Catalogue:
    return catalogue(version, the_role(version, None))


@cache
def umbrellas(version: Version, row: str) -> frozenset[str]:
    """Return the rows that fail because of ``row``, however far above it."""
    rows = _catalogue(version).rows
    found: set[str] = set()
    below = {row}
    while below:
        above = {
            r.id
            for r in rows.values()
            if r.id not in found and r.id != row and ("*" in r.covers or below & set(r.covers))
        }
        found |= above
        below = above
    return frozenset(found)


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


def _checked(
    version: Version, mutant: Mutant | None, setting: Setting, *, whole: bool, fuzz: bool
) -> tuple[Mapping[str, Any], int]:
    """Return the report on a mutant (or on nothing but the reference), and how often it acted."""
    role = the_role(version, None)
    variants = [mutant.seeded] if mutant else []
    wrong = tuple(
        f"{name}@{','.join(where)}" if where else name
        for name, where in behaviours(variants).items()
    )
    app = FaultMiddleware(_reference(version, wrong, setting.key), variants, version, role)
    blocks: tuple[str, ...] = ()
    if mutant and not whole and not setting.declared and len(mutant.operations) == 1:
        block = _catalogue(version).block_of[mutant.operations[0]]
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
    report, touched = _checked(version, mutant, variant.setting, whole=whole, fuzz=fuzz)
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
        report, _ = _checked(version, None, setting, whole=True, fuzz=fuzz)
        troubles = _rows(report, RED, AMBER)
        if report["verdict"] != "conforming":
            troubles.append(f"verdict: {report['verdict']}")
        found.append((setting, troubles))
    return found


# What is committed


def state(version: Version) -> dict[str, str]:
    """Return the hashes of what a result depends on."""
    hashes = {"catalogue": _catalogue(version).hash}
    for kind in ("faults", "twins"):
        hashes[kind] = _hash(sorted((version.conformance / kind).glob("*.json")))
    schemas = sorted(
        path for path in version.folder.rglob("*") if path.suffix in (".json", ".yaml")
    )
    shared = [packaged().conformance / "formats.json", version.conformance / "matrix.yaml"]
    hashes["suite"] = _hash([*schemas, *(path for path in shared if path.is_file())])
    return hashes


def _hash(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def digest(version: Version) -> dict[str, Any] | None:
    """Return what reports say about the power of the suite, or ``None`` where nobody measured.

    It is read from the committed result (``conformance/<standard>/kill-matrix.json``).
    """
    path = version.conformance / "kill-matrix.json"
    if not path.is_file():
        return None
    result = load(path)
    if result.get("standard") != str(version):
        return None
    faults, twins = result["faults"], result["twins"]
    return {
        "hash": result["hash"],
        "faults": faults["seeded"] - faults["equivalent"],
        "killed": faults["killed"],
        "twins": twins["seeded"],
        "clean": twins["clean"],
        "stale": result["state"] != state(version),
    }


def summary(version: Version, cells: Sequence[Cell], tier: str = "") -> dict[str, Any]:
    """Return the result as JSON: counts, counts by row, and every cell.

    ``tier`` says how it was measured.
    """
    faults = [cell for cell in cells if cell.requirement is not None]
    twins = [cell for cell in cells if cell.requirement is None]
    rows: dict[str, dict[str, int]] = {}
    for cell in faults:
        row = rows.setdefault(str(cell.requirement), dict.fromkeys(("seeded", *ENDS), 0))
        row["seeded"] += 1
        row[cell.end] += 1
    counts = _catalogue(version).rows
    checked = [r.id for r in counts.values() if r.checks and r.level in ("MUST", "SHOULD")]
    requests = sum(cell.requests for cell in faults)
    found = sum(cell.end == "killed" for cell in faults)
    result: dict[str, Any] = {
        "standard": str(version),
        "tier": tier,
        "state": state(version),
        "faults": {"seeded": len(faults), **{e: _count(faults, e) for e in ENDS}},
        "twins": {"seeded": len(twins), **{e: _count(twins, e) for e in TWIN_ENDS}},
        "exit_codes": {
            "wrong": sum(c.outcome == RED and c.exit_code != 1 for c in faults)
            + sum(c.end == "clean" and c.exit_code != 0 for c in twins)
        },
        "requests": {"all": requests, "found_per_1000": round(1000 * found / max(1, requests), 1)},
        "rows": dict(sorted(rows.items())),
        "rows_without_fault": [row for row in checked if row not in rows],
        "cells": [
            {k: v for k, v in asdict(cell).items() if k != "seconds" and v not in (None, (), 0, "")}
            for cell in sorted(cells, key=lambda c: c.name)
        ],
    }
    stable = json.dumps(result, sort_keys=True).encode()
    return {"hash": hashlib.sha256(stable).hexdigest(), **result}


def _count(cells: Sequence[Cell], end: str) -> int:
    return sum(cell.end == end for cell in cells)


def markdown(version: Version, result: Mapping[str, Any], rival: Mapping[str, Any] | None) -> str:
    """Return the result as a page."""
    faults, twins = result["faults"], result["twins"]
    rows = _catalogue(version).rows
    reasons = {f.id: f.equivalent for f in load_faults(version) if f.equivalent}
    lines = [
        f"# What the suite finds in {version}",
        "",
        "Written by `make matrix`; do not edit. Each fault makes the reference implementation",
        "wrong in one operation, and has to be reported under its own row and under no other but",
        "its umbrellas. Each twin is a legal variant, and has to bring nothing.",
        f"Measured with {result['tier']}.",
        "",
        "| | seeded | killed | killed-collateral | survived | unreached | equivalent |",
        "|---|---|---|---|---|---|---|",
        _line("faults", faults, ("seeded", *ENDS)),
        "",
        "| | seeded | clean | flagged | unreached |",
        "|---|---|---|---|---|",
        _line("twins", twins, ("seeded", *TWIN_ENDS)),
        "",
        f"Exit codes that contradict the verdict: {result['exit_codes']['wrong']}. Faults found",
        f"per 1,000 requests: {result['requests']['found_per_1000']}.",
        "",
        f"State: `{result['hash'][:16]}` (catalogue `{result['state']['catalogue'][:12]}`, suite",
        f"`{result['state']['suite'][:12]}`, faults `{result['state']['faults'][:12]}`, twins",
        f"`{result['state']['twins'][:12]}`).",
        "",
    ]
    if rival is not None:
        lines += [*_beside(result, rival), ""]
    troubles = [
        cell for cell in result["cells"] if cell["end"] not in ("killed", "clean", "equivalent")
    ]
    if troubles:
        lines += ["## Not as it should be", "", "| mutant | end | other rows |", "|---|---|---|"]
        lines += [
            f"| `{c['name']}` | {c['end']} | {', '.join(c.get('others', ()))} |" for c in troubles
        ]
        lines.append("")
    if reasons:
        lines += ["## Equivalent", ""]
        lines += [f"- `{name}`: {why['en']}" for name, why in reasons.items()]
        lines.append("")
    if result["rows_without_fault"]:
        lines += ["## Checked rows without a fault", ""]
        lines += [f"- {name}: {rows[name].title['en']}" for name in result["rows_without_fault"]]
        lines.append("")
    lines += [
        "## By row",
        "",
        "| row | | seeded | killed | killed-collateral | survived | unreached | equivalent |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, counts in result["rows"].items():
        title = rows[name].title["en"] if name in rows else ""
        lines.append(_line(f"{name} | {title}", counts, ("seeded", *ENDS)))
    return "\n".join(lines) + "\n"


def _line(name: str, counts: Mapping[str, int], keys: Sequence[str]) -> str:
    return "| " + " | ".join([name, *(str(counts[key]) for key in keys)]) + " |"


def _beside(result: Mapping[str, Any], rival: Mapping[str, Any]) -> list[str]:
    return [
        f"## Beside bare schemathesis {rival['version']}",
        "",
        "The same mutants, the same bundled document, default settings without its stateful phase.",
        "It is told which operation is wrong and tries only that one. It knows no rows: a failure",
        "that the unchanged reference does not show counts as found.",
        "",
        "| | mutants | found | requests | found per 1,000 requests |",
        "|---|---|---|---|---|",
        f"| mobstd | {rival['mutants']} | {rival['ours']} | {rival['our_requests']} "
        f"| {1000 * rival['ours'] / max(1, rival['our_requests']):.1f} |",
        f"| schemathesis | {rival['mutants']} | {rival['found']} | {rival['requests']} "
        f"| {1000 * rival['found'] / max(1, rival['requests']):.1f} |",
    ]


# The command


def _measured(task: tuple[str, str, bool, bool]) -> Cell:
    standard, name, whole, fuzz = task
    version = find(standard)
    variant, _, _ = name.partition("@")
    mutant = next(m for m in mutants(version, [variant]) if m.name == name)
    return measure(version, mutant, whole=whole, fuzz=fuzz)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m mobstd.conformance.matrix", description="Measure what the suite finds."
    )
    parser.add_argument("--standard", required=True, metavar="NAME@VERSION")
    parser.add_argument("--only", action="append", default=[], metavar="ID", help="row or variant")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), metavar="N")
    parser.add_argument("--each", action="store_true", help="each variant in one operation only")
    parser.add_argument("--blocks", action="store_true", help="check only the block of the fault")
    parser.add_argument("--fuzz", action="store_true", help="send generated requests as well")
    parser.add_argument(
        "--with-schemathesis",
        type=int,
        nargs="?",
        const=0,
        metavar="N",
        help="bare schemathesis beside it, on N mutants (all)",
    )
    parser.add_argument(
        "--write",
        type=Path,
        metavar="FILE.md",
        help="write the page, and kill-matrix.json beside the faults",
    )
    return parser.parse_args(argv)


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print what is not as it should be, and write what was asked for."""
    args = _arguments(argv)
    try:
        return _main(args)
    except MobstdError as error:
        _say(str(error))
        return error.exit_code


def _main(args: argparse.Namespace) -> int:
    version = find(args.standard)
    troubles = [(s, t) for s, t in verify_reference(version, fuzz=args.fuzz) if t]
    for setting, rows in troubles:
        _say(f"reference, {setting}: {', '.join(rows)}")
    seeded = mutants(version, args.only)
    if args.each:
        seeded = one_each(seeded)
    cells = _all(version, seeded, args)
    result = summary(version, cells, _tier(args))
    rival = None
    if args.with_schemathesis is not None:
        rival = _rival(version, seeded, cells, args.with_schemathesis)
    if args.write is not None:
        page = markdown(version, result, rival)
        args.write.write_text(page, "utf-8")
        text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
        (version.conformance / "kill-matrix.json").write_text(text, "utf-8")
    for kind in ("faults", "twins"):
        counts = ", ".join(f"{name} {number}" for name, number in result[kind].items())
        sys.stdout.write(f"{kind}: {counts}\n")
    bad = [c for c in cells if c.end not in ("killed", "clean", "equivalent")]
    return 1 if bad or troubles else 0


def _tier(args: argparse.Namespace) -> str:
    where = "every row in each operation" if args.each else "every variant in each operation"
    what = "the block of the operation" if args.blocks else "all blocks in one budget"
    return f"{where}, checking {what}, {'with' if args.fuzz else 'without'} generated requests"


def _all(version: Version, seeded: Sequence[Mutant], args: argparse.Namespace) -> list[Cell]:
    tasks = [(str(version), mutant.name, not args.blocks, args.fuzz) for mutant in seeded]
    cells: list[Cell] = []
    with ProcessPoolExecutor(args.jobs) as pool:
        for number, cell in enumerate(pool.map(_measured, tasks, chunksize=4), 1):
            cells.append(cell)
            if cell.end not in ("killed", "clean", "equivalent"):
                outcome = f" own row {cell.outcome}" if cell.requirement else ""
                others = f": {', '.join(cell.others)}" if cell.others else ""
                _say(f"{number}/{len(tasks)} {cell.name} {cell.end}{outcome}{others}")
    return cells


def _rival(
    version: Version, seeded: Sequence[Mutant], cells: Sequence[Cell], sample: int
) -> Mapping[str, Any]:
    from mobstd.conformance.rival import beside

    chosen = [m for m in seeded if isinstance(m.variant, Fault) and not m.variant.equivalent]
    if sample:
        chosen = chosen[:: max(1, len(chosen) // sample)][:sample]
    apps = [(m.name, m.operations, lambda m=m: _mutated(version, m)) for m in chosen]
    names = {m.name for m in chosen}
    ours = [cell for cell in cells if cell.name in names]
    return {
        **beside(version, the_role(version, None), lambda: _mutated(version, None), apps),
        "mutants": len(chosen),
        "ours": sum(cell.outcome in (RED, AMBER) for cell in ours),
        "our_requests": sum(cell.requests for cell in ours),
    }


def _mutated(version: Version, mutant: Mutant | None) -> Any:
    variants = [mutant.seeded] if mutant else []
    wrong = tuple(
        f"{name}@{','.join(where)}" if where else name
        for name, where in behaviours(variants).items()
    )
    inner = _reference(version, wrong, False)
    return FaultMiddleware(inner, variants, version, the_role(version, None))


if __name__ == "__main__":
    sys.exit(main())
