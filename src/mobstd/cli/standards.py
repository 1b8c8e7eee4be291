"""``mobstd standards``."""

from __future__ import annotations

import argparse
import json

from mobstd.cli.words import Subparsers, say

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the verb."""
    parser = subparsers.add_parser(
        "standards", help=say("cli.standards.summary"), description=say("cli.standards.description")
    )
    parser.add_argument("--json", action="store_true", help=say("cli.standards.json"))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Print every standard and version that is there."""
    from dataclasses import asdict

    from mobstd.canon.standard import versions
    from mobstd.conformance.overview import overview
    from mobstd.release.edition.stage import lines, standing

    stands = [standing(version) for version in versions(args.roots)]
    pairs = zip(overview(args.roots), stands, strict=True)
    found = [{**entry, "standing": asdict(one)} for entry, one in pairs]
    if args.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return 0
    for number, entry in enumerate(found):
        if number:
            print()
        print(f"{entry['id']}  {say('cli.standards.status.' + entry['status'])}")
        for line in lines(stands[number], args.lang):
            print(f"  {line}")
        print(f"  {entry['title'][args.lang]}")
        print(f"  {say('cli.standards.meaning', meaning=entry['meaning'][args.lang])}")
        for name in ("roles", "blocks", "schemas"):
            if entry[name]:
                print(f"  {say('cli.standards.' + name, names=', '.join(entry[name]))}")
        print(f"  {say('cli.standards.requirements', count=entry['requirements'])}")
    return 0
