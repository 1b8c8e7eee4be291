"""A group's repository in any layout is linted, compared, checked and judged by, as it stands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.group import API, changed, repository

from mobstd.canon.contracts import hold
from mobstd.canon.openapi import operations
from mobstd.canon.schemas import schema_of, validator_of
from mobstd.canon.standard import Version
from mobstd.errors import ConfigError
from mobstd.release.adoption.adopted import adopted, version_in

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def group(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return repository(tmp_path_factory.mktemp("group") / "their-own")


@pytest.fixture(scope="module")
def version(group: Path) -> Version:
    return adopted(group)


def test_it_is_a_version_that_keeps_the_contracts(version: Version) -> None:
    assert str(version) == "garden-sheds@1.2-rc-1"
    assert version.roles == ("server",)
    hold(version.root)
    assert list(version.suite["blocks"]) == ["find-sheds", "status"]
    assert version.suite["health"] == "getStatus"
    assert "spec/api/openapi.yaml" in version.source["meaning"]["fr"]


def test_operations_have_names_blocks_and_parameters(version: Version) -> None:
    found = operations(version, "server")
    assert {(one.id, one.block) for one in found.values()} == {
        ("listSheds", "find-sheds"), ("getStatus", "status"),
    }  # fmt: skip
    town, most = found["listSheds"].parameters
    assert (town.name, town.required, town.examples) == ("town", True, ("Nulle-Part",))
    assert not most.required
    assert set(found["listSheds"].answers) == {"200", "400"}


@pytest.mark.parametrize(
    ("document", "valid"),
    [
        ({"id": "s", "size": "SMALL"}, True),
        ({"id": "s", "size": "HUGE"}, False),
        ({"id": "s", "size": "SMALL", "owner": None}, True),
        ({"id": "s", "size": "SMALL", "owner": "ME"}, False),
        ({"id": "s", "size": "SMALL", "score": 0}, False),
        ({"id": "s", "size": "SMALL", "score": 0.5}, True),
        ({"id": "s", "size": "SMALL", "inside": [{"id": "t", "size": "LARGE"}]}, True),
        ({"id": "s", "size": "SMALL", "inside": [{"id": "t"}]}, False),
    ],
)
def test_schemas_say_what_they_said(version: Version, document: Any, valid: bool) -> None:
    assert validator_of(version, "shed").is_valid(document) is valid
    assert "format" not in schema_of(version, "shed")["properties"]["score"]


def test_a_check_takes_the_folder_and_the_file(group: Path, mobstd: Run) -> None:
    for place in (group, group / "spec/api/openapi.yaml"):
        ran = mobstd("check", "http://127.0.0.1:9", "--standard", str(place), "--plan")
        assert ran.code == 0, ran.err
        assert "listSheds" in ran.out + ran.err


def test_standards_and_explain_take_it_as_a_root(group: Path, mobstd: Run) -> None:
    assert "garden-sheds@1.2-rc-1  draft" in mobstd("standards", "--root", str(group)).out
    ran = mobstd("explain", "GARDENSHEDS-PARAM-01", "--root", str(group), "--lang", "fr")
    assert "obligatoire : town" in ran.out


def test_lint_and_diff_take_it(group: Path, tmp_path: Path, mobstd: Run) -> None:
    ran = mobstd("schemas", "lint", str(group), "--only", "LINT-ENUM")
    assert "parts/size.yaml" in ran.out or "openapi.yaml" in ran.out
    other = repository(tmp_path / "next")
    changed(other, "spec/api/openapi.yaml", "required: [id, size]", "required: [id, size, owner]")
    ran = mobstd("schemas", "diff", str(group), str(other))
    assert "DIFF-REQUIRED" in ran.out
    assert "major" in ran.out


def test_a_folder_called_schemas_is_no_root_of_ours(tmp_path: Path, mobstd: Run) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/openapi.yaml").write_text(API.replace("parts/size.yaml#/Size", "#/x-size"))
    changed(tmp_path, "schemas/openapi.yaml", "components:", "x-size: {type: string}\ncomponents:")
    assert mobstd("schemas", "lint", str(tmp_path), "--only", "LINT-REF").code == 0
    assert str(version_in(tmp_path)) == "garden-sheds@1.2-rc-1"


def test_impact_judges_what_was_recorded_by_both(group: Path, tmp_path: Path, mobstd: Run) -> None:
    other = repository(tmp_path / "next")
    changed(other, "spec/api/openapi.yaml", "required: [id, size]", "required: [id, size, owner]")
    body = json.dumps([{"id": "s", "size": "SMALL"}])
    response = {
        "status": 200, "headers": [["Content-Type", "application/json"]], "body": body,
    }  # fmt: skip
    entry = {
        "startedDateTime": "2026-11-28T10:00:00+00:00", "time": 1,
        "request": {"method": "GET", "url": "http://example.org/sheds?town=A", "headers": []},
        "response": {
            "status": 200, "headers": [{"name": "Content-Type", "value": "application/json"}],
            "content": {"mimeType": "application/json", "text": response["body"]},
        },
    }  # fmt: skip
    har = tmp_path / "operator.har"
    har.write_text(json.dumps({"log": {"version": "1.2", "entries": [entry]}}))
    ran = mobstd("schemas", "impact", str(har), "--from", str(group), "--to", str(other),
                 "--base", "http://example.org")  # fmt: skip
    assert ran.code == 1, ran.err
    assert "find-sheds: conforming → non-conforming" in ran.out


BROKEN = {
    "nothing": ({"a.txt": "a"}, "lint.nothing-there"),
    "no api": ({"a.json": '{"$schema": "x", "type": "object"}'}, "adopt.nothing"),
    "swagger": ({"a.json": '{"swagger": "2.0", "info": {}, "paths": {"/a": {}}}'}, "adopt.swagger"),
    "no paths": ({"a.json": '{"openapi": "3.1.0", "info": {"title": "A"}}'}, "adopt.no-operations"),
    "broken": ({"a.yaml": "a: [\n"}, "canon.not-yaml"),
    "dangling": ({"a.yaml": API}, "adopt.reference"),
    "twice": ({"a/api.yaml": API, "b/api.yaml": API}, "adopt.several"),
    "key": ({"mobstd.yaml": "nom: a", "a.yaml": API}, "canon.breaks-contract"),
    "bare key": ({"mobstd.yaml": "on: a", "a.yaml": API}, "canon.breaks-contract"),
    "not there": ({"mobstd.yaml": "roles: {a: b.yaml}", "a.yaml": API}, "adopt.nothing-there"),
    "outside": ({"mobstd.yaml": "catalogue: ../..", "a.yaml": API}, "adopt.nothing-there"),
    "no document": ({"mobstd.yaml": "roles: {a: mobstd.yaml}", "a.yaml": API}, "adopt.no-api"),
    "pattern": (
        {"a.yaml": API.replace('{$ref: "parts/size.yaml#/Size"}', "{type: string, pattern: '('}")},
        "adopt.bad-schema",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_can_not_be_taken_is_told(name: str, tmp_path: Path, mobstd: Run) -> None:
    files, code = BROKEN[name]
    for place, text in files.items():
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        adopted(tmp_path)
    assert caught.value.code == code
    ran = mobstd("check", "http://127.0.0.1:9", "--standard", str(tmp_path), "--lang", "fr")
    assert ran.code == 2
    assert len(ran.err) < 900


def grown(count: int, doubled: int) -> str:
    """Return an API whose answers lead to the next, some of them so many times."""
    answers = {
        f"A{n}": {
            "description": "a",
            "headers": {
                f"H{one}": {"$ref": f"#/components/responses/A{n + 1}"} for one in range(doubled)
            },
        }
        for n in range(count)
    }
    paths = {"/a": {"get": {"responses": {"200": {"$ref": "#/components/responses/A0"}}}}}
    last = {f"A{count}": {"description": "a", "$ref": "#/components/responses/A0"}}
    info = {"title": "A", "version": "1.0"}
    answers |= last if doubled == 1 else {f"A{count}": {"description": "a"}}
    return json.dumps({"openapi": "3.1.0", "info": info, "paths": paths,
                       "components": {"responses": answers}})  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [(grown(4, 1), "canon.too-deep"), (grown(24, 2), "canon.too-many")],
    ids=["in circles", "doubled"],
)
def test_what_multiplies_ends(text: str, code: str, tmp_path: Path) -> None:
    (tmp_path / "api.json").write_text(text)
    with pytest.raises(ConfigError) as caught:
        adopted(tmp_path)
    assert caught.value.code == code


def test_a_word_that_is_no_place_is_a_name(mobstd: Run) -> None:
    ran = mobstd("check", "http://127.0.0.1:9", "--standard", "./nowhere")
    assert ran.code == 2
    assert "nowhere" in ran.err
