"""``mobstd schemas impact``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from mobstd.cli.words import Subparsers, say
from mobstd.errors import ConfigError

__all__ = ["add", "run"]


def add(verbs: Subparsers) -> None:
    """Register the verb."""
    parser = verbs.add_parser(
        "impact",
        help=say("cli.impact.summary"),
        description=say("cli.impact.description"),
        epilog=say("cli.impact.epilog"),
    )
    option = parser.add_argument
    option("files", metavar="FILE", nargs="+", type=Path, help=say("cli.impact.files"))
    option("--to", metavar="NAME@VERSION", help=say("cli.impact.to"))
    option("--from", metavar="NAME@VERSION", dest="since", help=say("cli.impact.from"))
    option("--role", metavar="ROLE", help=say("cli.impact.role"))
    option("--side", choices=("server", "caller"), default="server", help=say("cli.impact.side"))
    option("--base", metavar="URL", help=say("cli.impact.base"))
    option("--schema", metavar="NAME", help=say("cli.impact.schema"))
    option("--share", metavar="FILE", help=say("cli.impact.share"))
    option("--as", metavar="NAME", dest="name", help=say("cli.impact.as"))
    option("--merge", action="store_true", help=say("cli.impact.merge"))
    option("--format", choices=("text", "json", "markdown"), default="text",
           help=say("cli.diff.format"))  # fmt: skip
    option("--output", metavar="FILE", default="-", help=say("cli.diff.output"))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Judge again, or merge; write the table, and return the exit code."""
    from mobstd.output.files import replace_file
    from mobstd.release.impact.render import markdown, text
    from mobstd.release.impact.table import merged, read, shared

    made = merged([read(path) for path in args.files]) if args.merge else _judged(args)
    if args.share:
        value = json.dumps(shared(made, args.name), ensure_ascii=False, indent=2) + "\n"
        replace_file(args.share, value)
    if args.format == "json":
        written = json.dumps(made, ensure_ascii=False, indent=2) + "\n"
    else:
        written = (markdown if args.format == "markdown" else text)(made, args.lang)
    if args.share != args.output:
        replace_file(args.output, written)
    return 1 if made["lost"] else 0


def _judged(args: argparse.Namespace) -> dict[str, Any]:
    from mobstd.release.adoption.adopted import version_of
    from mobstd.release.impact.evidence import Documents, evidence
    from mobstd.release.impact.judged import of_documents, of_exchanges
    from mobstd.release.impact.table import impact
    from mobstd.serving.opening import role_of

    if args.to is None:
        raise ConfigError("impact.no-version")
    new = version_of(args.to, args.roots)
    parties, names = [], []
    for path in args.files:
        found = evidence(path, schema=args.schema)
        known = None if isinstance(found, Documents) else found.standard
        since: str | None = args.since or known
        if since is None:
            raise ConfigError("impact.no-origin", file=str(path))
        old = version_of(since, args.roots)
        names.append(since)
        if isinstance(found, Documents):
            parties.append(of_documents(found, old, new, args.schema))
        else:
            role = role_of(old, args.role or found.role)
            parties.append(of_exchanges(found, old, new, role, args.side, args.base))
    if len(set(names)) > 1:
        pairs = ", ".join(f"{name} -> {args.to}" for name in sorted(set(names)))
        raise ConfigError("impact.several", pairs=pairs)
    return impact(names[0], args.to, parties)
