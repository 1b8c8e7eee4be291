"""An open question is a page to vote on: readings, what is met, what would change, who breaks."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from mobstd.canon.root import at
from mobstd.canon.standard import Version, find
from mobstd.errors import UnknownName
from mobstd.release.ballot.met import Party
from mobstd.release.ballot.page import page
from mobstd.release.ballot.question import questions
from mobstd.release.edition.sequel import sequel, write_sequel
from mobstd.release.markdown import cell, code, plain
from mobstd.release.starter import starter, write_starter

Run = Callable[..., Any]
DAY = date(2026, 11, 28)

OPEN = [
    {
        "id": "A1",
        "title": {"en": "Is limit=0 a limit?", "fr": "limit=0 est-il une limite ?"},
        "text": {"en": "Nothing is said of <zero>.", "fr": "Rien n'est dit de <zéro>."},
        "settlement": {"en": "It is none.", "fr": "Ce n'en est pas une."},
        "readings": [
            {"id": "a", "text": {"en": "None.", "fr": "Aucune."}, "ours": True},
            {
                "id": "b",
                "text": {"en": "An empty list, @all.", "fr": "Une liste vide, @all."},
                "change": {"en": "minimum: 0", "fr": "minimum: 0"},
            },
        ],
        "source": [{"document": "TEXT", "where": "limit"}],
    },
    {
        "id": "A2",
        "title": {"en": "Who names a place?", "fr": "Qui nomme un lieu ?"},
        "settlement": {"en": "Its operator.", "fr": "Son opérateur."},
        "settlements": {"1.1-draft": {"en": "Its owner.", "fr": "Son propriétaire."}},
        "decided": {
            "date": "2026-10-01",
            "by": ["Our group"],
            "minutes": "https://example.org/minutes/5",
        },
    },
]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "our-own"
    write_starter(starter("our-own", today=DAY), folder)
    own = folder / "conformance/our-own"
    (own / "ambiguities.yaml").write_text(yaml.safe_dump(OPEN, allow_unicode=True))
    rows = own / "requirements.yaml"
    text = rows.read_text().replace(
        "checks: [{kind: at-most", "ambiguities: [A1]\n  checks: [{kind: at-most"
    )
    rows.write_text(text)
    faults = own / "faults/faults.json"
    met = '"requirement": "OUROWN-PLACE-02",\n  "seen": "issue 7 of an operator",'
    faults.write_text(faults.read_text().replace('"requirement": "OUROWN-PLACE-02",', met))
    return folder


@pytest.fixture
def version(root: Path) -> Version:
    return find("our-own@1.0-draft", (at(root),))


def test_an_open_question_in_both_languages(version: Version) -> None:
    (one,) = questions(version, ["a1"])
    for lang, words in (
        ("en", ("mobstd's reading", "The group has not decided", "## Vote", "None.")),
        ("fr", ("lecture de mobstd", "Le groupe n'a pas décidé", "## Vote", "Aucune.")),
    ):
        shown = page(one, [], lang)
        for word in words:
            assert word in shown
        assert "OUROWN-PLACE-02" in shown
        assert "issue 7 of an operator" in shown
        assert "TEXT, the text of the standard – `limit`" in shown
        assert shown.count("- [ ] ") == 3
        assert "minimum: 0" in shown
        assert "<z" not in shown
        assert "@all" not in shown


def test_a_decision_cites_its_minutes(version: Version, root: Path, mobstd: Run) -> None:
    (one,) = questions(version, ["A2"])
    shown = page(one, [], "fr")
    assert "Décidé le 2026-10-01 par Our group. <https://example.org/minutes/5>" in shown
    assert "lecture de mobstd" not in shown
    assert [reading.text["en"] for reading in one.readings] == ["Its operator.", "Its owner."]
    explained = mobstd("explain", "A2", "--root", str(root)).out
    assert "As the group settled it: Its operator." in explained
    assert "https://example.org/minutes/5" in explained
    assert "mobstd's reading" in mobstd("explain", "A1", "--root", str(root)).out


def test_what_operators_do_is_a_table_without_names(version: Version) -> None:
    (one,) = questions(version, ["A1"])
    met = [
        Party("#1", {"OUROWN-PLACE-02": ("passed", None)}),
        Party("#2", {"OUROWN-PLACE-02": ("failed", None)}),
    ]
    shown = page(one, met, "en")
    assert "| OUROWN-PLACE-02 | follows | breaks it |" in shown
    assert "1 of 2 operators break a requirement that rests on it: #2" in shown


def test_what_was_recorded_is_judged_and_bears_no_name(
    root: Path, tmp_path: Path, mobstd: Run
) -> None:
    place = {"id": "p-1", "name": "A", "kind": "INDOOR", "lat": 45.2, "lng": 5.7}
    entry = {
        "startedDateTime": "2026-11-28T10:00:00+00:00", "time": 1,
        "request": {"method": "GET", "url": "https://acme.example.org/places?limit=1",
                    "headers": []},
        "response": {
            "status": 200, "headers": [{"name": "Content-Type", "value": "application/json"}],
            "content": {"mimeType": "application/json",
                        "text": json.dumps([place, {**place, "id": "p-2"}])},
        },
    }  # fmt: skip
    file = tmp_path / "acme.har"
    file.write_text(json.dumps({"log": {"version": "1.2", "entries": [entry]}}))
    argv = ("schemas", "ballot", "our-own@1.0-draft", "--ambiguity", "A1", "--root", str(root))
    ran = mobstd(*argv, "--met", str(file))
    assert ran.code == 0, ran.err
    assert "| OUROWN-PLACE-02 | breaks it |" in ran.out
    assert "acme" not in ran.out


def test_a_schema_that_changes_says_who_breaks(root: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(root, tmp_path / "our-own")
    old = find("our-own@1.0-draft", (at(folder),))
    write_sequel(sequel(old, "our-own@1.1-draft", DAY).files, folder)
    new = folder / "schemas/our-own/1.1-draft"
    schema = new / "place.schema.json"
    schema.write_text(schema.read_text().replace('"maxLength": 64', '"maxLength": 8'))
    source = new / "source.yaml"
    source.write_text(
        source.read_text()
        + "succeeds: 1.0-draft\nchanges:\n"
        + "  - where: ['place.schema.json#/properties/id']\n    before: '64'\n"
        + "    now: '8'\n    because: Why.\n"
        + "    proposals: ['mobstd, from A1']\n    breaking: true\n"
    )
    (one,) = questions(old, ["A1"])
    assert str(one.successor) == "our-own@1.1-draft"
    shown = page(one, [Party("#1", {"OUROWN-PLACE-02": ("passed", "failed")})], "en")
    assert re.search(r"\| breaking – .*`.*place\.schema\.json#/properties/id", shown)
    assert "1 of 1 operators would break a requirement that they keep today: #1" in shown


def test_from_the_command_line(root: Path, tmp_path: Path, mobstd: Run) -> None:
    argv = ("schemas", "ballot", "our-own@1.0-draft", "--root", str(root))
    ran = mobstd(*argv, "--out", str(tmp_path / "out"))
    assert ran.code == 0
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"A1.en.md", "A1.fr.md", "A2.en.md", "A2.fr.md"}
    assert mobstd(*argv, "--ambiguity", "A1", "--lang", "fr").out.startswith("# A1. ")
    assert mobstd(*argv, "--ambiguity", "A9").code == 2
    assert mobstd(*argv, "--met", str(tmp_path / "none.json")).code == 2
    assert mobstd("schemas", "ballot", "mob@1.21").code == 2


def test_a_question_that_is_not_there(version: Version) -> None:
    with pytest.raises(UnknownName) as caught:
        questions(version, ["A9"])
    assert "A1, A2" in caught.value.text("fr")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>", "[a](https://example.org)", "@org/team", "#12", "/close",
        "a\n# title", "![](x)", "`code`", "| cell |", "www.example.org", "- item", "1. item",
        "0123456789abcdef0123456789abcdef01234567", "$x$", "~~gone~~", "*bold* _slanted_",
    ],
)  # fmt: skip
def test_texts_of_others_are_no_markup(text: str) -> None:
    import html

    shown = plain(text)
    seen = html.unescape(shown)
    assert seen.replace("\u200b", "") == " ".join(text.split())
    assert not re.search(r"[<>`*_\[\]|$~]", shown)
    assert not re.search(r"[@#!]\w", seen)
    assert not re.match(r"[-/+#]|[0-9]+\.", shown)
    assert "://" not in seen
    assert "www.example" not in seen
    assert not re.search(r"\b[0-9a-f]{7,40}\b", seen)


def test_code_has_a_fence_that_holds() -> None:
    assert code("a") == "`a`"
    assert code("a ` b") == "``a ` b``"
    assert code("``") == "``` `` ```"
    assert code("x" * 300, 10) == "`xxxxxxxxx…`"
    assert cell("a | b\nc") == "a \\| b c"
