"""Aids over and back: what comes over fits its schema, what does not is named."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from mobstd.mob.mapping import MODES, WORDS, Mapped, aid_from_incentive, incentive_from_aid

from .documents import both, example, refusals

INCENTIVE = example("incentive")
TERRITORY = example("territory")
FUNDER = example("funder")


def fits(mapped: Mapped, version: str) -> Any:
    assert mapped.document is not None, mapped.losses
    for judge in both(mapped.schema, version):
        assert refusals(judge, mapped.document) == set()
    for loss in mapped.losses:
        assert loss.text("en") != loss.text("fr")
    return mapped.document


def there(incentive: Any = INCENTIVE, **more: Any) -> Any:
    return fits(aid_from_incentive(incentive, **more), "mobility-aid@0.1")


def test_an_incentive_is_an_aid() -> None:
    aid = there(territory=TERRITORY, funder=FUNDER, today=date(2028, 1, 1))
    assert aid["territory"]["include"] == [
        {"type": "commune", "code": "01053", "name": "Exempleville"}
    ]
    assert aid["funders"][0]["siret"] == "10000000900017"
    assert aid["modes"] == ["bike", "other"]
    assert aid["status"] == "closed"
    assert aid["benefits"][0]["amount"] == {"type": "text", "text": "200 €"}
    assert aid["provenance"]["original"]["record"] == INCENTIVE


def test_nothing_is_guessed() -> None:
    mapped = aid_from_incentive(INCENTIVE)
    aid = fits(mapped, "mobility-aid@0.1")
    assert aid["status"] == "unknown"
    assert aid["territory"]["include"] == [{"type": "unresolved", "name": "Exempleville"}]
    assert {loss.code for loss in mapped.losses} == {"mob-place", "mob-mode"}


@pytest.mark.parametrize(
    ("scale", "codes", "kind"),
    [
        ("Agglomération", ["68224", "2A004"], "commune"),
        ("Département", ["2B"], "department"),
        ("Région", ["11"], "region"),
        ("Nationale", [], "country"),
    ],
)
def test_a_code_has_the_type_of_its_scale(scale: str, codes: list[str], kind: str) -> None:
    aid = there(territory={"name": "Ici", "scale": scale, "inseeValueList": codes})
    areas = aid["territory"]["include"]
    assert {area["type"] for area in areas} == {kind}
    assert [area["code"] for area in areas] == (codes or ["FR"])


@pytest.mark.parametrize(
    ("member", "code"),
    [("id", "mob-no-id"), ("funderName", "mob-no-funder"), ("conditions", "mob-no-conditions")],
)
def test_what_an_aid_needs_is_missed(member: str, code: str) -> None:
    mapped = aid_from_incentive({k: v for k, v in INCENTIVE.items() if k != member})
    assert mapped.document is None
    assert mapped.named(code)


def test_what_has_no_place_is_named() -> None:
    more = {**INCENTIVE, "specificFields": [{"title": "Type de trajet"}], "nouveau": 1}
    lost = {loss.pointer for loss in aid_from_incentive(more).losses if loss.kind == "lost"}
    assert lost == {"/specificFields", "/nouveau"}


def test_an_unedited_aid_comes_back_as_it_was() -> None:
    context = {"territory": TERRITORY, "funder": FUNDER, "today": date(2026, 11, 28)}
    back = incentive_from_aid(there(**context), **context)  # type: ignore[arg-type]
    assert back.document == INCENTIVE
    assert back.losses == ()


def test_an_edited_aid_loses_what_the_platform_lacks() -> None:
    aid = deepcopy(there(territory=TERRITORY))
    aid["title"] = "Un autre titre"
    aid["modes"] = ["e-bike", "bike", "walk"]
    aid["provenance"]["source"] = {"url": "https://example.org/aides"}
    mapped = incentive_from_aid(aid, territory_id="territory-1", funder_id="funder-1")
    incentive = fits(mapped, "mob@1.21")
    assert "id" not in incentive
    assert incentive["title"] == "Un autre titre"
    assert incentive["transportList"] == ["electrique", "velo"]
    assert {
        "mob-id-lost",
        "mob-source-lost",
        "mob-codes-lost",
        "mob-mode-detail",
        "mob-no-word",
    } <= {loss.code for loss in mapped.losses}


def test_a_minimum_is_not_made_up() -> None:
    aid = deepcopy(there())
    del aid["benefits"][0]["minimumText"]
    mapped = incentive_from_aid(aid, territory_id="t", funder_id="f")
    assert mapped.document is None
    assert mapped.named("mob-no-minimum")
    assert "NA" not in str(mapped)


def test_an_ended_aid_and_one_without_a_link_are_not_taken() -> None:
    aid = deepcopy(there())
    aid["title"] = "Édité"
    given: dict[str, Any] = {"territory_id": "t", "funder_id": "f"}
    assert incentive_from_aid(aid, today=date(2028, 1, 1), **given).named("mob-ended")
    aid["application"]["channels"] = [{"type": "app", "label": "App"}]
    assert incentive_from_aid(aid, **given).named("mob-no-link")


def test_words_for_modes_agree() -> None:
    for word, mode in MODES.items():
        assert WORDS.get(mode, word) == word
