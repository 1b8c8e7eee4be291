"""``mobstd bundle``."""

from __future__ import annotations

import argparse
from pathlib import Path

from mobstd.cli.words import Subparsers, say

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the verb."""
    parser = subparsers.add_parser(
        "bundle",
        help=say("cli.bundle.summary"),
        description=say("cli.bundle.description"),
        epilog=say("cli.bundle.epilog"),
    )
    parser.add_argument("standard", metavar="NAME@VERSION", help=say("cli.serve.standard"))
    parser.add_argument("--to", metavar="DIR", type=Path, required=True, help=say("cli.bundle.to"))
    parser.add_argument("--typescript", action="store_true", help=say("cli.bundle.typescript"))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Write the files, and say which."""
    from mobstd.canon.standard import find
    from mobstd.release.parcel import parcel, write_parcel

    version = find(args.standard, args.roots)
    files = parcel(version)
    if args.typescript:
        from mobstd.release.typescript import types

        files.update(types(files))
    write_parcel(version, files, args.to)
    for file in sorted(files):
        print(args.to / file)
    return 0
