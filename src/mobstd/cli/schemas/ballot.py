"""``mobstd schemas ballot``."""

from __future__ import annotations

import argparse
from pathlib import Path

from mobstd.cli.words import Subparsers, say, tell
from mobstd.errors import ConfigError

__all__ = ["add", "run"]


def add(verbs: Subparsers) -> None:
    """Register the verb."""
    parser = verbs.add_parser(
        "ballot",
        help=say("cli.ballot.summary"),
        description=say("cli.ballot.description"),
        epilog=say("cli.ballot.epilog"),
    )
    option = parser.add_argument
    option("version", metavar="NAME@VERSION", help=say("cli.ballot.version"))
    option("--ambiguity", metavar="A3", action="append", default=[],
           help=say("cli.ballot.ambiguity"))  # fmt: skip
    option("--met", metavar=say("cli.file"), action="append", default=[], type=Path,
           help=say("cli.ballot.met"))  # fmt: skip
    option("--out", metavar=say("cli.folder"), type=Path, help=say("cli.ballot.out"))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Write one page for each question: both languages into a folder, or one to the terminal."""
    from mobstd.messages import LANGUAGES
    from mobstd.output.files import replace_file
    from mobstd.release.adoption.adopted import version_of
    from mobstd.release.ballot.met import parties
    from mobstd.release.ballot.page import page
    from mobstd.release.ballot.question import questions

    version = version_of(args.version, args.roots)
    found = questions(version, args.ambiguity)
    if not found:
        raise ConfigError("ballot.none", version=str(version))
    following = next((one.successor for one in found if one.successor is not None), None)
    rows = {row for one in found for row in one.rows}
    met = parties(args.met, version, following, rows) if args.met else []
    for one in found:
        if args.out is None:
            print(page(one, met, args.lang))
            continue
        for lang in LANGUAGES:
            file = args.out / f"{one.id}.{lang}.md"
            replace_file(file, page(one, met, lang))
            print(file, flush=True)
    if args.out is not None:
        tell("ballot.written", count=len(found), folder=str(args.out))
    return 0
