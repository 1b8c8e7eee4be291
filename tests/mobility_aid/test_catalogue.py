"""The catalogue of requirements, and the rules behind it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from mobstd.canon.files import load
from mobstd.canon.openapi import operations
from mobstd.judging.catalogue import catalogue
from mobstd.judging.context import Context
from mobstd.judging.pointer import find
from mobstd.mobility_aid.identifiers import is_siren, is_siret
from mobstd.mobility_aid.rules import RULES

from .documents import VERSION, aid, euros, grant, is_

FOLDER = VERSION.conformance
LISTED: list[dict[str, Any]] = load(FOLDER / "requirements.yaml")
MESSAGES: dict[str, Any] = load(FOLDER / "messages.yaml")
BOOKS = {role: catalogue(VERSION, role) for role in ("publisher", "funder")}
BOOK = BOOKS["publisher"]
CONTEXT = Context(BOOK)


def told(rule: str, document: Any) -> list[tuple[str, str]] | None:
    """Return what a rule holds against a document, or ``None`` where it saw no evidence."""
    found: list[tuple[str, str]] | None = None
    for at, value in find(document, RULES[rule].at):
        troubles = RULES[rule].judge(value, CONTEXT)
        if troubles is not None:
            found = [*(found or []), *((t.code, at + t.pointer) for t in troubles)]
    return found


def test_rows_are_whole() -> None:
    known = {name for role in BOOKS for name in operations(VERSION, role)}
    by_topic: dict[str, list[int]] = {}
    for row in LISTED:
        assert len(row["title"]["en"]) <= 130
        assert not re.search(r"[a-zé0-9)][;!?:](\s|$)", row["title"]["fr"])
        assert set(row["operations"]) <= known
        assert all(one["document"] in VERSION.source["documents"] for one in row["source"])
        _, topic, number = row["id"].split("-")
        by_topic.setdefault(topic, []).append(int(number))
    assert by_topic["DAT"] == list(range(1, 22))
    assert by_topic["IMP"] == list(range(1, 12))
    counts = {"CAT": 21, "SUB": 21, "CHK": 8, "DOC": 9, "EVD": 7, "SEC": 6, "ERR": 5, "MOB": 6}
    assert {topic: by_topic[topic] for topic in counts} == {
        topic: list(range(1, most + 1)) for topic, most in counts.items()
    }


def test_checks_can_be_made() -> None:
    rules = set()
    for row, check in (pair for book in BOOKS.values() for pair in book.checks):
        assert any(book.operations_of(row, check) for book in BOOKS.values()), row.id
        if check.kind == "rule":
            rules.add(check["call"])
        for part in ("if", "then"):
            if part in check.params:
                CONTEXT.validator(check[part])
    assert rules == set(RULES)


def test_most_checked_rows_need_no_python() -> None:
    checked = [row for book in BOOKS.values() for row in book.rows.values() if row.checks]
    plain = [row for row in checked if any(check.kind != "rule" for check in row.checks)]
    assert len(plain) / len(checked) >= 0.6


WRONG_SIREN = {"name": "X", "siren": "100000008", "roles": ["funder"]}
WRONG_SIRET = {"name": "X", "siret": "10000000900018", "roles": ["funder"]}
TWO = {"name": "X", "siret": "10000000900017", "siren": "243300316", "roles": ["funder"]}
CASES = {
    "type": "cases",
    "cases": [{"amount": euros("1")}, {"when": is_("person.age", "gt", 1), "amount": euros("2")}],
}
ASKS = is_("local.member", "eq", True)
DECLARED = {"criterion": "local.member", "type": "boolean", "label": "Are you a member?"}
WRONG = [
    ("party-numbers", {"funders": [WRONG_SIREN]}, [("siren-key", "/funders/0/siren")]),
    ("party-numbers", {"funders": [WRONG_SIRET]}, [("siret-key", "/funders/0/siret")]),
    ("party-numbers", {"funders": [TWO]}, [("siret-of-another", "/funders/0/siret")]),
    (
        "codes-exist",
        {"territory": {"include": [{"type": "region", "code": "12"}]}},
        [("code-unknown", "/territory/include/0/code")],
    ),
    (
        "cases-end",
        {"benefits": [grant(CASES)]},
        [("case-after-default", "/benefits/0/amount/cases/1")],
    ),
    (
        "window-ordered",
        {"validity": {"start": "2026-02-01", "end": "2026-01-01"}},
        [("window-reversed", "/validity/end")],
    ),
    (
        "excludes-others",
        {"combination": {"exclusiveWith": ["example"]}},
        [("excludes-itself", "/combination/exclusiveWith/0")],
    ),
    (
        "questions-declared",
        {"eligibility": {"coverage": "complete", "rule": {"not": ASKS}}},
        [("question-undeclared", "/eligibility/rule/not/criterion")],
    ),
    (
        "words-and-figures",
        {"benefits": [grant("500", text="Jusqu'à 1 000 €.")]},
        [("words-differ", "/benefits/0/text")],
    ),
    (
        "coverage-honest",
        {"eligibility": {"coverage": "complete", "text": "Achat dans un commerce local."}},
        [("coverage-doubtful", "/eligibility/text")],
    ),
    ("texts-clean", {"title": "Aide "}, [("text-blanks", "/title")]),
    ("texts-clean", {"description": "a\\nb"}, [("text-escaped", "/description")]),
    ("texts-clean", {"title": "Aide ve\u0301lo"}, [("text-decomposed", "/title")]),
]


@pytest.mark.parametrize(("rule", "more", "expected"), WRONG)
def test_a_rule_finds_what_is_wrong(rule: str, more: Any, expected: Any) -> None:
    assert told(rule, aid() | more) == expected
    assert {code for code, _ in expected} <= set(MESSAGES)


RIGHT = [
    ("party-numbers", {}),
    ("codes-exist", {"territory": {"include": [{"type": "department", "code": "2A"}]}}),
    (
        "codes-exist",
        {"territory": {"basis": ["residence"], "include": [{"type": "region", "code": "75"}]}},
    ),
    ("cases-end", {"benefits": [grant({"type": "cases", "cases": CASES["cases"][::-1]})]}),
    ("window-ordered", {"validity": {"start": "2026-01-01", "end": "2026-01-01"}}),
    ("excludes-others", {"combination": {"exclusiveWith": ["other"]}}),
    (
        "questions-declared",
        {"eligibility": {"coverage": "complete", "rule": ASKS, "questions": [DECLARED]}},
    ),
    ("words-and-figures", {"benefits": [grant("1000", text="Jusqu'à 1 000 €, dès 50 €.")]}),
    ("coverage-honest", {"eligibility": {"coverage": "complete", "text": "Pour tous."}}),
    (
        "coverage-honest",
        {
            "eligibility": {
                "coverage": "complete",
                "text": "Un commerce local.",
                "rule": is_("purchase.sellerIsLocal", "eq", True),
            }
        },
    ),
    ("texts-clean", {"description": "Une ligne,\nune autre."}),
]


@pytest.mark.parametrize(("rule", "more"), RIGHT)
def test_a_rule_accuses_nobody_else(rule: str, more: Any) -> None:
    assert told(rule, aid() | more) == []


def test_what_was_imported_is_left_as_it_was() -> None:
    original = {"format": "x", "version": "1", "record": {"nom": " Aide\\n"}}
    made = aid(provenance={"updatedAt": "2026-11-20T09:00:00Z", "original": original})
    assert told("texts-clean", made) == []


@pytest.mark.parametrize("text", ["100000009", "243300316", "200067106", "356000000"])
def test_a_siren_has_a_key(text: str) -> None:
    assert is_siren(text)
    assert not is_siren(text[:-1] + str((int(text[-1]) + 1) % 10))


def test_la_poste_has_keys_of_its_own() -> None:
    assert is_siret("10000000900017")
    assert is_siret("35600000000048")
    assert is_siret("35600000049837")
    assert not is_siret("35600000049838")
    assert not is_siret("1000000090001")
    assert not is_siret("1000000090001٧")
