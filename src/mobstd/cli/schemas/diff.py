"""``mobstd schemas diff``."""

from __future__ import annotations

import argparse
import json

from mobstd.cli.words import Subparsers, say

__all__ = ["add", "run"]


def add(verbs: Subparsers) -> None:
    """Register the verb."""
    parser = verbs.add_parser(
        "diff",
        help=say("cli.diff.summary"),
        description=say("cli.diff.description"),
        epilog=say("cli.diff.epilog"),
    )
    option = parser.add_argument
    option("old", metavar="A", help=say("cli.diff.old"))
    option("new", metavar="B", help=say("cli.diff.new"))
    option("--staying", choices=("anyone", "callers", "servers"), default="anyone",
           help=say("cli.diff.staying"))  # fmt: skip
    option("--declared", choices=("patch", "minor", "major"), help=say("cli.diff.declared"))
    option("--format", choices=("text", "json", "markdown"), default="text",
           help=say("cli.diff.format"))  # fmt: skip
    option("--output", metavar="FILE", default="-", help=say("cli.diff.output"))
    option("--all", action="store_true", help=say("cli.diff.all"))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Compare, write the report, and return the exit code."""
    from mobstd.output.files import replace_file
    from mobstd.release.diff.diff import compare, report
    from mobstd.release.diff.render import markdown, text
    from mobstd.release.diff.source import source

    old, new = source(args.old, args.roots), source(args.new, args.roots)
    made = report(old, new, compare(old, new), staying=args.staying, declared=args.declared)
    if args.format == "json":
        written = json.dumps(made, ensure_ascii=False, indent=2) + "\n"
    else:
        written = (markdown if args.format == "markdown" else text)(
            made, args.lang, everything=args.all
        )
    replace_file(args.output, written)
    return 1 if made["enough"] is False else 0
