"""What is accepted quickly is accepted for certain, and read as it is read slowly."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobstd.canon.files import load
from mobstd.canon.formats import checkers, table
from mobstd.canon.schemas import documents, schema_names
from mobstd.canon.standard import find, versions
from mobstd.canon.surely import stricter, surely
from mobstd.canon.validator import validator
from mobstd.cli import main
from mobstd.judging.body import NotJson, parse_json
from mobstd.validation import reading
from mobstd.validation.documents import DocumentJudge
from mobstd.validation.overlay import overlays, surely_under, validator_under

SURE = {
    name: re.compile(row["surely"][:-1] + r"\Z") for name, row in table().items() if "surely" in row
}
JOURNEY = load(find("carpool-proof@3.4").folder / "journey.schema.json")["examples"][0]


@pytest.mark.parametrize("name", SURE)
def test_what_matches_surely_has_the_format(name: str) -> None:
    has, row = checkers()[name], table()[name]
    assert any(SURE[name].match(text) for text in row["valid"])
    assert not any(SURE[name].match(text) for text in row["invalid"])

    @settings(max_examples=60, database=None)
    @given(st.from_regex(SURE[name], alphabet=st.characters(max_codepoint=127)))
    def holds(text: str) -> None:
        assert has(text)

    holds()


def test_days_of_the_calendar() -> None:
    has = checkers()["date"]
    days = [
        f"{year}-{month:02}-{day:02}"
        for year in ("0000", "1900", "2000", "2023", "2024")
        for month in range(14)
        for day in range(33)
    ]
    sure = {day for day in days if SURE["date"].match(day)}
    right = {day for day in days if has(day)}
    assert sure < right
    assert {day[5:] for day in right - sure} == {"02-29"}


def test_every_plan_of_ten_digits_is_french() -> None:
    for name, rest in (("phone", "99001234"), ("phone-truncated", "990012")):
        has = checkers()[name]
        for first in range(10):
            text = f"+33{first}{rest}"
            assert bool(SURE[name].match(text)) is has(text) is (first > 0)


@pytest.mark.parametrize(
    "schema",
    [
        {"not": {"format": "date"}},
        {"oneOf": [{"format": "date"}, {"type": "string"}]},
        {"if": {"format": "date"}, "then": False},
        {"contains": {"format": "date"}, "maxContains": 1},
        {"properties": {"a": {"not": {"properties": {"b": {"$ref": "b"}}}}}},
        {"multipleOf": 3},
        {"uniqueItems": True},
        {"maximum": 2**64},
        {"const": 2**64},
        {"enum": [{"a": 1}]},
    ],
)
def test_what_does_not_bend_is_left_alone(schema: dict[str, Any]) -> None:
    assert stricter(schema) is False
    assert stricter({"items": schema}) is False


def test_what_is_named_like_a_keyword_is_no_keyword() -> None:
    schema = {
        "properties": {"format": {"format": "date"}, "not": {"type": "string"}, "minimum": {}},
        "examples": [{"format": "date", "not": {"format": "date"}}],
    }
    accepts = surely(schema, {})
    assert accepts is not None
    assert accepts({"format": "2026-01-01", "not": "x", "minimum": 1})
    assert not accepts({"format": "2026-02-29"})
    assert not accepts({"format": "2026-01-01", "not": 1})


@pytest.mark.parametrize("bound", [1e-6, -1e-6, 0.5, -2.5, 7.25])
@pytest.mark.parametrize("key", ["minimum", "maximum"])
def test_bounds_are_as_they_were(key: str, bound: float) -> None:
    schema = {key: bound}
    accepts, exact = surely(schema, {}), validator(schema, {})
    assert accepts is not None
    for value in (bound, bound - 1e-9, bound + 1e-9, -3, -2, -1, 0, 1, 7, 8, 7.5, -2.25, "x"):
        assert accepts(value) is exact.is_valid(value)


def _examples() -> list[Any]:
    return [
        pytest.param(version, name, overlay, id=f"{version}/{name}/{overlay}")
        for version in versions()
        for name in schema_names(version)
        for overlay in (None, *overlays(version))
    ]


@pytest.mark.parametrize(("version", "name", "overlay"), _examples())
def test_no_published_example_is_accepted_wrongly(
    version: Any, name: str, overlay: str | None
) -> None:
    accepts, exact = (under(version, name, overlay) for under in (surely_under, validator_under))
    assert accepts is not None
    for example in documents(version)[f"{load(version.folder / f'{name}.schema.json')['$id']}"].get(
        "examples", ()
    ):
        for spoiled in _spoiled(example):
            assert not accepts(spoiled) or exact.is_valid(spoiled)


def _spoiled(document: Any) -> list[Any]:
    """Return a document, and copies in which one member is wrong."""
    found = [document]
    for key in document if isinstance(document, dict) else ():
        found += [{**document, key: bad} for bad in ("", "2026-02-30T00:00:00Z", -1, None, [], {})]
        found += [{name: value for name, value in document.items() if name != key}]
        found += [{**document, key: bad} for bad in _spoiled(document[key])[1:40]]
    return found


def test_a_journey_is_accepted_quickly() -> None:
    for overlay in (None, "server"):
        judge = DocumentJudge(find("carpool-proof@3.4"), "journey", overlay)
        assert judge.accepts_line(json.dumps(JOURNEY).encode())
        assert not judge.accepts_line(b"{")
        leap = {**JOURNEY, "start": {**JOURNEY["start"], "datetime": "2024-02-29T06:00:00Z"}}
        assert not judge.accepts_line(json.dumps(leap).encode())
        assert judge.remarks(leap) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"18446744073709551616",
        b"-9223372036854775809",
        b"123456789012345678901234567890.5",
        b"[1e400, -1e999, 1]",
        b'"\\ud800"',
        b'{"a": 1, "a": 2}',
        b"\xef\xbb\xbf{}",
        b"-0",
        b"-0.0",
        b"5e-324",
        b"0.1",
        b"9007199254740993",
        b" \t\r\n[1]\n",
    ],
)
def test_the_fast_reader_reads_alike(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    fast = reading.parse(raw)
    monkeypatch.setattr(reading, "_loads", None)
    slow = reading.parse(raw)
    assert repr(fast) == repr(slow)
    assert type(fast) is type(slow)
    assert repr(fast) == repr(parse_json(raw)) or b"ud800" in raw


@pytest.mark.parametrize(
    "raw", [b"NaN", b"[1,]", b"\xff", b"'a'", b"[" * 9999, b"", b"01", b'"\t"']
)
def test_both_readers_refuse(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotJson) as fast:
        reading.parse(raw)
    monkeypatch.setattr(reading, "_loads", None)
    with pytest.raises(NotJson) as slow:
        reading.parse(raw)
    assert str(fast.value) == str(slow.value)


def test_without_the_fast_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "orjson", None)
    assert reading._orjson() is None


def test_a_format_can_be_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = json.loads(json.dumps(JOURNEY))
    wrong["driver"]["identity"]["phone_trunc"] = "+330000000"
    wrong["end"]["datetime"] = "2026-02-30T06:00:00Z"
    path = tmp_path / "j.ndjson"
    path.write_text(json.dumps(wrong) + "\n", "utf-8")
    schema = ["--schema", "carpool-proof@3.4/journey", "--overlay", "server"]
    assert main(["validate", str(path), *schema]) == 1
    assert "phone_trunc" in capsys.readouterr().out
    assert main(["validate", str(path), *schema, "--no-format", "phone-truncated"]) == 1
    said = capsys.readouterr().out
    assert "phone_trunc" not in said
    assert "/end/datetime" in said
    dates = ["--no-format", "lenient-date-time", "--no-format", "phone-truncated"]
    assert main(["validate", str(path), *schema, *dates]) == 0
    assert main(["validate", str(path), *schema, "--no-format", "fone"]) == 2
    assert "fone" in capsys.readouterr().err
