"""``mobstd aids export``."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from mobstd.messages import language, render
from mobstd.mobility_aid.command.words import documents, instant, opened, say, tell

if TYPE_CHECKING:
    from mobstd.mobility_aid.importing import Diagnostic, Imported

__all__ = ["add", "run"]


def add(verbs: Any) -> None:
    """Register the verb."""
    from mobstd.mobility_aid.exporting.formats import FORMATS

    parser = verbs.add_parser(
        "export",
        help=say("export"),
        description=say("export.description"),
        epilog=say("export.epilog"),
    )
    file = render("cli.file", {}, language())
    known = ", ".join(FORMATS)
    option = parser.add_argument
    option("file", metavar=file, help=say("export.option.file"))
    option("--to", required=True, metavar="NAME", help=say("export.option.to", known=known))
    option("--from", dest="format", metavar="NAME", help=say("export.option.from"))
    option("--out", default="-", metavar=file, help=say("import.option.out"))
    option("--guarded", action="store_true", help=say("export.option.guarded"))
    option(
        "--outlines",
        action="append",
        metavar=f"TYPE={file}",
        help=say("export.option.outlines"),
    )
    option("--now", metavar="T", help=say("import.option.now"))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Write aids as another format; return 1 where one was left out."""
    from mobstd.mobility_aid.exporting import beside
    from mobstd.output.files import STDOUT, check_writable, replace_file, replacing

    second = beside(args.to)
    paths = [args.out]
    if second is not None and args.out != STDOUT:
        paths.append(str(Path(args.out).with_suffix(second[0])))
    check_writable(paths)
    count = _Count(args.file)
    with replacing(args.out) as out:
        if isinstance(out, io.TextIOWrapper):
            out.reconfigure(newline="")
        count.told(_written(args, count, out))
    for path in paths[1:]:
        replace_file(path, second[1] if second else "")
    summary = {"aids": count.aids - count.left_out, "refused": count.left_out + count.refused}
    sys.stderr.write(say("export.summary", **summary, told=count.remarks) + "\n")
    return 1 if summary["refused"] else 0


def _written(args: argparse.Namespace, count: _Count, out: IO[str]) -> Iterator[Diagnostic]:
    from mobstd.mobility_aid.exporting import write

    return write(
        count.kept(_aids(args)), out, args.to, guarded=args.guarded, outlines=_outlines(args)
    )


def _outlines(args: argparse.Namespace) -> dict[str, Any] | None:
    from mobstd.mobility_aid.exporting.outlines import outlines_of

    return None if args.outlines is None else dict(outlines_of(args.outlines))


def _aids(args: argparse.Namespace) -> Iterator[Imported]:
    from mobstd.mobility_aid.importing import read

    if args.format is None:
        return documents(args.file)
    at = instant(args.now).isoformat().replace("+00:00", "Z")
    return read(opened(args.file), args.format, at=at)


class _Count:
    """What was read, left out and told."""

    def __init__(self, file: str) -> None:
        self._file = file
        self.aids = self.refused = self.remarks = 0
        self._out: set[str] = set()

    @property
    def left_out(self) -> int:
        """How many aids were read and are not in the file."""
        return len(self._out)

    def kept(self, found: Iterator[Imported]) -> Iterator[dict[str, Any]]:
        """Yield the aids, and tell of records that gave none."""
        for one in found:
            self.remarks += tell(self._file, one.diagnostics)
            if one.aid is None:
                self.refused += 1
            else:
                self.aids += 1
                yield one.aid

    def told(self, diagnostics: Iterator[Diagnostic]) -> None:
        """Tell what the format cannot say, as it comes."""
        for one in diagnostics:
            self.remarks += tell(self._file, (one,))
            if one.refused:
                self._out.add(one.record)
