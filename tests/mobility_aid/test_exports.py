"""Every format that aids are written in: what comes back, what others accept, what is lost."""

from __future__ import annotations

import csv
import importlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rdflib

from mobstd.errors import ConfigError
from mobstd.messages import LANGUAGES
from mobstd.mobility_aid.exporting import FORMATS, beside, write
from mobstd.mobility_aid.exporting.frictionless import EXTENSIONS, schema
from mobstd.mobility_aid.importing import Diagnostic, read
from mobstd.mobility_aid.reference.loading import aids_of

from .documents import aid, fitting, grant, is_
from .test_campaigns import ROWS as CAMPAIGNS
from .test_campaigns import table as campaigns
from .test_national_tables import NOW, ROW, SERVICE, STRUCTURES
from .test_table import filed, table

PUBLICODES = Path(__file__).with_name("publicodes.json").read_bytes()
ORIGINALS = {
    "table-0.1": table({}, {"territoire": "Quelque part", "montant_minimum": "1 €"}),
    "dispositif-aide": filed([list(ROW), list(ROW.values())]),
    "data-inclusion": json.dumps(
        {"services": [SERVICE], "structures": list(STRUCTURES.values())}
    ).encode(),
    "campaigns": campaigns(*CAMPAIGNS),
    "aides-velo": PUBLICODES,
}
TEN = aids_of(None)


def aids_from(data: bytes, format: str) -> list[dict[str, Any]]:
    found = [one.aid for one in read(io.BytesIO(data), format, at=NOW)]
    return [one for one in found if one is not None]


def written(aids: list[dict[str, Any]], format: str) -> tuple[str, list[Diagnostic]]:
    out = io.StringIO(newline="")
    told = list(write(aids, out, format))
    return out.getvalue(), told


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("format", ["table-0.1", "dispositif-aide", "campaigns"])
def test_a_table_comes_back_cell_by_cell(format: str) -> None:
    data = ORIGINALS[format]
    text, told = written(aids_from(data, format), format)
    assert text.encode() == data
    assert told == []


def test_services_come_back_member_by_member() -> None:
    data = ORIGINALS["data-inclusion"]
    text, told = written(aids_from(data, "data-inclusion"), "data-inclusion")
    assert json.loads(text) == json.loads(data)
    assert told == []


def test_rules_come_back_verbatim() -> None:
    stated = json.loads(PUBLICODES)
    aids = aids_from(PUBLICODES, "aides-velo")
    text, told = written([*aids, TEN[0]], "aides-velo")
    kept = json.loads(text)["rules"]
    assert kept
    assert kept.items() <= stated["rules"].items()
    assert [(one.record, one.code, one.refused) for one in told] == [
        (TEN[0]["id"], "not-from-here", True)
    ]


@pytest.mark.parametrize("format", sorted(set(FORMATS) - {"mob", "aides-velo", "campaigns"}))
def test_what_is_written_of_other_aids_can_be_said_in_both_languages(format: str) -> None:
    text, told = written(TEN, format)
    assert "exemple-ville-velo" in text or "Coup de pouce" in text
    assert not any(one.refused for one in told)
    for one in told:
        said = [one.reason(lang) for lang in LANGUAGES]
        assert said[0] != said[1]
        assert not said[0].startswith("aids.")


@pytest.mark.parametrize("format", ["table-0.1", "table-0.2", "dispositif-aide", "data-inclusion"])
def test_what_is_written_can_be_read_again(format: str) -> None:
    text, _ = written(TEN, format)
    again = [fitting("aid", one) for one in aids_from(text.encode(), format)]
    assert [one["title"] for one in again] == [one["title"] for one in TEN]


def test_an_edited_aid_is_written_as_it_is_now() -> None:
    (first, *_) = aids_from(ORIGINALS["table-0.1"], "table-0.1")
    edited = {**first, "title": "Un autre titre", "summary": "En bref"}
    text, told = written([edited], "table-0.1")
    (row,) = rows(text)
    assert row["nom"] == "Un autre titre"
    assert row["description"] == first["description"]
    assert row["type_financeur"] == "Aide de mon territoire"
    assert row["mode_transport"] == '["VAE"]'
    assert ("summary", "no-column") in {(one.part, one.code) for one in told}


def test_the_table_says_what_it_cannot_say() -> None:
    metropole = next(one for one in TEN if one["id"] == "exemple-metropole-vae")
    text, told = written([metropole], "table-0.1")
    (row,) = rows(text)
    assert row["territoire_insee"] == "243300316"
    assert row["modalite_versement"] == row["montant_minimum"] == ""
    assert {(one.part, one.code) for one in told} == {
        ("id", "number"),
        ("territory/basis", "no-column"),
        ("territory/exclude", "no-column"),
        ("eligibility/rule", "no-column"),
        ("combination", "no-column"),
        ("benefits/0/amount", "no-column"),
        ("funders/0/siren", "no-column"),
        ("funders/0/type", "no-column"),
        ("modes", "no-word"),
        ("modalite_versement", "absent"),
    }


def test_other_columns_than_those_of_the_first_row_are_told() -> None:
    (first, second) = aids_from(ORIGINALS["table-0.1"], "table-0.1")
    mine = {**TEN[0]}
    text, told = written([second, mine, first], "table-0.1")
    assert [row["id"] for row in rows(text)] == ["2", "exemple-metropole-vae", "1"]
    assert not any(one.refused for one in told)


@pytest.fixture
def frictionless() -> Iterator[Any]:
    """The library, which lifts the limit of a cell for the whole process."""
    limit = csv.field_size_limit()
    yield importlib.import_module("frictionless")
    csv.field_size_limit(limit)


def test_frictionless_accepts_the_table(tmp_path: Path, frictionless: Any) -> None:
    resource, system = frictionless.Resource, frictionless.system
    mine = aid(additionalInfo="Vu de près, « ; » compris", **{"x-own": {"a": [1]}})
    text, told = written(
        [*TEN, mine, *aids_from(ORIGINALS["table-0.1"], "table-0.1")], "frictionless"
    )
    (tmp_path / "aids.csv").write_text(text, "utf-8", newline="")
    end, stated = beside("frictionless") or ("", "")
    (tmp_path / f"aids{end}").write_text(stated, "utf-8")
    with system.use_context(trusted=True):
        table = str(tmp_path / "aids.csv")
        good = resource(path=table, schema=str(tmp_path / f"aids{end}")).validate()
        assert good.valid, good.flatten(["rowNumber", "fieldName", "message"])
        bad = text.replace("territory,active", "county,active", 1)
        (tmp_path / "aids.csv").write_text(bad, "utf-8", newline="")
        found = resource(path=table, schema=str(tmp_path / f"aids{end}")).validate()
        assert found.flatten(["type"]) == [["constraint-error"]]
    assert {(one.part, one.code) for one in told} == {("provenance/original", "original-left-out")}


def test_nothing_else_is_lost_in_that_table() -> None:
    mine = aid(**{"x-own": {"a": [1]}})
    kinds = {field["name"]: field["type"] for field in schema()["fields"]}
    for before, row in zip(
        [*TEN, mine], rows(written([*TEN, mine], "frictionless")[0]), strict=True
    ):
        read = {
            name: cell if kinds[name] == "string" else json.loads(cell)
            for name, cell in row.items()
            if cell
        }
        more = read.pop(EXTENSIONS, {})
        assert {**read, **more} == before


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_linked_data_has_what_a_public_service_must_have() -> None:
    text, _ = written(TEN, "json-ld")
    graph = rdflib.Graph().parse(data=text, format="json-ld", publicID="https://example.org/x")
    dct, cv = (
        rdflib.Namespace("http://purl.org/dc/terms/"),
        rdflib.Namespace("http://data.europa.eu/m8g/"),
    )
    cpsv = rdflib.Namespace("http://purl.org/vocab/cpsv#")
    services = set(graph.subjects(rdflib.RDF.type, cpsv.PublicService))
    assert {str(one) for one in services} == {f"https://example.org/aids/{a['id']}" for a in TEN}
    for service in services:
        for name in (dct.identifier, dct.title, dct.description, cv.hasCompetentAuthority):
            assert graph.value(service, name) is not None
        for text in graph.objects(service, dct.title):
            assert text.language == "fr"
    for kind, needed in (
        (cv.PublicOrganisation, [rdflib.SKOS.prefLabel, dct.spatial]),
        (cv.Requirement, [dct.identifier, dct.title, dct.type]),
        (cv.Evidence, [dct.identifier, dct.title]),
        (cv.Output, [dct.identifier, dct.title]),
        (cv.Channel, [dct.identifier]),
    ):
        found = set(graph.subjects(rdflib.RDF.type, kind))
        assert found, kind
        assert all(graph.value(one, name) is not None for one in found for name in needed)
    assert all(str(one).startswith("http") for one in graph.predicates())


def test_a_map_has_a_feature_for_each_place_and_no_outline() -> None:
    second = {
        **TEN[0],
        "id": "second",
        "territory": {"include": [TEN[0]["territory"]["include"][0]]},
    }
    vague = {
        **TEN[1],
        "id": "vague",
        "territory": {"include": [{"type": "unresolved", "name": "?"}]},
    }
    text, told = written([TEN[0], second, vague], "geojson")
    whole = json.loads(text)
    assert [one["id"] for one in whole["features"]] == ["epci:243300316", "unresolved:?"]
    assert all(one["geometry"] is None for one in whole["features"])
    shown = whole["features"][0]["properties"]["aids"]
    assert [one["id"] for one in shown] == [TEN[0]["id"], "second"]
    assert shown[0]["exclude"] == ["commune:33318"]
    assert ("vague", "unresolved-place") in {(one.record, one.code) for one in told}


def test_a_format_that_is_not_there_is_named() -> None:
    for call in (lambda: list(write([], io.StringIO(), "excel")), lambda: beside("excel")):
        with pytest.raises(ConfigError) as raised:
            call()
        assert raised.value.code == "aids.unknown-target"


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_no_aid_at_all_is_a_file_too(format: str) -> None:
    text, told = written([], format)
    assert told == []
    if text and "{" in text:
        json.loads(text)


def test_what_is_data_is_written_in_words_where_a_table_has_no_other() -> None:
    rule = {
        "allOf": [
            is_("person.age", "gte", 18),
            {
                "anyOf": [
                    is_("person.disability", "eq", True),
                    {"not": is_("vehicle.condition", "eq", "new")},
                ]
            },
        ]
    }
    inside = {"basis": ["residence"], "include": [{"type": "region", "code": "11"}]}
    price = {"type": "percentage", "rate": "50", "base": "purchase-price-incl-tax"}
    capped = grant({**price, "cap": {"type": "fixed", "value": "500"}})
    closed = {"start": "2020-01-01", "end": "2020-12-31"}
    made = aid(capped, rule=rule, territory=inside, status="closed", validity=closed)
    text, told = written([made, aid(grant(price), id="open")], "table-0.1")
    row, other = rows(text)
    assert row["montant"] == "jusqu'à 500\u00a0€"
    other_ways = "(un handicap reconnu : oui ou sauf (neuf ou d'occasion : neuf))"
    assert row["condition_obtention"] == f"âge : au moins 18\u00a0ans ; {other_ways}"
    assert row["territoire"] == "Île-de-France"
    assert other["montant"] == other["condition_obtention"] == ""
    assert ("open", "montant", "absent") in {(one.record, one.part, one.code) for one in told}
    (again, *_) = aids_from(text.encode(), "table-0.1")
    assert again["territory"]["include"][0]["type"] == "region"
    for format, name in (
        ("dispositif-aide", "eligibilite"),
        ("data-inclusion", "conditions_acces"),
    ):
        there, _ = written([made], format)
        kept = rows(there)[0] if format == "dispositif-aide" else json.loads(there)["services"][0]
        assert kept[name] == row["condition_obtention"]
