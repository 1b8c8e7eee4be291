"""``mobstd schemas comment``."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from mobstd.cli.words import Subparsers, say

__all__ = ["add", "run"]


def add(verbs: Subparsers) -> None:
    """Register the verb."""
    parser = verbs.add_parser(
        "comment",
        help=say("cli.comment.summary"),
        description=say("cli.comment.description"),
        epilog=say("cli.comment.epilog"),
    )
    option = parser.add_argument
    option("--base", metavar="REV", required=True, help=say("cli.comment.base"))
    option("--head", metavar="REV", help=say("cli.comment.head"))
    option("--in", dest="below", metavar=say("cli.folder"), default=".", help=say("cli.comment.in"))
    option("--records", metavar=say("cli.folder"), type=Path, help=say("cli.comment.records"))
    option("--output", metavar=say("cli.file"), default="-", help=say("cli.comment.output"))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Write the comment; 1 where the change is refused."""
    from mobstd.output.files import replace_file
    from mobstd.release.comment.records import records_in
    from mobstd.release.comment.review import review, side
    from mobstd.release.comment.text import comment

    records = records_in(args.records) if args.records else []
    base, head = side(args.base, args.below, begins=True), side(args.head, args.below)
    found = review(base, head, records, datetime.now(UTC).date())
    replace_file(args.output, comment(found, args.lang))
    return 1 if found.refused else 0
