"""``mobstd schemas init``."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from mobstd.cli.words import Subparsers, say, tell
from mobstd.errors import ConfigError

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
    option("--from", dest="before", metavar="X.Y", help=say("cli.start.from"))
    option("--licence", metavar="SPDX", default="Apache-2.0", help=say("cli.start.licence"))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Write the folder, or the next draft in one, and say what comes next."""
    if args.before:
        return _next(args)
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


def _next(args: argparse.Namespace) -> int:
    from mobstd.canon.standard import find
    from mobstd.release.edition.sequel import sequel, taken_out, write_sequel
    from mobstd.release.starter import write_starter

    before = args.before.rpartition("@")[2]
    version = find(f"{args.name.partition('@')[0]}@{before}", args.roots)
    own = version.root in args.roots
    if not own and args.to is None:
        raise ConfigError("edition.no-root")
    made = sequel(version, args.name, datetime.now(UTC).date())
    folder = version.root.folder if args.to is None else args.to
    if args.to is not None:
        write_starter(taken_out(version), folder)
    write_sequel(made.files, folder)
    for place in made.files:
        print(place, flush=True)
    tell("cli.start.next", name=made.name, before=str(version))
    if made.by_hand:
        tell("cli.start.by-hand", rows=", ".join(made.by_hand))
    return 0
