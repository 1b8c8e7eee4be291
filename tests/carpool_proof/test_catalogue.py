"""The catalogue of the registry: requirements, ambiguities, suite, messages."""

from __future__ import annotations

from typing import Any

import pytest

from mobstd.canon.files import load
from mobstd.canon.openapi import operations
from mobstd.canon.schemas import documents
from mobstd.judging.catalogue import callers, catalogue
from mobstd.judging.context import Context

from .documents import LIVE, VERSIONS

FOLDER = VERSIONS["3.4"].conformance
LISTED: list[dict[str, Any]] = load(FOLDER / "requirements.yaml")
ROWS = {row["id"]: row for row in LISTED}
AMBIGUITIES: list[dict[str, Any]] = load(FOLDER / "ambiguities.yaml")
TOPICS = {
    *("GEN", "AUTH", "JRN", "STAT", "LIST", "UPD", "CANC", "TERM", "ANOM", "FRAUD", "ERR", "LIM"),
    *("TZ", "LIFE", "GEO", "EXP", "CEE"),
}


@pytest.mark.parametrize("row", LISTED, ids=ROWS)
def test_a_row_is_whole(row: dict[str, Any]) -> None:
    known = operations(VERSIONS["3.3"], "registry")
    sources = VERSIONS["3.3"].source["documents"]
    assert all(one["document"] in sources for one in row["source"])
    assert set(row["versions"]) <= set(LIVE)
    assert len(row["title"]["en"]) <= 130
    assert set(row["operations"]) <= set(known)
    if row["origin"] == "schema":
        assert row["level"] == "MUST"
    if row["origin"] == "reading":
        assert row["ambiguities"]
    for check in (*row.get("checks", ()), *row.get("calls", {}).get("checks", ())):
        if check["kind"] == "assert":
            assert check["code"].startswith("proof.")
            assert check["message"]["en"]


def test_numbers_have_no_gaps() -> None:
    assert len(ROWS) == len(LISTED)
    by_topic: dict[str, list[int]] = {}
    for id_ in ROWS:
        _, topic, number = id_.split("-")
        by_topic.setdefault(topic, []).append(int(number))
    assert set(by_topic) == TOPICS
    for topic, numbers in by_topic.items():
        assert numbers == list(range(1, len(numbers) + 1)), topic


def test_ambiguities_rows_and_deviations_name_each_other() -> None:
    told = {(row["id"], id_) for row in AMBIGUITIES for id_ in row["requirements"]}
    assert told == {(a, row["id"]) for row in LISTED for a in row.get("ambiguities", ())}
    settled = {row.get("ambiguity") for row in VERSIONS["3.3"].source["deviations"]} - {None}
    assert settled <= {row["id"] for row in AMBIGUITIES}
    others = {
        row["id"]
        for path in FOLDER.parent.glob("*/ambiguities.yaml")
        if path.parent != FOLDER
        for row in load(path)
    }
    assert others.isdisjoint(row["id"] for row in AMBIGUITIES)


@pytest.mark.parametrize("number", LIVE)
def test_the_suite_knows_its_operations_and_rows(number: str) -> None:
    version = VERSIONS[number]
    known = operations(version, "registry")
    blocks = version.suite["blocks"]
    assert {op for block in blocks.values() for op in block["operations"]} == set(known)
    assert {op.block for op in known.values()} == set(blocks)
    for block in blocks.values():
        assert all(ROWS[id_].get("checks") for id_ in block["core"])
        assert all(ROWS[id_]["calls"] for id_ in block["calls"]["core"])
    for collection in version.suite["collections"].values():
        assert f"{collection['schema']}.schema.json" in {
            uri.rpartition("/")[2] for uri in documents(version)
        }


@pytest.mark.parametrize("number", LIVE)
def test_the_checks_can_be_made(number: str) -> None:
    version = VERSIONS[number]
    for book in (catalogue(version, "registry"), callers(version, "registry")):
        context = Context(book)
        assert book.rows
        for row, check in book.checks:
            assert book.operations_of(row, check), row.id
            for part in ("if", "then"):
                if part in check.params:
                    context.validator(check[part])
            names = {
                p.name
                for op in book.operations_of(row, check)
                for p in book.operations[op].parameters
            }
            used = {check.get("parameter"), *(check.get("parameters") or ())} - {None}
            used |= {edit["parameter"] for edit in check.get("edits", ()) if "parameter" in edit}
            assert used <= names, row.id


def test_most_checked_rows_need_no_python() -> None:
    tried = [row["checks"] for row in LISTED if row.get("checks")]
    alone = sum(all(check["kind"] != "rule" for check in checks) for checks in tried)
    assert alone > 0.85 * len(tried)


def test_every_word_of_the_registry_has_its_text() -> None:
    messages = load(FOLDER / "messages.yaml")
    rules = load(FOLDER / "rules/2026-07.yaml")["rules"]
    labels = {r.get("label") or r.get("answer", {}).get("label") for r in rules.values()} - {None}
    status = documents(VERSIONS["3.4"])
    shown = next(d for uri, d in status.items() if uri.endswith("/journey-status.schema.json"))
    words = {f"status.{word}" for word in shown["properties"]["status"]["enum"]}
    words |= {f"label.{label}" for label in labels}
    told = {code for code in messages if not code.startswith("migration-")}
    told -= {"past", "past-order", "place-elsewhere", "way-units"}
    assert {word.replace("_", "-") for word in words} == told


def test_the_life_cycle_has_published_statuses_and_rows_that_exist() -> None:
    lives = load(FOLDER / "lifecycle.yaml")
    assert [life["version"] for life in lives] == list(LIVE)
    for life in lives:
        version = VERSIONS[life["version"]]
        shown = next(d for u, d in documents(version).items() if "/journey-status." in u)
        published = set(shown["properties"]["status"]["enum"])
        assert published - set(life["statuses"]) == {"validation_error", "normalization_error"}
        moves = [*life["first"], *life["moves"]]
        assert all(id_ in ROWS for move in moves for id_ in move["requirements"])
        assert all("canceled" not in move["from"] for move in life["moves"])
        reached = {to for move in life["moves"] for to in move["to"]}
        assert reached | {one["to"] for one in life["first"]} == set(life["statuses"])
