"""The files of the page: all there, the same every time, and nobody else is asked."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml

from mobstd.canon import formats
from mobstd.canon.root import packaged
from mobstd.canon.schemas import schema_names, schema_of, validator_of
from mobstd.canon.standard import versions
from mobstd.errors import CanonError
from mobstd.messages import catalogue
from mobstd.release.site import judging
from mobstd.validation.overlay import documents_under, overlays

from .probe import version

VENDOR = Path(judging.__file__).with_name("vendor")
NOTE = json.loads((VENDOR / "vendor.json").read_text("utf-8"))
VERSIONS = versions()


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return {str(place): content for place, content in judging.files(packaged(), VERSIONS)}


def test_they_are_the_same_every_time(made: dict[str, bytes]) -> None:
    again = list(judging.files(packaged(), VERSIONS))
    assert [(str(place), content) for place, content in again] == list(made.items())
    assert len({place for place, _ in again}) == len(again)
    assert all(type(place) is PurePosixPath and place.parts[0] == "judge" for place, _ in again)


def test_every_schema_is_there(made: dict[str, bytes]) -> None:
    for one in VERSIONS:
        data = json.loads(made[f"judge/schemas/{one.name}/{one.version}.json"])
        assert data["standard"] == str(one)
        assert data["schemas"] == {name: schema_of(one, name) for name in schema_names(one)}
        assert list(data["overlays"]) == overlays(one)
        for overlay, changed in data["overlays"].items():
            whole = {s["$id"]: s for s in (data["schemas"] | changed).values()}
            assert whole == documents_under(one, overlay)
        for name, example in data["examples"].items():
            assert validator_of(one, name).is_valid(example), (str(one), name)


def test_ajv_is_the_one_that_was_built(made: dict[str, bytes]) -> None:
    raw = (VENDOR / NOTE["file"]).read_bytes()
    assert hashlib.sha256(raw).hexdigest() == NOTE["sha256"]
    assert made[f"judge/ajv.{NOTE['sha256'][:12]}.js"] == raw
    assert f'from "./ajv.{NOTE["sha256"][:12]}.js"'.encode() in made["judge/schema.js"]
    licences = (VENDOR / NOTE["licences"]).read_text("utf-8")
    assert made["judge/ajv.LICENSE.txt"].decode() == licences
    lock = json.loads((VENDOR / "package-lock.json").read_text("utf-8"))["packages"]
    for name, package in NOTE["packages"].items():
        locked = lock[f"node_modules/{name}"]
        assert package["version"] == locked["version"]
        assert package["integrity"] == locked["integrity"]
        assert package["licence"] == locked["license"]
        assert f"== {name}\n" in licences
    assert lock["node_modules/esbuild"]["version"] == NOTE["built_with"]["esbuild"]


def test_nobody_else_is_asked(made: dict[str, bytes]) -> None:
    for place, content in made.items():
        if place.endswith((".html", ".css")) or (
            place.endswith(".js") and not place.startswith("judge/ajv.")
        ):
            text = content.decode().replace("http://[${text}]/", "")
            assert not re.search(r"https?:|//[a-z]+\.[a-z]", text), place


@pytest.mark.parametrize("page", ["index.html", "fr.html"])
def test_a_page_has_no_script_or_style_in_it(made: dict[str, bytes], page: str) -> None:
    text = made[f"judge/{page}"].decode()
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert found is not None
    rules = dict(rule.strip().split(" ", 1) for rule in found[1].split(";"))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert "unsafe" not in found[1]
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", text)
    asked = set(re.findall(r'(?:src|href)="([^"#]*)"', text)) - {"data:,"}
    links = {"../", "../fr/"}
    assert {f"judge/{name}" for name in asked - links} <= set(made)
    options = re.findall(r"<option>([^<]*)</option>", text)
    assert options == [str(one) for one in VERSIONS]


def test_every_text_is_used_and_every_used_text_is_there(made: dict[str, bytes]) -> None:
    texts = json.loads(made["judge/messages.json"])
    assert texts == {code: catalogue()[code] for code in texts}
    folder = Path(judging.__file__).with_name("page")
    scripts = "".join(path.read_text("utf-8") for path in sorted(folder.iterdir()))
    codes = {code.removeprefix("judging.") for code in texts if code.startswith("judging.")}
    used = set(re.findall(r'judging\.([a-z-]+)["`]', scripts))
    used |= set(re.findall(r'say\("([a-z-]+)"', scripts))
    composed = {
        f"{start}-{end}"
        for start, ends in {
            "form": ("auto", "json", "ndjson", "each"),
            "severity": ("error", "open", "warning"),
            **dict.fromkeys(("valid", "refused", "undecided"), ("one", "many")),
        }.items()
        for end in ends
    }
    assert {code for code in used if not code.endswith("-")} | composed == codes - {"title"}


def test_every_remark_has_its_words(made: dict[str, bytes]) -> None:
    """The words of remarks are those of `mobstd validate`: the same codes."""
    texts = json.loads(made["judge/messages.json"])
    for code in catalogue():
        if code.startswith("validation."):
            assert code in texts


def test_the_formats_are_those_of_the_table(made: dict[str, bytes]) -> None:
    data = json.loads(made["judge/formats.json"])
    assert [row["name"] for row in data["formats"]] == list(formats.table())
    for row in data["formats"]:
        assert row == {key: formats.table()[row["name"]][key] for key in row}
    assert all(formats.checkers()["iso-4217"](code) for code in data["currencies"])
    assert len(data["currencies"]) > 150


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    probe = version(tmp_path, {"a": {"properties": {"b": {"format": "long"}}}})
    with pytest.raises(CanonError) as caught:
        list(judging.files(packaged(), [probe]))
    assert caught.value.code == "formats.unknown"


def test_what_stays_open_says_why() -> None:
    open_: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("open.yaml").read_text("utf-8"))
    for name, row in open_.items():
        assert formats.table()[name]["needs"]
        assert row["reason"].endswith(".")
        assert row["vectors"] > 0
