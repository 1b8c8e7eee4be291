"""``mobstd demo``."""

from __future__ import annotations

import argparse
from pathlib import Path

from mobstd.cli.words import Subparsers, say

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the verb."""
    parser = subparsers.add_parser(
        "demo", help=say("cli.demo.summary"), description=say("cli.demo.description")
    )
    option = parser.add_argument
    option("standard", nargs="?", metavar="NAME@VERSION", help=say("cli.demo.standard"))
    option("--out", default="reports", metavar="DIR", help=say("cli.demo.folder"))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Show both targets; fail where the demonstration is not what it claims to be."""
    from mobstd.conformance.demo import demonstrable, demonstrate
    from mobstd.conformance.report.progress import progress
    from mobstd.conformance.report.view import decimal

    version = demonstrable(args.standard)
    right = True
    with progress(args.lang) as bar:
        for shown in demonstrate(version, Path(args.out), args.lang, bar):
            bar.close()
            faults = len(shown.faults)
            name = (
                say("demo.wrong", count=faults)
                if faults
                else say("demo.right", standard=str(version))
            )
            report = shown.report
            print(
                say(
                    "demo.done",
                    name=name,
                    verdict=say(f"report.verdict.{report['verdict']}"),
                    requests=report["requests"],
                    seconds=decimal(report["duration_seconds"], args.lang),
                    file=shown.file,
                )
            )
            for fault in shown.faults:
                hit = shown.found(fault)
                right = right and hit
                code = "demo.found" if hit else "demo.missed"
                print(say(code, fault=fault.id, title=fault.title[args.lang]))
            expected = "non-conforming" if faults else "conforming"
            right = right and report["verdict"] == expected
    return 0 if right else 1
