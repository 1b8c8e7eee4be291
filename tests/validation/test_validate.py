"""``mobstd validate``: formats, places, rules, and what no validator should choke on."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mobstd.validation import batch, reading

Run = Callable[..., Any]

SCHEMA = "toy@1.0/thing"
SOURCE = "{status: proposal, title: {en: T, fr: T}, meaning: {en: t, fr: t}}"
BASE = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
MAKER = {
    **BASE,
    "$id": "https://toy.test/maker.schema.json",
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string"}, "rank": {"type": ["integer", "null"]}},
}
THING = {
    **BASE,
    "$id": "https://toy.test/thing.schema.json",
    "type": "object",
    "required": ["id", "price"],
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "price": {"type": "number", "minimum": 0},
        "sold": {"type": "boolean"},
        "maker": {"$ref": "maker.schema.json"},
        "sizes": {"type": "array", "items": {"$ref": "#/$defs/size"}},
        "kind": {"enum": ["a", "b"]},
    },
    "$defs": {"size": {"type": "object", "properties": {"width": {"type": "integer"}}}},
}
OPENAPI = """
openapi: 3.1.0
info: {title: Toy, version: "1.0"}
paths:
  /things:
    get:
      operationId: getThings
      x-block: things
      responses:
        "200":
          description: things
          content:
            application/json:
              schema: {type: array, items: {$ref: ../thing.schema.json}}
"""
SUITE = """
standard: toy
blocks:
  things: {role: shop, operations: [getThings], core: [TOY-THING-01]}
collections:
  getThings: {items: "/*", identity: [/id], schema: thing}
"""
ROWS = """
- id: TOY-THING-01
  level: MUST
  origin: text
  roles: [shop]
  blocks: [things]
  operations: [getThings]
  versions: ["1.0"]
  title: {en: t, fr: t}
  checks:
    - kind: assert
      at: "/*/price"
      then: {multipleOf: 5}
      code: toy.odd
      message: {en: the price is odd, fr: le prix est étrange}
- id: TOY-THING-02
  level: SHOULD
  origin: text
  roles: [shop]
  blocks: [things]
  operations: [getThings]
  versions: ["1.0"]
  title: {en: t, fr: t}
  checks:
    - kind: assert
      at: "/*"
      then: {required: [kind]}
      code: toy.kindless
      message: {en: it has no kind, fr: sans genre}
"""
GOOD = {"id": "1", "price": 5, "kind": "a"}


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A standard with two schemas, an overlay and two rules."""
    schemas = tmp_path / "root" / "schemas" / "toy" / "1.0"
    data = tmp_path / "root" / "conformance" / "toy"
    (schemas / "openapi").mkdir(parents=True)
    (schemas / "overlays" / "real").mkdir(parents=True)
    data.mkdir(parents=True)
    (schemas / "source.yaml").write_text(SOURCE, "utf-8")
    (schemas / "maker.schema.json").write_text(json.dumps(MAKER), "utf-8")
    (schemas / "thing.schema.json").write_text(json.dumps(THING), "utf-8")
    real = {**THING, "required": ["id", "price", "sold"]}
    (schemas / "overlays" / "real" / "thing.schema.json").write_text(json.dumps(real), "utf-8")
    (schemas / "openapi" / "shop.yaml").write_text(OPENAPI, "utf-8")
    (data / "suite.yaml").write_text(SUITE, "utf-8")
    (data / "requirements.yaml").write_text(ROWS, "utf-8")
    return tmp_path


@pytest.fixture
def judged(mobstd: Run, toy: Path) -> Run:
    """Judge a file of the toy standard, by its content."""

    def run(content: str | bytes, *options: str, name: str = "f.json") -> Any:
        raw = content.encode() if isinstance(content, str) else content
        path = toy / name
        path.write_bytes(raw)
        arguments = ("--schema", SCHEMA, "--root", str(toy / "root"), *options)
        ran = mobstd("validate", str(path), *arguments)
        return type(ran)(ran.code, ran.out.replace(f"{path}:", "f:"), ran.err)

    return run


def lines(*documents: Any) -> str:
    return "".join(json.dumps(document) + "\n" for document in documents)


def test_accepts(judged: Run) -> None:
    ran = judged(json.dumps(GOOD))
    assert (ran.code, ran.out, ran.err) == (0, "documents: 1, refused: 0\n", "")


def test_says_file_line_pointer_keyword_message(judged: Run) -> None:
    document = {**GOOD, "price": "5", "maker": {"name": "x", "rank": 1.5}, "sizes": [{"width": 1}]}
    document["sizes"].append({"width": "w"})
    ran = judged(json.dumps(document, indent=1))
    assert ran.code == 1
    assert ran.out.splitlines() == [
        'f:3 /price type "5" is not of type number',
        "f:7 /maker/rank type 1.5 is not of type null, integer",
        'f:14 /sizes/1/width type "w" is not of type integer',
        "documents: 1, refused: 1",
    ]


def test_speaks_french(judged: Run) -> None:
    assert "« price » manque" in judged('{"id": "1"}', "--lang", "fr").out
    assert "documents : 1, refusés : 1" in judged('{"id": "1"}', "--lang", "fr").out


def test_rows_judge_what_the_schema_accepts(judged: Run) -> None:
    ran = judged(json.dumps({"id": "1", "price": 7}))
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "f:1 /price TOY-THING-01 the price is odd",
        "f:1 - TOY-THING-02 (warning) it has no kind",
        "documents: 1, refused: 1",
    ]


def test_a_warning_refuses_nothing(judged: Run) -> None:
    ran = judged(json.dumps({"id": "1", "price": 5}))
    assert (ran.code, "(warning)" in ran.out) == (0, True)


def test_an_overlay_only_when_asked(judged: Run) -> None:
    assert judged(json.dumps(GOOD)).code == 0
    ran = judged(json.dumps(GOOD), "--overlay", "real")
    assert (ran.code, "'sold' is missing" in ran.out) == (1, True)
    assert "These are there: real." in judged(json.dumps(GOOD), "--overlay", "rael").err


def test_each_item_of_a_list(judged: Run) -> None:
    text = json.dumps([GOOD, {**GOOD, "price": -5}, GOOD], indent=1)
    ran = judged(text, "--each")
    assert ran.out.splitlines() == [
        "f:9 /1/price minimum -5 is below 0",
        "documents: 3, refused: 1",
    ]
    assert "not a list" in judged(json.dumps(GOOD), "--each").out


def test_a_document_a_line_goes_on_after_a_broken_one(judged: Run) -> None:
    content = lines(GOOD) + "\n{broken\n" + lines({"id": ""}, GOOD)
    ran = judged(content, name="f.ndjson")
    assert ran.out.splitlines() == [
        "f:3 - json not JSON",
        "f:4 - required 'price' is missing",
        'f:4 /id minLength "" is shorter than 1',
        "documents: 4, refused: 2",
    ]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (json.dumps(GOOD).encode("utf-16"), "UTF-16"),
        (json.dumps(GOOD).encode("utf-16-be"), "UTF-16"),
        ('{"id": "é"}'.encode("latin-1"), "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
        (b'{"a":' * 500 + b"1" + b"}" * 500, "nested too deeply"),
        (b'{"id": "1", "price": NaN}', "NaN and Infinity"),
        (b'{"id": "1", "price": -Infinity}', "NaN and Infinity"),
        (b'{"id": "\\ud800", "price": 5}', "half of a character"),
        (b'{"id": "1", "price": 5,}', "not JSON"),
        (b'{"id": "1", "price": 5} {}', "not JSON"),
    ],
)
def test_what_cannot_be_read(judged: Run, raw: bytes, said: str) -> None:
    ran = judged(raw)
    assert ran.code == 1
    assert said in ran.out
    assert "Traceback" not in ran.err


def test_the_line_of_broken_json(judged: Run) -> None:
    assert judged('{\n"id": "1",\n"price" 5}').out.startswith("f:3 - json not JSON")


def test_extreme_numbers_stay_numbers(judged: Run) -> None:
    assert judged('{"id": "1", "price": 1e400, "kind": "a"}').code in (0, 1)
    assert "minimum" in judged('{"id": "1", "price": -1e400}').out
    assert "minimum" in judged('{"id": "1", "price": -' + "9" * 5000 + "}").out


def test_a_byte_order_mark_is_no_error(judged: Run) -> None:
    assert judged(b"\xef\xbb\xbf" + json.dumps(GOOD).encode()).code == 0
    assert judged(b"\xef\xbb\xbf" + lines(GOOD, GOOD).encode(), name="f.ndjson").code == 0


def test_no_document_is_no_success(judged: Run) -> None:
    for name in ("f.ndjson", "f.csv"):
        ran = judged(b"", name=name)
        assert (ran.code, "no document" in ran.err) == (3, True)
    assert judged("id;price\n", name="f.csv").code == 3


def test_a_line_without_end(judged: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_LINE", 1000)
    content = lines(GOOD) + '{"id": "' + "x" * 5000 + '"}\n' + lines(GOOD)
    ran = judged(content, name="f.ndjson")
    assert ran.out.splitlines() == ["f:2 - json longer than 64 MiB", "documents: 3, refused: 1"]


def test_a_document_without_end(judged: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "MAX_DOCUMENT", 10)
    assert "write one document a line" in judged(json.dumps(GOOD)).out


def test_several_processes_say_the_same(
    judged: Run, toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "CHUNK", 4000)
    many = lines(*({**GOOD, "id": str(n), "price": 5 if n % 100 else -1} for n in range(2000)))
    alone = judged(many, "--jobs", "1", name="f.ndjson")
    monkeypatch.setattr(batch, "WORTH_A_PROCESS", 1000)
    together = judged(many, "--jobs", "2", name="f.ndjson")
    assert together == alone
    assert "f:1901 /price minimum" in together.out
    assert "documents: 2000, refused: 20" in together.out


def test_spans_meet_between_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "CHUNK", 7)
    content = b"a\nbbbbbbbbbbbbbbbbbbbbbbbbb\n\ncc\nddddddddd"
    spans = list(batch._spans(io.BytesIO(content), len(content)))
    pieces = [content[start:end] for start, end in spans]
    assert b"".join(pieces) == content
    assert all(piece.endswith(b"\n") for piece in pieces[:-1])


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table(judged: Run, separator: str) -> None:
    rows = [
        [
            "id",
            "price",
            "sold",
            "maker.name",
            "maker.rank",
            "sizes.0.width",
            "sizes.1.width",
            "kind",
        ],
        ["007", "5", "TRUE", "Zoé", "3", "1", "2", "a"],
        ["8", "", "", "", "", "", "", "a"],
        ["9", "5.0", "no", "x", "null", "", "2", "a"],
        ["10", "-5", "false", "", "3", "x", "", "a"],
    ]
    text = "\r\n".join(separator.join(row) for row in rows) + "\r\n"
    ran = judged(text, name="f.csv")
    assert ran.out.splitlines() == [
        "f:3 - required 'price' is missing",
        'f:4 /sold type "no" is not of type boolean',
        "f:5 /price minimum -5 is below 0",
        "f:5 /maker required 'name' is missing",
        'f:5 /sizes/0/width type "x" is not of type integer',
        "documents: 4, refused: 3",
    ]


def test_a_table_goes_on_after_a_broken_row(judged: Run) -> None:
    raw = b"id,price,kind\n1,5,a\n2,5,a,extra\n\xe9,5,a\n4,5,a\n"
    ran = judged(raw, name="f.csv")
    assert ran.out.splitlines() == [
        "f:3 - table 4 cells for 3 columns",
        "f:4 - table id: not UTF-8; convert the file, such as with iconv -f windows-1252 -t utf-8",
        "documents: 4, refused: 2",
    ]
    foreign = judged("id,priée\n1,2\n".encode("latin-1"), name="f.csv")
    assert foreign.out.startswith("f:1 - json not UTF-8")


def test_a_column_that_the_schema_does_not_know(judged: Run) -> None:
    ran = judged("id,price,kind,colour,maker.nme\n1,5,a,red,x\n", name="f.csv")
    assert "f:1 - table (warning) the schema has no 'colour'" in ran.out
    assert "f:1 - table (warning) the schema has no 'maker.nme'" in ran.out


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("id,id", "'id' stands twice"),
        ("id,,price", "has no name"),
        ("maker,maker.name", "'maker.name' lies inside the column 'maker'"),
    ],
)
def test_a_header_that_makes_no_sense(judged: Run, header: str, said: str) -> None:
    ran = judged(f"{header}\n1,2\n", name="f.csv")
    assert (ran.code, said in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("content", "name", "documents"),
    [
        (lines(GOOD, GOOD), "f", 2),
        (json.dumps(GOOD, indent=2), "f", 1),
        (json.dumps(GOOD), "f.txt", 1),
        ("id,price,kind\n1,5,a\n", "f", 1),
        (lines(GOOD, GOOD), "f.jsonl", 2),
        (json.dumps(GOOD), "f.JSON", 1),
    ],
)
def test_the_format_is_found(judged: Run, content: str, name: str, documents: int) -> None:
    assert judged(content, name=name).out == f"documents: {documents}, refused: 0\n"


def test_the_format_is_said(judged: Run) -> None:
    assert judged(lines(GOOD), "--format", "ndjson").out == "documents: 1, refused: 0\n"


def test_stdin(mobstd: Run, toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO(lines(GOOD, {}).encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(raw)))  # type: ignore[type-var]
    ran = mobstd("validate", "-", "--schema", SCHEMA, "--root", str(toy / "root"))
    assert ran.code == 1
    assert "-:2 - required 'id' is missing" in ran.out


def test_only_so_many_are_listed(judged: Run, toy: Path) -> None:
    many = lines(*({**GOOD, "price": -5} for _ in range(30)))
    ran = judged(many, "--limit", "3", "--json", str(toy / "out.json"), name="f.ndjson")
    assert len(ran.out.splitlines()) == 4
    assert "27 more are not listed" in ran.err
    assert "refused: 30" in ran.out
    report = json.loads((toy / "out.json").read_text("utf-8"))
    assert (report["documents"], report["refused"]) == (30, 30)
    entry = report["files"][0]
    assert (len(entry["remarks"]), entry["left_out"]) == (3, 27)
    assert entry["remarks"][0] == {
        "line": 1,
        "pointer": "/price",
        "keyword": "minimum",
        "severity": "error",
        "message": {"en": "-5 is below 0", "fr": "-5 est inférieur à 0"},
    }


def test_one_document_gets_a_bounded_number(judged: Run) -> None:
    document = {**GOOD, "sizes": [{"width": "x"}] * 1000}
    assert len(judged(json.dumps(document)).out.splitlines()) == 51


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["nowhere.json", "--schema", SCHEMA], "There is no file nowhere.json."),
        ([".", "--schema", SCHEMA], ". is a folder."),
        (["x", "--schema", "toy@1.0/thin"], "toy@1.0 has no schema 'thin'."),
        (["x", "--schema", "toy@1.0"], "toy@1.0 has no schema ''."),
        (["x", "--schema", "toy/thing"], "'toy' names no version."),
        (["x", "--schema", "tyo@1.0/thing"], "There is no standard 'tyo@1.0'."),
        (["x"], "required: --schema"),
        (["x", "--schema", SCHEMA, "--jobs", "-1"], "not negative"),
        (["--schema", SCHEMA], "required: FILE"),
    ],
)
def test_wrong_usage(mobstd: Run, toy: Path, argv: list[str], said: str) -> None:
    ran = mobstd("validate", *argv, "--root", str(toy / "root"))
    assert ran.code == 2
    assert said in ran.err


def test_the_examples_of_the_carpooling_standard(mobstd: Run, checkout: Path) -> None:
    files = (checkout / "schemas/ocss/1.0-alpha/examples/valid/driver-journey").glob("*.json")
    ran = mobstd("validate", *map(str, files), "--schema", "ocss@1.0-alpha/driver-journey")
    assert ran.code == 0, ran.out


def test_a_list_is_told_once_and_with_the_way_out(judged: Run) -> None:
    ran = judged(json.dumps([GOOD]))
    assert ran.code == 1
    assert ran.out.count("this is a list, and not of type object; --each judges") == 1
    assert ran.out.count("\n") == 2


def test_a_report_that_cannot_be_written_ends_it_before_it_begins(
    judged: Run, tmp_path: Path
) -> None:
    ran = judged(json.dumps(GOOD), "--json", str(tmp_path))
    assert ran.code == 2
    assert ran.out == ""
    assert "cannot be written" in ran.err
