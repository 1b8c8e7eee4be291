"""Bike aids as rules of Publicodes: what becomes data, what stays in words, and why."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mobstd.mobility_aid import evaluate
from mobstd.mobility_aid.importing.aides_velo import export, imported
from mobstd.mobility_aid.importing.publicodes.syntax import (
    Name,
    Number,
    Operation,
    Text,
    Unreadable,
    parse,
)

from .documents import accepted

MODEL = json.loads(Path(__file__).with_name("publicodes.json").read_text())
ROWS = list(imported(MODEL, "2026-11-28T00:00:00Z"))
AIDS = {row.aid["id"].rpartition(".")[2]: row.aid for row in ROWS if row.aid is not None}
TOLD = {(d.record.rpartition(".")[2], d.part, d.code) for row in ROWS for d in row.diagnostics}

PERSON = {
    "person.age": 30,
    "household.referenceTaxIncomePerShare": "9000",
    "vehicle.category": "e-bike",
    "vehicle.condition": "new",
    "vehicle.priceInclTax": "1200",
    "vehicle.priceExclTax": "1000",
    "household.size": 1,
    "household.referenceTaxIncome": "18000",
}


def outcome(name: str, received: Any = (), **answers: Any) -> tuple[str, Any]:
    """Return the verdict and the amount of an aid for the person, with other answers."""
    said = {**PERSON, **{key.replace("_", "."): value for key, value in answers.items()}}
    found = evaluate(
        AIDS[name], {"date": "2025-06-01", "answers": said, "received": list(received)}
    )
    return found.verdict, found.amount.exact if found.amount else None


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("10 %", Number(Decimal(10), "%")),
        ("900 €/mois", Number(Decimal(900), "€/mois")),
        (
            "l'abonné d'une ligne - 5",
            Operation("-", Name("l'abonné d'une ligne"), Number(Decimal(5))),
        ),
        ("a . b = 'CC de l'Ain (CCA)'", Operation("=", Name("a . b"), Text("CC de l'Ain (CCA)"))),
        (
            "1 + 2 * 3 < x",
            Operation(
                "<",
                Operation(
                    "+", Number(Decimal(1)), Operation("*", Number(Decimal(2)), Number(Decimal(3)))
                ),
                Name("x"),
            ),
        ),
    ],
)
def test_expressions_are_trees(text: str, tree: Any) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    "text", ["", "1 +", "(1", "1 2", "* 3", "a = ?", "(" * 99 + "1" + ")" * 99]
)
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        parse(text)


def test_every_aid_is_accepted() -> None:
    assert len(AIDS) == 9
    for aid in AIDS.values():
        accepted("aid", aid)


def test_a_record_without_a_title_is_told_and_the_others_are_read() -> None:
    assert ("exemple-nameless", "titre", "absent") in TOLD
    assert [row.aid for row in ROWS].count(None) == 1


@pytest.mark.parametrize(
    ("name", "answers", "expected"),
    [
        ("exemple-cases", {"residence_commune": "01053"}, ("eligible", Decimal(100))),
        (
            "exemple-cases",
            {"residence_commune": "01053", "vehicle_category": "bike"},
            ("not-eligible", None),
        ),
        (
            "exemple-cases",
            {"residence_commune": "01053", "household_referenceTaxIncomePerShare": "12001"},
            ("not-eligible", None),
        ),
        ("exemple-cap", {"residence_epci": "200000008"}, ("eligible", Decimal(500))),
        (
            "exemple-cap",
            {
                "residence_epci": "200000008",
                "household_referenceTaxIncomePerShare": "16000",
                "vehicle_category": "cargo-bike",
            },
            ("not-eligible", None),
        ),
        ("exemple-net", {"residence_commune": "31001"}, ("eligible", Decimal(400))),
        ("exemple-net", {"residence_commune": "31555"}, ("not-eligible", None)),
        (
            "exemple-sum",
            {"residence_commune": "2A004", "local_exempleSumAcheteLocalement": True},
            ("eligible", Decimal(100)),
        ),
        (
            "exemple-sum",
            {
                "residence_commune": "2A004",
                "local_exempleSumAcheteLocalement": True,
                "vehicle_condition": "second-hand",
            },
            ("eligible", Decimal(160)),
        ),
        ("exemple-sum", {"residence_commune": "2A004"}, ("unknown", Decimal(100))),
        ("exemple-product", {"residence_commune": "33119"}, ("eligible", Decimal(200))),
        (
            "exemple-product",
            {"residence_commune": "33119", "household_referenceTaxIncomePerShare": "5000"},
            ("eligible", Decimal(600)),
        ),
    ],
)
def test_aids_are_computed(name: str, answers: dict[str, Any], expected: Any) -> None:
    assert outcome(name, **answers) == expected


def test_what_other_aids_give_counts() -> None:
    other = {"aid": "aides-velo.exemple-cap", "amount": "500"}
    assert outcome("exemple-top-up", [other], residence_commune="01053") == (
        "eligible",
        Decimal(100),
    )
    assert outcome("exemple-top-up", residence_commune="01053")[0] == "not-eligible"
    assert outcome("exemple-net", [other], residence_commune="31001")[0] == "not-eligible"
    rest = {"aid": "another", "amount": "1100"}
    assert outcome("exemple-rest", [rest], residence_commune="2A004") == ("eligible", Decimal(100))


def test_what_cannot_be_said_refuses_and_never_admits() -> None:
    aid = AIDS["exemple-partial"]
    assert aid["eligibility"]["coverage"] == "partial"
    assert ("exemple-partial", "applicable si", "arithmetic") in TOLD
    assert outcome("exemple-partial", residence_commune="33063")[0] == "unknown"
    assert outcome("exemple-partial", residence_commune="33063", person_age=17)[0] == "not-eligible"
    over = {"household_referenceTaxIncome": "20001"}
    assert outcome("exemple-partial", residence_commune="33063", **over)[0] == "not-eligible"


def test_an_amount_that_no_formula_says_stays_in_words() -> None:
    assert AIDS["exemple-rounded"]["benefits"][0]["amount"]["type"] == "text"
    assert ("exemple-rounded", "valeur", "rounding") in TOLD


def test_a_typo_in_a_rule_is_told() -> None:
    assert ("exemple-net", "plaond", "unknown-member") in TOLD


def test_places_dates_and_modes_are_data() -> None:
    assert AIDS["exemple-cap"]["territory"] == {
        "basis": ["residence"],
        "include": [{"type": "epci", "code": "200000008", "name": "CA d'Exemple"}],
    }
    assert AIDS["exemple-net"]["territory"]["exclude"] == [{"type": "commune", "code": "31555"}]
    assert AIDS["exemple-cases"]["validity"] == {"end": "2025-12-31"}
    assert AIDS["exemple-cases"]["provenance"]["lastVerified"] == "2025-08-14"
    assert AIDS["exemple-cases"]["modes"] == ["e-bike", "cargo-bike", "e-cargo-bike"]


def test_an_epci_without_its_code_is_unresolved() -> None:
    rows = imported({"rules": MODEL["rules"]}, "2026-11-28T00:00:00Z")
    aid = next(row.aid for row in rows if row.aid and row.aid["id"].endswith("-cap"))
    assert aid["territory"]["include"][0]["type"] == "unresolved"
    assert aid["eligibility"]["coverage"] == "partial"
    accepted("aid", aid)


def test_export_gives_the_rules_back() -> None:
    back = export(list(AIDS.values()))
    assert back["localisation"] == MODEL["localisation"]
    assert all(MODEL["rules"][name] == rule for name, rule in back["rules"].items())
    wanted = {name for name in MODEL["rules"] if name.startswith("aides . exemple")}
    assert wanted - back["rules"].keys() == {"aides . exemple nameless"}
    again = [row.aid for row in imported(back, "2026-11-28T00:00:00Z") if row.aid]
    assert {a["id"]: a["eligibility"] for a in again} == {
        a["id"]: a["eligibility"] for a in AIDS.values()
    }


@pytest.mark.foreign
def test_the_real_package_and_its_engine_agree(tmp_path: Path) -> None:
    """Fetch the package, import its aids, and compare with its own engine on 500 situations."""

    def run(*command: str, at: Path) -> str:
        return subprocess.run(command, cwd=at, check=True, capture_output=True, text=True).stdout

    run("npm", "pack", "@betagouv/aides-velo@3.6.1", at=tmp_path)
    run("tar", "xzf", "betagouv-aides-velo-3.6.1.tgz", at=tmp_path)
    package = tmp_path / "package"
    run("npm", "install", "--omit=dev", at=package)
    bench = Path(__file__).resolve().parents[2] / "bench/aides-velo"
    document = json.loads(run("node", str(bench / "bundle.mjs"), str(package), at=tmp_path))
    rows = list(imported(document, "2026-11-28T00:00:00Z", document["version"]))
    assert len(rows) == 341
    aids = [accepted("aid", row.aid) for row in rows]
    said = [aid["benefits"][0]["amount"]["type"] != "text" for aid in aids]
    complete = [aid["eligibility"]["coverage"] == "complete" for aid in aids]
    assert sum(said) >= 0.96 * 341
    assert sum(complete) >= 0.96 * 341
    assert sum(a and b for a, b in zip(said, complete, strict=True)) >= 0.91 * 341
    figures = json.loads(
        run(sys.executable, str(bench / "agreement.py"), str(package), at=tmp_path)
    )
    assert figures["agreement"] >= 0.995
    assert figures["control"] < 0.9
