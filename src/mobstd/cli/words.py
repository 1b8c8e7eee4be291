"""The language that the command line speaks, and argparse in that language."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, TextIO

from mobstd.errors import UsageError
from mobstd.messages import language, render

__all__ = ["Parser", "Subparsers", "argparse_speaks", "coloured", "say", "tell"]

Subparsers = Any
"""What ``ArgumentParser.add_subparsers`` returns; argparse keeps its name private."""

ARGPARSE = {
    "usage: ": "argparse.usage",
    "options": "argparse.options",
    "positional arguments": "argparse.positional",
    "show this help message and exit": "argparse.help",
    "unrecognized arguments: %s": "argparse.unrecognized",
    "the following arguments are required: %s": "argparse.required",
    "one of the arguments %s is required": "argparse.one-required",
    "not allowed with argument %s": "argparse.not-allowed",
    "expected one argument": "argparse.expected-one",
    "expected at least one argument": "argparse.expected-some",
    "invalid %(type)s value: %(value)r": "argparse.invalid-value",
    "invalid choice: %(value)r (choose from %(choices)s)": "argparse.invalid-choice",
    "argument %(argument_name)s: %(message)s": "argparse.argument",
    "ambiguous option: %(option)s could match %(matches)s": "argparse.ambiguous",
    "ignored explicit argument %r": "argparse.ignored",
}
"""Argparse's own texts, with the codes of ours."""


def say(code: str, **params: Any) -> str:
    """Return a message in the language of this run."""
    return render(code, params, language())


def tell(code: str, **params: Any) -> None:
    """Write a message to stderr."""
    print(say(code, **params), file=sys.stderr)


def coloured(stream: TextIO) -> bool:
    """Say whether colours may be written to ``stream``."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return not plain and stream.isatty()


class Parser(argparse.ArgumentParser):
    """An argument parser that raises :class:`UsageError` and folds no abbreviations."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("allow_abbrev", False)
        kwargs.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        for name in ("description", "epilog"):
            if kwargs.get(name):
                kwargs[name] = _wrapped(kwargs[name])
        super().__init__(*args, **kwargs)

    def error(self, message: str) -> NoReturn:
        """Raise what ``mobstd`` shows: the message, and where help is."""
        raise UsageError("cli.usage", message=message, prog=self.prog)


def _wrapped(text: str) -> str:
    """Wrap the long lines of a text, and leave its own line breaks and indents."""
    width = max(40, min(shutil.get_terminal_size().columns, 100) - 2)
    return "\n".join(
        textwrap.fill(line, width, break_on_hyphens=False) if not line.startswith(" ") else line
        for line in text.splitlines()
    )


@contextmanager
def argparse_speaks(lang: str) -> Iterator[None]:
    """Let argparse say its own words in ``lang`` for a while."""
    if lang == "en":
        yield
        return
    original = argparse._  # type: ignore[attr-defined]

    def translated(text: str) -> Any:
        code = ARGPARSE.get(text)
        return render(code, {}, lang, default=text) if code else original(text)

    argparse._ = translated  # type: ignore[attr-defined]
    try:
        yield
    finally:
        argparse._ = original  # type: ignore[attr-defined]
