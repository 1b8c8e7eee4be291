"""``mobstd schemas init``."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from mobstd.cli.words import Subparsers, say, tell

__all__ = ["add", "run"]


def add(verbs: Subparsers) -> None:
    """Register the verb."""
    parser = verbs.add_parser(
        "init",
        help=say("cli.start.summary"),
        description=say("cli.start.description"),
        epilog=say("cli.start.epilog"),
    )
    option = parser.add_argument
    option("name", metavar="NAME", help=say("cli.start.name"))
    option("--to", metavar=say("cli.folder"), type=Path, help=say("cli.start.to"))
    option("--title", metavar="TEXT", help=say("cli.start.title"))
    option(
        "--base", metavar="URL", default="https://example.org/schemas", help=say("cli.start.base")
    )
    option("--licence", metavar="SPDX", default="Apache-2.0", help=say("cli.start.licence"))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Write the folder, and say what comes next."""
    from mobstd.release.starter import starter, write_starter

    folder = args.to or Path(args.name)
    found = starter(
        args.name,
        today=datetime.now(UTC).date(),
        title=args.title,
        base=args.base,
        licence=args.licence,
    )
    write_starter(found, folder)
    for place in sorted(found):
        print(folder / place, flush=True)
    tell("cli.start.written", folder=str(folder))
    return 0
