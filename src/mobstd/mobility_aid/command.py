"""``mobstd aids import``."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from mobstd.messages import language, render

__all__ = ["COMMANDS", "add", "run"]


def _say(code: str, **params: Any) -> str:
    return render(f"aids.{code}", params, language())


def add(subparsers: Any) -> None:
    """Register the verb."""
    about = {"help": _say("aids"), "description": _say("aids")}
    verbs = subparsers.add_parser("aids", **about).add_subparsers(
        dest="what", required=True, metavar=render("cli.verb", {}, language())
    )
    parser = verbs.add_parser(
        "import",
        help=_say("import"),
        description=_say("import.description"),
        epilog=_say("import.epilog"),
    )
    file = render("cli.file", {}, language())
    parser.add_argument("file", metavar=file, help=_say("import.option.file"))
    parser.add_argument("--from", dest="format", metavar="NAME", help=_say("import.option.from"))
    parser.add_argument("--out", default="-", metavar=file, help=_say("import.option.out"))
    parser.add_argument("--now", metavar="T", help=_say("import.option.now"))
    parser.set_defaults(func=run)


COMMANDS: Mapping[str, Callable[[Any], None]] = {"aids": add}
"""The verbs that this module contributes."""


def run(args: argparse.Namespace) -> int:
    """Write each aid of a file as a line of JSON; return 1 where a record gave none."""
    import json

    from mobstd.mobility_aid.importing import read
    from mobstd.output.files import check_writable, replacing

    check_writable([args.out])
    at = _instant(args.now).isoformat().replace("+00:00", "Z")
    aids = refused = told = 0
    with replacing(args.out) as out:
        for found in read(_opened(args.file), args.format, at=at):
            for one in found.diagnostics:
                told += 1
                place = f"{args.file}:{one.line}" if one.line else args.file
                about = " ".join(filter(None, (one.record, one.part)))
                sys.stderr.write(f"{place}: {about}: {one.reason(language())}\n")
            if found.aid is None:
                refused += 1
            else:
                aids += 1
                out.write(json.dumps(found.aid, ensure_ascii=False) + "\n")
    sys.stderr.write(_say("import.summary", aids=aids, refused=refused, told=told) + "\n")
    return 1 if refused else 0


def _opened(name: str) -> IO[bytes]:
    """Return the content of a file, or of stdin, as one that can be rewound.

    Raises:
        ConfigError: where it can't be read.
    """
    from mobstd.errors import ConfigError

    try:
        return io.BytesIO(sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes())
    except OSError as error:
        raise ConfigError("aids.unreadable-file", file=name, why=error.strerror) from None


def _instant(text: str | None) -> datetime:
    from mobstd.errors import ConfigError

    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        when: datetime | None = datetime.fromisoformat(text)
    except ValueError:
        when = None
    if when is None or when.tzinfo is None:
        raise ConfigError("aids.bad-now", value=text)
    return when.astimezone(UTC)
