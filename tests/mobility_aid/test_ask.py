"""``mobstd aids ask``: what a person is entitled to, why, and what else to ask."""

from __future__ import annotations

import io
import json
import os
import pty
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mobstd.cli import main
from mobstd.errors import ConfigError
from mobstd.messages import LANGUAGES, catalogue
from mobstd.mobility_aid import evaluate
from mobstd.mobility_aid.members import covering, epci_of
from mobstd.mobility_aid.nearby import home_of, near
from mobstd.mobility_aid.reference import build
from mobstd.mobility_aid.reference.loading import aids_of
from mobstd.mobility_aid.registry import criteria
from mobstd.mobility_aid.situations import answered, commune_of, home
from mobstd.mobility_aid.sums import Span
from mobstd.mobility_aid.wording import money, reasons, span
from mobstd.serving.hosting import hosted

from .documents import aid, fitting, grant, is_

ASK = ("aids", "ask", "--date", "2026-11-28")
HERE = (*ASK, "--place", "33063", "--mode", "e-bike", "--price", "1500")
KNOWN = (
    *("--answer", "person.age=30", "--answer", "vehicle.condition=new"),
    *("--answer", "household.referenceTaxIncomePerShare=8000", "--received", "none"),
)


def test_nobody_is_entitled_for_want_of_an_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(list(HERE)) == 0
    said = capsys.readouterr().out
    assert said.startswith("It depends\n")
    assert "You can have it" not in said
    assert "? age: at least 18 years" in said
    assert "How old are you?  (--answer person.age=…)" in said


def test_amounts_come_with_why_and_what_excludes_what(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*HERE, *KNOWN]) == 0
    said = capsys.readouterr().out
    assert said.startswith("You can have it\n  Prime vélo électrique de la métropole: €200\n")
    assert "    + age: at least 18 years\n" in said
    assert "(not together with another that comes to more)" in said
    assert "Together: €200\n" in said


def test_it_speaks_french(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*HERE, *KNOWN, "--lang", "fr"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(
        "Vous y avez droit\n  Prime vélo électrique de la métropole : 200\u00a0€\n"
    )
    assert "+ revenu fiscal de référence par part : au plus 15\u202f400\u00a0€" in said


def test_json_is_an_evaluation(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*HERE, *KNOWN, "--json"]) == 0
    found = fitting("joint-evaluation", json.loads(capsys.readouterr().out))
    assert found["chosen"] == ["exemple-metropole-vae"]


def test_a_name_is_a_place_too_and_a_file_a_catalogue(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "aids.json"
    path.write_text(json.dumps([aid(id="mine", title="Mine"), {"id": "no aid"}]), "utf-8")
    assert main([*ASK, "--place", "cenon", "--catalogue", str(path)]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("You can have it\n  Mine: ")
    assert "no aid" in said.err


def test_a_catalogue_that_is_served_is_asked_for_the_place_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with hosted(build(), "127.0.0.1", 0) as url:
        assert main([*HERE, *KNOWN, "--catalogue", url]) == 0
    said = capsys.readouterr().out
    assert said.startswith("You can have it\n  Prime vélo électrique de la métropole: €200\n")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (["--place", "33000"], "no-such-commune"),
        (["--place", "Nulle Part"], "no-such-place"),
        (["--place", "Saint-Denis"], "several-places"),
        (["--place", "33063", "--mode", "hoverboard"], "no-such-mode"),
        (["--place", "33063", "--price", "dear"], "takes.money"),
        (["--place", "33063", "--answer", "person.age=30.5"], "takes.number"),
        (["--place", "33063", "--answer", "person.disability=perhaps"], "takes.boolean"),
        (["--place", "33063", "--answer", "purchase.date=soon"], "takes.date"),
        (["--place", "33063", "--answer", "person.agee=30"], "no-such-question"),
        (["--place", "33063", "--answer", "residence.commune=75056"], "place-said"),
        (["--place", "33063", "--date", "tomorrow"], "bad-day"),
        (["--place", "33063", "--catalogue", "nowhere.json"], "unreadable-file"),
    ],
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_meant_wrongly_says_what_and_what_next(
    more: list[str], code: str, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["aids", "ask", "--lang", lang, *more]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert catalogue()[f"aids.{code}{'' if 'takes' in code else '.next'}"][lang] in said.err


def test_communes_of_one_name_are_told_apart_by_their_department(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([*ASK, "--place", "Saint-Denis"]) == 2
    assert "11339 (Aude), 30247 (Gard), 93066 (Seine-Saint-Denis)" in capsys.readouterr().err


def test_a_choice_is_told_with_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ASK, "--place", "33063", "--answer", "vehicle.condition=old"]) == 2
    assert "new, second-hand" in capsys.readouterr().err


def test_an_aid_that_is_received_is_named_by_an_id_that_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(list(HERE)) == 0
    shown = "--received none|exemple-metropole-vae|exemple-region-vae"
    assert shown in capsys.readouterr().out
    assert main([*HERE, "--received", "exemple-region-vae"]) == 0
    assert "changes nothing" not in capsys.readouterr().err
    assert main([*HERE, "--received", "exemple-regoin-vae"]) == 0
    assert "exemple-regoin-vae: that it is received changes nothing" in capsys.readouterr().err


def test_an_answer_that_is_none_is_not_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ASK, "--place", "33063", "--answer", "person.age=secret"]) == 2
    assert "secret" not in capsys.readouterr().err


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A person's end of a terminal that is stdin and stdout."""
    here, there = pty.openpty()
    with os.fdopen(there, "r", encoding="utf-8") as inner:
        monkeypatch.setattr(sys, "stdin", inner)
        yield here
    os.close(here)


def test_on_a_terminal_it_asks_the_most_telling_first(
    terminal: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    typed = b"none\nold\n30\n8000\n\n"
    writer = threading.Thread(target=os.write, args=(terminal, typed))
    writer.start()
    assert main(list(HERE)) == 0
    writer.join()
    asked = capsys.readouterr().err
    places = [asked.index(one) for one in ("Which other aids", "How old are you?")]
    assert places == sorted(places)
    assert "Give a number, such as 30." in asked
    assert "You can have it\n  Aide régionale au vélo électrique: €150\n" in screen.getvalue()
    assert "Is it new or second-hand?  (--answer vehicle.condition=…)" in screen.getvalue()


def test_places() -> None:
    assert commune_of("2a004") == "2A004"
    assert commune_of(" Ajaccio ") == "2A004"
    assert commune_of("75101") == "75101"
    assert home("33063") == {"residence.commune": "33063", "residence.epci": "243300316"}
    assert epci_of("69381") == "200046977"
    assert epci_of("99999") is None
    assert covering("epci:243300316") == ["epci:243300316", "country:FR"]


def test_the_aids_of_a_place_are_those_around_it_without_what_excludes_it() -> None:
    ten = aids_of(None)
    assert [one["id"] for one in near(ten, "33063", ["e-bike"])] == [
        "exemple-metropole-vae",
        "exemple-region-vae",
    ]
    assert "exemple-metropole-vae" not in {one["id"] for one in near(ten, "33318")}


def test_what_a_catalogue_takes_a_place_to_lie_in() -> None:
    one = aid(
        territory={"basis": ["residence"], "include": [{"type": "epci", "code": "200000008"}]}
    )
    assert home_of([one, *near(aids_of(None), "33063", ["carpool"])], "33063") == {
        "residence.epci": "200000008"
    }
    other = aid(territory={"include": [{"type": "epci", "code": "200000016"}]})
    assert home_of([one, other], "33063") == {}


@pytest.mark.parametrize(
    ("criterion", "text", "answer"),
    [
        ("person.age", "30", 30),
        ("vehicle.priceInclTax", "1 500,50 €", "1500.50"),
        ("person.disability", "oui", True),
        ("person.disability", "No", False),
        ("person.socialBenefit", "rsa, aah", ["rsa", "aah"]),
        ("work.commune", "Cenon", "33119"),
        ("purchase.date", "2026-11-28", "2026-11-28"),
        ("trip.distanceKm", "12.5", 12.5),
        ("local.shop", "yes", True),
    ],
)
def test_answers_in_words(criterion: str, text: str, answer: Any) -> None:
    found = answered(criterion, text, {"local.shop": "boolean"})
    assert found == answer
    assert type(found) is type(answer)


@pytest.mark.parametrize(
    ("criterion", "text"),
    [
        ("person.age", "-1"),
        ("vehicle.category", "rocket"),
        ("person.disability", "perhaps"),
        ("purchase.date", "2026-02-30"),
        ("residence.epci", "Bordeaux"),
        ("aid.received", "x"),
        ("person.status", ""),
    ],
)
def test_answers_that_are_none(criterion: str, text: str) -> None:
    with pytest.raises(ConfigError):
        answered(criterion, text, {})


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_of_a_choice_has_words(lang: str) -> None:
    words = {value for one in criteria().values() for value in (*one.values, one.unit) if value}
    assert [one for one in words if f"aids.value.{one}" not in catalogue()] == []
    assert {catalogue()[f"aids.value.{one}"][lang] for one in words}


@pytest.mark.parametrize(
    ("low", "high", "period", "english", "french"),
    [
        ("200", "200", "once", "€200", "200\u00a0€"),
        ("0", "400.5", "once", "up to €400.50", "jusqu'à 400,50\u00a0€"),
        ("1200", None, "year", "at least €1,200 a year", "au moins 1\u202f200\u00a0€ par an"),
        ("1", "2", "trip", "€1 to €2 a trip", "1\u00a0€ à 2\u00a0€ par trajet"),
        ("0", None, "once", "an amount that is not known yet", "un montant pas encore connu"),
    ],
)
def test_sums_in_words(low: str, high: str | None, period: str, english: str, french: str) -> None:
    from decimal import Decimal

    found = Span(Decimal(low), None if high is None else Decimal(high), "EUR", period)
    assert (span(found, "en"), span(found, "fr")) == (english, french)
    assert money(Decimal(5), "CHF", "en") == "5\u00a0CHF"


def test_every_kind_of_reason_has_words() -> None:
    """Aids that give each kind of reason: none of them is said by its code."""
    from mobstd.mobility_aid import evaluate

    old = is_("person.age", "gte", 65)
    made = [
        aid(status="suspended"),
        aid(validity={"start": "2027-01-01"}),
        aid(validity={"end": "2025-01-01"}),
        aid(validity={"purchaseFrom": "2026-01-01", "purchaseUntil": "2026-12-31"}),
        aid(budget={"state": "exhausted"}),
        aid(eligibility={"coverage": "text-only", "text": "Être gentil"}),
        aid(eligibility={"coverage": "complete", "beneficiaries": ["company"]}),
        aid(combination={"exclusiveWith": ["other"], "perBeneficiary": {"count": 1}}),
        aid(combination={"deductsOtherAids": True, "totalCap": "50"}),
        aid(grant({"type": "text", "text": "beaucoup"})),
        aid(grant({"type": "cases", "cases": [{"when": old, "amount": {"type": "none"}}]})),
        aid(grant("5000", limits=[{"money": "10", "period": "once"}])),
        aid(grant("300", role="driver")),
        aid(territory={"include": [{"type": "unresolved", "name": "Quelque part"}]}),
        aid(rule=is_("vehicle.priceInclTax", "notIn", ["900", "1000"])),
    ]
    codes = set()
    here = {"residence.commune": "33119", "vehicle.priceInclTax": "400"}
    for one in made:
        outcome = evaluate(one, {"date": "2026-11-28", "answers": here})
        codes |= {reason.code for reason in outcome.reasons}
        for lang in LANGUAGES:
            for effect, text in reasons(one, outcome, lang, {"other": "Une autre"}):
                assert effect in ("for", "against", "open", "reduces")
                assert text.strip()
                assert "aids." not in text
                assert "{" not in text
    assert len(codes) >= 12, codes


def test_a_catalogue_of_which_nothing_is_an_aid_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "aids.json"
    file.write_text('[null, 3, {"id": "x"}]')
    assert main(["aids", "ask", "--place", "33063", "--catalogue", str(file)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert f"{file}: 1: It is no object of JSON, but of the type null." in told.err
    assert f"{file}: 2: It is no object of JSON, but of the type number." in told.err
    assert "x: The schema of an aid refuses what it gives, at / (required)." in told.err
    assert "No aid of" in told.err
    file.write_text("[]")
    assert main(["aids", "ask", "--place", "33063", "--catalogue", str(file)]) == 0


def test_a_place_without_a_name_of_its_own_is_called_by_the_official_one() -> None:
    inside = {"basis": ["residence"], "include": [{"type": "commune", "code": "33119"}]}
    made = aid(grant("100"), territory=inside)
    found = evaluate(made, {"date": "2026-11-28", "answers": {"residence.commune": "33119"}})
    assert ("for", "the place: Cenon") in reasons(made, found, "en", {})


def test_several_words_are_said_as_one_lists_them() -> None:
    kinds = ["bike", "e-bike", "cargo-bike"]
    made = aid(grant("100"), rule=is_("vehicle.category", "in", kinds))
    found = evaluate(made, {"date": "2026-11-28", "answers": {"residence.commune": "33119"}})
    for lang, words in (
        ("en", "bike, electric bike or cargo bike"),
        ("fr", "vélo, vélo électrique ou vélo cargo"),
    ):
        assert any(text.endswith(words) for _, text in reasons(made, found, lang, {}))


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "open until 2025-10-31"), ("fr", "ouverte jusqu'au 31/10/2025")]
)
def test_a_day_is_written_as_one_writes_it(lang: str, words: str) -> None:
    made = aid(grant("100"), validity={"end": "2025-10-31"})
    found = evaluate(made, {"date": "2026-11-28", "answers": {"residence.commune": "33119"}})
    assert ("against", words) in reasons(made, found, lang, {})
