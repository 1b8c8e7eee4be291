"""``mobstd proof reconcile``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mobstd.messages import language, render

if TYPE_CHECKING:
    from mobstd.carpool_proof.limits import Limits
    from mobstd.carpool_proof.reconcile.export import Export
    from mobstd.carpool_proof.reconcile.judging import Found, Line
    from mobstd.carpool_proof.reconcile.summary import Summary
    from mobstd.carpool_proof.sending.entries import Entry

__all__ = ["COMMANDS", "add", "reconcile", "run"]

KEYS = ("RPC_ACCESS_KEY", "RPC_SECRET_KEY")
"""Where the pair of keys is, unless another place is named."""

_EVERY = 200


def _say(code: str, **params: Any) -> str:
    return render(code, params, language())


def add(subparsers: Any) -> None:
    """Register the verb."""
    about = {"help": _say("reconcile.proof"), "description": _say("reconcile.proof")}
    verbs = subparsers.add_parser("proof", **about).add_subparsers(
        dest="what", required=True, metavar=_say("cli.verb")
    )
    parser = verbs.add_parser(
        "reconcile",
        help=_say("reconcile.summary"),
        description=_say("reconcile.description"),
        epilog=_say("reconcile.epilog"),
    )
    file = _say("cli.file")

    def option(flag: str, **rest: Any) -> None:
        parser.add_argument(flag, help=_say(f"reconcile.{flag.lstrip('-')}"), **rest)

    option("sent", metavar=file)
    option("--url", required=True, metavar="URL")
    option("--export", metavar=file)
    option("--csv", metavar=file)
    option("--html", metavar=file)
    option("--now", metavar="T")
    option("--rules", metavar="NAME")
    option("--access-key-env", metavar="VAR", default=KEYS[0])
    option("--secret-key-env", metavar="VAR", default=KEYS[1])
    option("--concurrency", type=int, default=8, metavar="N")
    parser.set_defaults(func=run)


COMMANDS: Mapping[str, Callable[[Any], None]] = {"proof": add}
"""The verbs that this module contributes."""


def run(args: argparse.Namespace) -> int:
    """Reconcile, and return 1 where something is to be done, 3 where statuses were not read."""
    from mobstd.carpool_proof.limits import LATEST, limits
    from mobstd.carpool_proof.reconcile.export import exported
    from mobstd.carpool_proof.reconcile.outputs import page, tabled, told
    from mobstd.carpool_proof.reconcile.sources import sent, standings
    from mobstd.carpool_proof.reconcile.summary import Summary, summed
    from mobstd.carpool_proof.tokens import Tokens
    from mobstd.carpool_proof.v3_4 import Client
    from mobstd.errors import ConfigError
    from mobstd.output.files import check_writable, replace_file, replacing, talk

    if args.concurrency < 1:
        raise ConfigError("sending.bad-number", name="--concurrency", value=args.concurrency)
    bounds, now = limits(args.rules or LATEST), _now(args.now)
    export = exported(args.export) if args.export else None
    keys = _key(args.access_key_env), _key(args.secret_key_env)
    summary = Summary(now, bounds.rules)
    with ExitStack() as stack:
        check_writable(path for path in (args.csv, args.html) if path)
        if args.html:
            page(summary, args.lang)  # what it needs is there, before anything is asked
        tokens = stack.enter_context(Tokens(args.url, *keys, rules=bounds.rules))
        client = stack.enter_context(Client(args.url, auth=tokens))
        found = standings(client, sent(args.sent), concurrency=args.concurrency)
        lines = summed(summary, reconcile(found, now, bounds, export, summary))
        if args.csv:
            lines = tabled(lines, stack.enter_context(replacing(args.csv)), args.lang)
        _counted(lines)
    if args.html:
        replace_file(args.html, page(summary, args.lang))
    for text in told(summary, args.lang):
        print(text, file=talk([args.csv, args.html]))
    return summary.exit_code


def reconcile(
    found: Iterable[tuple[Entry, Found]],
    now: datetime,
    limits: Limits,
    export: Export | None,
    summary: Summary,
) -> Iterator[Line]:
    """Yield a line for each journey; what only the export has is in the summary after the last."""
    from mobstd.carpool_proof.reconcile.judging import judge

    left = dict(export.rows) if export else {}
    for entry, said in found:
        row = left.pop(entry.result.id, None)
        expected = export is not None and export.covers(entry.document)
        yield judge(entry, said, now, limits, row, expected)
    if export is not None:
        summary.exported = len(export.rows)
        summary.strangers = tuple(left)


def _counted(lines: Iterable[Line]) -> None:
    """Go through the lines, and count them where somebody looks on."""
    shown = sys.stderr.isatty()
    for count, _ in enumerate(lines, 1):
        if shown and count % _EVERY == 0:
            print(f"\r{count}", end="", file=sys.stderr, flush=True)
    if shown:
        print("\r", end="", file=sys.stderr)


def _key(name: str) -> str:
    from mobstd.errors import ConfigError

    value = os.environ.get(name, "")
    if not value:
        raise ConfigError("reconcile.no-key", name=name)
    return value


def _now(text: str | None) -> datetime:
    from mobstd.carpool_proof.sending.standing import instant
    from mobstd.errors import ConfigError

    moment = instant(text) if text else datetime.now(UTC)
    if moment is None:
        raise ConfigError("reconcile.bad-now", value=text)
    return moment
