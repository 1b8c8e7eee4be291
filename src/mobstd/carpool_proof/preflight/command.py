"""``mobstd preflight``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TextIO

from mobstd.messages import language, render

if TYPE_CHECKING:
    from mobstd.carpool_proof.preflight.judging import Judged
    from mobstd.carpool_proof.preflight.run import Change, Plan
    from mobstd.carpool_proof.preflight.summary import Summary

__all__ = ["COMMANDS", "add", "run"]

_STANDARD = "carpool-proof@3.4"
_FORMATS = ("auto", "ndjson", "json", "csv", "parquet")
_ASSUMED = ("arrival", "order", "route", "token", "window")


def _say(code: str, **params: Any) -> str:
    return render(code, params, language())


def add(subparsers: Any) -> None:
    """Register the verb."""
    parser = subparsers.add_parser(
        "preflight",
        help=_say("proof.preflight.summary"),
        description=_say("proof.preflight.description"),
        epilog=_say("proof.preflight.epilog"),
    )
    file, folder, name = _say("cli.file"), _say("cli.folder"), _say("proof.preflight.name")

    def option(flag: str, **rest: Any) -> None:
        parser.add_argument(flag, help=_say(f"proof.preflight.{flag.lstrip('-')}"), **rest)

    parser.add_argument("files", nargs="*", metavar=file, help=_say("proof.preflight.files"))
    option("--rules", metavar=name)
    option("--diff-rules", nargs=2, metavar=(name, name))
    option("--standard", metavar="NAME@VERSION", default=_STANDARD)
    option("--format", choices=_FORMATS, default="auto")
    when = parser.add_mutually_exclusive_group()
    for flag, metavar in (
        ("--now", _say("proof.preflight.instant")),
        ("--sent-after", _say("proof.preflight.duration")),
        ("--received-column", name),
    ):
        when.add_argument(flag, metavar=metavar, help=_say(f"proof.preflight.{flag.lstrip('-')}"))
    option("--within", metavar=_say("proof.preflight.duration"), default="0s")
    option("--operator-column", metavar=name, default="")
    option("--history", metavar=file, action="append", default=[])
    option("--remember", metavar=file)
    option("--assume", choices=_ASSUMED, action="append", default=[])
    option("--no-phones", action="store_true")
    option("--out", metavar=folder)
    option("--csv", action="store_true")
    option("--html", metavar=file)
    option("--json", metavar=file)
    option("--limit", type=int, default=100, metavar="N")
    option("--spill", metavar=folder)
    option("--serve", type=int, metavar="PORT")
    parser.set_defaults(func=run)


COMMANDS: Mapping[str, Callable[[Any], None]] = {"preflight": add}
"""The verbs that this standard contributes."""


def run(args: argparse.Namespace) -> int:
    """Judge journeys, and return 1 where one is refused, 3 where there was none."""
    from mobstd.carpool_proof.limits import LATEST
    from mobstd.carpool_proof.rules.profile import profile
    from mobstd.errors import ConfigError

    if args.serve is None and not args.files:
        raise ConfigError("proof.no-files")
    if args.serve is not None and args.files:
        raise ConfigError("proof.serve-no-files")
    if args.diff_rules:
        return _differ(args)
    chosen = profile(args.rules or LATEST)
    if args.serve is not None:
        return _serve(args, _plan(args, chosen))
    return _judge(args, _plan(args, chosen))


def _plan(args: argparse.Namespace, chosen: Any) -> Plan:
    from pathlib import Path

    from mobstd.canon.standard import find
    from mobstd.carpool_proof.preflight.arrival import arrival
    from mobstd.carpool_proof.preflight.run import Plan
    from mobstd.carpool_proof.preflight.sources import named
    from mobstd.errors import ConfigError

    if args.files.count("-") > 1 or "-" in args.history:
        raise ConfigError("proof.stdin-once")
    if args.csv and not args.out:
        raise ConfigError("proof.csv-needs-out")
    return Plan(
        sources=[named(word, args.format) for word in args.files],
        version=find(args.standard, args.roots),
        profile=chosen,
        arrival=arrival(args.now, args.sent_after, args.received_column, args.within),
        history=[named(word) for word in args.history],
        remember=args.remember,
        out=Path(args.out) if args.out else None,
        table=args.csv,
        operator_column=args.operator_column,
        taken=frozenset(args.assume),
        phones=not args.no_phones,
        spill=args.spill,
        lang=args.lang,
        progress=_Progress(),
    )


def _judge(args: argparse.Namespace, plan: Plan) -> int:
    import json

    from mobstd.carpool_proof.preflight.run import preflight
    from mobstd.output.files import check_writable, replace_file, talk

    check_writable(path for path in (args.json, args.html) if path)
    said = talk([args.json, args.html])
    told = _Told(args, [source.name for source in plan.sources], said)
    summary, written = preflight(plan, told)
    told.end()
    counted = summary.as_json()
    wanted = {"json": args.json, "html": args.html}
    if plan.out is not None:
        wanted = {form: path or plan.out / f"summary.{form}" for form, path in wanted.items()}
    if wanted["json"]:
        text = json.dumps(counted, ensure_ascii=False, indent=1) + "\n"
        replace_file(wanted["json"], text)
    if wanted["html"]:
        from mobstd.carpool_proof.preflight.page import page

        replace_file(wanted["html"], page(counted, args.lang))
    _print_summary(summary, counted, args.lang, said)
    if written:
        names = ", ".join(written)
        print(_say("proof.said.written", folder=plan.out, names=names), file=said)
    if not summary.total:
        print(_say("proof.said.nothing"), file=sys.stderr)
        return 3
    return 1 if summary.verdicts["refused"] else 0


def _serve(args: argparse.Namespace, plan: Plan) -> int:
    from mobstd.carpool_proof.preflight.service import Service
    from mobstd.serving.hosting import host

    def ready(url: str) -> None:
        print(_say("proof.said.serving", url=url), file=sys.stderr, flush=True)

    host(Service(plan), "127.0.0.1", args.serve, ready)
    return 0


class _Told:
    """Prints what is refused, up to a limit."""

    def __init__(self, args: argparse.Namespace, files: list[str], talk: TextIO) -> None:
        from mobstd.carpool_proof.preflight.verdict import ROWS
        from mobstd.output.terminal import on_one_line

        self._rows, self._talk, self._on_one_line = ROWS, talk, on_one_line
        self._limit, self._lang, self._files = args.limit, args.lang, files
        self._printed = self._left = 0

    def __call__(self, one: Judged) -> None:
        if one.verdict != "refused":
            return
        for reason in one.reasons:
            if reason.weight != "refused":
                continue
            if self._limit and self._printed >= self._limit:
                self._left += 1
                continue
            self._printed += 1
            place = f"{self._files[one.source]}:{one.line}"
            said = f"{self._rows[reason.rule]} {reason.rule} {reason.message(self._lang)}"
            print(f"{place} {self._on_one_line(one.journey or '-')} {said}", file=self._talk)

    def end(self) -> None:
        if self._left:
            print(_say("proof.said.left-out", count=self._left), file=sys.stderr)


def _print_summary(summary: Summary, counted: Mapping[str, Any], lang: str, talk: TextIO) -> None:
    from mobstd.carpool_proof.preflight.words import sentences

    for sentence in sentences(counted):
        print(sentence[lang], file=talk)
    for rule, weight, count in summary.by_rule():
        print(f"  {count:>8}  {rule}  ({_say(f'proof.weight.{weight}')})", file=talk)
    print(_say("proof.said.totals", total=summary.total, **counted["verdicts"]), file=talk)
    print(_say("proof.said.creation", **counted["at_creation"]), file=talk)


def _differ(args: argparse.Namespace) -> int:
    from mobstd.carpool_proof.preflight.run import compare
    from mobstd.carpool_proof.rules.profile import profile
    from mobstd.output.terminal import on_one_line

    first, second = map(profile, args.diff_rules)
    files = [word.partition("=")[2] or word for word in args.files]
    limit, printed = args.limit, 0

    def tell(change: Change) -> None:
        nonlocal printed
        printed += 1
        if limit and printed > limit:
            return
        one = change.judged
        sides = " -> ".join(
            f"{_say(f'proof.verdict.{verdict}')} ({', '.join(rules) or '-'})"
            for verdict, rules in (change.before, change.after)
        )
        print(f"{files[one.source]}:{one.line} {on_one_line(one.journey or '-')} {sides}")

    compared = compare(_plan(args, first), second, tell)
    for (before, after), count in sorted(compared.sides.items()):
        sides = f"{_say(f'proof.verdict.{before}')} -> {_say(f'proof.verdict.{after}')}"
        print(f"  {count:>8}  {sides}")
    total = sum(compared.sides.values())
    params = {"total": compared.journeys, "sides": total, "rules": compared.rules}
    print(_say("proof.said.compared", first=first.name, second=second.name, **params))
    return 0 if compared.journeys else 3


class _Progress:
    """Says on a terminal how many journeys were read, after a second; below 0 it is the end."""

    def __init__(self) -> None:
        self._since = time.monotonic()
        self._shown = False

    def __call__(self, count: int) -> None:
        if count < 0:
            if self._shown:
                print("\r\x1b[K", end="", file=sys.stderr, flush=True)
        elif sys.stderr.isatty() and time.monotonic() - self._since > 1:
            self._shown = True
            print(f"\r\x1b[K{_say('proof.said.progress', count=count)}", end="", file=sys.stderr)
