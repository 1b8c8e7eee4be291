"""``mobstd check``."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from math import inf
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from mobstd.cli.person import asking
from mobstd.cli.words import Subparsers, say
from mobstd.errors import ConfigError

if TYPE_CHECKING:
    from mobstd.conformance.profile import Profile, SetupHook

__all__ = ["FORMATS", "add", "counted", "instant", "run", "seconds"]

FORMATS = ("json", "junit", "sarif", "markdown", "html")


def add(subparsers: Subparsers) -> None:
    """Register the verb."""
    parser = subparsers.add_parser(
        "check",
        help=say("cli.check.summary"),
        description=say("cli.check.description"),
        epilog=say("cli.check.epilog"),
    )
    option = parser.add_argument
    option("target", nargs="?", metavar="URL|module:app", help=say("cli.check.target"))
    option("--profile", metavar="FILE", help=say("cli.check.profile"))
    option("--standard", metavar="NAME@VERSION", help=say("cli.check.standard"))
    option("--role", help=say("cli.check.role"))
    option("--block", action="append", default=[], help=say("cli.check.block"))
    option("--only", action="append", default=[], metavar="ID", help=say("cli.check.only"))
    option("--plan", action="store_true", help=say("cli.check.plan"))
    option("--quick", action="store_true", help=say("cli.check.quick"))
    option("--no-fuzz", action="store_true", help=say("cli.check.no-fuzz"))
    option(
        "--header-env",
        action="append",
        default=[],
        metavar="NAME=VAR",
        help=say("cli.check.header-env"),
    )
    option("--allow-writes", action="store_true", help=say("cli.check.allow-writes"))
    option("--cleanup", metavar="JOURNAL", help=say("cli.check.cleanup"))
    option("--no-input", action="store_true", help=say("cli.check.no-input"))
    option("--journal", metavar="FILE", help=say("cli.check.journal"))
    option(
        "--second-header-env",
        action="append",
        default=[],
        metavar="NAME=VAR",
        help=say("cli.check.second-header-env"),
    )
    option("--area", action="append", default=[], metavar="PLACE", help=say("cli.check.area"))
    option("--hint", action="append", default=[], metavar="OP?QUERY", help=say("cli.check.hint"))
    option("--seed", type=int, default=0, metavar="N", help=say("cli.check.seed"))
    option("--now", metavar="T", help=say("cli.check.now"))
    option("--max-requests", type=counted, metavar="N", help=say("cli.check.max-requests"))
    option("--time-budget", type=seconds, metavar="S", help=say("cli.check.time-budget"))
    option("--timeout", type=seconds, default=10.0, metavar="S", help=say("cli.check.timeout"))
    option("--rate", metavar="N/s", help=say("cli.check.rate"))
    option("--baseline", metavar="FILE", help=say("cli.check.baseline"))
    option(
        "--fail-on",
        choices=("error", "warning"),
        default="error",
        help=say("cli.check.fail-on"),
    )
    option("--record", metavar="DIR", help=say("cli.check.record"))
    for name in FORMATS:
        option(f"--{name}", metavar="FILE", help=say(f"cli.check.{name}"))
    parser.set_defaults(func=run)


def instant(text: str | None) -> datetime | None:
    """Return the moment that ``--now`` names.

    Raises:
        ConfigError: where it is neither ISO 8601 nor UNIX seconds.
    """
    if text is None:
        return None
    try:
        if text.lstrip("-").isdigit():
            return datetime.fromtimestamp(int(text), UTC)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        raise ConfigError("check.bad-now", value=text) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def counted(text: str) -> int:
    """Return a number of requests that an option gives: at least one."""
    value = int(text) if text.isdecimal() else 0
    if value < 1:
        raise argparse.ArgumentTypeError(say("check.not-a-count", value=text))
    return value


def seconds(text: str) -> float:
    """Return a number of seconds that an option gives: more than none."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < inf:
        raise argparse.ArgumentTypeError(say("check.not-seconds", value=text))
    return value


def _rate(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        value = float(text.removesuffix("/s"))
    except ValueError:
        value = 0.0
    if not 0 < value < 1e6:
        raise ConfigError("check.bad-rate", value=text)
    return value


def _hints(texts: list[str]) -> dict[str, list[Mapping[str, str]]] | None:
    found: dict[str, list[Mapping[str, str]]] = {}
    for text in texts:
        operation, mark, query = text.partition("?")
        if not mark:
            raise ConfigError("check.bad-hint", value=text)
        found.setdefault(operation, []).append(dict(parse_qsl(query, keep_blank_values=True)))
    return found or None


def _auth(texts: list[str]) -> dict[str, str] | None:
    if not texts:
        return None
    if len(texts) > 1:
        raise ConfigError("check.one-header")
    name, mark, variable = texts[0].partition("=")
    if not mark or not name or not variable:
        raise ConfigError("check.bad-header", value=texts[0])
    return {"kind": "header", "header": name, "secret": f"${{{variable}}}"}


def _overrides(args: argparse.Namespace) -> dict[str, Any]:
    budget = {
        "max_requests": args.max_requests,
        "time_budget": args.time_budget,
        "rate": _rate(args.rate),
    }
    return {
        "target": args.target,
        "standard": args.standard,
        "role": args.role,
        "areas": args.area or None,
        "hints": _hints(args.hint),
        "auth": _auth(args.header_env),
        "second_auth": _auth(args.second_header_env),
        "budget": {k: v for k, v in budget.items() if v is not None} or None,
    }


def run(args: argparse.Namespace) -> int:
    """Judge a target, print the result, write the reports, and return the exit code."""
    from mobstd.conformance import baseline
    from mobstd.conformance import run as engine
    from mobstd.conformance.listening import Serving, serving, trigger_of
    from mobstd.conformance.profile import load
    from mobstd.conformance.report.plan import render as planned
    from mobstd.conformance.report.progress import progress
    from mobstd.conformance.report.terminal import show
    from mobstd.conformance.report.write import write
    from mobstd.conformance.setup import hook_of
    from mobstd.conformance.target import opened, pace
    from mobstd.output.files import check_writable, talk

    if args.cleanup is not None:
        return _clean(args)
    wanted = {name: path for name in FORMATS if (path := getattr(args, name))}
    check_writable(wanted.values())
    profile = load(args.profile, overrides=_overrides(args))
    tokens = engine.renewals(profile)
    headers, secrets = engine.credentials(profile, tokens)
    second, second_secrets = engine.second_credentials(profile, tokens)
    with ExitStack() as stack:
        sender = stack.enter_context(opened(profile.target, seconds=args.timeout))
        served = Serving() if args.plan else stack.enter_context(serving(profile, args.roots))
        hook = stack.enter_context(hook_of(profile.setup, allowed=args.allow_writes))
        bar = stack.enter_context(progress(args.lang))
        options = engine.Options(
            blocks=tuple(args.block),
            only=tuple(args.only),
            seed=args.seed,
            now=instant(args.now),
            quick=args.quick,
            with_fuzz=not args.no_fuzz,
            planned=args.plan,
            credentials=headers,
            secrets={
                **secrets,
                **second_secrets,
                **served.secrets,
                **(hook.secrets if hook else {}),
            },
            allow_writes=args.allow_writes,
            second=second,
            renewals=tokens,
            journal=args.journal,
            issuer=served.issuer,
            receiver=served.receiver,
            hook=hook,
            person=None if args.no_input else asking(args.lang),
            trigger=trigger_of(profile),
            roots=args.roots,
            progress=bar,
            rate=pace(profile.target, profile.rate),
            baseline=baseline.load(args.baseline) if args.baseline else None,
            fail_on=args.fail_on,
            record=args.record,
        )
        report = engine.check(sender, profile, options)
    if args.plan:
        print(planned(report["plan"], args.lang))
        return 0
    written = write(report, wanted, args.lang)
    show(report, args.lang, written=written, stream=talk(wanted.values()))
    return int(report["gate"]["exit_code"])


def _clean(args: argparse.Namespace) -> int:
    """Take back what a journal says was made, and say what is left."""
    from mobstd.conformance import run as engine
    from mobstd.conformance.profile import load
    from mobstd.conformance.scenarios.cleanup import clean
    from mobstd.conformance.scenarios.journal import pending
    from mobstd.conformance.setup import PARTY, hook_of
    from mobstd.conformance.target import opened

    about, _ = pending(args.cleanup)
    overrides = _overrides(args)
    for key in ("target", "standard", "role"):
        overrides[key] = overrides[key] or about.get(key)
    profile = load(args.profile, overrides=overrides)
    headers, _ = engine.credentials(profile)
    second, _ = engine.second_credentials(profile)
    with ExitStack() as stack:
        hook = stack.enter_context(hook_of(_setup_of(profile, about), allowed=True))
        keys = {"own": headers, "other": second, "wrong": engine.wrong(headers)}
        done = clean(
            args.cleanup,
            lambda _: stack.enter_context(opened(profile.target, seconds=args.timeout)),
            {**keys, PARTY: hook.headers if hook else ()},
            lambda _, party: hook.sender if hook and party == PARTY else None,
        )
    for one in done:
        if not one.done:
            params = {"target": one.write.undo.path, "status": one.status or "-"}
            print(say("check.cleaned.left", **params))
    if not done:
        print(say("check.cleaned.nothing"))
        return 0
    taken = sum(one.done for one in done)
    print(say("check.cleaned", done=taken, all=len(done)))
    return 0 if taken == len(done) else 1


def _setup_of(profile: Profile, about: Mapping[str, Any]) -> SetupHook | None:
    """Return the set-up hook of a profile, or else the one that a journal names."""
    from mobstd.conformance.profile import SetupHook

    named = about.get("setup")
    return profile.setup or (SetupHook(named) if isinstance(named, str) else None)
