"""The national table ``dispositif-aide`` and the services of data-inclusion, both ways."""

from __future__ import annotations

from typing import Any

import pytest

from mobstd.mobility_aid import evaluate
from mobstd.mobility_aid.exporting import data_inclusion as to_services
from mobstd.mobility_aid.exporting import dispositif_aide as to_table
from mobstd.mobility_aid.importing import data_inclusion, dispositif_aide, read

from .documents import accepted

NOW = "2026-11-28T00:00:00Z"
ROW = {
    "id": "65d5b6c7-102c-4440-ac3b-768f708edc0b",
    "titre": " Prime à l'essai",
    "promesse": "Roulez aidés",
    "description": "Une prime inventée pour l'achat d'un vélo.",
    "eligibilite": "• Habiter ici\n• Être majeur",
    "types_aides": "financement",
    "porteurs": "[{ nom: 'Pays d''Exemple', siren: '100000009', "
    "roles: [ 'financeur', 'instructeur' ]}]",
    "programmes_parents": "Plan A|Plan B",
    "url_source": "https://example.org/prime",
    "cibles": "particuliers",
    "eligibilite_geographique": "DEP-2A|COM-01053",
    "eligibilite_geographique_exclusions": "COM-2A004",
    "date_ouverture": "2025-12-31T23:30:00Z",
    "date_cloture": "",
    "date_mise_a_jour": "2026-10-15T15:00:00Z",
    "age_minimum": "18",
    "age_maximum": "",
    "situation_professionnelle": "salarie|etudiant",
    "revenus_maximum": "25000",
    "residence_requirement": "Depuis deux ans",
}
SERVICE = {
    "id": "exemple--1",
    "source": "exemple",
    "structure_id": "s1",
    "nom": "Une aide au trajet",
    "description": "Une aide inventée, pour ceux qui cherchent un emploi et se déplacent.",
    "date_maj": "2026-02-14",
    "type": "aide-financiere",
    "thematiques": ["mobilite--financer-ma-mobilite"],
    "publics": ["demandeurs-emploi"],
    "conditions_acces": "Habiter en Corse",
    "zone_eligibilite": ["2A", "01053", "200000008", "france", "???"],
    "telephone": "+33199000000",
    "courriel": "aide@example.org",
    "contact_nom_prenom": "Camille Exemple",
    "lien_source": "https://example.org/aide",
    "score_qualite": 0.8,
}
STRUCTURES = {"s1": {"id": "s1", "nom": "Maison d'Exemple", "siret": "10000000900017"}}


def codes(found: Any) -> set[tuple[str, str]]:
    return {(one.part, one.code) for one in found.diagnostics}


def test_a_row_is_an_aid() -> None:
    found = dispositif_aide.imported(ROW, NOW)
    aid = accepted("aid", found.aid)
    assert aid["funders"] == [
        {"name": "Pays d'Exemple", "siren": "100000009", "roles": ["funder", "instructor"]}
    ]
    assert aid["territory"] == {
        "include": [{"type": "department", "code": "2A"}, {"type": "commune", "code": "01053"}],
        "exclude": [{"type": "commune", "code": "2A004"}],
    }
    assert aid["validity"] == {"start": "2026-01-01"}
    assert aid["eligibility"]["coverage"] == "partial"
    assert "25000" in aid["eligibility"]["text"]
    assert codes(found) == {("revenus_maximum", "in-words")}
    young = {"date": "2026-11-01", "answers": {"person.age": 17}}
    assert evaluate(aid, young).verdict == "not-eligible"
    adult = {"person.age": 40, "person.status": ["employee"], "residence.commune": "01053"}
    assert evaluate(aid, {"date": "2026-11-01", "answers": adult}).verdict == "unknown"


def test_a_row_comes_back_cell_by_cell() -> None:
    aid = dispositif_aide.imported(ROW, NOW).aid
    assert aid is not None
    row, losses = to_table.exported(aid)
    assert (row, list(row), losses) == (ROW, list(ROW), ())
    edited, losses = to_table.exported({**aid, "title": "Autre nom"})
    assert edited["titre"] == "Autre nom"
    assert edited["situation_professionnelle"] == "salarie|etudiant"
    assert edited["eligibilite_geographique"] == "DEP-2A|COM-01053"
    assert ("territory/include", "pattern") in {(one.part, one.code) for one in losses}
    accepted("aid", dispositif_aide.imported(edited, NOW).aid)


@pytest.mark.parametrize(
    ("cell", "value", "told"),
    [
        ("titre", "", "absent"),
        ("porteurs", "[{ nom: 'Sans rôle' }]", "no-funder"),
        ("porteurs", "[{ nom: 'A', roles: [ instructeur ]}]", "no-funder"),
        ("porteurs", "[{", "no-funder"),
        ("id", "é", "bad-identifier"),
    ],
)
def test_a_row_that_is_no_aid_is_refused(cell: str, value: str, told: str) -> None:
    found = dispositif_aide.imported({**ROW, cell: value}, NOW)
    assert found.aid is None
    assert (cell, told) in codes(found)


@pytest.mark.parametrize(
    ("cell", "value", "told"),
    [
        ("eligibilite_geographique", "11", "unresolved-place"),
        ("eligibilite_geographique", "REG-011", "unresolved-place"),
        ("cibles", "martiens", "unknown-value"),
        ("age_minimum", "dix-huit", "number"),
        ("situation_professionnelle", "rentier", "unknown-value"),
        ("date_cloture", "bientôt", "not-a-date"),
        ("date_mise_a_jour", "2026-10-15T15:00:00", "no-offset"),
        ("url_source", "www.example.org", "not-a-link"),
    ],
)
def test_what_a_cell_does_not_say_is_told(cell: str, value: str, told: str) -> None:
    found = dispositif_aide.imported({**ROW, cell: value}, NOW)
    aid = accepted("aid", found.aid)
    assert (cell, told) in codes(found)
    assert to_table.exported(aid)[0][cell] == value


def test_a_service_is_an_aid_and_comes_back() -> None:
    found = data_inclusion.imported(SERVICE, NOW, STRUCTURES)
    aid = accepted("aid", found.aid)
    assert [area["type"] for area in aid["territory"]["include"]] == [
        "department",
        "commune",
        "epci",
        "country",
        "unresolved",
    ]
    assert ("zone_eligibilite", "unresolved-place") in codes(found)
    assert aid["funders"][0]["siret"] == "10000000900017"
    assert "Camille" not in str({k: v for k, v in aid.items() if k != "provenance"})
    assert to_services.exported(aid) == (SERVICE, ())


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        ({"nom": ""}, ("nom", "absent")),
        ({"type": "atelier"}, ("type", "not-an-aid")),
        ({"thematiques": ["logement--demenager"]}, ("type", "not-an-aid")),
        ({"structure_id": "s2"}, ("structure_id", "no-funder")),
    ],
)
def test_a_service_that_is_no_aid_is_refused(edit: dict[str, Any], told: Any) -> None:
    found = data_inclusion.imported({**SERVICE, **edit}, NOW, STRUCTURES)
    assert found.aid is None
    assert told in codes(found)


def test_an_edited_aid_is_a_service_with_what_is_lost() -> None:
    aid = data_inclusion.imported(SERVICE, NOW, STRUCTURES).aid
    assert aid is not None
    corsica = {"include": [{"type": "region", "code": "94"}]}
    service, losses = to_services.exported({**aid, "territory": corsica, "modes": ["bike"]})
    assert service["zone_eligibilite"] == ["2A", "2B"]
    assert ("modes", "no-member") in {(one.part, one.code) for one in losses}
    assert service["structure_id"] == "10000000900017"


def test_a_file_is_read_record_by_record() -> None:
    import csv
    import io
    import json

    text = io.StringIO()
    writer = csv.DictWriter(text, list(ROW))
    writer.writeheader()
    writer.writerows([ROW, {**ROW, "titre": ""}, ROW])
    raw = (text.getvalue() + "trop,court\r\n").encode()
    found = list(read(io.BytesIO(raw), "dispositif-aide", at=NOW))
    assert [one.aid is None for one in found] == [False, True, False, True]
    assert [{d.line for d in one.diagnostics} for one in found] == [{2}, {4}, {6}, {8}]
    assert all(d.reason(lang) for one in found for d in one.diagnostics for lang in ("en", "fr"))
    both = {"services": [SERVICE, "x"], "structures": list(STRUCTURES.values())}
    services = list(read(io.BytesIO(json.dumps(both).encode()), "data-inclusion", at=NOW))
    assert [one.aid is None for one in services] == [False, True]
