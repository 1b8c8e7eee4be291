"""The table of carpool campaigns: what becomes data, what stays in words, what comes back."""

from __future__ import annotations

import io
from typing import Any

import pytest

from mobstd.canon.standard import find
from mobstd.errors import ConfigError
from mobstd.mobility_aid import evaluate
from mobstd.mobility_aid.importing import Imported, detect, read
from mobstd.validation.rules import DocumentRules

from .documents import accepted
from .test_table import filed

AT = "2026-11-28T16:00:00Z"
FIRST = {
    "collectivite": "Métropole d'Exemple",
    "derniere_maj": "2026-03-01",
    "email": "mobilite@example.org",
    "type": "aom",
    "code": "100000009",
    "premiere_campagne": "Oui",
    "budget_incitations": "50000",
    "date_debut": "2026-01-01",
    "date_fin": "31/12/2026",
    "conducteur_montant_max_par_passager": "3",
    "conducteur_montant_max_par_mois": "120",
    "conducteur_montant_min_par_passager": "1,50",
    "conducteur_trajets_max par_mois": "60",
    "passager_trajets_max_par_mois": "60",
    "passager_gratuite": "Oui",
    "passager_eligible_gratuite": "Tous",
    "passager_reduction_ticket": "Non",
    "passager_eligibilite_reduction": "",
    "passager_montant_ticket": "",
    "zone_sens_des_trajets": "Origine et/ou destination",
    "zone_exclusion": "Non",
    "si_zone_exclue_liste": "",
    "autre_exclusion": "",
    "trajet_longueur_min": "5",
    "trajet_longueur_max": "80",
    "trajet_classe_de_preuve": "B,C",
    "operateurs": "",
    "autres_informations": "",
    "lien": "https://example.org/covoiturage",
}
ROWS = ({}, {"code": "200000008", "type": "epci", "operateurs": "Exemple Covoiturage"})


def table(*changes: dict[str, str]) -> bytes:
    return filed([list(FIRST), *(list({**FIRST, **change}.values()) for change in changes)])


def imported(*changes: dict[str, str]) -> list[Imported]:
    return list(read(io.BytesIO(table(*changes)), at=AT))


def only(**change: str) -> tuple[dict[str, Any], set[tuple[str, str]]]:
    (one,) = imported(change)
    assert one.aid is not None, one.diagnostics
    return accepted("aid", one.aid), {(said.part, said.code) for said in one.diagnostics}


TRIP = {
    "tripOrigin.aom": "100000009",
    "tripDestination.aom": "200000008",
    "trip.role": "driver",
    "trip.distanceKm": 20,
    "trip.proofClass": "C",
}


def asked(aid: dict[str, Any], **more: Any) -> Any:
    answers = {**TRIP, **{name.replace("_", "."): value for name, value in more.items()}}
    return evaluate(aid, {"date": "2026-06-01", "answers": answers})


def test_a_row_is_an_aid_that_computes() -> None:
    aid, said = only()
    assert said == set()
    assert aid["status"] == "active"
    assert aid["validity"] == {"start": "2026-01-01", "end": "2026-12-31"}
    assert aid["budget"] == {"state": "unknown", "total": "50000"}
    assert aid["eligibility"]["coverage"] == "complete"
    found = asked(aid, trip_passengers=2)
    assert found.verdict == "eligible"
    assert (found.amount.low, found.amount.high, found.amount.period) == (3, 6, "trip")
    assert asked(aid, trip_distanceKm=81).verdict == "not-eligible"
    assert asked(aid, trip_proofClass="A").verdict == "not-eligible"
    rider = asked(aid, trip_role="passenger")
    assert [one.price.exact for one in rider.benefits if one.price] == [0]
    assert detect(table({})[:4096]) == "campaigns"


@pytest.mark.parametrize(
    ("way", "there", "verdict"),
    [
        ("Origine et/ou destination", "200000008", "eligible"),
        ("Origine ou destination", "200000008", "eligible"),
        ("Origine et destination", "200000008", "not-eligible"),
        ("Origine et destination", "100000009", "eligible"),
        ("Origine", "200000008", "eligible"),
        ("Destination", "200000008", "not-eligible"),
        ("Autour", "200000008", "unknown"),
    ],
)
def test_which_ends_of_a_trip_have_to_be_there(way: str, there: str, verdict: str) -> None:
    aid, said = only(zone_sens_des_trajets=way)
    found = asked(aid, tripDestination_aom=there, trip_passengers=1)
    assert found.verdict == verdict
    assert (verdict == "unknown") == (("zone_sens_des_trajets", "unknown-value") in said)


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("operateurs", "Exemple Covoiturage", "prose"),
        ("autre_exclusion", "Trajets payés par l'employeur", "prose"),
        ("zone_exclusion", "Gares", "prose"),
        ("trajet_longueur_min", "cinq", "prose"),
        ("trajet_classe_de_preuve", "C ou mieux", "prose"),
        ("conducteur_montant_max_par_mois", "beaucoup", "not-a-sum"),
        ("conducteur_trajets_max par_mois", "2/jour", "number"),
        ("date_fin", "fin 2026", "not-a-date"),
        ("date_fin", "2026-02-30", "not-a-date"),
        ("lien", "App", "not-a-link"),
        ("code", "11", "unresolved-place"),
        ("type", "quartier", "unresolved-place"),
        ("passager_eligible_gratuite", "Abonnés", "prose"),
        ("budget_incitations", "50 k€", "not-a-sum"),
    ],
)
def test_what_is_no_data_stays_in_words_and_is_told(column: str, cell: str, code: str) -> None:
    aid, said = only(**{column: cell})
    assert (column, code) in said
    assert cell in str(aid["provenance"]["original"]["record"])
    if code == "prose" and not column.startswith("passager"):
        assert aid["eligibility"]["coverage"] == "partial"
        assert cell in aid["eligibility"]["text"]


def test_excluded_communes_that_are_all_named_are_data() -> None:
    aid, said = only(zone_exclusion="Oui", si_zone_exclue_liste="33063 ; 33119")
    assert [one["code"] for one in aid["territory"]["exclude"]] == ["33063", "33119"]
    assert said == set()
    aid, said = only(zone_exclusion="Oui", si_zone_exclue_liste="33063, Cenon")
    assert "exclude" not in aid["territory"]
    assert ("si_zone_exclue_liste", "prose") in said


def test_a_row_that_gives_nothing_is_told_and_the_next_one_follows() -> None:
    nothing = {"conducteur_montant_max_par_passager": "", "passager_gratuite": "Non"}
    found = imported(nothing, {"collectivite": ""}, {})
    assert [one.aid is None for one in found] == [True, True, False]
    assert [(said.line, said.part, said.code) for one in found for said in one.diagnostics] == [
        (2, "conducteur_montant_max_par_passager", "no-benefit"),
        (3, "collectivite", "absent"),
    ]


def test_rows_of_one_code_and_day_are_told_apart_by_what_they_say() -> None:
    other = {"passager_gratuite": "Non"}
    found = imported({}, other, other)
    ids = [one.aid["id"] for one in found if one.aid]
    assert ids[0] == "campagnes-covoiturage:100000009:2026-01-01"
    assert ids[1].startswith(f"{ids[0]}:")
    assert len(set(ids)) == len(ids) == 2
    assert [said.code for one in found for said in one.diagnostics if said.refused] == [
        "repeated-identifier"
    ]


def test_words_for_an_amount_stay_words() -> None:
    aid, _ = only(conducteur_montant_max_par_passager="selon la distance")
    assert aid["benefits"][0]["amount"] == {"type": "text", "text": "selon la distance"}
    one_sum, _ = only(conducteur_montant_min_par_passager="3")
    assert one_sum["benefits"][0]["amount"]["type"] == "per-unit"


def test_another_table_is_refused() -> None:
    with pytest.raises(ConfigError):
        list(read(io.BytesIO(b"a,b\n1,2\n"), "campaigns", at=AT))


def test_a_least_above_the_most_is_told_and_no_formula() -> None:
    aid, told = only(
        conducteur_montant_min_par_passager="4", conducteur_montant_max_par_passager="3"
    )
    assert ("conducteur_montant_max_par_passager", "below-minimum") in told
    driver = next(one for one in aid["benefits"] if one["role"] == "driver")
    assert driver["amount"] == {"type": "text", "text": "4 à 3 € par trajet et par passager"}
    _, told = only(trajet_longueur_min="80", trajet_longueur_max="5")
    assert ("trajet_longueur_max", "below-minimum") in told
    _, told = only(date_debut="2027-01-01", date_fin="2026-12-31")
    assert ("date_fin", "before-start") in told
    equal, told = only(
        conducteur_montant_min_par_passager="3", conducteur_montant_max_par_passager="3"
    )
    assert equal["benefits"][0]["amount"]["type"] == "per-unit"
    assert not {code for _, code in told} & {"below-minimum", "before-start"}


def renamed(names: dict[str, str | None], **change: str) -> Imported:
    row = {**FIRST, **change}
    kept = {names.get(name, name): cell for name, cell in row.items()}
    cells = {name: cell for name, cell in kept.items() if name is not None}
    (one,) = read(io.BytesIO(filed([list(cells), list(cells.values())])), at=AT)
    return one


def test_columns_of_other_years_are_the_same_columns() -> None:
    plain = renamed({})
    later = renamed({"derniere_maj": "Mise à jour", "lien": "lien_page_collectivité"})
    assert plain.aid is not None
    assert later.aid is not None
    assert {**later.aid, "provenance": 0} == {**plain.aid, "provenance": 0}
    assert later.aid["provenance"]["updatedAt"] == plain.aid["provenance"]["updatedAt"]
    assert later.aid["provenance"]["source"] == plain.aid["provenance"]["source"]


def test_both_names_of_a_column_may_be_there() -> None:
    row = {**FIRST, "siren": "999999999", "Mise à jour": "1999-01-01", "": "x"}
    (one,) = read(io.BytesIO(filed([list(row), list(row.values())])), at=AT)
    assert one.aid is not None
    assert one.aid["territory"]["include"][0]["code"] == FIRST["code"]
    assert one.aid["provenance"]["updatedAt"] == "2026-03-01T00:00:00Z"
    assert one.aid["provenance"]["original"]["record"] == row


def test_a_siret_stands_for_its_siren_and_a_code_may_tell_its_level() -> None:
    siret = "10000000900009"
    aid, _ = only(code=siret)
    assert aid["territory"]["include"][0]["code"] == "100000009"
    assert aid["funders"][0]["siren"] == "100000009"
    epci = renamed({"type": None, "code": "siret"}, code="24330031600003")
    assert epci.aid is not None
    assert epci.aid["territory"]["include"][0] == {
        "type": "epci",
        "code": "243300316",
        "name": FIRST["collectivite"],
    }
    region = renamed({"type": None}, code="11")
    assert region.aid is not None
    assert region.aid["territory"]["include"][0]["type"] == "unresolved"


@pytest.mark.parametrize("cell", ["B et C", "B,C", "B / C", "B ou C"])
def test_classes_are_classes_however_they_are_joined(cell: str) -> None:
    aid, told = only(trajet_classe_de_preuve=cell)
    assert ("trajet_classe_de_preuve", "prose") not in told
    assert asked(aid, trip_proofClass="A").verdict == "not-eligible"
    assert asked(aid, trip_proofClass="B").verdict != "not-eligible"


def test_the_words_of_an_amount_agree_with_its_formula() -> None:
    aid, _ = only(conducteur_montant_min_par_passager="1,50")
    driver = next(one for one in aid["benefits"] if one["role"] == "driver")
    words = "1,5 à 3 € par trajet et par passager, soit au plus 24 € pour 8 passagers"
    assert driver["text"] == words
    assert not any(DocumentRules(find("mobility-aid@0.1"), "aid").remarks(aid))
