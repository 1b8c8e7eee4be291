"""The canon of ``ocss@2.0-proposal``: schemas, documents, and each change with its origin."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from mobstd.canon.files import load
from mobstd.canon.openapi import bundle, key_header, operations
from mobstd.canon.schemas import schema_names, schema_of
from mobstd.canon.standard import find

OLD, NEW = find("ocss@1.0-alpha"), find("ocss@2.0-proposal")
NAMES = schema_names(NEW)
ROLES = ("operator", "maas")
PROSE = ("description", "summary", "title", "example", "examples", "$id", "$schema", "tags")


@pytest.mark.parametrize("role", ROLES)
def test_the_bundle_is_a_valid_openapi_document_and_says_that_nobody_adopted_it(role: str) -> None:
    document = bundle(NEW, role)
    validate(document)
    assert not re.search(r'"\$ref": "[^#]', json.dumps(document))
    assert "2.0-proposal" in document["info"]["title"]
    assert "proposal, adopted by nobody" in document["info"]["description"]
    assert key_header(NEW, role) == "X-API-Key"


def test_keys_are_asked_for_wherever_401_is_documented() -> None:
    for role in ROLES:
        document = load(NEW.folder / f"openapi/{role}.yaml")
        assert document["security"] == [{"apiKey": []}]
        for item in document["paths"].values():
            for operation in item.values():
                open_ = operation.get("security") == []
                assert open_ == ("401" not in operation["responses"]), operation["operationId"]
                free = {} in operation.get("security", ())
                assert free == (operation["tags"] == ["search"])


def test_refusals_have_codes() -> None:
    posting = operations(NEW, "operator")["postBookings"].answers
    assert posting["404"].codes == ("missing_journey", "missing_user")
    assert posting["409"].codes == ("booking_already_exists", "no_more_seats")
    for role in ROLES:
        patching = operations(NEW, role)["patchBookings"].answers
        assert patching["409"].codes == ("status_already_set", "invalid_transition")


def test_both_roles_document_what_they_share_alike() -> None:
    one, other = (load(NEW.folder / f"openapi/{role}.yaml") for role in ROLES)
    assert bare(one["components"]["responses"]) == bare(other["components"]["responses"])
    for path in one["paths"].keys() & other["paths"].keys():
        for method in one["paths"][path].keys() & other["paths"][path].keys():
            assert bare(one["paths"][path][method]) == bare(other["paths"][path][method])


def test_it_is_marked_as_a_proposal() -> None:
    source = NEW.source
    assert source["status"] == "proposal"
    assert source["succeeds"] == OLD.version
    assert "nobody has adopted" in source["meaning"]["en"]
    assert "personne n'a adoptée" in source["meaning"]["fr"]


def bare(node: Any) -> Any:
    """Return a document without its prose."""
    if isinstance(node, list):
        return [bare(child) for child in node]
    if not isinstance(node, dict):
        return node
    return {
        key: {name: bare(one) for name, one in value.items()}
        if key in ("properties", "responses", "headers", "paths") and isinstance(value, dict)
        else bare(value)
        for key, value in node.items()
        if key not in PROSE
    }


def differences(old: Any, new: Any, at: str) -> Iterator[str]:
    """Yield where two documents differ, as a file and a pointer into it."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            step = key.replace("~", "~0").replace("/", "~1")
            if key not in old or key not in new:
                yield f"{at}/{step}"
            else:
                yield from differences(old[key], new[key], f"{at}/{step}")
    elif old != new:
        yield at


def told() -> dict[str, Mapping[str, Any]]:
    return {where: change for change in NEW.source["changes"] for where in change["where"]}


def every_difference() -> set[str]:
    found: set[str] = set()
    for name in {*NAMES, *schema_names(OLD)}:
        file = f"{name}.schema.json"
        if name not in schema_names(OLD):
            found.add(file)
            continue
        found |= set(
            differences(bare(schema_of(OLD, name)), bare(schema_of(NEW, name)), f"{file}#")
        )
    for role in ROLES:
        file = f"openapi/{role}.yaml"
        old, new = (bare(load(v.folder / file)) for v in (OLD, NEW))
        found |= set(differences({**old, "info": 0}, {**new, "info": 0}, f"{file}#"))
    return found


DESCRIBED = {
    "journey-schedule.schema.json#/properties/webUrl",
    "driver-journey.schema.json#/properties/webUrl",
    "passenger-journey.schema.json#/properties/webUrl",
    "error.schema.json#/properties/error",
    "booking-status.schema.json#/enum/0",
    "carpool-booking.schema.json#/properties/status",
}
"""Changes of meaning alone, or that another pointer holds too."""


def test_each_difference_from_the_draft_is_told_with_its_proposal() -> None:
    found, places = every_difference(), set(told())
    untold = {d for d in found if not any(d == p or d.startswith(f"{p}/") for p in places)}
    assert untold == set()
    idle = {p for p in places if not any(d == p or d.startswith(f"{p}/") for d in found)}
    assert idle == DESCRIBED


@pytest.mark.parametrize("where", told())
def test_what_a_change_names_is_there(where: str) -> None:
    file, _, pointer = where.partition("#")
    node = load(NEW.folder / file)
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        node = node[int(key) if isinstance(node, list) else key]


def test_changes_cite_what_there_is() -> None:
    ambiguities = {row["id"]: row for row in load(NEW.conformance / "ambiguities.yaml")}
    cited: set[str] = set()
    for change in NEW.source["changes"]:
        for proposal in change["proposals"]:
            kind, _, id_ = proposal.rpartition(" ")
            if kind == "mobstd, from":
                cited.add(id_)
                assert id_ in ambiguities
    settled = {
        id_ for id_, row in ambiguities.items() if "2.0-proposal" in row.get("settlements", {})
    }
    assert cited <= settled | {"A30", "A31", "A32", "A33"}
    assert {"A1", "A10", "A11", "A12", "A25", "A36", "A38"} <= cited


def test_it_breaks_with_the_draft() -> None:
    """Else it would be a 1.1."""
    breaking = [change for change in NEW.source["changes"] if change["breaking"]]
    assert breaking
    for change in breaking:
        assert len(change["because"]) > 20


WORDS = 8


def runs(text: str) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"[\w']+", text.lower())
    yield from (tuple(words[i : i + WORDS]) for i in range(len(words) - WORDS + 1))


UPSTREAM = (
    Path(__file__).resolve().parents[3]
    / "shared/reference/upstream/standard-covoiturage-1.0.0-alpha.openapi.yaml"
)


@pytest.mark.skipif(not UPSTREAM.is_file(), reason="the published file is not here")
def test_no_sentence_is_copied() -> None:
    upstream = set(runs(UPSTREAM.read_text("utf-8")))
    for path in (
        *NEW.folder.glob("*.json"),
        *NEW.folder.glob("openapi/*"),
        NEW.folder / "source.yaml",
    ):
        texts = re.findall(
            r'(?:description|en|because|now|before)"?: "?(.+)', path.read_text("utf-8")
        )
        assert not {run for text in texts for run in runs(text)} & upstream, path
