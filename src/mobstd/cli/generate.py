"""``mobstd generate``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mobstd.cli.words import Subparsers, say, tell

if TYPE_CHECKING:
    from mobstd.codegen.checking import Comparison

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the verb."""
    parser = subparsers.add_parser(
        "generate",
        help=say("cli.generate.summary"),
        description=say("cli.generate.description"),
    )
    parser.add_argument("--standard", metavar="NAME@VERSION", help=say("cli.generate.standard"))
    parser.add_argument("--check", action="store_true", help=say("cli.generate.check"))
    parser.add_argument("--out", metavar="DIR", type=Path, help=say("cli.generate.out"))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Write generated files, or say which are stale."""
    from mobstd.codegen.checking import write
    from mobstd.codegen.every import comparisons

    found = comparisons(args.standard, args.out, args.roots)
    if not args.check:
        for one in found:
            write(one)
        print(_written(found))
        return 0
    stale = [one for one in found if not one.is_fresh]
    for one in stale:
        print(one.diff(), end="")
        for word, paths in (
            ("stale", one.stale),
            ("missing", one.missing),
            ("orphan", one.orphans),
        ):
            for path in paths:
                tell(f"codegen.{word}", file=str(one.folder / path))
    if stale:
        tell("codegen.run-generate")
        return 1
    print(say("codegen.fresh", count=sum(len(one.same) for one in found)))
    return 0


def _written(found: list[Comparison]) -> str:
    return say(
        "codegen.written",
        count=sum(len(one.stale) + len(one.missing) for one in found),
        removed=sum(len(one.orphans) for one in found),
        same=sum(len(one.same) for one in found),
    )
