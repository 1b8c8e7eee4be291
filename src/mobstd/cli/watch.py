"""``mobstd watch``."""

from __future__ import annotations

import argparse
from dataclasses import replace

from mobstd.cli.check import seconds
from mobstd.cli.hearing import command_of, commanding, conclude, files, recorder, reports
from mobstd.cli.words import Subparsers, say, tell

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the verb."""
    parser = subparsers.add_parser(
        "watch",
        help=say("cli.watch.summary"),
        description=say("cli.watch.description"),
        epilog=say("cli.watch.epilog"),
    )
    option = parser.add_argument
    option("--upstream", required=True, metavar="URL", help=say("cli.watch.upstream"))
    option("--standard", required=True, metavar="NAME@VERSION", help=say("cli.judge.standard"))
    option("--role", metavar="ROLE", help=say("cli.judge.role"))
    option("--host", default="127.0.0.1", help=say("cli.serve.host"))
    option("--port", type=int, metavar="N", help=say("cli.serve.port"))
    option("--timeout", type=seconds, default=30.0, metavar="S", help=say("cli.watch.timeout"))
    option(
        "--side", choices=("caller", "server", "both"), default="both", help=say("cli.watch.side")
    )
    option("--key-env", action="append", default=[], metavar="VAR", help=say("cli.watch.key-env"))
    option("--record", metavar="DIR", help=say("cli.judging.record"))
    reports(parser)
    commanding(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Forward, judge both sides until interrupted, and return the exit code."""
    from mobstd.canon.standard import find
    from mobstd.cli.hearing import keys_of
    from mobstd.conformance import baseline
    from mobstd.conformance.traffic.account import About
    from mobstd.conformance.traffic.forwarding import Forwarding
    from mobstd.conformance.traffic.hearing import CALLER, SERVER, Hearing
    from mobstd.conformance.traffic.live import Live, Output, follow
    from mobstd.serving.hosting import hosted
    from mobstd.serving.opening import role_of
    from mobstd.serving.recording import Recording

    sides = [CALLER, SERVER] if args.side == "both" else [args.side]
    wanted = files(args, sides)
    version = find(args.standard, args.roots)
    role = role_of(version, args.role)
    keys = keys_of(args.key_env)
    outputs = [Output(Hearing(version, role, side), wanted[side]) for side in sides]
    about = About(
        args.upstream,
        "url",
        secrets={name: key for key, name in keys.items()},
        baseline=baseline.load(args.baseline) if args.baseline else None,
        fail_on=args.fail_on,
    )
    live = Live(outputs, about, args.lang, recorder(args.record, about, version, role))
    proxy = Forwarding(args.upstream, args.timeout)
    app = Recording(proxy, version, role, live.heard, keys=keys)
    port = args.port if args.port is not None else 0 if args.command else 8000
    with hosted(app, args.host, port) as url:
        live.about = replace(about, base=url)
        tell("traffic.watching", url=url, upstream=args.upstream, role=role, version=str(version))
        found = follow(live, lambda: command_of(args, url, keys), args.time_budget)
    return conclude(found, wanted, args.lang)
