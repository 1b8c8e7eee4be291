"""``mobstd schemas verify``."""

from __future__ import annotations

import argparse
from pathlib import Path

from mobstd.cli.words import Subparsers, say

__all__ = ["add", "run"]


def add(verbs: Subparsers) -> None:
    """Register the verb."""
    parser = verbs.add_parser(
        "verify",
        help=say("cli.verify.summary"),
        description=say("cli.verify.description"),
        epilog=say("cli.verify.epilog"),
    )
    option = parser.add_argument
    option(
        "what",
        nargs="?",
        default=None,
        metavar=say("cli.lint.metavar"),
        help=say("cli.verify.what"),
    )
    option("--key", metavar=say("cli.file"), type=Path, help=say("cli.verify.key"))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Say what is not as it was released; 1 where something is not."""
    from mobstd.release.edition.signature import public
    from mobstd.release.edition.verification import verified

    named = args.what is not None and not Path(args.what).is_dir()
    folder = Path(args.root or ".") if named or args.what is None else Path(args.what)
    key = public(args.key) if args.key else None
    every = verified(folder, args.what if named else None, key)
    for one in every:
        for breach in one.breaches:
            print(say(f"edition.breach.{breach.kind}", file=breach.file, version=breach.version))
        if not one.breaches:
            print(say("cli.verify.whole", version=one.version, count=one.files))
        if one.deprecated:
            end = one.end_of_life or "-"
            print(say("cli.verify.deprecated", version=one.version, day=one.deprecated, end=end))
        if one.withdrawn:
            print(say("cli.verify.withdrawn", version=one.version, day=one.withdrawn))
    if not every:
        print(say("cli.verify.nothing", folder=str(folder)))
    return 1 if any(one.breaches for one in every) else 0
