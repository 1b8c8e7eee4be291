"""The catalogue of the legacy protocol: complete, bilingual, and right about known mistakes."""

from __future__ import annotations

from tempfile import TemporaryDirectory
from typing import Any

import pytest

from mobstd.canon.files import load
from mobstd.conformance.profile import Profile
from mobstd.conformance.report.plan import render as rendered
from mobstd.conformance.run import Options, check
from mobstd.serving.faults import load_faults, load_twins
from mobstd.serving.opening import implementation

from .worlds import NOW, VERSION, calling

FOLDER = VERSION.conformance
ROWS: dict[str, Any] = {row["id"]: row for row in load(FOLDER / "requirements.yaml")}
AMBIGUITIES: dict[str, Any] = {a["id"]: a for a in load(FOLDER / "ambiguities.yaml")}
FAULTS, TWINS = load_faults(VERSION), load_twins(VERSION)


def test_rows_and_ambiguities_name_each_other() -> None:
    for name, row in ROWS.items():
        for ambiguity in row.get("ambiguities", ()):
            assert name in AMBIGUITIES[ambiguity]["requirements"]
    for name, ambiguity in AMBIGUITIES.items():
        for row in ambiguity.get("requirements", ()):
            assert name in ROWS[row]["ambiguities"]
    for deviation in VERSION.source["deviations"]:
        assert deviation.get("ambiguity", "A1") in AMBIGUITIES


def test_documents_are_those_that_the_source_names() -> None:
    for row in ROWS.values():
        for source in row["source"]:
            assert source["document"] in VERSION.source["documents"]


def test_every_checked_row_has_a_fault() -> None:
    checked = {name for name, row in ROWS.items() if row.get("checks")}
    assert {fault.requirement for fault in FAULTS} == checked


def test_half_of_the_faults_of_contacts_were_seen() -> None:
    written = [fault for fault in FAULTS if fault.operations == ("postConnections",)]
    assert sum(fault.seen is not None for fault in written) * 2 >= len(written) > 20


def test_the_plan_says_what_stays() -> None:
    with calling(implementation(VERSION, "operator", count=10)) as sender:
        options = Options(now=NOW, allow_writes=True, planned=True)
        profile = Profile("test:app", "rdex@1.2", blocks=("journeys", "connections"))
        plan = check(sender, profile, options)["plan"]
    assert plan["writes"] > 20
    assert [one["en"] for one in plan["stays"]] == [
        "a message to the author of an ad, which can't be taken back"
    ]
    assert rendered(plan, "fr").endswith("qui ne se reprend pas.")


def outcomes(*variants: Any) -> dict[str, str]:
    """Return the outcome of each row for the reference with these faults or twins."""
    key = ["s3cret"] if any(variant.setting.key for variant in variants) else None
    served = implementation(
        VERSION, "operator", variants=variants, api_keys=key, now=int(NOW.timestamp()), count=200
    )
    credentials = (("X-API-KEY", "s3cret"),) if key else ()
    writes = any("postConnections" in variant.operations for variant in variants) or not variants
    blocks = ("journeys", "connections") if writes else None
    with calling(served) as sender, TemporaryDirectory() as folder:
        options = Options(
            now=NOW,
            with_fuzz=False,
            sleep=lambda seconds: None,
            credentials=credentials,
            allow_writes=writes,
            journal=f"{folder}/journal",
        )
        report = check(sender, Profile("test:app", "rdex@1.2", blocks=blocks), options)
    found = {row["id"]: row["outcome"] for row in report["requirements"]}
    return {"verdict": report["verdict"], **found}


def test_the_reference_conforms() -> None:
    found = outcomes()
    assert found["verdict"] == "conforming"
    assert "warned" not in found.values()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.id)
def test_a_fault_is_found_under_its_row(fault: Any) -> None:
    found = outcomes(fault)
    assert found[fault.requirement] in ("failed", "warned")
    umbrellas = {name for name, row in ROWS.items() if row.get("covers")}
    others = {
        name
        for name, outcome in found.items()
        if outcome in ("failed", "warned") and name not in (fault.requirement, *fault.also)
    }
    assert others <= umbrellas


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.id)
def test_a_legal_variant_brings_no_finding(twin: Any) -> None:
    found = outcomes(twin)
    assert {"failed", "warned"} & set(found.values()) == set()
