"""``mobstd validate``."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import TYPE_CHECKING, Any

from mobstd.cli.words import Subparsers, say, tell
from mobstd.errors import ConfigError, RefusedDocument, TransportError

if TYPE_CHECKING:
    from mobstd.validation.batch import Part, Task
    from mobstd.validation.remark import Remark

__all__ = ["add", "run"]

_FORMATS = ("auto", "json", "ndjson", "csv")


def add(subparsers: Subparsers) -> None:
    """Register the verb."""
    parser = subparsers.add_parser(
        "validate",
        help=say("cli.validate.summary"),
        description=say("cli.validate.description"),
        epilog=say("cli.validate.epilog"),
    )
    parser.add_argument("files", nargs="+", metavar=say("cli.file"), help=say("cli.validate.files"))
    parser.add_argument(
        "--schema",
        required=True,
        metavar="NAME@VERSION/SCHEMA",
        help=say("cli.validate.schema"),
    )
    parser.add_argument("--overlay", metavar="NAME", help=say("cli.validate.overlay"))
    parser.add_argument(
        "--no-format",
        metavar="NAME",
        action="append",
        default=[],
        help=say("cli.validate.no-format"),
    )
    parser.add_argument("--each", action="store_true", help=say("cli.validate.each"))
    parser.add_argument(
        "--format", choices=_FORMATS, default="auto", help=say("cli.validate.format")
    )
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help=say("cli.validate.jobs"))
    parser.add_argument(
        "--limit", type=int, default=1000, metavar="N", help=say("cli.validate.limit")
    )
    parser.add_argument("--json", metavar=say("cli.file"), help=say("cli.validate.json"))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Judge documents and print what is wrong with them."""
    from mobstd.output.files import check_writable
    from mobstd.validation.batch import Task, judge_file

    standard, _, schema = args.schema.partition("/")
    if args.jobs < 0 or args.limit < 0:
        raise ConfigError("cli.validate.negative")
    task = Task(
        standard,
        schema,
        args.overlay,
        args.each,
        args.format,
        args.jobs,
        tuple(args.roots),
        frozenset(args.no_format),
    )
    task.judge()
    if args.json:
        check_writable([args.json])
    printer = _Printer(args, task)
    for name in args.files:
        printer.begin(name)
        for part in judge_file(name, task):
            printer.take(part)
    return printer.end()


class _Printer:
    """Prints remarks as they come, and counts."""

    def __init__(self, args: argparse.Namespace, task: Task) -> None:
        self._args = args
        self._task = task
        self._files: list[dict[str, Any]] = []
        self._printed = 0
        self._since = time.monotonic()
        self._shown = False

    def begin(self, name: str) -> None:
        self._files.append(
            {"file": name, "documents": 0, "refused": 0, "remarks": [], "left_out": 0}
        )

    def take(self, part: Part) -> None:
        entry = self._files[-1]
        entry["documents"] += part.documents
        entry["refused"] += part.refused
        for remark in part.remarks:
            if self._args.limit and self._printed >= self._args.limit:
                entry["left_out"] += 1
                continue
            self._printed += 1
            entry["remarks"].append(_written(remark))
            print(self._line(entry["file"], remark))
        self._progress(entry)

    def _line(self, name: str, remark: Remark) -> str:
        where = f"{name}:{remark.line}"
        message = remark.message(self._args.lang)
        if remark.severity == "warning":
            message = say("cli.validate.warning", message=message)
        return f"{where} {remark.pointer or '-'} {remark.keyword} {message}"

    def _progress(self, entry: dict[str, Any]) -> None:
        if sys.stderr.isatty() and time.monotonic() - self._since > 1:
            self._shown = True
            done = say("cli.validate.progress", file=entry["file"], count=entry["documents"])
            print(f"\r\x1b[K{done}", end="", file=sys.stderr, flush=True)

    def end(self) -> int:
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr)
        totals = {
            name: sum(entry[name] for entry in self._files)
            for name in ("documents", "refused", "left_out")
        }
        if totals["left_out"]:
            tell("cli.validate.left-out", count=totals["left_out"])
        print(say("cli.validate.totals", **totals))
        if self._args.json:
            self._write({"documents": totals["documents"], "refused": totals["refused"]})
        if totals["refused"]:
            return RefusedDocument.exit_code
        if not totals["documents"]:
            tell("cli.validate.nothing")
            return TransportError.exit_code
        return 0

    def _write(self, totals: dict[str, int]) -> None:
        from mobstd.output.files import replace_file

        report = {
            "format_version": 1,
            "standard": str(self._task.version),
            "schema": self._task.schema,
            "overlay": self._task.overlay,
            **totals,
            "files": self._files,
        }
        replace_file(self._args.json, json.dumps(report, ensure_ascii=False, indent=1) + "\n")


def _written(remark: Remark) -> dict[str, Any]:
    return {
        "line": remark.line,
        "pointer": remark.pointer,
        "keyword": remark.keyword,
        "severity": remark.severity,
        "message": {lang: remark.message(lang) for lang in ("en", "fr")},
    }
