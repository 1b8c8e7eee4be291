"""``mobstd replay``."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mobstd.cli.words import Subparsers, say, tell
from mobstd.errors import ConfigError

if TYPE_CHECKING:
    from mobstd.conformance.profile import Profile
    from mobstd.conformance.replay import Replayed

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the verb."""
    from mobstd.cli.check import seconds

    parser = subparsers.add_parser(
        "replay", help=say("cli.replay.summary"), description=say("replay.description")
    )
    option = parser.add_argument
    option("report", metavar="REPORT", help=say("report.help.file"))
    option("fingerprint", metavar="FINGERPRINT", help=say("report.help.fingerprint"))
    option("--profile", metavar="FILE", help=say("report.help.profile"))
    option("--url", metavar="URL", help=say("report.help.url"))
    option("--header-env", metavar="NAME=VAR", help=say("report.help.header-env"))
    option("--now", metavar="T", help=say("report.help.now"))
    option("--shift", type=int, metavar="S", help=say("report.help.shift"))
    option("--record", metavar="FILE", help=say("report.help.record"))
    option("--timeout", type=seconds, default=10.0, metavar="S", help=say("cli.check.timeout"))
    option("--allow-writes", action="store_true", help=say("report.help.allow-writes"))
    parser.set_defaults(func=run)


def _profile(args: argparse.Namespace, report: dict[str, Any]) -> Profile:
    """Return the profile: a file's, or what the report and the options say."""
    from mobstd.conformance.profile import load

    target = report["target"]
    if target["kind"] not in ("url", "app") and not args.url:
        raise ConfigError("replay.no-target")
    auth = None
    if args.header_env:
        name, mark, variable = args.header_env.partition("=")
        if not mark or not name or not variable:
            raise ConfigError("check.bad-header", value=args.header_env)
        auth = {"kind": "header", "header": name, "secret": f"${{{variable}}}"}
    known = args.url or (target.get("url") if target["kind"] == "url" else target["name"])
    standard = report["standard"]
    overrides = {
        "target": known,
        "standard": f"{standard['id']}@{standard['version']}",
        "auth": auth,
    }
    return load(args.profile, overrides=overrides)


def run(args: argparse.Namespace) -> int:
    """Replay one finding, say what came of it, and return the exit code."""
    from mobstd.cli.check import instant
    from mobstd.conformance.replay import choose, replay
    from mobstd.conformance.report.contract import read
    from mobstd.conformance.run import credentials
    from mobstd.conformance.target import opened

    report = read(args.report)
    _, finding = choose(report, args.fingerprint)
    profile = _profile(args, report)
    headers, _ = credentials(profile)
    with opened(profile.target, seconds=args.timeout) as sender:
        result = replay(
            report,
            args.fingerprint,
            sender,
            now=instant(args.now),
            seconds=args.shift,
            base_path=sender.address.path,
            credentials=headers,
            recording=args.record,
            roots=args.roots,
            allow_writes=args.allow_writes,
        )
    _tell(result)
    print(_outcome(result, finding, args.lang))
    return result.exit_code


def _tell(result: Replayed) -> None:
    from mobstd.conformance.report.view import visible

    days, rest = divmod(result.seconds, 86_400)
    if not result.seconds:
        tell("replay.kept")
    elif rest:
        tell("replay.shift", seconds=result.seconds)
    else:
        tell("replay.moved", days=days)
    if result.masked:
        tell("replay.masked")
    for exchange in result.exchanges:
        came = exchange.status if exchange.status is not None else "-"
        path = visible(exchange.request.target)
        method = exchange.request.method
        tell("replay.sent", name=exchange.id, method=method, path=path, result=came)


def _outcome(result: Replayed, finding: Mapping[str, Any], lang: str) -> str:
    from mobstd.conformance.report.view import visible

    text = visible(finding["message"][lang])
    if result.failure is not None:
        return say("replay.no-answer", text=say(result.failure.code, **result.failure.params))
    if result.refused is not None:
        return say("replay.refused", status=result.refused)
    if result.again is not None:
        return say("replay.still", text=text)
    return say("replay.gone" if result.evidence else "replay.nothing", text=text)
