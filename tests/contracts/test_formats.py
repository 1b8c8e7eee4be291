"""One table of formats, the same answers from every validator and every regex engine."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import Any

import jsonschema_rs
import pytest

from mobstd.canon import formats
from mobstd.canon.schemas import documents
from mobstd.canon.standard import versions
from mobstd.canon.validator import python_validator, validator
from mobstd.errors import CanonError, MissingExtra

TABLE = formats.table()
EXAMPLES = [
    pytest.param(name, value, valid, id=f"{name}-{kind}-{number}")
    for name, row in TABLE.items()
    for kind, valid in (("valid", True), ("invalid", False))
    for number, value in enumerate(row[kind])
]


def _python(pattern: str, value: str) -> bool:
    return re.match(pattern.removesuffix("$") + r"\Z", value) is not None


@pytest.mark.parametrize(("name", "value", "valid"), EXAMPLES)
def test_both_validators_agree(name: str, value: Any, valid: bool) -> None:
    schema = {"format": name}
    assert validator(schema, {}).is_valid(value) is valid
    assert python_validator(schema, {}).is_valid(value) is valid


@pytest.mark.parametrize(("name", "value", "valid"), EXAMPLES)
def test_the_pattern_reads_alike_in_rust(name: str, value: Any, valid: bool) -> None:
    """jsonschema-rs reads ``pattern`` as ECMA 262 with the Rust engine."""
    row = TABLE[name]
    if "pattern" not in row or not isinstance(value, str):
        return
    here = _python(row["pattern"], value)
    assert jsonschema_rs.is_valid({"pattern": row["pattern"]}, value) is here
    if valid:
        assert here


@pytest.mark.parametrize("name", TABLE)
def test_a_row_is_complete(name: str) -> None:
    row = TABLE[name]
    assert set(row["description"]) == {"en", "fr"}
    assert row["valid"]
    if row["applies_to"] == "number":
        assert not {"pattern", "beyond", "max_length"} & set(row)
        return
    assert row["invalid"]
    assert "pattern" in row or "beyond" in row
    if "pattern" in row:
        assert row["pattern"].startswith("^")
        assert row["pattern"].endswith("$")
        assert not re.search(r"\\[dDwWsSbBpPxu]|\(\?", row["pattern"])


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("value", [None, 12, 1.5, True, [], {}])
def test_what_is_no_text_has_every_format(name: str, value: Any) -> None:
    assert validator({"format": name}, {}).is_valid(value)
    assert python_validator({"format": name}, {}).is_valid(value)


@pytest.mark.parametrize("make", [validator, python_validator])
@pytest.mark.parametrize("name", ["uuidd", "idn-email", "iri", "long", ""])
@pytest.mark.parametrize(
    "schema",
    [
        {"format": "?"},
        {"properties": {"a": {"items": {"format": "?"}}}},
        {"$defs": {"a": {"format": "?"}}},
        {"if": True, "then": {"anyOf": [{"format": "?"}]}},
    ],
)
def test_unknown_formats_are_refused(make: Any, name: str, schema: dict[str, Any]) -> None:
    text = repr(schema).replace("'?'", repr(name))
    with pytest.raises(CanonError) as caught:
        make(eval(text), {})
    assert caught.value.code == "formats.unknown"
    assert "uuid" in str(caught.value)


def test_unknown_formats_are_refused_behind_a_reference() -> None:
    far = {"urn:far": {"$id": "urn:far", "format": "long"}}
    for make in (validator, python_validator):
        with pytest.raises(CanonError):
            make({"$ref": "urn:far"}, far)


@pytest.mark.parametrize("make", [validator, python_validator])
def test_data_and_names_are_no_keywords(make: Any) -> None:
    make(
        {
            "properties": {"format": {"const": {"format": "long"}}, "a": {"format": "uuid"}},
            "examples": [{"format": "long"}],
            "enum": [{"format": "long"}],
        },
        {},
    )


def test_no_canon_names_an_unknown_format() -> None:
    for version in versions():
        formats.refuse_unknown(*documents(version).values())


def test_a_missing_library_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> bool:
        raise ImportError

    monkeypatch.setitem(formats._BEYOND, "iso-4217", missing)
    check = formats._checker(TABLE["iso-4217"])
    with pytest.raises(MissingExtra, match=r"mobstd\[conformance\]"):
        check("EUR")


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js")
@pytest.mark.parametrize("flags", ["", "u"])
def test_the_pattern_reads_alike_in_ecmascript(flags: str) -> None:
    cases = [
        [row["pattern"], value, _python(row["pattern"], value)]
        for row in TABLE.values()
        for value in (*row["valid"], *row["invalid"])
        if "pattern" in row
    ]
    program = (
        "const [cases, flags] = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "console.log(JSON.stringify(cases.filter("
        "([p, v, want]) => new RegExp(p, flags).test(v) !== want)))"
    )
    node = str(shutil.which("node"))
    done = subprocess.run(
        [node, "-e", program], input=json.dumps([cases, flags]), capture_output=True, text=True
    )
    assert (done.stderr, json.loads(done.stdout)) == ("", [])
