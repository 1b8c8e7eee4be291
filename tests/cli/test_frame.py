"""The frame: verbs, languages, failures, exit codes."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mobstd.canon import plug as plugs
from mobstd.cli import VERBS, dispatch
from mobstd.errors import ConfigError, Unreachable

Run = Callable[..., Any]


@pytest.fixture
def verb(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., int]], None]:
    """Put a verb ``try`` in place, that calls a function."""

    def put(function: Callable[..., int]) -> None:
        module = ModuleType("mobstd.cli.try")

        def add(subparsers: Any) -> None:
            parser = subparsers.add_parser("try", help="try")
            parser.add_argument("--number", type=int)
            parser.add_argument("word", nargs="?")
            parser.set_defaults(func=function)

        module.add = add  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "mobstd.cli.try", module)
        monkeypatch.setitem(VERBS, "try", "cli.demo.summary")

    return put


def test_version(mobstd: Run) -> None:
    ran = mobstd("--version")
    assert (ran.code, ran.out) == (0, "mobstd 0.1.0\n")


def test_help_lists_every_verb(mobstd: Run) -> None:
    ran = mobstd("--help")
    assert ran.code == 0
    assert all(f"\n    {verb} " in ran.out for verb in VERBS)
    assert ran.err == ""


def test_help_in_french_leaves_no_english(mobstd: Run) -> None:
    ran = mobstd("--help", "--lang", "fr")
    assert "usage : mobstd" in ran.out
    assert "afficher cette aide" in ran.out
    assert "show this" not in ran.out
    assert "None" not in ran.out


def test_the_environment_says_the_language(mobstd: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOBSTD_LANG", "fr")
    assert "Juger" in mobstd("--help").out
    assert "Judge" in mobstd("--help", "--lang", "en").out
    assert os.environ["MOBSTD_LANG"] == "fr"


def test_without_a_verb_help_is_shown_on_stderr(mobstd: Run) -> None:
    ran = mobstd()
    assert (ran.code, ran.out) == (2, "")
    assert "VERB" in ran.err


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["chek"], "There is no verb 'chek'.\nDid you mean 'mobstd check'?"),
        (["xyz"], "There is no verb 'xyz'.\nThese are there: init, "),
        (["standards", "--jsn"], "unknown: --jsn.\n'mobstd standards --help' says"),
        (["replay"], "the following arguments are required: REPORT, FINGERPRINT."),
        (["--lang"], "--lang needs a value."),
        (["--lang", "de", "standards"], "There is no language 'de'.\nThese are there: en, fr."),
        (["standards", "--root", "/nowhere"], "There is no folder /nowhere/schemas."),
        (["--lang=fr", "replay"], "il manque ces arguments : REPORT, FINGERPRINT."),
    ],
)
def test_wrong_usage(mobstd: Run, argv: list[str], message: str) -> None:
    ran = mobstd(*argv)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith(f"mobstd: {message}")


def test_options_of_every_verb_stand_anywhere(
    mobstd: Run, verb: Run, tmp_path: Path, checkout: Path
) -> None:
    seen: list[argparse.Namespace] = []

    def note(args: argparse.Namespace) -> int:
        seen.append(args)
        return 0

    verb(note)
    (tmp_path / "schemas").mkdir()
    assert mobstd("--lang", "fr", "try", "--root", str(tmp_path), "x").code == 0
    assert mobstd("try", "x", "--lang=fr", f"--root={tmp_path}").code == 0
    for args in seen:
        assert (args.lang, args.word, args.roots[0].folder) == ("fr", "x", tmp_path)


def test_after_two_dashes_nothing_is_ours() -> None:
    rest, options = dispatch._everywhere(["serve", "--", "cmd", "--lang", "fr"])
    assert rest == ["serve", "--", "cmd", "--lang", "fr"]
    assert options["--lang"] is None


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (ConfigError("profile.no-secret", name="KEY"), 2, "The environment variable KEY is not"),
        (Unreachable("cli.no-value", option="x"), 3, "x needs a value"),
        (KeyboardInterrupt(), 3, "mobstd: interrupted."),
        (RuntimeError("boom"), 4, "This is a fault of mobstd, not of what it was given"),
        (RecursionError("deep"), 4, "This is a fault of mobstd"),
        (ModuleNotFoundError("no", name="rich.table"), 2, "This needs rich, a part of mobstd"),
        (ModuleNotFoundError("no", name="elsewhere"), 4, "This is a fault of mobstd"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_failures(mobstd: Run, verb: Run, error: BaseException, code: int, message: str) -> None:
    def fail(_: argparse.Namespace) -> int:
        raise error

    verb(fail)
    ran = mobstd("try")
    assert ran.code == code
    assert message in ran.err
    assert "Traceback" not in ran.err


def test_a_missing_part_has_its_install_command(mobstd: Run, verb: Run) -> None:
    def fail(_: argparse.Namespace) -> int:
        raise ModuleNotFoundError("no", name="schemathesis")

    verb(fail)
    assert "pip install 'mobstd[conformance]'" in mobstd("try").err


def test_debugging_shows_the_traceback(
    mobstd: Run, verb: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: argparse.Namespace) -> int:
        raise RuntimeError("boom")

    verb(fail)
    monkeypatch.setenv("MOBSTD_DEBUG", "1")
    ran = mobstd("try")
    assert ran.code == 4
    assert "Traceback" in ran.err


def test_the_exit_code_is_the_commands(mobstd: Run, verb: Run) -> None:
    verb(lambda args: args.number)
    assert [mobstd("try", "--number", str(n)).code for n in range(5)] == [0, 1, 2, 3, 4]
    assert "invalid int value: 'x'" in mobstd("try", "--number", "x").err


def test_a_standard_contributes_verbs(mobstd: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def add(subparsers: Any) -> None:
        parser = subparsers.add_parser("greet", help="greet somebody")
        parser.set_defaults(func=lambda _: print("hello") or 0)

    monkeypatch.setattr(sys.modules[__name__], "COMMANDS", {"greet": add}, raising=False)
    found = {"x": plugs.Plug("x", commands=f"{__name__}:COMMANDS")}
    monkeypatch.setattr(plugs, "plugs", lambda: found)
    assert mobstd("greet").out == "hello\n"
    assert "greet somebody" in mobstd("--help").out
    assert "'mobstd greet'" in mobstd("gret").err


def test_a_reader_that_leaves_is_no_failure_of_ours() -> None:
    script = f"'{sys.executable}' -m mobstd standards --json | head -c 1"
    ran = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert ran.stderr == ""


def test_a_poor_terminal_gets_escapes() -> None:
    env = {**os.environ, "PYTHONIOENCODING": "ascii", "LANG": "fr", "PYTHONUTF8": "0"}
    ran = subprocess.run(
        [sys.executable, "-m", "mobstd", "--help"], capture_output=True, check=True, env=env
    )
    assert b"\\xe9" in ran.stdout
