"""A file of incentives: read as aids, written back, and what others need to become one."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from mobstd.errors import ConfigError
from mobstd.messages import LANGUAGES
from mobstd.mob.incentives import BESIDE
from mobstd.mobility_aid.exporting import write
from mobstd.mobility_aid.importing import Diagnostic, Imported, detect, read

from .documents import both, example, refusals

AT = "2026-11-28T16:00:00Z"
INCENTIVE = example("incentive")
WHOLE = {
    "incentives": [INCENTIVE],
    "territories": [example("territory")],
    "funders": [example("funder")],
}


def imported(stated: Any, format: str | None = None) -> list[Imported]:
    return list(read(io.BytesIO(json.dumps(stated).encode()), format, at=AT))


def written(aids: list[Any]) -> tuple[dict[str, Any], list[Diagnostic]]:
    out = io.StringIO()
    told = list(write(aids, out, "mob"))
    return json.loads(out.getvalue()), told


@pytest.mark.parametrize(
    "whole", [WHOLE, {**WHOLE, "territories": [], "funders": []}], ids=["beside", "alone"]
)
def test_incentives_come_back_as_they_were(whole: dict[str, Any]) -> None:
    (found,) = imported(whole)
    assert found.aid is not None
    assert refusals(both("aid", "mobility-aid@0.1")[0], found.aid) == set()
    assert (BESIDE in found.aid) == bool(whole["territories"])
    assert written([found.aid]) == (whole, [])


def test_one_that_has_ended_comes_back_too() -> None:
    ended = {**WHOLE, "incentives": [{**INCENTIVE, "validityDate": "2020-01-31"}]}
    (found,) = imported(ended)
    assert found.aid is not None
    assert found.aid["status"] == "closed"
    assert written([found.aid]) == (ended, [])


def test_a_list_alone_is_a_file_of_them() -> None:
    data = json.dumps([INCENTIVE]).encode()
    assert detect(data) == "mob"
    (found,) = imported([INCENTIVE])
    assert {one.code for one in found.diagnostics} == {"mob-place", "mob-mode"}
    for one in found.diagnostics:
        assert one.record == INCENTIVE["id"]
        assert one.part.startswith("/")
        assert len({one.reason(lang) for lang in LANGUAGES}) == 2


def test_what_is_no_incentive_is_told_and_the_next_one_follows() -> None:
    bad = [
        3,
        {**INCENTIVE, "id": "b", "title": ""},
        {**INCENTIVE, "id": "c", "transportList": 5},
        INCENTIVE,
        INCENTIVE,
    ]
    found = imported(bad, "mob")
    assert [one.aid is None for one in found] == [True, True, True, False, True]
    refused = [said.code for one in found for said in one.diagnostics if said.refused]
    assert refused == ["not-an-object", "mob-required", "unreadable", "repeated-identifier"]


def test_an_aid_from_elsewhere_gets_a_territory_and_a_funder() -> None:
    (found,) = imported(WHOLE)
    assert found.aid is not None
    aid = {name: value for name, value in found.aid.items() if name != BESIDE}
    aid["provenance"] = {"updatedAt": AT}
    whole, told = written([aid])
    for kind, rows in (("incentive", "incentives"), ("territory", "territories")):
        for row in whole[rows]:
            assert refusals(both(kind)[0], row) == set()
    assert whole["incentives"][0]["territoryIds"] == ["commune:01053"]
    assert whole["incentives"][0]["funderId"] == whole["funders"][0]["id"] == "10000000900017"
    assert {"mob-id-lost", "mob-codes-lost"} <= {one.code for one in told}
    assert not any(one.refused for one in told)
    (again,) = imported({**whole, "incentives": [{**whole["incentives"][0], **OF_PLATFORM}]})
    assert again.aid is not None
    assert again.aid["territory"] == aid["territory"]


OF_PLATFORM = {"id": "given-there", "funderName": "Exemple", "updatedAt": AT}
"""What the platform adds to what it is given."""


@pytest.mark.parametrize(
    ("include", "scale"),
    [
        ([("country", "FR")], "Nationale"),
        ([("region", "11")], "Région"),
        ([("department", "2A")], "Département"),
        ([("commune", "33063"), ("commune", "33119")], "Agglomération"),
        ([("epci", "243300316")], None),
        ([("region", "11"), ("commune", "33063")], None),
    ],
)
def test_a_place_has_a_scale_or_the_aid_is_left_out(
    include: list[tuple[str, str]], scale: str | None
) -> None:
    (found,) = imported(WHOLE)
    assert found.aid is not None
    areas = [{"type": kind, "code": code} for kind, code in include]
    aid = {name: value for name, value in found.aid.items() if name != BESIDE}
    aid |= {"territory": {"include": areas}, "provenance": {"updatedAt": AT}}
    whole, told = written([aid])
    assert [one["scale"] for one in whole["territories"]] == ([scale] if scale else [])
    assert (scale is None) == any(one.refused and one.part == "/territory" for one in told)


def test_another_document_is_refused() -> None:
    with pytest.raises(ConfigError):
        imported({"incentiveType": 1}, "mob")
