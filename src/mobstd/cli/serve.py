"""``mobstd serve``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mobstd.cli.hearing import commanding, reports
from mobstd.cli.words import Subparsers, say, tell
from mobstd.errors import ConfigError

if TYPE_CHECKING:
    from mobstd.canon.standard import Version

__all__ = ["add", "run"]


_QUICK = 10_000
"""How many journeys are invented in no time."""


def add(subparsers: Subparsers) -> None:
    """Register the verb."""
    parser = subparsers.add_parser(
        "serve",
        help=say("cli.serve.summary"),
        description=say("cli.serve.description"),
        epilog=say("cli.serve.epilog"),
    )
    option = parser.add_argument
    option("standard", metavar="NAME@VERSION", help=say("cli.serve.standard"))
    option("--role", metavar="ROLE", help=say("cli.serve.role"))
    option("--host", default="127.0.0.1", help=say("cli.serve.host"))
    option("--port", type=int, metavar="N", help=say("cli.serve.port"))
    option("--db", metavar="URL", help=say("cli.serve.db"))
    option("--data", metavar=say("cli.file"), help=say("cli.serve.data"))
    option("--count", type=int, metavar="N", help=say("cli.serve.count"))
    option("--area", metavar=say("cli.serve.place"), help=say("cli.serve.area"))
    option("--seed", type=int, metavar="N", help=say("cli.serve.seed"))
    option("--now", metavar="T", help=say("cli.serve.now"))
    option("--key-env", action="append", default=[], metavar="VAR", help=say("cli.serve.key-env"))
    option("--from", dest="source", metavar="NAME=URL", help=say("cli.serve.from"))
    option(
        "--from-option",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help=say("cli.serve.from-option"),
    )
    option("--partner", metavar="URL", help=say("cli.serve.partner"))
    option("--partner-key-env", metavar="VAR", help=say("cli.serve.partner-key-env"))
    option("--issuer", metavar="URL", help=say("cli.serve.issuer"))
    option("--setup-path", metavar=say("cli.serve.path"), help=say("cli.serve.setup-path"))
    option("--audience", metavar="ID", help=say("cli.serve.audience"))
    option("--clock", metavar="T", help=say("cli.serve.clock"))
    option("--rules", metavar="NAME", help=say("cli.serve.rules"))
    option("--quirks", metavar="NAME", help=say("cli.serve.quirks"))
    option("--overlay", metavar="NAME", help=say("cli.serve.overlay"))
    option("--router", metavar="ROUTER", help=say("cli.serve.router"))
    option("--places", metavar=say("cli.file"), help=say("cli.serve.places"))
    option("--fault", action="append", default=[], metavar="ID", help=say("cli.serve.fault"))
    option("--list-faults", action="store_true", help=say("cli.serve.list-faults"))
    option("--judge", metavar="FILE", help=say("cli.serve.judge"))
    option("--record", metavar="DIR", help=say("cli.judging.record"))
    reports(parser)
    commanding(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted."""
    from mobstd.canon.standard import find
    from mobstd.cli.check import instant
    from mobstd.cli.hearing import keys_of
    from mobstd.serving.bridging import settings
    from mobstd.serving.faults import held_to, select
    from mobstd.serving.hosting import host
    from mobstd.serving.opening import curl, implementation, role_of

    version = find(args.standard, args.roots)
    role = role_of(version, args.role)
    if args.list_faults:
        return _list(version, role, args.lang)
    moment = instant(args.now)
    variants = select(version, args.fault) if args.fault else []
    keys = keys_of(args.key_env)
    held_to(variants, version, role, key=bool(keys), partner=args.partner is not None)
    names = (
        *("db", "data", "count", "area", "seed", "partner", "issuer", "audience", "setup_path"),
        *("clock", "rules", "quirks", "overlay", "router", "places"),
    )
    options = {name: getattr(args, name) for name in names}
    options["partner_key"] = _key(args.partner_key_env)
    options["now"] = int(moment.timestamp()) if moment else None
    options.update(settings(args.from_option))
    seeds = _seeds(version, role, args.db) if args.source is None and args.data is None else None
    if seeds is not None:
        options["data"] = seeds[0]
    if (args.count or 0) > _QUICK:
        tell("cli.serve.inventing", count=args.count)
    served = implementation(
        version,
        role,
        variants=variants,
        api_keys=list(keys) or None,
        source=args.source,
        **options,
    )

    def ready(url: str) -> None:
        tell("cli.serve.ready", version=str(version), role=role, url=url)
        if seeds is not None:
            sys.stderr.write(f"{seeds[1][args.lang]}\n")
        for variant in variants:
            tell("cli.serve.variant", id=variant.id, title=variant.title[args.lang])
        shown = f"${args.key_env[0]}" if args.key_env else ""
        tell("cli.serve.try", command=curl(served, version, role, url, shown))

    if args.judge or args.command:
        return _judged(args, served, version, role, keys, ready)
    host(served, args.host, 8000 if args.port is None else args.port, ready)
    return 0


def _seeds(
    version: Version, role: str, db: str | None
) -> tuple[str | None, Mapping[str, str]] | None:
    """Return what the reference of a role begins with where nobody says, and what to say of it."""
    from mobstd.canon.plug import resolve

    known = (version.plug.seeds if version.plug else None) or {}
    name = known.get(f"{version.version}/{role}")
    if name is None and role == version.role:
        name = known.get(version.version)
    return None if name is None else resolve(name)(db)


def _judged(
    args: argparse.Namespace,
    served: Any,
    version: Version,
    role: str,
    keys: dict[str, str],
    ready: Any,
) -> int:
    """Serve, judge who calls, and return the exit code."""
    from mobstd.cli.hearing import command_of, conclude, files, recorder
    from mobstd.conformance import baseline
    from mobstd.conformance.traffic.account import About
    from mobstd.conformance.traffic.hearing import CALLER, Hearing
    from mobstd.conformance.traffic.live import Live, Output, follow
    from mobstd.serving.hosting import hosted
    from mobstd.serving.recording import Recording

    wanted = files(args, [CALLER])
    hearing = Hearing(version, role, CALLER)
    secrets = {name: key for key, name in keys.items()}
    about = About(
        "mobstd serve",
        "url",
        secrets=secrets,
        baseline=baseline.load(args.baseline) if args.baseline else None,
        fail_on=args.fail_on,
    )
    kept = recorder(args.record, about, version, role)
    live = Live([Output(hearing, wanted[CALLER])], about, args.lang, kept)
    app = Recording(served, version, role, live.heard, keys=keys)
    port = args.port if args.port is not None else 0 if args.command else 8000
    with hosted(app, args.host, port) as url:
        live.about = replace(about, base=url)
        ready(url)
        found = follow(live, lambda: command_of(args, url, keys), args.time_budget)
    return conclude(found, wanted, args.lang)


def _key(name: str | None) -> str | None:
    if name is None:
        return None
    if not os.environ.get(name):
        raise ConfigError("serving.no-key", name=name)
    return os.environ[name]


def _list(version: object, role: str, lang: str) -> int:
    from mobstd.canon.standard import Version
    from mobstd.serving.faults import load_faults, load_twins, of_role

    assert isinstance(version, Version)
    for variant in of_role((*load_faults(version), *load_twins(version)), version, role):
        print(f"{variant.id}  {variant.title[lang]}")
    return 0
