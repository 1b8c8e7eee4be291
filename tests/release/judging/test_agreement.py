"""ajv beside Python, in the very scripts that a browser runs: the same answers, words and lines."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import warnings
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon import formats
from mobstd.canon.files import load
from mobstd.canon.validator import validator
from mobstd.messages import LANGUAGES, render
from mobstd.release.site import judging
from mobstd.validation.batch import Task, judge_file
from mobstd.validation.remark import of_problem

from .cases import Case, cases
from .page import answers, write
from .probe import KEYWORDS, mutated, texts, version

pytestmark = [
    pytest.mark.foreign,
    pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js"),
]

OPEN = load(Path(__file__).with_name("open.yaml"))
VENDOR = Path(judging.__file__).with_name("vendor")
FORMATS = [name for name, row in formats.table().items() if row["applies_to"] == "string"]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("site"))


@cache
def every() -> tuple[Case, ...]:
    return tuple(cases())


def said(answer: Mapping[str, Any], severity: str = "error") -> set[tuple[Any, ...]]:
    """Return line, pointer, keyword and words of the remarks of an answer."""
    assert "failed" not in answer, answer
    return {
        (
            remark["line"],
            remark["pointer"],
            remark["keyword"],
            *(in_words(remark["code"], remark["params"], lang) for lang in LANGUAGES),
        )
        for remark in answer["remarks"]
        if remark["severity"] == severity
    }


def in_words(code: str, params: Mapping[str, Any], lang: str) -> str:
    """Return what the page says: a parameter with a code of its own is a text within the text."""
    told = {
        name: in_words(one["code"], one["params"], lang) if isinstance(one, dict) else one
        for name, one in params.items()
    }
    return render(code, told, lang, render("validation.otherwise", told, lang))


def left_open(answer: Mapping[str, Any]) -> set[str]:
    """Return the formats that an answer leaves open."""
    found = [remark for remark in answer["remarks"] if remark["severity"] == "open"]
    assert {remark["keyword"] for remark in found} <= {"format"}
    return {remark["params"]["expected"] for remark in found}


def compared(asked: Iterable[Case], page: Path) -> tuple[list[Any], Counter[str]]:
    """Return where the engines part, and how many documents are left open, by format."""
    asked = list(asked)
    wrong, opened = [], Counter[str]()
    for case, answer in zip(asked, answers(page, [one.asked for one in asked]), strict=True):
        here, there = said(answer), set(case.answer)
        opens = {remark[:3] for remark in said(answer, "open")}
        opened.update(left_open(answer))
        if {remark for remark in there if remark[:3] not in opens} != here:
            wrong.append((case.id, str(case.version), case.schema, there - here, here - there))
    return wrong, opened


def test_every_vector_and_example(page: Path) -> None:
    wrong, opened = compared(every(), page)
    assert wrong == []
    assert opened == {name: row["vectors"] for name, row in OPEN.items()}
    assert len(every()) > 5500


def test_documents_that_were_changed_at_random(page: Path) -> None:
    rng = random.Random(7)
    good = [case for case in every() if not case.id.startswith("invalid/")]
    made = []
    for case in rng.choices(good, k=2000):
        document = mutated(json.loads(case.text), rng)
        text = json.dumps(document, ensure_ascii=False, indent=rng.choice((None, 1)))
        made.append(replace(case, text=text))
    wrong, opened = compared(made, page)
    assert wrong == []
    assert set(opened) <= set(OPEN)


def test_formats(tmp_path: Path) -> None:
    rng = random.Random(7)
    probe = version(tmp_path, {name: {"format": name} for name in FORMATS})
    page = write(tmp_path / "site", [probe])
    asked = [(name, text) for name in FORMATS for text in sorted(set(texts(name, 200, rng)))]
    messages = [
        {"standard": str(probe), "schema": name, "text": json.dumps(text)} for name, text in asked
    ]
    wrong, told = [], Counter[tuple[str, bool]]()
    for (name, text), answer in zip(asked, answers(page, messages), strict=True):
        if not answer["open"]:
            with warnings.catch_warnings(action="ignore"):  # of `regex`, on what Python may change
                expected = formats.checkers()[name](text)
            told[name, expected] += 1
            if expected is bool(answer["refused"]):
                wrong.append((name, text, expected))
    assert wrong == []
    unsure = {*OPEN, "regex", "registrable-domain"}
    assert {name for name in FORMATS if not {(name, True), (name, False)} <= set(told)} <= unsure


def test_keywords_that_no_standard_has_yet(tmp_path: Path) -> None:
    schemas = {f"k{number}": schema for number, (schema, _) in enumerate(KEYWORDS)}
    probe = version(tmp_path, schemas)
    page = write(tmp_path / "site", [probe])
    asked = [
        (f"k{number}", schema, document)
        for number, (schema, documents) in enumerate(KEYWORDS)
        for document in documents
    ]
    messages = [
        {"standard": str(probe), "schema": name, "text": json.dumps(document)}
        for name, _, document in asked
    ]
    wrong = []
    for (_, schema, document), answer in zip(asked, answers(page, messages), strict=True):
        remarks = map(of_problem, validator(schema, {}).problems(document))
        expected = {(r.pointer, r.keyword, r.message("en"), r.message("fr")) for r in remarks}
        found = {remark[1:] for remark in said(answer)}
        if found != expected:
            wrong.append((schema, document, expected - found, found - expected))
    assert wrong == []


TEXTS = [
    *(b"", b"  \n", b"{", b"[", b'{"a":}', b'{"a" 1}', b'{"a":1,}', b"[1,]", b"[1 2]", b"{} x"),
    *(b'{"a":\n\nNaN}', b'{"a":-Infinity}', b'{"a":nul}', b'{"a":01}', b'{"a":1.}', b'{"a":.5}'),
    *(b'{"a":+1}', b'{"a":1e}', b"{'a':1}", b'{"a":"\t"}', b'{"a":"\\x"}', b'{"a":"\\u12"}'),
    *(b'{"a":"\n"}', b'{"a', b'{"a\\', b'"x"', b"[{}]", b"null", b"\xef\xbb\xbf{}", b"\xff{}"),
    *(b"{\xe9}", b"\xff\xfe{\0}\0", b'{"amount":1e400}', b'{"amount":\n-1e400}'),
    *(b'{"amount":"x",\n"amount":"yy"}', b'{"amount":\n\n"x"}', b'{"amount":[1e999,-1e999]}'),
    b'{"x":' + b"[" * 900 + b"]" * 900 + b"}",
    b'{"x":\n' + b"[" * 2000 + b"]" * 2000 + b"}",
    b"[" * 200_000,
    b'{"amount":' + b"9" * 400 + b"}",
    b'{"amount":"' + b'\\"' * 50_000 + b'"}',
]
LINES = [
    b'{}\n[]\n\n{"amount":"x"}\nfoo\n  \r\n{"type":\t1}\r\n',
    b"{}\n{}",
    b'\n\n{"amount":"x"}\n{}',
]


MARKED = b'\xef\xbb\xbf{"amount":"x"}\n{"amount":"y"}'
NOWHERE = ("validation.json.constant", "validation.json.depth")
"""Codes of what Python does not know the line of."""


@pytest.mark.parametrize("form", ["auto", "json", "ndjson", "each"])
def test_texts(page: Path, tmp_path: Path, form: str) -> None:
    """What is no JSON is refused for the same reason, on the same line."""
    items = [b'[{},{"amount":"x"},\n[1],{"type":"?"}]', b"[]", b"{}", b"7"]
    every = [*TEXTS, *LINES, *items, *([MARKED] if form in ("auto", "ndjson") else [])]
    nowhere = () if form == "ndjson" else NOWHERE
    messages = [
        {
            "standard": "ocss@1.0-alpha",
            "schema": "price",
            "base64": b64encode(raw).decode(),
            "form": form,
            "name": "document.json" if form == "auto" and raw not in (*LINES, MARKED) else "",
        }
        for raw in every
    ]
    wrong = []
    for raw, answer in zip(every, answers(page, messages), strict=True):
        path = tmp_path / ("document.ndjson" if raw in (*LINES, MARKED) else "document.json")
        path.write_bytes(raw)
        kind = "json" if form == "each" else form
        task = Task("ocss@1.0-alpha", "price", each=form == "each", format=kind)
        parts = list(judge_file(str(path), task))
        expected = {(r.line, r.pointer, r.keyword, r.code) for p in parts for r in p.remarks}
        found = {
            (1 if r["code"] in nowhere else r["line"], r["pointer"], r["keyword"], r["code"])
            for r in answer["remarks"]
        }
        counts = (sum(p.documents for p in parts), sum(p.refused for p in parts))
        if (found, (answer["documents"], answer["refused"])) != (expected, counts):
            wrong.append((raw[:60], expected, found, counts, answer["documents"]))
    assert wrong == []


def test_half_a_character_is_refused(page: Path) -> None:
    asked = {"standard": "ocss@1.0-alpha", "schema": "price", "text": '{\n"currency":"\\ud800"}'}
    (answer,) = answers(page, [asked])
    codes = [(one["line"], one["code"]) for one in answer["remarks"]]
    assert codes == [(2, "validation.json.surrogate")]


@pytest.mark.parametrize(
    ("literal", "nearest"),
    [
        ("9007199254740993", "9007199254740992"),
        ("-12345678901234567891", "-12345678901234567168"),
        ("9007199254740992", None),
        ("1" + "0" * 22, None),
        ("9007199254740993.0", None),
        ("1e30", None),
    ],
)
def test_a_number_that_is_lost_is_told(page: Path, literal: str, nearest: str | None) -> None:
    """Python holds whole numbers of any length, and every other number as a double, as here."""
    text = f'{{"currency": "EUR",\n"amount": [\n{literal}]}}'
    asked = {"standard": "ocss@1.0-alpha", "schema": "price", "text": text}
    (answer,) = answers(page, [asked])
    lost = [one for one in answer["remarks"] if one["severity"] == "warning"]
    assert answer["lost"] == len(lost) == (nearest is not None)
    if nearest is not None:
        assert (lost[0]["line"], lost[0]["pointer"]) == (3, "/amount/0")
        assert lost[0]["params"] == {"literal": literal, "nearest": nearest}


@pytest.mark.parametrize("form", ["ndjson", "each"])
def test_many_remarks_are_bounded(page: Path, form: str) -> None:
    ones = ['{"amount": "x"}'] * 3000
    text = "\n".join(ones) if form == "ndjson" else f"[{','.join(ones)}]"
    asked = {"standard": "ocss@1.0-alpha", "schema": "price", "text": text, "form": form}
    (answer,) = answers(page, [asked])
    assert (answer["documents"], answer["refused"]) == (3000, 3000)
    assert (len(answer["remarks"]), answer["leftOut"]) == (1000, 2000)


def test_ajv_is_what_npm_has(tmp_path: Path) -> None:
    """Building it anew gives the same bytes."""
    subprocess.run(["sh", str(VENDOR / "build.sh"), str(tmp_path)], check=True, timeout=600)
    for name in ("ajv.js", "LICENSE"):
        assert (tmp_path / name).read_bytes() == (VENDOR / name).read_bytes(), name


def test_every_script_is_read(page: Path) -> None:
    """No module is left that the page or its worker does not import."""
    imported = {"judge.js", "worker.js"}
    for script in page.glob("*.js"):
        imported |= set(re.findall(r'from "\./([\w.-]+)"', script.read_text("utf-8")))
    assert imported == {script.name for script in page.glob("*.js")}
