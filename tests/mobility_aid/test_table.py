"""The table of the directory: what is read, what is not guessed, and that it comes back."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobstd.errors import ConfigError
from mobstd.messages import catalogue
from mobstd.mobility_aid.exporting.table import write
from mobstd.mobility_aid.importing import Imported, detect, read
from mobstd.mobility_aid.importing.columns import LAYOUTS

from .documents import fitting

AT = "2026-11-28T16:00:00Z"
FIRST = {
    "id": "1",
    "nom": "Prime vélo",
    "description": "- une aide\\n- deux",
    "territoire": "Île-de-France",
    "territoire_insee": "11",
    "type_financeur": "Aide de mon territoire.",
    "financeur": "Exemple Mobilités",
    "condition_obtention": "Être majeur",
    "modalite_versement": "virement",
    "montant": "50 % dans la limite de 500 €",
    "mode_transport": '["VAE"]',
}


def filed(rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8")


def table(*changes: dict[str, str]) -> bytes:
    columns = list(LAYOUTS["table-0.1"].columns.values())
    rows = [{**FIRST, "id": str(at), **change} for at, change in enumerate(changes, 1)]
    return filed([columns, *([row.get(name, "") for name in columns] for row in rows)])


def imported(data: bytes, format: str | None = None) -> list[Imported]:
    return list(read(io.BytesIO(data), format, at=AT))


def only(**change: str) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    (one,) = imported(table(change))
    assert one.aid is not None
    return fitting("aid", one.aid), [(said.part, said.code) for said in one.diagnostics]


def test_a_row_is_an_aid() -> None:
    aid, said = only()
    assert not said
    assert aid["territory"]["include"] == [
        {"type": "region", "code": "11", "name": "Île-de-France"}
    ]
    assert aid["benefits"][0]["amount"]["type"] == "text"
    assert aid["description"] == "- une aide\n- deux"
    assert (aid["level"], aid["modes"]) == ("territory", ["e-bike"])


@pytest.mark.parametrize(
    ("code", "name", "kind"),
    [
        ("11", "Aude", "department"),
        ("11", "ILE DE FRANCE", "region"),
        ("11", "Mon territoire", "unresolved"),
        ("01053", "Bourg", "commune"),
        ("1053", "Bourg-en-Bresse", "unresolved"),
        ("2A004", "Ajaccio", "commune"),
        ("243300316", "Bordeaux", "epci"),
        ("99999", "Nulle part", "unresolved"),
        ("", "Aude", "unresolved"),
    ],
)
def test_no_place_is_guessed(code: str, name: str, kind: str) -> None:
    aid, said = only(territoire_insee=code, territoire=name)
    assert aid["territory"]["include"][0]["type"] == kind
    assert (("territoire_insee", "unresolved-place") in said) == (kind == "unresolved")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"mode_transport": "['VAE']"}, ("mode_transport", "not-a-list")),
        ({"mode_transport": "VAE;Vélo"}, ("mode_transport", "not-a-list")),
        ({"mode_transport": "[" * 9000}, ("mode_transport", "not-a-list")),
        ({"mode_transport": '["fusée"]'}, ("mode_transport", "unknown-mode")),
        ({"justificatifs": '["\\ud800"]'}, ("justificatifs", "not-a-list")),
        ({"date_fin_validite": "2023-02-31"}, ("date_fin_validite", "not-a-date")),
        ({"lien_souscription": "App"}, ("lien_souscription", "not-a-link")),
        ({"source": "javascript:alert(1)"}, ("source", "not-a-link")),
        ({"nom": "x" * 300}, ("nom", "cut")),
    ],
)
def test_what_is_not_as_it_should_be_is_told(
    change: dict[str, str], expected: tuple[str, str]
) -> None:
    assert expected in only(**change)[1]


def test_a_bad_row_is_refused_with_its_place_and_the_next_one_follows() -> None:
    rows = table({}, {"montant": ""}, {"id": "1"}, {"nom": "x" * 200_000}, {}).splitlines()
    data = b"\n".join([b"\xef\xbb\xbf" + rows[0], *rows[1:], b"a,b", b"\xff" + rows[1]])
    results = imported(data)
    assert [bool(one.aid) for one in results] == [True, False, False, False, True, False, False]
    codes = [(one.diagnostics[0].line, one.diagnostics[0].code) for one in results if not one.aid]
    assert codes == [
        (3, "absent"),
        (4, "repeated-identifier"),
        (5, "unreadable"),
        (7, "row-length"),
        (8, "not-utf-8"),
    ]
    for one in results:
        for said in one.diagnostics:
            assert said.reason("en") != said.reason("fr")
            assert f"aids.import.{said.code}" in catalogue()


def test_an_unknown_layout_is_refused() -> None:
    with pytest.raises(ConfigError):
        detect(b"a,b\n1,2\n")


@given(st.data())
def test_every_cell_comes_back(data: st.DataObject) -> None:
    format = data.draw(st.sampled_from(sorted(LAYOUTS)))
    layout = LAYOUTS[format].columns
    columns = data.draw(st.permutations([*layout.values(), "de plus"]))
    level = "Aide nationale" if format == "table-0.1" else "AideNationale"
    # "x" keeps what an aid cannot be without from being blank
    cells = st.text(st.characters(codec="utf-8"), max_size=20)
    row = [data.draw(cells.map("x{}".format)) for _ in columns]
    row[columns.index(layout["id"])] = "7"
    row[columns.index(layout["level"])] = level
    (one,) = imported(filed([columns, row]), format)
    assert one.aid is not None
    fitting("aid", one.aid)
    out = io.StringIO(newline="")
    assert not list(write([one.aid], out, format))
    assert list(csv.reader(io.StringIO(out.getvalue(), newline=""))) == [columns, row]


def test_a_guarded_cell_is_no_formula() -> None:
    (one,) = imported(table({"nom": "=1+1"}))
    out = io.StringIO(newline="")
    assert one.aid is not None
    assert not list(write([one.aid], out, "table-0.1", guarded=True))
    assert ",'=1+1," in out.getvalue()
