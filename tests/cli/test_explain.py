"""``mobstd explain``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

SOURCE = "{status: proposal, title: {en: T, fr: T}, meaning: {en: t, fr: t}}"
ROWS = """
- id: TOY-THING-01
  level: MUST
  origin: reading
  roles: [shop]
  blocks: [things]
  operations: [getThings]
  versions: ["1.0"]
  title: {en: A thing has a price, fr: Une chose a un prix}
  text: {en: Each thing carries its price., fr: Chaque chose porte son prix.}
  source: [{document: DOC, where: "#/things"}]
  ambiguities: [A1]
  checks:
    - kind: assert
      at: "/*"
      then: {required: [price]}
      code: no-price
      message: {en: There is no price., fr: Il n'y a pas de prix.}
- id: TOY-THING-02
  level: MAY
  origin: text
  roles: [shop]
  blocks: []
  operations: []
  versions: ["1.0"]
  title: {en: A thing may shine, fr: Une chose peut briller}
  source: [{document: DOC, where: p. 2}]
  untested: {reason: permission, because: {en: Nothing to see., fr: Rien à voir.}}
"""
AMBIGUITIES = """
- id: A1
  title: {en: What is a price?, fr: Qu'est-ce qu'un prix ?}
  settlement: {en: Any number., fr: N'importe quel nombre.}
  status: open
"""
FAULT = """
[{"id": "TOY-THING-01/no-price", "requirement": "TOY-THING-01", "operations": ["getThings"],
 "title": {"en": "forgets the price", "fr": "oublie le prix"},
 "response": [{"op": "remove", "at": "/*/price"}]}]
"""


@pytest.fixture
def toy(tmp_path: Path) -> str:
    """A standard with two rows, an ambiguity and a fault."""
    schemas = tmp_path / "schemas" / "toy" / "1.0"
    data = tmp_path / "conformance" / "toy"
    schemas.mkdir(parents=True)
    (data / "faults").mkdir(parents=True)
    (schemas / "source.yaml").write_text(SOURCE, "utf-8")
    (data / "requirements.yaml").write_text(ROWS, "utf-8")
    (data / "ambiguities.yaml").write_text(AMBIGUITIES, "utf-8")
    (data / "messages.yaml").write_text("toy.dull: {en: It is dull., fr: C'est terne.}", "utf-8")
    (data / "faults" / "no-price.json").write_text(FAULT, "utf-8")
    return str(tmp_path)


def test_without_an_id_everything_is_listed(mobstd: Run, toy: str) -> None:
    done = mobstd("explain", "--root", toy)
    assert done.code == 0
    assert "TOY-THING-01  A thing has a price" in done.out
    assert "A1  What is a price?" in done.out
    assert "OCSS-SEARCH-12  " in done.out


def test_a_block_is_explained(mobstd: Run) -> None:
    done = mobstd("explain", "driver-journeys", "--lang", "fr")
    assert done.code == 0
    assert "driver-journeys  Trajets datés de conducteurs" in done.out
    assert "OCSS-SEARCH-12  " in done.out.partition("Ses autres exigences")[0]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("SEARCH-12", "Close to it: OCSS-SEARCH-12"),
        ("4e3116d1a04fe22e", "mobstd replay REPORT 4e3116d1a04fe22e"),
    ],
)
def test_what_people_copy_from_a_report_leads_on(mobstd: Run, wanted: str, said: str) -> None:
    done = mobstd("explain", wanted)
    assert done.code == 2
    assert said in done.err


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("TOY-THING-01", ["A thing has a price", "MUST: ", "a warning at most", "DOC #/things"]),
        (
            "TOY-THING-01",
            ["What is a price?", "As mobstd settles it: Any number.", "open upstream"],
        ),
        ("TOY-THING-01", ["meets 'if' meets 'then'", 'then: {"required": ["price"]}']),
        ("TOY-THING-01", ["TOY-THING-01/no-price  forgets the price"]),
        ("toy-thing-01", ["A thing has a price"]),
        ("TOY-THING-02", ["MAY: ", "nothing to fail", "Nothing to see."]),
        ("A1", ["What is a price?", "TOY-THING-01  A thing has a price"]),
        ("TOY-THING-01/no-price", ["forgets the price", "TOY-THING-01  A thing has a price"]),
        ("toy.dull", ["It is dull."]),
        ("inconclusive", ["a verdict", "say where it has some"]),
        ("passed", ["what became of a requirement", "tried with evidence"]),
        ("no-data", ["why a requirement has no better outcome"]),
        ("3", ["an exit code", "inconclusive or unreachable"]),
        ("canon.missing-version", ["names no version", "Say which one"]),
    ],
)
def test_says_what_it_means(mobstd: Run, toy: str, name: str, said: list[str]) -> None:
    ran = mobstd("explain", name, "--root", toy)
    assert ran.code == 0, ran.err
    assert [text for text in said if text not in ran.out] == []


def test_in_french(mobstd: Run, toy: str) -> None:
    out = mobstd("explain", "TOY-THING-01", "--root", toy, "--lang", "fr").out
    assert "Une chose a un prix" in out
    assert "Comment elle est vérifiée" in out
    assert "Ce que mobstd tranche : N'importe quel nombre." in out


@pytest.mark.parametrize(
    ("name", "close"),
    [
        ("TOY-THING-1", "TOY-THING-01"),
        ("toy-thng-02", "TOY-THING-02"),
        ("conformin", "conforming"),
    ],
)
def test_an_unknown_id_brings_close_ones(mobstd: Run, toy: str, name: str, close: str) -> None:
    ran = mobstd("explain", name, "--root", toy)
    assert ran.code == 2
    assert close in ran.err


def test_nothing_close(mobstd: Run) -> None:
    ran = mobstd("explain", "qqqqqqqq")
    assert (ran.code, ran.out) == (2, "")
    assert "mobstd explain" in ran.err


def test_every_kind_of_check_has_words(checkout: Path) -> None:
    import json

    from mobstd.messages import catalogue

    schema = json.loads((checkout / "conformance/requirement.schema.json").read_text("utf-8"))
    kinds = schema["$defs"]["check"]["properties"]["kind"]["enum"]
    reasons = schema["$defs"]["row"]["properties"]["untested"]["properties"]["reason"]["enum"]
    origins = schema["$defs"]["row"]["properties"]["origin"]["enum"]
    wanted = [f"explain.kind.{kind}" for kind in kinds]
    wanted += [f"explain.untested.{reason}" for reason in reasons]
    wanted += [f"explain.origin.{origin}" for origin in origins]
    assert [code for code in wanted if code not in catalogue()] == []
