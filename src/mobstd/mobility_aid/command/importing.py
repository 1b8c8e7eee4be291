"""``mobstd aids import``."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from mobstd.messages import language, render
from mobstd.mobility_aid.command.words import instant, opened, say, tell

__all__ = ["add", "run"]


def add(verbs: Any) -> None:
    """Register the verb."""
    parser = verbs.add_parser(
        "import",
        help=say("import"),
        description=say("import.description"),
        epilog=say("import.epilog"),
    )
    file = render("cli.file", {}, language())
    parser.add_argument("file", metavar=file, help=say("import.option.file"))
    parser.add_argument("--from", dest="format", metavar="NAME", help=say("import.option.from"))
    parser.add_argument("--out", default="-", metavar=file, help=say("import.option.out"))
    parser.add_argument("--now", metavar="T", help=say("import.option.now"))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Write each aid of a file as a line of JSON; return 1 where a record gave none.

    Which format it was in is said with the counts.
    """
    import json

    from mobstd.mobility_aid.importing import detected, read
    from mobstd.output.files import check_writable, replacing

    check_writable([args.out])
    at = instant(args.now).isoformat().replace("+00:00", "Z")
    aids = refused = told = 0
    file = opened(args.file)
    format = args.format or detected(file)
    with replacing(args.out) as out:
        for found in read(file, format, at=at):
            told += tell(args.file, found.diagnostics)
            if found.aid is None:
                refused += 1
            else:
                aids += 1
                out.write(json.dumps(found.aid, ensure_ascii=False) + "\n")
    sys.stderr.write(
        say("import.summary", format=format, aids=aids, refused=refused, told=told) + "\n"
    )
    return 1 if refused else 0
