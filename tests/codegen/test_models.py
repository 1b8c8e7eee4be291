"""Golden: for each keyword that the generator handles, the class that it becomes."""

from __future__ import annotations

import ast
import inspect
import textwrap
from pathlib import Path
from typing import Any

import pytest

from codegen.toy import canon
from mobstd.codegen.bundle import model_bundle
from mobstd.codegen.generate import generate
from mobstd.codegen.render import render_models
from mobstd.errors import CanonError


def module(tmp_path: Path, schemas: dict[str, Any], models: dict[str, Any] | None = None) -> str:
    bundle = model_bundle(canon(tmp_path, schemas, models=models))
    return render_models(bundle, "mobstd.models.Model", "", {})


def classes(text: str) -> dict[str, str]:
    """The source of each class."""
    lines = text.splitlines()
    return {
        node.name: "\n".join(lines[node.lineno - 1 : node.end_lineno])
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef)
    }


def fields(text: str, name: str = "Thing") -> str:
    """The body of a class without its docstring."""
    return textwrap.dedent(classes(text)[name].partition('"""\n')[2]).strip()


MEMBERS: dict[str, tuple[dict[str, Any], str]] = {
    "open enum": (
        {"type": "string", "enum": ["A", "B"]},
        'x: Literal["A", "B"] | str | None = None',
    ),
    "enum of integers": (
        {"type": "integer", "enum": [1, 2]},
        "x: Literal[1, 2] | int | None = None",
    ),
    "enum with null": ({"enum": ["A", None]}, 'x: Literal["A"] | str | None = None'),
    "const": ({"const": "A"}, 'x: Literal["A"] | str | None = None'),
    "epoch seconds": (
        {"type": "integer", "format": "unix-time"},
        "x: EpochSeconds | None = None",
    ),
    "epoch as number": ({"type": "number", "format": "unix-time"}, "x: EpochSeconds | None = None"),
    "nullable epoch": (
        {"type": ["integer", "null"], "format": "unix-time"},
        "x: EpochSeconds | None = None",
    ),
    "time of day": ({"type": "string", "format": "partial-time"}, "x: TimeOfDay | None = None"),
    "date-time": ({"type": "string", "format": "date-time"}, "x: AwareDatetime | None = None"),
    "other formats": ({"type": "string", "format": "email"}, "x: str | None = None"),
    "nullable": ({"type": ["string", "null"]}, "x: str | None = None"),
    "limits are for verdicts": (
        {"type": "string", "minLength": 2, "maxLength": 5, "pattern": "^a"},
        "x: str | None = None",
    ),
    "number": ({"type": "number", "minimum": 0}, "x: float | None = None"),
    "boolean": ({"type": "boolean"}, "x: bool | None = None"),
    "anything": ({}, "x: Any | None = None"),
    "default": ({"type": "integer", "default": 7}, "x: int = 7"),
    "array": ({"type": "array", "items": {"type": "string"}}, "x: list[str] | None = None"),
    "array of open enums": (
        {"type": "array", "items": {"enum": ["A", "B"]}},
        'x: list[Literal["A", "B"] | str] | None = None',
    ),
    "array of instants": (
        {"type": "array", "items": {"type": "integer", "format": "unix-time"}},
        "x: list[EpochSeconds] | None = None",
    ),
    "map": (
        {"type": "object", "additionalProperties": {"type": "integer"}},
        "x: dict[str, int] | None = None",
    ),
    "reference": ({"$ref": "other.schema.json"}, "x: Other | None = None"),
    "reference in allOf": (
        {"allOf": [{"$ref": "other.schema.json"}, {"required": ["a"]}]},
        "x: Other | None = None",
    ),
    "reference to a definition": (
        {"$ref": "other.schema.json#/$defs/part-of"},
        "x: OtherPartOf | None = None",
    ),
    "either": (
        {"anyOf": [{"type": "string"}, {"$ref": "other.schema.json"}]},
        "x: str | Other | None = None",
    ),
}


@pytest.mark.parametrize("case", MEMBERS)
def test_members(case: str, tmp_path: Path) -> None:
    schema, expected = MEMBERS[case]
    text = module(
        tmp_path,
        {
            "thing": {"type": "object", "properties": {"x": schema}},
            "other": {
                "type": "object",
                "properties": {"a": {"type": "string"}},
                "$defs": {"part-of": {"type": "object", "properties": {"b": {"type": "string"}}}},
            },
        },
    )
    assert fields(text) == expected


def test_required_members_have_no_default(tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "required": ["at", "who"],
        "properties": {"at": {"type": "integer", "format": "unix-time"}, "who": {"type": "string"}},
    }
    assert fields(module(tmp_path, {"thing": schema})) == "at: EpochSeconds\n\nwho: str"


def test_money_by_configuration(tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "properties": {"cost": {"type": "number"}, "km": {"type": "number"}},
    }
    text = module(tmp_path, {"thing": schema}, {"decimal": ["thing.schema.json#/properties/cost"]})
    assert fields(text) == "cost: Amount | None = None\n\nkm: float | None = None"


def test_personal_members_by_configuration(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"firstName": {"type": "string"}}}
    version = canon(tmp_path, {"thing": schema}, models={"personal": {"thing": ["firstName"]}})
    text = generate(version)[Path("v1_0/models.py")]
    assert 'PERSONAL: ClassVar[frozenset[str]] = frozenset({"first_name"})' in text


def test_inheritance(tmp_path: Path) -> None:
    text = module(
        tmp_path,
        {
            "base": {
                "type": "object",
                "required": ["a"],
                "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
            },
            "second": {"type": "object", "properties": {"c": {"type": "string"}}},
            "thing": {
                "type": "object",
                "allOf": [{"$ref": "base.schema.json"}, {"$ref": "second.schema.json"}],
                "required": ["b"],
                "properties": {"d": {"type": "integer"}},
            },
        },
    )
    found = classes(text)
    assert found["Thing"].startswith("class Thing(Base, Second):")
    assert "d: int | None = None" in found["Thing"]
    assert "b: str\n" in found["Thing"] + "\n"
    assert text.index("class Base") < text.index("class Thing")


def test_recursion(tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "properties": {"parts": {"type": "array", "items": {"$ref": "thing.schema.json"}}},
    }
    assert fields(module(tmp_path, {"thing": schema})) == "parts: list[Thing] | None = None"


CLASHES = {
    "from": "from_",
    "class": "class_",
    "copy": "copy_",
    "schema": "schema_",
    "json": "json_",
    "dump": "dump_",
    "read": "read_",
    "toJson": "to_json_",
    "model_config": "model_config_",
    "2nd": "x_2nd",
    "a-b": "a_b",
    "a_b": "a_b_2",
    "webURL": "web_url",
    "HTTPServer": "http_server",
    "é": "x",
    "@type": "type",
    "type": "type_2",
    "date": "date",
    "str": "str_",
    "_read": "read_2",
}


def test_clashes(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in CLASHES}}
    lines = fields(module(tmp_path, {"thing": schema})).replace("\n    ", " ").splitlines()
    found = {}
    for line in filter(None, lines):
        attribute, _, rest = line.partition(": ")
        wire = rest.partition('alias="')[2].partition('"')[0] or attribute
        found[wire] = attribute
    assert found == CLASHES


def test_classes_with_names_of_others(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"x": {"type": "string"}}}
    found = classes(module(tmp_path, {"any": schema, "model": schema, "3d-map": schema}))
    assert set(found) == {"AnyDocument", "ModelDocument", "X3dMap"}


def test_the_words_of_the_schema_are_docstrings(tmp_path: Path) -> None:
    text = module(
        tmp_path,
        {
            "thing": {
                "type": "object",
                "description": "A thing. " + "It has a long story, told in many words. " * 4,
                "properties": {
                    "d": {"type": "integer", "description": "Length, in metres."},
                    "q": {"type": "string", "description": 'Says """no""", C:\\new, "so"'},
                    "l": {"type": "integer", "description": "Time that it takes, in seconds. " * 5},
                },
            }
        },
    )
    namespace: dict[str, Any] = {"__name__": "toy_models"}
    exec(compile(text, "models.py", "exec"), namespace)
    shown = inspect.getdoc(namespace["Thing"])
    assert shown is not None
    assert shown.startswith("A thing.\n\nIt has a long story")
    assert '"""Length, in metres."""' in text
    assert ast.get_docstring(ast.parse(text).body[-1]) is not None  # type: ignore[arg-type]
    assert 'Says """no""", C:\\new, "so"' in [
        node.value.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr)  # type: ignore[attr-defined]
    ]
    assert max(map(len, text.splitlines())) <= 100
    assert " ".join(text.split()).count("in seconds.") == 5


@pytest.mark.parametrize(
    "reference",
    ["https://elsewhere.example/x.json", "missing.schema.json", "thing.schema.json#/properties/x"],
)
def test_references_that_lead_nowhere(reference: str, tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"x": {"$ref": reference}}}
    with pytest.raises(CanonError) as caught:
        module(tmp_path, {"thing": schema})
    assert caught.value.code == "codegen.reference"
