"""The profile of a target: file, environment, command line, secrets, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mobstd.conformance.profile import Auth, Profile, Secret, load
from mobstd.conformance.profile_file import line_of
from mobstd.errors import ConfigError

Run = Callable[..., Any]

MINIMAL = 'target = "https://a.test"\nstandard = "ocss@1.0-alpha"\n'


@pytest.fixture
def file(tmp_path: Path) -> Any:
    """Write a profile and return its path."""

    def write(text: str) -> Path:
        path = tmp_path / "mobstd.toml"
        path.write_text(text, "utf-8")
        return path

    return write


def test_defaults(file: Any) -> None:
    profile = load(file(MINIMAL), environ={})
    assert profile == Profile("https://a.test", "ocss@1.0-alpha")
    assert profile.timezone == "Europe/Paris"
    assert profile.max_requests is None  # 400, or 1,200 where writing is allowed
    assert profile.blocks is None
    assert profile.auth is None


def test_everything(file: Any) -> None:
    text = (
        MINIMAL
        + """
blocks = ["status"]
operator_domains = ["a.test"]
areas = ["Rennes"]
[[hints.getThings]]
lat = 48.1
day = "MON"
open = true
[auth]
kind = "bearer"
secret = "${KEY}"
[budget]
max_requests = 40
rate = 2.5
[callbacks]
bind = "127.0.0.1:8765"
[[contract.lifts]]
requirement = "OCSS-REG-02"
because = "later"
"""
    )
    profile = load(file(text), environ={"KEY": "s3cret"})
    assert profile.blocks == ("status",)
    assert profile.hints == {"getThings": ({"lat": "48.1", "day": "MON", "open": "true"},)}
    assert profile.auth == Auth("bearer", secret=Secret("KEY"))
    assert profile.auth.value({"KEY": " s3cret\n"}) == "Bearer s3cret"
    assert (profile.max_requests, profile.rate) == (40, 2.5)
    assert profile.lifts[0].because == "later"


def test_the_command_line_wins_over_the_environment_over_the_file(file: Any) -> None:
    path = file(MINIMAL + 'areas = ["Rennes"]\n[budget]\nmax_requests = 1\nrate = 1\n')
    environ = {"MOBSTD_MAX_REQUESTS": "2", "MOBSTD_AREAS": "48.1,-1.7; Brest", "MOBSTD_RATE": "2"}
    profile = load(path, environ=environ, overrides={"budget": {"rate": 3.0, "time_budget": None}})
    assert (profile.max_requests, profile.rate, profile.time_budget) == (2, 3.0, None)
    assert profile.areas == ("48.1,-1.7", "Brest")


def test_without_a_file() -> None:
    overrides = {"target": "a:b", "standard": "ocss@1.0-alpha"}
    assert load(environ={}, overrides=overrides).target == "a:b"


@pytest.mark.parametrize(
    ("overrides", "said"),
    [({}, "what to judge"), ({"target": "a:b"}, "by which standard")],
)
def test_something_must_be_said(overrides: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        load(environ={}, overrides=overrides)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("timezon = 1", r"mobstd\.toml:3: timezon: .*Did you mean 'timezone'\?"),
        ("[budget]\n\nmax_request = 3", r"mobstd\.toml:5: budget\.max_request: .*'max_requests'"),
        ("[zzz]\na = 1", r"mobstd\.toml:3: zzz: .*These are known here: areas, auth"),
        ("[auth]\nkind = 'basic'", r"mobstd\.toml:4: auth\.kind: 'basic' .*oauth2-client"),
        ("[auth]\nkind = 'bearer'", r"mobstd\.toml:3: auth\.secret: .*is missing"),
        ("[auth]\nkind = 'bearer'\nsecret = 'abc'", r"toml:5: auth\.secret: .*\"\$\{NAME\}\""),
        ("areas = [\n 'a',\n 'a',\n]\n", r"mobstd\.toml:3: areas: something stands here twice"),
        ("areas = [\n 'a',\n 3,\n]\n", r"mobstd\.toml:3: areas\.1: 3 has the wrong type"),
        ("[[hints.op]]\na = 1\n[[hints.op]]\na = [2]", r"toml:6: hints\.op\.1\.a: \[2\] has"),
        ("[budget]\nrate = 0", r"mobstd\.toml:4: budget\.rate: 0 is too small; more than 0"),
        ("budget.rate = 0", r"mobstd\.toml:3: budget\.rate: 0 is too small"),
        ("budget = {rate = 0}", r"mobstd\.toml:3: budget\.rate: 0 is too small"),
        ("timezone = 'Europe/Pari'", r"mobstd\.toml:3: timezone: .*'Europe/Pari'"),
        ("timezone = '../x'", r"mobstd\.toml:3: timezone: "),
        ("x", r"mobstd\.toml is not TOML: "),
    ],
)
def test_what_is_wrong_is_named_with_its_line(file: Any, more: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        load(file(MINIMAL + more), environ={})
    assert caught.value.exit_code == 2
    assert "abc" not in str(caught.value)
    assert caught.value.text("fr") != caught.value.text("en")


def test_what_the_environment_says_wrong() -> None:
    with pytest.raises(ConfigError, match="MOBSTD_RATE: 'fast' is not a number"):
        load(environ={"MOBSTD_RATE": "fast"})
    with pytest.raises(ConfigError, match=r"budget\.rate: -1\.0 is too small"):
        load(environ={"MOBSTD_RATE": "-1", "MOBSTD_TARGET": "a:b"})


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "There is no profile"), (b"\xff\xfe", "is not UTF-8"), (b"a" * 10, "is not TOML")],
)
def test_what_is_no_profile(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "mobstd.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=said):
        load(path, environ={})


def test_nesting_without_end(file: Any) -> None:
    with pytest.raises(ConfigError, match="is not TOML"):
        load(file("a = " + "[" * 100_000), environ={})


def test_secrets_show_nowhere(file: Any) -> None:
    path = file(MINIMAL + "[auth]\nkind = 'header'\nheader = 'X-Key'\nsecret = '${KEY}'\n")
    one = load(path, environ={"KEY": "s3cret"})
    assert "s3cret" not in repr(one)
    assert one.hash == load(path, environ={"KEY": "another"}).hash


def test_a_secret_that_is_not_there() -> None:
    with pytest.raises(ConfigError, match="KEY is not set"):
        Secret("KEY").reveal({"KEY": "  "})


def test_the_hash_tells_profiles_apart(file: Any) -> None:
    path = file(MINIMAL)
    one = load(path, environ={})
    assert len(one.hash) == 64
    assert one.hash != load(path, environ={"MOBSTD_RATE": "2"}).hash


def test_lines() -> None:
    text = '# [a]\n[a]\n"b c" = 1 # x\nd = """\n[e]\n"""\n[[f]]\ng.h = [\n  { i = 1 },\n]\n'
    text += "[[f]]\nj = 2\n"
    wanted = {
        ("a",): 2,
        ("a", "b c"): 3,
        ("a", "d"): 4,
        ("f", 0, "g", "h"): 8,
        ("f", 0, "g", "h", 0, "i"): 8,
        ("f", 1, "j"): 12,
        ("z",): None,
    }
    assert {path: line_of(text, path) for path in wanted} == wanted


@pytest.mark.parametrize("kind", ["valid", "invalid"])
def test_the_examples_of_the_contract(checkout: Path, kind: str) -> None:
    for path in sorted((checkout / "conformance/examples/profile" / kind).glob("*.json")):
        example = {"target": "a:b", "standard": "x@1.0", **json.loads(path.read_text("utf-8"))}
        if kind == "valid":
            assert load(environ={}, overrides=example).standard == example["standard"]
        else:
            with pytest.raises(ConfigError):
                load(environ={}, overrides=example)


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--max-requests", "0", "--max-requests: '0' is not a whole number above 0"),
        ("--max-requests", "ten", "--max-requests: 'ten' is not a whole number above 0"),
        ("--time-budget", "-1", "--time-budget: '-1' is not a number of seconds above 0"),
        ("--timeout", "nan", "--timeout: 'nan' is not a number of seconds above 0"),
    ],
)
def test_a_wrong_number_names_its_option(mobstd: Run, option: str, value: str, said: str) -> None:
    ran = mobstd("check", "http://127.0.0.1:9", "--standard", "ocss@1.0-alpha", option, value)
    assert ran.code == 2
    assert said in ran.err
