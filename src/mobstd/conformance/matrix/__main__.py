"""The command that measures; ``--help`` says how."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from mobstd.canon.standard import Version, find, versions
from mobstd.conformance.digest import committed
from mobstd.conformance.matrix.measure import (
    AMBER,
    RED,
    Cell,
    held,
    measure,
    mutated,
    needed,
    needs,
)
from mobstd.conformance.matrix.mutant import Mutant, mutants, one_each, sampled
from mobstd.conformance.matrix.page import markdown, overview, page_of
from mobstd.conformance.matrix.result import summary
from mobstd.conformance.run import the_role
from mobstd.errors import MobstdError
from mobstd.judging.fault import Fault

__all__ = ["main"]

STEP = 100
"""Cells after which it is told how far it is."""


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
    parser.add_argument(
        "--sample",
        type=int,
        default=1,
        metavar="N",
        help="of each row one, and one in N of the rest",
    )
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
        metavar="FOLDER",
        help="write the page below FOLDER/kill-matrix, the overview beside it, and the result to "
        "be committed, conformance/<standard>/kill-matrix/<version>.json",
    )
    return parser.parse_args(argv)


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print what is not as it should be, and write what was asked for."""
    args = _arguments(argv)
    logging.getLogger("mobstd").setLevel(logging.ERROR)  # what wrong implementations complain of
    try:
        return _main(args)
    except MobstdError as error:
        _say(str(error))
        return error.exit_code


def _main(args: argparse.Namespace) -> int:
    version = find(args.standard)
    found = [(need, held(version, need, fuzz=args.fuzz)) for need in needs(version)]
    troubles = [(need, rows) for need, rows in found if rows]
    for need, rows in troubles:
        _say(f"reference, {need}: {', '.join(rows)}")
    seeded = mutants(version, args.only)
    if args.each:
        seeded = one_each(seeded)
    seeded = sampled(seeded, args.sample)
    cells = _all(version, seeded, args)
    result = summary(version, cells, _tier(args))
    rival = None
    if args.with_schemathesis is not None:
        rival = _rival(version, seeded, cells, args.with_schemathesis)
    if args.write is not None:
        _write(committed(version), json.dumps(result, indent=1, ensure_ascii=False) + "\n")
        pages = args.write / "kill-matrix"
        _write(pages / f"{page_of(version)}.md", markdown(version, result, rival))
        _write(args.write / "kill-matrix.md", overview(versions()))
    for kind in ("faults", "twins"):
        counts = ", ".join(f"{name} {number}" for name, number in result[kind].items())
        sys.stdout.write(f"{kind}: {counts}\n")
    bad = [c for c in cells if c.end not in ("killed", "clean", "equivalent")]
    return 1 if bad or troubles else 0


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _tier(args: argparse.Namespace) -> str:
    where = "every row in each operation" if args.each else "every variant in each operation"
    what = "the block of the operation" if args.blocks else "all blocks in one budget"
    if args.sample > 1:
        where = f"one variant of each row and one in {args.sample} of the others"
    return f"{where}, checking {what}, {'with' if args.fuzz else 'without'} generated requests"


def _all(version: Version, seeded: Sequence[Mutant], args: argparse.Namespace) -> list[Cell]:
    tasks = [(str(version), mutant.name, not args.blocks, args.fuzz) for mutant in seeded]
    cells: list[Cell] = []
    with ProcessPoolExecutor(args.jobs) as pool:
        for number, cell in enumerate(pool.map(_measured, tasks, chunksize=4), 1):
            cells.append(cell)
            if number % STEP == 0:
                _say(f"{number}/{len(tasks)}")
            if cell.end not in ("killed", "clean", "equivalent"):
                outcome = f" own row {cell.outcome}" if cell.requirement else ""
                others = f": {', '.join(cell.others)}" if cell.others else ""
                _say(f"{number}/{len(tasks)} {cell.name} {cell.end}{outcome}{others}")
    return cells


def _rival(
    version: Version, seeded: Sequence[Mutant], cells: Sequence[Cell], sample: int
) -> Mapping[str, Any]:
    from mobstd.conformance.rival import beside

    chosen = [
        m
        for m in seeded
        if isinstance(m.variant, Fault) and not m.variant.equivalent
        if not needed(version, m).writes
    ]
    if sample:
        chosen = chosen[:: max(1, len(chosen) // sample)][:sample]
    apps = [(m.name, m.operations, lambda m=m: mutated(version, m)) for m in chosen]
    names = {m.name for m in chosen}
    ours = [cell for cell in cells if cell.name in names]
    return {
        **beside(version, the_role(version, None), lambda: mutated(version, None), apps),
        "mutants": len(chosen),
        "ours": sum(cell.outcome in (RED, AMBER) for cell in ours),
        "our_requests": sum(cell.requests for cell in ours),
    }


if __name__ == "__main__":
    sys.exit(main())
