"""What operators in other languages take: complete, the same every time, and judging alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from mobstd.canon.schemas import schema_names, validator_of
from mobstd.canon.standard import Version, find, versions
from mobstd.cli import main
from mobstd.errors import ConfigError
from mobstd.release import typescript
from mobstd.release.downgrade import LEFT_OUT, downgraded
from mobstd.release.parcel import Files, parcel, write_parcel

OCSS = find("ocss@1.0-alpha")
EVERY = pytest.mark.parametrize("version", versions(), ids=str)


def read(files: Files, *name: str) -> Any:
    return json.loads(files[Path(*name)])


@EVERY
def test_a_parcel_is_whole_and_the_same_every_time(version: Version) -> None:
    files = parcel(version)
    assert parcel(version) == files
    for role in version.roles:
        OpenAPIV31SpecValidator(read(files, "openapi", f"{role}.json")).validate()
        OpenAPIV30SpecValidator(read(files, "openapi", f"{role}-3.0.json")).validate()
    for name in schema_names(version):
        schema = read(files, "schemas", f"{name}.json")
        jsonschema_rs.meta.validate(schema)
        assert ".schema.json" not in json.dumps({**schema, "$id": ""})
    for one in read(files, "formats.json"):
        assert one["pattern"].startswith("^")


def test_every_vector_gets_its_answer_of_every_form() -> None:
    files = parcel(OCSS)
    formats = {one["name"]: one["pattern"] for one in read(files, "formats.json")}
    document = read(files, "openapi", "operator-3.0.json")
    schemas = {**read(files, "openapi", "maas-3.0.json")["components"]["schemas"]}
    schemas.update(document["components"]["schemas"])
    vectors = read(files, "vectors.json")
    assert len(vectors) > 300
    judges: dict[str, Any] = {}
    for vector in vectors:
        name, given = vector["schema"], vector["document"]
        assert validator_of(OCSS, name).is_valid(given) is vector["valid"]
        if name not in judges:
            import re

            named = {
                key: lambda text, pattern=pattern: re.search(pattern + r"(?!\n)", text) is not None
                for key, pattern in formats.items()
            }
            judges[name] = jsonschema_rs.validator_for(
                read(files, "schemas", f"{name}.json"), formats=named, validate_formats=True
            )
        assert judges[name].is_valid(given) is vector["valid"], vector["id"]
        component = "".join(part.capitalize() for part in name.split("-"))
        if component in schemas and not _otherwise(vector["id"]):
            old = {**schemas[component], "components": {"schemas": schemas}}
            assert OAS30Validator(old).is_valid(given) is vector["valid"], vector["id"]


def _otherwise(vector: str) -> bool:
    """Say whether 3.0 means another thing: formats are not judged, and 900.0 is no integer."""
    words = ("dashes", "braces", "uuid", "without-seconds", "whole-float")
    return any(word in vector for word in words)


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
        ({"const": 1}, {"enum": [1]}),
        ({"examples": ["a", "b"]}, {"example": "a"}),
        ({"exclusiveMinimum": 0}, {"minimum": 0, "exclusiveMinimum": True}),
        (
            {"type": ["integer", "string", "null"]},
            {
                "allOf": [
                    {
                        "anyOf": [
                            {"type": "integer", "nullable": True},
                            {"type": "string", "nullable": True},
                        ]
                    }
                ]
            },
        ),
        (
            {"$ref": "#/x", "description": "d"},
            {"allOf": [{"$ref": "#/x"}], "description": "d"},
        ),
        ({"$ref": "#/x"}, {"$ref": "#/x"}),
        (
            {"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"const": {}}},
            {
                "allOf": [
                    {"anyOf": [{"not": {"required": ["a"]}}, {"required": ["b"]}]},
                    {"anyOf": [{"required": ["a"]}, {"enum": [{}]}]},
                ]
            },
        ),
        (
            {"dependentRequired": {"a": ["b"]}},
            {"allOf": [{"anyOf": [{"not": {"required": ["a"]}}, {"required": ["b"]}]}]},
        ),
        (
            {"properties": {"const": {"const": 1}, "type": {"type": ["null"]}}},
            {"properties": {"const": {"enum": [1]}, "type": {"nullable": True}}},
        ),
        (
            {"items": {"prefixItems": [], "x-own": 1}, "unevaluatedProperties": False},
            {"items": {"x-own": 1, LEFT_OUT: ["prefixItems"]}, LEFT_OUT: ["unevaluatedProperties"]},
        ),
    ],
)
def test_schemas_of_3_1_as_3_0(new: dict[str, Any], old: dict[str, Any]) -> None:
    info = {
        "title": "t",
        "version": "1",
        "summary": "s",
        "license": {"name": "n", "identifier": "i"},
    }
    body = {"content": {"application/json": {"schema": new}}}
    document = {
        "openapi": "3.1.0",
        "info": info,
        "paths": {"/x": {"post": {"requestBody": body}}},
        "components": {"schemas": {"X": new}},
    }
    before = json.dumps(document)
    made = downgraded(document)
    assert json.dumps(document) == before
    assert made["openapi"].startswith("3.0")
    assert made["info"] == {"title": "t", "version": "1", "license": {"name": "n"}}
    assert made["components"]["schemas"]["X"] == old
    content = made["paths"]["/x"]["post"]["requestBody"]["content"]
    assert content["application/json"]["schema"] == old


def test_a_folder_is_only_ever_ours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "standard"
    command = ["bundle", "ocss@1.0-alpha", "--to", str(folder)]
    assert main(command) == 0
    written = capsys.readouterr().out.splitlines()
    assert sorted(written) == sorted(
        str(path) for path in folder.rglob("*") if path.is_file() and path.name != "MANIFEST.json"
    )
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert main(command) == 0
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    write_parcel(OCSS, {Path("formats.json"): "[]\n"}, folder)
    names = {path.name for path in folder.iterdir()}
    assert names == {"formats.json", "MANIFEST.json"}
    (folder / "mine.txt").write_text("mine", "utf-8")
    assert main(command) == 0
    assert (folder / "mine.txt").read_text("utf-8") == "mine"

    for text in ("{}", "[]", '{"$comment": "@generated by `mobstd bundle`", "files": ["/etc/x"]}',
                 '{"$comment": "@generated by `mobstd bundle`", "files": {"../mine.txt": ""}}',
                 ):  # fmt: skip
        other = tmp_path / "other"
        other.mkdir(exist_ok=True)
        (tmp_path / "mine.txt").write_text("mine", "utf-8")
        (other / "MANIFEST.json").write_text(text, "utf-8")
        with pytest.raises(ConfigError) as refused:
            write_parcel(OCSS, {}, other)
        assert refused.value.code == "bundle.not-ours"
        assert (tmp_path / "mine.txt").exists()
    with pytest.raises(ConfigError):
        write_parcel(OCSS, {}, tmp_path / "mine.txt")


def test_without_node_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    folder = tmp_path / "standard"
    assert main(["bundle", "ocss@1.0-alpha", "--to", str(folder), "--typescript"]) == 2
    assert "Node" in capsys.readouterr().err
    assert not folder.exists()


def test_a_tool_that_fails_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npx = tmp_path / "npx"
    npx.write_text("#!/bin/sh\necho 'npm error network'\nexit 1\n", "utf-8")
    npx.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(ConfigError) as failed:
        typescript.types({Path("openapi", "operator.json"): "{}"})
    assert failed.value.code == "bundle.types-failed"
    assert "npm error network" in str(failed.value)
