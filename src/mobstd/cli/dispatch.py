"""From words on the command line to the one module that they call."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from mobstd.cli import VERBS
from mobstd.cli.words import Parser, Subparsers, argparse_speaks, say
from mobstd.errors import CanonError, ConfigError, UsageError
from mobstd.messages import LANGUAGES, language

__all__ = ["contributed", "dispatch"]

_EVERYWHERE = ("--lang", "--root")


def dispatch(argv: list[str]) -> int:
    """Run the command that ``argv`` names."""
    rest, options = _everywhere(argv)
    if options["--lang"]:
        os.environ["MOBSTD_LANG"] = options["--lang"]
    with argparse_speaks(language()):
        verb = next((word for word in rest if not word.startswith("-")), None)
        if verb is None:
            return _without_verb(rest)
        parser, subparsers = _parser(verb)
        _register(verb, subparsers)
        command: list[str] = []
        if subparsers.choices[verb].get_default("command") == [] and "--" in rest:
            place = rest.index("--")
            rest, command = rest[:place], rest[place + 1 :]
        args, unknown = parser.parse_known_args(rest)
        if unknown:
            subparsers.choices[verb].error(say("cli.unknown-arguments", words=" ".join(unknown)))
        if command:
            args.command = command
        args.lang = language()
        args.root = options["--root"]
        args.roots = (
            *_in_place(args),
            *_roots(options["--root"], held=getattr(args, "held", True)),
        )
        function: Callable[[argparse.Namespace], int] = args.func
    try:
        return function(args)
    except CanonError as error:
        if not args.roots:
            raise
        raise ConfigError(error.code, **error.params) from None


def _everywhere(argv: list[str]) -> tuple[list[str], dict[str, str | None]]:
    """Take the options that stand anywhere out of ``argv``, up to ``--``."""
    rest: list[str] = []
    options: dict[str, str | None] = dict.fromkeys(_EVERYWHERE)
    words = iter(argv)
    for word in words:
        name, equals, value = word.partition("=")
        if word == "--":
            rest += [word, *words]
        elif name not in _EVERYWHERE:
            rest.append(word)
        else:
            given = value if equals else next(words, None)
            if not given:
                raise UsageError("cli.no-value", option=name)
            options[name] = given
    lang = options["--lang"]
    if lang is not None and lang not in LANGUAGES:
        raise UsageError("cli.unknown-language", wanted=lang, known=", ".join(LANGUAGES))
    return rest, options


def _roots(folder: str | None, *, held: bool) -> tuple[Any, ...]:
    """Return the root that was given, ``held`` to the contracts."""
    if folder is None:
        return ()
    from mobstd.release.adoption.adopted import root_of

    return (root_of(Path(folder), held=held),)


def _in_place(args: argparse.Namespace) -> tuple[Any, ...]:
    """Put the version where a folder or a file is named as the standard; return its root."""
    named = getattr(args, "standard", None)
    if not isinstance(named, str) or not ("/" in named or "." in named):
        return ()
    from mobstd.release.adoption.adopted import is_place, version_in

    if not is_place(named):
        return ()
    version = version_in(Path(named))
    args.standard = str(version)
    return (version.root,)


def _parser(verb: str | None) -> tuple[Parser, Subparsers]:
    parser = Parser(
        prog="mobstd",
        description=say("cli.description"),
        epilog=say("cli.epilog") if verb is None else None,
    )
    parser.add_argument("--version", action="version", version=_version(), help=say("cli.version"))
    if verb is None:
        parser.add_argument("--lang", choices=LANGUAGES, help=say("cli.lang"))
        parser.add_argument("--root", metavar=say("cli.folder"), help=say("cli.root"))
    subparsers = parser.add_subparsers(
        dest="verb", metavar=say("cli.verb"), title=say("cli.verbs"), parser_class=Parser
    )
    return parser, subparsers


def _without_verb(rest: list[str]) -> int:
    parser, subparsers = _parser(None)
    for verb, summary in VERBS.items():
        subparsers.add_parser(verb, help=say(summary))
    for add in contributed().values():
        add(subparsers)
    parser.parse_args(rest)
    parser.print_help(sys.stderr)
    return UsageError.exit_code


def _register(verb: str, subparsers: Subparsers) -> None:
    if verb in VERBS:
        import_module(f"mobstd.cli.{verb}").add(subparsers)
        return
    others = contributed()
    if verb in others:
        others[verb](subparsers)
        return
    known = [*VERBS, *others]
    close = difflib.get_close_matches(verb, known, n=1)
    code = "cli.unknown-verb-close" if close else "cli.unknown-verb"
    raise UsageError(code, verb=verb, close="".join(close), known=", ".join(known))


def contributed() -> Mapping[str, Callable[[Subparsers], None]]:
    """Return the verbs that standards contribute, each with its ``add``."""
    from mobstd.canon.plug import plugs, resolve

    found: dict[str, Callable[[Subparsers], None]] = {}
    for plug in plugs().values():
        if plug.commands:
            found.update(resolve(plug.commands))
    return found


def _version() -> str:
    from mobstd import __version__

    return f"mobstd {__version__}"
